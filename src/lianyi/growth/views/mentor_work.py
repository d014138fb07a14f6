"""What people do with pairs: bring together, set goals, write and confirm the logbook, propose and sign levels."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lianyi.accounts.access import require
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.growth.commands import growth_corrections as corrections
from lianyi.growth.commands import logbooks
from lianyi.growth.commands import mentors as commands
from lianyi.growth.forms.mentors import (
    AnswerForm,
    EndPairForm,
    GoalCorrectionForm,
    GoalForm,
    LevelForm,
    LineForm,
    PairForm,
)
from lianyi.growth.forms.techniques import AgreementChoiceForm, ReasonForm
from lianyi.growth.mentor_authority import (
    require_answering,
    require_logbook,
    require_proposing_level,
    require_signing_level,
)
from lianyi.growth.mentor_texts import goal_word
from lianyi.growth.models import LevelDecision, LogbookLine, MentorGoal, MentorPair
from lianyi.growth.queries import mentors as queries
from lianyi.growth.views.mentors import mentor_crumbs, pair_title
from lianyi.growth.views.technique_parts import BOTH, seen_version
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships import queries as partnerships
from lianyi.partnerships.views.parts import FormPage, run_form


@require_http_methods(["GET", "HEAD"])
@page
def choose_agreement(request: HttpRequest) -> HttpResponse:
    """Ask under which agreement; the form of the pair follows."""
    actor = acting(request)
    require(actor, "training.write")
    form = AgreementChoiceForm(actor, request.GET if "agreement" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("growth:mentor-new", int(form.cleaned_data["agreement"]))
    context = {
        "title": _("New mentor and apprentice"),
        "form": form,
        "question": _("Under which agreement do they work together?"),
        "cancel_url": reverse("growth:mentors"),
        "breadcrumbs": mentor_crumbs(),
    }
    return render(request, "growth/choose_agreement.html", context)


@require_http_methods(BOTH)
@page
def new_pair(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    agreement = partnerships.agreement(actor, pk)
    require(actor, "training.write", agreement)
    form = PairForm(agreement, request.POST or None, initial={"starts_on": timezone.localdate()})
    about = FormPage(
        title=gettext_lazy("New mentor and apprentice"),
        submit_label=gettext_lazy("Bring them together"),
        cancel_url=reverse("growth:mentors"),
        done=gettext_lazy("They are mentor and apprentice. Set their goals next."),
        crumbs=mentor_crumbs(),
        intro=f"{agreement.code} {name_of(agreement, 'title')}",
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.create_pair(command_context(request), agreement, form.new()),
        lambda row: str(row.get_absolute_url()),
    )


def _about(row: MentorPair, title: str, button: str, done: str, *, intro: str = "", danger: bool = False) -> FormPage:
    return FormPage(
        title=title,
        submit_label=button,
        cancel_url=row.get_absolute_url(),
        done=done,
        crumbs=mentor_crumbs(row),
        intro=intro or pair_title(row),
        danger=danger,
    )


@require_http_methods(BOTH)
@page
def new_goal(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.pair(actor, pk)
    require(actor, "training.write", row)
    form = GoalForm(actor, row, request.POST or None)
    about = _about(row, _("New goal"), _("Set the goal"), _("The goal is set."))
    return run_form(
        request,
        form,
        about,
        lambda: commands.add_goal(command_context(request), row, form.new()),
        lambda _goal: row.get_absolute_url(),
    )


@require_http_methods(BOTH)
@page
def correct_goal(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a goal; the page of the pair keeps what it said before."""
    actor = acting(request)
    row = queries.goal(actor, pk)
    require(actor, "training.write", row.pair)
    form = GoalCorrectionForm(actor, row.pair, request.POST or None, initial=GoalCorrectionForm.initial_of(row))
    about = _about(row.pair, _("Correct the goal"), _("Save the correction"), _("The goal is corrected."))

    def run() -> MentorGoal:
        context = command_context(request, reason=form.cleaned_data["why"])
        return corrections.correct_goal(context, row, form.new(), seen_version(form, row.version))

    return run_form(request, form, about, run, lambda _goal: row.pair.get_absolute_url())


