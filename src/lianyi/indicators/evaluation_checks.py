"""What a question must say before it is kept, and before it is fixed."""

from __future__ import annotations

from lianyi.errors import InvalidInputError
from lianyi.indicators.evaluation_errors import EvaluationQuestionRefusedError
from lianyi.indicators.models import Evaluation, EvaluationSource, PeriodKind, UnitChoice, UnitLevel
from lianyi.indicators.values_definitions import is_answer, versions_of
from lianyi.indicators.values_periods import parse_period

MOST_OUTCOMES = 8


def check_question(row: Evaluation) -> None:
    """Refuse a question without words or outcomes, or whose times cannot be read.

    Raises
    ------
    InvalidInputError
    """
    if not row.question.strip():
        raise EvaluationQuestionRefusedError(
            "Say in words what is asked.", field="question", reason="evaluation-unsaid"
        )
    if not row.outcomes or len(row.outcomes) > MOST_OUTCOMES:
        raise EvaluationQuestionRefusedError(
            f"Give one to {MOST_OUTCOMES} outcomes; {len(row.outcomes)} are named.",
            field="outcomes",
            reason="evaluation-outcomes",
            count=len(row.outcomes),
            most=MOST_OUTCOMES,
        )
    if row.source == EvaluationSource.VALUES:
        _check_indicators(row)
        _check_times(row)


def _check_indicators(row: Evaluation) -> None:
    if row.period == PeriodKind.YEAR:
        raise EvaluationQuestionRefusedError(
            "Years are too few points to tell a change from chance. Choose indicators of months or quarters.",
            field="period",
            reason="evaluation-years",
        )
    for code in row.outcomes:
        versions = versions_of(code)
        if not versions or is_answer(versions[0]) or versions[0].period.value != row.period:
            raise EvaluationQuestionRefusedError(
                f"'{code}' is no indicator with a figure for each {row.period}.",
                field="outcomes",
                reason="evaluation-indicator",
                given=code,
            )


def _check_times(row: Evaluation) -> None:
    """Refuse times in another kind of period than the indicators, and a team that leaves before help began."""
    found = []
    for name in ("starts", "left"):
        text = getattr(row, name)
        if not text:
            continue
        try:
            kind, first = parse_period(text)
        except InvalidInputError as error:
            raise EvaluationQuestionRefusedError(
                error.message, field=name, reason="evaluation-time", given=text
            ) from error
        if kind != row.period:
            raise EvaluationQuestionRefusedError(
                f"'{text}' is no {row.period}, as the indicators are told by.",
                field=name,
                reason="evaluation-time",
                given=text,
            )
        found.append(first)
    if found != sorted(found):
        raise EvaluationQuestionRefusedError(
            f"The team left in {row.left}, before help began in {row.starts}.",
            field="left",
            reason="evaluation-left-before-start",
        )


def check_fixable(row: Evaluation) -> None:
    """Refuse to fix a question while a unit for comparison is not decided, or nothing says why they are comparable.

    Raises
    ------
    EvaluationQuestionRefusedError
    """
    check_question(row)
    candidates = row.units.filter(level=UnitLevel.COMPARISON)
    undecided = candidates.filter(choice=UnitChoice.OPEN).count()
    if undecided:
        raise EvaluationQuestionRefusedError(
            f"{undecided} units that might be compared with are neither chosen nor refused. Decide about each, with "
            "its reason, before any result is shown.",
            reason="evaluation-undecided",
            count=undecided,
        )
    if candidates.filter(choice=UnitChoice.CHOSEN).exists() and not row.why_comparable.strip():
        raise EvaluationQuestionRefusedError(
            "Units for comparison are chosen, and nothing says why they are comparable.",
            reason="evaluation-why-unsaid",
        )
