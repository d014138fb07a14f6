"""What is written about a project of the pipeline: itself, its steps, partners, approvals, gains and institutions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.growth.commands import pipeline as commands
from lianyi.growth.forms.pipeline import (
    ApprovalForm,
    ChangeInnovationForm,
    GainForm,
    NewInnovationForm,
    PartnerForm,
    PipelineStepForm,
    UseCheckForm,
    UseForm,
)
from lianyi.growth.forms.projects import DayForm
from lianyi.growth.models import Innovation
from lianyi.growth.pipeline_authority import require_on_innovation
from lianyi.growth.pipeline_machine import PIPELINE_STEP_BY_NAME
from lianyi.growth.pipeline_stages import stages_on
from lianyi.growth.pipeline_texts import stage_word
from lianyi.growth.projects_authority import writes_projects
from lianyi.growth.queries import pipeline as queries
from lianyi.growth.views.pipeline import pipeline_crumbs
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import in_language, name_of
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships.views.parts import FormPage, run_form

BOTH = ["GET", "HEAD", "POST"]


def _seen(form: CommandForm, version: int) -> int:
    seen = form.cleaned_data["expected_version"]
    return seen if isinstance(seen, int) else version


def _about(row: Innovation, title: Any, done: Any, *, intro: str = "", danger: bool = False) -> FormPage:  # noqa: ANN401
    return FormPage(
        title=title,
        submit_label=title,
        cancel_url=row.get_absolute_url(),
        done=done,
        crumbs=pipeline_crumbs(row),
        intro=intro,
        danger=danger,
    )


def _to(row: Innovation) -> Callable[[Any], str]:
    return lambda _result: row.get_absolute_url()


def _writable(request: HttpRequest, pk: int) -> Innovation:
    actor = acting(request)
    row = queries.innovation(actor, pk)
    require_on_innovation(actor, "growth.write", row)
    return row


@require_http_methods(BOTH)
@page
def new_innovation(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    if not writes_projects(actor):
        raise NotFoundInScopeError("This role writes nothing in the pipeline.", model="Innovation")
    form = NewInnovationForm(actor, request.POST or None, initial={"started_on": timezone.localdate()})
    about = FormPage(
        title=gettext_lazy("New project of the pipeline"),
        submit_label=gettext_lazy("Write the project"),
        cancel_url=reverse("growth:pipeline"),
        done=gettext_lazy("The project stands at the first stage."),
        crumbs=pipeline_crumbs(),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.create_innovation(command_context(request), form.new()),
        lambda row: str(row.get_absolute_url()),
    )


@require_http_methods(BOTH)
@page
def change(request: HttpRequest, pk: int) -> HttpResponse:
    row = _writable(request, pk)
    form = ChangeInnovationForm(row, request.POST or None, initial=ChangeInnovationForm.initial_of(row))
    about = _about(row, gettext_lazy("Change the project"), gettext_lazy("The project is changed."))

    def run() -> Innovation:
        return commands.change_innovation(command_context(request), row, form.facts(), _seen(form, row.version))

    return run_form(request, form, about, run, _to(row))


@require_http_methods(BOTH)
@page
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Take one step in the pipeline."""
    row = _writable(request, pk)
    wanted = PIPELINE_STEP_BY_NAME.get(name)
    if wanted is None or (request.method != "POST" and row.state not in wanted.from_states):
        raise commands.refused(row, "pipeline-not-following")
    initial = {"on": timezone.localdate(), "expected_version": row.version}
    form = PipelineStepForm(wanted, request.POST or None, initial=initial)
    stage = stages_on(timezone.localdate()).stage(row.stage)
    needs = "" if stage is None else f" · {in_language(stage.needs.zh, stage.needs.en)}"
    intro = f"{name_of(row, 'title')} · {stage_word(row.stage)}{needs if wanted.needs_evidence else ''}"
    about = _about(row, wanted.label, gettext_lazy("It is recorded."), intro=intro, danger=wanted.name == "stop")

    def run() -> Innovation:
        context = command_context(request, reason=form.cleaned_data.get("reason", ""))
        return commands.take_pipeline_step(context, row, name, form.facts(), _seen(form, row.version))

    return run_form(request, form, about, run, _to(row))


