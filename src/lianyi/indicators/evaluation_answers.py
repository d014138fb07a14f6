"""What is computed of a fixed question, and everything that is kept with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import lianyi
from lianyi.accounts.actors import Actor
from lianyi.analysis.partnership_evaluation import evaluate_partnership
from lianyi.indicators.evaluation_errors import EvaluationNotComputedError
from lianyi.indicators.evaluation_panel import Panel, panel_of
from lianyi.indicators.evaluation_question import asked_of
from lianyi.indicators.models import Evaluation, EvaluationSource, EvaluationUnit, IndicatorValue
from lianyi.indicators.values_definitions import definition_of

FORMAT = 1


def answer_of(actor: Actor, row: Evaluation, units: Sequence[EvaluationUnit]) -> dict[str, Any]:
    """Compute the answer, and return it with its table, definitions, seed and the version of the software.

    Raises
    ------
    EvaluationNotComputedError
        When there is no figure at all.
    InvalidInputError
        As `lianyi.analysis.partnership_evaluation.evaluate_partnership`.
    """
    panel = panel_of(actor, row, units)
    if not panel.units:
        raise EvaluationNotComputedError(
            "No unit of the question has an accepted figure within your reach. Look at completeness, or at the units.",
            reason="nothing-there",
        )
    present = set(panel.units)
    return {
        "format": FORMAT,
        "software": lianyi.__version__,
        "question_sha256": row.fixed_sha256,
        "seed": row.seed,
        "source": row.source,
        "table": None if row.table is None else {"name": row.table.name, "sha256": row.table.sha256},
        "panel": panel.facts() if row.source == EvaluationSource.VALUES else None,
        "panel_sha256": panel.sha256,
        "rows": len(panel.units),
        "without_figures": [each.name for each in units if _is_missed(each, present)],
        "definitions": _definitions(panel),
        "result": evaluate_partnership(panel.as_table(), asked_of(row, units)),
    }


def _is_missed(unit: EvaluationUnit, present: set[str]) -> bool:
    return unit.choice != "refused" and unit.name not in present


def _definitions(panel: Panel) -> list[dict[str, Any]]:
    """Return by which versions of which definitions the figures of the site were given."""
    keys = {key for column in panel.values.values() for key in column if key is not None}
    found = {}
    for value in IndicatorValue.objects.filter(pk__in=keys).order_by("code", "definition_version"):
        definition = definition_of(value)
        found[definition.code, definition.version] = {
            "code": definition.code,
            "version": definition.version,
            "zh": definition.name.zh,
            "en": definition.name.en,
            "unit": definition.unit.value,
            "direction": definition.direction.value,
        }
    return [found[key] for key in sorted(found)]


def panel_of_result(actor: Actor, row: Evaluation, units: Sequence[EvaluationUnit], kept: dict[str, Any]) -> Panel:
    """Return the table that was computed: what the result kept, or the uploaded file read again."""
    return panel_of(actor, row, units) if kept["panel"] is None else Panel.of_facts(kept["panel"])
