r"""Synthetic difference in differences: donors and periods weighted so that the groups run side by side before.

D. Arkhangelsky, S. Athey, D. A. Hirshberg, G. W. Imbens and S. Wager, American Economic Review 111 (2021) 4088-4118.
Donors get weights :math:`\omega` (with a constant, and a ridge that spreads them), periods before the start weights
:math:`\lambda`; the effect is the double difference with both:

.. math:: (\bar Y_{1,post} - \lambda'\bar Y_{1,pre}) - \omega'(\bar Y_{0,post} - Y_{0,pre}\lambda)

The error comes from placebos: as many donors as there are treated units are drawn and treated as if they had begun.
Both quadratic problems are solved to their best; the authors' program stops its search early, which moves the last
digits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lianyi.methods.arrays import Floats
from lianyi.methods.comparison_groups.wild_bootstrap import Draws
from lianyi.methods.proportions import DEFAULT_CONFIDENCE, Interval, check_probability
from lianyi.methods.synthetic_control.controls import check_donors
from lianyi.methods.synthetic_control.errors import TooFewDonorsError
from lianyi.methods.synthetic_control.simplex import simplex_weights

_SMALL_RIDGE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticDifference:
    """The effect with both sets of weights; error and interval are None without placebo draws."""

    effect: float
    donor_weights: Floats
    period_weights: Floats
    standard_error: float | None = None
    interval: Interval | None = None


def synthetic_difference(outcomes: Floats, donors: Floats, start: int) -> SyntheticDifference:
    """Return the mean effect on treated units that begin together.

    Raises
    ------
    DonorShapeError, DonorGapError, TooFewDonorsError, TooFewPeriodsError
        As `lianyi.methods.synthetic_control.synthetic_controls`.

    Examples
    --------
    >>> generator = np.random.default_rng(1)
    >>> common = generator.normal(size=12).cumsum()
    >>> donors = generator.normal(size=(10, 1)) + common
    >>> treated = 4.0 + common + np.where(np.arange(12) < 8, 0.0, 2.5)
    >>> round(synthetic_difference(treated[None], donors, start=8).effect, 6)
    2.5
    """
    check_donors(outcomes, donors, start)
    before, after = donors[:, :start], donors[:, start:].mean(axis=1)
    spread = float(np.diff(before, axis=1).std(ddof=1))
    treated = outcomes.mean(axis=0)
    width = (len(outcomes) * (outcomes.shape[1] - start)) ** 0.25 * spread
    omega = _weights_with_constant(treated[:start], before, width**2 * start)
    small = (_SMALL_RIDGE * spread) ** 2 * len(donors)
    period = _weights_with_constant(after, np.ascontiguousarray(before.T), small)
    own = treated[start:].mean() - period @ treated[:start]
    return SyntheticDifference(float(own - omega @ (after - before @ period)), omega, period)


def synthetic_difference_with_error(
    outcomes: Floats, donors: Floats, start: int, draws: Draws, confidence: float = DEFAULT_CONFIDENCE
) -> SyntheticDifference:
    """Return the effect with the error of placebo draws, which hangs on their number and seed; say both.

    Raises
    ------
    TooFewDonorsError
        When there are no more donors than treated units, so that no placebo is left with donors.
    ProbabilityError
        When the confidence does not lie between 0 and 1.
    """
    check_probability("confidence", confidence)
    found = synthetic_difference(outcomes, donors, start)
    treated = len(outcomes)
    if len(donors) <= treated + 1:
        message = (
            f"{len(donors)} donors for {treated} treated units leave none for placebos. Add donors, or read the effect "
            "without an error."
        )
        raise TooFewDonorsError(message, donors=len(donors))
    generator = np.random.default_rng(draws.seed)
    placebos = np.empty(draws.count)
    for draw in range(draws.count):
        order = generator.permutation(len(donors))
        placebos[draw] = synthetic_difference(donors[order[:treated]], donors[order[treated:]], start).effect
    from scipy.special import ndtri  # noqa: PLC0415 - takes long to load

    error = float(placebos.std())
    half = float(ndtri((1 + confidence) / 2)) * error
    interval = Interval(found.effect - half, found.effect + half, confidence)
    return SyntheticDifference(found.effect, found.donor_weights, found.period_weights, error, interval)


def _weights_with_constant(target: Floats, sources: Floats, ridge: float) -> Floats:
    """Return weights of the sources that follow the target up to a constant."""
    centred = sources - sources.mean(axis=1, keepdims=True)
    return np.asarray(simplex_weights((target - target.mean())[None], centred, ridge=ridge)[0])
