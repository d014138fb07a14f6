"""What of the rounds waits on the home page: visits of days that are over without a record, plans to look at."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from lianyi.accounts.access import decide, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Act
from lianyi.dispatch.authority import plans
from lianyi.dispatch.models import PlanState, RoundPlan, RoundVisit, VisitState
from lianyi.pages.home import HomeItem, register_home_provider


def register() -> None:
    register_home_provider(items)


def items(actor: Actor) -> list[HomeItem]:
    """Return what the actor can move on."""
    if not plans(actor) or not decide(actor, "dispatch.write").allowed:
        return []
    found = []
    over = RoundVisit.objects.filter(state=VisitState.PLANNED, day__lt=timezone.localdate())
    if count := scoped(actor, over, Act.WRITE).count():
        text = ngettext(
            "Visit of a round is over and not recorded", "Visits of rounds are over and not recorded", count
        )
        found.append(HomeItem(text, f"{reverse('dispatch:round-visits')}?unrecorded=yes", count, tone="warning"))
    proposed = RoundPlan.objects.filter(state=PlanState.PROPOSED)
    if count := scoped(actor, proposed, Act.WRITE).count():
        text = ngettext("Plan of rounds waits to be taken over", "Plans of rounds wait to be taken over", count)
        found.append(HomeItem(text, reverse("dispatch:rounds"), count, tone="info"))
    return found
