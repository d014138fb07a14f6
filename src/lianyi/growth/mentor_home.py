"""What of mentors and apprentices waits on the home page: lines to confirm, levels to sign, goals overdue."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from lianyi.accounts.access import decide
from lianyi.accounts.actors import Actor
from lianyi.growth.queries import mentors as queries
from lianyi.pages.home import HomeItem, register_home_provider


def register() -> None:
    register_home_provider(items)


def items(actor: Actor) -> list[HomeItem]:
    """Return what the actor can move on."""
    if not decide(actor, "training.write").allowed:
        return []
    found = []
    if waiting := queries.lines_to_answer(actor):
        text = ngettext(
            "Line of a logbook waits for your confirmation",
            "Lines of logbooks wait for your confirmation",
            len(waiting),
        )
        pairs = {line.goal.pair_id for line in waiting}
        url = waiting[0].goal.pair.get_absolute_url() if len(pairs) == 1 else reverse("growth:mentors")
        found.append(HomeItem(text, url, len(waiting), tone="warning"))
    if levels := queries.levels_to_sign(actor):
        text = ngettext(
            "Level of an apprentice waits for your signature",
            "Levels of apprentices wait for your signature",
            len(levels),
        )
        found.append(HomeItem(text, levels[0].goal.pair.get_absolute_url(), len(levels), tone="warning"))
    today = timezone.localdate()
    overdue = len(queries.overdue_goals(actor, today))
    if overdue:
        text = ngettext("Goal of an apprentice is overdue", "Goals of apprentices are overdue", overdue)
        found.append(HomeItem(text, reverse("growth:mentor-alone"), overdue, tone="info"))
    return found
