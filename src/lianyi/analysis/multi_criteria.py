"""Units by several criteria at once, fixed weights beside entropy weights, over the rows of a data frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from lianyi.analysis.columns import Floats, Table, labels, numbers
from lianyi.analysis.figures import Document, figure
from lianyi.methods.errors import CriterionError
from lianyi.methods.multi_criteria import (
    ENTROPY_CONVENTION,
    RSR_CONVENTION,
    TOPSIS_CONVENTION,
    Criterion,
    EntropyWeights,
    RankRule,
    Ranks,
    entropy_weights,
    fixed_weights,
    rank_sum_ratio,
    ranks_of,
    topsis,
)

_SCORES: Final = ("topsis_fixed", "topsis_entropy", "rank_sum_ratio")
_MOST_OF_WEIGHT: Final = 0.5
_CASES_UNKNOWN: Final = "How many cases stand behind the figures is not known; the places of units with few are chance."


def multi_criteria_document(
    table: Table,
    unit: str,
    criteria: Sequence[Criterion],
    weights: Sequence[float] | None = None,
    cases: str | None = None,
    rule: RankRule | None = None,
) -> Document:
    """Return scores of units by three methods and, where n allows it, places: ``lianyi evaluate rank --json``.

    Parameters
    ----------
    weights
        One for each criterion; without them all weigh the same.
    cases
        Column with the number of cases behind each unit's figures; ranks are withheld where one has few.

    Raises
    ------
    CriterionError
        When criteria, weights or figures cannot be used, or fewer than two units have all figures.
    TableColumnError, ColumnNumberError
        When a column is not there or holds no numbers.

    Examples
    --------
    >>> from lianyi.methods.assessment_scores import Direction
    >>> rows = {"county": ["A", "B", "C"], "kept": [90, 80, 80], "days": [5, 9, 7]}
    >>> found = multi_criteria_document(
    ...     rows, "county", [Criterion("kept", Direction.UP), Criterion("days", Direction.DOWN)])
    >>> found["ranks"]["given"], found["ranks"]["reason"]
    (False, 'There are 3 units; ranks are given from 5 on.')
    """
    rule = rule or RankRule()
    _check_criteria(criteria, weights)
    columns = {each.name: numbers(table, each.name) for each in criteria}
    figures = np.column_stack(list(columns.values()))
    names = labels(table, unit)
    is_complete = ~np.isnan(figures).any(axis=1)
    kept = figures[is_complete]
    _refuse_negative(names, columns)
    directions = tuple(each.direction for each in criteria)
    fixed = fixed_weights([1.0] * len(criteria) if weights is None else list(weights))
    entropy = entropy_weights(kept)
    scores = {
        "topsis_fixed": topsis(kept, directions, fixed),
        "topsis_entropy": topsis(kept, directions, entropy.weights),
        "rank_sum_ratio": rank_sum_ratio(kept, directions, fixed),
    }
    behind = None if cases is None else numbers(table, cases)[is_complete]
    ranks = {name: ranks_of(values, rule, behind) for name, values in scores.items()}
    reason = next((each.reason for each in ranks.values() if each.reason), "")
    return {
        "units": int(is_complete.sum()),
        "left_out": _left_out(names, columns),
        "criteria": _criteria(criteria, fixed, entropy),
        "ranks": {
            "given": not reason,
            "reason": reason,
            "least_units": rule.least_units,
            "least_cases": rule.least_cases,
        },
        "rows": _rows(names[is_complete].tolist(), scores, None if reason else ranks),
        "warnings": [
            *_weight_warnings(criteria, entropy),
            *(["No weights were given, so the fixed ones are equal."] if weights is None else ()),
            *([] if reason else _place_warnings(ranks)),
            *([_CASES_UNKNOWN] if cases is None and not reason else ()),
        ],
        "conventions": {
            "topsis": TOPSIS_CONVENTION,
            "entropy": ENTROPY_CONVENTION,
            "rank_sum_ratio": RSR_CONVENTION,
            "reading": "a score depends on who else is in the table; it is not comparable with other tables or years",
        },
    }


def _check_criteria(criteria: Sequence[Criterion], weights: Sequence[float] | None) -> None:
    names = [each.name for each in criteria]
    if not names:
        raise CriterionError("No criterion is given; name at least one column and its direction.", given=())
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        raise CriterionError(f"{', '.join(doubles)} is given twice; each column is one criterion.", given=doubles)
    if weights is not None and len(weights) != len(names):
        message = f"There are {len(names)} criteria and {len(weights)} weights; give one for each, in the same order."
        raise CriterionError(message, given=len(weights))


def _refuse_negative(names: np.ndarray[Any, Any], columns: dict[str, Floats]) -> None:
    for column, values in columns.items():
        if (values < 0.0).any():
            at = int(np.argmax(values < 0.0))
            message = (
                f"{names[at]}: {column} is {values[at]:g}. Entropy weights need figures of 0 or more; give an amount "
                "or a share instead of a change."
            )
            raise CriterionError(message, field=column, position=at)


def _left_out(names: np.ndarray[Any, Any], columns: dict[str, Floats]) -> list[Document]:
    return [
        {"name": name, "missing": [column for column, values in columns.items() if np.isnan(values[at])]}
        for at, name in enumerate(names.tolist())
        if any(np.isnan(values[at]) for values in columns.values())
    ]


def _criteria(criteria: Sequence[Criterion], fixed: Floats, entropy: EntropyWeights) -> list[Document]:
    return [
        {
            "name": each.name,
            "direction": each.direction.value,
            "fixed_weight": float(fixed[at]),
            "entropy_weight": float(entropy.weights[at]),
            "entropy": float(entropy.entropy[at]),
            "is_constant": bool(entropy.is_constant[at]),
        }
        for at, each in enumerate(criteria)
    ]


def _rows(names: list[Any], scores: dict[str, Floats], ranks: dict[str, Ranks] | None) -> list[Document]:
    rows = []
    for at, name in enumerate(names):
        row: Document = {"name": name, **{score: figure(scores[score][at]) for score in _SCORES}}
        if ranks is not None:
            row |= {f"place_{score}": int(ranks[score].places[at]) for score in _SCORES}
        rows.append(row)
    return rows


def _weight_warnings(criteria: Sequence[Criterion], entropy: EntropyWeights) -> list[str]:
    found = []
    heaviest = int(np.argmax(entropy.weights))
    if len(criteria) > 1 and entropy.weights[heaviest] > _MOST_OF_WEIGHT:
        found.append(
            f"Entropy gives {criteria[heaviest].name} {entropy.weights[heaviest]:.0%} of the weight because units "
            "differ most in it, not because it matters most."
        )
    constant = [each.name for each, is_constant in zip(criteria, entropy.is_constant, strict=True) if is_constant]
    if constant:
        found.append(f"{', '.join(constant)}: the same for every unit; entropy gives it no weight.")
    return found


def _place_warnings(ranks: dict[str, Ranks]) -> list[str]:
    moved = float(np.abs(ranks["topsis_fixed"].places - ranks["topsis_entropy"].places).max())
    if not moved:
        return []
    return [f"A unit moves by up to {moved:.0f} places when entropy weights take the place of the fixed ones."]
