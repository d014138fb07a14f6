"""From the query of an indicator to expressions of Ibis, which every engine understands unchanged."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import ibis

from lianyi.analysis.indicators import cells
from lianyi.analysis.indicators.cells import Column, Kind
from lianyi.analysis.indicators.periods import Span
from lianyi.rules.indicator_queries import (
    DAYS_IN_PERIOD,
    AnyOf,
    Between,
    Condition,
    IntervalUnit,
    Operand,
    Operator,
    QueryMeasure,
    QueryPart,
    Requirement,
)
from lianyi.rules.indicators import IndicatorPeriod

Relation = Any
"""An expression of Ibis for a table, which has no types of its own to offer."""
PERIOD: Final = "lianyi_period"
REPORTER: Final = "lianyi_reporter"
COUNTS: Final = "lianyi_counts"
SECONDS_IN_DAY: Final = 86_400
SECONDS_IN_MINUTE: Final = 60
_TRUNCATED: Final = {IndicatorPeriod.MONTH: "M", IndicatorPeriod.QUARTER: "Q", IndicatorPeriod.YEAR: "Y"}
_COMPARED: Final[Mapping[Operator, Callable[[Any, Any], Any]]] = {
    Operator.EQUALS: operator.eq,
    Operator.DIFFERS: operator.ne,
    Operator.BELOW: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.ABOVE: operator.gt,
    Operator.AT_LEAST: operator.ge,
}

_ALONE: Final[Mapping[Operator, Callable[[Any], Any]]] = {
    Operator.YES: lambda value: value,
    Operator.NO: operator.invert,
    Operator.GIVEN: lambda value: value.notnull(),
    Operator.MISSING: lambda value: value.isnull(),
}
_LISTED: Final[Mapping[Operator, Callable[[Any, Any], Any]]] = {
    Operator.AMONG: lambda value, given: value.isin(given),
    Operator.NOT_AMONG: lambda value, given: value.notin(given),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One part of a query, for periods of a kind; of the whole table or of a span of them."""

    part: QueryPart
    kind: IndicatorPeriod
    span: Span | None


def physical(path: str) -> str:
    """Return the name of a column in the joined rows: those of a lookup carry its name.

    Examples
    --------
    >>> physical("receiver.place_code")
    'receiver__place_code'
    """
    return path.replace(".", "__")


def marked_rows(rows: Relation, question: Question) -> Relation:
    """Return the rows with reporter, period and whether each counts; those outside the span are gone.

    Rows without a reporter or a day stay, with nothing in their place: they are counted as left out.
    """
    part = question.part
    reporter = cells.text_of(rows[physical(part.reporter)])
    if part.reporter_length is not None:
        reporter = reporter.substr(0, part.reporter_length)
    marked = rows.mutate(**{REPORTER: reporter})
    marked = _spread(marked, question) if part.spread is not None else _dated(marked, question)
    # A condition on a missing value holds neither way, so a row about which nothing is known does not count.
    counts = _holds(marked, part.where).fill_null(False)
    marked = marked.mutate(**{COUNTS: counts})
    return marked if part.least is None else _with_enough(marked, part)


def figures(marked: Relation, part: QueryPart) -> Relation:
    """Return for each reporter and period what was seen, what counts, and the figure."""
    counts = marked[COUNTS]
    wanted: dict[str, Column] = {"seen": marked.count(), "counted": counts.sum().cast("int64")}
    if part.operand is not None:
        amount = _amount(marked, part.operand)
        wanted["given"] = amount.count(where=counts)
        if part.measure in (QueryMeasure.MEDIAN, QueryMeasure.QUANTILE):
            share = 0.5 if part.quantile is None else part.quantile
            wanted["figure"] = amount.cast("float64").quantile(share, where=counts)
        elif part.measure is QueryMeasure.RATE:
            over = cells.number_of(marked[physical(part.over)])
            both = counts & amount.notnull() & over.notnull()
            wanted |= {
                "given": amount.count(where=both),
                "amount": amount.sum(where=both),
                "over": over.sum(where=both),
            }
        else:
            wanted["amount"] = amount.sum(where=counts)
    if part.distinct:
        name, whole = _together(marked, part)
        wanted["given"] = name.count(where=counts & whole)
        wanted["figure"] = name.nunique(where=counts & whole)
    return marked.group_by(REPORTER, PERIOD).aggregate(**wanted)


