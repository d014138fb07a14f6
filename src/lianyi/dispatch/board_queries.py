"""Readings that the pages of dispatch need beyond those of ``queries``: sums and sets, never a query for each row."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, Exists, Min, OuterRef, Q, QuerySet, Value, When

from lianyi.accounts.access import nodes_in_reach, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Act, Family, Permission, Role, role_holds
from lianyi.dispatch import queries
from lianyi.dispatch.machine import AUTHORING, BOOKED, PRESENT, STAYED
from lianyi.dispatch.models import Posting, PostingAbsence, PostingApproval, PostingEvent, PostingState
from lianyi.dispatch.stays import SUPPORT_KINDS
from lianyi.methods.periods import DateSpan, gaps_within, merge_spans, spans_without
from lianyi.partnerships.evidence import EvidenceKind
from lianyi.partnerships.models import Agreement, Duty

ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Site:
    """A receiving institution with how many postings of a reading go there."""

    pk: int
    code: str
    name_zh: str
    name_en: str
    postings: int


def sites_of(rows: QuerySet[Posting, Any]) -> list[Site]:
    """Return where the postings go, in the order of codes, with one query."""
    found = (
        rows.order_by("to_institution__code")
        .values_list("to_institution_id", "to_institution__code", "to_institution__name_zh", "to_institution__name_en")
        .annotate(postings=Count("pk"))
    )
    return [Site(*line) for line in found]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days of one posting that matter for presence, and of the agreement it belongs to."""

    posting_id: int
    agreement_id: int
    site_id: int
    state: str
    starts_on: datetime.date
    ends_on: datetime.date
    arrived_on: datetime.date | None
    left_on: datetime.date | None
    term: DateSpan


_STRETCH = (
    "pk",
    "agreement_id",
    "to_institution_id",
    "state",
    "starts_on",
    "ends_on",
    "arrived_on",
    "left_on",
    "agreement__starts_on",
    "agreement__ends_on",
    "agreement__terminated_on",
)


def stretches(rows: QuerySet[Posting, Any]) -> list[Stretch]:
    """Return the days of published support postings as light rows, with one query."""
    published = rows.filter(kind__in=SUPPORT_KINDS, state__in=(*BOOKED, *STAYED)).order_by("pk")
    return [
        Stretch(pk, agreement, site, state, starts_on, ends_on, arrived_on, left_on, _term(*term))
        for pk, agreement, site, state, starts_on, ends_on, arrived_on, left_on, *term in published.values_list(
            *_STRETCH
        )
    ]


def _term(starts_on: datetime.date, ends_on: datetime.date, terminated_on: datetime.date | None) -> DateSpan:
    last_day = ends_on if terminated_on is None else min(ends_on, terminated_on)
    return DateSpan(starts_on, max(starts_on, last_day))


def absences_within(posting_ids: Iterable[int], window: DateSpan) -> dict[int, list[PostingAbsence]]:
    """Return the absences of these postings that touch a window. The postings come from a scoped reading."""
    rows = PostingAbsence.objects.filter(
        posting_id__in=list(posting_ids), is_void=False, starts_on__lte=window.end, ends_on__gte=window.start
    )
    found: defaultdict[int, list[PostingAbsence]] = defaultdict(list)
    for row in rows.order_by("starts_on", "pk"):
        found[row.posting_id].append(row)
    return found


def days_there(stretch: Stretch, today: datetime.date) -> list[DateSpan]:
    """Return the days with the person on site: what really was up to today, what is planned after it."""
    spans = []
    if stretch.arrived_on is not None and stretch.arrived_on <= today:
        last = today if stretch.left_on is None else min(stretch.left_on, today)
        spans.append(DateSpan(stretch.arrived_on, max(last, stretch.arrived_on)))
    if stretch.state in BOOKED and stretch.ends_on > today:
        tomorrow = today + ONE_DAY
        # Who came before the planned day is there already.
        first = tomorrow if stretch.state in PRESENT else max(stretch.starts_on, tomorrow)
        spans.append(DateSpan(first, stretch.ends_on))
    return spans


def presence(
    rows: Sequence[Stretch], absences: Mapping[int, list[PostingAbsence]], today: datetime.date
) -> list[DateSpan]:
    """Return the days on which at least one of these people is there, absences taken off."""
    spans: list[DateSpan] = []
    for row in rows:
        away = [DateSpan(each.starts_on, each.ends_on) for each in absences.get(row.posting_id, ())]
        spans.extend(spans_without(days_there(row, today), away))
    return list(merge_spans(spans))