@require_http_methods(BOTH)
@page
def add_partner(request: HttpRequest, pk: int) -> HttpResponse:
    row = _writable(request, pk)
    form = PartnerForm(request.POST or None, initial={"starts_on": timezone.localdate()})
    about = _about(row, gettext_lazy("Add a partner"), gettext_lazy("The partner is added."))
    return run_form(
        request, form, about, lambda: commands.add_partner(command_context(request), row, form.new()), _to(row)
    )


@require_http_methods(BOTH)
@page
def end_partner(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.partner(actor, pk)
    require_on_innovation(actor, "growth.write", row.innovation)
    form = DayForm(request.POST or None, initial={"on": timezone.localdate(), "expected_version": row.version})
    about = _about(
        row.innovation,
        gettext_lazy("Note the last day of the partner"),
        gettext_lazy("The last day is noted."),
        intro=name_of(row.institution) if row.institution else name_of(row),
    )

    def run() -> Any:  # noqa: ANN401 - the partner
        given = form.cleaned_data
        return commands.end_partner(command_context(request), row, given["on"], _seen(form, row.version))

    return run_form(request, form, about, run, _to(row.innovation))


@require_http_methods(BOTH)
@page
def add_approval(request: HttpRequest, pk: int) -> HttpResponse:
    row = _writable(request, pk)
    form = ApprovalForm(request.POST or None)
    about = _about(row, gettext_lazy("Note an ethics approval"), gettext_lazy("The approval is noted."))
    return run_form(
        request, form, about, lambda: commands.add_approval(command_context(request), row, form.new()), _to(row)
    )


@require_http_methods(BOTH)
@page
def add_gain(request: HttpRequest, pk: int) -> HttpResponse:
    row = _writable(request, pk)
    form = GainForm(request.POST or None, initial={"stage": row.stage, "on": timezone.localdate()})
    about = _about(row, gettext_lazy("Note what it brought"), gettext_lazy("It is noted."))
    return run_form(
        request, form, about, lambda: commands.add_gain(command_context(request), row, form.new()), _to(row)
    )


@require_http_methods(BOTH)
@page
def correct_gain(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    wrong = queries.gain(actor, pk)
    require_on_innovation(actor, "growth.write", wrong.innovation)
    form = GainForm(request.POST or None, initial=GainForm.initial_of(wrong))
    about = _about(
        wrong.innovation,
        gettext_lazy("Correct what it brought"),
        gettext_lazy("The line is corrected; the wrong one stays readable and counts no more."),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.correct_gain(command_context(request), wrong, form.new()),
        _to(wrong.innovation),
    )


@require_http_methods(BOTH)
@page
def add_use(request: HttpRequest, pk: int) -> HttpResponse:
    row = _writable(request, pk)
    form = UseForm(request.POST or None)
    about = _about(row, gettext_lazy("Note an institution that uses it"), gettext_lazy("The institution is noted."))

    def run() -> Any:  # noqa: ANN401 - the institution's use
        given = form.cleaned_data
        return commands.add_use(command_context(request), row, given["institution"].pk, given["first_used_on"])

    return run_form(request, form, about, run, _to(row))


@require_http_methods(BOTH)
@page
def check_use(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    use = queries.use(actor, pk)
    require_on_innovation(actor, "growth.write", use.innovation)
    form = UseCheckForm(request.POST or None, initial={"checked_on": timezone.localdate()})
    about = _about(
        use.innovation,
        gettext_lazy("Check whether it is still in use"),
        gettext_lazy("The check is noted."),
        intro=name_of(use.institution),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.check_still_used(command_context(request), use, form.new()),
        _to(use.innovation),
    )
