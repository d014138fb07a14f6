"""What a case page says in words of what was kept with its steps, and which of the steps is the next one."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lianyi.pages.names import name_of
from lianyi.pages.values import shown
from lianyi.referrals import machine, queries
from lianyi.referrals.models import Leg, LegEvent, ReturnPlan
from lianyi.referrals.stability import STABILITY
from lianyi.referrals.states import Disposition, EntryMode, LegState, Side
from lianyi.referrals.texts import FACT_WORDS, Text, contact_word
from lianyi.referrals.walking import Action
from lianyi.registry.models import Institution

NEGATIVE = frozenset(
    {
        "decline",
        "decline_unanswered",
        "withdraw",
        "cancel",
        "mark_error",
        "give_up",
        "record_death",
        "confirm_cancel",
        "repair_error",
    }
)
# What is kept with a step and belongs beside it; texts, reasons and who said it have places of their own.
_DAYS = ("next_date", "expected_return_on")
_MOMENTS = ("due_at", "expected_at", "care_ended_at", "died_at")
_WORDS = ("place", "contact", "reservation")
_TICKS = ("hand_to_coordinator", "keeps_request")
# The step that brings a case on, where several are open: one of them is shown as the main one.
_MAIN_STEPS = (
    "send", "supply", "accept", "keep_bed", "book", "rebook", "depart", "arrive", "take_over", "resume", "acknowledge",
    "send_outcome",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a list of facts."""

    label: Text
    value: str


def buttons(leg: Leg, actions: Iterable[Action], *, has_other_main: bool) -> list[dict[str, Any]]:
    """Return the open steps as buttons: the one that brings the case on first and loudest, what ends it last."""
    shown_here = [each for each in actions if each.transition.name != "open"]
    own = {each.transition.name for each in shown_here if not each.is_spoken}
    main = "" if has_other_main else next((name for name in _MAIN_STEPS if name in own), "")
    made = [_button(leg, each, is_main=each.transition.name == main) for each in shown_here]
    return sorted(made, key=lambda each: (not each["is_main"], each["is_negative"], each["is_spoken"]))


def _button(leg: Leg, action: Action, *, is_main: bool) -> dict[str, Any]:
    label = str(action.transition.label)
    if action.is_spoken:
        label = _("%(step)s (said on the telephone)") % {"step": label}
    return {
        "url": reverse("referrals:step", args=[leg.pk, action.transition.name]),
        "label": label,
        "is_main": is_main,
        "is_negative": action.transition.name in NEGATIVE or action.transition.name.startswith("record_death"),
        "is_spoken": action.is_spoken,
    }


_PLACES = ("institution_id", "transporter_id")


def about_the_asking(found: queries.Case) -> list[Fact]:
    """Return who wrote the referral for whom, who approved it, who coordinates it, and why it leaves the rules."""
    asked = found.leg.request
    lines = [Fact(_("Written by"), str(asked.written_by)), Fact(_("For the clinician"), asked.on_behalf_of)]
    if asked.approved_at is not None:
        lines.append(Fact(_("Approved by"), f"{asked.approved_by} · {shown(asked.approved_at)}"))
    lines.append(Fact(_("Coordinator"), name_of(asked.coordinator)))
    if asked.override_code:
        # The sentence may tell who the patient is.
        words = asked.override_text if found.is_open_to_reader else ""
        why = " · ".join(part for part in (str(asked.get_override_code_display()), words) if part)
        lines.append(Fact(_("Outside the rules because"), why))
    return _given(lines)


def about_the_answer(found: queries.Case) -> list[Fact]:
    """Return what the receiver said, and how often a date fell through."""
    leg = found.leg
    lines = [
        Fact(_("Answered at"), _moment(leg.decided_at)),
        Fact(_("Institution that has agreed to take the patient"), name_of(leg.alternative)),
        Fact(_("Bed or appointment kept until"), _moment(leg.reserved_until)),
        Fact(_("Dates changed"), _times(leg.reschedules)),
        Fact(_("Times not come"), _times(leg.no_shows)),
    ]
    if leg.state == LegState.CLOSED and not leg.is_acknowledged:
        lines.append(Fact(_("Outcome"), _("nobody read it in time; the case was closed by itself")))
    return _given(lines)


