"""Forms of evaluations: a question to values or to a table, units for comparison, steps, a new version."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lianyi.accounts.access import require
from lianyi.accounts.actors import Actor
from lianyi.errors import LianyiError
from lianyi.indicators.commands import evaluation_steps as step_commands
from lianyi.indicators.commands import evaluations as commands
from lianyi.indicators.evaluation_authority import may_review, require_writer
from lianyi.indicators.evaluation_candidates import candidates_of
from lianyi.indicators.evaluation_disclosure import Veil
from lianyi.indicators.evaluation_errors import EvaluationStepRefusedError
from lianyi.indicators.evaluation_machine import STEP_BY_NAME, WRITE
from lianyi.indicators.evaluation_texts import STEP_INTROS
from lianyi.indicators.forms.evaluations import (
    ChangeQuestionForm,
    ChoiceGrid,
    EvaluationStepForm,
    ReviseForm,
    TableQuestionForm,
    ValuesQuestionForm,
)
from lianyi.indicators.models import Evaluation, UnitChoice, UnitLevel
from lianyi.indicators.queries import evaluations as queries
from lianyi.indicators.views.evaluations import evaluation_crumbs
from lianyi.pages.errors import message_of
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships.views.parts import FormPage, run_form

BOTH = ["GET", "HEAD", "POST"]


@require_http_methods(BOTH)
@page
def new_of_values(request: HttpRequest) -> HttpResponse:
    """Begin a question to the accepted values of this site."""
    actor = acting(request)
    require(actor, WRITE)
    form = ValuesQuestionForm(actor, request.POST or None, initial=_initial(request))
    return _new(
        request,
        form,
        gettext_lazy(
            "Ask first, look afterwards: question, outcomes, times and units are fixed before anything is computed. "
            "Only accepted and locked values count."
        ),
    )


@require_http_methods(BOTH)
@page
def new_of_table(request: HttpRequest) -> HttpResponse:
    """Begin a question to a table that is uploaded with it."""
    actor = acting(request)
    require(actor, WRITE)
    form = TableQuestionForm(actor, request.POST or None, request.FILES or None, initial=_initial(request))
    return _new(
        request,
        form,
        gettext_lazy(
            "The table is kept as it came, with its checksum. It holds counts and figures of units, never people."
        ),
    )


def _initial(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in ("agreement", "node", "question", "starts") if name in request.GET}


def _new(request: HttpRequest, form: ValuesQuestionForm | TableQuestionForm, intro: object) -> HttpResponse:
    about = FormPage(
        title=gettext_lazy("Ask a question"),
        submit_label=gettext_lazy("Keep the draft"),
        cancel_url=reverse("indicators:evaluations"),
        done=gettext_lazy("The draft is kept. Nothing is computed yet."),
        crumbs=evaluation_crumbs(),
        intro=str(intro),
    )

    def next_page(row: Evaluation) -> str:
        is_open = row.units.filter(level=UnitLevel.COMPARISON).exists()
        return reverse("indicators:evaluation-comparison", args=[row.pk]) if is_open else row.get_absolute_url()

    return run_form(
        request, form, about, lambda: commands.start_evaluation(command_context(request), form.new()), next_page
    )


@require_http_methods(BOTH)
@page
def change(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.evaluation(actor, pk)
    require_writer(actor, row)
    commands.require_draft(row)
    form = ChangeQuestionForm(request.POST or None, initial=ChangeQuestionForm.initial_of(row))
    about = FormPage(
        title=gettext_lazy("Change the question"),
        submit_label=gettext_lazy("Save"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The question is changed."),
        crumbs=evaluation_crumbs(row),
    )

    def run() -> Evaluation:
        version = form.cleaned_data["expected_version"] or row.version
        return commands.change_evaluation(command_context(request), row, form.changes(), version)

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))


@require_http_methods(BOTH)
@page
def comparison(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose units for comparison in the open: each with what was known before the start, a choice and its reason."""
    actor = acting(request)
    row = queries.evaluation(actor, pk)
    require_writer(actor, row)
    commands.require_draft(row)
    units = queries.units_of(actor, row)
    grid = ChoiceGrid(row, [each for each in units if each.level == UnitLevel.COMPARISON], request.POST or None)
    problem = ""
    if request.method == "POST":
        try:
            context = command_context(request)
            commands.save_choices(context, row, grid.choices(), grid.why, grid.version)
        except LianyiError as error:
            if not error.code.startswith("evaluation-"):
                raise
            problem = message_of(error)
        else:
            messages.success(request, _("The choices are saved."))
            return redirect(row.get_absolute_url())
    return _comparison_page(request, actor, row, grid, problem)


def _comparison_page(
    request: HttpRequest, actor: Actor, row: Evaluation, grid: ChoiceGrid, problem: str
) -> HttpResponse:
    units = queries.units_of(actor, row)
    try:
        helped, candidates = candidates_of(actor, row, units, Veil())
    except LianyiError as error:
        helped, candidates, problem = [], [], problem or message_of(error)
    by_unit = {each.unit.pk: each for each in candidates}
    context = {
        "title": _("Units for comparison"),
        "breadcrumbs": evaluation_crumbs(row),
        "evaluation": row,
        "helped": helped[:20],
        "lines": [(line, by_unit.get(line.unit.pk)) for line in grid.lines],
        "grid": grid,
        "choices": UnitChoice.choices,
        "problem": problem,
    }
    return render(request, "indicators/evaluation_comparison.html", context, status=422 if problem else 200)


@require_http_methods(BOTH)
@page
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Take one step of the table."""
    actor = acting(request)
    row = queries.evaluation(actor, pk)
    found = STEP_BY_NAME.get(name)
    if found is None or row.state not in found.from_states:
        raise EvaluationStepRefusedError(
            f"The evaluation is '{row.state}'; '{name}' does not follow.",
            reason="evaluation-not-following",
            step=name if found is None else found.label,
            steps=[],
            state_label=row.get_state_display(),
        )
    if not found.by_another or not may_review(actor, row):
        require_writer(actor, row)
    form = EvaluationStepForm(
        request.POST or None, needs_reason=found.needs_reason, initial={"expected_version": row.version}
    )
    about = FormPage(
        title=str(found.label),
        submit_label=str(found.label),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("Done."),
        crumbs=evaluation_crumbs(row),
        intro=STEP_INTROS[found.name],
        danger=found.name in ("return", "withdraw"),
    )

    def run() -> Evaluation:
        reason = form.cleaned_data.get("reason", "")
        version = form.cleaned_data["expected_version"] or row.version
        return step_commands.take_evaluation_step(command_context(request, reason=reason), row, name, version)

    def next_page(each: Evaluation) -> str:
        return reverse("reports:evaluation", args=[each.pk]) if name == "compute" else each.get_absolute_url()

    return run_form(request, form, about, run, next_page)


@require_http_methods(BOTH)
@page
def revise(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a new version of a fixed question."""
    actor = acting(request)
    row = queries.evaluation(actor, pk)
    require_writer(actor, row)
    form = ReviseForm(request.POST or None)
    about = FormPage(
        title=gettext_lazy("Change the question"),
        submit_label=gettext_lazy("Begin a new version"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The new version is a draft."),
        crumbs=evaluation_crumbs(row),
        intro=gettext_lazy(
            "The version that was fixed stays as it is. The page of the new one says why it was changed, and whether "
            "results were known by then."
        ),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.revise_evaluation(command_context(request, reason=form.cleaned_data["reason"]), row),
        lambda each: str(each.get_absolute_url()),
    )
