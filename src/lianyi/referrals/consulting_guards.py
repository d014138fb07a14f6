"""What a step of a consultation rests on.

``GUARDS`` look at the case alone, so that the list of open steps asks them too. ``SAID`` check what was said with a
step, and only when it is really taken.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping

from django.utils import timezone

from lianyi.accounts.roles import Act, Family, Permission, role_holds
from lianyi.partnerships.models import AgreementParty
from lianyi.referrals.consulting_facts import ConsultingMove, ConsultingWalk
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError
from lianyi.referrals.ladder import rungs_of
from lianyi.referrals.models import Consultation, ConsultationPacket
from lianyi.referrals.moments import in_local_time
from lianyi.referrals.states import DeclineReason, Side
from lianyi.rules.referral_policy import PacketItem, ReferralPolicy, ReferralUrgency

CONSULT = "consult"
QUESTION_ITEM = "consult_question"
LIVE_KINDS = (Consultation.Kind.LIVE, Consultation.Kind.MULTI_SPECIALIST)


def items_of(row: Consultation, policy: ReferralPolicy) -> tuple[PacketItem, ...]:
    """Return what the form of this consultation asks; its question has a field of its own."""
    items = policy.packet_items(ReferralUrgency(row.urgency), CONSULT, row.condition)
    return tuple(item for item in items if item.code != QUESTION_ITEM)


def required_items(row: Consultation, policy: ReferralPolicy) -> tuple[PacketItem, ...]:
    urgency = ReferralUrgency(row.urgency)
    return tuple(item for item in items_of(row, policy) if urgency in item.required_for)


def packet_complete(move: ConsultingMove) -> None:
    packet = ConsultationPacket.objects.filter(consultation=move.row).first()
    values = {} if packet is None else packet.values
    lacking = [item for item in required_items(move.row, move.policy) if values.get(item.code) in (None, "")]
    if lacking:
        names = ", ".join(item.name.en for item in lacking)
        raise GuardRefusedError(
            f"The consultation lacks what its urgency asks: {names}. Fill it in and ask again.",
            reason="consultation-incomplete",
            items=[{"zh": item.name.zh, "en": item.name.en} for item in lacking],
        )


def consent_given(move: ConsultingMove) -> None:
    if not move.row.has_consent and not move.row.is_emergency:
        raise GuardRefusedError(
            "A consultation needs the patient's or family's agreement. Tell them who is asked and what is sent, and "
            "tick it; only an emergency goes without.",
            reason="no-consultation-consent",
        )


def expert_side_open(move: ConsultingMove) -> None:
    asked = move.row.to_institution
    if not asked.is_open_on(timezone.localdate(move.now)):
        raise GuardRefusedError(
            f"{asked.name_zh} is closed and gives no opinions. Choose another institution.",
            reason="expert-side-closed",
            institution=asked.name_zh,
        )


def agreement_joins(move: ConsultingMove) -> None:
    row = move.row
    if row.agreement_id is None:
        return
    sides = {row.from_institution_id, row.to_institution_id}
    parties = AgreementParty.objects.taking_part_on(timezone.localdate()).filter(
        agreement_id=row.agreement_id, institution_id__in=sides
    )
    if parties.count() != len(sides):
        raise GuardRefusedError(
            "The agreement named does not join the two institutions. Choose another, or none.",
            reason="agreement-joins-others",
        )


def not_emergency(move: ConsultingMove) -> None:
    if move.row.is_emergency:
        raise GuardRefusedError(
            "In an emergency the clock does not stop for a question: telephone, and answer.",
            reason="consultation-emergency",
        )


def has_session(move: ConsultingMove) -> None:
    if move.row.kind == Consultation.Kind.ADVICE:
        raise GuardRefusedError("Written advice has no session: sign the opinion.", reason="no-session")


def several_specialties(move: ConsultingMove) -> None:
    if move.row.kind != Consultation.Kind.MULTI_SPECIALIST:
        raise GuardRefusedError(
            "Only a consultation of several specialties collects the views of each: sign the opinion.",
            reason="one-specialty",
        )


def session_held(move: ConsultingMove) -> None:
    if move.row.kind in LIVE_KINDS and not move.row.sessions:
        raise GuardRefusedError(
            "The opinion of a live consultation follows a session. Record that it began.", reason="session-not-held"
        )


def session_time_over(move: ConsultingMove) -> None:
    grace = datetime.timedelta(hours=move.policy.limits.no_show_grace_hours if move.side is Side.SYSTEM else 0)
    planned = move.row.scheduled_for
    if planned is None or planned + grace > move.now:
        raise GuardRefusedError("The time of the session is not over yet.", reason="session-to-come")


def answer_overdue(move: ConsultingMove) -> None:
    if move.row.due_at is None or move.row.due_at > move.now:
        raise GuardRefusedError("The question may still be answered: its time is not over.", reason="answer-to-come")


def not_converted(move: ConsultingMove) -> None:
    if move.row.converted_to_id is not None:
        raise GuardRefusedError("This consultation was made a referral already. Open it.", reason="converted-already")


def may_refer(move: ConsultingMove) -> None:
    actor = move.actor
    if not actor.is_service and not role_holds(actor.role, Permission(Family.REFERRAL, Act.WRITE)):
        raise GuardRefusedError(
            "Your role does not write referrals. Ask a colleague who refers.", reason="may-not-refer"
        )


def ladder_climbed(move: ConsultingMove) -> None:
    """Let silence end a consultation only when everybody of the ladder was called and had time."""
    row = move.row
    is_last = row.rung >= len(rungs_of(move.policy, row.urgency))
    if not is_last or row.next_call_at is None or row.next_call_at > move.now:
        raise GuardRefusedError(
            "There is still time to answer, or somebody of the ladder was not called yet.",
            reason="consultation-ladder-open",
        )


def absent_side_named(walk: ConsultingWalk) -> None:
    given = walk.facts.absent_side
    accepted = (Side.SENDER, Side.RECEIVER)
    if walk.move.side is not Side.SYSTEM and given not in accepted:
        raise FactsRefusedError(
            f"Say which side did not come: sender or receiver. '{given}' was given.",
            field="absent_side",
            reason="absent-side",
        )


def reason_for_not_following(walk: ConsultingWalk) -> None:
    followed = walk.facts.followed
    if followed not in Consultation.Followed.values:
        raise FactsRefusedError(
            f"Say whether the opinion was followed: yes, partly or no. '{followed}' was given.",
            field="followed",
            reason="followed-unknown",
        )
    if followed != Consultation.Followed.YES and not walk.facts.text.strip():
        raise FactsRefusedError(
            "Say why the opinion was not followed, or not in full.", field="text", reason="not-followed-why"
        )


def unanswered_reason(walk: ConsultingWalk) -> None:
    if walk.facts.reason_code != DeclineReason.INFORMATION_MISSING:
        raise FactsRefusedError(
            "A question that stayed open is declined because information is missing. Choose that reason.",
            field="reason_code",
            reason="unanswered-reason",
        )


def specialty_known(walk: ConsultingWalk) -> None:
    if walk.facts.specialty not in walk.row.specialties:
        raise FactsRefusedError(
            f"'{walk.facts.specialty}' is none of the specialties asked: {', '.join(walk.row.specialties)}.",
            field="specialty",
            reason="specialty-not-asked",
            given=walk.facts.specialty,
            accepted=", ".join(walk.row.specialties),
        )


def time_to_come(walk: ConsultingWalk) -> None:
    planned = walk.facts.scheduled_for
    if planned is not None and planned < walk.occurred_at:
        raise FactsRefusedError(
            f"{in_local_time(planned)} is over. Give a later time; a session that was held is begun.",
            field="scheduled_for",
            reason="session-in-the-past",
            given=planned,
        )


GUARDS: Mapping[str, Callable[[ConsultingMove], None]] = {
    guard.__name__: guard
    for guard in (
        packet_complete,
        consent_given,
        expert_side_open,
        agreement_joins,
        not_emergency,
        has_session,
        several_specialties,
        session_held,
        session_time_over,
        answer_overdue,
        not_converted,
        may_refer,
        ladder_climbed,
    )
}
# By the name of the step.
SAID: Mapping[str, Callable[[ConsultingWalk], None]] = {
    "accept_with_time": time_to_come,
    "schedule": time_to_come,
    "reschedule": time_to_come,
    "no_show": absent_side_named,
    "close": reason_for_not_following,
    "decline_unanswered": unanswered_reason,
    "give_view": specialty_known,
}
