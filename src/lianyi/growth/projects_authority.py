"""For whom somebody acts in a project, and what some roles may do less of than others.

Offices act on every project within their reach. A head of department acts on those of the own department, and on those
in whose team somebody of the own department works; a posted person on those whose team they belong to.
"""

from __future__ import annotations

from lianyi.accounts.access import covers, decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.roles import Role
from lianyi.growth.models import Project, ProjectSide

_OFFICES = frozenset({Role.LEAD_OFFICE, Role.SUPPORTED_OFFICE, Role.ASSESSOR})


def side_of(actor: Actor, project: Project) -> ProjectSide:
    """Tell for which side of a project the actor speaks.

    A bureau that covers the institution from above watches over both sides; the own people of the institution are at
    home; everybody else comes from a partner.
    """
    if actor.role == Role.ASSESSOR:
        return ProjectSide.AUTHORITY
    if actor.is_service or not covers(actor, project.institution_id):
        return ProjectSide.HOME if actor.is_service else ProjectSide.PARTNER
    # Only places stand in the line of command by their own path.
    return ProjectSide.AUTHORITY if actor.path == actor.management_path else ProjectSide.HOME


def acts_in(actor: Actor, project: Project) -> bool:
    """Tell whether the role acts on this project at all, whatever its permissions are."""
    if actor.is_service or actor.role in _OFFICES:
        return True
    if actor.role == Role.DEPARTMENT_HEAD:
        own = actor.department_node_id
        people = project.people.filter(staff__department_id=own)
        return own is not None and (project.department_id == own or people.exists())
    return project.people.filter(staff__user_id=actor.user_id).exists()


def may_on_project(actor: Actor, permission: str, project: Project) -> bool:
    return decide(actor, permission, project).allowed and acts_in(actor, project)


def require_on_project(actor: Actor, permission: str, project: Project) -> None:
    """Refuse unless the actor may do this with the project.

    Raises
    ------
    NotPermittedError
    """
    require(actor, permission, project)
    if not acts_in(actor, project):
        raise NotPermittedError(
            "A project is written by the offices of its sides, the head of its department and the people of its team.",
            reason="project-outside",
            permission=permission,
        )


def writes_projects(actor: Actor) -> bool:
    """Tell whether the role writes new projects: offices, and heads for their own department."""
    allowed = actor.is_service or actor.role in (Role.LEAD_OFFICE, Role.SUPPORTED_OFFICE, Role.DEPARTMENT_HEAD)
    return allowed and decide(actor, "growth.write").allowed
