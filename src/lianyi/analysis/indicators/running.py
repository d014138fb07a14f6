"""Compute an indicator by its definition on an engine, and show the rows behind a number."""

from __future__ import annotations

import difflib
import functools
import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from lianyi.analysis.indicators import cells
from lianyi.analysis.indicators.cells import Kind
from lianyi.analysis.indicators.compiling import (
    COUNTS,
    PERIOD,
    REPORTER,
    Question,
    Relation,
    asked_of,
    figures,
    marked_rows,
    physical,
    scale_of,
)
from lianyi.analysis.indicators.engines import Engine
from lianyi.analysis.indicators.errors import (
    IndicatorCellError,
    IndicatorColumnError,
    IndicatorPeriodError,
    LookupNotUniqueError,
    NoQueryError,
)
from lianyi.analysis.indicators.periods import Period, Span, containing
from lianyi.analysis.indicators.results import (
    Figure,
    IndicatorResult,
    IndicatorRow,
    LeftOut,
    PeriodSummary,
    RowsBehind,
    ValueState,
    day_of,
    plain,
)
from lianyi.methods.proportions import Interval, wilson_interval
from lianyi.rules.indicator_queries import IndicatorQuery, QueryMeasure, QueryPart
from lianyi.rules.indicators import FACTORS, Formula, IndicatorDefinition, IndicatorUnit

UNITS: Final = "units"
"""The table of those who should report: a column ``reporter``."""
REPORTING: Final = "reporting"
"""The table of reports handed in, also of nothing: columns ``table``, ``reporter`` and ``period``."""
MOST_ROWS: Final = 1000
_DECIMALS: Final = 6
_ADDED_UP: Final = frozenset({QueryMeasure.ROWS, QueryMeasure.SUM})
_COUNTED: Final = frozenset({QueryMeasure.ROWS, QueryMeasure.DISTINCT})

Key = tuple[str, Period]


