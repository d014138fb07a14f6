"""Printed papers: the one-page form, the blank form, the patient's slip."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from lianyi.accounts.access import get_in_scope, require
from lianyi.pages.documents import pdf_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, log_reading, page
from lianyi.referrals import queries, queries_writing
from lianyi.referrals.models import PatientIdentity
from lianyi.referrals.papers import blank_paper, form_paper, slip_paper
from lianyi.referrals.policies import policy_for

LANGUAGES = ("zh-hans", "en")
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
    """Print the slip for the patient, in the patient's language unless another one is asked for."""
    actor = acting(request)
    leg = queries.leg(actor, pk)
    found = queries.identities_of(actor, [leg]).get(leg.request.journey_id)
    identity = found or get_in_scope(actor, PatientIdentity.objects.all(), 0)
    log_reading(request, identity)
    asked = request.GET.get("language", "") or identity.language
    language = asked if asked in LANGUAGES else LANGUAGES[0]
    data = slip_paper(leg, identity, language)
    return pdf_response("referrals/documents/slip.typ", data, f"slip-{leg.request.journey.number}")
