"""Counts of cases: exact for those who record them, small ones hidden from those who only watch."""

from __future__ import annotations

from lianyi.accounts.access import decide
from lianyi.accounts.actors import Actor
from lianyi.dispatch.rounds_disclosure import SmallCounts, watched_counts


def reads_exact_cases(actor: Actor) -> bool:
    """Tell whether somebody's role records cases."""
    return decide(actor, "growth.write").allowed


def cases_for(actor: Actor) -> SmallCounts:
    return SmallCounts() if reads_exact_cases(actor) else watched_counts()
