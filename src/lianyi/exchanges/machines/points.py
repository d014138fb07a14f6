"""How a point is sorted, as a table: turned into an action, merged, answered, noted or refused; and sorted again."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.exchanges.models import PointState as S


@dataclass(frozen=True, slots=True)
class PointStep:
    """One row of the table."""

    name: str
    label: str | Promise
    from_states: tuple[S, ...]
    to_state: S
    permission: str = "visit.decide"
    needs_answer: bool = False
    needs_target: bool = False


POINT_STEPS: tuple[PointStep, ...] = (
    PointStep("act", _("Turn into an action"), (S.RAISED,), S.ACTION),
    PointStep("merge", _("Merge into another point"), (S.RAISED,), S.MERGED, needs_target=True),
    PointStep("answer", _("Answer at once"), (S.RAISED,), S.ANSWERED, needs_answer=True),
    PointStep("note", pgettext_lazy("step of a point", "Note it"), (S.RAISED,), S.NOTED),
    PointStep("refuse", pgettext_lazy("step of a point", "Refuse it"), (S.RAISED,), S.REFUSED, needs_answer=True),
    PointStep(
        "sort_again", _("Sort it again"), (S.MERGED, S.ANSWERED, S.NOTED, S.REFUSED), S.RAISED, needs_answer=True
    ),
)
POINT_STEP_BY_NAME = {step.name: step for step in POINT_STEPS}


def point_steps_from(state: str) -> tuple[PointStep, ...]:
    """Return the steps that the table has for a state."""
    return tuple(step for step in POINT_STEPS if state in step.from_states)
