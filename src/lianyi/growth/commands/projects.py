"""Construction projects: written from a template, changed, and taken through the steps of the table."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from django.utils import timezone

from lianyi.accounts.access import covers, require
from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.records import Provenance, ProvenancedRecord, save_changes
from lianyi.accounts.roles import Role
from lianyi.errors import InvalidInputError
from lianyi.growth.models import Milestone, Project, ProjectEvent, ProjectPerson
from lianyi.growth.project_templates import template_book
from lianyi.growth.projects_authority import require_on_project, writes_projects
from lianyi.growth.projects_checks import check_order, check_past, check_person, check_project
from lianyi.growth.projects_errors import ProjectStepRefusedError
from lianyi.growth.projects_machine import ENDED_STATES, PROJECT_STEP_BY_NAME, ProjectStep, project_steps_from
from lianyi.methods.periods import add_calendar_months

PROJECT_FIELDS = (*("title_zh", "title_en", "department_id", "duty_id", "planned_from", "target_on", "source"),)
PERSON_FIELDS = ("role", "starts_on", "ends_on")
Row = TypeVar("Row", bound=ProvenancedRecord)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProject:
    """A project as it is written. With a template its milestones are taken from it."""

    code: str
    title_zh: str
    kind: str
    institution_id: int
    planned_from: datetime.date
    target_on: datetime.date
    title_en: str = ""
    template: str = ""
    department_id: int | None = None
    agreement_id: int | None = None
    duty_id: int | None = None
    source: str = ""
    provenance: str = Provenance.RECORDED


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    staff_id: int
    role: str
    starts_on: datetime.date
    ends_on: datetime.date | None = None


@command("growth.project.create")
def create_project(context: CommandContext, new: NewProject) -> Project:
    """Write a project; its milestones come from the template, counted in months from the planned first day."""
    if Project.objects.filter(code=new.code).exists():
        raise InvalidInputError(
            f"'{new.code}' stands here already; choose another code.", field="code", reason="project-code-taken",
            given=new.code,
        )  # fmt: skip
    row = Project(**asdict(new))
    _require_new(context, row)
    check_project(row)
    row.save()
    note(context, row, "create", row.planned_from)
    record(context, "growth.project.create", row, before=None, after=creation_facts(row))
    for milestone in milestones_of_template(row):
        made(context, "growth.milestone.add", milestone)
    return row


def _require_new(context: CommandContext, row: Project) -> None:
    """Refuse unless the actor writes projects for this institution, or under an agreement in which both have a part."""
    actor = context.actor
    require(actor, "growth.write")
    if row.agreement is not None:
        require(actor, "growth.write", row.agreement)
    is_home = actor.is_service or covers(actor, row.institution_id)
    own = actor.role != Role.DEPARTMENT_HEAD or actor.department_node_id == row.department_id
    if not writes_projects(actor) or not own or (row.agreement is None and not is_home):
        raise NotPermittedError(
            "A project is written by the office of its institution or of a partner under an agreement, or by the head "
            "of its department.",
            reason="project-new",
            permission="growth.write",
        )


def milestones_of_template(row: Project) -> list[Milestone]:
    """Return the milestones that the template gives, unsaved; none without a template."""
    template = template_book().template(row.template)
    found = []
    for number, each in enumerate(() if template is None else template.milestones, 1):
        first = add_calendar_months(row.planned_from, each.from_month)
        last = add_calendar_months(row.planned_from, each.to_month) - datetime.timedelta(days=1)
        days = {"baseline_from": first, "baseline_to": last, "planned_from": first, "planned_to": last}
        words = {
            "name_zh": each.name.zh,
            "name_en": each.name.en,
            "asked_zh": each.evidence.zh,
            "asked_en": each.evidence.en,
        }
        found.append(
            Milestone(
                project=row, number=number, signed_by=each.signed_by.value, provenance=row.provenance, **days, **words
            )
        )
    return found


@command("growth.project.change")
def change_project(context: CommandContext, row: Project, changes: Mapping[str, Any], expected_version: int) -> Project:
    """Change what a project says about itself; its milestones are moved one by one, with a reason each."""
    require_on_project(context.actor, "growth.write", row)
    wanted = as_wanted(row, changes, PROJECT_FIELDS)
    check_project(wanted)
    changed(context, "growth.project.change", row, changes, expected_version)
    note(context, row, "change", timezone.localdate())
    return row


@command("growth.project.step")
def take_project_step(
    context: CommandContext, row: Project, name: str, on: datetime.date, expected_version: int
) -> Project:
    """Take one step of a project's life, as the table has it."""
    step = PROJECT_STEP_BY_NAME.get(name)
    if step is None or row.state not in step.from_states:
        raise step_refused(row, name)
    require_on_project(context.actor, step.permission, row)
    _check_step(context, row, step, on)
    changes: dict[str, Any] = {"state": step.to_state.value}
    if name == "start":
        changes["started_on"] = on
    if step.to_state in ENDED_STATES:
        changes["ended_on"] = on
    if name == "take_up":
        changes |= {"ended_on": None, "started_on": row.started_on or on}
    changed(context, f"growth.project.{name}", row, changes, expected_version)
    note(context, row, name, on)
    return row


