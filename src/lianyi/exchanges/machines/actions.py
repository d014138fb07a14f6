"""The life of an action as a table.

A step leads from where the action *stands*. An action that was done, checked or closed stands as **come back** once the
same point is raised again after the day on which it was done; nobody sets that. It is told by days, so the order in
which people record things does not change it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.exchanges.models import ActionState as S


class By(Enum):
    """Who takes a step, beside the permission."""

    ANYBODY = "anybody"
    OWNER = "owner"
    """Whoever acts for the owner institution, or is the owner in person."""
    INDEPENDENT = "independent"
    """Somebody who neither owns nor did it; of another institution where another institution raised the point."""


@dataclass(frozen=True, slots=True)
class ActionStep:
    """One row of the table: from where to where, by whom, and what must be said."""

    name: str
    label: str | Promise
    from_states: tuple[S, ...]
    to_state: S
    permission: str
    by: By = By.ANYBODY
    needs_reason: bool = False
    asks: tuple[str, ...] = ()


ACTION_STEPS: tuple[ActionStep, ...] = (
    ActionStep("sort", pgettext_lazy("step of an action", "Sort in"), (S.REPORTED,), S.SORTED, "visit.decide"),
    ActionStep(
        "agree",
        _("Agree on owner and day"),
        (S.SORTED, S.STANDBY),
        S.AGREED,
        "visit.decide",
        asks=("owner", "due_on"),
    ),
    ActionStep("start", _("Start doing it"), (S.AGREED,), S.DOING, "visit.write", By.OWNER),
    ActionStep(
        "finish",
        _("Report it as done"),
        (S.AGREED, S.DOING),
        S.DONE,
        "visit.write",
        By.OWNER,
        asks=("done_on", "evidence"),
    ),
    ActionStep("send_back", _("Not done yet"), (S.DONE,), S.DOING, "visit.decide", By.INDEPENDENT, needs_reason=True),
    ActionStep(
        "verify",
        _("Confirm that it is done"),
        (S.DONE,),
        S.VERIFIED,
        "visit.decide",
        By.INDEPENDENT,
        asks=("check_words",),
    ),
    ActionStep("close", _("Close the action"), (S.VERIFIED,), S.CLOSED, "visit.decide"),
    ActionStep(
        "stand_by",
        _("Put on standby"),
        (S.SORTED, S.AGREED, S.DOING),
        S.STANDBY,
        "visit.decide",
        needs_reason=True,
    ),
    ActionStep(
        "refuse",
        pgettext_lazy("step of an action", "Refuse it"),
        (S.REPORTED, S.SORTED, S.STANDBY),
        S.REFUSED,
        "visit.decide",
        needs_reason=True,
    ),
    ActionStep(
        "take_up",
        _("Take it up again"),
        (S.CAME_BACK, S.REFUSED),
        S.AGREED,
        "visit.decide",
        asks=("owner", "due_on"),
    ),
)
ACTION_STEP_BY_NAME = {step.name: step for step in ACTION_STEPS}

# States whose end a later point can take back.
ENDED = (S.DONE, S.VERIFIED, S.CLOSED)
# What somebody still has to do; an action that came back gets a new day when it is taken up again.
DUE = (S.AGREED, S.DOING, S.CAME_BACK)
# What can be late: standby, what is not agreed yet and what came back have no day that counts.
DATED = (S.AGREED, S.DOING)
OVER = (S.CLOSED, S.REFUSED)
# Steps of the doer: whoever ever took one of them does not check the action.
DOING_STEPS = ("start", "finish")


@dataclass(frozen=True, slots=True)
class Recurrence:
    """That the same thing was raised again: on which day, and when that was recorded."""

    raised_on: datetime.date
    recorded_at: datetime.datetime


def standing_of(
    state: str,
    done_on: datetime.date | None,
    done_recorded_at: datetime.datetime | None,
    recurrences: Iterable[Recurrence],
) -> S:
    """Return where an action stands: its kept state, or come back.

    On the day itself the moment of recording decides, because a visit can find undone what was reported that morning.
    """
    kept = S(state)
    if kept not in ENDED or done_on is None or done_recorded_at is None:
        return kept
    done = (done_on, done_recorded_at)
    is_back = any((each.raised_on, each.recorded_at) > done for each in recurrences)
    return S.CAME_BACK if is_back else kept


def is_late(standing: str, due_on: datetime.date | None, today: datetime.date) -> bool:
    """Tell whether the day has passed on which an action was to be done."""
    return standing in DATED and due_on is not None and due_on < today


def action_steps_from(standing: str) -> tuple[ActionStep, ...]:
    """Return the steps that the table has for where an action stands."""
    return tuple(step for step in ACTION_STEPS if standing in step.from_states)
