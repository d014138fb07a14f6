"""What secondments register when the application starts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from lianyi.accounts.access import RelationPath, ScopeRule, decide, register_scope
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Family
from lianyi.growth.imports import secondments as imports
from lianyi.growth.models.secondments import ReturnCheck, ReturnOutcome, SecondmentGoal
from lianyi.growth.queries.secondments import checks_to_make
from lianyi.growth.queries.training import countable
from lianyi.growth.return_checks import CheckStanding
from lianyi.growth.secondment_texts import ACTIONS, REFUSALS
from lianyi.growth.training_authority import keeps_training
from lianyi.pages.action_names import register_action_names
from lianyi.pages.errors import register_error_texts
from lianyi.pages.home import HomeItem, register_home_provider
from lianyi.partnerships.models import Agreement
from lianyi.partnerships.queries import TimelineEntry, register_timeline_source
from lianyi.partnerships.scopes import AGREEMENT_TARGET

_RULE = ScopeRule(
    family=Family.TRAINING,
    nodes=("posting__from_institution_id", "posting__to_institution_id"),
    relations=(RelationPath(AGREEMENT_TARGET, "posting__agreement_id"),),
    person_level=True,
)


def register() -> None:
    register_scope(SecondmentGoal, _RULE)
    register_scope(ReturnCheck, _RULE)
    imports.register()
    register_error_texts(REFUSALS)
    register_action_names(ACTIONS)
    register_home_provider(home_items)
    register_timeline_source(timeline_entries)


def home_items(actor: Actor) -> list[HomeItem]:
    """Return the checks of returns that are the actor's to make, late ones apart."""
    if not keeps_training(actor) or not decide(actor, "training.write").allowed:
        return []
    waiting = checks_to_make(actor, timezone.localdate())
    found = []
    late = [each for each in waiting if each.standing is CheckStanding.LATE]
    due = [each for each in waiting if each.standing is CheckStanding.DUE]
    if late:
        text = ngettext("Check of a return is late", "Checks of returns are late", len(late))
        found.append(HomeItem(text, reverse("growth:secondment", args=[late[0].posting.pk]), len(late), tone="warning"))
    if due:
        text = ngettext("Check of a return is due", "Checks of returns are due", len(due))
        found.append(HomeItem(text, reverse("growth:secondment", args=[due[0].posting.pk]), len(due), tone="info"))
    return found


def timeline_entries(actor: Actor, agreement: Agreement) -> Iterable[TimelineEntry]:
    """Return on each day how many who returned were found to work independently; nobody by name."""
    rows = countable(actor, ReturnCheck.objects.filter(posting__agreement=agreement))
    told = Counter(rows.filter(outcome=ReturnOutcome.INDEPENDENT).values_list("checked_on", "months", "provenance"))
    for (day, months, provenance), people in told.items():
        yield TimelineEntry(
            day,
            "day",
            "staff",
            f"{people}人进修返院{months}个月独立工作",
            f"{people} working independently {months} months after the return",
            provenance,
        )
