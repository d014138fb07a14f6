"""The wall of a duty room: every emergency on its way, its clock, and who is on duty."""

from __future__ import annotations

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.accounts.access import require
from lianyi.pages.names import in_language, name_of
from lianyi.pages.requests import acting, log_list_reading, page
from lianyi.referrals import wall as emergencies
from lianyi.referrals.duty import ANY_CONDITION
from lianyi.referrals.models import DutySlot, Leg
from lianyi.referrals.notice_words import channel_word
from lianyi.referrals.policies import COUNTRY, policy_book
from lianyi.referrals.problem_words import problem_name
from lianyi.referrals.states import LegState
from lianyi.referrals.texts import STATE_TONES, condition_word, left_word, receiver_name, state_word
from lianyi.referrals.views.work import referral_crumbs
from lianyi.referrals.wall import Duty, WallCase

REFRESH_SECONDS = 5
# How near the end of its clock a case is shown as urgent.
NEAR = datetime.timedelta(minutes=5)


@require_safe
@page
def wall(request: HttpRequest) -> HttpResponse:
    """Show the wall, or only its changing part to the page that asks for it every few seconds."""
    actor = acting(request)
    require(actor, "referral.read")
    now = timezone.now()
    cases = emergencies.moving_emergencies(actor)
    context = {
        "title": _("Green channel"),
        "breadcrumbs": referral_crumbs(),
        # The wall needs the whole width of the screen.
        "navigation": [],
        "cases": [_card(each, now) for each in cases],
        "in_ward": emergencies.in_ward_count(actor),
        "duties": [_duty_line(each) for each in emergencies.duties(actor, now)],
        "now": now,
        "refresh_seconds": REFRESH_SECONDS,
    }
    if request.headers.get("HX-Target") == "wall":
        return render(request, "referrals/_wall.html", context)
    if cases:
        # Noted once for a screen that is opened, not again for each time it looks for news.
        log_list_reading(request, Leg, len(cases))
    return render(request, "referrals/wall.html", context)


def _card(found: WallCase, now: datetime.datetime) -> dict[str, Any]:
    leg = found.leg
    asked = leg.request
    last = found.last_reached
    return {
        "leg": leg,
        "number": asked.journey.number,
        "about": " · ".join(part for part in (asked.age_band, str(asked.get_sex_display())) if part),
        "condition": condition_word(leg) or problem_name(asked.journey.problem_code),
        "way": f"{name_of(leg.from_institution)} → {receiver_name(leg)}",
        "state": state_word(leg),
        "tone": STATE_TONES.get(leg.state, "info"),
        "is_mine": found.is_mine,
        "holder": name_of(leg.ball_institution),
        "pressure": _pressure(leg, now),
        "left": left_word(leg.due_at, now),
        "is_coming": leg.state == LegState.IN_TRANSIT,
        "milestones": [
            {"word": in_language(each.planned.name.zh, each.planned.name.en), "at": each.at}
            for each in found.milestones
        ],
        "reached": found.reached_count,
        "last": None
        if last is None
        else {"word": in_language(last.planned.name.zh, last.planned.name.en), "at": last.at},
    }


def _pressure(leg: Leg, now: datetime.datetime) -> str:
    if leg.due_at is None:
        return "calm"
    left = leg.due_at - now
    if left < datetime.timedelta():
        return "over"
    return "near" if left < NEAR else "calm"


def _duty_line(found: Duty) -> dict[str, Any]:
    policy = policy_book().default_on(timezone.localdate(), COUNTRY)
    condition = policy.condition(found.roster.condition)
    is_other = found.roster.condition == ANY_CONDITION
    word = _("other emergencies") if is_other else channel_word(found.roster.condition)
    return {
        "place": name_of(found.roster.institution),
        "condition": word if condition is None else in_language(condition.name.zh, condition.name.en),
        "now": _shift(found.now),
        "next": _shift(found.next),
        "phone": found.roster.duty_phone,
    }


def _shift(slot: DutySlot | None) -> dict[str, Any] | None:
    if slot is None:
        return None
    return {"person": slot.person, "deputy": slot.deputy, "from": slot.starts_at, "until": slot.ends_at}
