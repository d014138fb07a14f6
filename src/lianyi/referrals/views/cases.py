"""One case: its page, its steps, and what is written beside them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.accounts.access import covers, decide
from lianyi.accounts.actors import Actor
from lianyi.pages.names import in_language
from lianyi.pages.requests import acting, command_context, log_reading, page
from lianyi.pages.values import shown
from lianyi.partnerships.views.parts import FormPage, run_form
from lianyi.referrals import machine, queries, reconciling
from lianyi.referrals.commands import steps as commands
from lianyi.referrals.errors import CaseStepRefusedError
from lianyi.referrals.facts import StepFacts
from lianyi.referrals.forms.steps import MessageForm, MilestoneForm, StepForm
from lianyi.referrals.handling import may_handle, require_handling
from lianyi.referrals.models import ClosingProposal, Leg, Milestone, ReferralTerms, ReturnNeed
from lianyi.referrals.pathway import Certainty, tellable
from lianyi.referrals.policies import policy_of
from lianyi.referrals.recovery_queries import own_stages
from lianyi.referrals.result_queries import may_record_results
from lianyi.referrals.sides import may_confirm, sides_of
from lianyi.referrals.states import Disposition, LegState, Side, Urgency
from lianyi.referrals.texts import (
    CLOCK_WORDS,
    STATE_TONES,
    URGENCY_TONES,
    condition_word,
    left_word,
    receiver_name,
    span_word,
    state_word,
)
from lianyi.referrals.views import case_facts
from lianyi.referrals.views.case_facts import NEGATIVE
from lianyi.referrals.views.results import result_lines
from lianyi.referrals.views.work import referral_crumbs
from lianyi.referrals.walking import Action, allowed_actions, take_step
from lianyi.rules.referral_policy import PacketKind

BOTH = ["GET", "HEAD", "POST"]
LIVE_SECONDS = 15


@require_safe
@page
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one case as far as the reader's grant opens it."""
    actor = acting(request)
    found = queries.case(actor, pk)
    is_refresh = request.headers.get("HX-Target") == "case"
    # A page that stays open asks again every few seconds; that is one reading, not hundreds.
    if not is_refresh:
        log_reading(request, found.leg)
    if found.identity is not None and not is_refresh:
        log_reading(request, found.identity)
    template = "referrals/_case.html" if is_refresh else "referrals/case.html"
    return render(request, template, _case_context(actor, found))


def _case_context(actor: Actor, found: queries.Case) -> dict[str, Any]:
    leg, now = found.leg, timezone.now()
    actions = allowed_actions(actor, leg)
    sides = sides_of(actor, leg)
    return {
        "title": leg.request.journey.number,
        "breadcrumbs": referral_crumbs(),
        "case": found,
        "leg": leg,
        "asked": leg.request,
        "state_word": state_word(leg),
        "state_tone": STATE_TONES.get(leg.state, "info"),
        "urgency_tone": URGENCY_TONES[leg.request.urgency],  # type: ignore[index]
        "condition_word": condition_word(leg),
        "receiver_name": receiver_name(leg),
        "left_word": left_word(leg.due_at, now),
        "is_over": leg.due_at is not None and leg.due_at < now,
        "proposals": [_proposal_line(leg, each, actions) for each in found.proposals if each.state == "open"],
        "is_draft": leg.state == LegState.DRAFT,
        "may_send": any(each.transition.name == "send" for each in actions),
        "about_the_asking": case_facts.about_the_asking(found),
        "about_the_answer": case_facts.about_the_answer(found),
        "about_the_road": case_facts.about_the_road(found),
        "stability": case_facts.stability_lines(found.plan),
        "opens_itself": any(each.transition.name == "open" for each in actions),
        **_rights(actor, found, actions, sides),
        **_needs_context(actor, leg, sides),
        "packet_lines": _packet_lines(found),
        "clocks": _clock_lines(found),
        "events": case_facts.event_lines(found.events, lambda each: may_confirm(actor, each)),
        "milestones": _milestones(actor, found, policy_of(leg.request.policy)),
        "others": [_leg_line(each) for each in found.journey_legs],
        "siblings": [_leg_line(each) for each in found.siblings],
        "brought_results": result_lines(actor, leg),
        "message_form": MessageForm(),
        "live_seconds": LIVE_SECONDS,
        "is_final": leg.state in machine.FINAL,
    }


def _rights(actor: Actor, found: queries.Case, actions: list[Action], sides: tuple[Side, ...]) -> dict[str, Any]:
    """Return what the reader may do on the page, as buttons and as marks; which side they stand on."""
    leg = found.leg
    may_route, may_approve = _may_route(actor, leg, sides), _may_approve(actor, leg)
    may_write = bool(sides) and may_handle(actor, leg)
    return {
        "actions": case_facts.buttons(leg, actions, has_other_main=may_route or may_approve),
        "may_route": may_route,
        "may_approve": may_approve,
        "is_sender": Side.SENDER in sides,
        "may_write_new": decide(actor, "referral.write").allowed,
        "may_consult": decide(actor, "consultation.write").allowed,
        "may_repair": _may_repair(actor, leg),
        "sides": sides,
        "is_receiver": Side.RECEIVER in sides,
        "may_write": may_write,
        "may_add_milestone": bool(leg.request.condition) and may_write,
        "may_record_results": may_record_results(actor, leg),
        "may_begin_stage": _may_begin_stage(found),
        "own_stages": own_stages(actor, found.stages) if bool(sides) else set(),
    }


