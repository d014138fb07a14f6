"""What of pairing plans waits on the home page: wishes that an institution is asked for."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import ngettext

from lianyi.accounts.actors import Actor
from lianyi.dispatch import pairing_wishes
from lianyi.pages.home import HomeItem, register_home_provider


def register() -> None:
    register_home_provider(wish_items)


def wish_items(actor: Actor) -> list[HomeItem]:
    """Return the plans that wait for the wishes of the actor's institutions."""
    waiting = pairing_wishes.unanswered(actor)
    if not waiting:
        return []
    text = ngettext(
        "Pairing plan asks for the wishes of your institution",
        "Pairing plans ask for the wishes of your institution",
        len(waiting),
    )
    url = waiting[0].get_absolute_url() if len(waiting) == 1 else reverse("dispatch:asked-wishes")
    until = waiting[0].plan.wishes_until
    return [HomeItem(text, url, len(waiting), tone="warning", due_on=until, detail=waiting[0].plan.name)]
