"""The life of a training session as a table. Whatever is not in the table is refused.

That a session is over and nobody said what became of it is derived from its day; nobody sets it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.growth.models.training import SessionState as S


@dataclass(frozen=True, slots=True)
class SessionStep:
    """One row of the table: from where to where, and what must be said."""

    name: str
    label: str | Promise
    from_state: S
    to_state: S
    needs_reason: bool = False
    asks_what_was: bool = False
    """The day, the minutes and, of a free clinic, the counts are said."""


SESSION_STEPS: tuple[SessionStep, ...] = (
    SessionStep("hold", _("Record as held"), S.PLANNED, S.HELD, asks_what_was=True),
    SessionStep("cancel", _("Cancel the session"), S.PLANNED, S.CANCELLED, needs_reason=True),
    SessionStep("plan_again", _("Plan it again"), S.CANCELLED, S.PLANNED),
    SessionStep("correct", _("Correct the record"), S.HELD, S.HELD, needs_reason=True, asks_what_was=True),
    SessionStep("take_back", pgettext_lazy("training session", "Was not held"), S.HELD, S.CANCELLED, needs_reason=True),
)
SESSION_STEP_BY_NAME = {step.name: step for step in SESSION_STEPS}


def session_steps_from(state: str) -> tuple[SessionStep, ...]:
    """Return the steps that the table has for a state."""
    return tuple(step for step in SESSION_STEPS if step.from_state == state)
