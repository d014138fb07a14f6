"""Every reading about construction projects, within the asker's reach."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Prefetch, Q, QuerySet

from lianyi.accounts.access import get_in_scope, scoped, scoped_for
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Permission
from lianyi.growth.models import (
    Milestone,
    MilestoneMove,
    MoneyKind,
    MoneySource,
    Project,
    ProjectEvent,
    ProjectMoney,
    ProjectPerson,
    ProjectState,
)
from lianyi.growth.projects_authority import may_on_project
from lianyi.growth.projects_machine import OPEN_STATES, ProjectStep, project_steps_from
from lianyi.partnerships.models import Agreement
from lianyi.partnerships.queries import TimelineEntry
from lianyi.registry.models import DepartmentStatusChange

_RELATED = ("institution", "department", "agreement", "duty")


def projects(actor: Actor, today: datetime.date) -> QuerySet[Project, Any]:
    """Return the projects within reach with how many milestones are reached and signed, and what is due next."""
    overdue = Milestone.objects.filter(project=OuterRef("pk"), reached_on__isnull=True, planned_to__lt=today)
    rows = scoped(actor, Project.objects.select_related(*_RELATED))
    return rows.annotate(
        milestone_count=Count("milestones"),
        reached_count=Count("milestones", filter=Q(milestones__reached_on__isnull=False)),
        signed_count=Count("milestones", filter=Q(milestones__verified_on__isnull=False)),
        next_due_on=Min("milestones__planned_to", filter=Q(milestones__reached_on__isnull=True)),
        is_late=Q(state=ProjectState.RUNNING) & Exists(overdue),
    ).order_by("code")


def project(actor: Actor, pk: int) -> Project:
    """Return one project.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, Project.objects.select_related(*_RELATED), pk)


def milestones(actor: Actor, projects: Iterable[Project]) -> list[Milestone]:
    """Return the milestones of projects in order, with their moves."""
    moves = Prefetch("moves", MilestoneMove.objects.order_by("moved_on", "pk"))
    rows = scoped(actor, Milestone.objects.filter(project__in=[each.pk for each in projects]))
    return list(
        rows.select_related("project", "reached_by", "verified_by")
        .prefetch_related(moves)
        .order_by("project", "number")
    )


def milestone(actor: Actor, pk: int) -> Milestone:
    return get_in_scope(actor, Milestone.objects.select_related("project__institution", "project__agreement"), pk)


def signed_milestones(actor: Actor) -> QuerySet[Milestone, Any]:
    rows = scoped(actor, Milestone.objects.filter(verified_on__isnull=False))
    return rows.select_related("project__institution").order_by("reached_on", "pk")


def moves(actor: Actor, row: Project) -> list[MilestoneMove]:
    found = scoped(actor, MilestoneMove.objects.filter(milestone__project=row))
    return list(found.select_related("milestone", "moved_by").order_by("moved_on", "pk"))


def people(actor: Actor, row: Project) -> list[ProjectPerson]:
    found = scoped(actor, ProjectPerson.objects.filter(project=row))
    return list(found.select_related("staff__institution").order_by("role", "starts_on", "pk"))


def person(actor: Actor, pk: int) -> ProjectPerson:
    return get_in_scope(actor, ProjectPerson.objects.select_related("project", "staff"), pk)


def money(actor: Actor, row: Project) -> list[ProjectMoney]:
    """Return the lines of money; a line that was corrected leads to the one that counts instead."""
    found = scoped(actor, ProjectMoney.objects.filter(project=row))
    return list(found.select_related("corrected_by", "corrects").order_by("number"))


def money_line(actor: Actor, pk: int) -> ProjectMoney:
    return get_in_scope(actor, ProjectMoney.objects.select_related("project"), pk)


