"""What a step does beside changing the state: one function for each name in the table.

An effect puts changes of the leg into ``walk.changes``, and whatever comes after the leg is written - relations,
sibling legs, new legs, follow-ups - into ``walk.afterwards``.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping

from django.utils import timezone

from lianyi.accounts.audit import creation_facts, record
from lianyi.referrals import access, machine, reconciling
from lianyi.referrals.conflicts import keep_conflict
from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.guards import back_leg_of
from lianyi.referrals.models import (
    CapabilityFinding,
    Clock,
    ClosingProposal,
    FollowUp,
    Leg,
    Milestone,
    PatientIdentity,
    Question,
    Request,
    ReturnNeed,
)
from lianyi.referrals.moments import EARLIEST, sound_moment
from lianyi.referrals.policies import after
from lianyi.referrals.running import (
    pause_clock,
    pauses_for_questions,
    resume_clock,
    running_clock,
    start_clock,
    stop_clock,
)
from lianyi.referrals.settling import (
    ask_again,
    give_care_back,
    hand_ball_back,
    leg_above,
    settle_ended_legs,
    settle_journey_of_the_dead,
)
from lianyi.referrals.states import DeclineReason, Direction, Disposition, EntryMode, Side
from lianyi.referrals.states import LegState as L
from lianyi.referrals.walk import Walk
from lianyi.registry.models import Institution
from lianyi.rules.referral_policy import ClockKind, ReferralUrgency

Effect = Callable[[Walk], None]
_LACKING_BY_REASON = {
    DeclineReason.EQUIPMENT_OR_DRUG: ReturnNeed.Kind.EQUIPMENT,
    DeclineReason.NO_SPECIALIST: ReturnNeed.Kind.SKILL,
    DeclineReason.NO_BED: ReturnNeed.Kind.BED,
}


def fix_breach_time(walk: Walk) -> None:
    """Fix when the request was sent and until when the patient must be seen; from now on the ask is frozen."""
    request = walk.leg.request
    values: dict[str, object] = {}
    if request.sent_at is None:
        values["sent_at"] = walk.occurred_at
    if request.breach_at is None:
        target = walk.policy.target(ClockKind.BREACH, ReferralUrgency(request.urgency), request.condition)
        if target is not None:
            values["breach_at"] = after(walk.policy, walk.occurred_at, target)
    _change_request(walk, values)
    urgency = ReferralUrgency(request.urgency)
    decision = walk.policy.target(ClockKind.DECISION, urgency, request.condition)
    answer_by = None if decision is None else after(walk.policy, walk.occurred_at, decision)
    walk.change({"sent_at": walk.occurred_at, "answer_by": answer_by})


def _change_request(walk: Walk, values: Mapping[str, object]) -> None:
    if values:
        Request.objects.filter(pk=walk.leg.request_id).update(**values)
        for name, value in values.items():
            setattr(walk.leg.request, name, value)


def open_case(walk: Walk) -> None:
    walk.afterwards.append(lambda: access.open_case(walk.context, walk.leg))


def open_identity(walk: Walk) -> None:
    walk.change({"was_accepted": True})
    walk.afterwards.append(lambda: access.open_identity(walk.context, walk.leg))


def close_identity(walk: Walk) -> None:
    walk.afterwards.append(lambda: access.close_identity(walk.context, walk.leg))


def close_all_access(walk: Walk) -> None:
    walk.afterwards.append(lambda: access.close_all(walk.context, walk.leg))


def let_access_run_out(walk: Walk) -> None:
    until = walk.now + datetime.timedelta(days=walk.policy.limits.grace_days)
    walk.afterwards.append(lambda: access.let_run_out(walk.context, walk.leg, until))


def settle_earlier_legs(walk: Walk) -> None:
    """Take the ball off earlier legs of the request that ended without a receiver: the ask is on its way again."""
    walk.afterwards.append(lambda: settle_ended_legs(walk.context, walk.leg.request_id, walk.leg, walk.occurred_at))


def _stop(walk: Walk, leg: Leg, kind: ClockKind) -> None:
    clock = running_clock(leg, kind)
    if clock is not None:
        stop_clock(clock, walk.occurred_at, Clock.Stop.MET)


def remember_opening(walk: Walk) -> None:
    walk.change({"opened_at": walk.occurred_at})


def route_to_department(walk: Walk) -> None:
    receiver = walk.leg.to_institution
    department = None if receiver is None else receiver.departments.filter(pk=walk.facts.department_id).first()
    if department is None:
        raise FactsRefusedError(
            "The department named does not belong to the receiving institution. Choose one of its departments.",
            field="department",
            reason="department-elsewhere",
        )
    walk.change({"to_department": department})


def write_question(walk: Walk) -> None:
    due = walk.facts.due_at
    if due is None:
        target = walk.policy.target(ClockKind.QUESTION, walk.move.urgency, walk.leg.request.condition)
        due = walk.occurred_at if target is None else after(walk.policy, walk.occurred_at, target)
    question = Question.objects.create(
        leg=walk.leg,
        text=walk.facts.text.strip(),
        asked_by_id=walk.context.actor.user_id,
        asked_at=walk.occurred_at,
        due_at=due,
    )
    walk.event_facts["question_id"] = question.pk


def pause_elective(walk: Walk) -> None:
    clock = running_clock(walk.leg, ClockKind.DECISION)
    if clock is not None and pauses_for_questions(walk.leg):
        pause_clock(clock, walk.occurred_at)


def write_answer(walk: Walk) -> None:
    question = Question.objects.filter(leg=walk.leg, answered_at__isnull=True).order_by("-pk").first()
    if question is None:
        return
    question.answer = walk.facts.text.strip()
    question.answered_by_id = walk.context.actor.user_id
    question.answered_at = walk.occurred_at
    question.version += 1
    question.save()
    walk.event_facts["question_id"] = question.pk


def resume_elective(walk: Walk) -> None:
    clock = running_clock(walk.leg, ClockKind.DECISION)
    if clock is not None and clock.paused_since is not None:
        resume_clock(clock, walk.occurred_at)
        walk.change({"answer_by": clock.due_at})


def remember_acceptance(walk: Walk) -> None:
    facts = walk.facts
    walk.change({"decided_at": walk.occurred_at, "contact": facts.contact.strip()})
    if facts.expected_at is not None:
        walk.change({"expected_at": facts.expected_at})
    for answer in facts.needs:
        ReturnNeed.objects.filter(pk=answer.need_id, request_id=walk.leg.request_id).update(
            answer=answer.answer,
            asked_help=answer.asked_help,
            answered_by_id=walk.context.actor.user_id,
            answered_at=walk.occurred_at,
        )


def drop_siblings(walk: Walk) -> None:
    """Tell the other candidates that another one was quicker, and end a leg that was only a draft."""

    def drop() -> None:
        from lianyi.referrals.walking import system_step  # noqa: PLC0415 - siblings walk the same table

        others = Leg.objects.filter(request_id=walk.leg.request_id, state__in=(L.DRAFT, *machine.BEFORE_DECISION))
        for sibling in others.exclude(pk=walk.leg.pk).order_by("number"):
            name = "mark_error" if sibling.state == L.DRAFT else "pass_over"
            system_step(walk.context, sibling, name, walk.occurred_at)
        settle_ended_legs(walk.context, walk.leg.request_id, walk.leg, walk.occurred_at)

    walk.afterwards.append(drop)


def stop_return_waiting(walk: Walk) -> None:
    """Note on the leg above that the lower unit has accepted: the answer it waited for is there."""

    def note() -> None:
        above = leg_above(walk.leg)
        if above is not None and above.state == L.RETURN_PROPOSED:
            hand_ball_back(walk.context, above, walk.occurred_at, walk.facts.expected_at)

    walk.afterwards.append(note)


def write_decline(walk: Walk) -> None:
    alternative = _known_institution(walk)
    if alternative is not None and alternative in (walk.leg.to_institution_id, walk.leg.from_institution_id):
        raise FactsRefusedError(
            "The institution that takes the patient instead is neither you nor the sender. Name another one.",
            field="institution",
            reason="alternative-is-party",
        )
    walk.change({"decided_at": walk.occurred_at, "reason_code": walk.facts.reason_code, "alternative_id": alternative})
    if walk.facts.hand_to_coordinator:
        walk.change({"ball_to_coordinator": True})
    if walk.leg.request.direction == Direction.DOWN:
        walk.afterwards.append(lambda: _note_finding(walk))


def _known_institution(walk: Walk) -> int | None:
    """Return the institution named with the step, refusing one that the registry does not have."""
    given = walk.facts.institution_id
    if given is not None and not Institution.objects.filter(pk=given).exists():
        raise FactsRefusedError(
            "The institution named is not in the registry. Choose one of its institutions.",
            field="institution",
            reason="institution-unknown",
        )
    return given


def _note_finding(walk: Walk) -> None:
    """Keep what the lower unit lacked: each such decline is a finding about what its partner should help with."""
    lacking = list(ReturnNeed.objects.filter(request_id=walk.leg.request_id, answer=ReturnNeed.Answer.NO))
    found = [(need.kind, need.description) for need in lacking]
    kind = _LACKING_BY_REASON.get(DeclineReason(walk.facts.reason_code)) if not found else None
    if kind is not None:
        # The words of the decline are about this patient; what the unit lacks is told by the reason alone.
        found.append((kind, ""))
    institution_id = walk.leg.to_institution_id
    for each_kind, description in found if institution_id is not None else []:
        row = CapabilityFinding.objects.create(
            leg=walk.leg,
            institution_id=institution_id,
            kind=each_kind,
            description=description,
            found_at=walk.occurred_at,
        )
        record(walk.context, "referrals.finding.create", row, before=None, after={"kind": each_kind})


def lower_care_again(walk: Walk) -> None:
    """Give the case of a return without a receiver back to the upper hospital, which keeps the patient meanwhile."""
    walk.afterwards.append(lambda: give_care_back(walk.context, walk.leg, walk.occurred_at))


def reserve(walk: Walk) -> None:
    expected = walk.facts.expected_at
    if expected is None:
        return
    hours = walk.policy.limits.reservation_hours
    walk.change(
        {
            "expected_at": expected,
            "reservation": walk.facts.reservation.strip(),
            "reserved_until": expected + datetime.timedelta(hours=hours),
        }
    )


def free_reservation(walk: Walk) -> None:
    walk.change({"reservation": "", "reserved_until": None})


def count_reschedule(walk: Walk) -> None:
    walk.change({"reschedules": walk.leg.reschedules + 1})


def count_no_show(walk: Walk) -> None:
    walk.change({"no_shows": walk.leg.no_shows + 1})


def plan_home_visit(walk: Walk) -> None:
    """Ask the side near the patient to look after somebody who did not come."""

    def plan() -> None:
        near = walk.leg.to_institution_id if walk.leg.request.direction == Direction.DOWN else None
        already = FollowUp.objects.filter(
            leg=walk.leg, kind=FollowUp.Kind.HOME_VISIT, state=FollowUp.State.OPEN
        ).exists()
        if not already:
            days = walk.policy.limits.home_visit_days
            add_follow_up(walk, FollowUp.Kind.HOME_VISIT, near or walk.leg.from_institution_id, days)

    walk.afterwards.append(plan)


def add_follow_up(walk: Walk, kind: FollowUp.Kind, institution_id: int, days: int) -> FollowUp:
    today = timezone.localdate(walk.occurred_at)
    row = FollowUp.objects.create(
        journey_id=walk.leg.request.journey_id,
        leg=walk.leg,
        institution_id=institution_id,
        kind=kind,
        opens_on=today,
        due_on=today + datetime.timedelta(days=days),
        provenance=walk.leg.provenance,
    )
    record(walk.context, "referrals.follow_up.plan", row, before=None, after=creation_facts(row))
    return row


def revoke_request(walk: Walk) -> None:
    _change_request(walk, {"is_revoked": True})


def revoke_unless_kept(walk: Walk) -> None:
    """Take the ask back, unless only this receiver is dropped or other candidates still look at it."""
    if _goes_on(walk):
        return
    if walk.facts.keeps_request:
        walk.change({"ball_to_sender": True})
    else:
        revoke_request(walk)


def _goes_on(walk: Walk) -> bool:
    """Tell whether the ask outlives this leg: another candidate looks at it, or an earlier one left it without a place.

    That earlier one asked nothing while this leg was open. Now it does again, so that somebody holds the patient.
    """
    others = Leg.objects.filter(request_id=walk.leg.request_id, is_open=True).exclude(pk=walk.leg.pk)
    # A leg that the program itself ends follows a step that settles the whole ask: a death, a return that is dropped.
    if walk.move.side is Side.SYSTEM or others.exclude(state=L.DRAFT).exists():
        return others.exists()
    unrouted = Leg.objects.filter(request_id=walk.leg.request_id, state__in=machine.UNROUTED)
    newest = unrouted.exclude(pk=walk.leg.pk).select_related("request").order_by("-number").first()
    if newest is None:
        return others.exists()
    if not newest.ball_side:
        walk.afterwards.append(lambda: ask_again(walk.context, newest, walk.occurred_at))
    return True


def end_the_ask(walk: Walk) -> None:
    """Say that nobody is looked for any more: neither this leg nor another of the request asks anything."""
    walk.change({"ball_to_nobody": True})
    settle_earlier_legs(walk)


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
        for leg in rivals:
            system_step(walk.context, leg, "record_elsewhere", walk.occurred_at)
        new = _one_more_leg(walk, walk.leg.to_institution_id, walk.leg.external_partner_id)
        system_step(walk.context, new, "arrive_unannounced", walk.occurred_at)
        Request.objects.filter(pk=walk.leg.request_id).update(is_revoked=False)

    walk.change({"ball_to_nobody": True})
    walk.afterwards.append(start)


def _one_more_leg(walk: Walk, institution_id: int | None, partner_id: int | None) -> Leg:
    """Write a further leg of the request as any leg is written, with its first event."""
    from lianyi.referrals.commands.writing import Receiver, draft_leg  # noqa: PLC0415 - legs begin there

    numbers = Leg.objects.filter(request_id=walk.leg.request_id).order_by("-number").values_list("number", flat=True)
    receiver = Receiver(institution_id=institution_id, external_partner_id=partner_id)
    return draft_leg(walk.context, walk.leg.request, (numbers.first() or 0) + 1, receiver, walk.occurred_at)


def _keep_conflict(walk: Walk) -> None:
    keep_conflict(walk.context, walk.leg, walk.move.transition.name, walk.facts, walk.occurred_at)


def mark_request_error(walk: Walk) -> None:
    if not _goes_on(walk):
        revoke_request(walk)


def remember_departure(walk: Walk) -> None:
    given = walk.facts.transport
    walk.change({"departed_at": walk.occurred_at})
    if given is not None:
        walk.change({"transport": {"vehicle": given.vehicle, "escort": given.escort, "condition": given.condition}})
    if walk.facts.expected_at is not None:
        walk.change({"expected_at": walk.facts.expected_at})


def remember_arrival(walk: Walk) -> None:
    walk.change({"arrived_at": walk.occurred_at})
    walk.afterwards.append(lambda: _tell_others(walk, ClosingProposal.Fact.ARRIVED))
    if walk.leg.request.direction == Direction.DOWN:
        walk.afterwards.append(lambda: _begin_follow_up(walk))


def _earlier(known: datetime.datetime | None, told: datetime.datetime) -> datetime.datetime:
    """Return the earlier of two tellings of one moment, so that the order in which they come changes nothing."""
    return told if known is None else min(known, told)


def remember_told_departure(walk: Walk) -> None:
    walk.change({"departed_at": _earlier(walk.leg.departed_at, walk.occurred_at)})


def remember_told_arrival(walk: Walk) -> None:
    """Keep an arrival told afterwards; where this hospital does not have the patient, somebody must settle it."""
    walk.change({"arrived_at": _earlier(walk.leg.arrived_at, walk.occurred_at)})
    if walk.leg.state not in machine.HERE_OR_TREATED:
        walk.afterwards.append(lambda: _keep_conflict(walk))


def tell_family_of_death(walk: Walk) -> None:
    """Propose to every open case of the patient that the patient has died; this one is over or has it already."""

    def tell() -> None:
        identity = PatientIdentity.objects.filter(journey_id=walk.leg.request.journey_id).first()
        if identity is None or walk.facts.died_at is None:
            return
        seen = reconciling.SeenElsewhere(
            digest=identity.match_digest,
            fact=ClosingProposal.Fact.DIED,
            happened_at=walk.facts.died_at,
            source=walk.leg.request.journey.number,
            institution_id=None,
            is_exact=False,
        )
        reconciling.propose(walk.context, seen, walk.now)

    walk.afterwards.append(tell)


def _tell_others(walk: Walk, fact: ClosingProposal.Fact) -> None:
    """Propose to the other open cases of the same person that their patient is here, or has died."""
    identity = PatientIdentity.objects.filter(journey_id=walk.leg.request.journey_id).first()
    if identity is None:
        return
    seen = reconciling.SeenElsewhere(
        digest=identity.match_digest,
        fact=fact,
        happened_at=walk.occurred_at,
        source=walk.leg.request.journey.number,
        institution_id=walk.leg.to_institution_id,
        is_exact=bool(identity.id_number),
        except_journey_id=walk.leg.request.journey_id,
    )
    reconciling.propose(walk.context, seen, walk.now)


def _begin_follow_up(walk: Walk) -> None:
    """Start the lower unit's first follow-up, and end what the upper hospital waited for."""
    start_clock(walk, walk.leg.state, ClockKind.FIRST_FOLLOW_UP)
    clock = running_clock(walk.leg, ClockKind.FIRST_FOLLOW_UP)
    planned = FollowUp.objects.filter(leg=walk.leg, kind=FollowUp.Kind.FIRST_AFTER_RETURN).first()
    if planned is None and walk.leg.to_institution_id is not None:
        days = 7 if clock is None else max((clock.due_at - walk.occurred_at).days, 0)
        add_follow_up(walk, FollowUp.Kind.FIRST_AFTER_RETURN, walk.leg.to_institution_id, days)
    above = leg_above(walk.leg)
    if above is not None and above.state in (L.UNDER_CARE, L.RETURN_PROPOSED):
        due_target = walk.policy.target(ClockKind.OUTCOME, walk.move.urgency, walk.leg.request.condition)
        if due_target is not None and running_clock(above, ClockKind.OUTCOME) is None:
            _start_outcome_clock(walk, above)


