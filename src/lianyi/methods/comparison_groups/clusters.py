"""Errors that are clustered, intervals with few degrees of freedom, and the warning that goes with few clusters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from lianyi.methods.arrays import Floats, Positions
from lianyi.methods.comparison_groups.errors import TooFewClustersError
from lianyi.methods.comparison_groups.panels import Panel
from lianyi.methods.proportions import DEFAULT_CONFIDENCE, Interval, check_probability

FEW_CLUSTERS: Final = 40
"""Below so many clusters the usual errors are too small: A. C. Cameron and D. L. Miller (2015), section VI."""
VERY_FEW_TREATED: Final = 6
"""With fewer treated clusters the wild bootstrap fails too: J. G. MacKinnon and M. D. Webb (2018)."""

_ROUNDING: Final = 1e-10


@dataclass(frozen=True, slots=True)
class Estimate:
    """An effect with its standard error, interval and two-sided p; NaN where there is nothing to estimate it from."""

    value: float
    standard_error: float
    interval: Interval
    p: float
    degrees_of_freedom: int

    @property
    def is_detectable(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.interval.low > 0 or self.interval.high < 0


def estimate_of(value: float, standard_error: float, clusters: int, confidence: float = DEFAULT_CONFIDENCE) -> Estimate:
    """Return an estimate with a t interval of one degree of freedom less than there are clusters.

    Raises
    ------
    TooFewClustersError
        With one cluster.
    ProbabilityError
        When the confidence does not lie between 0 and 1.

    Examples
    --------
    >>> found = estimate_of(2.0, 0.5, clusters=11)
    >>> round(found.interval.low, 3), round(found.interval.high, 3), round(found.p, 4)
    (0.886, 3.114, 0.0025)
    """
    check_probability("confidence", confidence)
    check_cluster_count(clusters)
    from scipy.special import stdtr, stdtrit  # noqa: PLC0415 - takes long to load

    freedom = clusters - 1
    if standard_error <= _ROUNDING * abs(value):
        # Everything is explained, as by two units: that is no certainty but nothing left to estimate an error from.
        standard_error = math.nan
    half = float(stdtrit(freedom, (1 + confidence) / 2)) * standard_error
    ratio = abs(value) / standard_error
    p = 2 * float(stdtr(freedom, -ratio))
    return Estimate(value, standard_error, Interval(value - half, value + half, confidence), p, freedom)


def check_cluster_count(clusters: int) -> None:
    """Refuse one cluster. Raises TooFewClustersError."""
    if clusters <= 1:
        message = (
            "All units are in one cluster, so nothing tells how far the estimate could have come out otherwise. Name a "
            "column with at least two clusters; each unit can be one."
        )
        raise TooFewClustersError(message, clusters=clusters)


def cluster_sums(values: Floats, clusters: Positions) -> Floats:
    """Return the sums of rows over each cluster; values stand in rows of units.

    Examples
    --------
    >>> cluster_sums(np.array([[1.0], [2.0], [4.0]]), np.array([0, 1, 0])).tolist()
    [[5.0], [2.0]]
    """
    found = np.zeros((int(clusters.max()) + 1, *values.shape[1:]))
    np.add.at(found, clusters, values)
    return found


def cluster_warnings(panel: Panel) -> tuple[str, ...]:
    """Say in words where the clusters are too few for what is computed from them.

    Examples
    --------
    >>> from lianyi.methods.comparison_groups.panels import NEVER
    >>> names = tuple("ABCDEFGH")
    >>> starts = np.array([1] * 4 + [NEVER] * 4)
    >>> len(cluster_warnings(Panel(np.zeros((8, 2)), starts, np.arange(8), names, (1, 2))))
    2
    """
    found = []
    if panel.cluster_count < FEW_CLUSTERS:
        found.append(
            f"Only {panel.cluster_count} clusters: below about {FEW_CLUSTERS} clustered errors come out too small and "
            "intervals too narrow. Read the wild cluster bootstrap and the exchange of treated and untreated instead."
        )
    if panel.treated_cluster_count < VERY_FEW_TREATED:
        found.append(
            f"Only {panel.treated_cluster_count} treated clusters: errors and the wild bootstrap mislead here in "
            "either direction. The exchange of treated and untreated (placebo units) is what can be relied on."
        )
    return tuple(found)
