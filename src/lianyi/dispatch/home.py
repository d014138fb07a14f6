"""What dispatch puts on the home page: what waits for the reader, and who is on site today."""

from __future__ import annotations

import datetime

from django.db.models import Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Act, Family, Permission, role_holds
from lianyi.dispatch import board_queries, queries
from lianyi.dispatch.board import gap_text
from lianyi.dispatch.texts import institution_kind_word
from lianyi.pages.home import HomeItem, HomePanel, register_home_panel, register_home_provider
from lianyi.pages.names import name_of
from lianyi.partnerships.models import Agreement

MOST_WATCHED = 60
DAYS_AHEAD = 60
MOST_NAMED = 5


def register() -> None:
    register_home_provider(waiting_items)
    register_home_provider(overdue_items)
    register_home_provider(gap_items)
    register_home_panel(on_site_panel)


def _may(actor: Actor, act: Act) -> bool:
    return actor.is_service or role_holds(actor.role, Permission(Family.DISPATCH, act))


def waiting_items(actor: Actor) -> list[HomeItem]:
    """Return the postings that wait for the reader's answer."""
    waiting = board_queries.waiting_for(actor)
    count = waiting.count()
    if not count:
        return []
    first = waiting.order_by().aggregate(day=Min("starts_on"))["day"]
    text = _("Postings wait for your approval")
    return [HomeItem(text, reverse("dispatch:approvals"), count, tone="warning", due_on=first)]


def overdue_items(actor: Actor) -> list[HomeItem]:
    """Return the facts that nobody recorded, and the lines that should have been published by now."""
    if not _may(actor, Act.WRITE):
        return []
    today = timezone.localdate()
    rows = board_queries.writable(actor)
    items = []
    for name, found, text in (
        ("arrival", board_queries.overdue_arrivals(rows, today), _("Should have arrived; nobody recorded it")),
        ("end", board_queries.overdue_ends(rows, today), _("Should have ended; nobody recorded it")),
    ):
        count = found.count()
        if count:
            items.append(HomeItem(text, f"{reverse('dispatch:postings')}?overdue={name}", count, tone="bad"))
    return items + _overdue_drafts(actor, today)


def _overdue_drafts(actor: Actor, today: datetime.date) -> list[HomeItem]:
    plans = board_queries.overdue_drafts(actor, today)
    items = [
        HomeItem(
            _("Lines of a plan should have been published"),
            reverse("dispatch:plan", args=[each.agreement_id]),
            each.lines,
            tone="warning",
            due_on=each.first_day,
            detail=name_of(each, "title"),
        )
        for each in plans[:MOST_NAMED]
    ]
    rest = sum(each.lines for each in plans[MOST_NAMED:])
    if rest:
        text = _("Lines of other plans should have been published")
        items.append(HomeItem(text, f"{reverse('dispatch:postings')}?state=draft", rest, tone="warning"))
    return items


def gap_items(actor: Actor) -> list[HomeItem]:
    """Return the coming days without anybody on site although the agreement promises presence."""
    if not _may(actor, Act.WRITE):
        return []
    today = timezone.localdate()
    running = scoped(actor, Agreement.objects.filter(state=Agreement.State.IN_FORCE, ends_on__gte=today))
    if running.count() > MOST_WATCHED:
        # Who watches a whole province opens the rule checks; the first page must stay quick.
        return []
    found = board_queries.gaps_ahead(actor, today, DAYS_AHEAD)
    items = [
        HomeItem(
            gap_text(each.gap, today),
            reverse("dispatch:rules", args=[each.agreement.pk]),
            tone="warning",
            due_on=each.gap.start,
            detail=name_of(each.agreement, "title"),
        )
        for each in found[:MOST_NAMED]
    ]
    if len(found) > MOST_NAMED:
        text = _("More gaps in presence in the next %(days)s days") % {"days": DAYS_AHEAD}
        items.append(HomeItem(text, reverse("dispatch:rule-checks"), len(found) - MOST_NAMED, tone="warning"))
    return items


def on_site_panel(actor: Actor) -> list[HomePanel]:
    """Return how many people are on site today, by kind of institution."""
    if not _may(actor, Act.READ):
        return []
    counts = board_queries.on_site_by_kind(queries.on_site(actor, timezone.localdate()))
    if not counts:
        return []
    lines = [(institution_kind_word(each.institution_kind), each) for each in counts]
    url = reverse("dispatch:on-site")
    return [HomePanel(_("On site today"), "dispatch/home_on_site.html", {"lines": lines}, url)]
