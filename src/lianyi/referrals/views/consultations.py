"""Remote consultations: the list, a new one, the page of one with its steps, and making it a referral."""

from __future__ import annotations

import dataclasses
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.names import in_language
from lianyi.pages.requests import acting, command_context, log_reading, page
from lianyi.partnerships.views.parts import FormPage, run_form
from lianyi.referrals import consultation_queries as queries
from lianyi.referrals import signing
from lianyi.referrals.commands.consultations import change_consultation, draft_consultation
from lianyi.referrals.consultation_filters import ConsultationFilter
from lianyi.referrals.consultation_words import (
    NEGATIVE,
    STATE_TONES,
    condition_word,
    item_value,
    liability_text,
    side_word,
    specialty_words,
)
from lianyi.referrals.consulting import (
    ConsultingAction,
    allowed_consulting_actions,
    sides_of,
    take_consulting_step,
)
from lianyi.referrals.consulting_facts import ConsultingFacts
from lianyi.referrals.consulting_machine import BY_NAME
from lianyi.referrals.errors import CaseStepRefusedError
from lianyi.referrals.forms.consultations import (
    ChangeForm,
    ConsultationForm,
    ConsultingStepForm,
    ConvertForm,
    Wanted,
    condition_choices,
)
from lianyi.referrals.models import Consultation, ConsultationEvent, ConsultationState, Opinion
from lianyi.referrals.policies import policy_for
from lianyi.referrals.states import Side, Urgency
from lianyi.referrals.tables.consultations import ConsultationTable
from lianyi.referrals.texts import URGENCY_TONES, left_word, span_word

BOTH = ["GET", "POST"]
# One press is enough for these; the others have a form.
ONE_PRESS = frozenset({"ask", "accept", "start", "end_session", "read"})


def consultation_crumbs(row: Consultation | None = None) -> list[Crumb]:
    crumbs = [Crumb(str(_("Consultations")), reverse("referrals:consultations"))]
    if row is not None:
        crumbs.append(Crumb(row.number, row.get_absolute_url()))
    return crumbs


@require_safe
@page
def consultation_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    return list_response(
        request,
        table_class=ConsultationTable,
        rows=queries.consultations(actor),
        filterset_class=ConsultationFilter,
        title=_("Consultations"),
        export_name="consultations",
        template="referrals/consultations.html",
        context={"may_write": decide(actor, "consultation.write").allowed, "liability": liability_text()},
    )


