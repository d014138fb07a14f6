"""The forms behind the time line and the six-step cycle."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.access import get_in_scope, require
from lianyi.accounts.roles import Act
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships import commands, queries
from lianyi.partnerships.forms import CorrectFactForm, CycleStepForm, FactForm, FinishStepForm, NewFactForm
from lianyi.partnerships.models import CycleStep, TimelineFact
from lianyi.partnerships.views.parts import FormPage, agreement_crumbs, run_form


@page
def add_fact(request: HttpRequest, pk: int) -> HttpResponse:
    row = queries.agreement(acting(request), pk)
    require(acting(request), "agreement.write", row)
    form = NewFactForm(request.POST or None, initial={"happened_on": timezone.localdate()})
    back = reverse("partnerships:timeline", args=[row.pk])

    def run() -> TimelineFact:
        new = commands.NewFact(code=f"E{uuid.uuid4().hex[:12]}", source=form.cleaned_data["source"], **form.facts())
        return commands.record_fact(command_context(request), row, new)

    about = FormPage(
        title=_("Put on the time line"),
        submit_label=_("Record"),
        cancel_url=back,
        done=_("It stands on the time line."),
        crumbs=agreement_crumbs(row),
        intro=_("An entry counts toward no duty; duties are counted from the work itself."),
    )
    return run_form(request, form, about, run, lambda _fact: back)


@page
def correct_fact(request: HttpRequest, pk: int) -> HttpResponse:
    fact = queries.fact(acting(request), pk)
    require(acting(request), "agreement.write", fact.agreement)
    initial = {name: getattr(fact, name) for name in FactForm.base_fields if hasattr(fact, name)}
    form = CorrectFactForm(request.POST or None, initial={**initial, "expected_version": fact.version})
    back = reverse("partnerships:timeline", args=[fact.agreement_id])

    def run() -> TimelineFact:
        context = command_context(request, reason=form.cleaned_data["reason"])
        return commands.correct_fact(context, fact, form.facts(), form.cleaned_data["expected_version"])

    about = FormPage(
        title=_("Correct an entry"),
        submit_label=_("Save"),
        cancel_url=back,
        done=_("The entry is corrected; the trail keeps the former text."),
        crumbs=agreement_crumbs(fact.agreement),
    )
    return run_form(request, form, about, run, lambda _fact: back)


@page
def start_step(request: HttpRequest, pk: int) -> HttpResponse:
    row = queries.agreement(acting(request), pk)
    require(acting(request), "agreement.write", row)
    steps = queries.cycle_steps(acting(request), row)
    following = steps[-1].step % CycleStep.Step.REVIEW + 1 if steps else CycleStep.Step.PARTNERSHIP
    form = CycleStepForm(request.POST or None, initial={"step": following, "started_on": timezone.localdate()})
    back = reverse("partnerships:cycle", args=[row.pk])

    def run() -> CycleStep:
        data = form.cleaned_data
        return commands.start_cycle_step(command_context(request), row, data["step"], data["started_on"], data["note"])

    about = FormPage(
        title=_("Begin a step of the cycle"),
        submit_label=_("Begin"),
        cancel_url=back,
        done=_("The step has begun."),
        crumbs=agreement_crumbs(row),
    )
    return run_form(request, form, about, run, lambda _step: back)


@page
def finish_step(request: HttpRequest, pk: int) -> HttpResponse:
    steps = CycleStep.objects.select_related("agreement")
    step = get_in_scope(acting(request), steps, pk, Act.WRITE)
    form = FinishStepForm(
        request.POST or None,
        initial={"expected_version": step.version, "finished_on": timezone.localdate(), "note": step.note},
    )
    back = reverse("partnerships:cycle", args=[step.agreement_id])

    def run() -> CycleStep:
        data = form.cleaned_data
        return commands.finish_cycle_step(
            command_context(request), step, data["finished_on"], data["note"], data["expected_version"]
        )

    about = FormPage(
        title=_("Finish a step of the cycle"),
        submit_label=_("Finish"),
        cancel_url=back,
        done=_("The step is finished."),
        crumbs=agreement_crumbs(step.agreement),
    )
    return run_form(request, form, about, run, lambda _step: back)