def _start_outcome_clock(walk: Walk, above: Leg) -> None:
    target = walk.policy.target(ClockKind.OUTCOME, ReferralUrgency(above.request.urgency), above.request.condition)
    if target is None or above.to_institution_id is None:
        return
    due = after(walk.policy, walk.occurred_at, target)
    Clock.objects.create(
        leg=above,
        kind=ClockKind.OUTCOME,
        urgency=above.request.urgency,
        institution_id=above.to_institution_id,
        started_at=walk.occurred_at,
        due_at=due,
        next_call_at=due,
    )


def mark_retrospective(walk: Walk) -> None:
    """Mark a patient who came before any answer: no response time can be counted from that."""
    walk.change({"entry_mode": EntryMode.RETROSPECTIVE, "sent_at": walk.leg.sent_at or walk.occurred_at})
    if walk.leg.request.sent_at is None:
        _change_request(walk, {"sent_at": walk.occurred_at})
    for clock in Clock.objects.filter(leg=walk.leg, stopped_at__isnull=True):
        stop_clock(clock, walk.occurred_at, Clock.Stop.VOID)
    walk.afterwards.append(lambda: access.open_case(walk.context, walk.leg))


def open_leg_elsewhere(walk: Walk) -> None:
    """Open a leg to the hospital that the patient was taken to instead; it stands there as on the way."""

    def start() -> None:
        from lianyi.referrals.walking import system_step  # noqa: PLC0415 - the new leg walks the same table

        new = _one_more_leg(walk, walk.facts.institution_id, None)
        on_the_road = {"transport": walk.leg.transport, "departed_at": walk.leg.departed_at}
        Leg.objects.filter(pk=new.pk).update(diverted_from=walk.leg, **on_the_road)
        system_step(walk.context, new, "send", walk.occurred_at)

    if _known_institution(walk) in (walk.leg.to_institution_id, walk.leg.from_institution_id):
        raise FactsRefusedError(
            "Name the other hospital that the patient was taken to.", field="institution", reason="diverted-nowhere"
        )
    walk.afterwards.append(start)


