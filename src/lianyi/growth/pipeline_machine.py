"""The way through the pipeline as a table. The stages are a dated catalogue; see ``rules/pipeline_stages``."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.growth.models import InnovationState as S


@dataclass(frozen=True, slots=True)
class PipelineStep:
    """One row of the table: in which states it is taken, to which it leads, and what must be said."""

    name: str
    label: str | Promise
    from_states: tuple[S, ...]
    to_state: S
    permission: str
    needs_reason: bool = False
    needs_evidence: bool = False
    moves_on: bool = False
    """It leaves the stage for the next one; after the last stage the project is completed."""


PIPELINE_STEPS: tuple[PipelineStep, ...] = (
    PipelineStep(
        "complete", _("Complete the stage"), (S.RUNNING,), S.RUNNING, "growth.write", needs_evidence=True, moves_on=True
    ),
    PipelineStep(
        "skip", _("Skip the stage"), (S.RUNNING,), S.RUNNING, "growth.write", needs_reason=True, moves_on=True
    ),
    PipelineStep("back", _("Back to the stage before"), (S.RUNNING,), S.RUNNING, "growth.write", needs_reason=True),
    PipelineStep("stop", pgettext_lazy("pipeline", "Stop"), (S.RUNNING,), S.STOPPED, "growth.write", needs_reason=True),
    PipelineStep(
        "take_up",
        pgettext_lazy("pipeline", "Take up again"),
        (S.STOPPED, S.COMPLETED),
        S.RUNNING,
        "growth.write",
        needs_reason=True,
    ),
)
PIPELINE_STEP_BY_NAME = {step.name: step for step in PIPELINE_STEPS}


def pipeline_steps_from(state: str) -> tuple[PipelineStep, ...]:
    """Return the steps that the table has for a state."""
    return tuple(step for step in PIPELINE_STEPS if state in step.from_states)
