"""Needs and postings: who is wanted where, who works where, from when to when, and everything that happened to both."""

from __future__ import annotations

from lianyi.dispatch.models.needs import (
    DismissedProposal,
    Need,
    NeedEvent,
    NeedOrigin,
    NeedPriority,
    NeedReason,
    NeedState,
)
from lianyi.dispatch.models.postings import (
    Batch,
    Posting,
    PostingAbsence,
    PostingApproval,
    PostingEvent,
    PostingKind,
    PostingState,
    Team,
)

__all__ = [
    "Batch",
    "DismissedProposal",
    "Need",
    "NeedEvent",
    "NeedOrigin",
    "NeedPriority",
    "NeedReason",
    "NeedState",
    "Posting",
    "PostingAbsence",
    "PostingApproval",
    "PostingEvent",
    "PostingKind",
    "PostingState",
    "Team",
]
