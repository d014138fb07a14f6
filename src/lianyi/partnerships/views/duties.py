"""Duties: one promise in all its periods, and the forms that write it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.access import decide, require
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships import charts, commands, queries
from lianyi.partnerships.commands.duties import EDITABLE
from lianyi.partnerships.duty_conditions import conditions_in_words
from lianyi.partnerships.evidence import counter_of
from lianyi.partnerships.forms import DutyForm, NewDutyForm, shown_conditions
from lianyi.partnerships.models import Duty
from lianyi.partnerships.views.parts import FormPage, agreement_crumbs, run_form


@page
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    duty = queries.duty(actor, pk)
    [account] = queries.accounts(actor, [duty], timezone.localdate())
    counter = counter_of(duty.evidence_kind)
    context = {
        "duty": duty,
        "account": account,
        "conditions": conditions_in_words(duty),
        "rows_url": counter.rows_url if counter is not None else "",
        "chart": charts.duty_chart(account) if counter is not None and len(account.periods) > 1 else None,
        "may_write": decide(actor, "agreement.write", duty.agreement).allowed,
        "breadcrumbs": agreement_crumbs(duty.agreement),
        "title": name_of(duty, "title"),
    }
    return render(request, "partnerships/duty.html", context)


def _url(duty: Duty) -> str:
    return reverse("partnerships:agreement", args=[duty.agreement_id])


@page
def add(request: HttpRequest, pk: int) -> HttpResponse:
    row = queries.agreement(acting(request), pk)
    require(acting(request), "agreement.write", row)
    form = NewDutyForm(request.POST or None, initial={"code": f"D{len(queries.duties(acting(request), row)) + 1:02d}"})

    def run() -> Duty:
        new = commands.NewDuty(code=form.cleaned_data["code"], **form.facts())
        return commands.add_duty(command_context(request), row, new)

    about = FormPage(
        title=_("Add a duty"),
        submit_label=_("Add"),
        cancel_url=reverse("partnerships:agreement", args=[row.pk]),
        done=_("The duty is added."),
        crumbs=agreement_crumbs(row),
    )
    return run_form(request, form, about, run, _url)


@page
def change(request: HttpRequest, pk: int) -> HttpResponse:
    duty = queries.duty(acting(request), pk)
    require(acting(request), "agreement.write", duty.agreement)
    initial = {name: getattr(duty, name) for name in EDITABLE if name in DutyForm.base_fields}
    form = DutyForm(request.POST or None, initial={**initial, **duty.parameters, "expected_version": duty.version})

    def run() -> Duty:
        context = command_context(request, reason=form.cleaned_data["reason"])
        # Conditions that this form does not show stay as they are.
        facts = form.facts()
        kept = {key: value for key, value in duty.parameters.items() if key not in shown_conditions()}
        facts["parameters"] = {**kept, **facts["parameters"]}
        return commands.change_duty(context, duty, facts, form.cleaned_data["expected_version"])

    about = FormPage(
        title=_("Change the duty"),
        submit_label=_("Save"),
        cancel_url=reverse("partnerships:duty", args=[duty.pk]),
        done=_("The duty is changed; the trail keeps the former promise."),
        crumbs=agreement_crumbs(duty.agreement),
    )
    return run_form(request, form, about, run, _url)
