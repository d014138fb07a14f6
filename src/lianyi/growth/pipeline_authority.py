"""Who writes in the pipeline: offices of the institution and its partners, and heads for the own department."""

from __future__ import annotations

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.roles import Role
from lianyi.growth.models import Innovation


def writes_innovations(actor: Actor, department_id: int | None) -> bool:
    """Tell whether the role writes projects of the pipeline, for a department or the whole house."""
    if actor.is_service or actor.role in (Role.LEAD_OFFICE, Role.SUPPORTED_OFFICE):
        return True
    own = actor.department_node_id
    return actor.role == Role.DEPARTMENT_HEAD and own is not None and own == department_id


def may_on_innovation(actor: Actor, permission: str, row: Innovation) -> bool:
    return decide(actor, permission, row).allowed and writes_innovations(actor, row.department_id)


def require_on_innovation(actor: Actor, permission: str, row: Innovation) -> None:
    """Refuse unless the actor may do this with the project.

    Raises
    ------
    NotPermittedError
    """
    require(actor, permission, row)
    if not writes_innovations(actor, row.department_id):
        raise NotPermittedError(
            "A project of the pipeline is written by the offices of its institution and partners, and by the head of "
            "its department.",
            reason="pipeline-outside",
            permission=permission,
        )
