"""What happens on the road: departure, arrival, a patient taken elsewhere."""

from __future__ import annotations

import datetime

from django.utils import timezone

from lianyi.referrals import access, machine
from lianyi.referrals.conflicts import keep_conflict
from lianyi.referrals.effects.bookings import add_follow_up
from lianyi.referrals.effects.decisions import open_institution
from lianyi.referrals.effects.elsewhere import tell_others
from lianyi.referrals.effects.request import change_request
from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.facts import StepFacts
from lianyi.referrals.models import Clock, ClosingProposal, FollowUp, Leg, Request
from lianyi.referrals.moments import last_minute_of, to_the_minute
from lianyi.referrals.running import running_clock, start_clock, start_outcome_clock, stop_clock
from lianyi.referrals.settling import leg_above
from lianyi.referrals.states import Direction, EntryMode
from lianyi.referrals.states import LegState as L
from lianyi.referrals.walk import Walk
from lianyi.registry.models import Institution
from lianyi.rules.referral_policy import ClockKind


def remember_departure(walk: Walk) -> None:
    given = walk.facts.transport
    walk.change({"departed_at": walk.occurred_at})
    if given is not None:
        walk.change({"transport": {"vehicle": given.vehicle, "escort": given.escort, "condition": given.condition}})
    if walk.facts.expected_at is not None:
        walk.change({"expected_at": walk.facts.expected_at})


def remember_arrival(walk: Walk) -> None:
    walk.change({"arrived_at": walk.occurred_at})
    _look_at_the_road(walk, walk.leg.departed_at, walk.occurred_at)
    walk.afterwards.append(lambda: tell_others(walk, ClosingProposal.Fact.ARRIVED, walk.occurred_at))
    if walk.leg.request.direction == Direction.DOWN:
        walk.afterwards.append(lambda: _begin_follow_up(walk))


def _earlier(known: datetime.datetime | None, told: datetime.datetime) -> datetime.datetime:
    """Return the earlier of two tellings of one moment, so that the order in which they come changes nothing."""
    return told if known is None else min(known, told)


def _look_at_the_road(walk: Walk, left_at: datetime.datetime | None, arrived_at: datetime.datetime | None) -> None:
    """Put an arrival before the departure, which a device told, before the coordinator: one of the times is wrong.

    That the patient left and came is true and kept; which of the two times is not, people must find out.
    """
    if left_at is not None and arrived_at is not None and arrived_at < to_the_minute(left_at):
        walk.afterwards.append(lambda: _keep_conflict(walk))


def remember_told_departure(walk: Walk) -> None:
    left_at = _earlier(walk.leg.departed_at, walk.occurred_at)
    walk.change({"departed_at": left_at})
    _look_at_the_road(walk, left_at, walk.leg.arrived_at)


def remember_told_arrival(walk: Walk) -> None:
    """Keep an arrival told afterwards; where this hospital does not have the patient, somebody must settle it."""
    walk.change({"arrived_at": _earlier(walk.leg.arrived_at, walk.occurred_at)})
    if walk.leg.state not in machine.HERE_OR_TREATED:
        walk.afterwards.append(lambda: _keep_conflict(walk))


def _begin_follow_up(walk: Walk) -> None:
    """Start the lower unit's first follow-up, and end what the upper hospital waited for."""
    start_clock(walk, walk.leg.state, ClockKind.FIRST_FOLLOW_UP)
    clock = running_clock(walk.leg, ClockKind.FIRST_FOLLOW_UP)
    planned = FollowUp.objects.filter(leg=walk.leg, kind=FollowUp.Kind.FIRST_AFTER_RETURN).first()
    if planned is not None and clock is not None and planned.due_on >= timezone.localdate(walk.occurred_at):
        _follow_the_plan(clock, planned)
    if planned is None and walk.leg.to_institution_id is not None:
        days = 7 if clock is None else max((clock.due_at - walk.occurred_at).days, 0)
        add_follow_up(walk, FollowUp.Kind.FIRST_AFTER_RETURN, walk.leg.to_institution_id, days)
    above = leg_above(walk.leg)
    if above is not None and above.state in (L.UNDER_CARE, L.RETURN_PROPOSED):
        due_target = walk.policy.target(ClockKind.OUTCOME, walk.move.urgency, walk.leg.request.condition)
        if due_target is not None and running_clock(above, ClockKind.OUTCOME) is None:
            start_outcome_clock(above, walk.policy, walk.occurred_at)


def _follow_the_plan(clock: Clock, planned: FollowUp) -> None:
    """Let the first follow-up be due on the day that the doctors above planned; it runs out with that day."""
    clock.due_at = last_minute_of(planned.due_on)
    clock.next_call_at = clock.due_at
    clock.save(update_fields=["due_at", "next_call_at"])


