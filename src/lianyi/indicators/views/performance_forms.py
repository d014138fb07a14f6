"""Forms of performance assessments: rounds, scores line by line, steps, evidence, objections and their answers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.accounts.roles import Permission, role_holds
from lianyi.indicators.commands import performance as commands
from lianyi.indicators.commands import performance_evidence as evidence_commands
from lianyi.indicators.commands import performance_objections as objection_commands
from lianyi.indicators.commands import performance_steps as step_commands
from lianyi.indicators.forms.performance import (
    AnswerForm,
    ChangeRoundForm,
    EvidenceForm,
    Known,
    ObjectionForm,
    RoundForm,
    ScoreSheet,
    StepForm,
    initial_of_piece,
)
from lianyi.indicators.models import (
    PerformanceAssessment,
    PerformanceEvidence,
    PerformanceObjection,
    PerformanceState,
    ScoringSide,
)
from lianyi.indicators.performance_authority import acts_as, require_party
from lianyi.indicators.performance_errors import PerformanceFindingsRefusedError
from lianyi.indicators.performance_given import given_numbers
from lianyi.indicators.performance_machine import DECIDE, STEP_BY_NAME, WRITE, Party
from lianyi.indicators.performance_rulebook import scheme_of
from lianyi.indicators.performance_scoring import by_side
from lianyi.indicators.performance_veil import veil_for
from lianyi.indicators.performance_words import finding_word, rule_word, scheme_title, words_of
from lianyi.indicators.queries import performance as queries
from lianyi.indicators.views.performance import performance_crumbs, title_of
from lianyi.pages.errors import message_of
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships.views.parts import FormPage, run_form
from lianyi.rules.assessment_schemes import SchemeItem

BOTH = ["GET", "HEAD", "POST"]
_SIDE = {Party.ASSESSED: ScoringSide.OWN, Party.OUTSIDE: ScoringSide.OUTSIDE}


@require_http_methods(BOTH)
@page
def new_round(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    if not any(role_holds(actor.role, Permission.parse(each)) for each in (WRITE, DECIDE)):
        raise NotFoundInScopeError("This role begins no performance assessments.", model="PerformanceAssessment")
    names = ("institution", "scheme", "agreement", "alliance", "corrects")
    initial = {name: request.GET[name] for name in names if name in request.GET}
    form = RoundForm(actor, request.POST or None, initial=initial)
    about = FormPage(
        title=gettext_lazy("Begin a performance assessment"),
        submit_label=gettext_lazy("Begin"),
        cancel_url=reverse("indicators:performances"),
        done=gettext_lazy("The round is begun."),
        crumbs=performance_crumbs(),
        intro=gettext_lazy(
            "A round is scored by the institution assessed first, then by an assessor from outside. It is no "
            "assessment by a checklist, which looks at what an institution can do."
        ),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.start_round(command_context(request), form.new()),
        lambda row: str(row.get_absolute_url()),
    )


@require_http_methods(BOTH)
@page
def change_round(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.round_of(actor, pk)
    require_party(actor, Party.ASSESSED, row)
    names = ("period_from", "period_to", "due_on", "note")
    initial = {**{name: getattr(row, name) for name in names}, "expected_version": row.version}
    form = ChangeRoundForm(request.POST or None, initial=initial)
    about = FormPage(
        title=gettext_lazy("Change the round"),
        submit_label=gettext_lazy("Save"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The round is changed."),
        crumbs=performance_crumbs(row),
    )

    def run() -> PerformanceAssessment:
        version = form.cleaned_data["expected_version"] or row.version
        return commands.change_round(command_context(request), row, form.facts(), version)

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))


@require_http_methods(BOTH)
@page
def scores(request: HttpRequest, pk: int, side: str) -> HttpResponse:
    """Write the scores of one side as one form; what cannot be kept is told at its line."""
    actor = acting(request)
    row = queries.round_of(actor, pk)
    if side not in list(Party):
        raise NotFoundInScopeError("There is no such side.", model="PerformanceAssessment")
    party = Party(side)
    require_party(actor, party, row)
    sent = request.POST if request.method == "POST" else None
    score_sheet = ScoreSheet(scheme_of(row), _known(actor, row, party), sent)
    if sent is not None:
        entries = score_sheet.entries()
        if not score_sheet.problems and _kept(request, row, party, score_sheet, entries):
            messages.success(request, _("The scores are saved."))
            return redirect(row.get_absolute_url())
    context = {
        "title": _("Self-score") if party is Party.ASSESSED else _("Outside score"),
        "breadcrumbs": performance_crumbs(row),
        "round": row,
        "about": title_of(row),
        "scheme_title": scheme_title(score_sheet.scheme),
        "sheet": score_sheet,
        "is_outside": party is Party.OUTSIDE,
        "version": score_sheet.version or row.version,
    }
    return render(request, "indicators/performance_scores.html", context, status=422 if score_sheet.problems else 200)


def _known(actor: Actor, row: PerformanceAssessment, party: Party) -> Known:
    sides = by_side(row.findings.all())
    kept = sides[_SIDE[party]]
    beside = sides[ScoringSide.OWN] if party is Party.OUTSIDE else {}
    reasons = {name: each.reason for name, each in kept.items()}
    return Known(kept, beside, given_numbers(row, scheme_of(row)), reasons, veil_for(actor, row))


def _kept(
    request: HttpRequest, row: PerformanceAssessment, party: Party, score_sheet: ScoreSheet, entries: list[Any]
) -> bool:
    try:
        version = score_sheet.version or row.version
        commands.save_findings(command_context(request), row, party, entries, version)
    except PerformanceFindingsRefusedError as error:
        score_sheet.take_problems({name: message_of(each) for name, each in error.problems.items()})
        return False
    return True


@require_http_methods(BOTH)
@page
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    actor = acting(request)
    row = queries.round_of(actor, pk)
    about_step = STEP_BY_NAME.get(name)
    if about_step is None:
        raise NotFoundInScopeError("There is no such step.", model="PerformanceAssessment")
    require_party(actor, about_step.party, row)
    form = StepForm(request.POST or None, step=about_step, initial={"expected_version": row.version})
    about = FormPage(
        title=about_step.label,
        submit_label=about_step.label,
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The step is taken."),
        crumbs=performance_crumbs(row),
        intro=_frozen_intro() if name == "freeze" else title_of(row),
        danger=about_step.needs_reason,
    )

    def run() -> PerformanceAssessment:
        context = command_context(request, reason=form.cleaned_data.get("reason", ""))
        version = form.cleaned_data["expected_version"] or row.version
        return step_commands.take_step(context, row, name, form.says(), version)

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))


def _frozen_intro() -> str:
    return _("A frozen round keeps all that its result was made of, and nothing of it changes any more.")


@require_http_methods(BOTH)
@page
def new_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.round_of(actor, pk)
    party = _party_of(request, row)
    initial = {"items": request.GET.getlist("item")}
    form = EvidenceForm(row, request.POST or None, initial=initial)
    about = _evidence_page(row, _("Attach evidence"), _("The evidence is attached."))
    return run_form(
        request,
        form,
        about,
        lambda: evidence_commands.attach_evidence(command_context(request), row, party, form.new()),
        lambda _piece: f"{row.get_absolute_url()}#evidence",
    )


@require_http_methods(BOTH)
@page
def change_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    piece = queries.piece(actor, pk)
    row = piece.assessment
    party = _party_of(request, row)
    form = EvidenceForm(row, request.POST or None, initial=initial_of_piece(piece))
    about = _evidence_page(row, _("Correct the evidence"), _("The evidence is corrected."))

    def run() -> PerformanceEvidence:
        version = form.cleaned_data["expected_version"] or piece.version
        return evidence_commands.change_evidence(command_context(request), piece, party, form.new(), version)

    return run_form(request, form, about, run, lambda _piece: f"{row.get_absolute_url()}#evidence")


def _party_of(request: HttpRequest, row: PerformanceAssessment) -> Party:
    """Return the side as which the actor attaches evidence: the assessor while scoring, else the assessed.

    Raises
    ------
    NotPermittedError
    """
    actor = acting(request)
    if row.state == PerformanceState.SUBMITTED and acts_as(actor, Party.OUTSIDE, row):
        return Party.OUTSIDE
    require_party(actor, Party.ASSESSED, row)
    return Party.ASSESSED


def _evidence_page(row: PerformanceAssessment, title: str, done: str) -> FormPage:
    return FormPage(
        title=title,
        submit_label=_("Save"),
        cancel_url=row.get_absolute_url(),
        done=done,
        crumbs=performance_crumbs(row),
        intro=_(
            "Attach a piece once and tick every item that it supports. The paper itself stays with whoever holds it."
        ),
    )


def _item_of(row: PerformanceAssessment, item_id: str) -> SchemeItem:
    item = scheme_of(row).item(item_id)
    if item is None:
        raise NotFoundInScopeError("The scheme has no such item.", model="PerformanceAssessment")
    return item


@require_http_methods(BOTH)
@page
def new_objection(request: HttpRequest, pk: int, item: str) -> HttpResponse:
    actor = acting(request)
    row = queries.round_of(actor, pk)
    require_party(actor, Party.ASSESSED, row)
    about_item = _item_of(row, item)
    form = ObjectionForm(request.POST or None)
    about = FormPage(
        title=gettext_lazy("Object to a score"),
        submit_label=gettext_lazy("Object"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The objection is raised."),
        crumbs=performance_crumbs(row),
        intro=f"{words_of(about_item.requirement)} · {rule_word(about_item)}",
    )
    return run_form(
        request,
        form,
        about,
        lambda: objection_commands.raise_objection(command_context(request), row, item, form.cleaned_data["text"]),
        lambda _found: f"{row.get_absolute_url()}#item-{item}",
    )


@require_http_methods(BOTH)
@page
def answer_objection(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    objection = queries.objection(actor, pk)
    row = objection.assessment
    require_party(actor, Party.OUTSIDE, row)
    item = _item_of(row, objection.item)
    form = AnswerForm(item, request.POST or None, initial={"expected_version": objection.version})
    outside = by_side(row.findings.all())[ScoringSide.OUTSIDE].get(item.id)
    found = finding_word(item, outside, veil_for(actor, row))
    about = FormPage(
        title=gettext_lazy("Answer the objection"),
        submit_label=gettext_lazy("Answer"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The objection is answered."),
        crumbs=performance_crumbs(row),
        intro=_("%(item)s · outside: %(found)s · objection: %(text)s")
        % {"item": words_of(item.requirement), "found": found, "text": objection.text},
    )

    def run() -> PerformanceObjection:
        version = form.cleaned_data["expected_version"] or objection.version
        return objection_commands.answer_objection(command_context(request), objection, form.given(), version)

    return run_form(request, form, about, run, lambda _found: f"{row.get_absolute_url()}#item-{item.id}")
