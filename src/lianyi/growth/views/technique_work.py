"""What people do with techniques: choose, record cases, attest, take steps."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lianyi.accounts.access import require
from lianyi.growth.commands import growth_corrections as corrections
from lianyi.growth.commands import technique_cases as case_commands
from lianyi.growth.commands import techniques as commands
from lianyi.growth.errors import TechniqueStepRefusedError
from lianyi.growth.forms.techniques import (
    AgreementChoiceForm,
    AttestForm,
    CaseForm,
    ReasonForm,
    TechniqueCorrectionForm,
    TechniqueForm,
    TechniqueStepForm,
)
from lianyi.growth.models import DepartmentTechnique, TechniqueState
from lianyi.growth.queries import techniques as queries
from lianyi.growth.technique_authority import require_step, require_writing
from lianyi.growth.technique_checks import checked_preconditions
from lianyi.growth.technique_steps import TECHNIQUE_STEP_BY_NAME, TechniqueStepRule, technique_steps_from
from lianyi.growth.technique_texts import precondition_word
from lianyi.growth.views.technique_parts import BOTH, seen_version, technique_crumbs
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships import queries as partnerships
from lianyi.partnerships.views.parts import FormPage, run_form


def _to(row: DepartmentTechnique) -> str:
    return row.get_absolute_url()


@require_http_methods(["GET", "HEAD"])
@page
def choose_agreement(request: HttpRequest) -> HttpResponse:
    """Ask under which agreement; the form of the technique follows."""
    actor = acting(request)
    require(actor, "growth.write")
    form = AgreementChoiceForm(actor, request.GET if "agreement" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("growth:technique-new", int(form.cleaned_data["agreement"]))
    context = {
        "title": _("Choose a technique"),
        "form": form,
        "question": _("Under which agreement is the technique learnt?"),
        "cancel_url": reverse("growth:techniques"),
        "breadcrumbs": technique_crumbs(),
    }
    return render(request, "growth/choose_agreement.html", context)


@require_http_methods(BOTH)
@page
def new_technique(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    agreement = partnerships.agreement(actor, pk)
    require(actor, "growth.write", agreement)
    form = TechniqueForm(actor, agreement, request.POST or None, initial={"chosen_on": timezone.localdate()})
    about = FormPage(
        title=gettext_lazy("Choose a technique"),
        submit_label=gettext_lazy("Choose the technique"),
        cancel_url=reverse("growth:techniques"),
        done=gettext_lazy("The technique is chosen. Look at its preconditions next."),
        crumbs=technique_crumbs(),
        intro=f"{agreement.code} {name_of(agreement, 'title')}",
    )
    return run_form(
        request, form, about, lambda: commands.choose_technique(command_context(request), agreement, form.new()), _to
    )


@require_http_methods(BOTH)
@page
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct the duty or the reason of a technique; the history keeps both."""
    actor = acting(request)
    row = queries.technique(actor, pk)
    require_writing(actor, row)
    initial = {"duty": str(row.duty_id or ""), "reason": row.reason, "expected_version": row.version}
    form = TechniqueCorrectionForm(actor, row, request.POST or None, initial=initial)
    about = FormPage(
        title=gettext_lazy("Correct the technique"),
        submit_label=gettext_lazy("Save the correction"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The technique is corrected; its history keeps what stood before."),
        crumbs=technique_crumbs(row),
        intro=f"{name_of(row)} · {name_of(row.institution)} {name_of(row.department)}",
    )

    def run() -> DepartmentTechnique:
        context = command_context(request, reason=form.cleaned_data["why"])
        return corrections.correct_technique(context, row, form.right(), seen_version(form, row.version))

    return run_form(request, form, about, run, _to)


@require_http_methods(BOTH)
@page
def new_case(request: HttpRequest, pk: int) -> HttpResponse:
    """Record cases of one day: a form for the phone."""
    actor = acting(request)
    row = queries.technique(actor, pk)
    require_writing(actor, row)
    form = CaseForm(row, request.POST or None, initial={"done_on": timezone.localdate()})
    about = FormPage(
        title=gettext_lazy("Record cases"),
        submit_label=gettext_lazy("Record the cases"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The cases are recorded."),
        crumbs=technique_crumbs(row),
        intro=f"{name_of(row)} · {name_of(row.institution)} {name_of(row.department)}",
    )
    return run_form(
        request,
        form,
        about,
        lambda: case_commands.record_case(command_context(request), row, form.new()),
        lambda _case: row.get_absolute_url(),
    )


@require_http_methods(BOTH)
@page
def take_back_case(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    case = queries.case(actor, pk)
    row = case.technique
    require_writing(actor, row)
    form = ReasonForm(request.POST or None)
    about = FormPage(
        title=gettext_lazy("Take the cases back"),
        submit_label=gettext_lazy("Take back"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The cases are taken back. Both entries stay on record."),
        crumbs=technique_crumbs(row),
        intro=f"{case.done_on} · {case.get_part_display()} · {case.count}",
        danger=True,
    )
    return run_form(
        request,
        form,
        about,
        lambda: case_commands.take_back_case(command_context(request, reason=form.cleaned_data["reason"]), case),
        lambda _case: row.get_absolute_url(),
    )


@require_http_methods(BOTH)
@page
def attest(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Attest one precondition that is not on record."""
    actor = acting(request)
    row = queries.technique(actor, pk)
    require_writing(actor, row)
    asked = [each.need for each in checked_preconditions(row, timezone.localdate()) if each.need.key == key]
    form = AttestForm(request.POST or None)
    about = FormPage(
        title=gettext_lazy("Attest a precondition"),
        submit_label=gettext_lazy("Attest"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("It is attested."),
        crumbs=technique_crumbs(row),
        intro=precondition_word(asked[0]) if asked else "",
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.attest_precondition(command_context(request), row, key, form.cleaned_data["evidence"]),
        lambda _done: row.get_absolute_url(),
    )


@require_http_methods(BOTH)
@page
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Take one step of a technique."""
    actor = acting(request)
    row = queries.technique(actor, pk)
    wanted = _step_of(row, name, is_sent=request.method == "POST")
    require_step(actor, row, wanted)
    initial = {"expected_version": row.version, "on": timezone.localdate()}
    form = TechniqueStepForm(wanted, request.POST or None, initial=initial)
    about = FormPage(
        title=wanted.label,
        submit_label=wanted.label,
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("It is recorded."),
        crumbs=technique_crumbs(row),
        intro=_intro(row, wanted),
        danger=wanted.needs_reason,
    )

    def run() -> DepartmentTechnique:
        context = command_context(request, reason=form.cleaned_data["reason"])
        return commands.take_technique_step(context, row, name, form.said(), seen_version(form, row.version))

    return run_form(request, form, about, run, _to)


def _intro(row: DepartmentTechnique, wanted: TechniqueStepRule) -> str:
    words = f"{name_of(row)} · {name_of(row.institution)} {name_of(row.department)}"
    if wanted.name != "sign" or row.independent_from is None:
        return words
    said = _("Done alone from %(day)s, proposed by %(who)s.") % {"day": row.independent_from, "who": row.proposed_by}
    return f"{words}. {said}"


def _step_of(row: DepartmentTechnique, name: str, *, is_sent: bool) -> TechniqueStepRule:
    """Return the step asked for; a page that is opened offers it only where the command would take it."""
    wanted = TECHNIQUE_STEP_BY_NAME.get(name)
    following = technique_steps_from(row.state)
    if wanted is None or (not is_sent and wanted not in following):
        raise TechniqueStepRefusedError(
            f"The technique {row.code} is '{row.state}'; '{name}' does not follow.",
            technique=row.code,
            state_label=TechniqueState(row.state).label,
            steps=[each.label for each in following],
            allowed=[each.name for each in following],
        )
    return wanted
