"""What indicators, quality control, assessments and evaluations keep: one module for each subject."""

from __future__ import annotations

from lianyi.indicators.models.performance import (
    FindingGrade,
    FreezePurpose,
    NumberSource,
    ObjectionAnswer,
    PerformanceAssessment,
    PerformanceEvent,
    PerformanceEvidence,
    PerformanceFinding,
    PerformanceObjection,
    PerformanceState,
    ScoringSide,
)

__all__ = [
    "FindingGrade",
    "FreezePurpose",
    "NumberSource",
    "ObjectionAnswer",
    "PerformanceAssessment",
    "PerformanceEvent",
    "PerformanceEvidence",
    "PerformanceFinding",
    "PerformanceObjection",
    "PerformanceState",
    "ScoringSide",
]
