"""The life of a project as a table. Whatever is not in the table is refused.

*Late* is not in it: a project is late while it runs and an open milestone lies behind its planned end. Nobody sets it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from lianyi.growth.models import ProjectState as S


@dataclass(frozen=True, slots=True)
class ProjectStep:
    """One row of the table: from where to where, by whose permission, and what must be said."""

    name: str
    label: str | Promise
    from_states: tuple[S, ...]
    to_state: S
    permission: str
    needs_reason: bool = False
    needs_all_signed: bool = False
    """Every milestone is reached and signed by another side."""


PROJECT_STEPS: tuple[ProjectStep, ...] = (
    ProjectStep("start", pgettext_lazy("step of a project", "Start"), (S.PLANNED,), S.RUNNING, "growth.write"),
    ProjectStep(
        "pause", pgettext_lazy("step of a project", "Pause"), (S.RUNNING,), S.PAUSED, "growth.write", needs_reason=True
    ),
    ProjectStep("resume", pgettext_lazy("step of a project", "Go on"), (S.PAUSED,), S.RUNNING, "growth.write"),
    ProjectStep(
        "finish",
        pgettext_lazy("step of a project", "Finish"),
        (S.RUNNING,),
        S.FINISHED,
        "growth.decide",
        needs_all_signed=True,
    ),
    ProjectStep(
        "give_up",
        pgettext_lazy("step of a project", "Give up"),
        (S.PLANNED, S.RUNNING, S.PAUSED),
        S.GIVEN_UP,
        "growth.decide",
        needs_reason=True,
    ),
    ProjectStep(
        "take_up",
        pgettext_lazy("step of a project", "Take up again"),
        (S.GIVEN_UP, S.FINISHED),
        S.RUNNING,
        "growth.decide",
        needs_reason=True,
    ),
)
PROJECT_STEP_BY_NAME = {step.name: step for step in PROJECT_STEPS}
# Milestones are moved, reached and signed only while the project is not over.
OPEN_STATES = (S.PLANNED, S.RUNNING, S.PAUSED)
ENDED_STATES = (S.FINISHED, S.GIVEN_UP)


def project_steps_from(state: str) -> tuple[ProjectStep, ...]:
    """Return the steps that the table has for a state."""
    return tuple(step for step in PROJECT_STEPS if state in step.from_states)
