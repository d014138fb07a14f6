"""What a head of department may decide: about people of the own department, and nothing else."""

from __future__ import annotations

from lianyi.accounts.access import require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.roles import Role
from lianyi.dispatch.models import Posting
from lianyi.partnerships.models import Agreement


def is_of_own_department(actor: Actor, posting: Posting) -> bool:
    """Tell whether a posting concerns the department that its head answers for; true for every other role."""
    if actor.role != Role.DEPARTMENT_HEAD:
        return True
    own = actor.department_node_id
    return own is not None and own in (posting.from_department_id, posting.to_department_id)


def require_on_posting(actor: Actor, permission: str, posting: Posting) -> None:
    """Refuse unless the actor may do this with the posting.

    Raises
    ------
    NotPermittedError
    """
    require(actor, permission, posting)
    if not is_of_own_department(actor, posting):
        raise _another_department(permission)


def require_on_plan(actor: Actor, permission: str, agreement: Agreement) -> None:
    """Refuse unless the actor may do this with the whole plan of an agreement; a head of department never may.

    Raises
    ------
    NotPermittedError
    """
    require(actor, permission, agreement)
    if actor.role == Role.DEPARTMENT_HEAD:
        raise _another_department(permission)


def _another_department(permission: str) -> NotPermittedError:
    return NotPermittedError(
        "A head of department decides about people of the own department. Ask the partnership office for the rest.",
        reason="department",
        permission=permission,
    )
