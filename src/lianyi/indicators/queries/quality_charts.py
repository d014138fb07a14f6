"""Charts of one unit, for those who open and check cases: with the new beginnings that hold."""

from __future__ import annotations

import datetime

from lianyi.accounts.actors import Actor
from lianyi.indicators.models import QualityCase
from lianyi.indicators.quality_series import MOST_PERIODS, ChartSetting, Panel, chart_for, panel_of
from lianyi.indicators.quality_signals import Aftermath, CaseSignal, PointSignal, aftermath, usual_signals
from lianyi.indicators.queries import quality as queries
from lianyi.indicators.values_definitions import versions_of
from lianyi.indicators.values_periods import next_start


def unit_panel(actor: Actor, code: str, period: str, node_id: int) -> Panel | None:
    """Return the settled values of one unit; of a long past the last sixty periods."""
    versions = versions_of(code)
    if not versions:
        return None
    newest = queries.newest_start(actor, code, period, node_id)
    if newest is None:
        return None
    first = next_start(period, newest, 1 - MOST_PERIODS)
    return panel_of(versions[0], period, queries.figures(actor, code, period, first, [node_id]))


def unit_setting(actor: Actor, panel: Panel) -> ChartSetting:
    """Return how the chart of one unit is made when nobody chooses: as its definition says, with what was rebased."""
    rebases = queries.rebases(actor, panel.definition.code, panel.nodes)
    return ChartSetting(chart_for(panel), rebases=rebases)


def signals_of_unit(actor: Actor, code: str, period: str, node_id: int) -> dict[datetime.date, PointSignal]:
    """Return the signals of a unit's chart by period."""
    panel = unit_panel(actor, code, period, node_id)
    return {} if panel is None else usual_signals(panel, unit_setting(actor, panel))


def last_done(row: QualityCase) -> datetime.date | None:
    """Return the day on which the last action of a case was done; None while none is."""
    return max((each.done_on for each in row.actions.all() if each.done_on is not None), default=None)


def aftermath_of_case(actor: Actor, row: QualityCase) -> Aftermath | None:
    """Return what the chart says of the periods after the last action; None before any was done."""
    done = last_done(row)
    if done is None:
        return None
    panel = unit_panel(actor, row.indicator, row.period, row.node_id)
    signal = CaseSignal(row.signal_start, row.side, row.rule)
    if panel is None:
        return aftermath(None, None, signal, done, row.period)
    return aftermath(panel, unit_setting(actor, panel), signal, done, row.period)
