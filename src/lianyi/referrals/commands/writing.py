"""Writing a referral before it is sent: the journey, the patient, the ask, its packet, and whom it may go to."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from lianyi.accounts.access import decide, get_in_scope, require, require_acting_for, serves
from lianyi.accounts.audit import CommandContext, creation_facts, plain, record
from lianyi.accounts.commanding import command
from lianyi.accounts.records import Provenance, save_changes
from lianyi.partnerships.models import Agreement
from lianyi.referrals import versions
from lianyi.referrals.commands.journeys import NewJourney, begin_journey, shown_before_acceptance
from lianyi.referrals.commands.receivers import Receiver, checked_receivers, draft_leg
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError, LiveReferralError
from lianyi.referrals.identities import PatientFacts, match_digest
from lianyi.referrals.models import (
    Journey,
    Milestone,
    Packet,
    PatientIdentity,
    ReferralTerms,
    Request,
)
from lianyi.referrals.moments import CLOCK_TOLERANCE, EARLIEST, FARTHEST_AHEAD, in_local_time, sound_moment
from lianyi.referrals.packets import checked_values, counts_kept, items_of
from lianyi.referrals.policies import policy_for, policy_of
from lianyi.referrals.problems import as_kept
from lianyi.referrals.states import Direction, Urgency
from lianyi.referrals.warnings import LiveReferral, live_referrals
from lianyi.registry.models import Institution
from lianyi.rules.referral_policy import ReferralUrgency

FIRST_CONTACT = "first_contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReferral:
    """Everything that is typed on the page of a new referral."""

    from_institution_id: int
    direction: str
    urgency: str
    reason: str
    problem_code: str
    patient: PatientFacts | None
    receivers: Sequence[Receiver]
    problem_text: str = ""
    condition: str = ""
    specialty: str = ""
    question: str = ""
    from_department_id: int | None = None
    agreement_id: int | None = None
    based_on_id: int | None = None
    replaces_id: int | None = None
    # A journey that something else began, for example a consultation.
    journey_id: int | None = None
    basis: str = Request.Basis.CONSENT
    has_consent: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)
    first_contact_at: datetime.datetime | None = None
    breach_at: datetime.datetime | None = None
    is_broadcast: bool = False
    override_code: str = ""
    override_text: str = ""
    on_behalf_of: str = ""
    provenance: str = Provenance.RECORDED


@command("referrals.request.draft")
def draft_referral(context: CommandContext, new: NewReferral) -> Request:
    """Write a referral with a leg for each candidate; nothing leaves the institution before it is sent."""
    sender = _sender(context, new)
    _check_choices(new)
    now = timezone.now()
    at = _past(context.occurred_at, now, "occurred_at") or now
    earlier = _earlier_journey(context, new)
    replaced = _replaced(new)
    _warn_of_live(new, earlier, replaced)
    agreement = _agreement(new)
    policy = policy_for(agreement, timezone.localdate(at))
    journey = earlier if earlier is not None else begin_journey(context, _new_journey(new), sender, at)
    request = Request(
        journey=journey,
        direction=new.direction,
        urgency=new.urgency,
        condition=new.condition,
        reason=new.reason,
        specialty=new.specialty,
        question=new.question.strip(),
        from_institution=sender,
        from_department_id=new.from_department_id,
        coordinator_id=_coordinator_of(agreement, sender),
        agreement=agreement,
        policy=policy.id,
        basis=new.basis,
        has_consent=new.has_consent,
        # A new version goes on from what the earlier one went on from.
        based_on_id=new.based_on_id or (None if replaced is None else replaced.based_on_id),
        replaces=replaced,
        override_code=new.override_code,
        override_text=new.override_text.strip(),
        first_contact_at=_past(new.first_contact_at, now, "first_contact_at"),
        breach_at=_checked_breach(new.breach_at, now),
        is_broadcast=new.is_broadcast,
        written_by_id=context.actor.user_id,
        on_behalf_of=new.on_behalf_of.strip(),
        provenance=new.provenance,
        **shown_before_acceptance(journey, sender, timezone.localdate(at)),
    )
    _check_condition(request, policy)
    request.save()
    record(context, "referrals.request.draft", request, before=None, after=_facts_without_words(request))
    _mark_first_contact(context, request, now)
    _write_packet(context, request, new.values)
    for number, receiver in enumerate(checked_receivers(new.receivers, sender.pk), start=1):
        draft_leg(context, request, number, receiver, at)
    return request


def _mark_first_contact(context: CommandContext, request: Request, now: datetime.datetime) -> None:
    """Start the pathway's own clock where the sender first saw the patient, not where the receiver did."""
    known = {each.code for each in policy_of(request.policy).milestones_of(request.condition)}
    if request.first_contact_at is None or FIRST_CONTACT not in known:
        return
    row = Milestone.objects.create(
        request=request,
        code=FIRST_CONTACT,
        occurred_at=request.first_contact_at,
        recorded_at=now,
        recorded_by_id=context.actor.user_id,
        institution_id=request.from_institution_id,
    )
    facts = {"code": FIRST_CONTACT, "occurred_at": plain(request.first_contact_at)}
    record(context, "referrals.milestone.record", row, before=None, after=facts)


