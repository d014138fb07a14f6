"""What an assessment by a checklist says, which gaps come first, and what became of a gap.

The index is that of WHO's Service Availability and Readiness Assessment (SARA reference manual 2.2, 2015, part 3): the
mean of the domains, never all items pooled. Items that were not looked at are unknown: every figure stands with the
least and the most that it could be once they are (worst-case bounds, Manski 1990), never with them as zero. Gaps and
specialties are ranked by simple additive weighting (Hwang and Yoon, Multiple Attribute Decision Making, 1981): parts
between 0 and 1, weights from a dated rule, ties by code, so that anybody can do the sum again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

from lianyi.methods.errors import CapabilityWeightError
from lianyi.methods.readiness import counted_readiness

NEAREST = 0.01
"""The distance of what is only just not met."""


class ItemState(StrEnum):
    """What was found of one item. Not applicable leaves the denominator; not assessed is no answer at all."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"
    NOT_ASSESSED = "not_assessed"


@dataclass(frozen=True, slots=True)
class AssessedItem:
    """One item: its code, the domain and the level that it stands in, what was found."""

    code: str
    domain: str
    state: ItemState
    level: str = ""


@dataclass(frozen=True, slots=True)
class ShareOfItems:
    """Items met over items assessed, with the bounds that the items not assessed leave.

    ``share`` is None where nothing applicable was assessed; ``low`` and ``high`` are None where nothing applies.
    """

    code: str
    met: int
    assessed: int
    applicable: int

    @property
    def share(self) -> float | None:
        return self.met / self.assessed if self.assessed else None

    @property
    def low(self) -> float | None:
        return self.met / self.applicable if self.applicable else None

    @property
    def high(self) -> float | None:
        return (self.met + self.applicable - self.assessed) / self.applicable if self.applicable else None

    @property
    def coverage(self) -> float | None:
        """Share of the applicable items that were assessed."""
        return self.assessed / self.applicable if self.applicable else None


@dataclass(frozen=True, slots=True)
class CapabilityScore:
    """All figures of an assessment. ``index`` is None while a domain that applies was not assessed at all."""

    domains: tuple[ShareOfItems, ...]
    levels: tuple[ShareOfItems, ...]
    items: ShareOfItems
    index: float | None
    index_low: float | None
    index_high: float | None


def score_items(items: Sequence[AssessedItem]) -> CapabilityScore:
    """Return the figures of an assessment: its domains, its levels, all items together, and the index.

    Examples
    --------
    Domains of 5 of 7, 5 of 6, 8 of 9, 4 of 8 and 12 of 14 items: pooled they would make 77.27, which is not the index.

    >>> counts = {"amenities": (5, 7), "equipment": (5, 6), "precautions": (8, 9), "diagnostics": (4, 8),
    ...           "medicines": (12, 14)}
    >>> found = score_items([
    ...     AssessedItem(f"{name}-{at}", name, ItemState.MET if at < met else ItemState.NOT_MET)
    ...     for name, (met, all_items) in counts.items() for at in range(all_items)
    ... ])
    >>> round(100 * found.index, 2), round(100 * found.items.share, 2)
    (75.87, 77.27)
    """
    domains = _shares((each.domain, each.state) for each in items)
    levels = _shares((each.level, each.state) for each in items if each.level)
    together = _share_of("", [each.state for each in items])
    applying = [each for each in domains if each.applicable]
    return CapabilityScore(
        domains,
        levels,
        together,
        _mean_of_domains([(each.met, each.assessed) for each in applying]),
        _mean_of_domains([(each.met, each.applicable) for each in applying]),
        _mean_of_domains([(each.met + each.applicable - each.assessed, each.applicable) for each in applying]),
    )


def _shares(pairs: Iterable[tuple[str, ItemState]]) -> tuple[ShareOfItems, ...]:
    grouped: dict[str, list[ItemState]] = {}
    for code, state in pairs:
        grouped.setdefault(code, []).append(state)
    return tuple(_share_of(code, states) for code, states in grouped.items())


