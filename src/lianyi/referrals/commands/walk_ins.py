"""A patient came first: the hospital writes the referral afterwards, for the unit that the patient came from."""

from __future__ import annotations

import dataclasses
import datetime
from dataclasses import dataclass

from django.utils import timezone

from lianyi.accounts.access import serves
from lianyi.accounts.audit import CommandContext, record
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError
from lianyi.referrals import access
from lianyi.referrals.commands.journeys import NewJourney, begin_journey, shown_before_acceptance
from lianyi.referrals.commands.receivers import Receiver, draft_leg
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError
from lianyi.referrals.facts import StepFacts
from lianyi.referrals.handling import require_handling
from lianyi.referrals.identities import PatientFacts, match_digest
from lianyi.referrals.models import Leg, Packet, Request
from lianyi.referrals.moments import CLOCK_TOLERANCE, EARLIEST, sound_moment
from lianyi.referrals.policies import policy_for
from lianyi.referrals.problems import as_kept
from lianyi.referrals.states import Direction, Urgency
from lianyi.referrals.walking import take_step
from lianyi.referrals.warnings import live_referrals
from lianyi.registry.models import Institution

OTHER_EMERGENCY = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkIn:
    """Who came where and when, from which unit, with what."""

    institution_id: int
    unit_id: int
    patient: PatientFacts
    urgency: str
    problem_code: str
    problem_text: str
    arrived_at: datetime.datetime
    text: str
    has_consent: bool


@command("referrals.request.walk_in")
def write_walk_in(context: CommandContext, new: WalkIn) -> Leg:
    """Write, as the hospital that has the patient, a referral that nobody wrote; it counts no response time.

    The unit that the patient came from has it as its own: it reads the outcome and takes the patient back.
    """
    require_handling(context.actor)
    if not serves(context.actor, new.institution_id):
        raise NotPermittedError(
            "Only the hospital that has the patient writes this; your affiliation does not cover it.",
            reason="relation",
            permission="write who came first",
        )
    now = timezone.now()
    sound_moment("occurred_at", new.arrived_at, not_before=EARLIEST, not_after=now + CLOCK_TOLERANCE)
    at = min(new.arrived_at, now)
    unit = _unit(new)
    _check(new)
    journey = begin_journey(
        context,
        NewJourney(patient=new.patient, problem_code=new.problem_code, problem_text=new.problem_text),
        unit,
        at,
    )
    is_emergency = new.urgency == Urgency.EMERGENCY
    request = Request.objects.create(
        journey=journey,
        direction=Direction.UP,
        urgency=new.urgency,
        condition=OTHER_EMERGENCY if is_emergency else "",
        reason=Request.Reason.OTHER,
        question=new.text.strip(),
        from_institution=unit,
        coordinator_id=unit.pk,
        policy=policy_for(None, timezone.localdate(at)).id,
        basis=Request.Basis.CONSENT if new.has_consent else Request.Basis.EMERGENCY,
        has_consent=new.has_consent,
        # No agreement led the patient here; whoever comes by themselves chose the place.
        override_code=Request.Override.PATIENT_WISH,
        override_text=new.text.strip(),
        written_by_id=context.actor.user_id,
        **shown_before_acceptance(journey, unit, timezone.localdate(at)),
    )
    record(context, "referrals.request.walk_in", request, before=None, after={"journey": journey.number})
    Packet.objects.create(request=request, values={})
    leg = draft_leg(context, request, 1, Receiver(institution_id=new.institution_id), at)
    access.open_case(context, leg)
    own = dataclasses.replace(context, key=f"{context.key}.arrive")
    return take_step(own, leg.pk, "arrive_unannounced", StepFacts(occurred_at=at, text=new.text.strip()), leg.version)


def _unit(new: WalkIn) -> Institution:
    unit = Institution.objects.select_related("place").filter(pk=new.unit_id).first()
    if unit is None or unit.pk == new.institution_id or not unit.is_open_on(timezone.localdate()):
        raise FactsRefusedError(
            "Name the unit that the patient came from, or that looks after the patient at home: an open one, not your "
            "own.",
            field="unit",
            reason="walk-in-unit",
        )
    return unit


def _check(new: WalkIn) -> None:
    if new.urgency not in Urgency.values:
        raise FactsRefusedError(
            f"'{new.urgency}' is no urgency. Accepted: {', '.join(Urgency.values)}.",
            field="urgency",
            reason="choice-unknown",
            fact="urgency",
            given=new.urgency,
            accepted=[str(each.label) for each in Urgency],
        )
    if not new.text.strip():
        raise FactsRefusedError("Say in words how the patient came.", field="text", reason="walk-in-text")
    if not new.has_consent and new.urgency != Urgency.EMERGENCY:
        raise FactsRefusedError(
            "The unit hears of the patient only when the patient or family agrees. Tick it, or write no referral.",
            field="has_consent",
            reason="walk-in-consent",
        )
    if live_referrals(match_digest(new.patient), as_kept(new.problem_code)):
        raise GuardRefusedError(
            "This patient is being referred for this problem already. Record the arrival on that case, or say that the "
            "patient is here.",
            reason="walk-in-live",
        )