def _sender(context: CommandContext, new: NewReferral) -> Institution:
    require(context.actor, "referral.write")
    sender = Institution.objects.select_related("place").filter(pk=new.from_institution_id).first()
    if sender is None or not serves(context.actor, sender.pk):
        require_acting_for(context.actor, new.from_institution_id, "write its referrals")
    if sender is None or not sender.is_open_on(timezone.localdate()):
        raise FactsRefusedError(
            "The sending institution is closed. Choose the affiliation of an institution that works.",
            field="from_institution",
            reason="sender-closed",
        )
    if new.from_department_id is not None and not sender.departments.filter(pk=new.from_department_id).exists():
        raise FactsRefusedError(
            "The sending department belongs to another institution.", field="department", reason="department-elsewhere"
        )
    return sender


def _check_choices(new: NewReferral) -> None:
    for name, given, accepted in (
        ("direction", new.direction, Direction.values),
        ("urgency", new.urgency, Urgency.values),
        ("reason", new.reason, Request.Reason.values),
        ("basis", new.basis, Request.Basis.values),
        ("override_code", new.override_code, ["", *Request.Override.values]),
    ):
        if given not in accepted:
            raise FactsRefusedError(
                f"{name} is '{given}'. Accepted: {', '.join(each for each in accepted if each)}.",
                field=name,
                reason="choice-unknown",
                fact=name,
                given=given,
                accepted=[each for each in accepted if each],
            )


def _check_condition(request: Request, policy: Any) -> None:  # noqa: ANN401 - a ReferralPolicy; kept short
    if request.condition and policy.condition(request.condition) is None:
        known = ", ".join(each.code for each in policy.conditions)
        raise FactsRefusedError(
            f"'{request.condition}' is no condition of the green channel. Accepted: {known}.",
            field="condition",
            reason="choice-unknown",
            fact="condition",
            given=request.condition,
            accepted=[each.code for each in policy.conditions],
        )


def _earlier_journey(context: CommandContext, new: NewReferral) -> Journey | None:
    """Return the journey that this referral goes on with; the actor must reach what it goes on from."""
    wanted = new.based_on_id or new.replaces_id
    if wanted is not None:
        return get_in_scope(context.actor, Request.objects.select_related("journey"), wanted).journey
    return None if new.journey_id is None else get_in_scope(context.actor, Journey.objects.all(), new.journey_id)


def _replaced(new: NewReferral) -> Request | None:
    """Return the request that a new version replaces: one of the same sender that no hospital has taken."""
    if new.replaces_id is None:
        return None
    replaced = Request.objects.get(pk=new.replaces_id)
    if replaced.from_institution_id != new.from_institution_id:
        raise GuardRefusedError(
            "Only the institution that wrote a referral writes a new version of it. Refer onward instead.",
            reason="version-of-another",
        )
    if Direction.DOWN in (replaced.direction, new.direction):
        raise GuardRefusedError(
            "A transfer back has no versions. Keep the patient in care, and propose the transfer back again.",
            reason="version-of-return",
        )
    versions.require_free(Request(replaces=replaced))
    return replaced


def _warn_of_live(new: NewReferral, earlier: Journey | None, replaced: Request | None) -> None:
    if new.override_code or new.based_on_id:
        return
    digest, problem_code = _whose(new, earlier)
    besides = [] if replaced is None else [replaced.pk, *(each.pk for each in versions.earlier(replaced))]
    found = live_referrals(digest, problem_code, besides) if digest else []
    if found:
        raise _live_error(found)


def _whose(new: NewReferral, earlier: Journey | None) -> tuple[str, str]:
    """Return the digest of the patient and the problem, as the form or the journey has them."""
    if earlier is not None:
        return PatientIdentity.objects.get(journey=earlier).match_digest, earlier.problem_code
    return ("" if new.patient is None else match_digest(new.patient)), as_kept(new.problem_code)


