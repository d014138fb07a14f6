"""Which sheets are due from the units that the actor reports for: not begun yet, or begun and not submitted."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.models import OrganisationNode
from lianyi.accounts.roles import Act
from lianyi.indicators.models import IndicatorSheet, PeriodKind, ReportingAssignment, SheetState
from lianyi.indicators.queries import values as queries
from lianyi.indicators.values_completeness import due_day, holds_for
from lianyi.indicators.values_periods import last_day, newest_ended, newest_periods, period_code
from lianyi.indicators.values_texts import family_word

# The home page is opened by everybody all day: a whole region's duties are counted on the board of completeness.
MOST_DUTIES: Final = 60
PERIODS_BACK: Final = 2
"""A sheet that is older than the two newest periods is a matter of the board, not of today's work."""


@dataclass(frozen=True, slots=True)
class DueSheet:
    """A sheet that somebody has to begin, or to finish."""

    node: OrganisationNode
    family: str
    period: str
    start: datetime.date
    due_on: datetime.date
    sheet: IndicatorSheet | None

    @property
    def code(self) -> str:
        return period_code(self.period, self.start)

    @property
    def words(self) -> str:
        return family_word(self.family)

    @property
    def url(self) -> str:
        if self.sheet is not None:
            return self.sheet.get_absolute_url()
        asked = {"node": self.node.code, "family": self.family, "period": self.code}
        return f"{reverse('indicators:sheet-new')}?{urlencode(asked)}"


def due_sheets(actor: Actor, today: datetime.date) -> list[DueSheet]:
    """Return what is due from the actor's own unit, the oldest first; an analyst's whole place is on the board."""
    duties = scoped(actor, ReportingAssignment.objects.select_related("node").filter(node_id=actor.node_id), Act.WRITE)
    held = list(duties.order_by("family", "starts_on")[:MOST_DUTIES])
    if not held:
        return []
    sheets = _sheets_of(actor, held)
    found = [each for duty in held for each in _due_of(duty, sheets, today)]
    return sorted(found, key=lambda each: (each.due_on, each.family))


def _sheets_of(
    actor: Actor, held: Sequence[ReportingAssignment]
) -> dict[tuple[int, str, str, datetime.date], IndicatorSheet]:
    rows = queries.sheets(actor).filter(node_id__in={each.node_id for each in held})
    return {(row.node_id, row.family, row.period, row.period_start): row for row in rows}


def _due_of(
    duty: ReportingAssignment,
    sheets: dict[tuple[int, str, str, datetime.date], IndicatorSheet],
    today: datetime.date,
) -> list[DueSheet]:
    period = PeriodKind(duty.period)
    found = []
    for start in newest_periods(period, newest_ended(period, today), PERIODS_BACK):
        end = last_day(period, start)
        sheet = sheets.get((duty.node_id, duty.family, duty.period, start))
        if holds_for(duty, start, end) and (sheet is None or sheet.state == SheetState.DRAFT):
            found.append(DueSheet(duty.node, duty.family, duty.period, start, due_day(duty, end), sheet))
    return found
