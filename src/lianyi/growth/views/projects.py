"""Projects: the list, the picture of all, one project, its time standards, the rows behind a duty."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.dispatch.views.parts import asked_day
from lianyi.growth.centre_times import condition_of, times_of
from lianyi.growth.gantt import Gantt, Line, gantt_of
from lianyi.growth.models import DelayReason, MilestoneMove, MoneyKind, Project
from lianyi.growth.project_templates import template_book
from lianyi.growth.projects_authority import may_on_project, writes_projects
from lianyi.growth.projects_home import can_sign
from lianyi.growth.projects_machine import OPEN_STATES
from lianyi.growth.projects_texts import STANDING_TONES, STANDING_WORDS, STATE_TONES, STEP_WORDS
from lianyi.growth.queries import projects as queries
from lianyi.growth.tables.projects import MilestoneEvidenceTable, ProjectFilter, ProjectTable
from lianyi.methods.project_schedule import days_by_reason
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.names import in_language, name_of
from lianyi.pages.requests import acting, page
from lianyi.partnerships import queries as partnerships
from lianyi.partnerships.promises import accounts_of


def project_crumbs(row: Project | None = None) -> list[Crumb]:
    crumbs = [Crumb(_("Projects"), reverse("growth:projects"))]
    if row is not None:
        crumbs.append(Crumb(name_of(row, "title"), row.get_absolute_url()))
    return crumbs


@require_safe
@page
def project_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "growth.read")
    return list_response(
        request,
        table_class=ProjectTable,
        rows=queries.projects(actor, timezone.localdate()),
        filterset_class=ProjectFilter,
        title=_("Projects"),
        export_name="projects",
        template="growth/projects.html",
        context={
            "may_write": writes_projects(actor),
            "import_url": f"{reverse('registry:imports')}?kind=projects",
            "query": request.GET.urlencode(),
        },
    )


@require_safe
@page
def gantt(request: HttpRequest) -> HttpResponse:
    """Show all projects over time, or those that the filter leaves: of one agreement, of one institution."""
    actor = acting(request)
    require(actor, "growth.read")
    today = timezone.localdate()
    filterset = ProjectFilter(request.GET, queryset=queries.projects(actor, today), request=request)
    rows = list(filterset.qs) if filterset.is_valid() else []
    picture = gantt_of(rows, queries.milestones(actor, rows), today)
    context = {
        "title": _("Projects over time"),
        "filterset": filterset,
        "filters_whole_page": True,
        "picture": picture,
        "rows": [] if picture is None else _rows(picture),
        "breadcrumbs": project_crumbs(),
    }
    return render(request, "growth/gantt.html", context)


def _rows(picture: Gantt) -> list[dict[str, Any]]:
    """Return the lines of the picture for the table beside it, each with its project and where it stands in words."""
    return [
        {
            "group": group,
            "line": line,
            "word": STANDING_WORDS[line.standing],
            "tone": STANDING_TONES[line.standing],
        }
        for group in picture.groups
        for line in group.lines
    ]


@require_safe
@page
def project(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one project: its milestones over time, delays, team, money, and what happened."""
    actor = acting(request)
    row = queries.project(actor, pk)
    today = timezone.localdate()
    picture = gantt_of([row], queries.milestones(actor, [row]), today)
    group = None if picture is None else picture.groups[0]
    moves = queries.moves(actor, row)
    money = queries.money(actor, row)
    template = template_book().template(row.template)
    context = {
        "title": name_of(row, "title"),
        "project": row,
        "tone": STATE_TONES[row.state],
        "group": group,
        "lines": [_line(actor, each, row) for each in (group.lines if group else ())],
        "picture": picture,
        "moves": moves,
        "delays": _delays(moves),
        "people": queries.people(actor, row) if decide(actor, "staff.read").allowed else [],
        "sees_people": decide(actor, "staff.read").allowed,
        "money": money,
        "money_kinds": [kind.label for kind in MoneyKind],
        "money_sums": queries.money_sums(money),
        "statuses": queries.statuses(actor, row),
        "events": [{"row": each, "word": STEP_WORDS.get(each.step, each.step)} for each in queries.events(actor, row)],
        "steps": queries.steps_open_to(actor, row),
        "may_write": may_on_project(actor, "growth.write", row),
        "is_open": row.state in OPEN_STATES,
        "has_times": bool(condition_of(row)),
        "template": "" if template is None else in_language(template.title.zh, template.title.en),
        "template_source": "" if template is None else template.source,
        "breadcrumbs": project_crumbs(),
    }
    return render(request, "growth/project.html", context)


def _line(actor: Actor, line: Line, row: Project) -> dict[str, Any]:
    milestone = line.milestone
    waits = line.standing == "reached" and decide(actor, "growth.decide", row).allowed
    return {
        "line": line,
        "row": milestone,
        "word": STANDING_WORDS[line.standing],
        "tone": STANDING_TONES[line.standing],
        "may_sign": waits and row.state in OPEN_STATES and can_sign(actor, milestone),
    }


def _delays(moves: list[MilestoneMove]) -> list[tuple[str, int]]:
    sums = days_by_reason((each.reason_code, each.days) for each in moves)
    return [(str(DelayReason(code).label), days) for code, days in sums.items()]


@require_safe
@page
def standards(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how the times of a centre's patients stand against its standards."""
    actor = acting(request)
    row = queries.project(actor, pk)
    if not condition_of(row):
        raise NotFoundInScopeError("This project has no pathway with time standards.", model="Project")
    context = {
        "title": _("Time standards of the centre"),
        "project": row,
        "times": times_of(actor, row, timezone.localdate()),
        "breadcrumbs": project_crumbs(row),
    }
    return render(request, "growth/centre_times.html", context)


@require_safe
@page
def evidence(request: HttpRequest, pk: int, first_day: str) -> HttpResponse:
    """Show the signed milestones behind what was counted for a duty in one of its periods."""
    actor = acting(request)
    duty = partnerships.duty(actor, pk)
    day = asked_day(first_day, timezone.localdate())
    [found] = accounts_of([duty], timezone.localdate())
    period = next((each for each in found.periods if each.span.start == day), None)
    if period is None:
        raise NotFoundInScopeError("The duty has no period that begins on this day.", model="DutyPeriod")
    ids = () if period.evidence is None else period.evidence.row_ids
    return list_response(
        request,
        table_class=MilestoneEvidenceTable,
        rows=queries.signed_milestones(actor).filter(pk__in=ids),
        title=f"{name_of(duty, 'title')} · {period.label}",
        export_name=f"milestones-{duty.code}-{first_day}",
        context={"breadcrumbs": project_crumbs()},
    )
