"""The program looks at every wall by itself and opens a case where a new signal for the worse is kept.

A signal of one chart among hundreds may be chance; only those kept after false discovery open a case. Sample figures
open none, nor does a signal that had its case before.
"""

from __future__ import annotations

import datetime
from typing import Final

import numpy as np

from lianyi.accounts.actors import Actor, service_actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.models import OrganisationNode
from lianyi.errors import InvalidInputError
from lianyi.indicators.commands.quality import NewQualityCase, open_case
from lianyi.indicators.models import QualityCase
from lianyi.indicators.quality_series import MOST_PERIODS, ChartSetting, Panel, chart_for, charts_of, panel_of
from lianyi.indicators.quality_signals import signals_of
from lianyi.indicators.queries import quality as queries
from lianyi.indicators.values_definitions import is_answer, versions_of
from lianyi.indicators.values_periods import next_start
from lianyi.methods.process_control import Variation, kept_alarms

NEW_FOR_DAYS: Final = 184
"""A signal of a period that ended longer ago is history; a person may still open a case from it."""


def watch(today: datetime.date) -> int:
    """Open the cases that new signals ask for, and return how many."""
    actor = service_actor()
    opened = 0
    for code, period, _units, newest in queries.charted_codes(actor):
        versions = versions_of(code)
        if not versions or is_answer(versions[0]) or not _is_new(period, newest, today):
            continue
        first = next_start(period, newest, 1 - MOST_PERIODS)
        panel = panel_of(versions[0], period, queries.figures(actor, code, period, first))
        if panel is not None:
            opened += _open_cases(actor, panel, today)
    return opened


def _is_new(period: str, start: datetime.date, today: datetime.date) -> bool:
    return (today - next_start(period, start)).days <= NEW_FOR_DAYS


def _open_cases(actor: Actor, panel: Panel, today: datetime.date) -> int:
    setting = ChartSetting(chart_for(panel), rebases=queries.rebases(actor, panel.definition.code))
    charts = charts_of(panel, setting)
    variation = charts.variation(panel.direction)
    opened = 0
    for at in np.flatnonzero(kept_alarms(charts)).tolist():
        last, node_id = int(charts.last_points[at]), panel.nodes[at]
        start = panel.starts[last]
        is_worse = int(variation[at, last]) == Variation.CONCERN
        if not is_worse or node_id in panel.sample_nodes or not _is_new(panel.period, start, today):
            continue
        side = signals_of(panel, charts, at, 1.0)[start].side
        if _had_its_case(panel, node_id, side, start):
            continue
        opened += _open_one(actor, panel, node_id, start)
    return opened


def _had_its_case(panel: Panel, node_id: int, side: str, start: datetime.date) -> bool:
    """Tell whether a case is open, or was opened from this signal or one of the same stretch."""
    rows = QualityCase.objects.filter(node_id=node_id, indicator=panel.definition.code, side=side)
    return any(not row.is_over or row.signal_start >= start for row in rows)


def _open_one(actor: Actor, panel: Panel, node_id: int, start: datetime.date) -> int:
    code = panel.definition.code
    new = NewQualityCase(
        node=OrganisationNode.objects.get(pk=node_id), indicator=code, period=panel.period, start=start, is_watched=True
    )
    context = CommandContext(actor, f"quality-watch:{node_id}:{code[:20]}:{start}"[:48], request_id="quality-watch")
    try:
        open_case(context, new)
    except InvalidInputError:
        # Somebody was quicker, or the chart of the unit alone does not show what the wall showed.
        return 0
    return 1
