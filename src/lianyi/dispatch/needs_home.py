"""What of the needs waits on the home page for whoever decides and whoever plans."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import ngettext

from lianyi.accounts.access import decide
from lianyi.accounts.actors import Actor
from lianyi.dispatch import needs_queries
from lianyi.dispatch.authority import plans
from lianyi.dispatch.models import NeedOrigin, NeedState
from lianyi.pages.home import HomeItem, register_home_provider


def register() -> None:
    register_home_provider(items)


def items(actor: Actor) -> list[HomeItem]:
    """Return the needs that the actor can move on: approve, open, complete, close."""
    if not plans(actor) or not decide(actor, "dispatch.read").allowed:
        return []
    found = []
    if decide(actor, "dispatch.decide").allowed and (count := needs_queries.waiting_for_approval(actor).count()):
        text = ngettext("Need waits for your approval", "Needs wait for your approval", count)
        found.append(HomeItem(text, _list(standing=NeedState.SUBMITTED), count, tone="warning"))
    if not decide(actor, "dispatch.write").allowed:
        return found
    if count := needs_queries.drafts_handed_on(actor).count():
        text = ngettext(
            "Draft need from a gap of the survey waits to be completed",
            "Draft needs from gaps of the survey wait to be completed",
            count,
        )
        found.append(HomeItem(text, _list(standing=NeedState.DRAFT, origin=NeedOrigin.SURVEY_GAP), count, tone="info"))
    if count := needs_queries.waiting_to_be_opened(actor).count():
        text = ngettext("Approved need waits to be opened for help", "Approved needs wait to be opened for help", count)
        found.append(HomeItem(text, _list(standing=NeedState.APPROVED), count, tone="warning"))
    return found


def _list(**query: str) -> str:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{reverse('dispatch:needs')}?{asked}"
