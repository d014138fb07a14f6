"""Points of an assessment: the shapes in which items are scored, and their sum.

The forms of China's alliance assessment (医疗联合体综合绩效考核) use four shapes: graded evidence (full, half, none),
full points less a deduction for each failure, points in proportion, and points beyond a threshold. Time standards of
chest pain centres are a fifth: mean, attainment and trend of a series of months. Which item has which shape, points
and limits is a dated rule; here is only the arithmetic. Points are exact fractions, so that a sum does not hang on
the order in which it was formed. An item without data has no points, which is not 0, and every total says so and
stands with the least and the most that it could become (worst-case bounds: C. F. Manski, American Economic Review 80
(1990) 319-323).

Examples
--------
An alliance with a plan that only stands on paper, one of five centres that has not joined, and a third item that
nobody has judged yet:

>>> items = [
...     ScoredItem("plan", score_graded(GradedRule(4), EvidenceGrade.HALF)),
...     ScoredItem("members", score_deducting(DeductingRule(4, deduction=1), failures=1)),
...     ScoredItem("quality", score_graded(GradedRule(4), None)),
... ]
>>> found = total_of(items)
>>> str(found.points), str(found.most_of_scored), found.without_data
('5', '8', ('quality',))
"""

from __future__ import annotations

from lianyi.methods.assessment_scores.rules import (
    Bound,
    DeductingRule,
    Direction,
    EvidenceGrade,
    Exact,
    GradedRule,
    MonthlyRule,
    ProportionalRule,
    Step,
    ThresholdRule,
    Trend,
)
from lianyi.methods.assessment_scores.scoring import (
    ItemScore,
    MonthlyFigures,
    MonthlyScore,
    ScoreReason,
    not_applicable,
    score_deducting,
    score_graded,
    score_monthly,
    score_proportional,
    score_threshold,
)
from lianyi.methods.assessment_scores.totals import (
    PartsTotal,
    ScoredItem,
    ScoreTotal,
    rounded_points,
    total_of,
    total_of_parts,
)

__all__ = [
    "Bound",
    "DeductingRule",
    "Direction",
    "EvidenceGrade",
    "Exact",
    "GradedRule",
    "ItemScore",
    "MonthlyFigures",
    "MonthlyRule",
    "MonthlyScore",
    "PartsTotal",
    "ProportionalRule",
    "ScoreReason",
    "ScoreTotal",
    "ScoredItem",
    "Step",
    "ThresholdRule",
    "Trend",
    "not_applicable",
    "rounded_points",
    "score_deducting",
    "score_graded",
    "score_monthly",
    "score_proportional",
    "score_threshold",
    "total_of",
    "total_of_parts",
]
