"""Every reading of referrals, within the asker's reach: lists of work, and one case with what belongs to it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from lianyi.accounts.access import (
    RelationPath,
    assigned_nodes,
    get_in_scope,
    granted_rows,
    nodes_in_reach,
    scoped,
)
from lianyi.accounts.actors import Actor
from lianyi.accounts.models import NodeKind
from lianyi.methods.clocks import ClockReading
from lianyi.partnerships.models import Agreement
from lianyi.referrals.machine import AGREED, OPEN, STARTED, STATE_ROWS, STATES, WorkList
from lianyi.referrals.models import (
    Attachment,
    Clock,
    ClosingProposal,
    Escalation,
    FollowUp,
    Leg,
    LegEvent,
    MergeConflict,
    Message,
    Milestone,
    Packet,
    PatientIdentity,
    Question,
    RecoveryStage,
    ReferralTerms,
    Request,
    ReturnNeed,
    ReturnPlan,
)
from lianyi.referrals.packets import items_of, without_identity
from lianyi.referrals.policies import policy_of
from lianyi.referrals.sides import sides_of
from lianyi.referrals.spans import reading_of
from lianyi.referrals.states import Direction, LegState, Side
from lianyi.referrals.targets import LEG_TARGET
from lianyi.registry.models import Institution
from lianyi.rules.referral_policy import PacketItem, ReferralUrgency

_SHOWN_WITH_A_LEG = (
    "request__journey",
    "from_institution",
    "to_institution",
    "to_department",
    "external_partner",
    "ball_institution",
    "responsible",
)
_SHOWN_WITH_A_CASE = (
    "request__agreement",
    "request__coordinator",
    "request__written_by",
    "request__approved_by",
    "alternative",
    "transport_institution",
    "diverted_from__to_institution",
)
STATES_OF_LIST: Mapping[WorkList, tuple[str, ...]] = {
    wanted: tuple(row.state for row in STATES if row.work_list is wanted) for wanted in WorkList
}
# From the acceptance on; once the return is proposed, the way back itself is awaited.
_WITH_A_FORECAST = (*AGREED, *(state for state in STARTED if state != LegState.RETURN_PROPOSED))
_LISTS_OF_WHAT_ENDED = (WorkList.TO_REROUTE, WorkList.LOST)
HIDDEN_FROM_LISTS = (LegState.ENTERED_IN_ERROR,)


def legs(actor: Actor) -> QuerySet[Leg, Any]:
    """Return the legs within reach with what a list shows; entries in error are left out."""
    rows = scoped(actor, Leg.objects.exclude(state__in=HIDDEN_FROM_LISTS))
    return rows.select_related(*_SHOWN_WITH_A_LEG).order_by("-id")


def leg(actor: Actor, pk: int) -> Leg:
    """Return one leg, also one entered in error: its page says so.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, Leg.objects.select_related(*_SHOWN_WITH_A_LEG, *_SHOWN_WITH_A_CASE), pk)


def request(actor: Actor, pk: int) -> Request:
    rows = Request.objects.select_related("journey", "from_institution", "agreement", "coordinator")
    return get_in_scope(actor, rows, pk)


def terms_of(actor: Actor, agreement: Agreement) -> ReferralTerms | None:
    """Return what the parties of an agreement settled about referrals, if anything."""
    return scoped(actor, ReferralTerms.objects.filter(agreement=agreement)).first()


def own_institutions(actor: Actor) -> Q:
    """Return the condition that an institution is one the actor works for: by affiliation, posted, or on duty there."""
    own = nodes_in_reach(actor).filter(kind=NodeKind.INSTITUTION)
    return Q(pk__in=own.values("pk")) | Q(pk__in=assigned_nodes(actor).values("target_id"))


def own_places(actor: Actor) -> QuerySet[Institution, Any]:
    """Return the institutions the actor works for, by code, for a list to choose from."""
    return Institution.objects.filter(own_institutions(actor)).order_by("code")


def _ball_with_own(actor: Actor) -> Q:
    own = Q(ball_institution_id__in=nodes_in_reach(actor).values("pk"))
    return own | Q(ball_institution_id__in=assigned_nodes(actor).values("target_id"))


