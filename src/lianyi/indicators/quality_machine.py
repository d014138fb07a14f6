"""The life of a quality control case as a table. Whatever is not in the table is refused."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from lianyi.indicators.models.quality import QualityState as S

WRITE, DECIDE = "indicator.write", "indicator.decide"


class By(StrEnum):
    """Who takes a step, beside the permission."""

    ANYBODY = "anybody"
    OWNER = "owner"
    """The owner; where only words name one, whoever writes for the unit."""
    INDEPENDENT = "independent"
    """Somebody who neither owns the case nor owned or did one of its actions."""
    CHECKER = "checker"
    """Whoever took up the check, and is still independent."""


class Asks(StrEnum):
    """What a step asks for."""

    NOTHING = "nothing"
    OWNER = "owner"
    CAUSE = "cause"
    ACTION = "action"
    VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class QualityStep:
    """One row of the table: from where to where, by whom, and what must be said."""

    name: str
    label: str | Promise
    from_states: tuple[S, ...]
    to_state: S
    permission: str
    by: By = By.ANYBODY
    asks: Asks = Asks.NOTHING
    needs_reason: bool = False
    is_automatic: bool = False
    """Follows from something else that is recorded; no page offers it."""


QUALITY_STEPS: tuple[QualityStep, ...] = (
    QualityStep(
        "assign",
        pgettext_lazy("step of a quality control case", "Name the owner"),
        (S.OPEN,),
        S.OWNED,
        WRITE,
        asks=Asks.OWNER,
    ),
    QualityStep(
        "find_cause",
        pgettext_lazy("step of a quality control case", "Say the cause"),
        (S.OWNED, S.CAUSE_FOUND, S.NOT_WORKED),
        S.CAUSE_FOUND,
        WRITE,
        By.OWNER,
        Asks.CAUSE,
    ),
    QualityStep(
        "agree",
        pgettext_lazy("step of a quality control case", "Agree on a corrective action"),
        (S.CAUSE_FOUND, S.ACTION_AGREED, S.NOT_WORKED),
        S.ACTION_AGREED,
        WRITE,
        By.OWNER,
        Asks.ACTION,
    ),
    QualityStep(
        "all_done",
        pgettext_lazy("step of a quality control case", "All actions are done"),
        (S.ACTION_AGREED,),
        S.ACTION_DONE,
        WRITE,
        is_automatic=True,
    ),
    QualityStep(
        "start_check",
        pgettext_lazy("step of a quality control case", "Take up the check"),
        (S.ACTION_DONE,),
        S.CHECKING,
        WRITE,
        By.INDEPENDENT,
    ),
    QualityStep(
        "send_back",
        pgettext_lazy("step of a quality control case", "Send back: more must be done"),
        (S.ACTION_DONE, S.CHECKING),
        S.CAUSE_FOUND,
        WRITE,
        By.INDEPENDENT,
        needs_reason=True,
    ),
    QualityStep(
        "sign_worked",
        pgettext_lazy("step of a quality control case", "Sign: it worked"),
        (S.CHECKING,),
        S.WORKED,
        WRITE,
        By.CHECKER,
        Asks.VERDICT,
    ),
    QualityStep(
        "sign_not_worked",
        pgettext_lazy("step of a quality control case", "Sign: it did not work"),
        (S.CHECKING,),
        S.NOT_WORKED,
        WRITE,
        By.CHECKER,
        Asks.VERDICT,
    ),
    QualityStep(
        "close", pgettext_lazy("step of a quality control case", "Close the case"), (S.WORKED,), S.CLOSED, DECIDE
    ),
    QualityStep(
        "give_up",
        pgettext_lazy("step of a quality control case", "Close without success"),
        (S.NOT_WORKED,),
        S.CLOSED,
        DECIDE,
        needs_reason=True,
    ),
    QualityStep(
        "dismiss",
        pgettext_lazy("step of a quality control case", "Dismiss as a false alarm"),
        (S.OPEN, S.OWNED, S.CAUSE_FOUND),
        S.DISMISSED,
        DECIDE,
        needs_reason=True,
    ),
    QualityStep(
        "reopen",
        pgettext_lazy("step of a quality control case", "Open again"),
        (S.CLOSED, S.DISMISSED),
        S.OPEN,
        DECIDE,
        needs_reason=True,
    ),
)
QUALITY_STEP_BY_NAME = {step.name: step for step in QUALITY_STEPS}
# Until its check is signed a case has a day that counts.
DATED = (S.OWNED, S.CAUSE_FOUND, S.ACTION_AGREED)
TO_DO = (S.OWNED, S.CAUSE_FOUND, S.ACTION_AGREED, S.NOT_WORKED)
TO_CHECK = (S.ACTION_DONE, S.CHECKING)


def quality_steps_from(state: str) -> tuple[QualityStep, ...]:
    """Return the steps that the table has for a state."""
    return tuple(step for step in QUALITY_STEPS if state in step.from_states)


def is_overdue(state: str, due_on: datetime.date | None, today: datetime.date) -> bool:
    """Tell whether the day has passed by which the owner was to have an action done."""
    return state in DATED and due_on is not None and due_on < today
