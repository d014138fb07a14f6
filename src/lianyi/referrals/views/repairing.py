"""Repairs by the privacy and records steward."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lianyi.accounts.access import get_in_scope, require
from lianyi.pages.requests import acting, command_context, log_reading, page
from lianyi.partnerships.views.parts import FormPage, run_form
from lianyi.referrals import queries
from lianyi.referrals.commands.repairing import correct_identity
from lianyi.referrals.forms.repairing import IdentityForm
from lianyi.referrals.models import PatientIdentity
from lianyi.referrals.views.work import referral_crumbs


@require_http_methods(["GET", "POST"])
@page
def identity(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct who the patient of a case is."""
    actor = acting(request)
    leg = queries.leg(actor, pk)
    require(actor, "referral.repair", leg)
    rows = PatientIdentity.objects.filter(journey_id=leg.request.journey_id)
    row = get_in_scope(actor, rows, rows.values_list("pk", flat=True).get())
    log_reading(request, row)
    form = IdentityForm(row, request.POST or None)
    about = FormPage(
        title=gettext_lazy("Correct who the patient is"),
        submit_label=gettext_lazy("Correct the record"),
        cancel_url=leg.get_absolute_url(),
        done=gettext_lazy("The record is corrected; the institutions of the case are told."),
        crumbs=referral_crumbs(),
        intro=leg.request.journey.number,
        danger=True,
    )

    def run() -> PatientIdentity:
        given = form.cleaned_data
        context = command_context(request, reason_code=given["reason_code"])
        return correct_identity(context, row.pk, form.patient(), given["expected_version"] or row.version)

    return run_form(request, form, about, run, lambda _row: leg.get_absolute_url())