def check_institution(walk: Walk) -> None:
    _known_institution(walk)


def write_note(walk: Walk) -> None:
    if walk.facts.expected_return_on is not None:
        walk.change({"expected_return_on": walk.facts.expected_return_on})


def hold(walk: Walk) -> None:
    if walk.facts.ball_side not in (Side.SENDER, Side.RECEIVER):
        raise FactsRefusedError(
            f"'{walk.facts.ball_side}' cannot look after a pause: the sender or the receiver does.",
            field="ball_side",
            reason="pause-side",
            given=walk.facts.ball_side,
        )
    walk.change({"held_from": walk.leg.state})


def resume(walk: Walk) -> None:
    walk.change({"held_from": ""})


def open_back_leg(walk: Walk) -> None:
    from lianyi.referrals.commands.returns import write_back_leg  # noqa: PLC0415 - the way back walks the same table

    def start() -> None:
        write_back_leg(walk)

    walk.afterwards.append(start)


def drop_back_leg(walk: Walk) -> None:
    def drop() -> None:
        from lianyi.referrals.walking import system_step  # noqa: PLC0415 - the back leg walks the same table

        back = back_leg_of(walk.leg)
        if back is not None and back.state in (*machine.BEFORE_DECISION, *machine.AGREED):
            system_step(walk.context, back, "cancel", walk.occurred_at)
        elif back is not None and back.state == L.DRAFT:
            system_step(walk.context, back, "mark_error", walk.occurred_at)

    walk.afterwards.append(drop)