def _live_error(found: list[LiveReferral]) -> LiveReferralError:
    where = "; ".join(f"{each.institution_name}, {in_local_time(each.since)}, {each.state_label}" for each in found)
    return LiveReferralError(
        f"This patient has a live referral for this problem already: {where}. Go on with that one, or say why a "
        "second one is needed.",
        field="override_code",
        where=where,
        found=found,
    )


def _agreement(new: NewReferral) -> Agreement | None:
    if new.agreement_id is None:
        return None
    agreement = Agreement.objects.filter(pk=new.agreement_id).first()
    if agreement is None or not agreement.is_running_on(timezone.localdate()):
        raise FactsRefusedError(
            "The agreement named is not in force. Choose another, or none with a reason.",
            field="agreement",
            reason="agreement-not-running",
        )
    return agreement


def _coordinator_of(agreement: Agreement | None, sender: Institution) -> int:
    terms = None if agreement is None else ReferralTerms.objects.filter(agreement=agreement).first()
    return int(sender.pk if terms is None or terms.coordinator_id is None else terms.coordinator_id)


def _past(given: datetime.datetime | None, now: datetime.datetime, name: str) -> datetime.datetime | None:
    if given is None:
        return None
    if given > now + CLOCK_TOLERANCE:
        raise FactsRefusedError(
            f"{in_local_time(given)} is in the future; give when it happened.",
            field=name,
            reason="future",
            given=given,
        )
    return sound_moment(name, given, not_before=EARLIEST, not_after=now + CLOCK_TOLERANCE)


def _checked_breach(given: datetime.datetime | None, now: datetime.datetime) -> datetime.datetime | None:
    if given is None:
        return None
    return sound_moment("breach_at", given, not_before=EARLIEST, not_after=now + FARTHEST_AHEAD)


def _new_journey(new: NewReferral) -> NewJourney:
    return NewJourney(
        patient=new.patient,
        problem_code=new.problem_code,
        problem_text=new.problem_text,
        first_contact_at=new.first_contact_at,
        provenance=new.provenance,
    )


def _facts_without_words(request: Request) -> dict[str, Any]:
    facts = creation_facts(request)
    for name in ("question", "override_text", "on_behalf_of", "age_band", "sex", "county_name"):
        facts.pop(name, None)
    return facts


def _write_packet(context: CommandContext, request: Request, values: Mapping[str, Any]) -> Packet:
    policy = policy_of(request.policy)
    items = items_of(request, policy)
    checked = checked_values(values, items)
    required = policy.required_items(ReferralUrgency(request.urgency), request.direction, request.condition)
    packet = Packet.objects.create(
        request=request,
        values=checked,
        provenance=request.provenance,
        **counts_kept(checked, items, required),
    )
    record(context, "referrals.packet.write", packet, before=None, after={"items": sorted(checked)})
    return packet


@command("referrals.packet.change")
def change_packet(context: CommandContext, request_id: int, values: Mapping[str, Any], expected_version: int) -> Packet:
    """Fill in the form further while nothing was sent; afterwards the ask is frozen."""
    request = get_in_scope(context.actor, Request.objects.all(), request_id)
    require(context.actor, "referral.write", request)
    if request.sent_at is not None:
        raise GuardRefusedError(
            "The referral is sent and frozen. Answer a question, or write a new version that replaces it.",
            reason="request-frozen",
        )
    policy = policy_of(request.policy)
    items = items_of(request, policy)
    checked = checked_values(values, items)
    required = policy.required_items(ReferralUrgency(request.urgency), request.direction, request.condition)
    packet = Packet.objects.get(request=request)
    save_changes(packet, {"values": checked, **counts_kept(checked, items, required)}, expected_version)
    record(context, "referrals.packet.change", packet, before=None, after={"items": sorted(checked)})
    return packet


@command("referrals.request.approve")
def approve_request(context: CommandContext, request_id: int) -> Request:
    """Approve a referral at the sender where the agreement asks for it; the writer cannot be the approver."""
    request = get_in_scope(context.actor, Request.objects.all(), request_id)
    # To let a referral go is routing, not deciding for the receiver.
    if not decide(context.actor, "referral.route", request).allowed:
        require(context.actor, "referral.decide", request)
    require_acting_for(context.actor, request.from_institution_id, "approve its referrals")
    if request.written_by_id == context.actor.user_id:
        raise GuardRefusedError(
            "You wrote this referral; somebody else at your institution approves it.", reason="own-referral"
        )
    save_changes(request, {"approved_by_id": context.actor.user_id, "approved_at": timezone.now()}, request.version)
    record(context, "referrals.request.approve", request, before=None, after={"approved": True})
    return request
