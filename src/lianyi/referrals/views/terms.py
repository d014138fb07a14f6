"""Access by exception, approvals at the sender, and the terms of referral of an agreement."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from lianyi.accounts.access import require
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships import queries as partnerships
from lianyi.partnerships.views.parts import FormPage, agreement_crumbs, run_form
from lianyi.referrals import queries
from lianyi.referrals.commands.exceptions import break_glass
from lianyi.referrals.commands.terms import settle_terms
from lianyi.referrals.commands.writing import approve_request
from lianyi.referrals.forms.terms import ExceptionForm, TermsForm
from lianyi.referrals.handling import require_handling
from lianyi.referrals.models import Leg, ReferralTerms
from lianyi.referrals.views.work import referral_crumbs


@require_http_methods(["GET", "POST"])
@page
def exception(request: HttpRequest, pk: int) -> HttpResponse:
    """Open who the patient is before the acceptance, for a short time and with a reason."""
    leg = queries.leg(acting(request), pk)
    require_handling(acting(request), leg)
    if request.method != "POST" and queries.sees_identity(acting(request), leg):
        messages.info(request, _("You may see who the patient is already."))
        return redirect("referrals:case", leg.pk)
    form = ExceptionForm(request.POST or None)
    about = FormPage(
        title=gettext_lazy("Open the identity by exception"),
        submit_label=gettext_lazy("Open it for a short time"),
        cancel_url=reverse("referrals:case", args=[leg.pk]),
        done=gettext_lazy("The identity is open to you for a short time. Both institutions were told."),
        crumbs=referral_crumbs(),
        intro=leg.request.journey.number,
        danger=True,
    )

    def run() -> Leg:
        return break_glass(command_context(request), leg.pk, form.cleaned_data["reason"])

    return run_form(request, form, about, run, lambda row: reverse("referrals:case", args=[row.pk]))


@require_POST
@page
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a referral at the sender where its agreement asks for it."""
    leg = queries.leg(acting(request), pk)
    approve_request(command_context(request), leg.request_id)
    messages.success(request, _("The referral is approved; it can be sent."))
    return redirect(reverse("referrals:case", args=[leg.pk]))


@require_http_methods(["GET", "POST"])
@page
def terms(request: HttpRequest, pk: int) -> HttpResponse:
    """Settle how patients are referred under an agreement."""
    actor = acting(request)
    agreement = partnerships.agreement(actor, pk)
    require(actor, "agreement.write", agreement)
    row = queries.terms_of(actor, agreement)
    form = TermsForm(agreement, request.POST or None, initial=TermsForm.initial_of(row))
    about = FormPage(
        title=gettext_lazy("Terms of referral"),
        submit_label=gettext_lazy("Settle"),
        cancel_url=reverse("partnerships:agreement", args=[agreement.pk]),
        done=gettext_lazy("The terms of referral are settled. Cases that run keep the policy they began with."),
        crumbs=agreement_crumbs(agreement),
    )

    def run() -> ReferralTerms:
        seen = form.cleaned_data.get("expected_version")
        return settle_terms(command_context(request), agreement, form.facts(), seen)

    return run_form(request, form, about, run, lambda made: reverse("partnerships:agreement", args=[made.agreement_id]))