def _share_of(code: str, states: Sequence[ItemState]) -> ShareOfItems:
    met, unmet = states.count(ItemState.MET), states.count(ItemState.NOT_MET)
    return ShareOfItems(code, met, met + unmet, met + unmet + states.count(ItemState.NOT_ASSESSED))


def _mean_of_domains(counts: Sequence[tuple[int, int]]) -> float | None:
    if not counts or not all(items for _present, items in counts):
        return None
    domains = [f"{at:04d}" for at in range(len(counts))]
    found = counted_readiness(
        ["one"] * len(counts), domains, [each[0] for each in counts], [each[1] for each in counts]
    )
    return float(found.index[0])


@dataclass(frozen=True, slots=True)
class Limit:
    """What a measured value must reach: at least, at most (both allowed), or below (itself not allowed)."""

    least: float | None = None
    most: float | None = None
    below: float | None = None

    @property
    def is_set(self) -> bool:
        return not (self.least is None and self.most is None and self.below is None)

    def is_met_by(self, value: float) -> bool:
        return (
            (self.least is None or value >= self.least)
            and (self.most is None or value <= self.most)
            and (self.below is None or value < self.below)
        )


def distance_from(limit: Limit, value: float | None) -> float:
    """Return how far something unmet lies from its criterion: 0 when met, else up to 1 (nothing of it, no measure).

    Of a value that is too small the share that is missing, of one that is too large the share that is too much. What
    is not met is never nearer than a hundredth, so that it cannot be taken for met.

    Examples
    --------
    120 minutes where 90 are allowed lie a quarter too high; 45 % where 75 % are asked lie 40 % too low:

    >>> distance_from(Limit(most=90), 120), round(distance_from(Limit(least=0.75), 0.45), 2)
    (0.25, 0.4)
    """
    if value is None or not isfinite(value):
        return 1.0
    if limit.is_met_by(value):
        return 0.0
    if limit.least is not None and value < limit.least:
        return _bounded((limit.least - value) / limit.least) if limit.least > 0 else 1.0
    allowed = min(each for each in (limit.most, limit.below) if each is not None)
    return _bounded((value - allowed) / value) if value > 0 else 1.0


def _bounded(distance: float) -> float:
    return min(max(distance, NEAREST), 1.0)


@dataclass(frozen=True, slots=True)
class GapParts:
    """What a gap is ranked by, each from 0 to 1: how much the criterion weighs, how far off it is, who needs it."""

    code: str
    priority: float
    distance: float
    need: float


@dataclass(frozen=True, slots=True)
class RankedGap:
    """A gap with its place and the points that each part gave, out of 100 together."""

    rank: int
    code: str
    score: float
    points: Mapping[str, float]


def rank_gaps(gaps: Sequence[GapParts], weights: Mapping[str, float]) -> tuple[RankedGap, ...]:
    """Rank gaps by the weighted sum of their parts, the most points first, equal points by code.

    Raises
    ------
    CapabilityWeightError
        When the weights are not those of priority, distance and need, negative, or all zero.

    Examples
    --------
    >>> ranked = rank_gaps([GapParts("G1", 1.0, 0.2, 0.0), GapParts("G2", 0.5, 1.0, 0.5)],
    ...                    {"priority": 2, "distance": 1, "need": 1})
    >>> [(each.code, each.score) for each in ranked]
    [('G2', 62.5), ('G1', 55.0)]
    """
    total = _total_of(weights, ("priority", "distance", "need"))
    scored = [
        (each.code, {name: _points(weights[name], getattr(each, name), total) for name in weights}) for each in gaps
    ]
    return _in_order(scored)


def _points(weight: float, part: float, total: float) -> float:
    return round(100.0 * weight * min(max(part, 0.0), 1.0) / total, 4)


def _in_order(scored: Sequence[tuple[str, Mapping[str, float]]]) -> tuple[RankedGap, ...]:
    rows = sorted(((code, round(sum(points.values()), 4), points) for code, points in scored), key=_order)
    return tuple(RankedGap(rank, code, total, points) for rank, (code, total, points) in enumerate(rows, start=1))


