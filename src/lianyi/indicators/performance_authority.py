"""Who scores whom: the assessed side by its own offices, the outside by an assessor who belongs to neither side."""

from __future__ import annotations

from lianyi.accounts.access import covers, decide
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.roles import Permission, role_holds
from lianyi.indicators.models.performance import PerformanceAssessment, PerformanceEvent
from lianyi.indicators.performance_machine import DECIDE, SCORING_EVENTS, WRITE, Party
from lianyi.partnerships.models import AgreementParty, AllianceMembership


def writes_for(actor: Actor, institution_id: int) -> bool:
    """Tell whether the actor self-scores for an institution: a role that writes, and whose affiliation covers it."""
    if actor.is_service:
        return True
    return role_holds(actor.role, Permission.parse(WRITE)) and covers(actor, institution_id)


def belongs_to_a_side(actor: Actor, row: PerformanceAssessment) -> bool:
    """Tell whether the actor's own house is assessed, or takes part in what is assessed."""
    if actor.node_id == row.institution_id:
        return True
    if (
        row.agreement_id
        and AgreementParty.objects.filter(agreement_id=row.agreement_id, institution_id=actor.node_id).exists()
    ):
        return True
    if row.alliance is None:
        return False
    members = AllianceMembership.objects.filter(alliance=row.alliance, institution_id=actor.node_id)
    return row.alliance.lead_id == actor.node_id or members.exists()


def acts_as(actor: Actor, party: Party, row: PerformanceAssessment) -> bool:
    """Tell whether the actor stands on this side of the round and may act there."""
    if actor.is_service:
        return True
    if party is Party.ASSESSED:
        return writes_for(actor, row.institution_id) and decide(actor, WRITE, row).allowed
    return decide(actor, DECIDE, row).allowed and not belongs_to_a_side(actor, row)


def require_party(actor: Actor, party: Party, row: PerformanceAssessment) -> None:
    """Refuse unless the actor stands on this side.

    Raises
    ------
    NotPermittedError
    """
    if not acts_as(actor, party, row):
        permission = WRITE if party is Party.ASSESSED else DECIDE
        raise NotPermittedError(
            "The assessed side scores itself and objects; an assessor who belongs to neither side scores from outside, "
            "answers objections, finishes and freezes.",
            reason="performance-side",
            permission=permission,
        )


def gave_scores(actor: Actor, row: PerformanceAssessment) -> bool:
    """Tell whether the person gave outside scores in this round."""
    events = PerformanceEvent.objects.filter(assessment=row, user_id=actor.user_id, step__in=SCORING_EVENTS)
    return events.exists()


def may_start(actor: Actor, institution_id: int) -> bool:
    """Tell whether the actor may begin a round about an institution: its own offices, or an assessor over it."""
    if writes_for(actor, institution_id):
        return True
    return (
        role_holds(actor.role, Permission.parse(DECIDE))
        and covers(actor, institution_id)
        and actor.node_id != institution_id
    )
