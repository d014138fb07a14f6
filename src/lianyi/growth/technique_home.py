"""What of the techniques waits on the home page: signatures, checks that fall due, techniques that lapsed."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lianyi.accounts.access import decide
from lianyi.accounts.actors import Actor
from lianyi.growth.models import TechniqueState
from lianyi.growth.queries import techniques as queries
from lianyi.methods.technique_ladder import CheckState, Standing
from lianyi.pages.home import HomeItem, register_home_provider
from lianyi.pages.names import name_of

DUE_WITHIN_DAYS = 30


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
    climbed = queries.all_climbed(actor, today)
    due = queries.checks_due(climbed, today, DUE_WITHIN_DAYS)
    for each in due:
        check = next(one for one in each.ladder.checks if one.state is CheckState.PENDING)
        text = _("Check whether a technique is sustained after %(months)s months") % {"months": check.months}
        found.append(
            HomeItem(text, each.row.get_absolute_url(), tone="info", due_on=check.due_on, detail=name_of(each.row))
        )
    if lapsed := sum(each.ladder.standing is Standing.LAPSED for each in climbed):
        text = ngettext("Technique has lapsed", "Techniques have lapsed", lapsed)
        found.append(HomeItem(text, _list(standing=Standing.LAPSED), lapsed, tone="bad"))
    return found


def _list(**query: str) -> str:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{reverse('growth:techniques')}?{asked}"
