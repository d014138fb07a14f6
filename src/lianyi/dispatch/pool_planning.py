"""The people whom a plan may send between two days, each with every limit that binds the plan."""

from __future__ import annotations

import datetime
import enum
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from lianyi.accounts.actors import Actor
from lianyi.dispatch.models import (
    Candidacy,
    CandidacyState,
    CoupleRule,
    CoupleState,
    PoolCouple,
    PoolMember,
    PoolPreference,
    PoolStanding,
    Posting,
)
from lianyi.dispatch.needs_filling import PUBLISHED
from lianyi.dispatch.pool_queries import members
from lianyi.dispatch.stays import expected_span, rank_of
from lianyi.methods.periods import DateSpan, merge_spans
from lianyi.registry.models import StaffUnavailability

Ids = QuerySet[Any, Any]
ONE_DAY = datetime.timedelta(days=1)
DAYS_IN_A_MONTH = 365.25 / 12


class Closed(enum.StrEnum):
    """Why somebody cannot be away on a day."""

    POSTED = "posted"  # a published posting
    LEAVE = "leave"  # leave, training and the like in the registry
    NOT_EMPLOYED = "not_employed"
    OWN_LIMIT = "own_limit"  # before the first or after the last day the person gave


@dataclass(frozen=True, slots=True)
class ClosedSpan:
    """Days of the window on which somebody cannot be away, with the reason."""

    span: DateSpan
    why: Closed


@dataclass(frozen=True, slots=True)
class PlanningPerson:
    """One person of the pool as a plan needs them. None is no limit.

    Parameters
    ----------
    title_rank
        0 none, 1 junior, 2 intermediate, 3 associate senior, 4 senior.
    closed
        Spans inside the window, in order of days, that may overlap; ``free_spans`` is what is left.
    past_months
        Months (of 365.25 / 12 days) away by published postings before the window, real days where they are known.
    longest_term_months, highest_altitude_m, hardest_hardship
        Limits of the person; hardship is the level of the recipient, 0 to 6.
    asks_first
        A family limit: to be planned only for a need or a recipient to which the person agreed.
    preferred, refused
        Keys of institutions.
    together_with, apart_from
        Keys of staff, agreed by both; they need not be in the same plan.
    agreed_needs, agreed_recipients, refused_needs
        Keys of needs and institutions of answered candidacies.
    """

    staff_id: int
    member_id: int
    code: str
    name: str
    institution_id: int
    department_id: int | None
    profession: str
    specialty: str
    title_rank: int
    window: DateSpan
    closed: tuple[ClosedSpan, ...] = ()
    past_months: float = 0.0
    past_postings: int = 0
    last_back_on: datetime.date | None = None
    longest_term_months: int | None = None
    highest_altitude_m: int | None = None
    hardest_hardship: int | None = None
    asks_first: bool = False
    preferred: frozenset[int] = frozenset()
    refused: frozenset[int] = frozenset()
    together_with: frozenset[int] = frozenset()
    apart_from: frozenset[int] = frozenset()
    agreed_needs: frozenset[int] = frozenset()
    agreed_recipients: frozenset[int] = frozenset()
    refused_needs: frozenset[int] = frozenset()
    is_sample: bool = False

    @property
    def free_spans(self) -> tuple[DateSpan, ...]:
        """The days of the window on which the person may be away."""
        return _rest(self.window, [each.span for each in self.closed])

    def is_free(self, span: DateSpan) -> bool:
        """Tell whether the person may be away on every day of the span."""
        return any(free.start <= span.start and span.end <= free.end for free in self.free_spans)

    def may_serve(self, recipient_id: int, need_id: int | None = None) -> bool:
        """Tell whether the person's own word allows this recipient: never a refused one; after asking, if they ask."""
        if recipient_id in self.refused or (need_id is not None and need_id in self.refused_needs):
            return False
        return not self.asks_first or recipient_id in self.agreed_recipients or need_id in self.agreed_needs


@dataclass(slots=True)
class _Told:
    """What answers and couples say about one person."""

    agreed_needs: set[int] = field(default_factory=set)
    agreed_recipients: set[int] = field(default_factory=set)
    refused_needs: set[int] = field(default_factory=set)
    together: set[int] = field(default_factory=set)
    apart: set[int] = field(default_factory=set)


def people_to_plan(actor: Actor, donor_ids: Collection[int], window: DateSpan) -> tuple[PlanningPerson, ...]:
    """Return the people of these hospitals' pools who may be planned, in order of their keys.

    Whoever is free on no day of the window is among them, without a free span: nobody may take their silence for the
    absence of limits. Only pools that the actor keeps: the office of the hospital, or a planner of its region. The
    number of queries does not grow with the number of people.

    Parameters
    ----------
    actor
        Who plans.
    donor_ids
        Keys of institutions.
    window
        First and last day of the plan.
    """
    kept = members(actor).filter(staff__institution_id__in=list(donor_ids), standing=PoolStanding.WILLING)
    rows = list(kept.order_by("staff_id"))
    # Ids go into the other queries as a query themselves: a list of them has no end, and databases have a limit.
    ids = kept.order_by().values("staff_id")
    postings, leave, told = _postings_of(ids), _leave_of(ids, window), _told_of(ids)
    wishes = _wishes_of(kept.order_by().values("pk"))
    return tuple(
        _person(row, window, postings.get(row.staff_id, ()), leave.get(row.staff_id, ()), wishes, told[row.staff_id])
        for row in rows
    )


