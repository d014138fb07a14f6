"""Printed papers: the one-page form, the blank form, the patient's slip."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.accounts.access import get_in_scope, require
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.documents import pdf_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, log_reading, page
from lianyi.referrals import queries, queries_writing, slips
from lianyi.referrals.models import PatientIdentity
from lianyi.referrals.papers import blank_paper, form_paper
from lianyi.referrals.policies import policy_for
from lianyi.referrals.views.work import referral_crumbs

FORM = "referrals/documents/referral_form.typ"


def _guest_address(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("referrals:guest"))


@require_safe
@page
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Print the one-page form of a leg, with the patient's name for those who may see it."""
    actor = acting(request)
    leg = queries.leg(actor, pk)
    identity = queries.identities_of(actor, [leg]).get(leg.request.journey_id)
    log_reading(request, leg if identity is None else identity)
    number = leg.request.journey.number
    items = queries.short_items(leg.request) if queries.is_driver_only(actor, leg) else None
    return pdf_response(FORM, form_paper(leg, identity, _guest_address(request), items), f"referral-{number}")


@require_safe
@page
def blank_form(request: HttpRequest) -> HttpResponse:
    """Print the form without content, to lie ready for when the network is down."""
    actor = acting(request)
    require(actor, "referral.write")
    senders = queries_writing.senders(actor)
    policy = policy_for(None, timezone.localdate())
    data = blank_paper(policy, name_of(senders[0]) if senders else "", _guest_address(request))
    return pdf_response(FORM, data, "referral-blank")


@require_safe
@page
def slip(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the slip for the patient to be printed, in the patient's language unless another one is asked for.

    It is a page, because a browser has letters for every script that the computer shows.
    """
    actor = acting(request)
    leg = queries.leg(actor, pk)
    found = queries.identities_of(actor, [leg]).get(leg.request.journey_id)
    identity = found or get_in_scope(actor, PatientIdentity.objects.all(), 0)
    log_reading(request, identity)
    wanted = request.GET.get("language", "") or identity.language
    known = slips.texts_by_language()
    texts = known.get(wanted.lower()) or slips.own_texts()
    context = {
        "title": _("Slip for the patient"),
        "breadcrumbs": [*referral_crumbs(), Crumb(leg.request.journey.number, leg.get_absolute_url())],
        "slip": slips.slip_of(leg, identity, texts),
        "is_missing": bool(wanted) and wanted.lower() not in known,
        "languages": [(code, name, code == texts.code) for code, name in slips.language_choices()],
    }
    return render(request, "referrals/slip.html", context)