def _own_ids(actor: Actor) -> list[int]:
    """Return the institutions the actor works for as numbers: few, and an index is only found by numbers."""
    own = nodes_in_reach(actor).filter(kind=NodeKind.INSTITUTION).values_list("pk", flat=True)
    return [*own, *assigned_nodes(actor).values_list("target_id", flat=True)]


def _open_near(actor: Actor) -> Q:
    """Return the condition of the open legs in which the actor's institutions have a part.

    Every list is within reach by ``legs`` anyway. This narrows it first to what is open here, so that a list takes as
    long among a million legs as among ten thousand.
    """
    relation = RelationPath(LEG_TARGET, "pk", serves_assigned=True)
    own = Leg.objects.filter(from_institution_id__in=_own_ids(actor), is_open=True).order_by()
    granted = Leg.objects.filter(granted_rows(actor, relation), is_open=True).order_by()
    return Q(pk__in=own.values("pk")) | Q(pk__in=granted.values("pk"))


def to_move(actor: Actor) -> QuerySet[Leg, Any]:
    """Return the legs on which the actor's side must act now, the most overdue first.

    A case above that waits for the lower unit is left out: the way back itself stands on that unit's list.
    """
    # Found by whose move it is first: that index holds what is to do, not all that ever was.
    waiting = Leg.objects.filter(ball_institution_id__in=_own_ids(actor)).exclude(ball_side="")
    rows = legs(actor).filter(pk__in=waiting.values("pk")).exclude(ball_side=Side.LOWER_UNIT)
    return rows.order_by(F("due_at").asc(nulls_last=True), "id")


def waiting_for_others(actor: Actor) -> QuerySet[Leg, Any]:
    """Return the legs on which another side must act, the most overdue first."""
    rows = legs(actor).exclude(_ball_with_own(actor)).exclude(ball_side="")
    return rows.order_by(F("due_at").asc(nulls_last=True), "id")


def work_list(actor: Actor, name: WorkList) -> QuerySet[Leg, Any]:
    """Return one list of work, the most overdue first; lists of what is over have the newest first.

    A leg that ended without a receiver and asks nothing any more goes to the archive.
    """
    if name is WorkList.ERRORS:
        return scoped(actor, Leg.objects.filter(_is_listed(name)).select_related(*_SHOWN_WITH_A_LEG)).order_by("-id")
    rows = legs(actor).filter(_is_listed(name))
    if name is WorkList.ARCHIVE:
        return rows.order_by("-id")
    if set(STATES_OF_LIST[name]) <= set(OPEN):
        rows = rows.filter(_open_near(actor))
    return rows.order_by(F("due_at").asc(nulls_last=True), "id")


def _is_listed(name: WorkList) -> Q:
    states = Q(state__in=STATES_OF_LIST[name])
    if name in _LISTS_OF_WHAT_ENDED:
        return states & Q(is_open=False) & ~Q(ball_side="")
    if name is WorkList.ARCHIVE:
        ended = [state for each in _LISTS_OF_WHAT_ENDED for state in STATES_OF_LIST[each]]
        return states | Q(state__in=ended, ball_side="")
    return states


def needs_attention(actor: Actor) -> QuerySet[Leg, Any]:
    """Return the legs in a state that the table does not know: nothing drops out of every list silently."""
    return scoped(actor, Leg.objects.select_related(*_SHOWN_WITH_A_LEG)).exclude(state__in=list(STATE_ROWS))


def counts_by_list(actor: Actor) -> dict[WorkList, int]:
    """Return how many cases that still ask something stand on each list, with two queries."""
    by_state: dict[str, int] = {}
    for rows in (Leg.objects.filter(_open_near(actor)), Leg.objects.filter(is_open=False).exclude(ball_side="")):
        found = scoped(actor, rows).order_by().values_list("state").annotate(number=Count("pk"))
        by_state |= dict(found)
    return {
        name: sum(by_state.get(state, 0) for state in states)
        for name, states in STATES_OF_LIST.items()
        if name not in (WorkList.ARCHIVE, WorkList.ERRORS)
    }


def identities_of(actor: Actor, rows: Iterable[Leg]) -> dict[int, PatientIdentity]:
    """Return who the patients of these legs are, by journey: only those whose grant opens the identity."""
    journeys = [row.request.journey_id for row in rows]
    found = scoped(actor, PatientIdentity.objects.filter(journey_id__in=journeys))
    return {each.journey_id: each for each in found}


