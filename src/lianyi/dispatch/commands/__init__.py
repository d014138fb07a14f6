"""Every write about needs, the pool and postings, from the first draft to the last correction."""

from __future__ import annotations

from lianyi.dispatch.commands.approvals import answer_posting
from lianyi.dispatch.commands.candidacies import (
    NewApplication,
    NewAsking,
    NewInvitation,
    StepWord,
    apply_for,
    ask_for,
    invite,
    take_candidacy_step,
)
from lianyi.dispatch.commands.corrections import correct_stay
from lianyi.dispatch.commands.groups import NewBatch, NewTeam, create_batch, create_team
from lianyi.dispatch.commands.need_proposals import accept_proposal, dismiss_proposal
from lianyi.dispatch.commands.needs import NewNeed, change_need, draft_need, take_need_step
from lianyi.dispatch.commands.plans import (
    NewPosting,
    change_posting,
    draft_posting,
    publish_postings,
)
from lianyi.dispatch.commands.pool import (
    PoolEntry,
    change_entry,
    enter_pool,
    propose_couple,
    take_couple_step,
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
    "NewApplication",
    "NewAsking",
    "NewBatch",
    "NewInvitation",
    "NewNeed",
    "NewPosting",
    "NewTeam",
    "PoolEntry",
    "StepFacts",
    "StepWord",
    "accept_proposal",
    "add_absence",
    "answer_posting",
    "apply_for",
    "ask_for",
    "change_entry",
    "change_need",
    "change_posting",
    "correct_stay",
    "create_batch",
    "create_team",
    "dismiss_proposal",
    "draft_need",
    "draft_posting",
    "enter_pool",
    "invite",
    "propose_couple",
    "publish_postings",
    "replace_posting",
    "take_candidacy_step",
    "take_couple_step",
    "take_need_step",
    "take_step",
    "take_step_together",
    "void_absence",
]
