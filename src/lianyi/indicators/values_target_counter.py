"""What accepted values of indicators prove of a duty: how many of its targets are reached.

The newest accepted or locked value whose period lies within the days of the duty counts. A target that is asked of
several institutions is reached when each of them reaches it. What nobody reported and accepted yet is not zero: as long
as it could still make up what is promised, the period is not judged. Values that a published text tells count like
those that an office reported, for two others have checked and accepted both.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy

from lianyi.accounts.records import Provenance
from lianyi.dispatch.rounds_disclosure import watched_counts
from lianyi.indicators.models import IndicatorValue
from lianyi.indicators.values_targets import (
    CONDITION,
    AskedTargets,
    Standing,
    Target,
    TargetLine,
    parse_target,
    target_lines,
    targets_of,
)
from lianyi.indicators.values_texts import target_word
from lianyi.methods.proportions import is_small_cell
from lianyi.partnerships.duty_conditions import DutyCondition, WrittenEntries, register_duty_condition
from lianyi.partnerships.evidence import Counter, CountRequest, Evidence, EvidenceKind, register_counter

ROWS_URL = "indicators:target-evidence"


def count_targets(requests: Sequence[CountRequest]) -> Sequence[Evidence | None]:
    """Count the targets reached in each period, with a fixed number of queries."""
    asked = [AskedTargets(each.duty, each.span, tuple(targets_of(each.duty))) for each in requests]
    return [
        _evidence(request, each.targets, lines)
        for request, each, lines in zip(requests, asked, target_lines(asked), strict=True)
    ]


def _evidence(request: CountRequest, targets: Sequence[Target], lines: Sequence[TargetLine]) -> Evidence | None:
    values = [line.value for line in lines if line.standing is not Standing.NOT_REPORTED and line.value is not None]
    if not values:
        return None
    standings = [standing_of(target, lines) for target in targets]
    reached, waiting = standings.count(Standing.REACHED), standings.count(Standing.NOT_REPORTED)
    if reached < request.duty.quantity <= reached + waiting:
        return None
    numerator, denominator = _figures(values)
    return Evidence(
        value=Decimal(reached),
        row_ids=tuple(each.pk for each in values),
        numerator=numerator,
        denominator=denominator,
        sample_rows=sum(each.provenance == Provenance.SAMPLE for each in values),
        detail={"targets": len(targets), "not_reported": waiting},
    )


def standing_of(target: Target, lines: Sequence[TargetLine]) -> Standing:
    """Return where a target stands over all that it is asked of: one that misses it is enough."""
    found = [line.standing for line in lines if line.target == target]
    if Standing.MISSED in found:
        return Standing.MISSED
    return Standing.NOT_REPORTED if not found or Standing.NOT_REPORTED in found else Standing.REACHED


def _figures(values: Sequence[IndicatorValue]) -> tuple[Decimal | None, Decimal | None]:
    """Return numerator and denominator of a single value, unless one of them is few."""
    if len(values) != 1 or are_few(values[0]):
        return None, None
    return values[0].figures if values[0].denominator is not None else (None, None)


def are_few(value: IndicatorValue) -> bool:
    """Tell whether a figure of a value, or what the numerator leaves of the denominator, is few.

    Such figures may be patients: they stay off the pages of an agreement; the value's own page shows them.
    """
    small = watched_counts()
    numerator, denominator = value.figures
    parts = [numerator, denominator]
    if numerator is not None and denominator is not None:
        parts.append(abs(denominator - numerator))
    return any(is_small_cell(int(part), small.threshold) for part in parts if part is not None)


TARGETS = DutyCondition(
    CONDITION,
    gettext_lazy("Targets of indicators"),
    gettext_lazy(
        "For targets of indicators only, one on each line: the indicator's code, >= or <=, and the number in its unit, "
        "such as county-primary-visit-share>=65. With @ and a code it is asked of that institution or place, otherwise "
        "of each institution supported."
    ),
    frozenset({EvidenceKind.INDICATOR_TARGET.value}),
    entries=WrittenEntries(lambda text: parse_target(text).entry, target_word),
)


def register() -> None:
    register_duty_condition(TARGETS)
    register_counter(
        Counter(
            kind=EvidenceKind.INDICATOR_TARGET,
            rows_url=ROWS_URL,
            count=count_targets,
            nothing_yet=gettext_lazy("not reported yet"),
        )
    )
