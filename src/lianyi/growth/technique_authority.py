"""Which side of a technique somebody stands on, and which of its steps they may take."""

from __future__ import annotations

from lianyi.accounts.access import covers, decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.roles import Role
from lianyi.growth.models import DepartmentTechnique
from lianyi.growth.technique_steps import TechniqueSide, TechniqueStepRule


def is_home(actor: Actor, row: DepartmentTechnique) -> bool:
    """Tell whether somebody speaks for the department that learns: its institution's office, or its own head."""
    return actor.is_service or covers(actor, row.institution_id)


def is_teaching(actor: Actor, row: DepartmentTechnique) -> bool:
    """Tell whether somebody stands on the side that teaches. Whoever covers the learning institution does not."""
    return actor.is_service or not covers(actor, row.institution_id)


def may_write(actor: Actor, row: DepartmentTechnique) -> bool:
    return _is_own_department(actor, row) and decide(actor, "growth.write", row).allowed


def may_take(actor: Actor, row: DepartmentTechnique, step: TechniqueStepRule) -> bool:
    """Tell whether somebody's role and side take this step; what the technique's state allows is asked elsewhere."""
    if not _is_own_department(actor, row) or not decide(actor, step.permission, row).allowed:
        return False
    if step.by_another and row.proposed_by_id == actor.user_id:
        return False
    return _on_side(actor, row, step.side)


def _is_own_department(actor: Actor, row: DepartmentTechnique) -> bool:
    """Tell whether a head of department answers for this one; those of the learning institution for their own only."""
    if actor.role != Role.DEPARTMENT_HEAD or not covers(actor, row.institution_id):
        return True
    return bool(actor.department_node_id == row.department_id)


def _on_side(actor: Actor, row: DepartmentTechnique, side: TechniqueSide) -> bool:
    if side is TechniqueSide.HOME:
        return is_home(actor, row)
    return side is TechniqueSide.EITHER or is_teaching(actor, row)


def require_step(actor: Actor, row: DepartmentTechnique, step: TechniqueStepRule) -> None:
    """Refuse unless role and side fit.

    Raises
    ------
    NotPermittedError
    """
    require(actor, step.permission, row)
    if not _is_own_department(actor, row):
        _refuse("technique-department", "A head of department decides about the own department.", step.permission)
    if not _on_side(actor, row, step.side):
        if step.side is TechniqueSide.HOME:
            _refuse(
                "technique-home",
                "The institution that learns the technique, or the head of its department, decides this.",
                step.permission,
            )
        _refuse(
            "technique-teaching",
            "The side that teaches proposes that a department does a technique alone; the home side signs.",
            step.permission,
        )


def require_writing(actor: Actor, row: DepartmentTechnique) -> None:
    """Refuse unless somebody records about this technique.

    Raises
    ------
    NotPermittedError
    """
    require(actor, "growth.write", row)
    if not _is_own_department(actor, row):
        _refuse("technique-department", "A head of department records about the own department.", "growth.write")


def _refuse(reason: str, message: str, permission: str) -> None:
    raise NotPermittedError(message, reason=reason, permission=permission)
