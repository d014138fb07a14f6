"""A question as it is fixed: everything that decides the answer, in one plain form, and its SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from lianyi.analysis.partnership_evaluation import EvaluationQuestion
from lianyi.indicators.evaluation_panel import LEVEL, TIME, UNIT
from lianyi.indicators.models import Evaluation, EvaluationSource, EvaluationUnit, UnitChoice, UnitLevel
from lianyi.indicators.values_definitions import versions_of
from lianyi.methods.distribution import Resampling

FORMAT = 1
METHOD = "reml-ar1"


def canonical(document: Mapping[str, Any]) -> str:
    """Return a document in its one plain form."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def question_document(row: Evaluation, units: Sequence[EvaluationUnit]) -> dict[str, Any]:
    """Return the question with its units, choices and definitions as they stand now."""
    return {
        "format": FORMAT,
        "code": row.code,
        "number": row.number,
        "question": row.question,
        "node": row.node.code,
        "agreement": None if row.agreement is None else row.agreement.code,
        "source": row.source,
        "table": None if row.table is None else _table(row),
        "period": row.period if row.source == EvaluationSource.VALUES else None,
        "outcomes": [_outcome(row, name) for name in row.outcomes],
        "start": row.starts,
        "left": row.left or None,
        "phase_in": row.phase_in,
        "why_comparable": row.why_comparable,
        "seed": row.seed,
        "method": METHOD,
        "units": [
            {"name": each.name, "level": each.level, "choice": each.choice, "reason": each.reason} for each in units
        ],
    }


def _table(row: Evaluation) -> dict[str, Any]:
    found = row.table
    if found is None:
        return {}
    return {
        "name": found.name,
        "sha256": found.sha256,
        "unit": found.unit_column,
        "time": found.time_column,
        "level": found.level_column,
        "labels": found.labels,
    }


def _outcome(row: Evaluation, name: str) -> dict[str, Any]:
    if row.source == EvaluationSource.TABLE:
        return {"column": name}
    return {"indicator": name, "versions": sorted(each.version for each in versions_of(name))}


def asked_of(row: Evaluation, units: Sequence[EvaluationUnit]) -> EvaluationQuestion:
    """Return the question as the methods take it.

    Raises
    ------
    EvaluationQuestionError
        Where units for comparison are chosen and nothing says why they are comparable.
    """
    levels = [level for level in UnitLevel.values if any(each.level == level for each in units)]
    helped = [level for level in levels if level != UnitLevel.COMPARISON]
    is_compared = any(each.choice == UnitChoice.CHOSEN for each in units)
    inside = tuple(level for level in helped if level != UnitLevel.LEAD) or tuple(helped)
    return EvaluationQuestion(
        unit=UNIT,
        time=TIME,
        level=LEVEL,
        outcomes=tuple(row.outcomes),
        start=row.starts,
        left=row.left or None,
        comparison=UnitLevel.COMPARISON.value if is_compared else None,
        why_comparable=row.why_comparable,
        inside=inside,
        phase_in_points=row.phase_in,
        resampling=Resampling(seed=row.seed),
    )


def command_line_of(row: Evaluation, asked: EvaluationQuestion, file_name: str) -> str:
    """Return the command that computes the same from the downloaded table."""
    parts = [f"lianyi evaluate partnership {file_name} --unit {UNIT} --time {TIME} --level {LEVEL}"]
    parts += [f"--outcome {_quoted(name)}" for name in asked.outcomes]
    parts.append(f"--start {_quoted(row.starts)}")
    if row.left:
        parts.append(f"--left {_quoted(row.left)}")
    if asked.comparison is not None:
        parts.append(f"--comparison {asked.comparison} --why-comparable {_quoted(asked.why_comparable)}")
    parts += [f"--inside {level}" for level in asked.inside]
    if row.phase_in:
        parts.append(f"--phase-in {row.phase_in}")
    return " ".join([*parts, f"--seed {row.seed} --json"])


def _quoted(text: str) -> str:
    plain = text.replace("'", "’").replace("\n", " ")
    return plain if plain.replace("-", "").replace("_", "").isalnum() and plain.isascii() else f"'{plain}'"
