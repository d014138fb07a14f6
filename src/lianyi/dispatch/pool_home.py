"""What of the pool waits on the home page: for the person, for the home hospital."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import ngettext

from lianyi.accounts.access import decide
from lianyi.accounts.actors import Actor
from lianyi.dispatch import pool_queries
from lianyi.dispatch.models import CandidacyState
from lianyi.pages.home import HomeItem, register_home_provider


def register() -> None:
    register_home_provider(own_items)
    register_home_provider(office_items)


def own_items(actor: Actor) -> list[HomeItem]:
    """Return what waits for the person's own word."""
    mine = reverse("dispatch:my-willingness")
    found = []
    if invitations := list(pool_queries.own_invitations(actor).order_by("answer_by")):
        text = ngettext("Invitation waits for your answer", "Invitations wait for your answer", len(invitations))
        found.append(HomeItem(text, mine, len(invitations), tone="warning", due_on=invitations[0].answer_by))
    if couples := pool_queries.own_couple_questions(actor).count():
        text = ngettext(
            "Somebody named you to go together, or never both: it waits for your word",
            "People named you to go together, or never both: it waits for your word",
            couples,
        )
        found.append(HomeItem(text, mine, couples, tone="info"))
    return found


def office_items(actor: Actor) -> list[HomeItem]:
    """Return the askings and applications that wait for the office, and the invitations that nobody answered."""
    if not pool_queries.keeps_pool(actor) or not decide(actor, "dispatch.write").allowed:
        return []
    found = []
    waiting = pool_queries.waiting_candidacies(actor).order_by("answer_by")
    for state in (CandidacyState.ASKED, CandidacyState.APPLIED):
        rows = [row for row in waiting if row.state == state]
        if rows:
            found.append(HomeItem(_text(state, len(rows)), _list(state), len(rows), "warning", rows[0].answer_by))
    if late := pool_queries.unanswered_candidacies(actor).count():
        text = ngettext("Invitation without an answer by the date", "Invitations without an answer by the date", late)
        found.append(HomeItem(text, _list(CandidacyState.NO_ANSWER), late, tone="bad"))
    return found


def _text(state: CandidacyState, count: int) -> str:
    if state is CandidacyState.ASKED:
        return ngettext("Receiving unit asks you for somebody", "Receiving units ask you for somebody", count)
    return ngettext("Application to be sent waits for you", "Applications to be sent wait for you", count)


def _list(state: CandidacyState) -> str:
    # A late asking stands without an answer; the list of all that wait begins with the newest.
    query = f"?standing={state}" if state is CandidacyState.NO_ANSWER else ""
    return f"{reverse('dispatch:candidacies')}{query}"
