"""What indicators, quality control, assessments and evaluations keep: one module for each subject."""

from __future__ import annotations

from lianyi.indicators.models.counted import CountedState, CountedValue, RecordCount
from lianyi.indicators.models.evaluations import (
    Evaluation,
    EvaluationEvent,
    EvaluationResult,
    EvaluationSource,
    EvaluationState,
    EvaluationTable,
    EvaluationUnit,
    UnitChoice,
    UnitLevel,
)
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
from lianyi.indicators.models.values import (
    IndicatorSheet,
    IndicatorSheetEvent,
    IndicatorValue,
    IndicatorValueChange,
    PeriodKind,
    ReportingAssignment,
    SheetState,
    ValueSource,
)

__all__ = [
    "CountedState",
    "CountedValue",
    "Evaluation",
    "EvaluationEvent",
    "EvaluationResult",
    "EvaluationSource",
    "EvaluationState",
    "EvaluationTable",
    "EvaluationUnit",
    "FindingGrade",
    "FreezePurpose",
    "IndicatorSheet",
    "IndicatorSheetEvent",
    "IndicatorValue",
    "IndicatorValueChange",
    "NumberSource",
    "ObjectionAnswer",
    "PerformanceAssessment",
    "PerformanceEvent",
    "PerformanceEvidence",
    "PerformanceFinding",
    "PerformanceObjection",
    "PerformanceState",
    "PeriodKind",
    "RecordCount",
    "ReportingAssignment",
    "ScoringSide",
    "SheetState",
    "UnitChoice",
    "UnitLevel",
    "ValueSource",
]