@require_http_methods(BOTH)
@page
def end_pair(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.pair(actor, pk)
    require(actor, "training.write", row)
    initial = {"ended_on": timezone.localdate(), "expected_version": row.version}
    form = EndPairForm(request.POST or None, initial=initial)
    about = _about(row, _("End the pair"), _("End the pair"), _("The pair has ended."), danger=True)

    def run() -> MentorPair:
        context = command_context(request, reason=form.cleaned_data["reason"])
        return commands.end_pair(context, row, form.cleaned_data["ended_on"], seen_version(form, row.version))

    return run_form(request, form, about, run, lambda _pair: row.get_absolute_url())


@require_http_methods(BOTH)
@page
def new_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a line of the logbook: a form for the phone."""
    actor = acting(request)
    row = queries.pair(actor, pk)
    require_logbook(actor, row)
    form = LineForm(
        list(queries.goals(actor).filter(pair=row)), request.POST or None, initial={"done_on": timezone.localdate()}
    )
    about = _about(
        row, _("Write in the logbook"), _("Write the line"), _("The line is written; the other of the two confirms it.")
    )
    return run_form(
        request,
        form,
        about,
        lambda: logbooks.write_line(command_context(request), form.chosen_goal(), form.new()),
        lambda _line: row.get_absolute_url(),
    )


ANSWERS = {
    "confirm": (logbooks.confirm_line, gettext_lazy("Confirm the line")),
    "refuse": (logbooks.refuse_line, gettext_lazy("It was not so")),
}


@require_http_methods(BOTH)
@page
def answer_line(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Confirm a line that the other wrote, or say that it was not so."""
    actor = acting(request)
    line = queries.line(actor, pk)
    if name not in ANSWERS:
        raise NotFoundInScopeError("There is no such answer to a line.", model="LogbookLine")
    require_answering(actor, line)
    command, label = ANSWERS[name]
    form = AnswerForm(request.POST or None, initial={"expected_version": line.version})
    about = _about(
        line.goal.pair, str(label), str(label), _("It is recorded."), intro=_line_words(line), danger=name == "refuse"
    )

    def run() -> LogbookLine:
        context = command_context(request, reason=form.cleaned_data["reason"])
        return command(context, line, seen_version(form, line.version))

    return run_form(request, form, about, run, lambda _line: line.goal.pair.get_absolute_url())


@require_http_methods(BOTH)
@page
def take_back_line(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    line = queries.line(actor, pk)
    require_logbook(actor, line.goal.pair)
    form = ReasonForm(request.POST or None, initial={"expected_version": line.version})
    about = _about(
        line.goal.pair,
        _("Take the line back"),
        _("Take back"),
        _("The line is taken back and stays on record."),
        intro=_line_words(line),
        danger=True,
    )

    def run() -> LogbookLine:
        context = command_context(request, reason=form.cleaned_data["reason"])
        return logbooks.take_back_line(context, line, seen_version(form, line.version))

    return run_form(request, form, about, run, lambda _line: line.goal.pair.get_absolute_url())


def _line_words(line: LogbookLine) -> str:
    return f"{line.done_on} · {goal_word(line.goal)} · {line.get_level_display()} · {line.count}"


@require_http_methods(BOTH)
@page
def propose_level(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    goal = queries.goal(actor, pk)
    require_proposing_level(actor, goal.pair)
    form = LevelForm(request.POST or None, initial={"since": timezone.localdate()})
    about = _about(
        goal.pair,
        _("Propose a level"),
        _("Propose the level"),
        _("The level is proposed; a third person signs it."),
        intro=f"{pair_title(goal.pair)} · {goal_word(goal)}",
    )

    def run() -> LevelDecision:
        given = form.cleaned_data
        return commands.propose_level(command_context(request), goal, given["level"], given["since"])

    return run_form(request, form, about, run, lambda _level: goal.pair.get_absolute_url())


SIGNATURES = {
    "sign": (commands.sign_level, gettext_lazy("Sign the level")),
    "refuse": (commands.refuse_level, gettext_lazy("Refuse the level")),
}


@require_http_methods(BOTH)
@page
def answer_level(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Sign a level as a third person, or refuse it."""
    actor = acting(request)
    decision = queries.decision(actor, pk)
    if name not in SIGNATURES:
        raise NotFoundInScopeError("There is no such answer to a level.", model="LevelDecision")
    require_signing_level(actor, decision)
    command, label = SIGNATURES[name]
    pair = decision.goal.pair
    form = AnswerForm(request.POST or None, initial={"expected_version": decision.version})
    words = f"{pair_title(pair)} · {goal_word(decision.goal)} · {decision.get_level_display()} · {decision.since}"
    about = _about(pair, str(label), str(label), _("It is recorded."), intro=words, danger=name == "refuse")

    def run() -> LevelDecision:
        context = command_context(request, reason=form.cleaned_data["reason"])
        return command(context, decision, seen_version(form, decision.version))

    return run_form(request, form, about, run, lambda _level: pair.get_absolute_url())
