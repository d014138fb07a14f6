"""Assessments: the list, one with its figures, its items as one form, its steps, and two beside one another."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.growth.assessment_comparison import comparison_of
from lianyi.growth.assessment_sheet import sheet_of
from lianyi.growth.assessment_times import times_by_item, times_reader
from lianyi.growth.assessments_authority import WRITE, is_author, may_on, require_on, writes_growth
from lianyi.growth.assessments_machine import ASSESSMENT_STEP_BY_NAME, assessment_steps_from
from lianyi.growth.commands import assessments as commands
from lianyi.growth.errors import AssessmentItemsRefusedError
from lianyi.growth.forms.assessments import (
    AssessmentForm,
    AssessmentStepForm,
    ChangeAssessmentForm,
    ItemSheet,
    Known,
    initial_of,
)
from lianyi.growth.models import AssessmentState, CapabilityAssessment
from lianyi.growth.queries import assessments as queries
from lianyi.growth.rulebook import checklist_book, checklist_of
from lianyi.growth.scoring import by_item
from lianyi.growth.surveyed_items import Surveyed, surveyed_items
from lianyi.growth.tables.assessments import AssessmentFilter, AssessmentTable
from lianyi.growth.texts_assessments import (
    CONFIDENCE_TONES,
    CONFIDENCE_WORDS,
    FIRST_DAY_WORDS,
    STEP_WORDS,
    checklist_title,
)
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.documents import pdf_response
from lianyi.pages.errors import message_of
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships.views.parts import FormPage, run_form

BOTH = ["GET", "HEAD", "POST"]


def assessment_crumbs(row: CapabilityAssessment | None = None) -> list[Crumb]:
    crumbs = [Crumb(pgettext("by a checklist", "Assessments"), reverse("growth:assessments"))]
    if row is not None:
        crumbs.append(Crumb(row.code, row.get_absolute_url()))
    return crumbs


@require_safe
@page
def assessment_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "growth.read")
    return list_response(
        request,
        table_class=AssessmentTable,
        rows=queries.assessments(actor),
        filterset_class=AssessmentFilter,
        title=pgettext("by a checklist", "Assessments"),
        export_name="assessments",
        template="growth/assessments.html",
        context={
            "may_write": writes_growth(actor),
            "may_import": decide(actor, WRITE).allowed,
            "import_url": f"{reverse('registry:imports')}?kind=capability_assessments",
        },
    )


@require_safe
@page
def checklists(request: HttpRequest) -> HttpResponse:
    """Show every checklist with its source and how well it is supported."""
    require(acting(request), "growth.read")
    today = timezone.localdate()
    rows = [
        {
            "row": each,
            "title": checklist_title(each),
            "holds": each.is_valid_on(today),
            "confidence": CONFIDENCE_WORDS[each.confidence],
            "tone": CONFIDENCE_TONES[each.confidence],
            "first_day": FIRST_DAY_WORDS.get(each.first_day, ""),
            "sheet": ItemSheet(each, Known({})),
        }
        for each in checklist_book().checklists
    ]
    context = {"title": _("Checklists"), "breadcrumbs": assessment_crumbs(), "checklists": rows}
    return render(request, "growth/checklists.html", context)


@require_safe
@page
def assessment(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an assessment: what it comes to, item by item, and what may be done with it."""
    actor = acting(request)
    row = queries.assessment(actor, pk)
    checklist = checklist_of(row)
    series = [each.id for each in checklist_book().checklists if each.series == checklist.series]
    context = {
        "title": _title(row),
        "breadcrumbs": assessment_crumbs(),
        "assessment": row,
        "sheet": sheet_of(row, checklist, times_reader(actor, row.institution_id)),
        "steps": _steps(actor, row),
        "may_write": row.state == AssessmentState.DRAFT and may_on(actor, WRITE, row),
        "waits_for_another": row.state in (AssessmentState.SUBMITTED, AssessmentState.CHECKED)
        and is_author(actor, row),
        "others": queries.comparable(actor, row, {*series, row.checklist}),
        "events": [
            {"row": each, "word": STEP_WORDS.get(each.step, each.step)} for each in queries.events_of(actor, row)
        ],
    }
    return render(request, "growth/assessment.html", context)


def _title(row: CapabilityAssessment) -> str:
    unit = (
        name_of(row.institution) if row.department is None else f"{name_of(row.institution)} {name_of(row.department)}"
    )
    return f"{unit} · {row.assessed_on}"


def _steps(actor: Actor, row: CapabilityAssessment) -> list[Any]:
    return [
        each
        for each in assessment_steps_from(row.state)
        if may_on(actor, each.permission, row) and not (each.by_another and is_author(actor, row))
    ]


