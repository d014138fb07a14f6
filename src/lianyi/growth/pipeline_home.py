"""What of the pipeline waits on the home page: approvals that run out, and use that is to be checked again."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from lianyi.accounts.actors import Actor
from lianyi.growth.pipeline_authority import writes_innovations
from lianyi.growth.queries import pipeline as queries
from lianyi.pages.home import HomeItem, register_home_provider


def register() -> None:
    register_home_provider(items)


def items(actor: Actor) -> list[HomeItem]:
    """Return what the actor can move on."""
    today = timezone.localdate()
    address, found = reverse("growth:pipeline"), []
    ending = [
        each for each in queries.approvals_running_out(actor, today) if writes_innovations(actor, each.department_id)
    ]
    if ending:
        text = ngettext(
            "Ethics approval in the pipeline runs out or has ended",
            "Ethics approvals in the pipeline run out or have ended",
            len(ending),
        )
        where = ending[0].get_absolute_url() if len(ending) == 1 else address
        found.append(HomeItem(text, where, len(ending), tone="warning"))
    due = [
        each
        for each in queries.checks_due(actor, today)
        if writes_innovations(actor, each.row.innovation.department_id)
    ]
    if due:
        text = ngettext(
            "Institution to ask whether it still uses a result",
            "Institutions to ask whether they still use a result",
            len(due),
        )
        pages = {each.row.innovation_id for each in due}
        where = due[0].row.innovation.get_absolute_url() if len(pages) == 1 else address
        found.append(
            HomeItem(
                text, where, len(due), tone="info", due_on=min(each.check_due_on for each in due if each.check_due_on)
            )
        )
    return found
