"""Numbers of a round that nobody types: counted from the duties of its agreement within its period."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.indicators.models.performance import PerformanceAssessment
from lianyi.methods.periods import DateSpan
from lianyi.partnerships.evidence import Counter, CountRequest, Evidence, counter_of
from lianyi.partnerships.models import Duty
from lianyi.partnerships.promises import duty_days, periods_of
from lianyi.rules.assessment_schemes import AssessmentScheme


@dataclass(frozen=True, slots=True)
class CountedNumber:
    """A number with the duties that count it, how many rows stand behind it, and until when it was counted."""

    value: Decimal
    rows: tuple[int, ...]
    sample_rows: int
    duties: tuple[Duty, ...]
    since: datetime.date
    until: datetime.date

    def as_facts(self) -> dict[str, object]:
        """Return what a snapshot keeps of it."""
        return {
            "value": str(self.value),
            "rows": list(self.rows),
            "sample_rows": self.sample_rows,
            "duties": [each.code for each in self.duties],
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
        }


def counted_numbers(row: PerformanceAssessment, scheme: AssessmentScheme) -> dict[str, CountedNumber]:
    """Return the numbers of the items that duties count, by item.

    Duties of one kind whose rows overlap make no one number, and a period that has not begun makes none: these stay
    to be typed.
    """
    wanted = {each.id: each.counted for each in scheme.items if each.counted}
    if row.agreement_id is None or not wanted:
        return {}
    until = min(row.period_to, timezone.localdate())
    duties = Duty.objects.filter(agreement_id=row.agreement_id, evidence_kind__in=set(wanted.values()))
    by_kind: dict[str, list[Duty]] = {}
    for duty in duties.select_related("agreement").order_by("code"):
        by_kind.setdefault(duty.evidence_kind, []).append(duty)
    if until < row.period_from:
        return {}
    span = DateSpan(row.period_from, until)
    numbers = {kind: _number(kind, found, span) for kind, found in by_kind.items()}
    return {item: found for item, kind in wanted.items() if (found := numbers.get(kind)) is not None}


def _number(kind: str, duties: Sequence[Duty], span: DateSpan) -> CountedNumber | None:
    counter = counter_of(kind)
    if counter is None:
        return None
    asked = [(duty, within) for duty in duties if (within := _within(duty, span)) is not None]
    if not asked:
        return None
    found = [each for each in _counted(counter, asked) if each is not None]
    rows = [pk for each in found for pk in each.row_ids]
    if not found or len(set(rows)) != len(rows):
        return None
    return CountedNumber(
        sum((each.value for each in found), Decimal(0)),
        tuple(sorted(rows)),
        sum(each.sample_rows for each in found),
        tuple(duty for duty, _within_days in asked),
        span.start,
        span.end,
    )


def _counted(counter: Counter, asked: Sequence[tuple[Duty, DateSpan]]) -> Sequence[Evidence | None]:
    return counter.count([CountRequest(duty, span) for duty, span in asked])


def _within(duty: Duty, span: DateSpan) -> DateSpan | None:
    days = duty_days(duty)
    start, end = max(days.start, span.start), min(days.end, span.end)
    return DateSpan(start, end) if start <= end else None


@dataclass(frozen=True, slots=True)
class RowsLink:
    """A page that shows the rows behind a number."""

    label: str
    url: str


def rows_links(actor: Actor, found: CountedNumber) -> list[RowsLink]:
    """Return the pages of rows of a number, of the duties that the actor may read, period by period."""
    readable = set(
        scoped(actor, Duty.objects.filter(pk__in=[duty.pk for duty in found.duties])).values_list("pk", flat=True)
    )
    links = []
    for duty in found.duties:
        counter = counter_of(duty.evidence_kind)
        if duty.pk not in readable or counter is None:
            continue
        for label, _whole, span in periods_of(duty):
            if span.start <= found.until and found.since <= span.end:
                url = reverse(counter.rows_url, args=[duty.pk, span.start.isoformat()])
                links.append(RowsLink(f"{duty.code} {label}", url))
    return links


def duties_of(row: PerformanceAssessment) -> Mapping[int, Duty]:
    """Return the duties that evidence may lead to."""
    if row.agreement_id is None:
        return {}
    return {each.pk: each for each in Duty.objects.filter(agreement_id=row.agreement_id).order_by("code")}