def money_sums(lines: Iterable[ProjectMoney]) -> list[tuple[str, list[Decimal]]]:
    """Return for each source of money what was planned, committed and spent, with the whole at the end."""
    counted = [line for line in lines if not hasattr(line, "corrected_by")]
    rows = []
    for source in MoneySource:
        sums = [_sum(counted, kind, source.value) for kind in MoneyKind]
        if any(line.money_source == source for line in counted):
            rows.append((str(source.label), sums))
    whole = [sum((row[1][position] for row in rows), Decimal(0)) for position, _kind in enumerate(MoneyKind)]
    return [*rows, ("", whole)] if rows else []


def _sum(lines: Iterable[ProjectMoney], kind: str, source: str) -> Decimal:
    return sum((each.amount_yuan for each in lines if (each.kind, each.money_source) == (kind, source)), Decimal(0))


def events(actor: Actor, row: Project) -> list[ProjectEvent]:
    found = scoped(actor, ProjectEvent.objects.filter(project=row))
    return list(found.select_related("milestone", "user").order_by("-pk"))


def statuses(actor: Actor, row: Project) -> list[DepartmentStatusChange]:
    """Return where the project's department stood from which day on, as the registry has it."""
    if row.department_id is None:
        return []
    found = scoped(actor, DepartmentStatusChange.objects.filter(department_id=row.department_id))
    return list(found.order_by("since"))


def steps_open_to(actor: Actor, row: Project) -> list[ProjectStep]:
    """Return the steps that the table has for the project's state and the actor may take."""
    return [step for step in project_steps_from(row.state) if may_on_project(actor, step.permission, row)]


def agreements_for_projects(actor: Actor) -> list[Agreement]:
    """Return the agreements in force under which the actor may write projects."""
    rows = Agreement.objects.filter(state=Agreement.State.IN_FORCE)
    return list(scoped_for(actor, rows, Permission.parse("growth.write")).order_by("code"))


def waiting_milestones(actor: Actor) -> QuerySet[Milestone, Any]:
    """Return what was said to be reached and is not signed, in projects that are not over."""
    rows = Milestone.objects.filter(
        reached_on__isnull=False, verified_on__isnull=True, project__state__in=[each.value for each in OPEN_STATES]
    )
    return scoped_for(actor, rows, Permission.parse("growth.decide")).select_related("project").order_by("reached_on")


def due_milestones(actor: Actor, until: datetime.date) -> QuerySet[Milestone, Any]:
    """Return the open milestones of running projects, planned to end up to a day, that the actor may write."""
    rows = Milestone.objects.filter(project__state=ProjectState.RUNNING, reached_on__isnull=True, planned_to__lte=until)
    return scoped_for(actor, rows, Permission.parse("growth.write")).select_related("project").order_by("planned_to")


def timeline_entries(actor: Actor, agreement: Agreement) -> list[TimelineEntry]:
    """Return for the time line when projects began and ended and which milestones were signed."""
    entries = []
    for row in scoped(actor, Project.objects.filter(agreement=agreement)):
        zh, en = row.title_zh, row.title_en or row.title_zh
        if row.started_on is not None:
            entries.append(_entry(row.started_on, f"{zh}：开始建设", f"{en}: building began", row.provenance))
        if row.ended_on is not None and row.state == ProjectState.FINISHED:
            entries.append(_entry(row.ended_on, f"{zh}：建设完成", f"{en}: finished", row.provenance))
    signed = scoped(actor, Milestone.objects.filter(project__agreement=agreement, verified_on__isnull=False))
    for each in signed.select_related("project").annotate(day=F("reached_on")):
        project = each.project
        zh = f"{project.title_zh}：{each.name_zh}"
        en = f"{project.title_en or project.title_zh}: {each.name_en or each.name_zh}"
        if each.reached_on is not None:
            entries.append(_entry(each.reached_on, zh, en, each.provenance))
    return entries


def _entry(day: datetime.date, zh: str, en: str, provenance: str) -> TimelineEntry:
    return TimelineEntry(day, "day", "construction", zh, en, provenance)
