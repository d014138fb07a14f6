"""What yes and no bring with them."""

from __future__ import annotations

from django.utils import timezone

from lianyi.accounts.audit import record
from lianyi.referrals import machine
from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.models import CapabilityFinding, Leg, ReturnNeed
from lianyi.referrals.settling import give_care_back, hand_ball_back, leg_above, settle_ended_legs
from lianyi.referrals.states import DeclineReason, Direction
from lianyi.referrals.states import LegState as L
from lianyi.referrals.walk import Walk
from lianyi.registry.models import Institution

_LACKING_BY_REASON = {
    DeclineReason.EQUIPMENT_OR_DRUG: ReturnNeed.Kind.EQUIPMENT,
    DeclineReason.NO_SPECIALIST: ReturnNeed.Kind.SKILL,
    DeclineReason.NO_BED: ReturnNeed.Kind.BED,
}


def remember_acceptance(walk: Walk) -> None:
    facts = walk.facts
    walk.change({"decided_at": walk.occurred_at, "contact": facts.contact.strip()})
    if facts.expected_at is not None:
        walk.change({"expected_at": facts.expected_at})
    if facts.expected_return_on is not None:
        walk.change({"expected_return_on": facts.expected_return_on})
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
    alternative = open_institution(walk)
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


def known_institution(walk: Walk) -> int | None:
    """Return the institution named with the step, refusing one that the registry does not have."""
    given = walk.facts.institution_id
    if given is not None and not Institution.objects.filter(pk=given).exists():
        raise FactsRefusedError(
            "The institution named is not in the registry. Choose one of its institutions.",
            field="institution",
            reason="institution-unknown",
        )
    return given


def open_institution(walk: Walk) -> int | None:
    """Return the institution named with the step to take the patient: one that is open, and has said that it does."""
    given = known_institution(walk)
    found = None if given is None else Institution.objects.get(pk=given)
    if found is None:
        return None
    if not found.is_open_on(timezone.localdate(walk.occurred_at)):
        raise FactsRefusedError(
            f"{found.name_zh} is closed and takes no patients. Choose another institution.",
            field="institution",
            reason="named-closed",
            institution=found.name_zh,
        )
    if not walk.facts.contact.strip():
        raise FactsRefusedError(
            "Say who at the institution named has agreed to take the patient: name and telephone.",
            field="contact",
            reason="agreed-by-missing",
        )
    return given


def check_institution(walk: Walk) -> None:
    known_institution(walk)


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
