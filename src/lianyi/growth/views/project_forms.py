"""What is written about a project: the project itself, its steps, milestones, money and team."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.growth.commands import project_milestones, project_money
from lianyi.growth.commands import projects as commands
from lianyi.growth.forms.projects import (
    ChangeProjectForm,
    DayForm,
    MilestoneForm,
    MoneyForm,
    MoveForm,
    NewProjectForm,
    PersonForm,
    ProjectStepForm,
    ReachForm,
    ReasonForm,
    VerifyForm,
)
from lianyi.growth.models import Milestone, Project
from lianyi.growth.projects_authority import require_on_project, writes_projects
from lianyi.growth.projects_machine import PROJECT_STEP_BY_NAME
from lianyi.growth.queries import projects as queries
from lianyi.growth.views.projects import project_crumbs
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships.views.parts import FormPage, run_form

BOTH = ["GET", "HEAD", "POST"]


def _seen(form: CommandForm, version: int) -> int:
    seen = form.cleaned_data["expected_version"]
    return seen if isinstance(seen, int) else version


def _about(row: Project, title: Any, done: Any, *, intro: str = "", danger: bool = False) -> FormPage:  # noqa: ANN401
    return FormPage(
        title=title,
        submit_label=title,
        cancel_url=row.get_absolute_url(),
        done=done,
        crumbs=project_crumbs(row),
        intro=intro,
        danger=danger,
    )


def _to(row: Project) -> Callable[[Any], str]:
    return lambda _result: row.get_absolute_url()


@require_http_methods(BOTH)
@page
def new_project(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    if not writes_projects(actor):
        raise NotFoundInScopeError("This role writes no projects.", model="Project")
    form = NewProjectForm(actor, request.POST or None)
    about = FormPage(
        title=gettext_lazy("New project"),
        submit_label=gettext_lazy("Write the project"),
        cancel_url=reverse("growth:projects"),
        done=gettext_lazy("The project is written. Look at its milestones, and start it when it begins."),
        crumbs=project_crumbs(),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.create_project(command_context(request), form.new()),
        lambda row: str(row.get_absolute_url()),
    )


@require_http_methods(BOTH)
@page
def change(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.project(actor, pk)
    require_on_project(actor, "growth.write", row)
    form = ChangeProjectForm(row, request.POST or None, initial=ChangeProjectForm.initial_of(row))
    about = _about(row, gettext_lazy("Change the project"), gettext_lazy("The project is changed."))

    def run() -> Project:
        return commands.change_project(command_context(request), row, form.common(), _seen(form, row.version))

    return run_form(request, form, about, run, _to(row))


@require_http_methods(BOTH)
@page
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Take one step of a project's life."""
    actor = acting(request)
    row = queries.project(actor, pk)
    wanted = PROJECT_STEP_BY_NAME.get(name)
    if wanted is None or (request.method != "POST" and row.state not in wanted.from_states):
        raise commands.step_refused(row, name)
    require_on_project(actor, wanted.permission, row)
    initial = {"on": timezone.localdate(), "expected_version": row.version}
    form = ProjectStepForm(wanted, request.POST or None, initial=initial)
    about = _about(
        row, wanted.label, gettext_lazy("It is recorded."), intro=name_of(row, "title"), danger=wanted.needs_reason
    )

    def run() -> Project:
        given = form.cleaned_data
        context = command_context(request, reason=given.get("reason", ""))
        return commands.take_project_step(context, row, name, given["on"], _seen(form, row.version))

    return run_form(request, form, about, run, _to(row))


