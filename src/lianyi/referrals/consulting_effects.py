"""What a step of a consultation does beside changing the state: by the names in the table."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone

from lianyi.partnerships.models import Agreement
from lianyi.referrals import consulting_access, signing
from lianyi.referrals.commands.receivers import Receiver
from lianyi.referrals.commands.writing import NewReferral, draft_referral
from lianyi.referrals.consulting_facts import ConsultingWalk, ReferralWish
from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.models import Consultation, ConsultationPacket, Opinion, Request
from lianyi.referrals.packets import checked_values
from lianyi.referrals.policies import policy_for
from lianyi.referrals.states import Urgency
from lianyi.rules.referral_policy import PacketItem, ReferralUrgency


def remember_asking(walk: ConsultingWalk) -> None:
    walk.change({"asked_at": walk.occurred_at})


def open_ask(walk: ConsultingWalk) -> None:
    walk.afterwards.append(lambda: consulting_access.open_ask(walk.context, walk.row))


def remember_expert(walk: ConsultingWalk) -> None:
    walk.change({"expert_id": walk.context.actor.user_id, "accepted_at": walk.occurred_at})


def open_packet(walk: ConsultingWalk) -> None:
    walk.afterwards.append(lambda: consulting_access.open_packet(walk.context, walk.row))


def close_packet(walk: ConsultingWalk) -> None:
    walk.afterwards.append(lambda: consulting_access.close_packet(walk.context, walk.row))


def close_all(walk: ConsultingWalk) -> None:
    walk.afterwards.append(lambda: consulting_access.close_all(walk.context, walk.row))


def let_packet_run_out(walk: ConsultingWalk) -> None:
    until = walk.move.now + datetime.timedelta(days=walk.move.policy.limits.grace_days)
    walk.afterwards.append(lambda: consulting_access.let_packet_run_out(walk.context, walk.row, until))
    walk.change({"closed_at": walk.occurred_at})


def remember_time(walk: ConsultingWalk) -> None:
    walk.change({"scheduled_for": walk.facts.scheduled_for})
    if walk.facts.meeting.strip():
        walk.change({"meeting": walk.facts.meeting.strip()})


def remember_start(walk: ConsultingWalk) -> None:
    """Count the session. Any number may follow each other, and other consultations are never held up by one."""
    walk.change({"session_started_at": walk.occurred_at, "session_ended_at": None, "sessions": walk.row.sessions + 1})


def remember_end(walk: ConsultingWalk) -> None:
    if walk.row.session_started_at is not None and walk.row.session_ended_at is None:
        walk.change({"session_ended_at": max(walk.occurred_at, walk.row.session_started_at)})


def count_no_show(walk: ConsultingWalk) -> None:
    walk.change({"no_shows": walk.row.no_shows + 1})


def sign_view(walk: ConsultingWalk) -> None:
    draft = signing.Draft(part=Opinion.Part.VIEW, text=walk.facts.opinion, specialty=walk.facts.specialty)
    _sign(walk, draft)


def sign_opinion(walk: ConsultingWalk) -> None:
    # Signed when it is recorded: the moment belongs to what was signed and cannot be dated back.
    walk.change({"answered_at": walk.move.now, "expert_id": walk.context.actor.user_id})
    _sign(walk, signing.Draft(part=Opinion.Part.OPINION, text=walk.facts.opinion))


def sign_addendum(walk: ConsultingWalk) -> None:
    main = Opinion.objects.get(consultation=walk.row, part=Opinion.Part.OPINION)
    _sign(walk, signing.Draft(part=Opinion.Part.ADDENDUM, text=walk.facts.opinion, adds_to=main))


def _sign(walk: ConsultingWalk, draft: signing.Draft) -> None:
    context = dataclasses.replace(walk.context, reason="")
    opinion = signing.sign(context, walk.row, draft, walk.move.now)
    walk.event_facts["opinion_id"] = opinion.pk


def remember_followed(walk: ConsultingWalk) -> None:
    walk.change({"followed": walk.facts.followed, "followed_why": walk.facts.text.strip()})


def write_referral(walk: ConsultingWalk) -> None:
    """Write a draft referral of the same journey with what of the form fits; it is completed and sent as any other."""
    wish = walk.facts.referral
    if wish is None:
        raise FactsRefusedError("Say whom the patient is referred to.", field="referral", reason="referral-missing")
    context = dataclasses.replace(walk.context, key=f"{walk.context.key}.referral", reason="", occurred_at=None)
    request = draft_referral(context, _new_referral(walk.row, wish))
    walk.change({"converted_to_id": request.pk})
    walk.event_facts["request_id"] = request.pk


def _new_referral(row: Consultation, wish: ReferralWish) -> NewReferral:
    urgency = wish.urgency or row.urgency
    condition = row.condition if urgency == Urgency.EMERGENCY else ""
    return NewReferral(
        from_institution_id=row.from_institution_id,
        from_department_id=row.from_department_id,
        direction=wish.direction,
        urgency=urgency,
        condition=condition,
        reason=wish.reason,
        problem_code=row.journey.problem_code,
        problem_text=row.journey.problem_text,
        specialty=row.specialties[0] if row.specialties else "",
        question=row.question,
        patient=None,
        journey_id=row.journey_id,
        receivers=(Receiver(institution_id=wish.to_institution_id),),
        agreement_id=wish.agreement_id,
        basis=wish.basis or Request.Basis.CONSENT,
        has_consent=wish.has_consent,
        override_code=wish.override_code,
        override_text=wish.override_text,
        values=_fitting_values(row, wish, urgency, condition),
        provenance=row.provenance,
    )


def _fitting_values(row: Consultation, wish: ReferralWish, urgency: str, condition: str) -> dict[str, Any]:
    """Return what the form of the referral asks too and takes as it was written."""
    agreement = Agreement.objects.filter(pk=wish.agreement_id).first() if wish.agreement_id else None
    policy = policy_for(agreement, timezone.localdate())
    if urgency not in set(ReferralUrgency):
        return {}
    items = policy.packet_items(ReferralUrgency(urgency), wish.direction, condition)
    given = ConsultationPacket.objects.get(consultation=row).values
    return {item.code: given[item.code] for item in items if item.code in given and _fits(item, given[item.code])}


def _fits(item: PacketItem, value: Any) -> bool:  # noqa: ANN401 - JSON values
    try:
        checked_values({item.code: value}, (item,))
    except FactsRefusedError:
        return False
    return True


EFFECTS: Mapping[str, Callable[[ConsultingWalk], None]] = {
    effect.__name__: effect
    for effect in (
        remember_asking,
        open_ask,
        remember_expert,
        open_packet,
        close_packet,
        close_all,
        let_packet_run_out,
        remember_time,
        remember_start,
        remember_end,
        count_no_show,
        sign_view,
        sign_opinion,
        sign_addendum,
        remember_followed,
        write_referral,
    )
}