def scale_of(operand: Operand | None) -> int:
    """Return by what an amount is divided for the unit of its interval; intervals are summed in seconds."""
    if not isinstance(operand, Between):
        return 1
    return SECONDS_IN_MINUTE if operand.unit is IntervalUnit.MINUTES else SECONDS_IN_DAY


def asked_of(part: QueryPart) -> dict[str, set[Kind]]:
    """Return every column that a part reads with what it asks of it."""
    asked: dict[str, set[Kind]] = {}

    def ask(path: str, kind: Kind) -> None:
        if path != DAYS_IN_PERIOD:
            asked.setdefault(path, set()).add(kind)

    ask(part.reporter, Kind.TEXT)
    ask(part.date, Kind.DAY)
    _ask_operand(ask, part.operand, Kind.NUMBER)
    for column in (part.over, part.least.column if part.least else ""):
        if column:
            ask(column, Kind.NUMBER)
    for column in (*part.distinct, *(part.least.per if part.least else ())):
        ask(column, Kind.TEXT)
    if part.spread is not None:
        ask(part.spread.start, Kind.DAY)
        ask(part.spread.end, Kind.DAY)
    for lookup in part.lookups:
        for here, there in lookup.keys:
            ask(here, Kind.TEXT)
            ask(f"{lookup.name}.{there}", Kind.TEXT)
    _ask_requirement(ask, part.where)
    return asked


def _ask_requirement(ask: Callable[[str, Kind], None], requirement: Requirement) -> None:
    if not isinstance(requirement, Condition):
        for each in requirement.conditions:
            _ask_requirement(ask, each)
        return
    kind = _compared_as(requirement)
    _ask_operand(ask, requirement.operand, kind)
    if requirement.than:
        ask(requirement.than, kind)


def _ask_operand(ask: Callable[[str, Kind], None], operand: Operand | None, kind: Kind) -> None:
    if isinstance(operand, Between):
        inner = Kind.MOMENT if operand.unit is IntervalUnit.MINUTES else Kind.DAY
        ask(operand.start, inner)
        ask(operand.end, inner)
    elif operand is not None:
        ask(operand, kind)


def _compared_as(condition: Condition) -> Kind:
    if condition.operator in (Operator.YES, Operator.NO):
        return Kind.YES_NO
    if condition.operator in (Operator.GIVEN, Operator.MISSING):
        return Kind.ANYTHING
    if condition.than:
        return Kind.TEXT if condition.operator in (Operator.EQUALS, Operator.DIFFERS) else Kind.NUMBER
    return Kind.TEXT if isinstance(condition.values[0], str) else Kind.NUMBER


def _dated(rows: Relation, question: Question) -> Relation:
    day = cells.day_of(rows[physical(question.part.date)])
    dated = rows.mutate(**{PERIOD: day.truncate(_TRUNCATED[question.kind])})
    if question.span is None:
        return dated
    first, last = question.span.first.first_day, question.span.last.last_day
    return dated.filter(day.isnull() | day.between(ibis.literal(first), ibis.literal(last)))


