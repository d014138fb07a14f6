"""Who records the visits of a round: its offices and planners, and a posted person those of the own team."""

from __future__ import annotations

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.roles import Role
from lianyi.dispatch.authority import plans
from lianyi.dispatch.models import Posting, RoundCrew, RoundProgramme


def may_plan_rounds(actor: Actor, programme: RoundProgramme) -> bool:
    return plans(actor) and decide(actor, "dispatch.write", programme).allowed


def is_of_crew(actor: Actor, crew: RoundCrew) -> bool:
    """Tell whether a posted person leads the crew's team or is one of its people."""
    leader = crew.team.leader
    if leader is not None and leader.user_id == actor.user_id:
        return True
    return Posting.objects.filter(team=crew.team, staff__user_id=actor.user_id).exists()


def may_record(actor: Actor, crew: RoundCrew) -> bool:
    if not decide(actor, "dispatch.write", crew).allowed:
        return False
    return plans(actor) or (actor.role == Role.POSTED_STAFF and is_of_crew(actor, crew))


def require_recording(actor: Actor, crew: RoundCrew) -> None:
    """Refuse unless the actor may record what this crew did.

    Raises
    ------
    NotPermittedError
    """
    require(actor, "dispatch.write", crew)
    if not may_record(actor, crew):
        raise NotPermittedError(
            "A visit is recorded by a person of its team, or by the office or the planner of the agreement.",
            reason="round-crew-only",
            permission="dispatch.write",
        )
