"""What referrals put on the home page: what waits for the reader's side, overdue first."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lianyi.accounts.access import decide
from lianyi.accounts.actors import Actor
from lianyi.pages.home import HomeItem, register_home_provider
from lianyi.referrals import need_queries, offline_queries, proposal_queries, queries
from lianyi.referrals.states import Urgency
from lianyi.referrals.texts import condition_word, left_word, state_word

MOST_NAMED = 5


def register() -> None:
    register_home_provider(case_items)
    register_home_provider(follow_up_items)
    register_home_provider(proposal_items)
    register_home_provider(conflict_items)
    register_home_provider(need_items)


def case_items(actor: Actor) -> list[HomeItem]:
    """Return the emergencies one by one and the other cases as a number; no patient is named."""
    if not decide(actor, "referral.read").allowed:
        return []
    now = timezone.now()
    waiting = queries.to_move(actor)
    items = [
        HomeItem(
            _("Green channel %(number)s: %(state)s") % {"number": leg.request.journey.number, "state": state_word(leg)},
            leg.get_absolute_url(),
            tone="bad",
            due_on=timezone.localdate(leg.due_at) if leg.due_at else None,
            detail=" · ".join(part for part in (condition_word(leg), left_word(leg.due_at, now)) if part),
        )
        for leg in waiting.filter(request__urgency=Urgency.EMERGENCY)[:MOST_NAMED]
    ]
    rest = waiting.exclude(request__urgency=Urgency.EMERGENCY)
    overdue = rest.filter(due_at__lt=now).count()
    count = rest.count()
    if count:
        text = ngettext("Referral waits for your side", "Referrals wait for your side", count)
        late = ngettext("%(count)d is over time", "%(count)d are over time", overdue) % {"count": overdue}
        detail = late if overdue else ""
        items.append(
            HomeItem(text, reverse("referrals:work"), count, tone="bad" if overdue else "warning", detail=detail)
        )
    return items


def follow_up_items(actor: Actor) -> list[HomeItem]:
    """Return the follow-ups that are due by today."""
    if not decide(actor, "referral.write").allowed:
        return []
    today = timezone.localdate()
    due = queries.follow_ups(actor).filter(due_on__lte=today)
    count = due.count()
    if not count:
        return []
    first = due.values_list("due_on", flat=True).first()
    return [HomeItem(_("Follow-ups are due"), reverse("referrals:follow-ups"), count, tone="warning", due_on=first)]


def proposal_items(actor: Actor) -> list[HomeItem]:
    """Return how many facts of other records wait for an answer; some apply by themselves if nobody answers."""
    if not decide(actor, "referral.read").allowed:
        return []
    waiting = proposal_queries.to_answer(actor)
    count = waiting.count()
    if not count:
        return []
    text = ngettext(
        "Another record shows something about a patient: say what follows",
        "Other records show something about patients: say what follows",
        count,
    )
    first = waiting.filter(apply_at__isnull=False).values_list("apply_at", flat=True).first()
    due_on = None if first is None else timezone.localdate(first)
    return [HomeItem(text, reverse("referrals:proposals"), count=count, tone="bad", due_on=due_on)]


def need_items(actor: Actor) -> list[HomeItem]:
    """Return how many lower units wait for help before they take a patient back."""
    if not decide(actor, "referral.read").allowed:
        return []
    waiting = need_queries.to_provide(actor)
    count = waiting.count()
    if not count:
        return []
    first = waiting.values_list("due_at", flat=True).first()
    due_on = None if first is None else timezone.localdate(first)
    text = ngettext("A lower unit asks for help", "Lower units ask for help", count)
    return [HomeItem(text, reverse("referrals:needs"), count=count, tone="warning", due_on=due_on)]


def conflict_items(actor: Actor) -> list[HomeItem]:
    """Return how many decisions came too late from devices without network and are still to settle."""
    if not decide(actor, "referral.read").allowed:
        return []
    count = offline_queries.conflicts_to_settle(actor).count()
    if not count:
        return []
    text = ngettext("Conflict of a late entry to settle", "Conflicts of late entries to settle", count)
    return [HomeItem(text, reverse("referrals:conflicts"), count=count, tone="warning")]
