"""The life of an evaluation as a table. Whatever is not in the table is refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.indicators.models.evaluations import EvaluationState as S

READ, WRITE, REVIEW = "indicator.read", "indicator.decide", "assessment.decide"


class Does(StrEnum):
    """What a step does beside changing the state."""

    NOTHING = "nothing"
    FIX = "fix"
    COMPUTE = "compute"


@dataclass(frozen=True, slots=True)
class EvaluationStep:
    """One row of the table: from where to where, by whom, and what must be said or done."""

    name: str
    label: str | Promise
    from_states: tuple[S, ...]
    to_state: S
    does: Does = Does.NOTHING
    by_another: bool = False
    """Whoever fixed the question or computed it does not take this step; an outside assessor may."""
    needs_reason: bool = False


STEPS: tuple[EvaluationStep, ...] = (
    EvaluationStep("fix", _("Fix the question"), (S.DRAFT,), S.FIXED, Does.FIX),
    EvaluationStep("compute", _("Compute"), (S.FIXED,), S.COMPUTED, Does.COMPUTE),
    EvaluationStep("review", _("Confirm the review"), (S.COMPUTED,), S.REVIEWED, by_another=True, needs_reason=True),
    EvaluationStep(
        "return",
        pgettext_lazy("step of an evaluation", "Send back"),
        (S.COMPUTED, S.REVIEWED),
        S.FIXED,
        by_another=True,
        needs_reason=True,
    ),
    EvaluationStep("publish", pgettext_lazy("step of an evaluation", "Publish"), (S.REVIEWED,), S.PUBLISHED),
    EvaluationStep(
        "withdraw", pgettext_lazy("step of an evaluation", "Withdraw"), (S.DRAFT,), S.WITHDRAWN, needs_reason=True
    ),
)
STEP_BY_NAME = {step.name: step for step in STEPS}
# Events of those who asked and computed: whoever stands there does not review.
DOING = ("start", "change", "units", "choices", "revise", "fix", "compute")
# From here on the question stands; a change is a new version.
FIXED_STATES = (S.FIXED, S.COMPUTED, S.REVIEWED, S.PUBLISHED)
TOLD_STATES = (S.COMPUTED, S.REVIEWED, S.PUBLISHED)


def steps_from(state: str) -> tuple[EvaluationStep, ...]:
    """Return the steps that the table has for a state."""
    return tuple(step for step in STEPS if state in step.from_states)
