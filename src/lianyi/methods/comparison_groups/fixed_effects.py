r"""Two-way fixed effects for a common start, and the event study with leads and lags around it.

.. math:: y_{it} = \alpha_i + \lambda_t + \sum_k \beta_k D_{k,it} + \varepsilon_{it}

Unit and period effects are taken out exactly, also where cells are missing (R. Frisch and F. V. Waugh, Econometrica 1
(1933) 387-401; M. C. Lovell, 1963). Errors are clustered with the factor
:math:`\frac{G}{G-1}\frac{N-1}{N-K}` (CR1; K.-Y. Liang and S. L. Zeger, Biometrika 73 (1986) 13-22), and t has
:math:`G-1` degrees of freedom. Unit effects lie within clusters and do not count in :math:`K` (A. C. Cameron and D. L.
Miller, Journal of Human Resources 50 (2015) 317-372, section II.C), which is the effects, the periods and a constant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lianyi.methods.arrays import Flags, Floats
from lianyi.methods.comparison_groups.clusters import Estimate, check_cluster_count, cluster_sums, estimate_of
from lianyi.methods.comparison_groups.errors import EventTimeError, NoControlUnitsError, StaggeredStartsError
from lianyi.methods.comparison_groups.inverses import symmetric_inverse
from lianyi.methods.comparison_groups.panels import Panel
from lianyi.methods.proportions import DEFAULT_CONFIDENCE


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """Takes unit and period effects out of tables of units and periods, in the measured cells alone."""

    is_measured: Flags
    unit_counts: Floats
    period_inverse: Floats

    @classmethod
    def of(cls, is_measured: Flags) -> Projection:
        counts = is_measured.sum(axis=1).astype(np.float64)
        present = is_measured.astype(np.float64)
        crossed = np.diag(present.sum(axis=0)) - (present / np.maximum(counts, 1)[:, None]).T @ present
        return cls(is_measured, counts, symmetric_inverse(crossed))

    def within_units(self, table: Floats) -> Floats:
        """Return what is left of each row around its mean; 0 where nothing was measured."""
        filled = np.where(self.is_measured, table, 0.0)
        means = filled.sum(axis=1) / np.maximum(self.unit_counts, 1)
        return np.where(self.is_measured, filled - means[:, None], 0.0)

    def period_effects(self, within: Floats) -> Floats:
        """Return the effects of the periods on what is left within units: one row for each row of period sums."""
        return within @ self.period_inverse

    def residuals(self, table: Floats) -> Floats:
        """Return what neither unit nor period explains; 0 where nothing was measured."""
        within = self.within_units(table)
        effects = self.period_effects(within.sum(axis=0))
        return within - self.within_units(np.broadcast_to(effects, table.shape))


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """Coefficients with their clustered covariance."""

    coefficients: Floats
    covariance: Floats
    clusters: int
    rows: int
    parameters: int

    def estimate(self, position: int, confidence: float = DEFAULT_CONFIDENCE) -> Estimate:
        error = float(np.sqrt(max(self.covariance[position, position], 0.0)))
        return estimate_of(float(self.coefficients[position]), error, self.clusters, confidence)


@dataclass(frozen=True, slots=True, eq=False)
class EventStudy:
    """Effects by periods since the start; the period before the start is 0 by construction."""

    event_times: tuple[int, ...]
    estimates: tuple[Estimate, ...]
    covariance: Floats


def two_way_fixed_effects(panel: Panel, confidence: float = DEFAULT_CONFIDENCE) -> Estimate:
    """Return the mean effect after a common start, with errors clustered by the panel's clusters.

    Raises
    ------
    StaggeredStartsError
        When units begin at different times: A. Goodman-Bacon, Journal of Econometrics 225 (2021) 254-277.
    NoControlUnitsError
        When every unit is treated.
    TooFewClustersError, ProbabilityError
        When no interval can be computed.

    Examples
    --------
    Four counties, two helped from the third period on:

    >>> from lianyi.methods.comparison_groups import NEVER
    >>> outcomes = np.array([[1.0, 2, 6, 7], [2, 3, 6, 8], [1, 2, 3, 4], [0, 1, 3, 3]])
    >>> starts = np.array([2, 2, NEVER, NEVER])
    >>> panel = Panel(outcomes, starts, np.arange(4), ("A", "B", "C", "D"), (1, 2, 3, 4))
    >>> two_way_fixed_effects(panel).value
    2.5
    """
    start = common_start(panel)
    return regression(panel, treatment(panel, start)[None]).estimate(0, confidence)


def event_study(panel: Panel, confidence: float = DEFAULT_CONFIDENCE) -> EventStudy:
    """Return an effect for each period but the one before a common start; `leads` tests those before it together.

    Raises
    ------
    EventTimeError
        When the panel has one period before the start and one after it: nothing is left to tell apart.
    StaggeredStartsError, NoControlUnitsError, TooFewClustersError, ProbabilityError
        As `two_way_fixed_effects`.
    """
    start = common_start(panel)
    event_times = [period - start for period in range(len(panel.periods)) if period != start - 1]
    if len(event_times) <= 1:
        message = "The panel has two periods. Leads and lags need more; read the one difference in differences instead."
        raise EventTimeError(message, periods=len(panel.periods))
    is_treated = panel.is_treated[:, None]
    tables = np.stack(
        [np.where(is_treated, np.arange(len(panel.periods)) == start + time, 0.0) for time in event_times]
    )
    found = regression(panel, tables)
    return EventStudy(
        tuple(event_times),
        tuple(found.estimate(position, confidence) for position in range(len(event_times))),
        found.covariance,
    )


def common_start(panel: Panel) -> int:
    """Return the column in which all treated units begin. Raises as `two_way_fixed_effects`."""
    cohorts = panel.cohorts
    if cohorts.size > 1:
        message = (
            f"The units begin at {cohorts.size} different times, from {panel.periods[cohorts[0]]} to "
            f"{panel.periods[cohorts[-1]]}. Two-way fixed effects would then compare units that began late with units "
            "that began early and may even turn the sign of an effect. Use the group-time effects of Callaway and "
            "Sant'Anna instead: group_time_effects, or the command without --method twfe."
        )
        raise StaggeredStartsError(message, cohorts=int(cohorts.size))
    if panel.is_treated.all():
        message = (
            "Every unit begins at the same time, so nobody shows what would have happened without it. Add units that "
            "were not treated, with their start empty or 0."
        )
        raise NoControlUnitsError(message, units=len(panel.units))
    return int(cohorts[0])


def treatment(panel: Panel, start: int) -> Floats:
    """Return 1 in the treated cells and 0 elsewhere."""
    return (panel.is_treated[:, None] & (np.arange(len(panel.periods)) >= start)).astype(np.float64)


def regression(panel: Panel, tables: Floats) -> Regression:
    """Regress the outcomes on tables of units and periods, with unit and period effects taken out."""
    check_cluster_count(panel.cluster_count)
    projection = Projection.of(panel.is_measured)
    outcome = projection.residuals(panel.outcomes)
    left = np.stack([projection.residuals(table) for table in tables])
    gram = np.einsum("kit,lit->kl", left, left)
    bread = symmetric_inverse(gram)
    coefficients = bread @ np.einsum("kit,it->k", left, outcome)
    residuals = outcome - np.einsum("k,kit->it", coefficients, left)
    scores = cluster_sums(np.einsum("kit,it->ik", left, residuals), panel.clusters)
    rows = int(panel.is_measured.sum())
    parameters = len(tables) + len(panel.periods)
    factor = small_sample_factor(panel.cluster_count, rows, parameters)
    covariance = factor * bread @ (scores.T @ scores) @ bread
    return Regression(coefficients, covariance, panel.cluster_count, rows, parameters)


def small_sample_factor(clusters: int, rows: int, parameters: int) -> float:
    """Return the factor of CR1 for the covariance.

    Examples
    --------
    >>> small_sample_factor(clusters=10, rows=101, parameters=1)
    1.1111111111111112
    """
    return clusters / (clusters - 1) * (rows - 1) / max(rows - parameters, 1)
