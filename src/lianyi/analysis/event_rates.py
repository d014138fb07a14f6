"""Rates, shares and ratios of few events with their limits, over the rows of a data frame."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np

from lianyi.analysis.columns import Floats, Table, labels, numbers
from lianyi.analysis.figures import Document, figure, interval_document
from lianyi.methods.columns import label_codes
from lianyi.methods.errors import EventCountError
from lianyi.methods.proportions import DEFAULT_CONFIDENCE, Interval, Share
from lianyi.methods.small_counts import CountMethod, EventRates, directly_standardised_rate, event_rates

_FEW_EVENTS: Final = 10


class RelatedTo(StrEnum):
    """What events are related to."""

    PERSON_TIME = "person-time"
    """Person-years, bed-days, residents: a rate."""
    TOTAL = "total"
    """All cases, of which the events are part: a share."""
    EXPECTED = "expected"
    """Events expected of a reference: a ratio."""


@dataclass(frozen=True, slots=True)
class RateColumns:
    """Which columns of a table mean what, and to what events are related."""

    events: str
    base: str
    related_to: RelatedTo
    name: str | None = None
    standard: str | None = None
    """Size of each row's part in the standard population: rows of one name are then its parts, such as age bands."""


@dataclass(frozen=True, slots=True)
class RateWish:
    """Per how many, by which method and at which level of confidence."""

    per: float = 1.0
    method: CountMethod = CountMethod.EXACT
    confidence: float = DEFAULT_CONFIDENCE


def event_rate_document(table: Table, columns: RateColumns, wish: RateWish | None = None) -> Document:
    """Return the figure of each row with its limits, as the document of ``lianyi evaluate rates --json``.

    Raises
    ------
    EventCountError, ShareBoundsError, SurveyLengthError, TableColumnError, ColumnNumberError, ProbabilityError
        When a column is not there or cannot be used.

    Examples
    --------
    >>> rows = {"county": ["Ceheng", "Shizhu"], "deaths": [14, None], "years": [400, 300]}
    >>> columns = RateColumns("deaths", "years", RelatedTo.PERSON_TIME, "county")
    >>> found = event_rate_document(rows, columns)
    >>> [(row["name"], row["value"]) for row in found["rows"]], found["rows_without_figures"]
    ([('Ceheng', 0.035), ('Shizhu', None)], 1)
    """
    wish = wish or RateWish()
    events, base = numbers(table, columns.events), numbers(table, columns.base)
    names = [at + 1 for at in range(len(events))] if columns.name is None else labels(table, columns.name).tolist()
    if columns.standard is not None:
        rows = _standardised(names, events, base, numbers(table, columns.standard), wish)
    elif columns.related_to is RelatedTo.TOTAL:
        rows = _shares(names, events, base, wish)
    else:
        rows = _rates(names, event_rates(events, base, wish.per, wish.confidence, wish.method))
    return {
        "events": columns.events,
        "related_to": columns.base,
        "kind": "directly standardised rate" if columns.standard else _KINDS[columns.related_to],
        "per": wish.per,
        "confidence": wish.confidence,
        "rows": rows,
        "together": _together(events, base, columns, wish),
        "rows_without_figures": sum(row["value"] is None for row in rows),
        "warnings": _warnings(rows),
        "conventions": {"interval": _interval_words(columns, wish), "events": "independent of one another and rare"},
    }


_KINDS: Final = {
    RelatedTo.PERSON_TIME: "rate",
    RelatedTo.TOTAL: "share",
    RelatedTo.EXPECTED: "observed over expected",
}


def _rates(names: list[Any], found: EventRates) -> list[Document]:
    return [
        _row(
            name,
            found.events[at],
            found.exposure[at],
            figure(found.value[at]),
            Interval(float(found.low[at]), float(found.high[at]), found.confidence),
        )
        for at, name in enumerate(names)
    ]


def _shares(names: list[Any], events: Floats, totals: Floats, wish: RateWish) -> list[Document]:
    rows = []
    for name, some, total in zip(names, events.tolist(), totals.tolist(), strict=True):
        if np.isnan(some) or np.isnan(total):
            rows.append(_row(name, some, total, None, None))
            continue
        share = Share(_whole(some), _whole(total))
        interval = share.interval(wish.confidence)
        value = None if share.value is None else share.value * wish.per
        rows.append(_row(name, some, total, value, _scaled(interval, wish.per)))
    return rows


def _standardised(names: list[Any], events: Floats, people: Floats, standard: Floats, wish: RateWish) -> list[Document]:
    codes, units = label_codes(names)
    rows = []
    for code, unit in enumerate(units):
        own = codes == code
        found = directly_standardised_rate(events[own], people[own], standard[own], wish.per, wish.confidence)
        row = _row(unit, float(found.events), float(people[own].sum()), found.value, found.interval)
        rows.append({**row, "crude": found.crude})
    return rows


def _row(name: Any, events: float, base: float, value: float | None, interval: Interval | None) -> Document:  # noqa: ANN401 - a label
    shown = None if value is None else interval_document(interval)
    return {"name": name, "events": figure(events), "related_to": figure(base), "value": value, "interval": shown}


def _together(events: Floats, base: Floats, columns: RateColumns, wish: RateWish) -> Document | None:
    """Return the figure of all rows that have both numbers, as if they were one."""
    is_known = ~(np.isnan(events) | np.isnan(base))
    if columns.standard is not None or not is_known.any():
        return None
    some, whole = np.array([events[is_known].sum()]), np.array([base[is_known].sum()])
    if columns.related_to is RelatedTo.TOTAL:
        return _shares(["all"], some, whole, wish)[0]
    return _rates(["all"], event_rates(some, whole, wish.per, wish.confidence, wish.method))[0]


def _scaled(interval: Interval | None, per: float) -> Interval | None:
    return None if interval is None else Interval(interval.low * per, interval.high * per, interval.confidence)


def _whole(number: float) -> int:
    if number != int(number):
        raise EventCountError(f"{number:g} is not whole; people and events are counted whole.", given=number)
    return int(number)


def _warnings(rows: list[Document]) -> list[str]:
    found = []
    few = sum(row["value"] is not None and row["events"] < _FEW_EVENTS for row in rows)
    if few:
        found.append(
            f"Rows with fewer than {_FEW_EVENTS} events: {few} of {len(rows)}. Look at their intervals, not at their "
            "order; a funnel compares them."
        )
    missing = sum(row["value"] is None for row in rows)
    if missing:
        found.append(
            f"Rows that lack a number or are related to 0: {missing} of {len(rows)}. They have no figure, which is "
            "not 0."
        )
    return found


def _interval_words(columns: RateColumns, wish: RateWish) -> str:
    if columns.standard is not None:
        return "gamma limits of Fay and Feuer (1997)"
    if columns.related_to is RelatedTo.TOTAL:
        return "Wilson (1927), without continuity correction"
    return {
        CountMethod.EXACT: "exact (Garwood 1936)",
        CountMethod.BYAR: "Byar's approximation",
        CountMethod.MID_P: "mid-P",
    }[wish.method]
