"""What a step rests on, by the case alone, so that the list of open actions asks it too.

What is said with a step is checked by ``lianyi.referrals.said``; a guard of the table may have both.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping

from django.utils import timezone

from lianyi.partnerships.models import AgreementParty
from lianyi.referrals import machine, versions
from lianyi.referrals.bed_guards import bed_free, is_given_free, reservation_over
from lianyi.referrals.errors import GuardRefusedError
from lianyi.referrals.models import Clock, Leg, Question, ReferralTerms, Request
from lianyi.referrals.packets import missing_items
from lianyi.referrals.policies import after
from lianyi.referrals.states import (
    Direction,
    LegState,
    Side,
    Urgency,
)
from lianyi.referrals.walk import Move
from lianyi.registry.models import Institution
from lianyi.rules.referral_policy import ClockKind

ANSWER_CLOCKS = (ClockKind.DELIVERY, ClockKind.SEEN, ClockKind.DECISION, ClockKind.BACK_ANSWER)


def packet_complete(move: Move) -> None:
    """Refuse while the form lacks what the policy asks for this urgency."""
    lacking = missing_items(move.leg.request, move.policy)
    if lacking:
        names = ", ".join(item.name.en for item in lacking)
        raise GuardRefusedError(
            f"The referral lacks what its urgency asks: {names}. Fill it in and send again.",
            reason="packet-incomplete",
            items=[{"zh": item.name.zh, "en": item.name.en} for item in lacking],
        )


def consent_given(move: Move) -> None:
    request = move.leg.request
    by_emergency = request.basis == Request.Basis.EMERGENCY and request.urgency == Urgency.EMERGENCY
    if not request.has_consent and not by_emergency:
        raise GuardRefusedError(
            "The patient's or family's agreement is not recorded. Tick it; in an emergency choose that it could not "
            "be asked.",
            reason="no-consent",
        )


def institution_open(move: Move) -> None:
    receiver = move.leg.to_institution
    if receiver is not None and not receiver.is_open_on(timezone.localdate(move.now)):
        raise GuardRefusedError(
            f"{receiver.name_zh} is closed and takes no patients. Choose another institution.",
            reason="institution-closed",
            institution=receiver.name_zh,
        )


def relation_exists(request: Request, to_institution_id: int | None) -> bool:
    """Tell whether the request's agreement joins both sides; institutions of one line of command belong together."""
    if to_institution_id is None:
        return False
    if request.agreement_id is None:
        return _in_one_line(request.from_institution_id, to_institution_id)
    parties = AgreementParty.objects.taking_part_on(timezone.localdate()).filter(
        agreement_id=request.agreement_id, institution_id__in=[request.from_institution_id, to_institution_id]
    )
    return parties.count() == len({request.from_institution_id, to_institution_id})


def _in_one_line(one_id: int, other_id: int) -> bool:
    """Tell whether one institution stands above the other, or both below the same one (a county's community)."""
    found = Institution.objects.select_related("node").in_bulk([one_id, other_id])
    if len(found) < 2:  # noqa: PLR2004 - one and the other
        return False
    one, other = found[one_id], found[other_id]
    paths = (one.node.management_path, other.node.management_path)
    is_above = paths[0].startswith(paths[1]) or paths[1].startswith(paths[0])
    return is_above or (one.parent_id is not None and one.parent_id == other.parent_id)


def relation_or_override(move: Move) -> None:
    request = move.leg.request
    if request.override_code or move.leg.external_partner_id is not None:
        return
    if not relation_exists(request, move.leg.to_institution_id):
        raise GuardRefusedError(
            "No agreement joins the two institutions. Name the agreement, or say why the patient goes there all the "
            "same.",
            reason="no-relation",
        )


def approved_where_asked(move: Move) -> None:
    request = move.leg.request
    if request.urgency == Urgency.EMERGENCY or request.agreement_id is None or request.approved_at is not None:
        return
    terms = ReferralTerms.objects.filter(agreement_id=request.agreement_id).first()
    if terms is None:
        return
    asked = terms.approve_urgent if request.urgency == Urgency.URGENT else terms.approve_routine
    if asked:
        raise GuardRefusedError(
            "The agreement asks that somebody at your institution approves this referral first.",
            reason="not-approved",
        )


