"""What growth keeps: one module for each subject."""

from __future__ import annotations

from lianyi.growth.models.assessments import (
    AssessmentEvent,
    AssessmentItem,
    AssessmentKind,
    AssessmentState,
    CapabilityAssessment,
    ItemResultState,
)
from lianyi.growth.models.projects import (
    DelayReason,
    Milestone,
    MilestoneMove,
    MoneyKind,
    MoneySource,
    PersonRole,
    Project,
    ProjectEvent,
    ProjectMoney,
    ProjectPerson,
    ProjectSide,
    ProjectState,
)

__all__ = [
    "AssessmentEvent",
    "AssessmentItem",
    "AssessmentKind",
    "AssessmentState",
    "CapabilityAssessment",
    "DelayReason",
    "ItemResultState",
    "Milestone",
    "MilestoneMove",
    "MoneyKind",
    "MoneySource",
    "PersonRole",
    "Project",
    "ProjectEvent",
    "ProjectMoney",
    "ProjectPerson",
    "ProjectSide",
    "ProjectState",
]
