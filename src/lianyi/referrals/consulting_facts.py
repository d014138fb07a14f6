"""What is said with a step of a consultation, and the step under way."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.referrals.consulting_machine import ConsultingStep
from lianyi.referrals.models import Consultation
from lianyi.referrals.states import EntryMode, Side
from lianyi.rules.referral_policy import ReferralPolicy, ReferralUrgency


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralWish:
    """How a consultation becomes a referral; everything else is taken from the consultation."""

    to_institution_id: int
    reason: str
    direction: str = "up"
    urgency: str = ""
    agreement_id: int | None = None
    has_consent: bool = False
    basis: str = "consent"
    override_code: str = ""
    override_text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultingFacts:
    """Everything that may be said with a step. ``occurred_at`` is when it happened; without it, now."""

    occurred_at: datetime.datetime | None = None
    reason_code: str = ""
    text: str = ""
    due_at: datetime.datetime | None = None
    scheduled_for: datetime.datetime | None = None
    meeting: str = ""
    absent_side: str = ""
    opinion: str = ""
    specialty: str = ""
    followed: str = ""
    referral: ReferralWish | None = None
    entered_offline: bool = False

    def is_given(self, name: str) -> bool:
        value = getattr(self, name)
        return bool(value.strip()) if isinstance(value, str) else value not in (None, False)


FACT_NAMES = frozenset(each.name for each in fields(ConsultingFacts))
# Said with any step, so that no row of the table has to name them.
ALWAYS_TAKEN = frozenset({"occurred_at", "reason_code", "text", "entered_offline"})
_KEPT = ("due_at", "scheduled_for", "absent_side", "specialty", "followed", "entered_offline")


def plain_facts(facts: ConsultingFacts) -> dict[str, Any]:
    """Return what is worth keeping beside the text of an event: codes and dates, no words."""
    kept = {name: getattr(facts, name) for name in _KEPT if facts.is_given(name)}
    return {name: value.isoformat() if isinstance(value, datetime.date) else value for name, value in kept.items()}


@dataclass(frozen=True, slots=True)
class ConsultingMove:
    """Who takes which step on which consultation, before anything is said with it."""

    row: Consultation
    step: ConsultingStep
    side: Side
    actor: Actor
    policy: ReferralPolicy
    now: datetime.datetime

    @property
    def urgency(self) -> ReferralUrgency:
        return ReferralUrgency(self.row.urgency)


@dataclass(slots=True)
class ConsultingWalk:
    """A move with what was said, and what it changes; written at its end in one go."""

    context: CommandContext
    move: ConsultingMove
    facts: ConsultingFacts
    occurred_at: datetime.datetime
    entry_mode: EntryMode
    changes: dict[str, Any] = field(default_factory=dict)
    event_facts: dict[str, Any] = field(default_factory=dict)
    # Done when the row itself is written: relations, opinions.
    afterwards: list[Callable[[], None]] = field(default_factory=list)

    @property
    def row(self) -> Consultation:
        return self.move.row

    def change(self, values: Mapping[str, Any]) -> None:
        self.changes.update(values)
