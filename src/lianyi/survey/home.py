"""What of the survey waits on the home page: gaps that those who plan postings have not answered."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import ngettext

from lianyi.accounts.access import decide
from lianyi.accounts.actors import Actor
from lianyi.pages.home import HomeItem
from lianyi.survey import queries


def items(actor: Actor) -> list[HomeItem]:
    if not decide(actor, "dispatch.write").allowed or not decide(actor, "registry.read").allowed:
        return []
    number = queries.gaps_waiting(actor).count()
    if not number:
        return []
    text = ngettext("Gap put forward waits for an answer", "Gaps put forward wait for an answer", number)
    return [HomeItem(text, f"{reverse('survey:gaps')}?state=put_forward", number, "info")]
