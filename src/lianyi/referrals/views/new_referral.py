"""Writing a referral in one page: the page, and the parts of it that follow what is typed.

The parts are asked for by POST: what is typed about a patient never stands in an address.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lianyi.accounts.access import require
from lianyi.accounts.actors import Actor
from lianyi.pages.requests import acting, command_context, log_list_reading, log_reading, page
from lianyi.referrals import queries_writing
from lianyi.referrals.commands.sending import Sending, write_and_send
from lianyi.referrals.destination_lists import Asked, DestinationList, listed_destinations
from lianyi.referrals.forms.files import new_attachments
from lianyi.referrals.forms.new_referral import (
    Desk,
    Meter,
    NewReferralForm,
    as_initial,
    initial_from,
    meter_of,
    specialty_of,
)
from lianyi.referrals.forms.packets import PREFIX, reason_values
from lianyi.referrals.identities import match_digest
from lianyi.referrals.models import Leg, Request
from lianyi.referrals.policies import policy_for
from lianyi.referrals.queries_destinations import Wish
from lianyi.referrals.queries_writing import Earlier
from lianyi.referrals.states import LegState
from lianyi.referrals.views.work import referral_crumbs
from lianyi.referrals.warnings import LiveReferral, live_referrals
from lianyi.registry.models import Institution

BASED_ON, REPLACES = "based_on", "replaces"
BOTH = ["GET", "POST"]
SHORTEST_NAME = 2
# Buttons that draw the page again with what is typed, for browsers without scripts.
_REDRAWING = frozenset({"refresh", "all_destinations"})


@require_http_methods(BOTH)
@page
def new(request: HttpRequest) -> HttpResponse:
    """Write a referral of a new journey."""
    return _write(request, None, "")


@require_http_methods(BOTH)
@page
def onward(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a referral that goes on from a case: the same journey, another hospital."""
    return _write(request, pk, BASED_ON)


