"""Partners outside the network: the institution's list, and one-time links for guests."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.accounts.access import decide, require
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.forms import form_response
from lianyi.pages.listing import list_response
from lianyi.pages.requests import acting, command_context, log_reading, page
from lianyi.partnerships.views.parts import FormPage, run_form
from lianyi.referrals import queries, queries_writing
from lianyi.referrals.commands.partners import (
    add_partner,
    change_partner,
    digest_of,
    make_guest_link,
    new_secret,
    retire_partner,
    revoke_guest_link,
)
from lianyi.referrals.forms.partners import GuestLinkForm, NewPartnerForm, PartnerForm, partner_initial
from lianyi.referrals.models import ExternalPartner, GuestLink
from lianyi.referrals.tables.partners import PartnerTable
from lianyi.referrals.views.work import referral_crumbs

BOTH = ["GET", "POST"]


def _crumbs() -> list[Crumb]:
    return [*referral_crumbs(), Crumb(str(_("Partners outside the network")), reverse("referrals:partners"))]


def _list_url(_row: object = None) -> str:
    return reverse("referrals:partners")


@require_safe
@page
def partners(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "referral.read")
    return list_response(
        request,
        table_class=PartnerTable,
        rows=queries_writing.partners(actor),
        title=_("Partners outside the network"),
        export_name="partners",
        template="referrals/partners.html",
        context={"breadcrumbs": referral_crumbs(), "may_write": decide(actor, "referral.write").allowed},
    )


@require_http_methods(BOTH)
@page
def add(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "referral.write")
    form = NewPartnerForm(queries_writing.senders(actor), request.POST or None)
    about = FormPage(
        title=gettext_lazy("New partner outside the network"),
        submit_label=gettext_lazy("Put on the list"),
        cancel_url=_list_url(),
        done=gettext_lazy("The partner is on the list."),
        crumbs=_crumbs(),
    )

    def run() -> ExternalPartner:
        return add_partner(command_context(request), int(form.cleaned_data["kept_by"]), form.facts())

    return run_form(request, form, about, run, _list_url)


@require_http_methods(BOTH)
@page
def change(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries_writing.partner(actor, pk)
    require(actor, "referral.write", row)
    form = PartnerForm(request.POST or None, initial=partner_initial(row))

    def run() -> ExternalPartner:
        seen = form.cleaned_data["expected_version"] or row.version
        return change_partner(command_context(request), row.pk, form.facts(), seen)

    if request.method == "POST" and form.is_valid() and form.attempt(run) is not None:
        messages.success(request, _("The partner is changed."))
        return redirect(_list_url())
    return form_response(
        request,
        form=form,
        title=_("Change the partner"),
        submit_label=_("Save"),
        cancel_url=_list_url(),
        context={"breadcrumbs": _crumbs(), "partner": row},
        template="referrals/partner.html",
    )


@require_POST
@page
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    row = queries_writing.partner(acting(request), pk)
    retire_partner(command_context(request), row.pk, row.version)
    messages.success(request, _("The partner is taken off the list; what was sent to it stays."))
    return redirect("referrals:partners")


@require_http_methods(BOTH)
@page
def guest_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a link for the partner of a leg and show it this once; it stands nowhere afterwards."""
    actor = acting(request)
    leg = queries.leg(actor, pk)
    require(actor, "referral.write", leg)
    log_reading(request, leg)
    form = GuestLinkForm(request.POST or None)
    context = {
        "breadcrumbs": [*referral_crumbs(), Crumb(leg.request.journey.number, leg.get_absolute_url())],
        "leg": leg,
        "links": queries_writing.guest_links(actor, leg),
    }
    if request.method == "POST" and form.is_valid():
        secret = new_secret()
        made = form.attempt(
            lambda: make_guest_link(command_context(request), leg.pk, secret, form.cleaned_data["reason"])
        )
        if made is not None:
            return _shown_once(request, made, secret, context)
    return form_response(
        request,
        form=form,
        title=_("Link for a guest"),
        submit_label=_("Make the link"),
        cancel_url=leg.get_absolute_url(),
        context=context,
        template="referrals/guest_link.html",
    )


def _shown_once(request: HttpRequest, made: GuestLink, secret: str, context: dict[str, object]) -> HttpResponse:
    # A page that was sent a second time meets the link made the first time, whose secret nobody knows any more.
    is_new = made.secret_digest == digest_of(secret)
    address = request.build_absolute_uri(reverse("referrals:guest"))
    shown = {
        "title": _("Link for a guest"),
        "made": made,
        "secret": secret if is_new else "",
        "address": address,
        # Behind the # it never leaves the browser: no server and no log on the way reads it.
        "link": f"{address}#{secret}",
    }
    return render(request, "referrals/guest_link_made.html", {**context, **shown})


@require_POST
@page
def guest_link_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    row = queries_writing.guest_link(acting(request), pk)
    revoke_guest_link(command_context(request), row.pk)
    messages.success(request, _("The link does not work any more."))
    return redirect("referrals:guest-link", row.leg_id)