def _order(row: tuple[str, float, Mapping[str, float]]) -> tuple[float, str]:
    return -row[1], row[0]


def _total_of(weights: Mapping[str, float], names: Sequence[str]) -> float:
    is_good = set(weights) == set(names) and all(isfinite(each) and each >= 0 for each in weights.values())
    total = sum(weights.values())
    if not is_good or total <= 0:
        raise CapabilityWeightError(
            f"The weights are {dict(weights)}; one of 0 or more for each of {', '.join(names)} is expected, "
            "and not all of them 0."
        )
    return total


def moved_by_hand(order: Sequence[str], places: Mapping[str, int]) -> tuple[str, ...]:
    """Return the order once people put some gaps at a place of their own; the others keep theirs among themselves.

    Of two that were put at the same place the one that the rule puts first stands first.

    Examples
    --------
    >>> moved_by_hand(["A", "B", "C", "D"], {"D": 1})
    ('D', 'A', 'B', 'C')
    """
    left = [code for code in order if code not in places]
    for code in sorted((each for each in order if each in places), key=lambda each: (places[each], order.index(each))):
        left.insert(min(max(places[code] - 1, 0), len(left)), code)
    return tuple(left)


class GapResult(StrEnum):
    """What became of a gap between two assessments, or two readings of its figure."""

    CLOSED = "closed"
    NARROWER = "narrower"
    SAME = "same"
    WIDER = "wider"
    NOT_ASSESSED_AGAIN = "not_assessed_again"


def result_of_gap(before: float, after: float | None) -> GapResult:
    """Compare the distance of a gap before and after; None says that nobody looked again.

    Examples
    --------
    >>> result_of_gap(1.0, 0.25).value, result_of_gap(0.5, None).value
    ('narrower', 'not_assessed_again')
    """
    if after is None:
        return GapResult.NOT_ASSESSED_AGAIN
    if after <= 0:
        return GapResult.CLOSED
    if round(after, 6) == round(before, 6):
        return GapResult.SAME
    return GapResult.NARROWER if after < before else GapResult.WIDER


@dataclass(frozen=True, slots=True)
class SupportCandidate:
    """A specialty that could be supported next: parts from 0 to 1, None where nothing is known."""

    code: str
    parts: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class SupportRank:
    """A specialty with its place: points of what is known, and the least and most once everything is."""

    rank: int
    code: str
    score: float
    low: float
    high: float
    points: Mapping[str, float | None]

    @property
    def unknown(self) -> tuple[str, ...]:
        return tuple(name for name, points in self.points.items() if points is None)


def rank_support(candidates: Sequence[SupportCandidate], weights: Mapping[str, float]) -> tuple[SupportRank, ...]:
    """Rank specialties by weakness and need: the weighted mean of the parts that are known, equal ones by code.

    A part that nobody knows counts neither for nor against; the bounds show what it could make of the points.

    Examples
    --------
    >>> found = rank_support([SupportCandidate("NS", {"weakness": 0.8, "away": None})], {"weakness": 3, "away": 1})
    >>> found[0].score, found[0].low, found[0].high
    (80.0, 60.0, 85.0)
    """
    rows = []
    for each in candidates:
        total = _total_of(weights, tuple(each.parts))
        known = {name: part for name, part in each.parts.items() if part is not None}
        weight_known = sum(weights[name] for name in known)
        points = {
            name: None if part is None else _points(weights[name], part, total) for name, part in each.parts.items()
        }
        low = round(sum(value for value in points.values() if value is not None), 4)
        high = round(low + 100.0 * (total - weight_known) / total, 4)
        score = round(low * total / weight_known, 4) if weight_known else 0.0
        rows.append((each.code, score, low, high, points))
    rows.sort(key=lambda row: (-row[1], row[0]))
    return tuple(SupportRank(rank, *row) for rank, row in enumerate(rows, start=1))