def no_other_accepted(move: Move) -> None:
    taken = Leg.objects.filter(request_id=move.leg.request_id, state__in=machine.TAKEN).exclude(pk=move.leg.pk)
    if taken.exists():
        raise GuardRefusedError(
            "Another hospital has accepted this patient already. Open the case: it shows where the patient goes.",
            reason="other-accepted",
        )


def earlier_version_free(move: Move) -> None:
    versions.require_free(move.leg.request)


def not_green(move: Move) -> None:
    if move.leg.request.is_green:
        raise GuardRefusedError(
            "In the green channel the clock does not stop for a question: write a message or telephone, and answer.",
            reason="green-channel",
        )


def not_emergency(move: Move) -> None:
    if move.leg.request.urgency == Urgency.EMERGENCY:
        raise GuardRefusedError(
            "An emergency is not put on a waiting list or given an appointment: accept it, or keep a bed.",
            reason="emergency",
        )


def routine_only(move: Move) -> None:
    if move.leg.request.urgency != Urgency.ROUTINE:
        raise GuardRefusedError(
            "Only a routine referral may be declined because a question stayed unanswered.", reason="not-routine"
        )


def question_overdue(move: Move) -> None:
    question = Question.objects.filter(leg=move.leg, answered_at__isnull=True).order_by("-pk").first()
    if question is None or question.due_at > move.now or question.reminded_at is None:
        raise GuardRefusedError(
            "The question may still be answered: its time must be over and one reminder sent.", reason="question-open"
        )


def answer_overdue(move: Move) -> None:
    """Let silence end a leg only when its time is over and the whole ladder was called."""
    is_late = move.leg.answer_by is not None and move.leg.answer_by <= move.now
    rungs = [rung for rung in move.policy.ladder if move.urgency in rung.after]
    climbed = Clock.objects.filter(leg=move.leg, kind__in=ANSWER_CLOCKS, rung__gte=len(rungs)).exists()
    if not is_late or not climbed:
        raise GuardRefusedError(
            "The receiver still has time to answer, or somebody of the ladder was not called yet.", reason="ladder-open"
        )


def may_book(move: Move) -> None:
    if move.side is not Side.SENDER:
        return
    terms = ReferralTerms.objects.filter(agreement=move.leg.request.agreement, sender_may_book=True)
    if not terms.exists():
        raise GuardRefusedError("Under this agreement the receiver makes the appointment.", reason="receiver-books")


def _on_the_road_until(move: Move) -> datetime.datetime | None:
    """Return when a patient who left without a time of arrival should be there, as the policy reckons the way."""
    if move.leg.departed_at is None:
        return None
    target = move.policy.target(ClockKind.TRANSIT, move.urgency, move.leg.request.condition)
    return None if target is None else after(move.policy, move.leg.departed_at, target)


def _awaited_back_until(move: Move, grace: datetime.timedelta) -> tuple[datetime.datetime | None, datetime.timedelta]:
    """Return until when a lower unit that has said yes awaits the patient; upwards a bed or appointment comes first.

    Without a time agreed, the days after which a visit at home is asked for are all the grace there is.
    """
    leg = move.leg
    if leg.request.direction != Direction.DOWN or leg.decided_at is None:
        return None, grace
    if leg.expected_at is not None:
        return leg.expected_at, grace
    return leg.decided_at + datetime.timedelta(days=move.policy.limits.home_visit_days), datetime.timedelta()


def no_show_due(move: Move) -> None:
    leg = move.leg
    grace = datetime.timedelta(hours=move.policy.limits.no_show_grace_hours if move.side is Side.SYSTEM else 0)
    expected = leg.expected_at or _on_the_road_until(move)
    if leg.state == LegState.ACCEPTED:
        expected, grace = _awaited_back_until(move, grace)
    if leg.state == LegState.APPOINTMENT_CANCELLED and not is_given_free(move):
        # People have cancelled what was agreed: nobody is awaited.
        expected = None
    if expected is None or expected + grace > move.now:
        raise GuardRefusedError("The patient may still come: the expected time is not over.", reason="still-expected")