@require_http_methods(BOTH)
@page
def new_consultation(request: HttpRequest) -> HttpResponse:
    """Write a consultation on one page, and ask it at once or keep it as a draft."""
    actor = acting(request)
    require(actor, "consultation.write")
    wanted = _wanted(request, actor)
    form = ConsultationForm(actor, wanted, request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = form.attempt(lambda: _write(request, form))
        if row is not None:
            messages.success(request, _done_word(row))
            return redirect(row.get_absolute_url())
    context = {
        "title": _("New consultation"),
        "form": form,
        "wanted": wanted,
        "kinds": _tabs(request, "kind", Consultation.Kind.choices, wanted.kind),
        "urgencies": _tabs(request, "urgency", _urgencies(wanted), wanted.urgency),
        "conditions": _tabs(request, "condition", _conditions(wanted), wanted.condition),
        "liability": liability_text(),
        "breadcrumbs": consultation_crumbs(),
        "cancel_url": reverse("referrals:consultations"),
    }
    return render(request, "referrals/consultation_new.html", context, status=422 if form.errors else 200)


def _wanted(request: HttpRequest, actor: Actor) -> Wanted:
    """Read from the address which form is wanted; what it does not know falls back to written advice."""
    policy = policy_for(None, timezone.localdate())
    kind = request.GET.get("kind", "")
    kind = kind if kind in Consultation.Kind.values else Consultation.Kind.ADVICE
    urgency = request.GET.get("urgency", "")
    if kind == Consultation.Kind.EMERGENCY:
        urgency = Urgency.EMERGENCY
    elif urgency not in (Urgency.URGENT, Urgency.ROUTINE):
        urgency = Urgency.ROUTINE
    condition = request.GET.get("condition", "") if kind == Consultation.Kind.EMERGENCY else ""
    condition = condition if policy.condition(condition) is not None else ""
    journey = request.GET.get("journey", "")
    return Wanted(
        kind=str(kind),
        urgency=str(urgency),
        condition=condition,
        policy=policy,
        journey=queries.journey(actor, int(journey)) if journey.isdigit() else None,
    )


def _urgencies(wanted: Wanted) -> list[tuple[str, Any]]:
    is_emergency = wanted.kind == Consultation.Kind.EMERGENCY
    return [] if is_emergency else [(each.value, each.label) for each in (Urgency.URGENT, Urgency.ROUTINE)]


def _conditions(wanted: Wanted) -> list[tuple[str, Any]]:
    if wanted.kind != Consultation.Kind.EMERGENCY:
        return []
    return [("", _("no green channel")), *condition_choices(wanted.policy)]


def _tabs(request: HttpRequest, name: str, choices: list[tuple[str, Any]], here: str) -> list[dict[str, Any]]:
    kept = {key: request.GET[key] for key in ("kind", "urgency", "condition", "journey") if request.GET.get(key)}
    return [
        {"label": label, "url": f"?{urlencode({**kept, name: value})}", "is_here": value == here}
        for value, label in choices
    ]


def _write(request: HttpRequest, form: ConsultationForm) -> Consultation:
    """Write the draft and ask it, both or neither."""
    context = command_context(request)
    with transaction.atomic():
        row = draft_consultation(context, form.new_consultation())
        if not request.POST.get("keep"):
            asking = dataclasses.replace(context, key=f"{context.key}.ask")
            row = take_consulting_step(asking, row.pk, "ask", ConsultingFacts(), row.version)
    return row


def _done_word(row: Consultation) -> str:
    if row.state == ConsultationState.DRAFT:
        return _("The draft %(number)s is kept. Nothing has left your institution yet.") % {"number": row.number}
    return _("The consultation %(number)s is asked.") % {"number": row.number}


@require_safe
@page
def consultation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one consultation as far as the reader's grant opens it."""
    actor = acting(request)
    found = queries.case_of(actor, pk)
    log_reading(request, found.row)
    for opened in (found.packet, found.identity):
        if opened is not None:
            log_reading(request, opened)
    return render(request, "referrals/consultation.html", _context(actor, found))


def _context(actor: Actor, found: queries.ConsultationCase) -> dict[str, Any]:
    row, now = found.row, timezone.now()
    sides = sides_of(actor, row)
    actions = allowed_consulting_actions(actor, row)
    is_draft = row.state == ConsultationState.DRAFT
    return {
        "title": row.number,
        "breadcrumbs": consultation_crumbs(),
        "found": found,
        "row": row,
        "state_tone": STATE_TONES.get(row.state, "neutral"),
        "urgency_tone": URGENCY_TONES[Urgency(row.urgency)],
        "condition_word": condition_word(row),
        "specialties": specialty_words(row.specialties),
        "ball_word": side_word(row.ball_side),
        "left_word": left_word(row.due_at, now),
        "is_over": row.due_at is not None and row.due_at < now,
        "actions": [_button(row, each) for each in actions],
        "may_change": is_draft and Side.SENDER in sides and decide(actor, "consultation.write", row).allowed,
        "lines": [
            {"label": in_language(each.item.name.zh, each.item.name.en), "value": item_value(each.item, each.value)}
            for each in found.lines
        ],
        "clocks": [_clock_line(each) for each in found.clocks],
        "called": _called_word(row),
        "opinions": [_opinion_line(each) for each in found.opinions],
        "events": [_event_line(each) for each in found.events],
        "liability": liability_text(),
    }


def _button(row: Consultation, action: ConsultingAction) -> dict[str, Any]:
    name = action.step.name
    by_name = {"convert": "referrals:consultation-convert"}
    arguments = [row.pk] if name in by_name else [row.pk, name]
    return {
        "url": reverse(by_name.get(name, "referrals:consultation-step"), args=arguments),
        "label": action.step.label,
        "is_negative": name in NEGATIVE,
        "is_one_press": name in ONE_PRESS,
    }


def _clock_line(each: queries.ShownConsultationClock) -> dict[str, Any]:
    return {
        "row": each.clock,
        "gross": span_word(each.reading.gross),
        "paused": span_word(each.reading.paused),
        "net": span_word(each.reading.net),
        "is_late": each.is_late,
    }


def _called_word(row: Consultation) -> str:
    """Return how often somebody was called since the due time, because it is still somebody's move."""
    if not row.rung:
        return ""
    return ngettext("somebody was called %(count)d time", "somebody was called %(count)d times", row.rung) % {
        "count": row.rung
    }


def _opinion_line(opinion: Opinion) -> dict[str, Any]:
    return {
        "row": opinion,
        "specialty": specialty_words([opinion.specialty]) if opinion.specialty else "",
        "code": signing.check_code(opinion),
        "is_sound": signing.is_as_signed(opinion),
    }


def _event_line(event: ConsultationEvent) -> dict[str, Any]:
    step = BY_NAME.get(event.step)
    reason = ""
    if step is not None and step.reasons is not None and event.reason_code in step.reasons.values:
        reason = str(step.reasons(event.reason_code).label)
    absent = event.facts.get("absent_side", "")
    return {
        "row": event,
        "word": event.step if step is None else step.label,
        "side": side_word(event.side),
        "reason": reason,
        "absent": side_word(absent) if absent else "",
    }


@require_http_methods(BOTH)
@page
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill in a draft further."""
    actor = acting(request)
    found = queries.case_of(actor, pk)
    row = found.row
    require(actor, "consultation.write", row)
    log_reading(request, row)
    form = ChangeForm(row, found.packet.values if found.packet is not None else {}, request.POST or None)
    about = FormPage(
        title=gettext_lazy("Complete the draft"),
        submit_label=gettext_lazy("Save"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The draft is changed."),
        crumbs=consultation_crumbs(row),
        intro=liability_text(),
    )

    def run() -> Consultation:
        seen = form.cleaned_data.get("expected_version") or row.version
        return change_consultation(command_context(request), row.pk, form.change(), seen)

    return run_form(request, form, about, run, lambda done: str(done.get_absolute_url()))


@require_http_methods(BOTH)
@page
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Take one step of the table."""
    actor = acting(request)
    row = queries.consultation(actor, pk)
    action = _action(actor, row, name)
    if action is None or name == "convert":
        return _refuse(request, row, name)
    if request.method == "POST" and name in ONE_PRESS:
        take_consulting_step(command_context(request), row.pk, name, ConsultingFacts(), _seen(request, row))
        messages.success(request, _("It is recorded."))
        return redirect(row.get_absolute_url())
    log_reading(request, row)
    form = ConsultingStepForm(action.step, row, request.POST or None, initial={"expected_version": row.version})
    about = _form_page(row, action, name)

    def run() -> Consultation:
        context = command_context(request, reason_code=form.cleaned_data.get("reason_code", ""))
        seen = form.cleaned_data.get("expected_version") or row.version
        return take_consulting_step(context, row.pk, name, form.facts(), seen)

    return run_form(request, form, about, run, lambda done: str(done.get_absolute_url()))


def _form_page(row: Consultation, action: ConsultingAction, name: str) -> FormPage:
    return FormPage(
        title=action.step.label,
        submit_label=action.step.label,
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("It is recorded."),
        crumbs=consultation_crumbs(row),
        intro=liability_text(),
        danger=name in NEGATIVE,
    )


def _action(actor: Actor, row: Consultation, name: str) -> ConsultingAction | None:
    return next((each for each in allowed_consulting_actions(actor, row) if each.step.name == name), None)


def _seen(request: HttpRequest, row: Consultation) -> int:
    given = request.POST.get("expected_version", "")
    return int(given) if given.isdigit() else row.version


def _refuse(request: HttpRequest, row: Consultation, name: str) -> HttpResponse:
    """Say why a step is not possible: the command knows best, but only what was sent reaches it."""
    if request.method == "POST":
        take_consulting_step(command_context(request), row.pk, name, ConsultingFacts(), _seen(request, row))
        # Sent a second time with the same key: it was done before.
        return redirect(row.get_absolute_url())
    raise CaseStepRefusedError(
        f"'{name}' is not possible on this consultation now. Open the consultation: it shows what is.",
        reason="not-possible",
    )


@require_http_methods(BOTH)
@page
def convert(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a consultation a draft referral of the same journey."""
    actor = acting(request)
    row = queries.consultation(actor, pk)
    action = _action(actor, row, "convert")
    if action is None:
        return _refuse(request, row, "convert")
    log_reading(request, row)
    initial = {
        "expected_version": row.version,
        "to_institution": row.to_institution.code,
        "urgency": row.urgency,
        "agreement": row.agreement_id,
    }
    form = ConvertForm(actor, row, request.POST or None, initial=initial)
    about = FormPage(
        title=action.step.label,
        submit_label=gettext_lazy("Write the referral"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The referral is written as a draft. Look it through and send it."),
        crumbs=consultation_crumbs(row),
        intro=gettext_lazy("Journey, patient, question and what fits of the content are taken along."),
    )

    def run() -> Consultation:
        seen = form.cleaned_data.get("expected_version") or row.version
        return take_consulting_step(command_context(request), row.pk, "convert", form.facts(), seen)

    return run_form(request, form, about, run, lambda done: str(done.get_absolute_url()))
