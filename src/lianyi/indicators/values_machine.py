"""The life of a sheet of indicators as a table. Whatever is not in the table is refused."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.indicators.models import SheetState as S


@dataclass(frozen=True, slots=True)
class SheetStep:
    """One row of the table: from where to where, by whose permission, and what must be said or seen before."""

    name: str
    label: str | Promise
    from_states: tuple[S, ...]
    to_state: S
    permission: str
    needs_reason: bool = False
    asks_values: bool = False
    """No figure is impossible, and each that is unusual has a word beside it."""
    by_another: bool = False
    """Whoever filled in or submitted the sheet does not take this step."""
    from_above: bool = False
    """Only the level above takes this step, or the analyst of the place itself."""


WRITE, DECIDE = "indicator.write", "indicator.decide"
SHEET_STEPS: tuple[SheetStep, ...] = (
    SheetStep(
        "submit", pgettext_lazy("step of a sheet", "Submit"), (S.DRAFT,), S.SUBMITTED, WRITE, asks_values=True
    ),
    SheetStep(
        "check", _("Confirm the figures"), (S.SUBMITTED,), S.CHECKED, WRITE, by_another=True, from_above=True
    ),
    SheetStep("send_back", _("Send back"), (S.SUBMITTED, S.CHECKED), S.DRAFT, WRITE, True, from_above=True),
    SheetStep("accept", pgettext_lazy("step of a sheet", "Accept"), (S.CHECKED,), S.ACCEPTED, DECIDE, by_another=True),
    SheetStep("lock", pgettext_lazy("step of a sheet", "Lock"), (S.ACCEPTED,), S.LOCKED, DECIDE, by_another=True),
    SheetStep(
        "reopen", pgettext_lazy("step of a sheet", "Open again"), (S.ACCEPTED, S.LOCKED), S.DRAFT, DECIDE, True
    ),
)  # fmt: skip
SHEET_STEP_BY_NAME = {step.name: step for step in SHEET_STEPS}
# Events of those who gave the figures: whoever stands there does not check them.
GIVING = ("start", "fill", "submit", "import")
RECEIVED = (S.SUBMITTED, S.CHECKED, S.ACCEPTED, S.LOCKED)


def sheet_steps_from(state: str) -> tuple[SheetStep, ...]:
    """Return the steps that the table has for a state."""
    return tuple(step for step in SHEET_STEPS if state in step.from_states)