def about_the_road(found: queries.Case) -> list[Fact]:
    """Return how the patient travels, for those who may know who the patient is."""
    leg = found.leg
    if not found.is_open_to_reader or (leg.departed_at is None and leg.transport_institution is None):
        return []
    transport: Mapping[str, str] = leg.transport or {}
    lines = [
        Fact(_("Departed at"), _moment(leg.departed_at)),
        Fact(_("Vehicle"), transport.get("vehicle", "")),
        Fact(_("Escort"), transport.get("escort", "")),
        Fact(_("Condition at departure"), transport.get("condition", "")),
        Fact(_("Transport by"), name_of(leg.transport_institution)),
    ]
    if leg.diverted_from is not None:
        lines.append(Fact(_("Was on the way to"), name_of(leg.diverted_from.to_institution)))
    return _given(lines)


def stability_lines(plan: ReturnPlan | None) -> list[Fact]:
    """Return what the upper hospital ticked before it proposed the return."""
    ticked = {} if plan is None else plan.stability
    return [Fact(STABILITY.get(name, name), _("yes") if holds else _("no")) for name, holds in ticked.items()]


def event_lines(events: Sequence[LegEvent], may_confirm: Callable[[LegEvent], bool]) -> list[dict[str, Any]]:
    """Return each step in words, with what was said; the institutions named are read in one go."""
    named = {each.facts[name] for each in events for name in _PLACES if name in each.facts}
    places = Institution.objects.in_bulk(named) if named else {}
    return [_event_line(each, places, may_confirm=may_confirm(each)) for each in events]


def _event_line(event: LegEvent, places: Mapping[int, Institution], *, may_confirm: bool) -> dict[str, Any]:
    row = machine.BY_NAME.get(event.step)
    reason = ""
    if row is not None and row.reasons is not None and event.reason_code in row.reasons.values:
        reason = str(row.reasons(event.reason_code).label)
    return {
        "row": event,
        "word": event.step if row is None else row.label,
        "state": LegState(event.to_state).label if event.to_state in LegState.values else event.to_state,
        "reason": reason,
        "facts": _said_with(event, places),
        "may_confirm": may_confirm and event.entry_mode == EntryMode.SPOKEN and event.confirmed_at is None,
    }


def _said_with(event: LegEvent, places: Mapping[int, Institution]) -> list[Fact]:
    facts: Mapping[str, Any] = event.facts
    lines = [Fact(FACT_WORDS["institution_id"], name_of(places.get(facts.get("institution_id", 0))))]
    lines += [Fact(FACT_WORDS[name], _day_said(facts.get(name))) for name in _DAYS]
    lines += [Fact(FACT_WORDS[name], _moment_said(facts.get(name))) for name in _MOMENTS]
    words: Mapping[str, Any] = {**FACT_WORDS, "contact": contact_word(event.step)}
    lines += [Fact(words[name], str(facts.get(name, ""))) for name in _WORDS]
    lines.append(Fact(words["transporter_id"], name_of(places.get(facts.get("transporter_id", 0)))))
    lines += [Fact(FACT_WORDS[name], _("yes") if facts.get(name) else "") for name in _TICKS]
    if facts.get("ball_side") in Side.values:
        lines.append(Fact(FACT_WORDS["ball_side"], str(Side(facts["ball_side"]).label)))
    if facts.get("disposition") in Disposition.values:
        lines.append(Fact(FACT_WORDS["disposition"], str(Disposition(facts["disposition"]).label)))
    return _given(lines)


def _given(lines: Iterable[Fact]) -> list[Fact]:
    return [line for line in lines if line.value]


def _moment(value: datetime.datetime | None) -> str:
    return "" if value is None else shown(value)


def _moment_said(text: str | None) -> str:
    return _moment(datetime.datetime.fromisoformat(text)) if text else ""


def _day_said(text: str | None) -> str:
    return shown(datetime.date.fromisoformat(text)) if text else ""


def _times(number: int) -> str:
    return str(number) if number else ""
