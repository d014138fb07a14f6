"""What the lower unit needs for a transfer back: it says what it has, and the upper hospital provides the rest."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.accounts.access import require, require_acting_for
from lianyi.pages.errors import message_of
from lianyi.pages.listing import list_response
from lianyi.pages.requests import acting, command_context, log_reading, page
from lianyi.partnerships.views.parts import FormPage, run_form
from lianyi.referrals import need_queries, queries
from lianyi.referrals.commands.returns import answer_needs, provide_need
from lianyi.referrals.errors import GuardRefusedError
from lianyi.referrals.forms.returns import NeedsForm
from lianyi.referrals.handling import require_handling
from lianyi.referrals.models import Leg
from lianyi.referrals.tables.needs import NeedTable
from lianyi.referrals.views.work import referral_crumbs


def _needs_url(leg_id: int) -> str:
    return f"{reverse('referrals:case', args=[leg_id])}#needs"


@require_safe
@page
def needs(request: HttpRequest) -> HttpResponse:
    """List the help that lower units ask of the reader's institution; the case itself takes the answer."""
    actor = acting(request)
    require(actor, "referral.read")
    return list_response(
        request,
        table_class=NeedTable,
        rows=need_queries.to_provide(actor),
        title=_("Referrals: help asked for returns"),
        export_name="help-for-returns",
        context={"breadcrumbs": referral_crumbs()},
    )


@require_http_methods(["GET", "POST"])
@page
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say for each need whether the lower unit has it, and which help it asks."""
    actor = acting(request)
    leg = queries.leg(actor, pk)
    require_handling(actor, leg)
    require_acting_for(actor, leg.to_institution_id, "answer what it has")
    log_reading(request, leg)
    form = NeedsForm(queries.needs_of(actor, leg.request_id), request.POST or None)
    about = FormPage(
        title=gettext_lazy("What we have"),
        submit_label=gettext_lazy("Answer"),
        cancel_url=_needs_url(leg.pk),
        done=gettext_lazy("The answers are recorded; the upper hospital sees what is lacking."),
        crumbs=referral_crumbs(),
        intro=leg.request.journey.number,
    )

    def run() -> Leg:
        return answer_needs(command_context(request), leg.pk, form.answers())

    return run_form(request, form, about, run, lambda row: _needs_url(row.pk))


@require_POST
@page
def provide(request: HttpRequest, pk: int) -> HttpResponse:
    """Promise, as the upper hospital, what the lower unit lacks."""
    actor = acting(request)
    need = queries.need(actor, pk)
    leg = queries.legs(actor).filter(request_id=need.request_id).order_by("-pk").first()
    try:
        provide_need(command_context(request), need.pk, request.POST.get("how", ""))
    except GuardRefusedError as refusal:
        messages.error(request, message_of(refusal))
    else:
        messages.success(request, _("The lower unit sees that you provide it."))
    return redirect(reverse("referrals:work") if leg is None else _needs_url(leg.pk))
