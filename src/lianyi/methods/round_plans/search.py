"""The search for a draft of least value: days by the model of dates, routes by the routing solver, and back again.

It begins with days from `dates` and routes of each day by themselves. Then, until the time is up, one of three steps is
tried, and its draft is kept where the value is no larger:

*move*: of each village every second visit may move as far as its neighbours allow, and the routing solver places all of
them anew, days and routes together. A village with one visit in its period always moves freely.

*rebuild*: the visits of some villages that lie together are taken out; the model of dates chooses all their days again,
each at what it would add to the routes that are left; the routing solver settles the days that were touched.

*trip*: a team stays away for a night, comes home, or stays elsewhere; visits of some days move as above.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from lianyi.methods.errors import SearchLimitError
from lianyi.methods.linear_models import SolveWish
from lianyi.methods.location.limits import Clock, Progress, SearchLimits, silent
from lianyi.methods.round_plans.dates import DateWish, choose_days, local_minutes, sectors_of
from lianyi.methods.round_plans.drafts import Draft, TeamDay, Window, openings_of, value_of, window_of
from lianyi.methods.round_plans.facts import Facts
from lianyi.methods.round_plans.insertion import cheapest_insertions, with_what_fits
from lianyi.methods.round_plans.routes import RouteProcess, RouteWish
from lianyi.methods.round_plans.subproblems import Piece, keys_of, subproblem_of
from lianyi.methods.round_plans.trips import changed_trips
from lianyi.methods.solver_process import SolverProcess

if TYPE_CHECKING:
    from lianyi.methods.arrays import Flags, Positions

_MOST_SECTORS: Final = 40
_MOST_PIECES: Final = 60
_SHARE_OF_DATES: Final = 0.25  # of all the time, for the first days
_SHARE_OF_REBUILD: Final = 0.05
_MOST_PLACES: Final = 5_000  # of villages and days in one model of dates
_NODES_OF_DATES: Final = 200
_GAP_OF_DATES: Final = 0.01
_NO_WORSE: Final = 1e-6
_MOST_REBUILT: Final = 10
_MOST_DAYS_OFFERED: Final = 9  # of a visit to a village with hours


def never() -> bool:
    """Go on."""
    return False


def untold(_draft: Draft) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class RoundLimits:
    """How long to search: whichever of seconds and steps is over first.

    Parameters
    ----------
    seconds
        Wall-clock time.
    steps
        Steps after the first draft; None without a limit. A search that ends by its steps gives the same plan for the
        same seed on every machine.
    seed
        Of every random choice.

    Raises
    ------
    SearchLimitError
        When the time is not above 0, or steps or seed are below 0.

    Examples
    --------
    >>> RoundLimits(seconds=20, steps=50).seed
    0
    """

    seconds: float = 60.0
    steps: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        SearchLimits(self.seconds, 0.0, self.seed)
        if self.steps is not None and self.steps < 0:
            message = f"The steps of the search are {self.steps}; give a whole number of 0 or more."
            raise SearchLimitError(message, name="steps", given=self.steps)


@dataclass
class Search:
    """One search with its processes, its clock and its random numbers; ``take`` is told each better draft."""

    facts: Facts
    solver: SolverProcess
    router: RouteProcess
    limits: RoundLimits
    progress: Progress = silent
    is_stopped: Callable[[], bool] = never
    take: Callable[[Draft], None] = untold
    log: list[tuple[str, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._clock = Clock(SearchLimits(self.limits.seconds, 0.0, self.limits.seed), self.progress)
        self._rng = np.random.default_rng(self.limits.seed)

    @property
    def is_over(self) -> bool:
        return self._clock.is_over or self.is_stopped()

    @property
    def seconds_left(self) -> float:
        return self._clock.seconds_left()

    def best(self, start: Draft | None = None) -> Draft:
        """Search for a draft, from one that is known or from the model of dates."""
        draft = self.first_draft() if start is None else start
        value = value_of(self.facts, draft)
        self.log.append(("first", value))
        self.take(draft)
        step = 0
        while not self.is_over and (self.limits.steps is None or step < self.limits.steps):
            kind = self._kind(step)
            tried = {"move": self.moved, "rebuild": self.rebuilt, "trip": self.tripped}[kind](draft, step)
            step += 1
            if tried is None:
                continue
            found = value_of(self.facts, tried)
            if found <= value + _NO_WORSE:
                if found < value - _NO_WORSE:
                    self.log.append((kind, found))
                    self.take(tried)
                draft, value = tried, found
        return draft

    def _kind(self, step: int) -> str:
        if self.facts.problem.published is not None:
            return "rebuild"
        has_nights = any(team.most_nights for team in self.facts.problem.teams)
        kinds = ("move", "trip", "rebuild") if has_nights else ("move", "rebuild")
        return kinds[step % len(kinds)]

    # The first draft

    def first_draft(self) -> Draft:
        """Choose days with estimated travel, then the routes of each day.

        Where the time ends before, what fits is planned without any search: little time never means no plan.
        """
        facts = self.facts
        days = self._first_days()
        draft = Draft()
        for day in range(facts.first_day, facts.days):
            pieces = [Piece(village, day, day) for village, chosen in sorted(days.items()) if day in chosen]
            if pieces and not self.is_over:
                draft = self.solved(draft, keys_of(facts, [day]), pieces) or draft
        return with_what_fits(facts, draft) if self.is_over or not draft.orders else draft

    def _first_days(self) -> dict[int, list[int]]:
        """Choose the days of all villages; of many some sectors at a time, each with the minutes that are left."""
        facts = self.facts
        sector_of, ways = sectors_of(facts, max(2, min(_MOST_SECTORS, facts.service.size // 5)))
        local = local_minutes(facts, sector_of)
        budget = (facts.day_minutes[:, None] * facts.works).sum(axis=0)
        groups = _groups(sector_of, max(1, _MOST_PLACES // facts.days))
        days: dict[int, list[int]] = {}
        for group in groups:
            allowed: Flags = np.logical_or.reduce(facts.by_day_trip[group], axis=1)
            costs, minutes = local[group], local[group] + facts.service[group]
            wish = DateWish(
                group,
                allowed,
                np.broadcast_to(costs[:, None], allowed.shape),
                np.broadcast_to(minutes[:, None], allowed.shape),
                budget,
                (sector_of[group], np.broadcast_to(ways[:, None], (ways.size, facts.days))),
            )
            chosen = choose_days(self.solver, facts, wish, self._date_wish(_SHARE_OF_DATES / len(groups)))
            for row, own in enumerate(chosen or ()):
                days[int(group[row])] = own
                budget[own] -= minutes[row]
            for sector in sorted(set(sector_of[group].tolist())):
                opened = {day for v in group.tolist() if sector_of[v] == sector for day in days.get(v, ())}
                budget[sorted(opened)] -= ways[sector]
            budget = np.maximum(budget, 0.0)
        return days

    def _date_wish(self, share: float) -> SolveWish:
        seconds = self._clock.seconds_left() if self.limits.steps is not None else self.limits.seconds * share
        return SolveWish(seconds, _GAP_OF_DATES, self.limits.seed, nodes=_NODES_OF_DATES)

    # Steps

    def moved(self, draft: Draft, step: int) -> Draft | None:
        """Let every second visit of each village move."""
        days = self._some_days(draft)
        return self.solved(draft, keys_of(self.facts, days), self.free_pieces(draft, days, step))

    def rebuilt(self, draft: Draft, _step: int) -> Draft | None:
        """Take the visits of villages that lie together out and choose their days anew."""
        facts = self.facts
        group = self._neighbours()
        left = without_villages(draft, set(group))
        wish = self._rebuild_wish(left, group)
        if not wish.allowed.any():
            return None
        chosen = choose_days(self.solver, facts, wish, self._date_wish(_SHARE_OF_REBUILD))
        if chosen is None:
            return None
        touched = {day for days in chosen for day in days}
        touched |= {day for (_team, day), villages in draft.orders.items() if set(group) & set(villages)}
        days = sorted(touched)
        pieces = [*fixed_pieces(left, days)]
        pieces += [Piece(v, day, day) for v, found in zip(group, chosen, strict=True) for day in found]
        return self.solved(left, keys_of(facts, days), pieces)

    def _rebuild_wish(self, left: Draft, group: list[int]) -> DateWish:
        facts = self.facts
        added, room = cheapest_insertions(facts, left, group)
        allowed: Flags = np.isfinite(added)
        opening = np.where(allowed.any(axis=0), np.min(np.where(allowed, added, np.inf), axis=0), 0.0)
        noise = self._rng.uniform(0.7, 1.3, added.shape)
        costs = np.where(allowed, np.maximum(added - opening[None], 0.0), 0.0) * noise
        for village, day in facts.wished:
            if village in group:
                costs[group.index(village), day] -= facts.problem.prices.change
        minutes = np.where(allowed, np.maximum(added - opening[None], 0.0), 0.0) + facts.service[group][:, None]
        sectors = (np.zeros(len(group), np.int64), opening[None])
        return DateWish(np.array(group), allowed, costs, minutes, room, sectors)

    def tripped(self, draft: Draft, step: int) -> Draft | None:
        """Let a team stay away for a night, or not any more."""
        trips, around = changed_trips(self.facts, draft, self._rng)
        if trips is None:
            return None
        changed = Draft(draft.orders, trips)
        days = self._some_days(draft, around)
        return self.solved(changed, keys_of(self.facts, days), self.free_pieces(changed, days, step))

    # What the steps are made of

    def solved(self, draft: Draft, keys: tuple[TeamDay, ...], pieces: Iterable[Piece]) -> Draft | None:
        """Return the draft with these days solved; None where no routes that keep all limits were found."""
        facts, placed = self.facts, tuple(pieces)
        if not keys or not placed:
            return None
        sub = subproblem_of(facts, draft, keys, placed)
        moving = sum(piece.first < piece.last for piece in sub.pieces)
        iterations = 100 + 5 * len(sub.pieces) + 10 * moving
        wish = RouteWish(max(self._clock.seconds_left(), 0.1), iterations, int(self._rng.integers(1 << 31)))
        answer = self.router.solve(sub.problem, wish, sub.start)
        return sub.draft_after(draft, answer).on_time(facts) if answer is not None and answer.is_feasible else None

    def free_pieces(self, draft: Draft, days: list[int], step: int) -> list[Piece]:
        """Return the visits of these days, every second one of each village free to move, and what is missing."""
        facts, inside = self.facts, set(days)
        where = {(v, day): (team, day) for (team, day), villages in draft.orders.items() for v in villages}
        pieces = []
        for village, own in enumerate(draft.days_of(facts)):
            openings = openings_of(facts, village, own)
            offers_missing = bool(openings) and bool(own) and bool((step // 2 + village) % 2)
            parity = int(self._rng.integers(2))
            for number, day in enumerate(own):
                key = where.get((village, day))
                if day not in inside or key is None:
                    continue
                first = last = day
                if not offers_missing and (number % 2 == parity or len(own) == 1):
                    window = self._near(village, window_of(facts, village, own, number), day)
                    first, last = max(window.first, days[0]), min(window.last, days[-1])
                pieces.append(Piece(village, first, last, key))
            if openings and (offers_missing or not own):
                near = [self._near(village, each) for each in openings]
                cut = ((max(each.first, days[0]), min(each.last, days[-1])) for each in near)
                pieces += [Piece(village, first, last) for first, last in cut if first <= last]
        return pieces

    def _near(self, village: int, window: Window, middle: int | None = None) -> Window:
        """Return some days of a window, about a middle or any: each day offered to a village with hours costs time."""
        if not self.facts.has_hours[village] or window.last - window.first < _MOST_DAYS_OFFERED:
            return window
        day = int(self._rng.integers(window.first, window.last + 1)) if middle is None else middle
        first = min(max(window.first, day - _MOST_DAYS_OFFERED // 2), window.last - _MOST_DAYS_OFFERED + 1)
        return Window(first, first + _MOST_DAYS_OFFERED - 1)

    def _some_days(self, draft: Draft, around: int | None = None) -> list[int]:
        """Return days one after the other that hold no more visits than can be solved well at once."""
        facts = self.facts
        counts = np.zeros(facts.days, np.int64)
        for (_team, day), villages in draft.orders.items():
            counts[day] += len(villages)
        if counts.sum() <= _MOST_PIECES:
            return list(range(facts.first_day, facts.days))
        middle = int(self._rng.integers(facts.first_day, facts.days)) if around is None else around
        first = last = middle
        while True:
            wider = (max(facts.first_day, first - 1), min(facts.days - 1, last + 1))
            if wider == (first, last) or counts[wider[0] : wider[1] + 1].sum() > _MOST_PIECES:
                return list(range(first, last + 1))
            first, last = wider

    def _neighbours(self) -> list[int]:
        facts = self.facts
        places = facts.place_of_village
        size = int(self._rng.integers(1, min(_MOST_REBUILT, places.size) + 1))
        middle = int(self._rng.integers(places.size))
        minutes = facts.problem.travel.minutes[places[middle], places]
        return sorted(np.argsort(minutes, kind="stable")[:size].tolist())


def _groups(sector_of: Positions, most: int) -> list[Positions]:
    """Put whole sectors together to groups of not many more villages than that."""
    groups: list[list[int]] = [[]]
    for sector in range(int(sector_of.max(initial=0)) + 1):
        if len(groups[-1]) >= most:
            groups.append([])
        groups[-1] += np.flatnonzero(sector_of == sector).tolist()
    return [np.array(group, np.int64) for group in groups if group]


def without_villages(draft: Draft, villages: set[int]) -> Draft:
    """Return the draft without the visits of these villages."""
    return draft.with_orders(
        {key: tuple(each for each in order if each not in villages) for key, order in draft.orders.items()}
    )


def fixed_pieces(draft: Draft, days: Iterable[int]) -> list[Piece]:
    """Return the visits of these days where they are."""
    inside = set(days)
    return [
        Piece(village, key[1], key[1], key)
        for key, villages in draft.orders.items()
        if key[1] in inside
        for village in villages
    ]
