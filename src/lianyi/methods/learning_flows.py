"""Who learned what from whom: single passages of knowledge gathered into flows between those who teach and who learn.

A passage is one event of the records: somebody came to a session, did a case beside a visiting person, has a mentor,
was away on a secondment. A flow joins all passages of one kind and one subject between the same two ends. It counts
each person once, however often they came, so flows that share people do not add up to the people of both.

The picture made of flows is the one of M. Schmidt, The Sankey diagram in energy and material flow management, Journal
of Industrial Ecology 12 (2008): bands as wide as the flow is large, between ends that stand in columns.

Examples
--------
>>> from datetime import date
>>> from lianyi.methods.periods import DateSpan
>>> def came(person, day):
...     return Passage(Way.COURSE, "ECG", "city", "county", person, DateSpan(day, day), "course 1")
>>> found = flows_of([came("a", date(2024, 3, 1)), came("a", date(2024, 3, 8)), came("b", date(2024, 3, 8))])
>>> [(flow.giver, flow.learner, flow.people, str(flow.first_on), str(flow.last_on)) for flow in found]
[('city', 'county', 2, '2024-03-01', '2024-03-08')]
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lianyi.methods.errors import NegativeQuantityError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence
    from datetime import date

    from lianyi.methods.periods import DateSpan


class Way(StrEnum):
    """How somebody learned it."""

    COURSE = "course"
    SESSION = "session"
    MENTOR = "mentor"
    TECHNIQUE = "technique"
    SECONDMENT = "secondment"


@dataclass(frozen=True, slots=True)
class Passage:
    """One event in which somebody learned. ``person`` is None where nobody wrote down who it was.

    ``reached_on`` is the day on which the person had what the event was for (a certificate, the level wanted, a case
    done alone, work found to be independent after the return); None while that has not happened.
    """

    way: Way
    subject: Hashable
    giver: Hashable
    learner: Hashable
    person: Hashable | None
    span: DateSpan
    row: Hashable
    reached_on: date | None = None
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """All passages of one kind and subject between two ends; ``reached`` of the ``people`` had what it was for."""

    way: Way
    subject: Hashable
    giver: Hashable
    learner: Hashable
    people: int
    reached: int
    first_on: date
    last_on: date
    rows: tuple[Hashable, ...]
    is_sample: bool


def passages_within(passages: Iterable[Passage], period: DateSpan) -> list[Passage]:
    """Return the passages of which at least one day lies in the period."""
    return [each for each in passages if each.span.overlaps(period)]


def flows_of(passages: Iterable[Passage], last_day: date | None = None) -> list[Flow]:
    """Gather passages into flows, those of most people first; what was reached after ``last_day`` is not told.

    Examples
    --------
    >>> flows_of([])
    []
    """
    gathered: defaultdict[tuple[Hashable, ...], list[Passage]] = defaultdict(list)
    for each in passages:
        gathered[each.way, each.subject, each.giver, each.learner].append(each)
    found = [_flow(group, last_day) for group in gathered.values()]
    return sorted(found, key=lambda flow: (-flow.people, flow.first_on))


def _flow(group: Sequence[Passage], last_day: date | None) -> Flow:
    first = group[0]
    reached = {
        each.person
        for each in group
        if each.reached_on is not None and (last_day is None or each.reached_on <= last_day)
    }
    return Flow(
        way=first.way,
        subject=first.subject,
        giver=first.giver,
        learner=first.learner,
        people=len({each.person for each in group} - {None}),
        reached=len(reached - {None}),
        first_on=min(each.span.start for each in group),
        last_on=max(each.span.end for each in group),
        rows=tuple(dict.fromkeys(each.row for each in group)),
        is_sample=any(each.is_sample for each in group),
    )


@dataclass(frozen=True, slots=True)
class Bar:
    """One end in its column: from ``top`` on, ``height`` high. ``name`` is None for all that stand together as rest."""

    name: Hashable | None
    top: float
    height: float
    weight: float
    members: int


@dataclass(frozen=True, slots=True)
class Band:
    """What goes from one bar to one of the next column: where it leaves, where it arrives, how wide it is."""

    source: int
    target: int
    leaves_at: float
    arrives_at: float
    width: float


@dataclass(frozen=True, slots=True)
class Columns:
    """Bars in columns from left to right, and the bands between each column and the next."""

    columns: tuple[tuple[Bar, ...], ...]
    bands: tuple[tuple[Band, ...], ...]
    height: float


def lay_out(
    paths: Sequence[tuple[Sequence[Hashable], float]], *, most_bars: int, least_height: float, unit: float, gap: float
) -> Columns:
    """Lay flows out as bars and bands.

    1. In each column the ends stand by the weight that passes through them, the largest on top; beyond ``most_bars``
       the smallest stand together as one rest, so that the picture stays one to look at.
    2. A bar is its weight times ``unit`` high, at least ``least_height``, so that its name has room; bars stand ``gap``
       apart, and shorter columns in the middle.
    3. Bands leave and arrive in the order of the bars at their other end, so that few of them cross.

    Parameters
    ----------
    paths
        For each flow the ends it passes through, one for each column, and its weight.

    Raises
    ------
    NegativeQuantityError
        When a weight is not above 0.

    Examples
    --------
    >>> drawn = lay_out(
    ...     [(("city", "county"), 3.0), (("city", "town"), 1.0)], most_bars=9, least_height=10.0, unit=10.0, gap=5.0
    ... )
    >>> [[(bar.name, bar.top, bar.height) for bar in column] for column in drawn.columns]
    [[('city', 2.5, 40.0)], [('county', 0.0, 30.0), ('town', 35.0, 10.0)]]
    >>> [(band.leaves_at, band.arrives_at, band.width) for band in drawn.bands[0]]
    [(2.5, 0.0, 30.0), (32.5, 35.0, 10.0)]
    """
    if not paths:
        return Columns((), (), 0.0)
    for _ends, weight in paths:
        if weight <= 0:
            message = f"A flow has the weight {weight:g}; give more than 0."
            raise NegativeQuantityError(message, field="weight", given=weight)
    depth = len(paths[0][0])
    orders = [_order([(ends[at], weight) for ends, weight in paths], most_bars) for at in range(depth)]
    heights = [[max(least_height, bar[1] * unit) for bar in order] for order in orders]
    whole = max(sum(column) + gap * (len(column) - 1) for column in heights)
    columns = tuple(
        _stacked(order, column, (whole - sum(column) - gap * (len(column) - 1)) / 2, gap)
        for order, column in zip(orders, heights, strict=True)
    )
    places = [{end: at for at, (ends, _weight) in enumerate(order) for end in ends} for order in orders]
    bands = tuple(_bands(paths, at, places, columns, unit) for at in range(depth - 1))
    return Columns(columns, bands, whole)


def _order(parts: Iterable[tuple[Hashable, float]], most: int) -> list[tuple[tuple[Hashable, ...], float]]:
    """Return the ends by weight, largest first, the smallest joined where they are more than ``most``."""
    weights: defaultdict[Hashable, float] = defaultdict(float)
    for end, weight in parts:
        weights[end] += weight
    ranked = sorted(weights.items(), key=lambda item: -item[1])
    if len(ranked) <= most:
        return [((end,), weight) for end, weight in ranked]
    rest = ranked[most - 1 :]
    joined = (tuple(end for end, _weight in rest), sum(weight for _end, weight in rest))
    return [*(((end,), weight) for end, weight in ranked[: most - 1]), joined]


def _stacked(
    order: Sequence[tuple[tuple[Hashable, ...], float]], heights: Sequence[float], top: float, gap: float
) -> tuple[Bar, ...]:
    bars = []
    for (ends, weight), height in zip(order, heights, strict=True):
        bars.append(Bar(ends[0] if len(ends) == 1 else None, top, height, weight, len(ends)))
        top += height + gap
    return tuple(bars)


def _bands(
    paths: Sequence[tuple[Sequence[Hashable], float]],
    at: int,
    places: Sequence[dict[Hashable, int]],
    columns: Sequence[tuple[Bar, ...]],
    unit: float,
) -> tuple[Band, ...]:
    weights: defaultdict[tuple[int, int], float] = defaultdict(float)
    for ends, weight in paths:
        weights[places[at][ends[at]], places[at + 1][ends[at + 1]]] += weight
    leaving = [bar.top + (bar.height - bar.weight * unit) / 2 for bar in columns[at]]
    arriving = [bar.top + (bar.height - bar.weight * unit) / 2 for bar in columns[at + 1]]
    starts, ends_at = {}, {}
    for source, target in sorted(weights):
        starts[source, target] = leaving[source]
        leaving[source] += weights[source, target] * unit
    for source, target in sorted(weights, key=lambda pair: (pair[1], pair[0])):
        ends_at[source, target] = arriving[target]
        arriving[target] += weights[source, target] * unit
    return tuple(
        Band(*pair, leaves_at=starts[pair], arrives_at=ends_at[pair], width=weights[pair] * unit)
        for pair in sorted(weights)
    )