def expected_arrivals(actor: Actor) -> QuerySet[Leg, Any]:
    """Return who is expected at the actor's institutions, by time; those on the road first."""
    states = (LegState.ACCEPTED, LegState.SCHEDULED, LegState.BED_RESERVED, LegState.IN_TRANSIT, LegState.NO_SHOW)
    rows = (
        legs(actor)
        .filter(_at_own(actor), _open_near(actor), state__in=states)
        .exclude(request__direction=Direction.DOWN)
    )
    return rows.order_by(F("expected_at").asc(nulls_last=True), "id")


def expected_returns(actor: Actor) -> QuerySet[Leg, Any]:
    """Return who may come back: legs of the way down, and cases taken on above with a forecast of their return."""
    coming = Q(request__direction=Direction.DOWN, is_open=True) & _at_own(actor)
    forecast = Q(state__in=_WITH_A_FORECAST, expected_return_on__isnull=False) & Q(
        from_institution_id__in=nodes_in_reach(actor).values("pk")
    )
    rows = legs(actor).filter(coming | forecast)
    return rows.order_by(F("expected_return_on").asc(nulls_last=True), F("expected_at").asc(nulls_last=True), "id")


def _at_own(actor: Actor) -> Q:
    return Q(to_institution_id__in=_own_ids(actor))


def follow_ups(actor: Actor) -> QuerySet[FollowUp, Any]:
    """Return the follow-ups within reach that are still to do, the most overdue first."""
    rows = scoped(actor, FollowUp.objects.filter(state=FollowUp.State.OPEN))
    return rows.select_related("leg__request__journey", "institution").order_by("due_on", "id")


def follow_up(actor: Actor, pk: int) -> FollowUp:
    return get_in_scope(actor, FollowUp.objects.select_related("leg__request__journey", "institution"), pk)


