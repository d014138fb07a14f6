"""Sheets that are due, counted from the records by the worker: once a day, until somebody submits them."""

from __future__ import annotations

import datetime
import logging
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from lianyi.accounts.actors import Actor, service_actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.records import Provenance
from lianyi.indicators.commands import counted as commands
from lianyi.indicators.commands.values import NewSheet, start_sheet
from lianyi.indicators.counted_figures import CountedFigure, figures_of
from lianyi.indicators.models import CountedState, IndicatorSheet, RecordCount, SheetState
from lianyi.indicators.queries.counted import sheets_due

_log = logging.getLogger(__name__)
Asked = tuple[str, str, datetime.date]
"""A family, a kind of period, and its first day."""


@dataclass
class DueCounter:
    """What a worker has counted today; after a restart it looks once more and finds nothing changed."""

    _counted_on: dict[Asked, datetime.date] = field(default_factory=dict)

    def count(self, today: datetime.date, should_stop: Callable[[], bool] = lambda: False) -> int:
        """Count every sheet that is due and was not counted today, and return how many were counted."""
        actor, done = service_actor(), 0
        for asked, sheets in _by_period(sheets_due(today)).items():
            if should_stop():
                break
            if self._counted_on.get(asked) != today:
                done += _count(actor, sheets, today)
                self._counted_on[asked] = today
        if done:
            _log.info("%s sheets of indicators were counted from the records.", done)
        return done


def _by_period(sheets: Iterable[IndicatorSheet]) -> dict[Asked, list[IndicatorSheet]]:
    found: defaultdict[Asked, list[IndicatorSheet]] = defaultdict(list)
    for sheet in sheets:
        found[sheet.family, sheet.period, sheet.period_start].append(sheet)
    return found


def _count(actor: Actor, sheets: list[IndicatorSheet], today: datetime.date) -> int:
    """Count sheets of one period together; one is begun only where the records tell of something."""
    counted = RecordCount.objects.filter(sheet__in=[each.pk for each in sheets if each.pk], counted_at__date=today)
    settled = set(counted.values_list("sheet_id", flat=True))
    open_ones = [each for each in sheets if each.pk not in settled]
    figures = figures_of(open_ones) if open_ones else {}
    done = 0
    for sheet in open_ones:
        found = figures[sheet.node_id]
        if any(each.state != CountedState.MISSING for each in found):
            _keep(actor, sheet, found, today)
            done += 1
    return done


def _keep(actor: Actor, sheet: IndicatorSheet, figures: list[CountedFigure], today: datetime.date) -> None:
    row = sheet if sheet.pk else start_sheet(_context(actor, "start", sheet, today), _new(sheet))
    if row.state == SheetState.DRAFT:
        commands.keep_counts(_context(actor, "count", sheet, today), row, figures)


def _new(sheet: IndicatorSheet) -> NewSheet:
    return NewSheet(
        node=sheet.node,
        family=sheet.family,
        period=sheet.period,
        period_start=sheet.period_start,
        provenance=Provenance(sheet.provenance),
    )


def _context(actor: Actor, what: str, sheet: IndicatorSheet, today: datetime.date) -> CommandContext:
    # The same key for the same count: two workers make it once.
    name = f"indicators.{what}:{sheet.node_id}:{sheet.family}:{sheet.period}:{sheet.period_start}:{today}"
    return CommandContext(actor=actor, key=str(uuid.uuid5(uuid.NAMESPACE_OID, name)))
