"""What outcomes and units of an evaluation are called."""

from __future__ import annotations

from lianyi.indicators.models import Evaluation, EvaluationSource, EvaluationUnit
from lianyi.indicators.values_definitions import versions_of
from lianyi.indicators.values_texts import definition_title
from lianyi.pages.names import name_of


def outcome_name(row: Evaluation, name: str) -> str:
    """Return the indicator's name, or the heading of the table."""
    versions = versions_of(name) if row.source == EvaluationSource.VALUES else []
    return definition_title(versions[0]) if versions else name


def unit_name(unit: EvaluationUnit) -> str:
    return unit.name if unit.node is None else f"{name_of(unit.node)} ({unit.node.code})"
