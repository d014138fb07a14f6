"""Which published postings fill a need, and what stands in the way of a line that wants to.

A seat is filled by a published posting that was not broken off early. Somebody who takes over from another posting of
the same need sits on the same seat, so a hand-over never counts twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from lianyi.dispatch.machine import BOOKED, STAYED
from lianyi.dispatch.models import Need, NeedState, Posting, PostingState
from lianyi.dispatch.needs_machine import EXPIRING
from lianyi.methods.periods import last_day_of_term
from lianyi.rules import title_ranks

PUBLISHED = (*dict.fromkeys((*BOOKED, *STAYED)),)
_STANDS = Q(state__in=PUBLISHED) & (Q(left_on__isnull=True) | Q(left_on__gte=F("ends_on")))


def filling_postings() -> QuerySet[Posting, Any]:
    """Return the postings that fill a seat of the need that they name."""
    after = Posting.objects.filter(predecessor_id=OuterRef("pk"), need_id=OuterRef("need_id"), state__in=PUBLISHED)
    return Posting.objects.filter(_STANDS, ~Exists(after), need__isnull=False)


def with_standing(rows: QuerySet[Need, Any]) -> QuerySet[Need, Any]:
    """Add ``filled`` (how many seats are filled) and ``standing`` (where the need stands today)."""
    counted = filling_postings().filter(need_id=OuterRef("pk")).order_by().values("need_id")
    seats = Subquery(counted.annotate(seats=Count("pk")).values("seats"))
    is_open = Q(state=NeedState.OPEN)
    return rows.annotate(filled=Coalesce(seats, Value(0))).annotate(
        standing=Case(
            When(is_open & Q(people__isnull=False, filled__gte=F("people")), then=Value(NeedState.FILLED.value)),
            When(
                Q(state__in=EXPIRING, ends_on__lt=timezone.localdate()),
                then=Value(NeedState.EXPIRED.value),
            ),
            When(is_open & Q(filled__gt=0), then=Value(NeedState.PARTLY_FILLED.value)),
            default=F("state"),
        )
    )


def standing(row: Need) -> str:
    """Return where a need that was read with ``with_standing`` stands."""
    return str(row.standing)  # type: ignore[attr-defined]


def standing_in(rows: QuerySet[Need, Any], states: Iterable[str]) -> QuerySet[Need, Any]:
    """Narrow needs that are read with ``with_standing`` to those that stand at one of these."""
    wanted = {"standing__in": [str(NeedState(state).value) for state in states]}
    return rows.filter(Q(**wanted))


def rank_of(code: str) -> int:
    """Return the place of a title in the order of titles; one that is not known counts as none."""
    return next((each.rank for each in title_ranks() if each.code == code), 0)


Problem = tuple[int, str, Mapping[str, object]]


def need_problems(lines: Sequence[Posting]) -> list[Problem]:
    """Return why drafts cannot fill the needs that they name, for the check before publication."""
    naming = [line for line in lines if line.need_id is not None and line.state == PostingState.DRAFT]
    if not naming:
        return []
    needs = with_standing(Need.objects.filter(pk__in={line.need_id for line in naming})).in_bulk()
    before = Posting.objects.in_bulk([line.predecessor_id for line in naming if line.predecessor_id])
    problems: list[Problem] = []
    taken: defaultdict[int, int] = defaultdict(int)
    for line in naming:
        need = needs[line.need_id]
        former = before.get(line.predecessor_id)
        continues = former is not None and former.need_id == need.pk
        problems += [(line.pk, code, params) for code, params in _misfits(line, need, continues=continues)]
        if continues:
            continue
        taken[need.pk] += 1
        if need.people is not None and need.filled + taken[need.pk] > need.people:  # type: ignore[attr-defined]
            problems.append((line.pk, "need-filled", {"need": need.code, "people": need.people}))
    return problems


def _misfits(line: Posting, need: Need, *, continues: bool) -> Iterable[tuple[str, Mapping[str, object]]]:
    named = {"need": need.code}
    if need.state != NeedState.OPEN:
        yield "need-not-open", named
        return
    if need.institution_id != line.to_institution_id:
        yield "need-elsewhere", named
    if need.profession != line.staff.profession:
        yield "need-profession", named
    if need.specialty and not line.specialty.startswith(need.specialty):
        yield "need-specialty", named
    if rank_of(line.held_title_rank) < rank_of(need.least_title_rank):
        yield "need-title", named
    outside = need.starts_on is None or need.ends_on is None or line.ends_on < need.starts_on
    if outside or (need.ends_on is not None and line.starts_on > need.ends_on):
        yield "need-period", named
    months = need.least_term_months
    # Who takes over sits out the rest of a term that somebody else began.
    if months and not continues and line.ends_on < last_day_of_term(line.starts_on, months):
        yield "need-term-short", {**named, "months": months}
