"""Which village is visited on which days: a model of whole numbers over villages and days.

A column says that a village is visited on a day. Rows ask for the visits due in each period (less those that are
missed, which cost much), keep visits apart, and keep them from lying too far apart (at a price). The minutes of the
teams bound each day. Travel is not known before the routes are: a first plan charges the way to a *sector*, villages
that lie together, once for each day on which it is visited; later plans charge each visit with what it adds to the
routes that are there.

M. Gaudioso and G. Paletta, Transportation Science 26 (1992) 86-92, and N. Christofides and J. E. Beasley, Networks 14
(1984) 237-256, choose visit days before routes in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lianyi.methods.linear_models import Model, Program, SolveWish
from lianyi.methods.round_plans.facts import Facts
from lianyi.methods.solver_process import SolverProcess

if TYPE_CHECKING:
    from lianyi.methods.arrays import Flags, Floats, Positions


@dataclass(frozen=True, slots=True, eq=False)
class DateWish:
    """What to choose from.

    Parameters
    ----------
    villages
        Those whose days are chosen.
    allowed
        [villages, days]: the days among which.
    costs
        [villages, days]: what a visit costs, minutes.
    minutes
        [villages, days]: what it takes of a day.
    budget
        [days]: minutes that there are.
    sectors
        The sector of each village, and [sectors, days] minutes to open a sector on a day; None without.
    """

    villages: Positions
    allowed: Flags
    costs: Floats
    minutes: Floats
    budget: Floats
    sectors: tuple[Positions, Floats] | None = None


def choose_days(
    solver: SolverProcess, facts: Facts, wish: DateWish, limits: SolveWish, forbidden: Sequence[frozenset[int]] = ()
) -> list[list[int]] | None:
    """Return the days of each village; None when nothing was found in time.

    ``forbidden`` are sets of places (row times days plus day) that were found not to go together.
    """
    built = _Build(facts, wish)
    for places in forbidden:
        built.forbid_together(places)
    program = built.program()
    found = solver.solve(program, limits)
    if not found.has_values:
        return None
    chosen = found.values[built.columns] > 0.5  # noqa: PLR2004 - whole numbers are never quite whole
    return [np.flatnonzero(row & wish.allowed[number]).tolist() for number, row in enumerate(chosen)]


class _Build:
    """The rows, block by block."""

    def __init__(self, facts: Facts, wish: DateWish) -> None:
        self._facts, self._wish, self._model = facts, wish, Model()
        self._extra: list[tuple[Positions, float]] = []
        allowed = wish.allowed
        # A day that is not allowed has a column too, which nothing refers to: places are easier to find then.
        self.columns = self._model.add_choices(np.where(allowed, wish.costs, 0.0).ravel()).reshape(allowed.shape)
        for row, village in enumerate(wish.villages.tolist()):
            self._add_periods(row, village)
            self._add_spacing(row, village)
        self._add_budget()

    def program(self) -> Program:
        program = self._model.program()
        costs = program.costs.copy()
        for columns, cost in self._extra:
            costs[columns] = cost
        return program.with_objective(costs)

    def forbid_together(self, places: frozenset[int]) -> None:
        columns = self.columns.ravel()[sorted(places)]
        self._model.add_entries(self._model.add_rows(-np.inf, len(places) - 1, 1), columns)

    def _priced(self, most: int, cost: float) -> Positions:
        column = self._model.add_amounts(np.array([float(most)]))
        self._extra.append((column, cost))
        return column

    def _days_in(self, row: int, first: int, last: int) -> Positions:
        days = np.flatnonzero(self._wish.allowed[row, max(first, 0) : last + 1]) + max(first, 0)
        found: Positions = self.columns[row, days]
        return found

    def _add_periods(self, row: int, village: int) -> None:
        price = self._facts.problem.prices.missed * float(self._facts.weight[village])
        for period in self._facts.periods[village]:
            made = sum(period.first <= day <= period.last for day in self._facts.done[village])
            due = max(0, period.due - made)
            line = self._model.add_rows(due, due, 1)
            self._model.add_entries(line, self._days_in(row, period.first, period.last))
            if due:
                self._model.add_entries(line, self._priced(due, price))

    def _add_spacing(self, row: int, village: int) -> None:
        rules, facts = self._facts.problem.villages[village], self._facts
        known = [*facts.done[village], facts.last_visit[village]]
        for day in known:
            if day is not None:
                too_near = self._days_in(row, day - rules.least_days + 1, day + rules.least_days - 1)
                if too_near.size:
                    self._model.add_entries(self._model.add_rows(0, 0, 1), too_near)
        days = np.flatnonzero(self._wish.allowed[row]).tolist()
        for day in days:
            together = self._days_in(row, day, day + rules.least_days - 1)
            if together.size > 1:
                self._model.add_entries(self._model.add_rows(-np.inf, 1, 1), together)
        if rules.most_days is not None:
            latest = max([facts.counts_from[village], *facts.done[village]])
            self._add_longest(row, days, rules.most_days, latest)

    def _add_longest(self, row: int, days: list[int], most: int, latest: int) -> None:
        """After each visit another one within so many days, unless the plan ends before; or a price."""
        price = self._facts.problem.prices.gap
        starts = [(latest, np.empty(0, np.int64)), *((day, self.columns[row, [day]]) for day in days)]
        for day, column in starts:
            if day + most >= self._facts.days:
                continue
            line = self._model.add_rows(0 if column.size else 1, np.inf, 1)
            self._model.add_entries(line, self._days_in(row, day + 1, day + most))
            self._model.add_entries(line, self._priced(1, price))
            if column.size:
                self._model.add_entries(line, column, -1.0)

    def _add_budget(self) -> None:
        wish, model = self._wish, self._model
        used = np.flatnonzero(wish.allowed.any(axis=0))
        lines = {int(day): model.add_rows(-np.inf, float(wish.budget[day]), 1) for day in used}
        for day, line in lines.items():
            rows = np.flatnonzero(wish.allowed[:, day])
            model.add_entries(line, self.columns[rows, day], wish.minutes[rows, day])
        if wish.sectors is None:
            return
        sector_of, ways = wish.sectors
        for sector, way_on in enumerate(ways):
            members = sector_of == sector
            for day, line in lines.items():
                way = float(way_on[day])
                rows = np.flatnonzero(members & wish.allowed[:, day])
                if not rows.size:
                    continue
                opened = model.add_choices(np.array([0.0]))
                self._extra.append((opened, way))
                model.add_entries(line, opened, way)
                begin = model.add_rows(-np.inf, 0, rows.size)
                model.add_entries(begin + np.arange(rows.size), self.columns[rows, day])
                model.add_entries(begin + np.arange(rows.size), np.repeat(opened, rows.size), -1.0)


def sectors_of(facts: Facts, most_sectors: int) -> tuple[Positions, Floats]:
    """Divide the villages into sectors, and return the sector of each and the way to each sector and back.

    The first sector grows round the village that is furthest from any home, each next one round the village that is
    furthest from all homes and centres so far; villages belong to the nearest of them.
    """
    places = facts.place_of_village
    minutes = facts.problem.travel.minutes
    finite = np.where(np.isfinite(minutes), minutes, minutes[np.isfinite(minutes)].max(initial=1.0) * 10.0)
    between = (finite + finite.T) / 2.0
    homes = np.unique(facts.home_of_team)
    to_home = between[np.ix_(places, homes)].min(axis=1)
    nearest = to_home.copy()
    centres: list[int] = []
    while len(centres) < min(most_sectors, places.size):
        furthest = int(nearest.argmax())
        if nearest[furthest] <= 0.0 and centres:
            break
        centres.append(furthest)
        nearest = np.minimum(nearest, between[places, places[furthest]])
    sector = between[np.ix_(places, places[centres])].argmin(axis=1)
    ways = np.array([2.0 * to_home[sector == number].mean() for number in range(len(centres))])
    return sector, ways


def local_minutes(facts: Facts, sector_of: Positions) -> Floats:
    """Return the minutes from each village to the nearest other one of its sector: what a visit adds on the spot."""
    places = facts.place_of_village
    minutes = facts.problem.travel.minutes[np.ix_(places, places)].copy()
    np.fill_diagonal(minutes, np.inf)
    minutes[sector_of[:, None] != sector_of[None]] = np.inf
    nearest = minutes.min(axis=1, initial=np.inf)
    return np.where(np.isfinite(nearest), nearest, 0.0)
