"""What some roles may do less of than others: heads of department and posted people act on their own, plan nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NoReturn

from lianyi.accounts.access import covers, decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.roles import Role
from lianyi.dispatch.models import Need, PairingPlan, PairingWishes, PlanRun, PlanScenario, Posting
from lianyi.partnerships.models import Agreement

# Roles that act on single postings only, never on a plan or its lines.
NOT_PLANNING = frozenset({Role.DEPARTMENT_HEAD, Role.POSTED_STAFF})


def is_own(actor: Actor, posting: Posting) -> bool:
    """Tell whether a posting is one that the role answers for.

    A head of department answers for the people who leave or enter the department, a posted person for the own posting
    and, as leader, for those of the own team. Every other role answers for whatever it reaches.
    """
    if actor.role == Role.DEPARTMENT_HEAD:
        own = actor.department_node_id
        return own is not None and own in (posting.from_department_id, posting.to_department_id)
    if actor.role == Role.POSTED_STAFF:
        leader = None if posting.team is None else posting.team.leader
        return actor.user_id in (posting.staff.user_id, None if leader is None else leader.user_id)
    return True


def plans(actor: Actor) -> bool:
    """Tell whether the role writes plans at all."""
    return actor.role not in NOT_PLANNING


def may_plan(actor: Actor, permission: str, row: Agreement | Posting) -> bool:
    """Tell whether the actor may do this with the plan of an agreement, or with one of its lines."""
    return plans(actor) and decide(actor, permission, row).allowed


def require_on_posting(actor: Actor, permission: str, posting: Posting) -> None:
    """Refuse unless the actor may do this with the posting.

    Raises
    ------
    NotPermittedError
    """
    require(actor, permission, posting)
    if not is_own(actor, posting):
        _refuse(actor, permission)


def require_on_plan(actor: Actor, permission: str, row: Agreement | Posting) -> None:
    """Refuse unless the actor may do this with the plan of an agreement, or with one of its lines.

    Raises
    ------
    NotPermittedError
    """
    require(actor, permission, row)
    if not plans(actor):
        _refuse(actor, permission)


def may_on_scenario(actor: Actor, permission: str, scenario: PlanScenario | PairingPlan) -> bool:
    """Tell whether the actor may do this with a worksheet: for an office that the own affiliation covers."""
    return plans(actor) and decide(actor, permission, scenario).allowed


def require_on_scenario(actor: Actor, permission: str, scenario: PlanScenario | PairingPlan) -> None:
    """Refuse unless the actor may do this with the scenario or pairing plan.

    Raises
    ------
    NotPermittedError
    """
    require(actor, permission, scenario)
    if not plans(actor):
        _refuse(actor, permission)


def require_on_run(actor: Actor, permission: str, run: PlanRun) -> None:
    """Refuse unless the actor may do this with a search: with its worksheet, or with the plan of the rounds' agreement.

    Raises
    ------
    NotPermittedError
    """
    worksheet = run.scenario or run.pairing
    if worksheet is not None:
        require_on_scenario(actor, permission, worksheet)
    if run.programme is not None:
        require_on_plan(actor, permission, run.programme.agreement)


def may_on_run(actor: Actor, permission: str, run: PlanRun) -> bool:
    """Tell whether the actor may do this with a search."""
    subject = run.scenario or run.pairing if run.programme is None else run.programme.agreement
    return subject is not None and plans(actor) and decide(actor, permission, subject).allowed


def may_state_wishes(actor: Actor, row: PairingWishes) -> bool:
    """Tell whether the actor states the wishes of an institution as the institution itself: its partnership office.

    Who plans for a whole region covers the institution too, and decides nothing for it; it enters wishes on behalf.
    """
    return plans(actor) and speaks_for(actor, row.institution_id) and decide(actor, "dispatch.decide", row).allowed


def require_stating_wishes(actor: Actor, row: PairingWishes) -> None:
    """Refuse unless the actor states the wishes of the institution as the institution itself.

    Raises
    ------
    NotPermittedError
    """
    require(actor, "dispatch.decide", row)
    if not may_state_wishes(actor, row):
        raise NotPermittedError(
            "The partnership office of an institution states its wishes. The office that plans enters them on the "
            "pages of the plan, and the institution sees that it did.",
            reason="wishes",
            permission="dispatch.decide",
        )


def may_on_need(actor: Actor, permission: str, need: Need) -> bool:
    """Tell whether the actor may do this with a need: for an institution or place that the own affiliation covers."""
    return plans(actor) and decide(actor, permission, need).allowed


def require_on_need(actor: Actor, permission: str, need: Need) -> None:
    """Refuse unless the actor may do this with the need.

    Raises
    ------
    NotPermittedError
    """
    require(actor, permission, need)
    if not plans(actor):
        raise NotPermittedError(
            "Needs are written and decided by the office of the institution or of its region; tell it what your "
            "department needs.",
            reason="need",
            permission=permission,
        )


def _refuse(actor: Actor, permission: str) -> NoReturn:
    if actor.role == Role.POSTED_STAFF:
        raise NotPermittedError(
            "A posted person records what concerns the own posting, a team leader that of the own team. Ask the "
            "partnership office for the rest.",
            reason="own-posting",
            permission=permission,
        )
    raise NotPermittedError(
        "A head of department decides about people of the own department. Ask the partnership office for the rest.",
        reason="department",
        permission=permission,
    )


def answers_for(actor: Actor, posting: Posting, side: str) -> bool:
    """Tell whether the actor speaks for one of the sides that an agreement asks to approve a posting."""
    if actor.is_service:
        return True
    return _SPEAKS_FOR[Agreement.Approval(side)](actor, posting)


def _for_receiving_unit(actor: Actor, posting: Posting) -> bool:
    if actor.role == Role.DEPARTMENT_HEAD:
        return actor.department_node_id is not None and actor.department_node_id == posting.to_department_id
    return covers(actor, posting.to_institution_id)


def _for_home_department(actor: Actor, posting: Posting) -> bool:
    return posting.from_department_id is not None and actor.department_node_id == posting.from_department_id


def _for_home_hospital(actor: Actor, posting: Posting) -> bool:
    return speaks_for(actor, posting.from_institution_id)


def speaks_for(actor: Actor, institution_id: int) -> bool:
    """Tell whether the actor covers a whole institution.

    A head of department speaks for the department, also one whose affiliation names none.
    """
    whole = actor.department_node_id is None and actor.role != Role.DEPARTMENT_HEAD
    return whole and covers(actor, institution_id)


_SPEAKS_FOR: Mapping[Agreement.Approval, Callable[[Actor, Posting], bool]] = {
    Agreement.Approval.RECEIVING_UNIT: _for_receiving_unit,
    Agreement.Approval.HOME_DEPARTMENT: _for_home_department,
    Agreement.Approval.HOME_HOSPITAL: _for_home_hospital,
}
