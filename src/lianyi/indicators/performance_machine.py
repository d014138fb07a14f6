"""The life of a performance assessment as a table. Whatever is not in the table is refused; frozen has no way out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from lianyi.indicators.models.performance import PerformanceState as S

WRITE, DECIDE = "assessment.write", "assessment.decide"


class Party(StrEnum):
    """Whose step it is."""

    ASSESSED = "assessed"
    OUTSIDE = "outside"


class Asks(StrEnum):
    """What must be there before a step is taken."""

    NOTHING = "nothing"
    OWN_FINDINGS = "own_findings"
    OUTSIDE_FINDINGS = "outside_findings"
    LAST_DAY = "last_day"
    NO_OPEN_OBJECTION = "no_open_objection"
    OVER = "over"
    PURPOSE = "purpose"


@dataclass(frozen=True, slots=True)
class PerformanceStep:
    """One row of the table: from where to where, whose step it is, and what must be there or said."""

    name: str
    label: str | Promise
    from_states: tuple[S, ...]
    to_state: S
    party: Party
    asks: Asks = Asks.NOTHING
    needs_reason: bool = False

    @property
    def permission(self) -> str:
        return WRITE if self.party is Party.ASSESSED else DECIDE


STEPS: tuple[PerformanceStep, ...] = (
    PerformanceStep(
        "self_score",
        pgettext_lazy("step of a performance assessment", "Self-scoring is done"),
        (S.DRAFT,),
        S.SELF_SCORED,
        Party.ASSESSED,
        Asks.OWN_FINDINGS,
    ),
    PerformanceStep(
        "correct",
        pgettext_lazy("step of a performance assessment", "Take back to self-scoring"),
        (S.SELF_SCORED,),
        S.DRAFT,
        Party.ASSESSED,
    ),
    PerformanceStep(
        "submit",
        pgettext_lazy("step of a performance assessment", "Submit to the assessor"),
        (S.SELF_SCORED,),
        S.SUBMITTED,
        Party.ASSESSED,
        Asks.OWN_FINDINGS,
    ),
    PerformanceStep(
        "send_back",
        pgettext_lazy("step of a performance assessment", "Send back to self-scoring"),
        (S.SUBMITTED,),
        S.DRAFT,
        Party.OUTSIDE,
        needs_reason=True,
    ),
    PerformanceStep(
        "score",
        pgettext_lazy("step of a performance assessment", "Outside scoring is done"),
        (S.SUBMITTED,),
        S.SCORED,
        Party.OUTSIDE,
        Asks.OUTSIDE_FINDINGS,
    ),
    PerformanceStep(
        "open",
        pgettext_lazy("step of a performance assessment", "Open for objection"),
        (S.SCORED,),
        S.OPEN,
        Party.OUTSIDE,
        Asks.LAST_DAY,
    ),
    PerformanceStep(
        "accept",
        pgettext_lazy("step of a performance assessment", "We object to nothing more"),
        (S.OPEN,),
        S.ANSWERED,
        Party.ASSESSED,
        Asks.NO_OPEN_OBJECTION,
    ),
    PerformanceStep(
        "close",
        pgettext_lazy("step of a performance assessment", "Close the time for objections"),
        (S.OPEN,),
        S.ANSWERED,
        Party.OUTSIDE,
        Asks.OVER,
    ),
    PerformanceStep(
        "finish",
        pgettext_lazy("step of a performance assessment", "Make it final"),
        (S.ANSWERED,),
        S.FINAL,
        Party.OUTSIDE,
    ),
    PerformanceStep(
        "freeze",
        pgettext_lazy("step of a performance assessment", "Freeze"),
        (S.FINAL,),
        S.FROZEN,
        Party.OUTSIDE,
        Asks.PURPOSE,
    ),
    PerformanceStep(
        "withdraw",
        pgettext_lazy("step of a performance assessment", "Withdraw"),
        (S.DRAFT, S.SELF_SCORED),
        S.WITHDRAWN,
        Party.ASSESSED,
        needs_reason=True,
    ),
)
STEP_BY_NAME = {step.name: step for step in STEPS}
# Those who gave outside scores do not answer objections to them.
SCORING_EVENTS = ("outside_findings", "score")


def steps_from(state: str) -> tuple[PerformanceStep, ...]:
    """Return the steps that the table has for a state."""
    return tuple(step for step in STEPS if state in step.from_states)
