"""Writing a consultation before it is asked, and completing its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from lianyi.accounts.access import get_in_scope, require, require_acting_for, serves
from lianyi.accounts.audit import CommandContext, creation_facts, record
from lianyi.accounts.commanding import command
from lianyi.accounts.records import Provenance, save_changes
from lianyi.partnerships.models import Agreement
from lianyi.referrals import consulting_running
from lianyi.referrals.commands.journeys import NewJourney, begin_journey, shown_before_acceptance
from lianyi.referrals.consulting_guards import items_of, required_items
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError
from lianyi.referrals.identities import PatientFacts
from lianyi.referrals.models import (
    Consultation,
    ConsultationEvent,
    ConsultationPacket,
    ConsultationState,
    Journey,
    ReferralTerms,
)
from lianyi.referrals.numbers import next_number
from lianyi.referrals.packets import checked_values, completeness
from lianyi.referrals.policies import policy_for, policy_of
from lianyi.referrals.states import Side, Urgency
from lianyi.registry.models import Institution
from lianyi.rules import specialties
from lianyi.rules.referral_policy import ReferralPolicy

MOST_SPECIALTIES = 8
_HIDDEN_FROM_TRAIL = ("question", "age_band", "sex", "meeting")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConsultation:
    """Everything that is typed on the page of a new consultation.

    Either ``journey_id`` goes on with a journey, or ``patient`` and ``problem_code`` begin one.
    """

    from_institution_id: int
    to_institution_id: int
    kind: str
    urgency: str
    question: str
    specialties: Sequence[str]
    journey_id: int | None = None
    patient: PatientFacts | None = None
    problem_code: str = ""
    problem_text: str = ""
    condition: str = ""
    from_department_id: int | None = None
    agreement_id: int | None = None
    has_consent: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)
    provenance: str = Provenance.RECORDED


@command("referrals.consultation.draft")
def draft_consultation(context: CommandContext, new: NewConsultation) -> Consultation:
    """Write a consultation; nothing leaves the institution before it is asked."""
    sender = _asking_side(context, new)
    _check(new)
    at = context.occurred_at or timezone.now()
    agreement = _agreement(new)
    policy = policy_for(agreement, timezone.localdate(at))
    journey = _journey(context, new, sender)
    row = Consultation(
        journey=journey,
        number=next_number("C", timezone.localdate(at)),
        kind=new.kind,
        urgency=new.urgency,
        condition=new.condition,
        agreement=agreement,
        from_institution=sender,
        from_department_id=new.from_department_id,
        to_institution=_expert_side(new),
        coordinator_id=_coordinator_of(agreement, sender),
        specialties=list(new.specialties),
        question=new.question.strip(),
        has_consent=new.has_consent,
        policy=policy.id,
        ball_side=Side.SENDER,
        ball_institution=sender,
        written_by_id=context.actor.user_id,
        provenance=new.provenance,
        **_without_place(shown_before_acceptance(journey, sender, timezone.localdate(at))),
    )
    _check_condition(row, policy)
    row.due_at = row.next_call_at = consulting_running.due_of_draft(row, policy, at)
    row.save()
    consulting_running.start_draft(row, at)
    facts = {name: value for name, value in creation_facts(row).items() if name not in _HIDDEN_FROM_TRAIL}
    record(context, "referrals.consultation.draft", row, before=None, after=facts)
    _write_packet(context, row, new.values, policy)
    ConsultationEvent.objects.create(
        consultation=row,
        step="draft",
        from_state="",
        to_state=ConsultationState.DRAFT,
        side=Side.SENDER,
        user_id=context.actor.user_id,
        acting_node_id=context.actor.node_id,
        acting_role=context.actor.role,
        occurred_at=at,
        recorded_at=timezone.now(),
        command_key=context.key,
    )
    return row


def _asking_side(context: CommandContext, new: NewConsultation) -> Institution:
    require(context.actor, "consultation.write")
    sender = Institution.objects.select_related("place").filter(pk=new.from_institution_id).first()
    if sender is None or not serves(context.actor, sender.pk):
        require_acting_for(context.actor, new.from_institution_id, "ask for its consultations")
    if sender is None or not sender.is_open_on(timezone.localdate()):
        raise FactsRefusedError(
            "The asking institution is closed. Choose the affiliation of an institution that works.",
            field="from_institution",
            reason="asking-side-closed",
        )
    if new.from_department_id is not None and not sender.departments.filter(pk=new.from_department_id).exists():
        raise FactsRefusedError(
            "The department named belongs to another institution.", field="department", reason="department-elsewhere"
        )
    return sender


def _expert_side(new: NewConsultation) -> Institution:
    asked = Institution.objects.filter(pk=new.to_institution_id).first()
    if asked is None or asked.pk == new.from_institution_id or not asked.is_open_on(timezone.localdate()):
        raise FactsRefusedError(
            "Choose an open institution of the registry other than your own.",
            field="to_institution",
            reason="expert-side-unknown",
        )
    return asked


def _check(new: NewConsultation) -> None:
    for name, given, accepted in (
        ("kind", new.kind, Consultation.Kind.values),
        ("urgency", new.urgency, Urgency.values),
    ):
        if given not in accepted:
            raise FactsRefusedError(
                f"{name} is '{given}'. Accepted: {', '.join(accepted)}.",
                field=name,
                reason="choice-unknown",
                fact=name,
                given=given,
                accepted=list(accepted),
            )
    if (new.kind == Consultation.Kind.EMERGENCY) != (new.urgency == Urgency.EMERGENCY):
        raise FactsRefusedError(
            "An emergency is asked as an emergency consultation, and only an emergency is.",
            field="urgency",
            reason="emergency-mismatch",
        )
    if not new.question.strip():
        raise FactsRefusedError("Write what you want to know.", field="question", reason="question-missing")
    _check_specialties(new)


def _check_specialties(new: NewConsultation) -> None:
    known = {each.code for each in specialties()}
    chosen = list(dict.fromkeys(new.specialties))
    least = 2 if new.kind == Consultation.Kind.MULTI_SPECIALIST else 1
    strange = [code for code in chosen if code not in known]
    if strange or len(chosen) != len(new.specialties) or not least <= len(chosen) <= MOST_SPECIALTIES:
        raise FactsRefusedError(
            f"Choose {least} to {MOST_SPECIALTIES} specialties of the list, each once; several only where several "
            f"are asked. Given: {', '.join(new.specialties) or 'none'}.",
            field="specialties",
            reason="specialties",
            least=least,
            most=MOST_SPECIALTIES,
        )


def _agreement(new: NewConsultation) -> Agreement | None:
    if new.agreement_id is None:
        return None
    agreement = Agreement.objects.filter(pk=new.agreement_id).first()
    if agreement is None or not agreement.is_running_on(timezone.localdate()):
        raise FactsRefusedError(
            "The agreement named is not in force. Choose another, or none.",
            field="agreement",
            reason="agreement-not-running",
        )
    return agreement


def _coordinator_of(agreement: Agreement | None, sender: Institution) -> int:
    terms = None if agreement is None else ReferralTerms.objects.filter(agreement=agreement).first()
    if terms is None or terms.coordinator_id is None:
        return int(sender.pk)
    return int(terms.coordinator_id)


def _journey(context: CommandContext, new: NewConsultation, sender: Institution) -> Journey:
    if new.journey_id is not None:
        return get_in_scope(context.actor, Journey.objects.all(), new.journey_id)
    begun = NewJourney(
        patient=new.patient,
        problem_code=new.problem_code,
        problem_text=new.problem_text,
        provenance=new.provenance,
    )
    return begin_journey(context, begun, sender, context.occurred_at or timezone.now())


def _without_place(shown: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if name != "county_name"}


def _check_condition(row: Consultation, policy: ReferralPolicy) -> None:
    if row.condition and policy.condition(row.condition) is None:
        known = [each.code for each in policy.conditions]
        raise FactsRefusedError(
            f"'{row.condition}' is no condition of the green channel. Accepted: {', '.join(known)}.",
            field="condition",
            reason="choice-unknown",
            fact="condition",
            given=row.condition,
            accepted=known,
        )


def _write_packet(
    context: CommandContext, row: Consultation, values: Mapping[str, Any], policy: ReferralPolicy
) -> None:
    checked = checked_values(values, items_of(row, policy))
    share = completeness(checked, required_items(row, policy))
    packet = ConsultationPacket.objects.create(
        consultation=row,
        values=checked,
        items_required=share.asked,
        items_given=share.given,
        provenance=row.provenance,
    )
    record(context, "referrals.consultation_packet.write", packet, before=None, after={"items": sorted(checked)})


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationChange:
    """What of a draft may still be changed."""

    question: str
    has_consent: bool
    values: Mapping[str, Any]


@command("referrals.consultation.change")
def change_consultation(
    context: CommandContext, consultation_id: int, change: ConsultationChange, expected_version: int
) -> Consultation:
    """Fill in a draft further; what was asked is frozen."""
    row = get_in_scope(context.actor, Consultation.objects.all(), consultation_id)
    require(context.actor, "consultation.write", row)
    if row.state != ConsultationState.DRAFT:
        raise GuardRefusedError(
            "The consultation is asked and frozen. Answer a question of the experts, or write a new one.",
            reason="consultation-frozen",
        )
    if not change.question.strip():
        raise FactsRefusedError("Write what you want to know.", field="question", reason="question-missing")
    policy = policy_of(row.policy)
    checked = checked_values(change.values, items_of(row, policy))
    share = completeness(checked, required_items(row, policy))
    packet = ConsultationPacket.objects.get(consultation=row)
    save_changes(row, {"question": change.question.strip(), "has_consent": change.has_consent}, expected_version)
    save_changes(packet, {"values": checked, "items_required": share.asked, "items_given": share.given}, packet.version)
    record(context, "referrals.consultation.change", row, before=None, after={"has_consent": change.has_consent})
    record(context, "referrals.consultation_packet.change", packet, before=None, after={"items": sorted(checked)})
    return row