def write_outcome(walk: Walk) -> None:
    walk.change({"outcome_at": walk.occurred_at, "disposition": walk.facts.disposition})
    for kind in (ClockKind.OUTCOME, ClockKind.FIRST_FOLLOW_UP):
        _stop(walk, walk.leg, kind)
    if walk.facts.disposition == Disposition.DIED:
        walk.afterwards.append(lambda: _review_death(walk))
        walk.afterwards.append(lambda: settle_journey_of_the_dead(walk.context, walk.leg, walk.occurred_at))
    if walk.facts.disposition != Disposition.RETURNED:
        drop_back_leg(walk)


def remember_acknowledgement(walk: Walk) -> None:
    walk.change({"closed_at": walk.occurred_at, "is_acknowledged": walk.entry_mode != EntryMode.AUTOMATIC})


def mark_reopened(walk: Walk) -> None:
    walk.change({"is_reopened": True, "closed_at": None, "outcome_at": None, "disposition": ""})
    _change_request(walk, {"is_revoked": False})


def raise_flag(walk: Walk) -> None:
    walk.change({"cancel_asked": True})
    start_clock(walk, walk.leg.state, ClockKind.CANCEL_ANSWER)


def lower_flag(walk: Walk) -> None:
    walk.change({"cancel_asked": False})
    _stop(walk, walk.leg, ClockKind.CANCEL_ANSWER)