@require_http_methods(BOTH)
@page
def new_assessment(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    if not writes_growth(actor):
        raise NotFoundInScopeError("This role writes no assessments.", model="CapabilityAssessment")
    initial = {
        name: request.GET[name]
        for name in ("institution", "department", "checklist", "agreement")
        if name in request.GET
    }
    form = AssessmentForm(actor, request.POST or None, initial={"assessed_on": timezone.localdate(), **initial})
    about = FormPage(
        title=gettext_lazy("Begin an assessment"),
        submit_label=gettext_lazy("Begin and fill in the items"),
        cancel_url=reverse("growth:assessments"),
        done=gettext_lazy("The assessment is begun. Fill in what was found."),
        crumbs=assessment_crumbs(),
        intro=gettext_lazy(
            "Whether it is a self-assessment follows from the affiliation in which you act: the institution itself, or "
            "somebody from outside."
        ),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.start_assessment(command_context(request), form.new()),
        lambda row: reverse("growth:assessment-items", args=[row.pk]),
    )


@require_http_methods(BOTH)
@page
def change_assessment(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.assessment(actor, pk)
    require_on(actor, WRITE, row)
    form = ChangeAssessmentForm(request.POST or None, initial=initial_of(row))
    about = FormPage(
        title=gettext_lazy("Change the assessment"),
        submit_label=gettext_lazy("Save"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The assessment is changed."),
        crumbs=assessment_crumbs(row),
    )

    def run() -> CapabilityAssessment:
        version = form.cleaned_data["expected_version"] or row.version
        return commands.change_assessment(command_context(request), row, form.facts(), version)

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))


@require_http_methods(BOTH)
@page
def items(request: HttpRequest, pk: int) -> HttpResponse:
    """Write all items as one form; what cannot be kept is told at its line and nothing that was typed is lost."""
    actor = acting(request)
    row = queries.assessment(actor, pk)
    require_on(actor, WRITE, row)
    sent = request.POST if request.method == "POST" else None
    checklist, kept = checklist_of(row), by_item(row.items.all())
    surveyed = Surveyed({}) if kept or sent is not None else surveyed_items(actor, row, checklist)
    known = Known(kept or surveyed.rows, times_by_item(actor, row, checklist))
    sheet = ItemSheet(checklist, known, sent)
    if sent is not None:
        entries = sheet.entries()
        if not sheet.problems and _kept(request, row, sheet, entries):
            messages.success(request, _("The items are saved."))
            return redirect(row.get_absolute_url())
    context = {
        "title": _("Items of %(code)s") % {"code": row.code},
        "breadcrumbs": assessment_crumbs(row),
        "assessment": row,
        "checklist_title": checklist_title(sheet.checklist),
        "sheet": sheet,
        "surveyed_on": surveyed.day,
        "version": sheet.version or row.version,
    }
    return render(request, "growth/assessment_items.html", context, status=422 if sheet.problems else 200)


def _kept(request: HttpRequest, row: CapabilityAssessment, sheet: ItemSheet, entries: list[Any]) -> bool:
    try:
        commands.save_items(command_context(request), row, entries, sheet.version or row.version)
    except AssessmentItemsRefusedError as error:
        sheet.take_problems({name: message_of(each) for name, each in error.problems.items()})
        return False
    return True


@require_http_methods(BOTH)
@page
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    actor = acting(request)
    row = queries.assessment(actor, pk)
    about_step = ASSESSMENT_STEP_BY_NAME.get(name)
    if about_step is None:
        raise NotFoundInScopeError("There is no such step.", model="CapabilityAssessment")
    require_on(actor, about_step.permission, row)
    form = AssessmentStepForm(
        request.POST or None, needs_reason=about_step.needs_reason, initial={"expected_version": row.version}
    )
    about = FormPage(
        title=about_step.label,
        submit_label=about_step.label,
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The step is taken."),
        crumbs=assessment_crumbs(row),
        intro=_title(row),
        danger=about_step.needs_reason,
    )

    def run() -> CapabilityAssessment:
        context = command_context(request, reason=form.cleaned_data.get("reason", ""))
        version = form.cleaned_data["expected_version"] or row.version
        return commands.take_assessment_step(context, row, name, version)

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))


@require_safe
@page
def compare(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Show two assessments of the same checklist beside one another, the earlier first."""
    actor = acting(request)
    first, second = sorted(
        (queries.assessment(actor, each) for each in (pk, other)), key=lambda row: (row.assessed_on, row.pk)
    )
    if (first.institution_id, first.department_id) != (second.institution_id, second.department_id):
        raise NotFoundInScopeError("These two are not about the same unit.", model="CapabilityAssessment")
    context = {
        "title": pgettext("assessments", "Before and after"),
        "breadcrumbs": assessment_crumbs(second),
        "first": first,
        "second": second,
        "comparison": comparison_of(first, second, times_reader(actor, second.institution_id)),
    }
    return render(request, "growth/assessment_compare.html", context)


@require_safe
@page
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the assessment as a PDF."""
    actor = acting(request)
    row = queries.assessment(actor, pk)
    data = sheet_of(row, checklist_of(row), times_reader(actor, row.institution_id)).as_document()
    return pdf_response("growth/documents/assessment.typ", data, f"assessment-{row.code}")