@dataclass(frozen=True, slots=True)
class PacketLine:
    """One item of the form with its answer."""

    item: PacketItem
    value: Any
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class ShownClock:
    """A clock with its raw, paused and net time up to now."""

    clock: Clock
    reading: ClockReading
    is_late: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One leg with everything about it that the reader may see; ``identity`` is None below tier T2."""

    leg: Leg
    identity: PatientIdentity | None
    packet: Packet | None
    lines: list[PacketLine]
    events: list[LegEvent]
    clocks: list[ShownClock]
    questions: list[Question]
    messages: list[Message]
    milestones: list[Milestone]
    siblings: list[Leg]
    journey_legs: list[Leg]
    plan: ReturnPlan | None
    needs: list[ReturnNeed]
    follow_ups: list[FollowUp]
    stages: list[RecoveryStage]
    proposals: list[ClosingProposal]
    conflicts: list[MergeConflict]
    escalations: list[Escalation]
    attachments: list[Attachment]

    @property
    def is_open_to_reader(self) -> bool:
        return self.identity is not None


def case(actor: Actor, pk: int) -> Case:
    """Return one case as the reader may see it, with a number of queries that does not grow."""
    row = leg(actor, pk)
    asked = row.request
    now = timezone.now()
    identity = scoped(actor, PatientIdentity.objects.filter(journey_id=asked.journey_id)).first()
    packet = scoped(actor, Packet.objects.filter(request=asked)).first()
    clocks = scoped(actor, Clock.objects.filter(leg=row).select_related("institution").prefetch_related("pauses"))
    others = scoped(actor, Leg.objects.filter(request__journey_id=asked.journey_id).exclude(pk=row.pk))
    journey_legs = list(others.select_related(*_SHOWN_WITH_A_LEG).order_by("request_id", "number"))
    return Case(
        leg=row,
        identity=identity,
        packet=packet,
        lines=short_lines(actor, row) or _lines(asked, packet, is_identified=identity is not None),
        events=list(
            scoped(actor, LegEvent.objects.filter(leg=row).select_related("user", "acting_node")).order_by("id")
        ),
        clocks=[_shown(clock, now) for clock in clocks.order_by("id")],
        questions=list(
            scoped(actor, Question.objects.filter(leg=row).select_related("asked_by", "answered_by")).order_by("id")
        ),
        messages=list(scoped(actor, Message.objects.filter(leg=row).select_related("written_by")).order_by("id")),
        milestones=list(
            scoped(actor, Milestone.objects.filter(request=asked).select_related("recorded_by", "institution"))
            .filter(corrected_by__isnull=True)
            .order_by("occurred_at", "id")
        ),
        siblings=[each for each in journey_legs if each.request_id == asked.pk],
        journey_legs=[each for each in journey_legs if each.request_id != asked.pk],
        plan=scoped(actor, ReturnPlan.objects.filter(request=asked)).first(),
        needs=needs_of(actor, asked.pk),
        follow_ups=list(
            scoped(actor, FollowUp.objects.filter(journey_id=asked.journey_id).select_related("institution")).order_by(
                "due_on", "id"
            )
        ),
        stages=list(
            scoped(
                actor, RecoveryStage.objects.filter(journey_id=asked.journey_id).select_related("institution")
            ).order_by("started_on", "id")
        ),
        proposals=list(
            scoped(actor, ClosingProposal.objects.filter(leg=row).select_related("institution")).order_by("id")
        ),
        conflicts=list(scoped(actor, MergeConflict.objects.filter(leg=row).select_related("user")).order_by("id")),
        escalations=list(
            scoped(actor, Escalation.objects.filter(clock__leg=row).select_related("user", "institution")).order_by(
                "id"
            )
        ),
        attachments=list(scoped(actor, Attachment.objects.filter(request=asked, is_void=False)).order_by("id")),
    )


def answers_of(actor: Actor, leg_ids: Iterable[int]) -> QuerySet[LegEvent, Any]:
    """Return the steps by which receivers turned these legs away, with what was said with each."""
    rows = scoped(actor, LegEvent.objects.filter(leg_id__in=list(leg_ids), step__in=("decline", "withdraw")))
    return rows.order_by("id")


def sees_identity(actor: Actor, row: Leg) -> bool:
    """Tell whether the reader may see who the patient of a case is."""
    return scoped(actor, PatientIdentity.objects.filter(journey_id=row.request.journey_id)).exists()


def _lines(asked: Request, packet: Packet | None, *, is_identified: bool) -> list[PacketLine]:
    """Return the items of the form in their order; identifying ones are hidden below tier T2."""
    if packet is None:
        return []
    items = items_of(asked, policy_of(asked.policy))
    values = packet.values if is_identified else without_identity(packet.values, items)
    return [
        PacketLine(item, values.get(item.code), is_hidden=item.is_identifying and not is_identified) for item in items
    ]


def is_driver_only(actor: Actor, row: Leg) -> bool:
    """Tell whether the reader only drives the patient, and so has the short form."""
    return sides_of(actor, row) == (Side.TRANSPORT,)


def short_items(asked: Request) -> tuple[PacketItem, ...]:
    """Return the short form: what an emergency asks for, which is what nobody can do without."""
    policy = policy_of(asked.policy)
    return policy.required_items(ReferralUrgency.EMERGENCY, asked.direction, asked.condition)


def short_lines(actor: Actor, row: Leg) -> list[PacketLine]:
    """Return the short form for whoever only drives the patient; it opens with who the patient is."""
    if not is_driver_only(actor, row) or not sees_identity(actor, row):
        return []
    # The grant of the short form opens these items of the packet, and not the packet.
    packet = Packet.objects.filter(request_id=row.request_id).first()
    values = {} if packet is None else packet.values
    return [PacketLine(item, values.get(item.code), is_hidden=False) for item in short_items(row.request)]


def _shown(clock: Clock, now: datetime.datetime) -> ShownClock:
    return ShownClock(clock, reading_of(clock, now), is_late=clock.is_late_at(now))


def needs_of(actor: Actor, request_id: int) -> list[ReturnNeed]:
    """Return what the lower unit needs for a transfer back, as far as the reader may see it."""
    return list(scoped(actor, ReturnNeed.objects.filter(request_id=request_id)).order_by("id"))


def need(actor: Actor, pk: int) -> ReturnNeed:
    """Return one need.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, ReturnNeed.objects.all(), pk)
