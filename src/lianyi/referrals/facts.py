"""What is said with a step, in one typed place; the table names the fields that a step asks or takes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Drug:
    """A drug that goes with the patient, and for how many days it lasts."""

    name: str
    dose: str
    days_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnNeedFact:
    """One thing that the lower unit must have: a drug, equipment, a skill, a bed."""

    kind: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedAnswer:
    """The lower unit's tick on one need of a return."""

    need_id: int
    answer: str
    asked_help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPlanFacts:
    """The plan of a transfer back, as the upper hospital writes it."""

    diagnosis: str
    done: str
    warning_signs: str
    send_back_if: str
    doctor_name: str
    doctor_phone: str
    follow_up_on: tuple[datetime.date, ...]
    drugs: tuple[Drug, ...] = ()
    devices: str = ""
    needs: tuple[ReturnNeedFact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """How a patient travels."""

    vehicle: str = ""
    escort: str = ""
    condition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalFacts:
    """What another record shows about the patient."""

    fact: str
    happened_at: datetime.datetime
    source: str
    institution_id: int | None = None
    is_exact: bool = False
    apply_at: datetime.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFacts:
    """Everything that may be said with a step. ``occurred_at`` is when it happened; without it, now."""

    occurred_at: datetime.datetime | None = None
    reason_code: str = ""
    text: str = ""
    department_id: int | None = None
    institution_id: int | None = None
    transporter_id: int | None = None
    hand_to_coordinator: bool = False
    next_date: datetime.date | None = None
    due_at: datetime.datetime | None = None
    expected_at: datetime.datetime | None = None
    expected_return_on: datetime.date | None = None
    care_ended_at: datetime.datetime | None = None
    died_at: datetime.datetime | None = None
    place: str = ""
    contact: str = ""
    reservation: str = ""
    capacity_confirmed: bool = False
    ball_side: str = ""
    keeps_request: bool = False
    disposition: str = ""
    agreed_by: str = ""
    override_code: str = ""
    override_text: str = ""
    stability: Mapping[str, bool] = field(default_factory=dict)
    plan: ReturnPlanFacts | None = None
    needs: tuple[NeedAnswer, ...] = ()
    transport: Transport | None = None
    proposal: ProposalFacts | None = None
    spoken_by: str = ""
    entered_offline: bool = False

    def is_given(self, name: str) -> bool:
        value = getattr(self, name)
        return bool(value.strip()) if isinstance(value, str) else value not in (None, False, (), {})


MOMENT_NAMES = ("occurred_at", "due_at", "expected_at", "care_ended_at", "died_at")
FACT_NAMES = frozenset(each.name for each in fields(StepFacts))
# Said with any step, so that no row of the table has to name them.
ALWAYS_TAKEN = frozenset({"occurred_at", "reason_code", "text", "spoken_by", "entered_offline"})


def plain_facts(facts: StepFacts) -> dict[str, Any]:
    """Return what is worth keeping beside the text of an event: codes, dates, numbers of rows."""
    kept: dict[str, Any] = {}
    for name in (
        "department_id",
        "institution_id",
        "transporter_id",
        "hand_to_coordinator",
        "next_date",
        "due_at",
        "expected_at",
        "expected_return_on",
        "care_ended_at",
        "died_at",
        "place",
        "reservation",
        "capacity_confirmed",
        "ball_side",
        "keeps_request",
        "disposition",
        "agreed_by",
        "contact",
        "entered_offline",
    ):
        value = getattr(facts, name)
        if value not in (None, "", False):
            kept[name] = value.isoformat() if isinstance(value, datetime.date) else value
    return kept
