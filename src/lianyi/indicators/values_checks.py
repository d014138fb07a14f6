"""What figures must be before they are kept, and what makes one doubt them before they are submitted."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from lianyi.accounts.models import NodeKind, OrganisationNode
from lianyi.errors import InvalidInputError
from lianyi.indicators.models import CountedState, CountedValue, IndicatorSheet, IndicatorValue
from lianyi.indicators.queries.counted import newest_counts
from lianyi.indicators.values_definitions import definition_of, is_answer, known_values, value_of
from lianyi.indicators.values_machine import RECEIVED
from lianyi.methods.value_checks import difference_of_parts, is_outlier
from lianyi.rules.indicators import IndicatorDefinition, Obtained

LARGEST_FIGURE: Final = Decimal(10) ** 15
LONGEST_NOTE: Final = 400
LONGEST_REASON: Final = 300
HISTORY_PERIODS: Final = 24
"""How many earlier periods a value is held against: two years of months."""


@dataclass(frozen=True, slots=True)
class ValueEntry:
    """What somebody says about one indicator."""

    code: str
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    unavailable_because: str = ""
    note: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said; a note alone says nothing of the figure."""
        return self.numerator is None and self.denominator is None and not self.unavailable_because


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a figure that could be right is unusual; it needs a word before it is submitted."""

    kind: str
    facts: Mapping[str, Any]


def problem_of_entry(definition: IndicatorDefinition | None, entry: ValueEntry) -> InvalidInputError | None:
    """Return why figures cannot be kept, or None."""
    if definition is None:
        return InvalidInputError(
            f"'{entry.code}' is no indicator of this sheet.", reason="indicator-not-on-sheet", given=entry.code
        )
    if entry.unavailable_because and (entry.numerator is not None or entry.denominator is not None):
        return InvalidInputError(
            "It is said not to be available, and figures are given too. Keep one of the two.",
            reason="value-and-not-available",
        )
    if len(entry.note) > LONGEST_NOTE or len(entry.unavailable_because) > LONGEST_REASON:
        return InvalidInputError(
            f"At most {LONGEST_NOTE} characters of a note and {LONGEST_REASON} of a reason fit. Shorten it.",
            reason="value-words-long",
            note=LONGEST_NOTE,
            because=LONGEST_REASON,
        )
    if entry.unavailable_because or entry.is_empty:
        return None
    if definition.obtained is Obtained.JUDGED and not entry.note:
        return InvalidInputError(
            "This is judged by evidence; say in the note what was seen: documents, things, talks.",
            reason="judged-without-evidence",
        )
    return _problem_of_figures(definition, entry.numerator, entry.denominator)


def _problem_of_figures(
    definition: IndicatorDefinition, numerator: Decimal | None, denominator: Decimal | None
) -> InvalidInputError | None:
    beyond = [each for each in (numerator, denominator) if each is not None and not _is_figure(each)]
    if beyond:
        return InvalidInputError(
            f"{beyond[0]} is no figure from 0 to {LARGEST_FIGURE:g}.",
            reason="figure-range",
            given=str(beyond[0]),
            most=f"{LARGEST_FIGURE:,f}",
        )
    if numerator is None:
        return InvalidInputError("The numerator is missing.", reason="numerator-missing")
    if not definition.needs_denominator:
        return _problem_of_single(definition, numerator, denominator)
    if denominator is None:
        return InvalidInputError("The denominator is missing.", reason="denominator-missing")
    return _problem_of_quotient(definition, numerator, denominator)


def _is_figure(figure: Decimal) -> bool:
    return figure.is_finite() and 0 <= figure <= LARGEST_FIGURE


def _problem_of_quotient(
    definition: IndicatorDefinition, numerator: Decimal, denominator: Decimal
) -> InvalidInputError | None:
    if definition.numerator_is_part and numerator > denominator:
        return InvalidInputError(
            f"The numerator {numerator:f} is part of the denominator {denominator:f} and cannot be above it.",
            reason="numerator-above-denominator",
            numerator=_plain(numerator),
            denominator=_plain(denominator),
        )
    if denominator == 0 and numerator != 0:
        return InvalidInputError(
            f"The denominator is 0 and the numerator is {numerator:f}. Correct one of them.",
            reason="nothing-to-divide-by",
            numerator=_plain(numerator),
        )
    return None


def _problem_of_single(
    definition: IndicatorDefinition, numerator: Decimal, denominator: Decimal | None
) -> InvalidInputError | None:
    if denominator is not None:
        return InvalidInputError("This indicator has no denominator; leave it empty.", reason="denominator-not-asked")
    if is_answer(definition) and numerator not in (0, 1):
        return InvalidInputError("Write 1 for yes and 0 for no.", reason="neither-yes-nor-no")
    return None


def _plain(figure: Decimal) -> str:
    return f"{figure.normalize():f}"


def doubts_of(sheet: IndicatorSheet, rows: Sequence[IndicatorValue]) -> dict[int, list[Doubt]]:
    """Return by value why it is unusual: beside its own past, beside the sum of the institutions, beside the records.

    That of a place is held against the sum; any against what was last counted from the records of this site.
    """
    past = _history_of(sheet, rows)
    parts = _parts_of(sheet, rows)
    counted = newest_counts(sheet)
    found: dict[int, list[Doubt]] = {}
    for row in rows:
        doubts = _counted_doubts(row, counted.get(row.code))
        if row.is_available:
            doubts += [*_jump(row, past.get(row.code, [])), *_sum_doubts(row, parts.get(row.code, []))]
        if doubts:
            found[row.pk] = doubts
    return found


def _history_of(sheet: IndicatorSheet, rows: Sequence[IndicatorValue]) -> Mapping[str, list[float]]:
    """Return the values of the same unit before this period, newest ones only, by indicator."""
    earlier = IndicatorValue.objects.filter(
        node_id=sheet.node_id, code__in={row.code for row in rows}, period_start__lt=sheet.period_start
    ).order_by("-period_start")
    by_code: defaultdict[str, list[IndicatorValue]] = defaultdict(list)
    for row in earlier:
        if len(by_code[row.code]) < HISTORY_PERIODS:
            by_code[row.code].append(row)
    return {code: known_values(each) for code, each in by_code.items()}


def _jump(row: IndicatorValue, history: Sequence[float]) -> list[Doubt]:
    value = value_of(row)
    if value is None or not is_outlier(value, history):
        return []
    facts = {"least": min(history), "most": max(history), "periods": len(history), "definition": definition_of(row)}
    return [Doubt("jump", facts)]


def _counted_doubts(row: IndicatorValue, counted: CountedValue | None) -> list[Doubt]:
    """Doubt a figure that differs from what the records say; where they say nothing there is nothing to differ from."""
    if counted is None or counted.state == CountedState.MISSING or row.figures == counted.figures:
        return []
    return [Doubt("counted", {"counted": counted})]


def _parts_of(sheet: IndicatorSheet, rows: Sequence[IndicatorValue]) -> Mapping[str, list[IndicatorValue]]:
    """Return for a place what its institutions say of the same indicators, where all that reported are received."""
    node: OrganisationNode = sheet.node
    if node.kind != NodeKind.PLACE:
        return {}
    below = IndicatorValue.objects.filter(
        code__in={row.code for row in rows},
        period_start=sheet.period_start,
        node__kind=NodeKind.INSTITUTION,
        node__path__startswith=node.path,
        sheet__period=sheet.period,
    )
    found: defaultdict[str, list[IndicatorValue]] = defaultdict(list)
    for row in below:
        found[row.code].append(row)
    return found


def _sum_doubts(row: IndicatorValue, parts: Iterable[IndicatorValue]) -> list[Doubt]:
    rows, found = list(parts), []
    for name in ("numerator", "denominator"):
        whole = getattr(row, name)
        each = [getattr(part, name) for part in rows]
        difference = None if whole is None else difference_of_parts(float(whole), [_number(figure) for figure in each])
        if difference:
            facts = {"figure": name, "whole": float(whole), "sum": float(whole) - difference, "units": len(rows)}
            found.append(Doubt("sum", facts))
    return found


def _number(figure: Decimal | None) -> float | None:
    return None if figure is None else float(figure)


def received_on(sheet: IndicatorSheet) -> datetime.date | None:
    """Return on which day the sheet was last submitted, or None where it is back with the unit."""
    if sheet.state not in RECEIVED:
        return None
    submitted = [each for each in sheet.events.all() if each.to_state in RECEIVED and each.from_state == "draft"]
    return submitted[-1].effective_on if submitted else None
