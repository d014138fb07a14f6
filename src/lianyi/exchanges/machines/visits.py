"""The life of a visit as a table: planned, held, minutes written by one side and agreed by the other."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.exchanges.models import VisitState as S


@dataclass(frozen=True, slots=True)
class VisitStep:
    """One row of the table: from where to where, by whose permission, and what must be said."""

    name: str
    label: str | Promise
    from_states: tuple[S, ...]
    to_state: S
    permission: str
    needs_reason: bool = False
    asks_days: bool = False
    """The days on which it really was; none of them in the future."""
    by_own_side: bool = False
    """Only whoever acts for the host or for the guest; the step is noted for that side."""
    by_other_side: bool = False
    """Only the side that did not write the minutes."""


VISIT_STEPS: tuple[VisitStep, ...] = (
    VisitStep("hold", _("Record that it was held"), (S.PLANNED,), S.HELD, "visit.write", asks_days=True),
    VisitStep("cancel", _("Cancel the visit"), (S.PLANNED,), S.CANCELLED, "visit.write", needs_reason=True),
    VisitStep(
        "write_minutes", _("Lay the minutes down"), (S.HELD,), S.MINUTES_WRITTEN, "visit.write", by_own_side=True
    ),
    VisitStep(
        "object",
        _("Object to the minutes"),
        (S.MINUTES_WRITTEN,),
        S.HELD,
        "visit.decide",
        needs_reason=True,
        by_other_side=True,
    ),
    VisitStep(
        "agree_minutes",
        _("Agree to the minutes"),
        (S.MINUTES_WRITTEN,),
        S.MINUTES_AGREED,
        "visit.decide",
        by_other_side=True,
    ),
    VisitStep(
        "open_again",
        pgettext_lazy("minutes of a visit", "Open the minutes again"),
        (S.MINUTES_WRITTEN, S.MINUTES_AGREED),
        S.HELD,
        "visit.decide",
        needs_reason=True,
        by_own_side=True,
    ),
)
VISIT_STEP_BY_NAME = {step.name: step for step in VISIT_STEPS}

# The record of a visit is written in these; afterwards the minutes are opened again first.
WRITABLE = (S.PLANNED, S.HELD)


def visit_steps_from(state: str) -> tuple[VisitStep, ...]:
    """Return the steps that the table has for a state."""
    return tuple(step for step in VISIT_STEPS if state in step.from_states)
