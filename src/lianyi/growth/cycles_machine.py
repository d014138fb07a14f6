"""The steps of a capability cycle as a table. Where a cycle stands is told by the twinning steps of its agreement.

Capability has no steps of its own: orientation is the first twinning step, assessment the second, the prioritised gaps
the third, the plan the fourth, action the fifth, review the last. This table says what must be there before the next
one begins; beginning and finishing themselves are the partnership's commands, so the two can never differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.partnerships.models import CycleStep

Step = CycleStep.Step
WORDS: Mapping[int, str | Promise] = {
    Step.PARTNERSHIP: _("orientation"),
    Step.NEEDS: pgettext_lazy("step of a capability cycle", "assessment"),
    Step.GAPS: _("gaps in order"),
    Step.PLAN: pgettext_lazy("step of a capability cycle", "plan"),
    Step.ACTION: pgettext_lazy("step of a capability cycle", "action"),
    Step.REVIEW: pgettext_lazy("step of a capability cycle", "review"),
}
OVER = 0
"""Stands for a cycle whose review is finished."""


class Asks(StrEnum):
    """What must be there before a step is taken."""

    NOTHING = "nothing"
    GROUNDS = "grounds"
    GAPS = "gaps"
    LINES = "lines"
    REVIEWS = "reviews"


@dataclass(frozen=True, slots=True)
class CycleMove:
    """One row of the table: from the running twinning step to the next; 0 stands for the end of the cycle."""

    name: str
    label: str | Promise
    from_step: int
    to_step: int
    asks: Asks


CYCLE_MOVES: tuple[CycleMove, ...] = (
    CycleMove("assess", _("Begin the assessment"), Step.PARTNERSHIP, Step.NEEDS, Asks.NOTHING),
    CycleMove("prioritise", _("Put the gaps in order"), Step.NEEDS, Step.GAPS, Asks.GROUNDS),
    CycleMove("plan", _("Begin the plan"), Step.GAPS, Step.PLAN, Asks.GAPS),
    CycleMove("act", _("Begin the work"), Step.PLAN, Step.ACTION, Asks.LINES),
    CycleMove("review", _("Begin the review"), Step.ACTION, Step.REVIEW, Asks.NOTHING),
    CycleMove("finish", _("Finish the review"), Step.REVIEW, OVER, Asks.REVIEWS),
)
MOVE_BY_NAME = {move.name: move for move in CYCLE_MOVES}
# In these steps gaps may be gathered and ranked; once they are planned against, new ones are written by hand.
GATHERING = (Step.NEEDS, Step.GAPS)
PLANNING = (Step.GAPS, Step.PLAN, Step.ACTION)
# From here on a gap of people is proposed as a need.
PROPOSING = (Step.GAPS, Step.PLAN, Step.ACTION)


def standing_of(steps: Sequence[CycleStep]) -> int:
    """Return the twinning step in which a cycle stands, or `OVER`; steps are those of one cycle."""
    if not steps:
        return Step.PARTNERSHIP
    last = max(steps, key=lambda each: each.step)
    return OVER if last.step == Step.REVIEW and last.finished_on is not None else last.step


def move_from(standing: int) -> CycleMove | None:
    return next((move for move in CYCLE_MOVES if move.from_step == standing), None)