def check_death(walk: Walk) -> None:
    died = walk.facts.died_at
    if died is not None and died > walk.now:
        raise FactsRefusedError(
            f"{died:%Y-%m-%d %H:%M} is in the future. Give the time of death.",
            field="died_at",
            reason="future",
            given=died,
        )
    if died is not None:
        sound_moment("died_at", died, not_before=EARLIEST, not_after=walk.now)


def remember_death(walk: Walk) -> None:
    check_death(walk)
    walk.change({"closed_at": walk.occurred_at, "reservation": "", "reserved_until": None})
    walk.afterwards.append(lambda: _tell_others(walk, ClosingProposal.Fact.DIED))


def close_family(walk: Walk) -> None:
    """Close the other open legs of the journey: nobody waits for a patient who has died."""

    def close() -> None:
        from lianyi.referrals.walking import system_step  # noqa: PLC0415 - all legs walk the same table

        others = Leg.objects.filter(request__journey_id=walk.leg.request.journey_id, is_open=True)
        # Each of them closes its family too, so the next one still open is looked up anew.
        while (leg := others.exclude(pk=walk.leg.pk).order_by("pk").first()) is not None:
            name = "mark_error" if leg.state == L.DRAFT else "record_death"
            system_step(walk.context, leg, name, walk.occurred_at, died_at=walk.facts.died_at)
        settle_journey_of_the_dead(walk.context, walk.leg, walk.occurred_at)

    walk.afterwards.append(close)


