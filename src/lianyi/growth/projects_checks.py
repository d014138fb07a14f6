"""What no project, milestone, money line or person of a team can say, whoever writes it: a form or a table."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.utils import timezone

from lianyi.errors import InvalidInputError
from lianyi.growth.models import Milestone, Project, ProjectMoney, ProjectPerson, ProjectState
from lianyi.growth.project_templates import template_book
from lianyi.partnerships.evidence import EvidenceKind
from lianyi.partnerships.models import AgreementParty
from lianyi.registry.models import Department

MOST_YUAN = Decimal("999999999999.99")


def check_project(row: Project) -> None:
    """Refuse days out of order, a department elsewhere, a duty of something else, a template that is not there."""
    check_order(row.planned_from, row.target_on, "target_on")
    department = row.department_id
    if department and not Department.objects.filter(pk=department, institution_id=row.institution_id).exists():
        raise InvalidInputError(
            "The department belongs to another institution.", field="department", reason="project-department-elsewhere"
        )
    if row.duty is not None and (
        row.duty.agreement_id != row.agreement_id or row.duty.evidence_kind != EvidenceKind.PROJECT_MILESTONES
    ):
        raise InvalidInputError(
            "The duty must belong to the agreement of the project and count milestones.",
            field="duty",
            reason="project-duty-other",
        )
    if row.agreement_id is not None and not _has_part(row.agreement_id, row.institution_id):
        raise InvalidInputError(
            "The institution has no part in this agreement.", field="agreement", reason="project-no-party"
        )
    template = template_book().template(row.template) if row.template else None
    if row.template and (template is None or template.kind != row.kind):
        raise InvalidInputError(
            f"This installation has no template '{row.template}' for this kind of project.",
            field="template",
            reason="project-template-unknown",
            given=row.template,
        )


def _has_part(agreement_id: int, institution_id: int) -> bool:
    return AgreementParty.objects.filter(agreement_id=agreement_id, institution_id=institution_id).exists()


def check_project_state(row: Project) -> None:
    """Refuse a state without its days, as a table could give it."""
    begun = row.state != ProjectState.PLANNED
    ended = row.state in (ProjectState.FINISHED, ProjectState.GIVEN_UP)
    never_begun = row.state == ProjectState.GIVEN_UP and row.started_on is None
    if (begun and row.started_on is None and not never_begun) or (row.state == ProjectState.PLANNED and row.started_on):
        raise InvalidInputError(
            "A project that runs has a first day, and one that is only planned has none.",
            field="started_on",
            reason="project-start-day",
        )
    if ended != (row.ended_on is not None):
        raise InvalidInputError(
            "A project that is over has a last day, and only such a one.", field="ended_on", reason="project-end-day"
        )
    if row.started_on is not None and row.ended_on is not None:
        check_order(row.started_on, row.ended_on, "ended_on")
    for name in ("started_on", "ended_on"):
        check_past(getattr(row, name), name)


def check_order(first: datetime.date, last: datetime.date, field: str) -> None:
    if last < first:
        raise InvalidInputError(
            f"It ends on {last}, before it starts on {first}. Correct one of the days.",
            field=field,
            reason="project-days-reversed",
            first=first,
            last=last,
        )


def check_past(day: datetime.date | None, field: str) -> None:
    if day is not None and day > timezone.localdate():
        raise InvalidInputError(
            f"{day} is still to come. Give the day on which it happened.",
            field=field,
            reason="project-day-ahead",
            day=day,
        )


def check_milestone(row: Milestone) -> None:
    """Refuse days out of order, and a milestone reached without evidence or signed before it was reached."""
    check_order(row.baseline_from, row.baseline_to, "baseline_to")
    check_order(row.planned_from, row.planned_to, "planned_to")
    check_past(row.reached_on, "reached_on")
    check_past(row.verified_on, "verified_on")
    if row.reached_on is not None and not row.evidence.strip():
        raise InvalidInputError(
            "Say what shows that the milestone is reached.", field="evidence", reason="milestone-without-evidence"
        )
    if row.verified_on is not None and (row.reached_on is None or row.verified_on < row.reached_on):
        raise InvalidInputError(
            "A milestone is signed on the day it was reached or later.",
            field="verified_on",
            reason="milestone-signed-early",
        )


def check_money(row: ProjectMoney) -> None:
    """Refuse an amount that is no amount, money spent on a day to come, and a correction of another project's line."""
    if not 0 <= row.amount_yuan <= MOST_YUAN:
        raise InvalidInputError(
            f"{row.amount_yuan} is no amount from 0 to {MOST_YUAN} yuan.",
            field="amount_yuan",
            reason="project-amount",
            given=row.amount_yuan,
        )
    if row.kind != "planned":
        check_past(row.on, "on")
    wrong = row.corrects
    if wrong is not None and (wrong.project_id != row.project_id or wrong.kind != row.kind):
        raise InvalidInputError(
            "A line corrects one of the same project and kind.", field="corrects", reason="project-correction-elsewhere"
        )


def check_person(row: ProjectPerson) -> None:
    """Refuse days out of order, and somebody of an institution that has no part in the project."""
    if row.ends_on is not None:
        check_order(row.starts_on, row.ends_on, "ends_on")
    project, home = row.project, row.staff.institution_id
    if home == project.institution_id:
        return
    if project.agreement_id is None or not _has_part(project.agreement_id, home):
        raise InvalidInputError(
            "The person works at an institution that has no part in this project.",
            field="staff",
            reason="project-person-elsewhere",
        )
