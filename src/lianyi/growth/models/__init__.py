"""What growth keeps: one module for each subject."""

from lianyi.growth.models.assessments import (
    AssessmentEvent,
    AssessmentItem,
    AssessmentKind,
    AssessmentState,
    CapabilityAssessment,
    ItemResultState,
)

__all__ = [
    "AssessmentEvent",
    "AssessmentItem",
    "AssessmentKind",
    "AssessmentState",
    "CapabilityAssessment",
    "ItemResultState",
]