def plan_death_review(walk: Walk) -> None:
    walk.afterwards.append(lambda: _review_death(walk))


def _review_death(walk: Walk) -> None:
    """Put a review on the list of each side, once for the journey."""
    journey_id = walk.leg.request.journey_id
    days = walk.policy.limits.acknowledge_days
    for institution_id in (walk.leg.from_institution_id, walk.leg.to_institution_id):
        planned = FollowUp.objects.filter(
            journey_id=journey_id, kind=FollowUp.Kind.DEATH_REVIEW, institution_id=institution_id
        )
        if institution_id is not None and not planned.exists():
            add_follow_up(walk, FollowUp.Kind.DEATH_REVIEW, institution_id, days)


def write_proposal(walk: Walk) -> None:
    given = walk.facts.proposal
    if given is None:
        return
    row = ClosingProposal.objects.create(
        leg=walk.leg,
        fact=given.fact,
        institution_id=given.institution_id,
        happened_at=given.happened_at,
        source=given.source,
        is_exact=given.is_exact,
        apply_at=given.apply_at if given.is_exact else None,
    )
    walk.event_facts["proposal_id"] = row.pk


def _milestone(code: str) -> Effect:
    def mark(walk: Walk) -> None:
        condition = walk.leg.request.condition
        known = {each.code for each in walk.policy.milestones_of(condition)}
        there = Milestone.objects.filter(request_id=walk.leg.request_id, code=code, corrected_by__isnull=True).first()
        # What a person typed stands. Of two that steps told, the earlier one does, whichever came first.
        is_earlier = there is not None and not there.is_typed and walk.occurred_at < there.occurred_at
        if code in known and (there is None or is_earlier):
            Milestone.objects.create(
                corrects=there,
                request_id=walk.leg.request_id,
                code=code,
                occurred_at=walk.occurred_at,
                recorded_at=walk.now,
                recorded_by_id=walk.context.actor.user_id,
                institution_id=walk.leg.from_institution_id if code != "door_in" else walk.leg.to_institution_id,
                is_typed=False,
            )

    return mark