def _packet_lines(found: queries.Case) -> list[dict[str, Any]]:
    return [
        {
            "label": in_language(line.item.name.zh, line.item.name.en),
            "value": _packet_value(line),
            "is_hidden": line.is_hidden,
        }
        for line in found.lines
        if line.is_hidden or line.value not in (None, "")
    ]


def _clock_lines(found: queries.Case) -> list[dict[str, Any]]:
    return [
        {
            "row": each.clock,
            "word": CLOCK_WORDS.get(each.clock.kind, each.clock.kind),
            "gross": span_word(each.reading.gross),
            "paused": span_word(each.reading.paused),
            "net": span_word(each.reading.net),
            "is_late": each.is_late,
        }
        for each in found.clocks
    ]


def _may_begin_stage(found: queries.Case) -> bool:
    """Tell whether a stage of recovery may begin as far as the case itself tells: the patient is known and alive."""
    legs = (found.leg, *found.siblings, *found.journey_legs)
    has_died = any(each.state == LegState.DIED or each.disposition == Disposition.DIED for each in legs)
    return found.identity is not None and not has_died


def _may_route(actor: Actor, leg: Leg, sides: tuple[Side, ...]) -> bool:
    """Tell whether the reader may give the referral to another receiver: it has none, and was not taken back."""
    has_none = leg.state in machine.UNROUTED and bool(leg.ball_side)
    is_mine = Side.SENDER in sides or Side.COORDINATOR in sides
    return has_none and is_mine and not leg.request.is_revoked and decide(actor, "referral.write", leg).allowed


def _needs_context(actor: Actor, leg: Leg, sides: tuple[Side, ...]) -> dict[str, Any]:
    """Return what the reader may say about the needs of a transfer back while the lower unit has not decided."""
    is_open = leg.state in machine.BEFORE_DECISION and may_handle(actor, leg)
    return {
        "may_answer_needs": is_open and Side.RECEIVER in sides,
        "may_provide": is_open and Side.SENDER in sides,
        "help_choices": ReturnNeed.Help.choices,
    }


def _may_repair(actor: Actor, leg: Leg) -> bool:
    is_origin = covers(actor, leg.request.journey.origin_institution_id)
    return is_origin and decide(actor, "referral.repair", leg).allowed


def _may_approve(actor: Actor, leg: Leg) -> bool:
    """Tell whether the reader may give the approval that the agreement asks for: not the writer of the referral."""
    asked = leg.request
    if leg.state != LegState.DRAFT or asked.approved_at is not None or asked.written_by_id == actor.user_id:
        return False
    if asked.urgency == Urgency.EMERGENCY or asked.agreement_id is None:
        return False
    terms = ReferralTerms.objects.filter(agreement_id=asked.agreement_id).first()
    is_asked = terms is not None and (
        terms.approve_urgent if asked.urgency == Urgency.URGENT else terms.approve_routine
    )
    may = any(decide(actor, f"referral.{act}", leg).allowed for act in ("decide", "route"))
    return is_asked and covers(actor, asked.from_institution_id) and may


def _proposal_line(leg: Leg, row: ClosingProposal, actions: Iterable[Action]) -> dict[str, Any]:
    """Return what another record shows with the step that follows from it, and whether the reader may take that."""
    step = reconciling.what_follows(row, leg)
    own = [each.transition.name for each in actions if not each.is_spoken]
    return {"row": row, "follows": machine.BY_NAME[step].label, "may_apply": step in own}


def _packet_value(line: queries.PacketLine) -> str:
    value = line.value
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if line.item.kind is PacketKind.TIME:
        return shown(datetime.datetime.fromisoformat(value))
    if line.item.kind is PacketKind.DATE:
        return shown(datetime.date.fromisoformat(value))
    for choice in line.item.choices:
        if choice.code == value:
            return in_language(choice.zh, choice.en)
    unit = "" if line.item.unit is None else f" {in_language(line.item.unit.zh, line.item.unit.en)}"
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{text}{unit}"