class Part(StrEnum):
    """Which of the two."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunWish:
    """Which periods (all that the tables hold where none is given), by which column, and whether with intervals."""

    period: str | None = None
    by: str | None = None
    confidence: float | None = None


def run_indicator(definition: IndicatorDefinition, engine: Engine, wish: RunWish | None = None) -> IndicatorResult:
    """Compute an indicator.

    Raises
    ------
    NoQueryError, IndicatorTableError, IndicatorColumnError, IndicatorCellError, LookupNotUniqueError,
    IndicatorPeriodError, EngineRefusedError
    """
    wish = wish or RunWish()
    query = _query_of(definition, wish.by)
    span = Span.read(wish.period, definition.period) if wish.period is not None else None
    found = [_figures(each, definition, span, engine) for each in query.parts]
    numerators = found[0][0]
    denominators = found[1][0] if len(found) > 1 else None
    units = _units(engine)
    periods = _periods(span, (numerators, denominators or {}))
    reporters = sorted(units if units is not None else {key[0] for part in found for key in part[0]})
    rows = tuple(
        _row(definition, query, (reporter, period), numerators, denominators, wish.confidence)
        for reporter in reporters
        for period in periods
    )
    return IndicatorResult(
        definition=definition,
        engine=engine.kind.value,
        reporter_column=query.numerator.reporter,
        rows=rows,
        periods=tuple(
            _summary(definition, query, period, rows[number :: len(periods)]) for number, period in enumerate(periods)
        ),
        left_out=functools.reduce(_more_left_out, (part[1] for part in found)),
        reporters_are_known=units is not None,
    )


def rows_behind(
    definition: IndicatorDefinition,
    engine: Engine,
    part: Part,
    *,
    reporter: str | None = None,
    period: str | None = None,
    by: str | None = None,
    limit: int = MOST_ROWS,
) -> RowsBehind:
    """Return the rows that a part counts, found by the query that counted them.

    Raises
    ------
    As `run_indicator`.
    """
    query = _query_of(definition, by)
    wanted = query.numerator if part is Part.NUMERATOR else query.denominator
    if wanted is None:
        raise NoQueryError(f"The indicator {definition.code} has no denominator.", indicator=definition.code)
    span = Span.read(period, definition.period) if period is not None else None
    marked = _counted_rows(wanted, definition, span, engine)
    if reporter is not None:
        marked = marked.filter(marked[REPORTER] == reporter)
    total = engine.answer(marked.aggregate(total=marked.count()))[0]["total"]
    rows = engine.answer(marked.drop(COUNTS).order_by(REPORTER, PERIOD).limit(limit))
    columns = tuple(name for name in marked.columns if name != COUNTS)
    names = {REPORTER: "reporter", PERIOD: "period"}
    return RowsBehind(
        total=total,
        columns=tuple(names.get(name, name.replace("__", ".")) for name in columns),
        rows=tuple(tuple(row[name] for name in columns) for row in rows),
    )


def rows_counted(
    definition: IndicatorDefinition, engine: Engine, part: Part, column: str, period: str
) -> dict[Key, dict[str, int]]:
    """Return how many rows a part counts for each reporter and period, by what stands in a column of its table.

    Raises
    ------
    As `run_indicator`.
    """
    query = _query_of(definition, None)
    wanted = query.numerator if part is Part.NUMERATOR else query.denominator
    found: dict[Key, dict[str, int]] = {}
    if wanted is None:
        return found
    marked = _counted_rows(wanted, definition, Span.read(period, definition.period), engine)
    grouped = marked.group_by(REPORTER, PERIOD, column).aggregate(rows=marked.count())
    for row in engine.answer(grouped):
        first_day = day_of(row[PERIOD])
        if first_day is not None:
            at = Period(first_day, definition.period).moved(wanted.periods_before)
            found.setdefault((str(row[REPORTER]), at), {})[str(row[column])] = int(row["rows"])
    return found


def _counted_rows(part: QueryPart, definition: IndicatorDefinition, span: Span | None, engine: Engine) -> Relation:
    """Return the rows that a part counts for the periods of a span; growth looks some periods further back."""
    moved = span.moved(-part.periods_before) if span is not None else None
    marked = _marked(part, definition, moved, engine, is_whole=True)
    return marked.filter(marked[COUNTS], marked[REPORTER].notnull(), marked[PERIOD].notnull())


def _query_of(definition: IndicatorDefinition, by: str | None) -> IndicatorQuery:
    if definition.query is None:
        message = (
            f"The indicator {definition.code} is {definition.obtained}, not computed from tables: there is no query to "
            "run. Enter its values on the pages, or add a version with a query."
        )
        raise NoQueryError(message, indicator=definition.code)
    if by is None:
        return definition.query
    parts = [replace(part, reporter=by, reporter_length=None) for part in definition.query.parts]
    for part in parts:
        lookup, dot, _ = by.partition(".")
        if dot and lookup not in {each.name for each in part.lookups}:
            message = f"The query of {definition.code} looks up no {lookup}, so nothing can be told by {by}."
            raise IndicatorColumnError(message, column=by, table=part.table)
    return IndicatorQuery(parts[0], parts[1] if len(parts) > 1 else None)


def _figures(
    part: QueryPart, definition: IndicatorDefinition, span: Span | None, engine: Engine
) -> tuple[dict[Key, Figure], LeftOut]:
    back = part.periods_before
    marked = _marked(part, definition, span.moved(-back) if span is not None else None, engine, is_whole=False)
    found: dict[Key, Figure] = {}
    without_reporter = without_day = without_figure = 0
    for row in engine.answer(figures(marked, part)):
        first_day, reporter = day_of(row[PERIOD]), row[REPORTER]
        if reporter is None or first_day is None:
            without_reporter += row["seen"] if reporter is None else 0
            without_day += row["seen"] if first_day is None and reporter is not None else 0
            continue
        key = (str(reporter), Period(first_day, definition.period).moved(back))
        found[key] = _figure(part, row)
        without_figure += row["counted"] - row.get("given", row["counted"])
    for key in _reported(part, definition, engine):
        if key not in found and (span is None or key[1] in span):
            found[key] = _figure(part, {"seen": 0, "counted": 0, "given": 0})
    left_out = LeftOut(
        rows_without_reporter=without_reporter, rows_without_day=without_day, rows_without_figure=without_figure
    )
    return found, left_out


def _figure(part: QueryPart, row: Mapping[str, Any]) -> Figure:
    seen, counted = int(row["seen"]), int(row["counted"] or 0)
    given = int(row.get("given", counted) or 0)
    return Figure(_amount(part, row, counted, given), seen, counted, given)


def _amount(part: QueryPart, row: Mapping[str, Any], counted: int, given: int) -> float | None:
    """Return the figure. Counts and sums of nothing are 0; of rows without a figure they are missing."""
    measure, scale = part.measure, scale_of(part.operand)
    if measure is QueryMeasure.ROWS:
        return counted
    if counted == 0 and measure in (QueryMeasure.SUM, QueryMeasure.DISTINCT):
        return 0
    if given == 0:
        return None
    if measure is QueryMeasure.DISTINCT:
        return plain(row["figure"])
    if measure in (QueryMeasure.MEDIAN, QueryMeasure.QUANTILE):
        # Engines interpolate in another order of steps; the last digits of their floats differ.
        return _divided(round(row["figure"], _DECIMALS), scale)
    over = {QueryMeasure.MEAN: given, QueryMeasure.RATE: row.get("over")}.get(measure, 1)
    return _divided(row["amount"], over * scale) if over else None


def _divided(amount: Any, by: Any) -> float | None:  # noqa: ANN401 - whole numbers, decimals or floats of an engine
    number, divisor = plain(amount), plain(by)
    if number is None or not divisor:
        return None
    return number if divisor == 1 else number / divisor


def _marked(
    part: QueryPart, definition: IndicatorDefinition, span: Span | None, engine: Engine, *, is_whole: bool
) -> Relation:
    if part.spread is not None and span is None:
        raise IndicatorPeriodError(
            f"{definition.code} counts what lasts, in every {definition.period} that it touches. Name the periods, "
            f"for instance with --period {_example(definition)}.",
            indicator=definition.code,
        )
    rows = _joined(part, engine, is_whole=is_whole)
    with engine.refusals():
        return marked_rows(rows, Question(part, definition.period, span))


def _example(definition: IndicatorDefinition) -> str:
    return {"year": "2025", "quarter": "2025-Q1"}.get(definition.period.value, "2025-03")


def _joined(part: QueryPart, engine: Engine, *, is_whole: bool) -> Relation:
    asked = asked_of(part)
    here = {path: kinds for path, kinds in asked.items() if "." not in path}
    rows = _checked(part.table, here, engine)
    if not is_whole:
        rows = rows.select(*here)
    for lookup in part.lookups:
        prefix = f"{lookup.name}."
        there = {path.removeprefix(prefix): kinds for path, kinds in asked.items() if path.startswith(prefix)}
        table = _checked(lookup.table, there, engine)
        keys = [key for _, key in lookup.keys]
        _refuse_repeated(lookup.table, table, keys, engine)
        with engine.refusals():
            renamed = table.select(**{physical(f"{lookup.name}.{column}"): table[column] for column in there})
            matches = [
                cells.text_of(rows[physical(own)]) == cells.text_of(renamed[physical(f"{lookup.name}.{key}")])
                for own, key in lookup.keys
            ]
            rows = rows.left_join(renamed, matches)
    return rows


def _checked(name: str, asked: Mapping[str, set[Kind]], engine: Engine) -> Relation:
    """Return a table whose columns are there and hold what the query asks of them."""
    table = engine.table(name)
    for column, kinds in asked.items():
        if column not in table.columns:
            near = difflib.get_close_matches(column, table.columns, n=1)
            hint = f" Perhaps {near[0]} is meant." if near else ""
            message = f"The table {name} has no column {column}; it has: {', '.join(table.columns)}.{hint}"
            raise IndicatorColumnError(message, table=name, column=column)
        for kind in kinds:
            if not cells.fits(table[column], kind):
                raise _cell_refusal(name, column, kind, f"is of the type {table[column].type()}")
    faults = {
        (column, kind): fault
        for column, kinds in asked.items()
        for kind in kinds
        if (fault := cells.unreadable(table[column], kind)) is not None
    }
    if faults:
        _refuse_unreadable(name, table, faults, engine)
    return table


def _refuse_unreadable(name: str, table: Relation, faults: Mapping[tuple[str, Kind], Any], engine: Engine) -> None:
    aggregates = {
        f"fault_{number}": table[column].cast("string").min(where=fault)
        for number, ((column, _), fault) in enumerate(faults.items())
    }
    (found,) = engine.answer(table.aggregate(**aggregates))
    for number, (column, kind) in enumerate(faults):
        if (example := found[f"fault_{number}"]) is not None:
            raise _cell_refusal(name, column, kind, f"holds “{example}”")


def _cell_refusal(table: str, column: str, kind: Kind, given: str) -> IndicatorCellError:
    message = f"The column {column} of the table {table} {given}; expected: {cells.ACCEPTED[kind]}."
    return IndicatorCellError(message, table=table, column=column, expected=kind.value)


def _refuse_repeated(name: str, table: Relation, keys: list[str], engine: Engine) -> None:
    texts = {f"key_{number}": cells.text_of(table[key]) for number, key in enumerate(keys)}
    keyed = table.select(**texts)
    whole = keyed.filter(functools.reduce(operator.and_, [keyed[key].notnull() for key in texts]))
    counted = whole.group_by(list(texts)).aggregate(times=whole.count())
    found = engine.answer(counted.filter(counted.times > 1).order_by(list(texts)).limit(1))
    if found:
        given = ", ".join(str(found[0][key]) for key in texts)
        message = f"The table {name} holds {given} {found[0]['times']} times in {', '.join(keys)}. Each may stand once."
        raise LookupNotUniqueError(message, table=name, key=given)


def _units(engine: Engine) -> set[str] | None:
    if UNITS not in engine.names():
        return None
    table = _checked(UNITS, {"reporter": {Kind.TEXT}}, engine)
    rows = engine.answer(table.select(reporter=cells.text_of(table["reporter"])).distinct())
    return {row["reporter"] for row in rows if row["reporter"] is not None}


def _reported(part: QueryPart, definition: IndicatorDefinition, engine: Engine) -> list[Key]:
    """Return who said to have reported a table for a period, if only that there was nothing."""
    if REPORTING not in engine.names():
        return []
    table = _checked(REPORTING, {"table": {Kind.TEXT}, "reporter": {Kind.TEXT}, "period": {Kind.DAY}}, engine)
    chosen = table.filter(cells.text_of(table["table"]) == part.table)
    rows = engine.answer(
        chosen.select(reporter=cells.text_of(chosen["reporter"]), period=cells.day_of(chosen["period"])).distinct()
    )
    found = []
    for row in rows:
        day = day_of(row["period"])
        if day is not None and row["reporter"] is not None:
            period = containing(day, definition.period).moved(part.periods_before)
            found.append((str(row["reporter"]), period))
    return found


def _periods(span: Span | None, parts: Iterable[Mapping[Key, Figure]]) -> list[Period]:
    return list(span.periods()) if span is not None else sorted({key[1] for part in parts for key in part})


def _row(
    definition: IndicatorDefinition,
    query: IndicatorQuery,
    key: Key,
    numerators: Mapping[Key, Figure],
    denominators: Mapping[Key, Figure] | None,
    confidence: float | None,
) -> IndicatorRow:
    above = numerators.get(key)
    below = denominators.get(key) if denominators is not None else None
    numerator = above.amount if above is not None else None
    denominator = below.amount if below is not None else None
    is_missing = numerator is None or (denominators is not None and denominator is None)
    value = None if numerator is None or is_missing else definition.value(numerator, denominator)
    state = ValueState.MISSING if is_missing else ValueState.UNDEFINED if value is None else ValueState.REPORTED
    return IndicatorRow(
        reporter=key[0],
        period=key[1],
        numerator=numerator,
        denominator=denominator,
        value=value,
        state=state,
        rows_seen=max(above.seen if above is not None else 0, below.seen if below is not None else 0),
        interval=_interval(definition, query, numerator, denominator, confidence),
    )


def _interval(
    definition: IndicatorDefinition,
    query: IndicatorQuery,
    numerator: float | None,
    denominator: float | None,
    confidence: float | None,
) -> Interval | None:
    """Return Wilson's interval where the value is a share of counted things, and nothing where it is not."""
    if confidence is None or numerator is None or not denominator or numerator > denominator:
        return None
    if definition.formula is not Formula.QUOTIENT or definition.unit not in FACTORS:
        return None
    if definition.unit is IndicatorUnit.PERCENT and not definition.numerator_is_part:
        return None
    tables = {part.table for part in query.parts}
    if len(tables) > 1 or not all(part.measure in _COUNTED for part in query.parts):
        return None
    found = wilson_interval(int(numerator), int(denominator), confidence)
    return replace(found, low=found.low * definition.factor, high=found.high * definition.factor)


def _summary(
    definition: IndicatorDefinition, query: IndicatorQuery, period: Period, of_period: Sequence[IndicatorRow]
) -> PeriodSummary:
    told = [row for row in of_period if row.state is not ValueState.MISSING]
    numerator = denominator = value = None
    if told and all(part.measure in _ADDED_UP for part in query.parts):
        numerator = sum(row.numerator for row in told if row.numerator is not None)
        if query.denominator is not None:
            denominator = sum(row.denominator for row in told if row.denominator is not None)
        value = definition.value(numerator, denominator)
    return PeriodSummary(
        period=period,
        reporters_with_data=len(told),
        reporters=len(of_period),
        numerator=numerator,
        denominator=denominator,
        value=value,
    )


def _more_left_out(one: LeftOut, other: LeftOut) -> LeftOut:
    return LeftOut(
        rows_without_reporter=one.rows_without_reporter + other.rows_without_reporter,
        rows_without_day=one.rows_without_day + other.rows_without_day,
        rows_without_figure=one.rows_without_figure + other.rows_without_figure,
    )
