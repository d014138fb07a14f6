"""A referral that is not sent yet: finish its form, add and take off receivers, send it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lianyi.accounts.access import require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.pages.requests import acting, command_context, log_reading, page
from lianyi.referrals import queries, queries_writing
from lianyi.referrals.commands.sending import finish_draft
from lianyi.referrals.destination_lists import Asked, DestinationList, listed_destinations
from lianyi.referrals.facts import StepFacts
from lianyi.referrals.forms.drafts import DraftForm
from lianyi.referrals.forms.new_referral import as_initial, meter_of
from lianyi.referrals.models import Leg, Request
from lianyi.referrals.policies import policy_of
from lianyi.referrals.queries_destinations import Wish
from lianyi.referrals.queries_writing import Draft
from lianyi.referrals.states import EntryReason, LegState
from lianyi.referrals.views.work import referral_crumbs
from lianyi.referrals.walking import take_step


@require_http_methods(["GET", "POST"])
@page
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a draft with everything that may still be changed; one that is sent leads to its case."""
    actor = acting(request)
    row = queries_writing.draft(actor, pk)
    require(actor, "referral.write", row.request)
    if row.request.sent_at is not None:
        return redirect("referrals:case", row.legs[0].pk)
    if row.identity is not None:
        log_reading(request, row.identity)
    if request.method == "POST" and not {"refresh", "all_destinations"} & set(request.POST):
        form = DraftForm(row, request.POST, request.FILES)
        done = _finished(request, form) if form.is_valid() else None
        if done is not None:
            return _after(request, done)
    else:
        form = DraftForm(row, initial=as_initial(request.POST) if request.method == "POST" else {})
    return render(request, "referrals/draft.html", _context(request, row, form), status=422 if form.is_bound else 200)


def _finished(request: HttpRequest, form: DraftForm) -> Request | None:
    finish = form.finish(sends="send" in request.POST)
    return form.attempt(lambda: finish_draft(command_context(request), form.draft.request.pk, finish))


def _after(request: HttpRequest, done: Request) -> HttpResponse:
    sent = Leg.objects.filter(request=done).exclude(state=LegState.DRAFT).order_by("-sent_at", "number").first()
    if done.sent_at is None or sent is None:
        messages.success(request, _("The draft is saved. Nothing was sent yet."))
        return redirect("referrals:draft", done.pk)
    messages.success(request, _("The referral is sent."))
    return redirect("referrals:case", sent.pk)


def _context(request: HttpRequest, row: Draft, form: DraftForm) -> dict[str, Any]:
    return {
        "title": _("Draft %(number)s") % {"number": row.request.journey.number},
        "draft": row,
        "form": form,
        "packet_fields": form.packet_fields(),
        "meter": meter_of(row.packet.values, form.items, form.asked),
        "destinations": _destinations(request, row),
        "receivers": [leg for leg in row.legs if leg.state == LegState.DRAFT],
        "attachments": row.attachments,
        "attachment_request": row.request,
        "may_attach": True,
        "breadcrumbs": referral_crumbs(),
    }


def _destinations(request: HttpRequest, row: Draft) -> DestinationList:
    actor, asked = acting(request), row.request
    wish = Wish(
        sender=asked.from_institution,
        direction=asked.direction,
        urgency=asked.urgency,
        policy=policy_of(asked.policy),
        at=timezone.now(),
        condition=asked.condition,
        specialty=asked.specialty,
        agreement_id=asked.agreement_id,
        name_part=request.POST.get("destination_name", "").strip()[:40],
    )
    there = [leg.to_institution_id for leg in row.legs if leg.is_open and leg.to_institution_id is not None]
    shown = Asked(
        shows_all=bool(request.POST.get("all_destinations")),
        ticked=tuple(request.POST.getlist("receivers")),
        already=there,
    )
    outside = [leg.external_partner_id for leg in row.legs if leg.is_open]
    partners = queries_writing.partners_of(actor, asked.from_institution).exclude(pk__in=[pk for pk in outside if pk])
    return listed_destinations(actor, wish, list(partners), shown)


@require_POST
@page
def draft_destinations(request: HttpRequest, pk: int) -> HttpResponse:
    row = queries_writing.draft(acting(request), pk)
    require(acting(request), "referral.write", row.request)
    context = {"destinations": _destinations(request, row), "draft": row}
    return render(request, "referrals/_destinations.html", context)


@require_POST
@page
def remove_receiver(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a candidate off a draft; with the last one the draft is given up."""
    actor = acting(request)
    leg = _draft_leg(actor, pk)
    facts = StepFacts(reason_code=EntryReason.OTHER, text=_("taken off the draft"))
    take_step(command_context(request), leg.pk, "mark_error", facts, leg.version)
    if Leg.objects.filter(request_id=leg.request_id, is_open=True).exists():
        messages.success(request, _("The receiver is taken off."))
        return redirect("referrals:draft", leg.request_id)
    messages.success(request, _("The draft is given up."))
    return redirect("referrals:work")


def _draft_leg(actor: Actor, pk: int) -> Leg:
    leg = queries.leg(actor, pk)
    if leg.state != LegState.DRAFT:
        raise NotFoundInScopeError("There is no such record within your reach.", model="Leg")
    return leg
