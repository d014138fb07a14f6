"""Units that might be compared with, as they were before help began, and what was decided of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lianyi.accounts.actors import Actor
from lianyi.analysis.comparison_candidates import BeforeStart, before_start
from lianyi.indicators.evaluation_disclosure import Veil
from lianyi.indicators.evaluation_panel import LEVEL, TIME, UNIT, panel_of
from lianyi.indicators.evaluation_texts import CHOICE_TONES
from lianyi.indicators.evaluation_words import unit_name
from lianyi.indicators.models import Evaluation, EvaluationUnit, UnitLevel
from lianyi.registry.models import Institution
from lianyi.registry.reference_names import reference_name


@dataclass(frozen=True, slots=True)
class Candidate:
    """One unit with what is known of it before the start; figures as words."""

    unit: EvaluationUnit
    name: str
    kind: str
    points: str
    mean: str
    change_a_year: str
    correlation: str
    choice: str
    tone: str


def kinds_of(units: Sequence[EvaluationUnit]) -> Mapping[int, str]:
    """Return kind and tier of the institutions among the units, by their node."""
    rows = Institution.objects.filter(pk__in=[each.node_id for each in units if each.node_id is not None])
    return {each.pk: f"{reference_name('institution_kinds', each.kind)} · {each.get_tier_display()}" for each in rows}


def candidates_of(
    actor: Actor, row: Evaluation, units: Sequence[EvaluationUnit], veil: Veil
) -> tuple[list[Candidate], list[Candidate]]:
    """Return the helped units and those that might be compared with, by the main outcome before the start.

    Raises
    ------
    InvalidInputError
        When the times of the figures cannot be read.
    """
    found = _before(actor, row, units)
    kinds = kinds_of(units)
    lines = [_line(each, found.get(each.name), kinds, veil, row.outcomes[0]) for each in units]
    return (
        [each for each in lines if each.unit.level != UnitLevel.COMPARISON],
        [each for each in lines if each.unit.level == UnitLevel.COMPARISON],
    )


def _before(actor: Actor, row: Evaluation, units: Sequence[EvaluationUnit]) -> dict[str, BeforeStart]:
    panel = panel_of(actor, row, units, with_open=True)
    if not panel.units:
        return {}
    helped = _compared_with(units)
    table = panel.as_table()
    table.pop(LEVEL)
    rows = before_start(table, unit=UNIT, time=TIME, outcome=row.outcomes[0], start=row.starts, helped=helped)
    return {each.unit: each for each in rows}


def _compared_with(units: Sequence[EvaluationUnit]) -> list[str]:
    """Return the recipients; where there are none, whichever level was helped."""
    for level in (UnitLevel.RECIPIENT, UnitLevel.VILLAGE, UnitLevel.LEAD):
        found = [each.name for each in units if each.level == level]
        if found:
            return found
    return []


def _line(
    unit: EvaluationUnit, before: BeforeStart | None, kinds: Mapping[int, str], veil: Veil, outcome: str
) -> Candidate:
    return Candidate(
        unit=unit,
        name=unit_name(unit),
        kind=kinds.get(unit.node_id or 0, "") or unit.get_level_display(),
        points="0" if before is None else f"{before.points} / {before.points + before.missing}",
        mean="—" if before is None or before.mean is None else str(veil.shown(outcome, before.mean)),
        change_a_year=_signed_share(None if before is None else before.change_a_year),
        correlation="—" if before is None or before.correlation is None else f"{before.correlation:+.2f}",
        choice=unit.get_choice_display(),
        tone=CHOICE_TONES[unit.choice],
    )


def _signed_share(share: float | None) -> str:
    return "—" if share is None else f"{100 * share:+.1f} %"
