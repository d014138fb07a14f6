"""Which numbers of a round nobody needs to type: those that duties count, and those that accepted indicators give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from lianyi.indicators.models.performance import NumberSource, PerformanceAssessment
from lianyi.indicators.performance_checks import FindingEntry
from lianyi.indicators.performance_indicators import AcceptedNumber, accepted_numbers
from lianyi.indicators.performance_numbers import CountedNumber, counted_numbers
from lianyi.rules.assessment_schemes import AssessmentScheme


@dataclass(frozen=True, slots=True)
class TakenNumber:
    """A number as a finding keeps it: where it comes from, how many rows stand behind it, and which."""

    value: Decimal
    source: NumberSource
    rows: int
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class GivenNumbers:
    """By item what duties count, which nothing goes over, and what indicators give, which a typed number goes over."""

    counted: Mapping[str, CountedNumber] = field(default_factory=dict)
    accepted: Mapping[str, AcceptedNumber] = field(default_factory=dict)

    def for_entry(self, entry: FindingEntry) -> TakenNumber | None:
        """Return the number that is taken for what somebody said of an item; None where the typed one counts."""
        counted = self.counted.get(entry.item)
        if counted is not None:
            return TakenNumber(counted.value, NumberSource.DUTIES, len(counted.rows), {})
        accepted = self.accepted.get(entry.item)
        if accepted is None or entry.value is not None:
            return None
        return TakenNumber(accepted.value, NumberSource.ACCEPTED, len(accepted.values), accepted.as_facts())

    def items_taken(self, entries: Iterable[FindingEntry]) -> frozenset[str]:
        """Return the items whose number is nobody's own judgement."""
        return frozenset(each.item for each in entries if self.for_entry(each) is not None)


NO_NUMBERS: Final = GivenNumbers()


def given_numbers(row: PerformanceAssessment, scheme: AssessmentScheme) -> GivenNumbers:
    """Return the numbers of a round that are not typed."""
    counted = counted_numbers(row, scheme)
    accepted = accepted_numbers(row, scheme)
    return GivenNumbers(counted, {item: each for item, each in accepted.items() if item not in counted})
