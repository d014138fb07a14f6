"""What one case tells the other open cases of the same person."""

from __future__ import annotations

import datetime

from lianyi.referrals import reconciling
from lianyi.referrals.models import ClosingProposal, PatientIdentity
from lianyi.referrals.walk import Walk


def tell_others(walk: Walk, fact: ClosingProposal.Fact, happened_at: datetime.datetime) -> None:
    """Propose to the other open cases of the same person that their patient is here, or has died."""
    identity = PatientIdentity.objects.filter(journey_id=walk.leg.request.journey_id).first()
    if identity is None:
        return
    seen = reconciling.SeenElsewhere(
        digest=identity.match_digest,
        fact=fact,
        happened_at=happened_at,
        source=walk.leg.request.journey.number,
        # Where somebody died is not known from where the referral went.
        institution_id=walk.leg.to_institution_id if fact is ClosingProposal.Fact.ARRIVED else None,
        is_exact=bool(identity.id_number),
        except_journey_id=walk.leg.request.journey_id,
    )
    reconciling.propose(walk.context, seen, walk.now)


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