def _person(
    row: PoolMember,
    window: DateSpan,
    postings: Sequence[DateSpan],
    leave: Sequence[DateSpan],
    wishes: Mapping[tuple[int, str], frozenset[int]],
    told: _Told,
) -> PlanningPerson:
    staff = row.staff
    closed = (
        *((span, Closed.POSTED) for span in postings),
        *((span, Closed.LEAVE) for span in leave),
        *((span, Closed.NOT_EMPLOYED) for span in _outside(window, staff.employed_from, staff.employed_to)),
        *((span, Closed.OWN_LIMIT) for span in _outside(window, row.not_before, row.not_after)),
    )
    inside = ((part, why) for span, why in closed if (part := span.intersection(window)) is not None)
    before = [span for span in postings if span.start < window.start]
    days_before = sum(min(span.end, window.start - ONE_DAY).toordinal() - span.start.toordinal() + 1 for span in before)
    return PlanningPerson(
        staff_id=staff.pk,
        member_id=row.pk,
        code=staff.code,
        name=staff.name_zh,
        institution_id=staff.institution_id,
        department_id=staff.department_id,
        profession=staff.profession,
        specialty=staff.specialty,
        title_rank=rank_of(staff.title_rank),
        window=window,
        closed=tuple(ClosedSpan(part, why) for part, why in sorted(inside, key=lambda each: (each[0].start, each[1]))),
        past_months=days_before / DAYS_IN_A_MONTH,
        past_postings=len(before),
        last_back_on=max((span.end for span in before if span.end < window.start), default=None),
        longest_term_months=row.longest_term_months,
        highest_altitude_m=row.highest_altitude_m,
        hardest_hardship=row.hardest_hardship,
        asks_first=row.has_family_limit,
        preferred=wishes.get((row.pk, PoolPreference.Kind.PREFERRED), frozenset()),
        refused=wishes.get((row.pk, PoolPreference.Kind.REFUSED), frozenset()),
        together_with=frozenset(told.together),
        apart_from=frozenset(told.apart),
        agreed_needs=frozenset(told.agreed_needs),
        agreed_recipients=frozenset(told.agreed_recipients),
        refused_needs=frozenset(told.refused_needs),
        is_sample=row.is_sample,
    )


def _outside(window: DateSpan, first: datetime.date | None, last: datetime.date | None) -> Iterator[DateSpan]:
    """Yield the days of the window before a first and after a last day."""
    if first is not None and first > window.start:
        yield DateSpan(window.start, min(first - ONE_DAY, window.end))
    if last is not None and last < window.end:
        yield DateSpan(max(last + ONE_DAY, window.start), window.end)


def _rest(window: DateSpan, taken: Sequence[DateSpan]) -> tuple[DateSpan, ...]:
    free, start = [], window.start
    for span in merge_spans(taken):
        if span.start > start:
            free.append(DateSpan(start, span.start - ONE_DAY))
        start = max(start, span.end + ONE_DAY)
    if start <= window.end:
        free.append(DateSpan(start, window.end))
    return tuple(free)


def _postings_of(staff_ids: Ids) -> dict[int, list[DateSpan]]:
    """Return the spans of all published postings, real days where they are known."""
    spans: defaultdict[int, list[DateSpan]] = defaultdict(list)
    for row in Posting.objects.filter(staff_id__in=staff_ids, state__in=PUBLISHED).order_by("starts_on", "pk"):
        span = expected_span(row)
        if span is not None:
            spans[row.staff_id].append(span)
    return spans


def _leave_of(staff_ids: Ids, window: DateSpan) -> dict[int, list[DateSpan]]:
    rows = StaffUnavailability.objects.filter(
        staff_id__in=staff_ids, starts_on__lte=window.end, ends_on__gte=window.start
    ).order_by("starts_on", "pk")
    spans: defaultdict[int, list[DateSpan]] = defaultdict(list)
    for staff_id, start, end in rows.values_list("staff_id", "starts_on", "ends_on"):
        spans[staff_id].append(DateSpan(start, end))
    return spans


def _wishes_of(member_ids: Ids) -> dict[tuple[int, str], frozenset[int]]:
    wishes: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
    rows = PoolPreference.objects.filter(member_id__in=member_ids)
    for member_id, kind, institution_id in rows.values_list("member_id", "kind", "institution_id"):
        wishes[member_id, kind].add(institution_id)
    return {key: frozenset(found) for key, found in wishes.items()}


def _told_of(staff_ids: Ids) -> defaultdict[int, _Told]:
    told: defaultdict[int, _Told] = defaultdict(_Told)
    for row in _answered(staff_ids):
        said = told[row.staff_id or 0]
        if row.state == CandidacyState.REFUSED:
            said.refused_needs |= _some(row.need_id)
            said.agreed_needs -= _some(row.need_id)
        else:
            # Asked again, somebody may say yes: the later word holds.
            said.refused_needs -= _some(row.need_id)
            said.agreed_needs |= _some(row.need_id)
            said.agreed_recipients |= _some(row.to_institution_id)
    agreed = PoolCouple.objects.filter(
        Q(proposer_id__in=staff_ids) | Q(partner_id__in=staff_ids), state=CoupleState.AGREED
    )
    for first, second, rule in agreed.values_list("proposer_id", "partner_id", "rule"):
        for one, other in ((first, second), (second, first)):
            (told[one].together if rule == CoupleRule.TOGETHER else told[one].apart).add(other)
    return told


def _some(key: int | None) -> set[int]:
    return set() if key is None else {key}


def _answered(staff_ids: Ids) -> QuerySet[Candidacy, Any]:
    """Return agreed candidacies, and those that the person, not the office, refused."""
    said_no = Q(state=CandidacyState.REFUSED, events__step="refuse")
    rows = Candidacy.objects.filter(Q(state=CandidacyState.AGREED) | said_no, staff_id__in=staff_ids)
    return rows.distinct().order_by("pk")