def gaps_in(
    rows: Sequence[Stretch], absences: Mapping[int, list[PostingAbsence]], window: DateSpan, today: datetime.date
) -> list[DateSpan]:
    """Return the days of a window, within the terms of the agreements, on which nobody is there or planned to be."""
    there = presence(rows, absences, today)
    return [gap for term in terms_within(rows, window) for gap in gaps_within(there, term)]


def terms_within(rows: Sequence[Stretch], window: DateSpan) -> tuple[DateSpan, ...]:
    """Return the days of a window on which an agreement of these postings runs."""
    return merge_spans(part for part in (row.term.intersection(window) for row in rows) if part is not None)


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many persons are on site at how many institutions of one kind."""

    institution_kind: str
    sites: int
    persons: int


def on_site_by_kind(rows: QuerySet[Posting, Any]) -> list[KindCount]:
    """Add up a reading of ``queries.on_site`` by kind of receiving institution."""
    found = (
        rows.order_by("to_institution__kind")
        .values_list("to_institution__kind")
        .annotate(sites=Count("to_institution_id", distinct=True), persons=Count("staff_id", distinct=True))
    )
    return [KindCount(*line) for line in found]


def overdue_arrivals(rows: QuerySet[Posting, Any], today: datetime.date) -> QuerySet[Posting, Any]:
    """Keep the postings that should have begun and of which nobody recorded the arrival."""
    return rows.filter(state__in=(PostingState.PLANNED, PostingState.TRAVELLING), starts_on__lt=today)


def overdue_ends(rows: QuerySet[Posting, Any], today: datetime.date) -> QuerySet[Posting, Any]:
    """Keep the postings that should have ended and of which nobody recorded the end."""
    return rows.filter(state__in=PRESENT, ends_on__lt=today)


def writable(actor: Actor) -> QuerySet[Posting, Any]:
    """Return the postings about which the actor may write; for those who only read, none."""
    rows = scoped(actor, Posting.objects.exclude(state=PostingState.VOID), Act.WRITE)
    if actor.role != Role.POSTED_STAFF:
        return rows
    return rows.filter(Q(staff__user_id=actor.user_id) | Q(team__leader__user_id=actor.user_id))


def drafts_of(actor: Actor, agreement: Agreement) -> QuerySet[Posting, Any]:
    """Return the lines of a plan that are not published yet."""
    rows = queries.postings(actor).filter(agreement=agreement, state=PostingState.DRAFT)
    return rows.order_by("batch__number", "starts_on", "code")


def waiting_for(actor: Actor) -> QuerySet[Posting, Any]:
    """Return the drafts that the actor may answer for now, ``side`` naming for whom; not lines of their own."""
    waiting = _waiting(actor)
    if not waiting:
        return Posting.objects.none()
    anywhere = Q(pk__in=[])
    for condition in waiting.values():
        anywhere |= condition
    side = Case(
        *(When(condition, then=Value(str(name))) for name, condition in waiting.items()),
        default=Value(""),
        output_field=CharField(),
    )
    return _answerable_drafts(actor).filter(anywhere).annotate(side=side).order_by("starts_on", "code", "pk")


def waiting_at(actor: Actor, posting_ids: Iterable[int]) -> dict[str, dict[int, Posting]]:
    """Return which of these drafts the actor may answer for now, for each side; one query for each side."""
    wanted = _answerable_drafts(actor).filter(pk__in=list(posting_ids))
    return {side: {row.pk: row for row in wanted.filter(condition)} for side, condition in _waiting(actor).items()}


def _waiting(actor: Actor) -> dict[str, Q]:
    """Return for each side that the actor speaks for what makes a line wait for it."""
    if actor.is_service or not role_holds(actor.role, Permission(Family.DISPATCH, Act.DECIDE)):
        return {}
    conditions = {side: _answers_for(actor, side) for side in Agreement.Approval.values}
    return {side: condition & ~_answered(side) for side, condition in conditions.items() if condition is not None}


def _answerable_drafts(actor: Actor) -> QuerySet[Posting, Any]:
    own = Exists(PostingEvent.objects.filter(posting=OuterRef("pk"), step__in=AUTHORING, user_id=actor.user_id))
    return queries.postings(actor).filter(state=PostingState.DRAFT).exclude(own)


def _answers_for(actor: Actor, side: str) -> Q | None:
    asking = _agreements_asking(side)
    if not asking:
        return None
    nodes = nodes_in_reach(actor).values("pk")
    mine = actor.department_node_id
    is_head = actor.role == Role.DEPARTMENT_HEAD
    if side == Agreement.Approval.RECEIVING_UNIT:
        if is_head:
            return None if mine is None else Q(agreement_id__in=asking, to_department_id=mine)
        return Q(agreement_id__in=asking, to_institution_id__in=nodes)
    if side == Agreement.Approval.HOME_DEPARTMENT:
        return None if mine is None else Q(agreement_id__in=asking, from_department_id=mine)
    if mine is not None or is_head:
        return None
    return Q(agreement_id__in=asking, from_institution_id__in=nodes)


def _agreements_asking(side: str) -> list[int]:
    # What a JSON list holds cannot be asked of SQLite; agreements that ask for approvals are few.
    asking = Agreement.objects.exclude(approvals=[]).values_list("pk", "approvals")
    return [pk for pk, sides in asking if side in sides]


def _answered(side: str) -> Q:
    standing = PostingApproval.objects.exclude(answer=PostingApproval.Answer.LAPSED)
    return Q(Exists(standing.filter(posting=OuterRef("pk"), side=side)))


@dataclass(frozen=True, slots=True)
class GapAhead:
    """Days to come on which nobody is planned to be on site although the agreement promises unbroken presence."""

    agreement: Agreement
    gap: DateSpan


def gaps_ahead(actor: Actor, today: datetime.date, days: int) -> list[GapAhead]:
    """Return the gaps of the coming days under running agreements that promise presence, the nearest first."""
    window = DateSpan(today + ONE_DAY, today + datetime.timedelta(days=days))
    promising = Duty.objects.filter(evidence_kind=EvidenceKind.UNBROKEN_PRESENCE)
    rows = scoped(actor, Agreement.objects.filter(state=Agreement.State.IN_FORCE, pk__in=promising.values("agreement")))
    running = rows.filter(starts_on__lte=window.end, ends_on__gte=window.start)
    # Somebody who stays through the whole window leaves no gap; only the other agreements are looked at day by day.
    agreements = {row.pk: row for row in running.exclude(_somebody_stays(window)).order_by("code")}
    coming = scoped(actor, Posting.objects.filter(agreement_id__in=list(agreements), state__in=BOOKED))
    by_agreement: defaultdict[int, list[Stretch]] = defaultdict(list)
    for stretch in stretches(coming.filter(starts_on__lte=window.end, ends_on__gte=window.start)):
        by_agreement[stretch.agreement_id].append(stretch)
    absences = absences_within([row.posting_id for found in by_agreement.values() for row in found], window)
    ahead = []
    for pk, agreement in agreements.items():
        inside = agreement.term.intersection(window)
        there = presence(by_agreement[pk], absences, today)
        ahead += [] if inside is None else [GapAhead(agreement, gap) for gap in gaps_within(there, inside)]
    return sorted(ahead, key=lambda found: (found.gap.start, found.agreement.code))


def _somebody_stays(window: DateSpan) -> Exists:
    """Tell of an agreement whether one person is there or planned to be on every day of the window."""
    away = PostingAbsence.objects.filter(
        posting=OuterRef("pk"), is_void=False, starts_on__lte=window.end, ends_on__gte=window.start
    )
    staying = Posting.objects.filter(
        agreement=OuterRef("pk"),
        state__in=BOOKED,
        kind__in=SUPPORT_KINDS,
        starts_on__lte=window.start,
        ends_on__gte=window.end,
    )
    return Exists(staying.exclude(Exists(away)))


@dataclass(frozen=True, slots=True)
class OverdueDrafts:
    """Lines of one plan that should have begun but were never published."""

    agreement_id: int
    code: str
    title_zh: str
    title_en: str
    lines: int
    first_day: datetime.date


def overdue_drafts(actor: Actor, today: datetime.date) -> list[OverdueDrafts]:
    """Return the plans with such lines that the actor may write, the oldest first."""
    rows = writable(actor).filter(state=PostingState.DRAFT, starts_on__lte=today)
    found = (
        rows.order_by()
        .values_list("agreement_id", "agreement__code", "agreement__title_zh", "agreement__title_en")
        .annotate(lines=Count("pk"), first_day=Min("starts_on"))
    )
    return sorted((OverdueDrafts(*line) for line in found), key=lambda each: (each.first_day, each.code))


def successors_of(actor: Actor, row: Posting) -> list[Posting]:
    return list(queries.postings(actor).filter(predecessor_id=row.pk).order_by("starts_on", "pk"))
