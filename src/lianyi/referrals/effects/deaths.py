"""What a death closes, and what is looked into afterwards."""

from __future__ import annotations

from lianyi.referrals import reconciling
from lianyi.referrals.effects.bookings import add_follow_up
from lianyi.referrals.effects.elsewhere import tell_others
from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.models import ClosingProposal, FollowUp, Leg, PatientIdentity
from lianyi.referrals.moments import EARLIEST, in_local_time, sound_moment
from lianyi.referrals.settling import settle_journey_of_the_dead
from lianyi.referrals.states import LegState as L
from lianyi.referrals.walk import Walk


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


def check_death(walk: Walk) -> None:
    died = walk.facts.died_at
    if died is not None and died > walk.now:
        raise FactsRefusedError(
            f"{in_local_time(died)} is in the future. Give the time of death.",
            field="died_at",
            reason="future",
            given=died,
        )
    if died is not None:
        sound_moment("died_at", died, not_before=EARLIEST, not_after=walk.now)


def remember_death(walk: Walk) -> None:
    check_death(walk)
    walk.change({"closed_at": walk.occurred_at, "reservation": "", "reserved_until": None})
    died_at = walk.facts.died_at or walk.occurred_at
    walk.afterwards.append(lambda: tell_others(walk, ClosingProposal.Fact.DIED, died_at))


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
    walk.afterwards.append(lambda: review_death(walk))


def review_death(walk: Walk) -> None:
    """Put a review on the list of each side, once for the journey."""
    journey_id = walk.leg.request.journey_id
    days = walk.policy.limits.acknowledge_days
    for institution_id in (walk.leg.from_institution_id, walk.leg.to_institution_id):
        planned = FollowUp.objects.filter(
            journey_id=journey_id, kind=FollowUp.Kind.DEATH_REVIEW, institution_id=institution_id
        )
        if institution_id is not None and not planned.exists():
            add_follow_up(walk, FollowUp.Kind.DEATH_REVIEW, institution_id, days)