@require_http_methods(BOTH)
@page
def new_version(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a referral that replaces one whose ask is frozen."""
    return _write(request, pk, REPLACES)


def desk_of(actor: Actor, request: HttpRequest, earlier: Earlier | None) -> Desk:
    """Return what the page offers to this person, for the sender and the agreement that are chosen on it."""
    senders = queries_writing.senders(actor)
    day = timezone.localdate()
    sender = _sender(senders, request.POST.get("from_institution", ""))
    agreements = [] if sender is None else queries_writing.running_agreements(actor, sender, day)
    chosen = request.POST.get("agreement", "") if request.method == "POST" else ""
    named = next((row for row in agreements if str(row.pk) == chosen), None)
    if request.method != "POST" and len(agreements) == 1:
        named = agreements[0]
    return Desk(senders, agreements, policy_for(named, day), earlier)


def _sender(senders: list[Institution], chosen: str) -> Institution | None:
    return next((row for row in senders if str(row.pk) == chosen), senders[0] if senders else None)


def _write(request: HttpRequest, leg_id: int | None, relation: str) -> HttpResponse:
    actor = acting(request)
    require(actor, "referral.write")
    earlier = None if leg_id is None else queries_writing.earlier(actor, leg_id)
    desk = desk_of(actor, request, earlier)
    if not desk.senders:
        messages.warning(
            request, _("You act for no institution that could send a patient. Choose another affiliation.")
        )
        return redirect("referrals:work")
    if earlier is not None and earlier.identity is not None:
        log_reading(request, earlier.identity)
    if request.method == "POST" and not _REDRAWING & set(request.POST):
        form = NewReferralForm(desk, request.POST, request.FILES)
        done = _written(request, form, relation) if form.is_valid() else None
        if done is not None:
            return _after(request, done)
    else:
        form = NewReferralForm(desk, initial=_initial(request, desk))
    return render(
        request,
        "referrals/new.html",
        {**_context(request, form, relation), "earlier_leg": leg_id},
        status=422 if form.is_bound else 200,
    )


def _initial(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    if request.method == "POST":
        return as_initial(request.POST)
    if desk.earlier is not None:
        return initial_from(desk.earlier, desk.policy)
    asked = request.GET.get("urgency", "")
    return {"urgency": asked} if asked in ("emergency", "urgent", "routine") else {}


def _written(request: HttpRequest, form: NewReferralForm, relation: str) -> Request | None:
    sending = form.how_to_send() if "send" in request.POST else Sending.NOT_YET
    context = command_context(request, occurred_at=form.cleaned_data["sent_on_paper_at"])
    files = new_attachments(form.cleaned_data["uploads"])
    return form.attempt(lambda: write_and_send(context, form.new_referral(relation), files, sending))


def _after(request: HttpRequest, done: Request) -> HttpResponse:
    sent = Leg.objects.filter(request=done).exclude(state=LegState.DRAFT).order_by("number").first()
    if sent is None:
        messages.success(request, _("The draft is saved. Nothing was sent yet."))
        return redirect("referrals:draft", done.pk)
    messages.success(request, _("The referral is sent."))
    return redirect("referrals:case", sent.pk)


def _context(request: HttpRequest, form: NewReferralForm, relation: str) -> dict[str, Any]:
    titles = {BASED_ON: _("Onward referral"), REPLACES: _("New version of the referral")}
    return {
        "title": titles.get(relation, _("New referral")),
        "form": form,
        "earlier": form.desk.earlier,
        "sections": form.sections(),
        "packet_fields": form.packet_fields(),
        "meter": typed_meter(request, form),
        "destinations": typed_destinations(request, form),
        "live": [] if form.desk.earlier is not None or request.method != "POST" else _live(request, form),
        "breadcrumbs": referral_crumbs(),
        "cancel_url": reverse("referrals:work"),
    }


def typed_meter(request: HttpRequest, form: NewReferralForm) -> Meter:
    """Return how complete the packet is with what stands in the form now, without judging it."""
    typed = request.POST if request.method == "POST" else form.initial
    values = {item.code: typed.get(f"{PREFIX}{item.code}", "") for item in form.items}
    filled = {**values, **reason_values(form.items, str(typed.get("reason") or ""))}
    return meter_of(filled, form.items, form.asked)


def typed_destinations(request: HttpRequest, form: NewReferralForm) -> DestinationList:
    """Return the list of receivers for what stands in the form now."""
    actor = acting(request)
    sender = _sender(list(form.desk.senders), form.chosen("from_institution"))
    if sender is None:
        return DestinationList((), (), 0)
    agreement = form.chosen("agreement")
    problem = form.chosen("problem") if "problem" in form.fields else ""
    wish = Wish(
        sender=sender,
        direction=form.chosen("direction"),
        urgency=form.chosen("urgency"),
        policy=form.desk.policy,
        at=timezone.now(),
        condition=form.chosen("condition"),
        specialty=form.chosen("specialty") or specialty_of(problem),
        agreement_id=int(agreement) if agreement else None,
        name_part=request.POST.get("destination_name", "").strip()[:40],
    )
    asked = Asked(
        shows_all=bool(request.POST.get("all_destinations")),
        ticked=tuple(request.POST.getlist("receivers")),
    )
    return listed_destinations(actor, wish, list(queries_writing.partners_of(actor, sender)), asked)


def _live(request: HttpRequest, form: NewReferralForm) -> list[LiveReferral]:
    """Return the live referrals of the person typed so far; it takes more than a name to ask."""
    typed = NewReferralForm(form.desk, request.POST)
    typed.full_clean()
    data = typed.cleaned_data
    is_told = len(data.get("patient_name", "")) >= SHORTEST_NAME and (
        data.get("id_number") or data.get("phone") or data.get("born_on")
    )
    if not is_told or not {"sex", "born_on", "id_kind", "language"} <= set(data):
        return []
    for name in ("id_number", "phone", "address", "contact_name", "problem", "problem_code"):
        data.setdefault(name, "")
    patient, code = typed.patient(), typed.problem_code_given()
    if patient is None or not code:
        return []
    found = live_referrals(match_digest(patient), code)
    if found:
        log_list_reading(request, Leg, len(found))
    return found


def _part_form(request: HttpRequest) -> NewReferralForm:
    actor = acting(request)
    require(actor, "referral.write")
    earlier = None
    based_on = request.POST.get("earlier", "")
    if based_on.isdigit():
        earlier = queries_writing.earlier(actor, int(based_on))
    return NewReferralForm(desk_of(actor, request, earlier), initial=as_initial(request.POST))


@require_POST
@page
def parts(request: HttpRequest) -> HttpResponse:
    """Draw again what follows urgency, direction and condition: the items, the pick list, the meter, the receivers."""
    form = _part_form(request)
    context = {
        "form": form,
        "sections": form.sections(),
        "packet_fields": form.packet_fields(),
        "meter": typed_meter(request, form),
        "destinations": typed_destinations(request, form),
    }
    return render(request, "referrals/_new_parts.html", context)


@require_POST
@page
def meter(request: HttpRequest) -> HttpResponse:
    return render(request, "referrals/_meter.html", {"meter": typed_meter(request, _part_form(request))})


@require_POST
@page
def destinations(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "referrals/_destinations.html",
        {"destinations": typed_destinations(request, _part_form(request))},
    )


@require_POST
@page
def live_warning(request: HttpRequest) -> HttpResponse:
    """Tell while somebody types that the patient is on the way already: where, since when, how far; not more."""
    form = _part_form(request)
    live = [] if form.desk.earlier is not None else _live(request, form)
    return render(request, "referrals/_live_warning.html", {"live": live})
