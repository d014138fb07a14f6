"""From the TOML of an indicator to its query, with every fault named by its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lianyi.rules.indicator_queries import (
    ASKS_FOR_NOTHING,
    ASKS_FOR_VALUES,
    COMPARES_SIZES,
    DAYS_IN_PERIOD,
    AllOf,
    AnyOf,
    Between,
    Condition,
    IntervalUnit,
    Least,
    Lookup,
    Operand,
    Operator,
    QueryMeasure,
    QueryPart,
    Requirement,
    Spread,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lianyi.rules.tables import Table

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_PATH: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")
_INTERVAL_KEYS: Final = ("from", "to", "in")
_CONDITION_KEYS: Final = ("column", "interval", "is", "value", "values", "than", "all", "any")
PART_KEYS: Final = (
    *(
        "table",
        "measure",
        "column",
        "columns",
        "interval",
        "over",
        "quantile",
        "reporter",
        "reporter_length",
        "date",
        "where",
    ),
    *("lookups", "spread", "least", "periods_before"),
)
_NEEDS_OPERAND: Final = frozenset(QueryMeasure) - {QueryMeasure.ROWS, QueryMeasure.DISTINCT}


def read_part(table: Table) -> QueryPart:
    """Return the numerator or the denominator of a query.

    Raises
    ------
    RuleFileError
        Naming file, place, what was given and what is accepted.
    """
    measure = table.choice("measure", QueryMeasure)
    part = QueryPart(
        table=_name(table, "table"),
        measure=measure,
        reporter=_column(table, "reporter"),
        date=_column(table, "date"),
        reporter_length=_at_least_one(table, "reporter_length"),
        operand=_operand(table, measure),
        distinct=_distinct(table, measure),
        over=_over(table, measure),
        quantile=_quantile(table, measure),
        where=AllOf(_requirements(table, "where")),
        lookups=_lookups(table),
        spread=_spread(table),
        least=_least(table),
        periods_before=table.optional_integer("periods_before") or 0,
    )
    _refuse_unknown_lookups(table, part)
    return part


def columns_of(part: QueryPart) -> tuple[str, ...]:
    """Return every column that a part names, lookups with their name in front, none twice."""
    found = [part.reporter, part.date]
    found += [*_columns_of_operand(part.operand), *part.distinct]
    found += [part.over] if part.over else []
    found += columns_of_requirement(part.where)
    if part.spread is not None:
        found += [part.spread.start, part.spread.end]
    if part.least is not None:
        found += [*part.least.per, part.least.column]
    for lookup in part.lookups:
        found += [here for here, _ in lookup.keys]
        found += [f"{lookup.name}.{there}" for _, there in lookup.keys]
    return tuple(dict.fromkeys(found))


def columns_of_requirement(requirement: Requirement) -> list[str]:
    """Return every column that a requirement names."""
    if isinstance(requirement, Condition):
        return [*_columns_of_operand(requirement.operand), *([requirement.than] if requirement.than else [])]
    return [column for each in requirement.conditions for column in columns_of_requirement(each)]


def _columns_of_operand(operand: Operand | None) -> list[str]:
    if operand is None:
        return []
    return [operand] if isinstance(operand, str) else [operand.start, operand.end]


def _operand(table: Table, measure: QueryMeasure) -> Operand | None:
    if measure not in _NEEDS_OPERAND:
        for key in ("column", "interval"):
            if key in table:
                raise table.refuse(key, f"{key} for the measure {measure}", "columns for distinct, nothing for rows")
        return None
    return _required_operand(table)


def _distinct(table: Table, measure: QueryMeasure) -> tuple[str, ...]:
    if (measure is QueryMeasure.DISTINCT) != ("columns" in table):
        raise table.refuse("columns", "columns" if "columns" in table else "nothing", "columns for distinct alone")
    return _column_list(table, "columns") if "columns" in table else ()


def _required_operand(table: Table) -> Operand:
    if ("column" in table) == ("interval" in table):
        raise table.refuse("column", "both or neither of column and interval", "one of them")
    if "column" in table:
        return _column(table, "column")
    interval = table.table("interval", _INTERVAL_KEYS)
    return Between(_column(interval, "from"), _column(interval, "to"), interval.choice("in", IntervalUnit))


def _over(table: Table, measure: QueryMeasure) -> str:
    if (measure is QueryMeasure.RATE) != ("over" in table):
        raise table.refuse(
            "over", "nothing" if "over" not in table else "a column", "a column for the measure rate alone"
        )
    return _column(table, "over") if "over" in table else ""


def _quantile(table: Table, measure: QueryMeasure) -> float | None:
    given = table.optional_number("quantile")
    if (measure is QueryMeasure.QUANTILE) != (given is not None):
        raise table.refuse("quantile", "nothing" if given is None else str(given), "a number for the measure quantile")
    if given is not None and not 0 < given < 1:
        raise table.refuse("quantile", str(given), "a number between 0 and 1, such as 0.9")
    return given


def _requirements(table: Table, key: str) -> tuple[Requirement, ...]:
    return tuple(_requirement(each) for each in table.optional_tables(key, _CONDITION_KEYS))


def _requirement(table: Table) -> Requirement:
    groups = [key for key in ("all", "any") if key in table]
    if not groups:
        return _condition(table)
    if len(table.keys) > 1:
        raise table.refuse(groups[0], "other keys beside it", "all or any alone")
    conditions = _requirements(table, groups[0])
    return AllOf(conditions) if groups[0] == "all" else AnyOf(conditions)


def _condition(table: Table) -> Condition:
    operator = table.choice("is", Operator)
    operand = _required_operand(table)
    than = _column(table, "than") if "than" in table else ""
    if operator in ASKS_FOR_NOTHING:
        wanted: tuple[str, ...] = ()
    elif operator in ASKS_FOR_VALUES:
        wanted = ("values",)
    else:
        wanted = ("value", "than")
    given = [key for key in ("value", "values", "than") if key in table]
    if len(given) != min(len(wanted), 1) or not set(given) <= set(wanted):
        accepted = f"{' or '.join(wanted)} beside is = {operator.value!r}" if wanted else f"none with {operator.value}"
        raise table.refuse("is", f"{', '.join(given) or 'no value'}", accepted)
    values = _values(table, operator)
    if isinstance(operand, Between) and (than or any(isinstance(value, str) for value in values)):
        raise table.refuse("value", "a text or a column beside an interval", "a number")
    return Condition(operand, operator, values, than)


def _values(table: Table, operator: Operator) -> tuple[Value, ...]:
    if "value" in table:
        return (_value(table, table.raw("value"), "value", operator),)
    if "values" not in table:
        return ()
    given = table.raw("values")
    if not isinstance(given, list) or not given:
        raise table.refuse("values", repr(given), "a list of at least one text or number")
    values = tuple(_value(table, each, "values", operator) for each in given)
    if len({isinstance(each, str) for each in values}) > 1:
        raise table.refuse("values", repr(given), "texts or numbers, not both")
    return values


def _value(table: Table, given: object, key: str, operator: Operator) -> Value:
    accepted = "a number" if operator in COMPARES_SIZES else "a text or a number"
    # A truth value is an integer to Python and must not pass as 0 or 1.
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise table.refuse(key, repr(given), f"{accepted}; for truth values is = 'yes' or 'no'")
    if isinstance(given, str) and operator in COMPARES_SIZES:
        raise table.refuse(key, repr(given), accepted)
    return given


def _lookups(table: Table) -> tuple[Lookup, ...]:
    found: list[Lookup] = []
    for each in table.optional_tables("lookups", ("table", "name", "keys"), "name"):
        looked_up = _name(each, "table")
        name = _name(each, "name") if "name" in each else looked_up
        if any(other.name == name for other in found):
            raise each.refuse("name", repr(name), "a name that no other lookup has")
        found.append(Lookup(looked_up, name, tuple(_keys(each).items())))
    return tuple(found)


def _keys(table: Table) -> Mapping[str, str]:
    given = table.raw("keys")
    if not isinstance(given, dict) or not given:
        raise table.refuse("keys", repr(given), "columns of the rows with columns of the table looked up")
    for here, there in given.items():
        if not isinstance(there, str) or not _NAME.fullmatch(there) or not _PATH.fullmatch(here):
            raise table.refuse("keys", repr(there), "names of columns, in small letters, digits and underscores")
    return given


def _spread(table: Table) -> Spread | None:
    if "spread" not in table:
        return None
    spread = table.table("spread", ("from", "to"))
    return Spread(_column(spread, "from"), _column(spread, "to"))


def _least(table: Table) -> Least | None:
    if "least" not in table:
        return None
    least = table.table("least", ("per", "column", "at_least"))
    return Least(_column_list(least, "per"), _column(least, "column"), least.number("at_least"))


def _refuse_unknown_lookups(table: Table, part: QueryPart) -> None:
    names = {lookup.name for lookup in part.lookups}
    for column in columns_of(part):
        lookup, dot, _ = column.partition(".")
        if dot and lookup not in names:
            raise table.refuse("lookups", f"{column!r}, but no lookup {lookup!r}", ", ".join(sorted(names)) or "none")
        if column == DAYS_IN_PERIOD and part.spread is None:
            raise table.refuse("spread", f"{DAYS_IN_PERIOD} without a spread", "a spread with from and to")


def _at_least_one(table: Table, key: str) -> int | None:
    given = table.optional_integer(key)
    if given == 0:
        raise table.refuse(key, "0", "a whole number of 1 or more")
    return given


def _name(table: Table, key: str) -> str:
    return _matching(table, key, _NAME, "a name in small letters, digits and underscores")


def _column(table: Table, key: str) -> str:
    return _matching(table, key, _PATH, "a column, or a lookup, a full stop and a column")


def _column_list(table: Table, key: str) -> tuple[str, ...]:
    given = table.raw(key)
    columns = [each for each in given if isinstance(each, str)] if isinstance(given, list) else []
    is_whole = isinstance(given, list) and 0 < len(given) == len(set(columns))
    if not is_whole or not all(_PATH.fullmatch(each) for each in columns):
        raise table.refuse(key, repr(given), "a list of at least one column, none twice")
    return tuple(columns)


def _matching(table: Table, key: str, pattern: re.Pattern[str], accepted: str) -> str:
    given = table.text(key)
    if not pattern.fullmatch(given):
        raise table.refuse(key, repr(given), accepted)
    return given
