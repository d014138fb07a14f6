"""Choosing another receiver for a referral that was declined, withdrawn or left without an answer."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianyi.accounts.access import require, serves
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError
from lianyi.pages.requests import acting, command_context, log_reading, page
from lianyi.referrals import queries, queries_writing
from lianyi.referrals.commands.routing import route_again
from lianyi.referrals.destination_lists import Asked, DestinationList, listed_destinations
from lianyi.referrals.forms.receivers import RouteForm, institution_value
from lianyi.referrals.guards import relation_exists
from lianyi.referrals.models import Request
from lianyi.referrals.policies import policy_of
from lianyi.referrals.queries_destinations import Wish
from lianyi.referrals.states import LegState
from lianyi.referrals.views.work import referral_crumbs
from lianyi.registry.models import Institution


@require_http_methods(["GET", "POST"])
@page
def route(request: HttpRequest, pk: int) -> HttpResponse:
    """Show where else the patient could go, and send the referral to the one chosen."""
    actor = acting(request)
    row = queries.request(actor, pk)
    require(actor, "referral.write", row)
    if not serves(actor, row.from_institution_id) and not serves(actor, row.coordinator_id):
        raise NotPermittedError(
            "Only the sender or the coordinator chooses another receiver.",
            reason="referral-relation",
            permission="referral.write",
        )
    log_reading(request, row)
    form = RouteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = form.attempt(lambda: route_again(command_context(request), row.pk, form.chosen(), form.override()))
        if made is not None:
            messages.success(request, _("The referral is sent to the receiver chosen."))
            return redirect("referrals:case", made.pk)
    context = {
        "title": _("Another receiver for %(number)s") % {"number": row.journey.number},
        "asked": row,
        "form": form,
        "outside": [form["override_code"], form["override_text"]],
        "destinations": _destinations(request, row),
        "tried": queries.legs(actor).filter(request=row).order_by("number"),
        "agreed": _agreed(actor, row),
        "breadcrumbs": referral_crumbs(),
    }
    return render(request, "referrals/route.html", context, status=422 if form.errors else 200)


@dataclass(frozen=True, slots=True)
class Agreed:
    """An institution that has agreed to take the patient, as a receiver that could not says."""

    place: Institution
    named_by: Institution | None
    contact: str
    value: str
    needs_reason: bool


def _agreed(actor: Actor, row: Request) -> list[Agreed]:
    """Return who has agreed instead of those asked so far, and was not asked yet."""
    legs = list(
        queries.legs(actor).filter(request=row).select_related("to_institution", "alternative").order_by("number")
    )
    asked = {leg.to_institution_id for leg in legs if leg.state != LegState.DRAFT}
    named = {leg.alternative_id: leg for leg in legs if leg.alternative is not None and leg.alternative_id not in asked}
    said = {
        event.leg_id: event.facts.get("contact", "")
        for event in queries.answers_of(actor, [leg.pk for leg in named.values()])
    }
    return [
        Agreed(
            place=leg.alternative,
            named_by=leg.to_institution,
            contact=said.get(leg.pk, ""),
            value=institution_value(leg.alternative.pk),
            needs_reason=not row.override_code and not relation_exists(row, leg.alternative.pk),
        )
        for leg in named.values()
        if leg.alternative is not None
    ]


def _destinations(request: HttpRequest, row: Request) -> DestinationList:
    actor = acting(request)
    wish = Wish(
        sender=row.from_institution,
        direction=row.direction,
        urgency=row.urgency,
        policy=policy_of(row.policy),
        at=timezone.now(),
        condition=row.condition,
        specialty=row.specialty,
        agreement_id=row.agreement_id,
        name_part=request.GET.get("name", "").strip()[:40],
    )
    asked = queries.legs(actor).filter(request=row, is_open=True, to_institution__isnull=False)
    # Who stands on the sender's short list was not asked yet, and is chosen like any other.
    already = tuple(asked.exclude(state=LegState.DRAFT).values_list("to_institution_id", flat=True))
    shown = Asked(shows_all="all" in request.GET, already=already)
    partners = queries_writing.partners_of(actor, row.from_institution)
    return listed_destinations(actor, wish, list(partners), shown)
