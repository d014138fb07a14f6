"""What of visits and actions waits on the home page."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lianyi.accounts.access import decide
from lianyi.accounts.actors import Actor
from lianyi.exchanges.machines.actions import DATED
from lianyi.exchanges.queries import actions, points, visits
from lianyi.exchanges.standing import standing_in
from lianyi.pages.home import HomeItem, register_home_provider
from lianyi.pages.names import name_of

DAYS_AHEAD = 30
DUE_WITHIN_DAYS = 14
MOST_NAMED = 3


def register() -> None:
    register_home_provider(action_items)
    register_home_provider(visit_items)


def action_items(actor: Actor) -> list[HomeItem]:
    """Return what the actor has to do, to check, to take up again and to sort."""
    if not decide(actor, "visit.write").allowed:
        return []
    today = timezone.localdate()
    mine = standing_in(actions.mine(actor), DATED)
    days = [row.due_on for row in mine if row.due_on is not None]
    late = [day for day in days if day < today]
    soon = [day for day in days if today <= day <= today + datetime.timedelta(days=DUE_WITHIN_DAYS)]
    found = []
    if late:
        text = ngettext("Action of yours is late", "Actions of yours are late", len(late))
        url = f"{reverse('exchanges:actions')}?mine=yes&late=yes"
        found.append(HomeItem(text, url, len(late), tone="bad", due_on=min(late)))
    if soon:
        text = ngettext("Action of yours is due soon", "Actions of yours are due soon", len(soon))
        found.append(
            HomeItem(text, f"{reverse('exchanges:actions')}?mine=yes", len(soon), tone="warning", due_on=min(soon))
        )
    return found + _deciding_items(actor)


def _deciding_items(actor: Actor) -> list[HomeItem]:
    if not decide(actor, "visit.decide").allowed:
        return []
    found = []
    if count := len(actions.to_check(actor)):
        text = ngettext("Action waits for your check", "Actions wait for your check", count)
        found.append(HomeItem(text, f"{reverse('exchanges:actions')}?to_check=yes", count, tone="warning"))
    if count := actions.came_back(actor).count():
        text = ngettext("Action came back", "Actions came back", count)
        found.append(HomeItem(text, f"{reverse('exchanges:actions')}?standing=came_back", count, tone="bad"))
    if count := points.unsorted(actor).count():
        text = ngettext("Point waits to be sorted", "Points wait to be sorted", count)
        found.append(HomeItem(text, f"{reverse('exchanges:points')}?state=raised", count, tone="warning"))
    return found


def visit_items(actor: Actor) -> list[HomeItem]:
    """Return the visits that come up, those nobody recorded, and minutes to agree to."""
    if not decide(actor, "visit.write").allowed:
        return []
    today = timezone.localdate()
    until = today + datetime.timedelta(days=DAYS_AHEAD)
    found = [
        HomeItem(_("Visit comes up"), row.get_absolute_url(), due_on=row.starts_on, detail=name_of(row, "title"))
        for row in visits.coming_up(actor, today, until).order_by("starts_on", "pk")[:MOST_NAMED]
    ]
    if count := visits.not_recorded(actor, today).count():
        text = ngettext("Visit is over and not recorded", "Visits are over and not recorded", count)
        found.append(HomeItem(text, f"{reverse('exchanges:visits')}?unrecorded=yes", count, tone="warning"))
    found += [
        HomeItem(
            _("Minutes wait for your agreement"), row.get_absolute_url(), tone="warning", detail=name_of(row, "title")
        )
        for row in visits.minutes_to_agree(actor)[:MOST_NAMED]
    ]
    return found
