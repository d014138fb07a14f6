"""Figures of sheets counted from the rows of this site, by the queries of definitions and the engine of analysts."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from lianyi.accounts.models import NodeKind, OrganisationNode
from lianyi.accounts.records import Provenance
from lianyi.indicators.models import CountedState, IndicatorSheet
from lianyi.indicators.values_levels import reported_by
from lianyi.indicators.values_periods import last_day, next_start, period_code
from lianyi.methods.periods import DateSpan
from lianyi.rules.indicator_tables import indicator_tables, is_recorded, tables_read
from lianyi.rules.indicators import IndicatorDefinition

if TYPE_CHECKING:
    from lianyi.analysis.indicators import Engine, IndicatorResult, IndicatorRow

_FOUR_PLACES: Final = Decimal("0.0001")
NodeId = int


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedFigure:
    """What the records say of one indicator of one unit."""

    definition: IndicatorDefinition
    state: CountedState
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    numerator_rows: int = 0
    denominator_rows: int | None = None
    rows_seen: int = 0
    sample_rows: int = 0
    units_with_figure: int = 0
    units: int = 0

    @property
    def code(self) -> str:
        return self.definition.code


@dataclass(frozen=True, slots=True)
class _Asked:
    """The sheets of one period that ask for an indicator."""

    definition: IndicatorDefinition
    nodes: list[OrganisationNode] = field(default_factory=list)


def is_countable(definition: IndicatorDefinition) -> bool:
    """Tell whether this site records every table and column that a definition reads.

    Of a column that is always empty the query would make a zero that nobody counted.
    """
    if not is_recorded(definition):
        return False
    from lianyi.analysis.indicators.reading import columns_read  # noqa: PLC0415 - only who counts loads the engines

    known = indicator_tables()
    columns = (known[table].column(name) for table, name in columns_read(definition))
    return all(column is not None and column.is_recorded for column in columns)


def is_of_patients(definition: IndicatorDefinition) -> bool:
    """Tell whether a definition counts rows that are somebody's treatment."""
    from lianyi.indicators.recorded.tables import recorded_tables  # noqa: PLC0415 - it reads every application

    known = recorded_tables()
    return any(name in known and known[name].is_of_patients for name in tables_read(definition))


def countable_of(row: IndicatorSheet) -> list[IndicatorDefinition]:
    """Return the indicators of a sheet that this site can count, in their order."""
    held = reported_by(row.node, row.family, row.period, last_day(row.period, row.period_start))
    return [each for each in held if is_countable(each)]


def span_read(definitions: Sequence[IndicatorDefinition], period: str, start: datetime.date) -> DateSpan:
    """Return the days whose rows are needed for a period: growth looks back."""
    back = max((part.periods_before for each in definitions if each.query for part in each.query.parts), default=0)
    return DateSpan(next_start(period, start, -back), last_day(period, start))


def figures_of(sheets: Sequence[IndicatorSheet]) -> dict[NodeId, list[CountedFigure]]:
    """Count the indicators of sheets of one family and period, by unit; each table of this site is read once."""
    asked: dict[str, _Asked] = {}
    for sheet in sheets:
        for definition in countable_of(sheet):
            asked.setdefault(definition.code, _Asked(definition)).nodes.append(sheet.node)
    found: dict[NodeId, list[CountedFigure]] = {sheet.node_id: [] for sheet in sheets}
    if not asked:
        return found
    from lianyi.indicators.recorded.frames import counting_engine  # noqa: PLC0415 - the engines take a second to load

    period, start = sheets[0].period, sheets[0].period_start
    engine = counting_engine(span_read([each.definition for each in asked.values()], period, start))
    for each in asked.values():
        told = _told(each.definition, engine, period_code(period, start))
        for node in each.nodes:
            found[node.pk].append(told.figure(reporter_of(node, each.definition)))
    return found


def reporter_of(node: OrganisationNode, definition: IndicatorDefinition) -> str:
    """Return by which name a unit stands in the answers of a definition: its code, of a place as much as is asked."""
    query = definition.query
    length = None if query is None or node.kind != NodeKind.PLACE else query.numerator.reporter_length
    return node.code if length is None else node.code[:length]


@dataclass(frozen=True, slots=True)
class _Told:
    """An indicator counted for everybody, with the rows behind it by who reports."""

    result: IndicatorResult
    rows: Mapping[str, Mapping[str, Mapping[str, int]]]
    lines: Mapping[str, IndicatorRow]

    def figure(self, reporter: str) -> CountedFigure:
        definition, line = self.result.definition, self.lines.get(reporter)
        summary = self.result.periods[0] if self.result.periods else None
        units_with_figure = 0 if summary is None else summary.reporters_with_data
        units = 0 if summary is None else summary.reporters
        if line is None or line.state.value == CountedState.MISSING:
            return CountedFigure(
                definition=definition,
                state=CountedState.MISSING,
                units_with_figure=units_with_figure,
                units=units,
            )
        behind = {part: self.rows[part].get(reporter, {}) for part in self.rows}
        return CountedFigure(
            definition=definition,
            state=CountedState.UNDEFINED if line.value is None else CountedState.GIVEN,
            numerator=_kept(line.numerator),
            denominator=_kept(line.denominator),
            numerator_rows=sum(behind["numerator"].values()),
            denominator_rows=sum(behind["denominator"].values()) if definition.needs_denominator else None,
            rows_seen=line.rows_seen,
            sample_rows=sum(rows.get(Provenance.SAMPLE, 0) for rows in behind.values()),
            units_with_figure=units_with_figure,
            units=units,
        )


def _told(definition: IndicatorDefinition, engine: Engine, period: str) -> _Told:
    from lianyi.analysis.indicators import Part, RunWish, rows_counted, run_indicator  # noqa: PLC0415
    from lianyi.indicators.recorded.table import PROVENANCE  # noqa: PLC0415

    result = run_indicator(definition, engine, RunWish(period=period))
    counted = {part.value: rows_counted(definition, engine, part, PROVENANCE, period) for part in Part}
    rows = {part: {key[0]: each for key, each in found.items()} for part, found in counted.items()}
    return _Told(result, rows, {row.reporter: row for row in result.rows})


def _kept(figure: float | None) -> Decimal | None:
    return None if figure is None else Decimal(str(figure)).quantize(_FOUR_PLACES)
