"""Where gaps go: an application that can do something about them registers who takes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.survey.models import Gap

GapReceiver = Callable[[CommandContext, Gap], None]


@dataclass(frozen=True, slots=True)
class GapOutcome:
    """What became of a gap, for the page of the gap: a name, where it stands in words, and its page."""

    name: str
    standing: str
    tone: str
    url: str


GapOutcomes = Callable[[Actor, Gap], list[GapOutcome]]


@dataclass
class _Receivers:
    known: list[GapReceiver] = field(default_factory=list)
    outcomes: list[GapOutcomes] = field(default_factory=list)


_RECEIVERS = _Receivers()


def register_gap_receiver(receiver: GapReceiver) -> None:
    """Let an application take every gap that is put forward, inside the command that puts it forward.

    A gap that nobody takes waits on the home page of those who plan postings.
    """
    if receiver not in _RECEIVERS.known:
        _RECEIVERS.known.append(receiver)


def tell_receivers(context: CommandContext, gap: Gap) -> None:
    for receiver in _RECEIVERS.known:
        receiver(context, gap)


def register_gap_outcomes(outcomes: GapOutcomes) -> None:
    """Let an application say, on the page of a gap, what became of it."""
    if outcomes not in _RECEIVERS.outcomes:
        _RECEIVERS.outcomes.append(outcomes)


def outcomes_of(actor: Actor, gap: Gap) -> list[GapOutcome]:
    """Return what became of a gap, as far as the actor may see it."""
    return [each for outcomes in _RECEIVERS.outcomes for each in outcomes(actor, gap)]
