"""Who writes and who decides about an assessment, and whether that is the institution itself or somebody outside."""

from __future__ import annotations

from lianyi.accounts.access import covers, decide
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.roles import Role
from lianyi.growth.assessments_machine import AUTHORING
from lianyi.growth.models import AssessmentEvent, AssessmentKind, CapabilityAssessment
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Institution

WRITE, DECIDE = "growth.write", "growth.decide"


def looks_at_itself(actor: Actor, institution_id: int) -> bool:
    """Tell whether the actor works for the institution itself; a bureau that covers it looks from outside."""
    if actor.is_service or not covers(actor, institution_id):
        return False
    return Institution.objects.filter(pk=actor.node_id).exists()


def kind_for(actor: Actor, institution_id: int) -> AssessmentKind:
    """Return what an assessment by this actor is: nobody calls a look at the own house one from outside."""
    return AssessmentKind.SELF if looks_at_itself(actor, institution_id) else AssessmentKind.OUTSIDE


def writes_growth(actor: Actor) -> bool:
    """Tell whether the role writes assessments at all: an outside assessor decides and therefore also writes."""
    return decide(actor, WRITE).allowed or actor.role == Role.ASSESSOR


def may_start(actor: Actor, institution_id: int, department_id: int | None, agreement: Agreement | None) -> bool:
    """Tell whether the actor may assess this institution, or this department of it."""
    if actor.is_service:
        return True
    if not writes_growth(actor) or not within_department(actor, department_id):
        return False
    if covers(actor, institution_id):
        return True
    needed = DECIDE if actor.role == Role.ASSESSOR else WRITE
    return agreement is not None and decide(actor, needed, agreement).allowed


def within_department(actor: Actor, department_id: int | None) -> bool:
    """Tell whether it lies within what the actor writes about: of a head of department the own department."""
    return actor.role != Role.DEPARTMENT_HEAD or (
        department_id is not None and department_id == actor.department_node_id
    )


def may_on(actor: Actor, permission: str, row: CapabilityAssessment) -> bool:
    """Tell whether the actor may do this with the assessment; the side that did not look does not write it."""
    if not within_department(actor, row.department_id):
        return False
    if permission == WRITE and not actor.is_service and row.kind != kind_for(actor, row.institution_id):
        return False
    asked = DECIDE if permission == WRITE and actor.role == Role.ASSESSOR else permission
    return decide(actor, asked, row).allowed


def require_on(actor: Actor, permission: str, row: CapabilityAssessment) -> None:
    """Refuse unless the actor may do this with the assessment.

    Raises
    ------
    NotPermittedError
    """
    if not may_on(actor, permission, row):
        raise NotPermittedError(
            "A self-assessment is written by the institution itself, an outside assessment by somebody from outside; a "
            "head of department writes and decides about the own department. Ask the office that keeps the record.",
            reason="assessment-side",
            permission=permission,
        )


def is_author(actor: Actor, row: CapabilityAssessment) -> bool:
    """Tell whether the person wrote, changed or submitted the assessment."""
    return AssessmentEvent.objects.filter(assessment=row, user_id=actor.user_id, step__in=AUTHORING).exists()