@require_http_methods(BOTH)
@page
def add_milestone(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.project(actor, pk)
    require_on_project(actor, "growth.write", row)
    form = MilestoneForm(request.POST or None)
    about = _about(row, gettext_lazy("Add a milestone"), gettext_lazy("The milestone is added."))
    return run_form(
        request,
        form,
        about,
        lambda: project_milestones.add_milestone(command_context(request), row, form.new()),
        _to(row),
    )


def _milestone(request: HttpRequest, pk: int, permission: str) -> Milestone:
    actor = acting(request)
    row = queries.milestone(actor, pk)
    require_on_project(actor, permission, row.project)
    return row


def _intro(row: Milestone) -> str:
    asked = name_of(row, "asked")
    words = f"{name_of(row.project, 'title')} · {row.number} {name_of(row)}"
    return f"{words} · {asked}" if asked else words


@require_http_methods(BOTH)
@page
def move_milestone(request: HttpRequest, pk: int) -> HttpResponse:
    row = _milestone(request, pk, "growth.write")
    form = MoveForm(request.POST or None, initial=MoveForm.initial_of(row))
    about = _about(
        row.project, gettext_lazy("Move the milestone"), gettext_lazy("The milestone is moved."), intro=_intro(row)
    )

    def run() -> Milestone:
        context = command_context(
            request, reason=form.cleaned_data["reason"], reason_code=form.cleaned_data["reason_code"]
        )
        return project_milestones.move_milestone(context, row, form.days(), _seen(form, row.version))

    return run_form(request, form, about, run, _to(row.project))


@require_http_methods(BOTH)
@page
def reach_milestone(request: HttpRequest, pk: int) -> HttpResponse:
    row = _milestone(request, pk, "growth.write")
    form = ReachForm(request.POST or None, initial={"on": timezone.localdate(), "expected_version": row.version})
    about = _about(
        row.project,
        gettext_lazy("Say that it is reached"),
        gettext_lazy("It is recorded, and waits for the signature of another side."),
        intro=_intro(row),
    )

    def run() -> Milestone:
        return project_milestones.reach_milestone(command_context(request), row, form.said(), _seen(form, row.version))

    return run_form(request, form, about, run, _to(row.project))


@require_http_methods(BOTH)
@page
def verify_milestone(request: HttpRequest, pk: int) -> HttpResponse:
    row = _milestone(request, pk, "growth.decide")
    form = VerifyForm(request.POST or None, initial={"expected_version": row.version})
    about = _about(
        row.project,
        gettext_lazy("Sign the milestone"),
        gettext_lazy("The milestone is signed."),
        intro=f"{_intro(row)} · {row.reached_on or ''} · {row.evidence}",
    )

    def run() -> Milestone:
        return project_milestones.verify_milestone(command_context(request), row, _seen(form, row.version))

    return run_form(request, form, about, run, _to(row.project))


@require_http_methods(BOTH)
@page
def send_back_milestone(request: HttpRequest, pk: int) -> HttpResponse:
    row = _milestone(request, pk, "growth.decide")
    form = ReasonForm(request.POST or None, initial={"expected_version": row.version})
    about = _about(
        row.project,
        gettext_lazy("Do not sign, send back"),
        gettext_lazy("The milestone is open again."),
        intro=f"{_intro(row)} · {row.evidence}",
        danger=True,
    )

    def run() -> Milestone:
        context = command_context(request, reason=form.cleaned_data["reason"])
        return project_milestones.send_back_milestone(context, row, _seen(form, row.version))

    return run_form(request, form, about, run, _to(row.project))


@require_http_methods(BOTH)
@page
def add_money(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.project(actor, pk)
    require_on_project(actor, "growth.write", row)
    form = MoneyForm(request.POST or None, initial={"on": timezone.localdate()})
    about = _about(row, gettext_lazy("Note money"), gettext_lazy("The money is noted."))
    return run_form(
        request, form, about, lambda: project_money.add_money(command_context(request), row, form.new()), _to(row)
    )


@require_http_methods(BOTH)
@page
def correct_money(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    wrong = queries.money_line(actor, pk)
    require_on_project(actor, "growth.write", wrong.project)
    form = MoneyForm(request.POST or None, initial=MoneyForm.initial_of(wrong))
    about = _about(
        wrong.project,
        gettext_lazy("Correct the line of money"),
        gettext_lazy("The line is corrected; the wrong one stays readable and counts no more."),
    )
    return run_form(
        request,
        form,
        about,
        lambda: project_money.correct_money(command_context(request), wrong, form.new()),
        _to(wrong.project),
    )


@require_http_methods(BOTH)
@page
def add_person(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.project(actor, pk)
    require_on_project(actor, "growth.write", row)
    form = PersonForm(actor, request.POST or None, initial={"starts_on": timezone.localdate()})
    about = _about(row, gettext_lazy("Put somebody into the team"), gettext_lazy("The person is in the team."))
    return run_form(
        request, form, about, lambda: commands.add_person(command_context(request), row, form.new()), _to(row)
    )


@require_http_methods(BOTH)
@page
def end_person(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.person(actor, pk)
    require_on_project(actor, "growth.write", row.project)
    form = DayForm(request.POST or None, initial={"on": timezone.localdate(), "expected_version": row.version})
    about = _about(
        row.project,
        gettext_lazy("Note the last day in the team"),
        gettext_lazy("The last day is noted."),
        intro=name_of(row.staff),
    )

    def run() -> Any:  # noqa: ANN401 - the row of the team
        given = form.cleaned_data
        return commands.end_person(command_context(request), row, given["on"], _seen(form, row.version))

    return run_form(request, form, about, run, _to(row.project))
