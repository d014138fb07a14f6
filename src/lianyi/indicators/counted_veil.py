"""Figures counted from patients' rows: small ones are hidden from whoever reads no cases (law 6).

What an institution types or sends is its own statement and stands as it is given; what this program counts from
cases is shown as the statistics of referrals are.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from lianyi.accounts.access import decide
from lianyi.accounts.actors import Actor
from lianyi.dispatch.rounds_disclosure import watched_counts
from lianyi.indicators.counted_figures import is_of_patients
from lianyi.indicators.models import CountedValue, IndicatorValue, ValueSource
from lianyi.indicators.values_definitions import definition_of, indicator_book
from lianyi.methods.proportions import is_small_cell
from lianyi.rules.indicator_queries import QueryMeasure
from lianyi.rules.indicators import IndicatorDefinition

_COUNTS: Final = frozenset({QueryMeasure.ROWS, QueryMeasure.SUM, QueryMeasure.DISTINCT})


@dataclass(frozen=True, slots=True)
class CountVeil:
    """Counts of patients from 1 to below ``least`` are not shown; 0 hides nothing."""

    least: int = 0

    def hides_count(self, count: Decimal | int | None) -> bool:
        return count is not None and is_small_cell(int(count), self.least)

    def hides_counted(self, row: CountedValue) -> bool:
        """Tell whether a counted figure would tell of a few patients."""
        definition = indicator_book().version(row.code, row.definition_version)
        if not self.least or not _is_of_patients(row.code, row.definition_version):
            return False
        rows = (row.numerator_rows, row.denominator_rows)
        return any(map(self.hides_count, rows)) or self._hides(definition, row.numerator, row.denominator)

    def hides_value(self, row: IndicatorValue) -> bool:
        """Tell whether a value that was counted would tell of a few patients; what was typed stands as it is."""
        if not self.least or row.source != ValueSource.COUNTED:
            return False
        if not _is_of_patients(row.code, row.definition_version):
            return False
        definition = definition_of(row)
        parts = definition.query.parts if definition.query is not None else ()
        # How many patients a time is made of is not known here; the page of the value knows.
        is_of_counts = all(part.measure in _COUNTS for part in parts)
        return not is_of_counts or self._hides(definition, row.numerator, row.denominator)

    def _hides(self, definition: IndicatorDefinition, above: Decimal | None, below: Decimal | None) -> bool:
        parts = definition.query.parts if definition.query is not None else ()
        if any(part.measure not in _COUNTS for part in parts):
            return False
        rest = below - above if definition.numerator_is_part and above is not None and below is not None else None
        return any(map(self.hides_count, (above, below, rest)))


OPEN: Final = CountVeil()


def count_veil(actor: Actor) -> CountVeil:
    """Return what is hidden from the actor: nothing from who reads cases."""
    if actor.is_service or decide(actor, "referral.read").allowed:
        return OPEN
    return CountVeil(watched_counts().threshold)


@functools.lru_cache(maxsize=1024)
def _is_of_patients(code: str, version: int) -> bool:
    return is_of_patients(indicator_book().version(code, version))
