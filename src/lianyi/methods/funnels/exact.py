"""Limits from the distribution of the counts itself, for small units where a normal curve does not do.

Between two whole counts the limit is interpolated, so that lines do not jump from unit to unit: D. J. Spiegelhalter,
Statistics in Medicine 24 (2005) 1185-1202, appendix A.1. They know of no overdispersion.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lianyi.methods.arrays import Floats


def exact_ratio_limit(expected: Floats, probability: float) -> Floats:
    """Return the ratio below which a unit lies with this probability when its events follow Poisson.

    Examples
    --------
    >>> exact_ratio_limit(np.array([10.0]), 0.975).round(3).tolist()
    [1.616]
    """
    from scipy import stats  # noqa: PLC0415 - half a second, for pages that draw no funnel too

    return _limit(stats.poisson(expected), probability) / expected


def exact_share_limit(totals: Floats, share: float, probability: float) -> Floats:
    """Return the share below which a unit lies with this probability when its events follow the binomial.

    Examples
    --------
    >>> exact_share_limit(np.array([20.0]), 0.5, 0.975).round(3).tolist()
    [0.694]
    """
    from scipy import stats  # noqa: PLC0415 - half a second, for pages that draw no funnel too

    return _limit(stats.binom(totals, share), probability) / totals


def _limit(distribution: Any, probability: float) -> Floats:  # noqa: ANN401 - scipy has no types
    count = distribution.ppf(probability)
    reached, before = distribution.cdf(count), distribution.cdf(count - 1.0)
    step = np.where(reached > before, reached - before, 1.0)
    return np.asarray(np.maximum(count - (reached - probability) / step, 0.0), np.float64)
