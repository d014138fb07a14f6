"""Needs, pool and postings: who is wanted where, who may be sent, who works where, and everything that happened."""

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
from lianyi.dispatch.models.pool import (
    Candidacy,
    CandidacyOrigin,
    CandidacyState,
    CoupleRule,
    CoupleState,
    PoolCouple,
    PoolEvent,
    PoolMember,
    PoolPreference,
    PoolStanding,
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
from lianyi.dispatch.models.scenarios import (
    ACTIVE_RUNS,
    PlanLine,
    PlanRun,
    PlanScenario,
    RunState,
    ScenarioState,
    UnmetNeed,
)

__all__ = [
    "ACTIVE_RUNS",
    "Batch",
    "Candidacy",
    "CandidacyOrigin",
    "CandidacyState",
    "CoupleRule",
    "CoupleState",
    "DismissedProposal",
    "Need",
    "NeedEvent",
    "NeedOrigin",
    "NeedPriority",
    "NeedReason",
    "NeedState",
    "PlanLine",
    "PlanRun",
    "PlanScenario",
    "PoolCouple",
    "PoolEvent",
    "PoolMember",
    "PoolPreference",
    "PoolStanding",
    "Posting",
    "PostingAbsence",
    "PostingApproval",
    "PostingEvent",
    "PostingKind",
    "PostingState",
    "RunState",
    "ScenarioState",
    "Team",
    "UnmetNeed",
]