def mark_retrospective(walk: Walk) -> None:
    """Mark a patient who came before any answer: no response time can be counted from that."""
    walk.change({"entry_mode": EntryMode.RETROSPECTIVE, "sent_at": walk.leg.sent_at or walk.occurred_at})
    if walk.leg.request.sent_at is None:
        change_request(walk, {"sent_at": walk.occurred_at})
    for clock in Clock.objects.filter(leg=walk.leg, stopped_at__isnull=True):
        stop_clock(clock, walk.occurred_at, Clock.Stop.VOID)
    walk.afterwards.append(lambda: access.open_case(walk.context, walk.leg))


def choose_transport(walk: Walk) -> None:
    """Keep which institution drives the patient; where none is named, the sender does, or who was named before."""
    given = walk.facts.transporter_id
    if given is None:
        return
    driver = Institution.objects.filter(pk=given).first()
    if driver is None or not driver.is_open_on(timezone.localdate(walk.occurred_at)):
        raise FactsRefusedError(
            "The institution named to drive the patient is not in the registry, or closed. Choose another one.",
            field="transporter",
            reason="transporter-unknown",
        )
    before = walk.leg.transport_institution_id
    walk.change({"transport_institution_id": given})
    if before not in (None, given):
        walk.afterwards.append(lambda: access.close_transport(walk.context, walk.leg))
    walk.afterwards.append(lambda: access.open_transport(walk.context, walk.leg))


def open_leg_elsewhere(walk: Walk) -> None:
    """Open a leg to the hospital that the patient was taken to instead; it stands there as on the way.

    Somebody there said on the telephone that the patient may come: that is its answer, marked as spoken until the
    hospital confirms it.
    """

    def start() -> None:
        from lianyi.referrals.walking import spoken_step, system_step  # noqa: PLC0415 - the leg walks the same table

        new = _one_more_leg(walk, walk.facts.institution_id, None)
        on_the_road = {
            "transport": walk.leg.transport,
            "transport_institution_id": walk.leg.transport_institution_id,
            "diverted_from_id": walk.leg.pk,
        }
        Leg.objects.filter(pk=new.pk).update(**on_the_road)
        at, said = walk.occurred_at, walk.facts.contact.strip()
        system_step(walk.context, new, "send", at)
        agreed = StepFacts(occurred_at=at, contact=said, spoken_by=said, expected_at=walk.facts.expected_at)
        spoken_step(walk.context, new, "accept", agreed, at)
        leg = system_step(walk.context, new, "depart", at)
        # The patient has been on the road since the first departure.
        Leg.objects.filter(pk=new.pk).update(departed_at=walk.leg.departed_at)
        access.open_transport(walk.context, leg)

    if open_institution(walk) in (walk.leg.to_institution_id, walk.leg.from_institution_id):
        raise FactsRefusedError(
            "Name the other hospital that the patient was taken to.", field="institution", reason="diverted-nowhere"
        )
    walk.afterwards.append(start)


def open_leg_of_arrival(walk: Walk) -> None:
    """Open a leg, entered afterwards, for a patient who came although the case had ended here.

    The patient counts where the patient is: a hospital that only had said yes gives way. Where another one has the
    patient in its care, the two entries contradict each other, and the coordinator settles it.
    """

    def start() -> None:
        from lianyi.referrals.walking import system_step  # noqa: PLC0415 - the new leg walks the same table

        others = Leg.objects.filter(request_id=walk.leg.request_id, is_open=True, state__in=machine.TAKEN)
        rivals = list(others.exclude(pk=walk.leg.pk).order_by("number"))
        if any(leg.state not in (*machine.AGREED, L.IN_TRANSIT) for leg in rivals):
            _keep_conflict(walk)
            return
        new = _one_more_leg(walk, walk.leg.to_institution_id, walk.leg.external_partner_id)
        for leg in rivals:
            system_step(walk.context, leg, "record_elsewhere", walk.occurred_at)
        system_step(walk.context, new, "arrive_unannounced", walk.occurred_at)
        Request.objects.filter(pk=walk.leg.request_id).update(is_revoked=False)

    walk.change({"ball_to_nobody": True})
    walk.afterwards.append(start)


def _one_more_leg(walk: Walk, institution_id: int | None, partner_id: int | None) -> Leg:
    """Write a further leg of the request as any leg is written, with its first event."""
    from lianyi.referrals.commands.receivers import Receiver, draft_leg  # noqa: PLC0415 - legs begin there

    numbers = Leg.objects.filter(request_id=walk.leg.request_id).order_by("-number").values_list("number", flat=True)
    receiver = Receiver(institution_id=institution_id, external_partner_id=partner_id)
    return draft_leg(walk.context, walk.leg.request, (numbers.first() or 0) + 1, receiver, walk.occurred_at)


def _keep_conflict(walk: Walk) -> None:
    keep_conflict(walk.context, walk.leg, walk.move.transition.name, walk.facts, walk.occurred_at)