def _milestones(actor: Actor, found: queries.Case, policy: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a policy
    recorded = {each.code: each for each in found.milestones}
    wanted = policy.milestones_of(found.leg.request.condition)
    told_here = {each.code for each in tellable(actor, found.leg, wanted)}
    return [
        {
            "code": each.code,
            "word": in_language(each.name.zh, each.name.en),
            "row": recorded.get(each.code),
            "is_told_here": each.code in told_here,
        }
        for each in wanted
    ]


def _leg_line(leg: Leg) -> dict[str, Any]:
    return {
        "leg": leg,
        "state": state_word(leg),
        "tone": STATE_TONES.get(leg.state, "info"),
        "receiver": receiver_name(leg),
        "direction": leg.request.get_direction_display(),
    }


def _case_url(leg: Leg) -> str:
    return reverse("referrals:case", args=[leg.pk])


@require_http_methods(BOTH)
@page
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Take one step of the table."""
    actor = acting(request)
    leg = queries.leg(actor, pk)
    action = _action(actor, leg, name)
    if action is None and request.method == "POST":
        # The command itself says why: somebody else was quicker, or the step is not for this side.
        take_step(command_context(request), leg.pk, name, StepFacts(), _seen(request, leg))
    if action is None:
        raise CaseStepRefusedError(
            f"'{name}' is not possible on this case now. Open the case: it shows what is.",
            reason="not-possible",
        )
    log_reading(request, leg)
    form = StepForm(action, leg, request.POST or None, initial={"expected_version": leg.version})
    about = FormPage(
        title=action.transition.label,
        submit_label=action.transition.label,
        cancel_url=_case_url(leg),
        done=gettext_lazy("It is recorded."),
        crumbs=[*referral_crumbs()],
        intro=f"{leg.request.journey.number} · {state_word(leg)}",
        danger=name in NEGATIVE,
    )

    def run() -> Leg:
        reason = form.cleaned_data.get("reason_code", "")
        context = command_context(request, reason_code=reason)
        seen = form.cleaned_data.get("expected_version") or leg.version
        return take_step(context, leg.pk, name, form.facts(), seen)

    return run_form(request, form, about, run, _case_url)


def _action(actor: Actor, leg: Leg, name: str) -> Action | None:
    return next((each for each in allowed_actions(actor, leg) if each.transition.name == name), None)


def _seen(request: HttpRequest, leg: Leg) -> int:
    given = request.POST.get("expected_version", "")
    return int(given) if given.isdigit() else leg.version


@require_POST
@page
def open_case(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the receiver looks at the case: the page sends this by itself when it is shown."""
    actor = acting(request)
    leg = queries.leg(actor, pk)
    if _action(actor, leg, "open") is not None:
        take_step(command_context(request), leg.pk, "open", StepFacts(), leg.version)
    found = queries.case(actor, pk)
    if request.headers.get("HX-Target") == "case":
        return render(request, "referrals/_case.html", _case_context(actor, found))
    return redirect(_case_url(leg))


@require_POST
@page
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a message beside the case."""
    leg = queries.leg(acting(request), pk)
    require_handling(acting(request), leg)
    form = MessageForm(request.POST)
    sent = None
    if form.is_valid():
        sent = form.attempt(lambda: commands.write_message(command_context(request), leg.pk, form.cleaned_data["text"]))
    if sent is not None:
        messages.success(request, _("The message is sent."))
        return redirect(f"{_case_url(leg)}#messages")
    for errors in form.errors.values():
        messages.error(request, " ".join(str(each) for each in errors))
    return redirect(f"{_case_url(leg)}#messages")


@require_http_methods(BOTH)
@page
def milestone(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a moment of the pathway, or correct one."""
    actor = acting(request)
    leg = queries.leg(actor, pk)
    require_handling(actor, leg)
    policy = policy_of(leg.request.policy)
    known = tellable(actor, leg, policy.milestones_of(leg.request.condition))
    choices = [(each.code, in_language(each.name.zh, each.name.en)) for each in known]
    now = timezone.localtime().replace(second=0, microsecond=0)
    initial = {"code": request.GET.get("code", ""), "occurred_at": now}
    form = MilestoneForm(choices, request.POST or None, initial=initial)
    about = FormPage(
        title=gettext_lazy("Milestone of the pathway"),
        submit_label=gettext_lazy("Record it"),
        cancel_url=_case_url(leg),
        done=gettext_lazy("The milestone is recorded."),
        crumbs=referral_crumbs(),
        intro=_("A milestone that is there already is corrected: both times stay in the record."),
    )

    def run() -> Milestone:
        given = form.cleaned_data
        standing = next((row for row in queries.case(actor, pk).milestones if row.code == given["code"]), None)
        return commands.record_milestone(
            command_context(request),
            leg.pk,
            given["code"],
            given["occurred_at"],
            None if standing is None else standing.pk,
            Certainty.CONFIRMED if given["is_certain"] else Certainty.TOLD,
        )

    return run_form(request, form, about, run, lambda _row: f"{_case_url(leg)}#milestones")


@require_POST
@page
def confirm(request: HttpRequest, pk: int, event: int) -> HttpResponse:
    """Confirm an answer that the sender typed in after a telephone call."""
    leg = queries.leg(acting(request), pk)
    commands.confirm_spoken(command_context(request), event)
    messages.success(request, _("The spoken answer is confirmed."))
    return redirect(_case_url(leg))


@require_POST
@page
def answer_proposal(request: HttpRequest, pk: int, proposal: int) -> HttpResponse:
    """Apply what another record shows, or say that it changes nothing."""
    leg = queries.leg(acting(request), pk)
    context = command_context(request)
    if request.POST.get("answer") == "apply":
        commands.apply_proposal(context, proposal)
    else:
        commands.refuse_proposal(context, proposal)
    messages.success(request, _("It is recorded."))
    return redirect(_case_url(leg))
