"""What of the techniques waits on the home page: signatures, checks that fall due, techniques that lapsed."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lianyi.accounts.access import decide
from lianyi.accounts.actors import Actor
from lianyi.growth.models import TechniqueState
from lianyi.growth.queries import techniques as queries
from lianyi.growth.technique_ladders import Climbed, climbed_all, ladder_of
from lianyi.methods.technique_ladder import CheckState, Standing, SustainedCheck
from lianyi.pages.home import HomeItem, register_home_provider
from lianyi.pages.names import name_of

DUE_WITHIN_DAYS = 30
MOST_NAMED = 5
# The home page is opened by everybody all day: it climbs no more ladders than this, whatever a region holds.
MOST_CLIMBED = 300


def register() -> None:
    register_home_provider(items)


def items(actor: Actor) -> list[HomeItem]:
    """Return what the actor can move on."""
    if not decide(actor, "growth.write").allowed:
        return []
    today = timezone.localdate()
    found = []
    if waiting := queries.waiting_for_signature(actor):
        text = ngettext(
            "Technique proposed as done alone waits for your signature",
            "Techniques proposed as done alone wait for your signature",
            len(waiting),
        )
        url = waiting[0].get_absolute_url() if len(waiting) == 1 else _list(state=TechniqueState.PROPOSED)
        found.append(HomeItem(text, url, len(waiting), tone="warning"))
    near = climbed_all(queries.near_a_check(actor, today, DUE_WITHIN_DAYS)[:MOST_CLIMBED], today)
    due = queries.checks_due(near, today, DUE_WITHIN_DAYS)
    due.sort(key=lambda each: _pending(each).due_on)
    found += [_check_item(each) for each in due[:MOST_NAMED]]
    if rest := len(due) - MOST_NAMED if len(due) > MOST_NAMED else 0:
        text = ngettext("More check of a technique falls due", "More checks of techniques fall due", rest)
        found.append(HomeItem(text, _list(state=TechniqueState.SIGNED), rest, tone="info"))
    return [*found, *_lapsed(actor, today)]


def _pending(each: Climbed) -> SustainedCheck:
    return next(one for one in each.ladder.checks if one.state is CheckState.PENDING)


def _check_item(each: Climbed) -> HomeItem:
    check = _pending(each)
    text = _("Check whether a technique is sustained after %(months)s months") % {"months": check.months}
    return HomeItem(text, each.row.get_absolute_url(), tone="info", due_on=check.due_on, detail=name_of(each.row))


def _lapsed(actor: Actor, today: datetime.date) -> list[HomeItem]:
    """Tell how many have lapsed; where very many may have, the list counts them and the home page does not."""
    rows = queries.may_have_lapsed(actor, today)
    few = list(rows[: MOST_CLIMBED + 1])
    if len(few) > MOST_CLIMBED:
        text = _("More than %(count)s techniques may have lapsed") % {"count": MOST_CLIMBED}
        return [HomeItem(text, _list(standing=Standing.LAPSED), tone="bad")]
    lapsed = sum(ladder_of(row, today).standing is Standing.LAPSED for row in few)
    text = ngettext("Technique has lapsed", "Techniques have lapsed", lapsed)
    return [HomeItem(text, _list(standing=Standing.LAPSED), lapsed, tone="bad")] if lapsed else []


def _list(**query: str) -> str:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{reverse('growth:techniques')}?{asked}"