def _spread(rows: Relation, question: Question) -> Relation:
    """Put each row into every period that it touches, with the days that it has in it."""
    spread, span = question.part.spread, question.span
    if spread is None or span is None:
        message = "rows are spread over the periods of a span"
        raise TypeError(message)
    pieces = []
    start, end = cells.day_of(rows[physical(spread.start)]), cells.day_of(rows[physical(spread.end)])
    for period in span.periods():
        first, last = ibis.literal(period.first_day), ibis.literal(period.last_day)
        # Without its first day nothing is known of the row; without its last day it goes on.
        begins = ibis.greatest(start, first)
        ends = ibis.least(end.fill_null(last), last)
        days = (ends.cast("timestamp").epoch_seconds() - begins.cast("timestamp").epoch_seconds()) // SECONDS_IN_DAY + 1
        touching = rows.filter(start <= last, end.isnull() | ((end >= first) & (end >= start)))
        pieces.append(touching.mutate(**{PERIOD: first, DAYS_IN_PERIOD: days.cast("int64")}))
    return _together_by_halves(pieces)


def _together_by_halves(pieces: Sequence[Relation]) -> Relation:
    """Put pieces under each other; one after the other they would nest as deep as there are periods."""
    if len(pieces) == 1:
        return pieces[0]
    middle = len(pieces) // 2
    return _together_by_halves(pieces[:middle]).union(_together_by_halves(pieces[middle:]))


def _with_enough(marked: Relation, part: QueryPart) -> Relation:
    least = part.least
    if least is None:
        return marked
    amount = ibis.ifelse(marked[COUNTS], _number(marked, least.column), 0)
    per = [cells.text_of(marked[physical(column)]) for column in least.per]
    total = amount.sum().over(group_by=[marked[REPORTER], marked[PERIOD], *per])
    return marked.mutate(**{COUNTS: marked[COUNTS] & (total >= least.at_least).fill_null(False)})


def _amount(rows: Relation, operand: Operand) -> Column:
    if not isinstance(operand, Between):
        return _number(rows, operand)
    seconds = cells.seconds_of if operand.unit is IntervalUnit.MINUTES else cells.seconds_of_day
    return seconds(rows[physical(operand.end)]) - seconds(rows[physical(operand.start)])


def _number(rows: Relation, path: str) -> Column:
    return rows[path] if path == DAYS_IN_PERIOD else cells.number_of(rows[physical(path)])


def _together(rows: Relation, part: QueryPart) -> tuple[Column, Column]:
    """Return one text for several columns, and whether none of them is missing."""
    texts = [cells.text_of(rows[physical(column)]) for column in part.distinct]
    whole = functools.reduce(operator.and_, [text.notnull() for text in texts])
    # The length in front keeps ("ab", "c") and ("a", "bc") apart.
    parts = [text.length().cast("string") + ":" + text for text in texts] if len(texts) > 1 else texts
    return functools.reduce(operator.add, parts), whole


def _holds(rows: Relation, requirement: Requirement) -> Column:
    if isinstance(requirement, Condition):
        return _compared(rows, requirement)
    inner = [_holds(rows, each) for each in requirement.conditions]
    if isinstance(requirement, AnyOf):
        return functools.reduce(operator.or_, inner)
    return functools.reduce(operator.and_, inner, ibis.literal(True))


def _compared(rows: Relation, condition: Condition) -> Column:
    kind = _compared_as(condition)
    value = _comparable(rows, condition.operand, kind)
    if condition.operator in _ALONE:
        return _ALONE[condition.operator](value)
    if condition.operator in _LISTED:
        return _LISTED[condition.operator](value, _scaled(condition))
    other = _comparable(rows, condition.than, kind) if condition.than else _scaled(condition)[0]
    return _COMPARED[condition.operator](value, other)


def _scaled(condition: Condition) -> list[Any]:
    scale = scale_of(condition.operand)
    return [value if isinstance(value, str) else value * scale for value in condition.values]


def _comparable(rows: Relation, operand: Operand, kind: Kind) -> Column:
    if isinstance(operand, Between) or kind is Kind.NUMBER:
        return _amount(rows, operand)
    column = rows[physical(operand)]
    return cells.yes_no_of(column) if kind is Kind.YES_NO else cells.text_of(column)