def _check_step(context: CommandContext, row: Project, step: ProjectStep, on: datetime.date) -> None:
    check_past(on, "on")
    if row.started_on is not None:
        check_order(row.started_on, on, "on")
    if step.needs_reason and not context.reason.strip():
        raise InvalidInputError("Say why, in words.", field="reason", reason="project-without-reason")
    unsigned = row.milestones.filter(verified_on__isnull=True).count()
    if step.needs_all_signed and (unsigned or not row.milestones.exists()):
        raise ProjectStepRefusedError(
            f"{unsigned} milestones of {row.code} are not reached and signed yet.",
            reason="project-not-signed",
            project=str(row),
            count=unsigned,
        )


def step_refused(row: Project, name: str) -> ProjectStepRefusedError:
    return ProjectStepRefusedError(
        f"The project {row.code} is '{row.state}'; '{name}' does not follow.",
        reason="project-not-following",
        project=str(row),
        state_label=row.get_state_display(),
        allowed=[each.name for each in project_steps_from(row.state)],
    )


@command("growth.project_person.add")
def add_person(context: CommandContext, project: Project, new: NewPerson) -> ProjectPerson:
    """Put somebody into the joint team."""
    require_on_project(context.actor, "growth.write", project)
    row = ProjectPerson(project=project, **asdict(new))
    check_person(row)
    if project.people.filter(staff_id=new.staff_id, ends_on__isnull=True).exists():
        raise InvalidInputError("This person is in the team already.", field="staff", reason="project-person-twice")
    return made(context, "growth.project_person.add", row)


@command("growth.project_person.end")
def end_person(context: CommandContext, row: ProjectPerson, on: datetime.date, expected_version: int) -> ProjectPerson:
    """Note that somebody left the joint team."""
    require_on_project(context.actor, "growth.write", row.project)
    check_order(row.starts_on, on, "ends_on")
    return changed(context, "growth.project_person.end", row, {"ends_on": on}, expected_version)


def as_wanted(row: Row, changes: Mapping[str, Any], accepted: tuple[str, ...]) -> Row:
    """Return the row as it would be, unsaved."""
    unknown = sorted(set(changes) - set(accepted))
    if unknown:
        raise InvalidInputError(
            f"These cannot be changed here: {', '.join(unknown)}.", reason="fields-fixed", fields=unknown
        )
    wanted: Row = type(row)._default_manager.get(pk=row.pk)
    for name, value in changes.items():
        setattr(wanted, name, value)
    return wanted


def made(context: CommandContext, action: str, row: Row) -> Row:
    """Save a new row as part of a command, with its audit event."""
    row.save()
    record(context, action, row, before=None, after=creation_facts(row))
    return row


def changed(context: CommandContext, action: str, row: Row, changes: Mapping[str, Any], expected_version: int) -> Row:
    """Save a change of a row as part of a command, with its audit event."""
    before = snapshot(row, changes)
    save_changes(row, dict(changes), expected_version)
    record(context, action, row, before=before, after=snapshot(row, changes))
    return row


def note(
    context: CommandContext, project: Project, step: str, on: datetime.date, milestone: Milestone | None = None
) -> None:
    """Write one line of the project's history."""
    ProjectEvent(
        project=project,
        milestone=milestone,
        step=step,
        happened_on=on,
        recorded_at=timezone.now(),
        user_id=context.actor.user_id,
        acting_role=context.actor.role or "",
        reason=context.reason,
    ).save()
