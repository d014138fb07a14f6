"""The life of an assessment as a table. Whatever is not in the table is refused."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.growth.models import AssessmentState as S


@dataclass(frozen=True, slots=True)
class AssessmentStep:
    """One row of the table: from where to where, by whose permission, and what must be said."""

    name: str
    label: str | Promise
    from_states: tuple[S, ...]
    to_state: S
    permission: str
    needs_reason: bool = False
    asks_items: bool = False
    """At least one item was assessed, or there is nothing to check."""
    by_another: bool = False
    """Whoever wrote, changed or submitted the assessment does not take this step."""
    freezes: bool = False


ASSESSMENT_STEPS: tuple[AssessmentStep, ...] = (
    AssessmentStep("submit", _("Submit for checking"), (S.DRAFT,), S.SUBMITTED, "growth.write", asks_items=True),
    AssessmentStep(
        "send_back", _("Send back"), (S.SUBMITTED, S.CHECKED), S.DRAFT, "growth.decide", needs_reason=True
    ),
    AssessmentStep("check", _("Confirm what was found"), (S.SUBMITTED,), S.CHECKED, "growth.decide", by_another=True),
    AssessmentStep(
        "finish",
        pgettext_lazy("step of an assessment", "Make it final"),
        (S.CHECKED,),
        S.FINAL,
        "growth.decide",
        by_another=True,
        freezes=True,
    ),
    AssessmentStep(
        "reopen", pgettext_lazy("step of an assessment", "Open again"), (S.FINAL,), S.DRAFT, "growth.decide",
        needs_reason=True,
    ),
    AssessmentStep("withdraw", _("Withdraw"), (S.DRAFT,), S.WITHDRAWN, "growth.write", needs_reason=True),
)  # fmt: skip
ASSESSMENT_STEP_BY_NAME = {step.name: step for step in ASSESSMENT_STEPS}
# Events of those who wrote the assessment: whoever stands there does not check it.
AUTHORING = ("start", "change", "items", "submit")


def assessment_steps_from(state: str) -> tuple[AssessmentStep, ...]:
    """Return the steps that the table has for a state."""
    return tuple(step for step in ASSESSMENT_STEPS if state in step.from_states)
