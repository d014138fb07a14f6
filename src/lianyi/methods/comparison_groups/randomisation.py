"""What the estimate would have been had others been treated, or had treatment begun earlier: placebo units and dates.

R. A. Fisher, The Design of Experiments (1935); for differences in differences with few groups: M. Bertrand, E. Duflo
and S. Mullainathan, Quarterly Journal of Economics 119 (2004) 249-275, and J. G. MacKinnon and M. D. Webb, Journal of
Econometrics 218 (2020) 435-450.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from lianyi.methods.arrays import Floats, Positions
from lianyi.methods.comparison_groups.averages import simple_average
from lianyi.methods.comparison_groups.clusters import Estimate
from lianyi.methods.comparison_groups.errors import AssignmentLevelError, PlaceboDateError
from lianyi.methods.comparison_groups.fixed_effects import (
    Projection,
    common_start,
    two_way_fixed_effects,
)
from lianyi.methods.comparison_groups.group_time import Controls, group_time_effects
from lianyi.methods.comparison_groups.panels import NEVER, Panel
from lianyi.methods.comparison_groups.wild_bootstrap import Draws
from lianyi.methods.distribution.bootstrap import Progress, ignore
from lianyi.methods.proportions import DEFAULT_CONFIDENCE

_TIE: Final = 1e-9
_CELLS_AT_ONCE: Final = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class PlaceboUnits:
    """Estimates with the treatment given to other clusters, and how many are at least as far from 0 as the true one."""

    estimate: float
    placebo_estimates: Floats
    p: float
    is_every_choice: bool
    """Whether every choice of clusters was tried, so that the seed plays no part."""


def placebo_units(panel: Panel, draws: Draws) -> PlaceboUnits:
    """Give a common start to other clusters in turn, as many as are truly treated, and estimate the effect each time.

    All choices where there are no more than draws, each once; otherwise draws with the true choice counted among them,
    so that p is never 0.

    Raises
    ------
    AssignmentLevelError
        When a cluster holds treated and untreated units.
    StaggeredStartsError, NoControlUnitsError
        As `two_way_fixed_effects`.

    Examples
    --------
    One of four helped: the truth is one of four choices, so p cannot be below a quarter.

    >>> outcomes = np.array([[1.0, 2, 9, 9], [2, 3, 4, 5], [1, 2, 3, 4], [0, 1, 3, 3]])
    >>> starts = np.array([2, NEVER, NEVER, NEVER])
    >>> panel = Panel(outcomes, starts, np.arange(4), tuple("ABCD"), (1, 2, 3, 4))
    >>> found = placebo_units(panel, Draws(seed=1))
    >>> found.p, found.is_every_choice, found.placebo_estimates.size
    (0.25, True, 4)
    """
    start = common_start(panel)
    treated = _treated_clusters(panel)
    choices, is_every = _choices(panel.cluster_count, treated, draws)
    estimates = _Exchange.of(panel, start).estimates(choices[:, panel.clusters])
    estimate = two_way_fixed_effects(panel).value
    far = np.abs(estimates) >= abs(estimate) * (1 - _TIE)
    p = float(far.mean()) if is_every else float((1 + far.sum()) / (1 + len(far)))
    return PlaceboUnits(estimate, estimates, p, is_every)


def placebo_starts(panel: Panel, controls: Controls, draws: Draws, progress: Progress = ignore) -> PlaceboUnits:
    """Deal the starts of all clusters out anew, and average the group-time effects each time: staggered starts.

    Draws count the true starts among them, so that p is never 0. ``progress`` is told how many draws are done.

    Raises
    ------
    AssignmentLevelError
        When units of one cluster begin at different times.
    NoControlUnitsError
        As `group_time_effects`.
    """
    starts = _cluster_starts(panel)
    generator = np.random.default_rng(draws.seed)
    estimates = np.empty(draws.count)
    for draw in range(draws.count):
        dealt = generator.permutation(starts)[panel.clusters]
        estimates[draw] = simple_average(group_time_effects(replace(panel, starts=dealt), controls)).overall
        progress(draw + 1, draws.count)
    estimate = simple_average(group_time_effects(panel, controls)).overall
    far = np.abs(estimates) >= abs(estimate) * (1 - _TIE)
    return PlaceboUnits(estimate, estimates, float((1 + far.sum()) / (1 + draws.count)), is_every_choice=False)


def placebo_date(panel: Panel, periods_earlier: int, confidence: float = DEFAULT_CONFIDENCE) -> Estimate:
    """Return the effect found at a date before a common start, from the periods before the start alone.

    Nothing had happened then: an interval without 0 says that the groups were drifting apart already.

    Raises
    ------
    PlaceboDateError
        When fewer than one period stands before that date or between it and the start.
    StaggeredStartsError, NoControlUnitsError, TooFewClustersError, ProbabilityError
        As `two_way_fixed_effects`.
    """
    start = common_start(panel)
    if not 1 <= periods_earlier < start:
        message = (
            f"A placebo date {periods_earlier} periods before the start needs a period before it; there are {start} "
            f"before the start. Give a number from 1 to {start - 1}, or a panel that begins earlier."
        )
        raise PlaceboDateError(message, periods_before=start, given=periods_earlier)
    before = replace(
        panel,
        outcomes=panel.outcomes[:, :start],
        starts=np.where(panel.is_treated, start - periods_earlier, NEVER),
        periods=panel.periods[:start],
    )
    is_used = np.asarray(before.is_measured.any(axis=1))
    return two_way_fixed_effects(before.restricted(is_used), confidence)


def _treated_clusters(panel: Panel) -> int:
    clusters = np.unique(panel.clusters[panel.is_treated])
    both = np.intersect1d(clusters, panel.clusters[~panel.is_treated])
    if both.size:
        unit = panel.units[int(np.argmax((panel.clusters == both[0]) & panel.is_treated))]
        message = (
            f"The cluster of {unit} holds treated and untreated units, so it cannot change places with another. Use "
            "the clusters in which help was given out as a whole, such as the helping hospital or the province."
        )
        raise AssignmentLevelError(message, clusters=int(both.size))
    return int(clusters.size)


def _cluster_starts(panel: Panel) -> Positions:
    """Return the start of each cluster."""
    found = np.full(panel.cluster_count, NEVER)
    found[panel.clusters] = panel.starts
    differs = found[panel.clusters] != panel.starts
    if differs.any():
        unit = panel.units[int(np.argmax(differs))]
        message = (
            f"The cluster of {unit} has units that begin at different times, so its start cannot be dealt out "
            "anew. Use clusters in which help was given out as a whole, such as the helping hospital or the province."
        )
        raise AssignmentLevelError(message, clusters=int(np.unique(panel.clusters[differs]).size))
    return found


def _choices(clusters: int, treated: int, draws: Draws) -> tuple[Floats, bool]:
    """Return a row for each choice: 1 for the clusters treated in it."""
    is_every = math.comb(clusters, treated) <= draws.count
    chosen = np.zeros((math.comb(clusters, treated) if is_every else draws.count, clusters))
    if is_every:
        for row, members in enumerate(itertools.combinations(range(clusters), treated)):
            chosen[row, list(members)] = 1.0
    else:
        generator = np.random.default_rng(draws.seed)
        order = generator.permuted(np.tile(np.arange(clusters), (draws.count, 1)), axis=1)
        np.put_along_axis(chosen, order[:, :treated], 1.0, axis=1)
    return chosen, is_every


@dataclass(frozen=True, slots=True, eq=False)
class _Exchange:
    """Numerator and denominator of the estimate as sums over the units that a choice treats."""

    numerators: Floats
    squares: Floats
    period_sums: Floats
    period_inverse: Floats

    @classmethod
    def of(cls, panel: Panel, start: int) -> _Exchange:
        projection = Projection.of(panel.is_measured)
        after = np.broadcast_to((np.arange(len(panel.periods)) >= start).astype(np.float64), panel.outcomes.shape)
        within = projection.within_units(after)
        outcome = projection.residuals(panel.outcomes)
        return cls((within * outcome).sum(axis=1), (within**2).sum(axis=1), within, projection.period_inverse)

    def estimates(self, treated: Floats) -> Floats:
        """Return the effect for each row of treated units."""
        found = []
        at_once = max(_CELLS_AT_ONCE // treated.shape[1], 1)
        for first in range(0, len(treated), at_once):
            rows = treated[first : first + at_once]
            sums = rows @ self.period_sums
            explained = np.einsum("rt,ts,rs->r", sums, self.period_inverse, sums)
            found.append((rows @ self.numerators) / (rows @ self.squares - explained))
        return np.concatenate(found)
