"""Proposed needs: gathered from every source, ranked, without those that were taken over or put aside."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from lianyi.accounts.access import nodes_in_reach, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.dispatch.models import DismissedProposal, Need, NeedOrigin, NeedState
from lianyi.dispatch.needs_filling import standing_in, with_standing
from lianyi.dispatch.needs_machine import OVER
from lianyi.methods.periods import add_calendar_months
from lianyi.partnerships.need_sources import ProposedNeed, need_sources

# What both sides of a partnership assessed and put in order comes first. A shortfall against a standard tells how many
# are missing; not taking a patient back names what was missing; sending one away tells least. Figures of different
# kinds are not added or compared.
ORDER = (
    NeedOrigin.CAPABILITY_CYCLE,
    NeedOrigin.SURVEY_GAP,
    NeedOrigin.WISN_GAP,
    NeedOrigin.READINESS_GAP,
    NeedOrigin.TRANSFER_BACK,
    NeedOrigin.REFERRED_AWAY,
)
# What is counted over twelve months is another figure altogether twelve months later.
MONTHS_PUT_ASIDE = 12
RUNNING = tuple(state for state in NeedState if state not in (*OVER, NeedState.EXPIRED))


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposal with where it comes from and its place in the order."""

    rank: int
    origin: NeedOrigin
    need: ProposedNeed
    url_name: str

    @property
    def key(self) -> str:
        return self.need.key


@dataclass(frozen=True, slots=True)
class Silent:
    """A source that cannot say anything, and why."""

    origin: NeedOrigin
    why: str | Promise


@dataclass(frozen=True, slots=True)
class Gathered:
    proposals: tuple[Proposal, ...]
    silent: tuple[Silent, ...]


def gather(actor: Actor) -> Gathered:
    """Return what every source proposes for institutions and places that the actor covers, ranked."""
    require(actor, "dispatch.write")
    sources = need_sources()
    proposals: list[Proposal] = []
    silent: list[Silent] = []
    for origin in ORDER:
        if origin not in sources:
            continue
        found = sources[origin].find(actor)
        if found.why_nothing:
            silent.append(Silent(origin, found.why_nothing))
        rows = sorted(_left(actor, origin, found.proposals), key=lambda each: (-each.figure, each.key))
        first = len(proposals) + 1
        proposals += [Proposal(at, origin, row, sources[origin].url_name) for at, row in enumerate(rows, first)]
    return Gathered(tuple(proposals), tuple(silent))


def proposal(actor: Actor, origin: str, key: str) -> Proposal:
    """Return one proposal as it is counted now.

    Raises
    ------
    NotFoundInScopeError
        When nothing proposes it any more.
    """
    for each in gather(actor).proposals:
        if each.origin == origin and each.key == key:
            return each
    raise NotFoundInScopeError("Nothing proposes this need any more.", model="ProposedNeed")


def _left(actor: Actor, origin: NeedOrigin, proposed: tuple[ProposedNeed, ...]) -> list[ProposedNeed]:
    """Leave out what the actor could not write, what a running need is about, and what was put aside lately."""
    if not proposed:
        return []
    asked = {each.place.pk if each.institution is None else each.institution.pk for each in proposed}
    covered = set(nodes_in_reach(actor).filter(pk__in=asked).values_list("pk", flat=True))
    running = running_needs(origin).order_by().values_list("origin_key", flat=True)
    done = set(running) | _put_aside(origin, timezone.localdate())
    return [
        each
        for each in proposed
        if (each.place.pk if each.institution is None else each.institution.pk) in covered and each.key not in done
    ]


def running_needs(origin: NeedOrigin) -> QuerySet[Need, Any]:
    """Return the needs of one origin that are not over, whoever may see them: nobody asks twice for the same."""
    return standing_in(with_standing(Need.objects.filter(origin=origin)), RUNNING)


def _put_aside(origin: NeedOrigin, today: datetime.date) -> set[str]:
    since = add_calendar_months(today, -MONTHS_PUT_ASIDE)
    rows = DismissedProposal.objects.filter(origin=origin, created_at__date__gte=since)
    return set(rows.order_by().values_list("origin_key", flat=True))