def tries_left(move: Move) -> None:
    if move.leg.no_shows >= move.policy.limits.no_show_tries:
        raise GuardRefusedError(
            f"The patient did not come {move.leg.no_shows} times; no further appointment is foreseen. End the "
            "referral, or write a new one.",
            reason="no-tries-left",
            times=move.leg.no_shows,
        )


def green_or_reserved(move: Move) -> None:
    if move.leg.state == LegState.ACCEPTED and not move.leg.request.is_green:
        raise GuardRefusedError(
            "Wait for the bed or the appointment: only the green channel sends a patient without one.",
            reason="nothing-reserved",
        )


def acknowledged_by_person_or_late(move: Move) -> None:
    if move.side is not Side.SYSTEM:
        return
    sent = move.leg.outcome_at
    if sent is None or sent + datetime.timedelta(days=move.policy.limits.acknowledge_days) > move.now:
        raise GuardRefusedError("The sender still has time to read the outcome.", reason="outcome-fresh")


def reopen_window(move: Move) -> None:
    ended = move.leg.closed_at or move.leg.outcome_at
    days = move.policy.limits.reopen_days
    if ended is None or ended + datetime.timedelta(days=days) < move.now:
        raise GuardRefusedError(
            f"A case can be reopened for {days} days after its end. Write a new referral of the same journey.",
            reason="too-late-to-reopen",
            days=days,
        )


def validity_over(move: Move) -> None:
    sent = move.leg.sent_at
    validity = datetime.timedelta(days=move.policy.limits.elective_validity_days)
    if move.leg.request.urgency != Urgency.ROUTINE or sent is None or sent + validity > move.now:
        raise GuardRefusedError("The referral is still valid.", reason="still-valid")


def no_care_given(move: Move) -> None:
    if move.leg.arrived_at is not None:
        raise GuardRefusedError(
            "The patient has arrived; what was done cannot be marked as an error. Record the outcome.",
            reason="care-given",
        )


def authors_time(move: Move) -> None:
    """Leave what was sent long ago to the records steward: others have worked with it since."""
    sent, hours = move.leg.sent_at, move.policy.limits.authors_hours
    if sent is not None and sent + datetime.timedelta(hours=hours) < move.now:
        raise GuardRefusedError(
            f"The referral was sent more than {hours} hours ago: the privacy and records steward marks it as an error. "
            "If it is not needed any more, cancel it.",
            reason="authors-time-over",
            hours=hours,
        )


def outcome_by_end_of_care(move: Move) -> None:
    """Leave the end of care to hospitals: a way back ends with its first visit, a partner just sends the outcome."""
    if move.leg.request.direction == Direction.DOWN or move.leg.to_institution_id is None:
        raise GuardRefusedError(
            "Here no time for the outcome runs from the end of care: send the outcome when it is known.",
            reason="no-end-of-care",
        )


def outcome_awaited(move: Move) -> None:
    if not Clock.objects.filter(leg=move.leg, kind=ClockKind.OUTCOME, stopped_at__isnull=True).exists():
        raise GuardRefusedError("Nobody has said that the care has ended.", reason="care-not-ended")


def has_departments(move: Move) -> None:
    receiver = move.leg.to_institution
    if receiver is None or not receiver.departments.exists():
        raise GuardRefusedError(
            "The registry knows no department of the receiver. Enter its departments first, or decide without one.",
            reason="no-departments",
        )


def is_asked_still(move: Move) -> None:
    if not move.leg.ball_side:
        raise GuardRefusedError(
            "This leg asks nothing any more: the referral has gone on to another receiver, or is over.",
            reason="asked-no-more",
        )


GUARDS: Mapping[str, Callable[[Move], None]] = {
    each.__name__: each
    for each in (
        packet_complete,
        consent_given,
        institution_open,
        relation_or_override,
        approved_where_asked,
        no_other_accepted,
        earlier_version_free,
        not_green,
        not_emergency,
        routine_only,
        question_overdue,
        answer_overdue,
        may_book,
        bed_free,
        reservation_over,
        no_show_due,
        tries_left,
        green_or_reserved,
        acknowledged_by_person_or_late,
        reopen_window,
        validity_over,
        no_care_given,
        authors_time,
        outcome_by_end_of_care,
        outcome_awaited,
        has_departments,
        is_asked_still,
    )
}