EFFECTS: Mapping[str, Effect] = {
    each.__name__: each
    for each in (
        fix_breach_time,
        open_case,
        open_identity,
        close_identity,
        close_all_access,
        let_access_run_out,
        settle_earlier_legs,
        remember_opening,
        route_to_department,
        write_question,
        pause_elective,
        write_answer,
        resume_elective,
        remember_acceptance,
        drop_siblings,
        stop_return_waiting,
        write_decline,
        lower_care_again,
        reserve,
        free_reservation,
        count_reschedule,
        count_no_show,
        plan_home_visit,
        revoke_request,
        revoke_unless_kept,
        mark_request_error,
        remember_departure,
        remember_arrival,
        remember_told_departure,
        remember_told_arrival,
        tell_family_of_death,
        mark_retrospective,
        open_leg_elsewhere,
        write_note,
        hold,
        resume,
        open_back_leg,
        drop_back_leg,
        write_outcome,
        remember_acknowledgement,
        mark_reopened,
        raise_flag,
        lower_flag,
        check_death,
        remember_death,
        close_family,
        plan_death_review,
        write_proposal,
        end_the_ask,
        open_leg_of_arrival,
        check_institution,
    )
} | {
    "milestone_request_sent": _milestone("request_sent"),
    "milestone_door_out": _milestone("door_out"),
    "milestone_door_in": _milestone("door_in"),
}
