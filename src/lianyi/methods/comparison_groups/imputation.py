r"""Effects by imputation: what untreated cells say of the treated ones.

K. Borusyak, X. Jaravel and J. Spiess, Revisiting event-study designs, Review of Economic Studies 91 (2024) 3253-3285.
Unit and period effects are estimated from the cells not yet treated alone; the effect of a treated cell is its outcome
less what they expect. Where noise is alike in all cells no other unbiased estimate is surer; it leans on all periods
before the start, and so on the groups having gone on alike in all of them. The errors are the conservative ones of the
paper: effects are allowed to differ by cohort and period.
"""

from __future__ import annotations

import numpy as np

from lianyi.methods.arrays import Flags, Floats
from lianyi.methods.comparison_groups.clusters import Estimate, cluster_sums, estimate_of
from lianyi.methods.comparison_groups.errors import NoControlUnitsError
from lianyi.methods.comparison_groups.inverses import symmetric_inverse
from lianyi.methods.comparison_groups.panels import Panel
from lianyi.methods.proportions import DEFAULT_CONFIDENCE


def imputed_average(panel: Panel, confidence: float = DEFAULT_CONFIDENCE) -> Estimate:
    """Return the mean effect over the treated cells for which something can be expected.

    Left out are cells of units that were never measured before their start, and of periods in which everybody is
    treated.

    Raises
    ------
    NoControlUnitsError
        When no treated cell is left.
    TooFewClustersError, ProbabilityError
        When no interval can be computed.

    Examples
    --------
    >>> from lianyi.methods.comparison_groups.panels import NEVER
    >>> outcomes = np.array([[1.0, 2, 6, 7], [2, 3, 6, 8], [1, 2, 3, 4], [0, 1, 3, 3]])
    >>> panel = Panel(outcomes, np.array([2, 2, NEVER, NEVER]), np.arange(4), tuple("ABCD"), (1, 2, 3, 4))
    >>> round(imputed_average(panel).value, 10)
    2.5
    """
    is_treated = panel.starts[:, None] <= np.arange(len(panel.periods))
    is_free = panel.is_measured & ~is_treated
    has_free_cells, is_free_period = np.asarray(is_free.any(axis=1)), np.asarray(is_free.any(axis=0))
    can_be_expected = has_free_cells[:, None] & is_free_period
    is_used = panel.is_measured & is_treated & can_be_expected
    if not is_used.any():
        message = (
            "In every treated period all units are treated, so nothing can be expected there. Add units that were "
            "never treated, or periods in which some are not yet."
        )
        raise NoControlUnitsError(message)
    counted = is_used / is_used.sum()
    outcomes = np.where(panel.is_measured, panel.outcomes, 0.0)
    own, common = _effects(is_free, np.where(is_free, outcomes, 0.0))
    left = np.where(is_free | is_used, outcomes - own[:, None] - common, 0.0)
    # How much each cell counts in the average: the free ones through what they say of units and periods.
    by_unit, by_period = _effects(is_free, counted)
    weights = counted - np.where(is_free, by_unit[:, None] + by_period, 0.0)
    noise = np.where(is_used, left - _by_cohort_and_period(panel, counted, left, weights), left)
    influence = cluster_sums((weights * noise).sum(axis=1), panel.clusters)
    return estimate_of(
        float((counted * left).sum()), float(np.sqrt((influence**2).sum())), panel.cluster_count, confidence
    )


def _effects(is_free: Flags, sums: Floats) -> tuple[Floats, Floats]:
    """Return the unit and period effects whose sums over the free cells are those of a table; its rows and columns."""
    free = is_free.astype(np.float64)
    counts = np.maximum(free.sum(axis=1), 1.0)
    crossed = np.diag(free.sum(axis=0)) - (free / counts[:, None]).T @ free
    rows, columns = sums.sum(axis=1), sums.sum(axis=0)
    periods = symmetric_inverse(crossed) @ (columns - free.T @ (rows / counts))
    return (rows - free @ periods) / counts, periods


def _by_cohort_and_period(panel: Panel, counted: Floats, left: Floats, weights: Floats) -> Floats:
    """Return for each treated cell the mean effect of its cohort in its period, as the paper weighs it."""
    found = np.zeros_like(left)
    for cohort in panel.cohorts:
        own = panel.starts == cohort
        squares = weights[own] ** 2 * (counted[own] > 0)
        total = squares.sum(axis=0)
        means = np.divide((squares * left[own]).sum(axis=0), total, out=np.zeros(len(total)), where=total > 0)
        found[own] = means
    return found
