"""A band that holds all effects together, by the multiplier bootstrap of influence functions.

Callaway and Sant'Anna (2021), section 4.1; V. Chernozhukov, D. Chetverikov and K. Kato, Annals of Statistics 41 (2013)
2786-2819. An interval for each effect leaves out the truth in one of twenty; of twenty effects one then stands out by
chance. The band leaves out any of them in one of twenty panels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from lianyi.methods.arrays import Floats
from lianyi.methods.comparison_groups.averages import Averages
from lianyi.methods.comparison_groups.group_time import GroupTimeEffects
from lianyi.methods.comparison_groups.wild_bootstrap import Draws
from lianyi.methods.proportions import DEFAULT_CONFIDENCE, check_probability

_DRAWS_AT_ONCE: Final = 256


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """Limits for each effect that hold all of them together; ``width`` is how many standard errors to each side."""

    low: Floats
    high: Floats
    width: float
    confidence: float
    draws: Draws


def simultaneous_band(
    effects: GroupTimeEffects | Averages, draws: Draws, confidence: float = DEFAULT_CONFIDENCE
) -> Band:
    """Return the sup-t band of the effects or averages: clusters get random signs, the same for the same seed.

    Raises
    ------
    ProbabilityError
        When the confidence does not lie between 0 and 1.

    Examples
    --------
    >>> from lianyi.methods.comparison_groups.group_time import group_time_effects
    >>> from lianyi.methods.comparison_groups.panels import NEVER, Panel
    >>> outcomes = np.random.default_rng(1).normal(size=(40, 4)).cumsum(axis=1)
    >>> starts = np.where(np.arange(40) < 20, 2, NEVER)
    >>> panel = Panel(outcomes, starts, np.arange(40), tuple(range(40)), (1, 2, 3, 4))
    >>> band = simultaneous_band(group_time_effects(panel), Draws(seed=1))
    >>> 1.96 < band.width < 3
    True
    """
    check_probability("confidence", confidence)
    values = effects.effects if isinstance(effects, GroupTimeEffects) else effects.values
    errors = effects.standard_errors
    is_there = errors > 0
    panel = effects.panel if isinstance(effects, GroupTimeEffects) else effects.effects.panel
    scaled = effects.influence[is_there] / (errors[is_there] * len(panel.units))[:, None]
    width = float(np.quantile(_largest(scaled, draws), confidence)) if is_there.any() else np.nan
    return Band(values - width * errors, values + width * errors, width, confidence, draws)


def band_of_covariance(
    values: Floats, covariance: Floats, clusters: int, draws: Draws, confidence: float = DEFAULT_CONFIDENCE
) -> Band:
    """Return the sup-t band of estimates with this clustered covariance, drawn from t with clusters less one.

    J. L. Montiel Olea and M. Plagborg-Moller, Journal of Applied Econometrics 34 (2019) 1-17.

    Examples
    --------
    One effect alone has the width of its own interval:

    >>> band = band_of_covariance(np.array([2.0]), np.array([[0.25]]), 11, Draws(seed=1, count=20_000))
    >>> 2.15 < band.width < 2.30
    True
    """
    check_probability("confidence", confidence)
    errors = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    is_there = errors > 0
    correlation = (covariance / np.where(is_there, errors, 1.0) / np.where(is_there, errors, 1.0)[:, None])[is_there]
    width = np.nan
    if is_there.any():
        width = float(np.quantile(largest_drawn(correlation[:, is_there], clusters - 1, draws), confidence))
    return Band(values - width * errors, values + width * errors, width, confidence, draws)


def largest_drawn(correlation: Floats, degrees_of_freedom: float, draws: Draws) -> Floats:
    """Return for each draw the largest of some estimates in standard errors: t together, with this correlation."""
    generator = np.random.default_rng(draws.seed)
    size, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.maximum(size, 0.0))
    normal = generator.standard_normal((draws.count, size.size)) @ root.T
    spread = np.sqrt(generator.chisquare(degrees_of_freedom, draws.count) / degrees_of_freedom)
    found: Floats = np.abs(normal).max(axis=1) / spread
    return found


def _largest(scaled: Floats, draws: Draws) -> Floats:
    """Return for each draw the largest of the effects in standard errors."""
    generator = np.random.default_rng(draws.seed)
    found = []
    for first in range(0, draws.count, _DRAWS_AT_ONCE):
        rows = min(_DRAWS_AT_ONCE, draws.count - first)
        signs = generator.integers(2, size=(rows, scaled.shape[1]), dtype=np.int8) * 2.0 - 1.0
        found.append(np.abs(signs @ scaled.T).max(axis=1))
    return np.concatenate(found)
