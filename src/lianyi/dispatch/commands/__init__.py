"""Every write about postings: plan lines, approvals, publication, the steps of a life, replacement, absences."""

from __future__ import annotations

from lianyi.dispatch.commands.approvals import answer_posting
from lianyi.dispatch.commands.corrections import correct_stay
from lianyi.dispatch.commands.groups import NewBatch, NewTeam, create_batch, create_team
from lianyi.dispatch.commands.plans import (
    NewPosting,
    change_posting,
    draft_posting,
    publish_postings,
)
from lianyi.dispatch.commands.steps import (
    add_absence,
    replace_posting,
    take_step,
    take_step_together,
    void_absence,
)
from lianyi.dispatch.commands.walking import StepFacts

__all__ = [
    "NewBatch",
    "NewPosting",
    "NewTeam",
    "StepFacts",
    "add_absence",
    "answer_posting",
    "change_posting",
    "correct_stay",
    "create_batch",
    "create_team",
    "draft_posting",
    "publish_postings",
    "replace_posting",
    "take_step",
    "take_step_together",
    "void_absence",
]
