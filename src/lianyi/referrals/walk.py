"""One step of one leg under way: what guards ask of and effects write to."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lianyi.accounts.audit import CommandContext
from lianyi.referrals.facts import StepFacts
from lianyi.referrals.machine import Transition
from lianyi.referrals.models import Leg
from lianyi.referrals.states import EntryMode, Side
from lianyi.rules.referral_policy import ReferralPolicy, ReferralUrgency

NOTHING_SAID = StepFacts()


@dataclass(frozen=True, slots=True)
class Move:
    """Who takes which step on which leg, before anything is said with it: enough to tell whether it is open to them."""

    leg: Leg
    transition: Transition
    side: Side
    policy: ReferralPolicy
    now: datetime.datetime

    @property
    def urgency(self) -> ReferralUrgency:
        return ReferralUrgency(self.leg.request.urgency)


@dataclass(slots=True)
class Walk:
    """A move with what was said, and what it changes; written at its end in one go."""

    context: CommandContext
    move: Move
    facts: StepFacts
    occurred_at: datetime.datetime
    entry_mode: EntryMode
    changes: dict[str, Any] = field(default_factory=dict)
    event_facts: dict[str, Any] = field(default_factory=dict)
    # Done when the leg itself is written: relations, sibling legs, new legs, follow-ups.
    afterwards: list[Callable[[], None]] = field(default_factory=list)

    @property
    def leg(self) -> Leg:
        return self.move.leg

    @property
    def now(self) -> datetime.datetime:
        return self.move.now

    @property
    def policy(self) -> ReferralPolicy:
        return self.move.policy

    def change(self, values: Mapping[str, Any]) -> None:
        self.changes.update(values)
