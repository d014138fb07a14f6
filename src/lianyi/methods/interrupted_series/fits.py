"""What a regression of many series gives: coefficients, how sure they are, and combinations of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from lianyi.methods.arrays import Flags, Floats
from lianyi.methods.interrupted_series.design import Design
from lianyi.methods.proportions import DEFAULT_CONFIDENCE, check_probability

Link = Literal["identity", "log"]
Reference = Literal["t", "normal"]
MODEL_ERRORS: Final = -1
"""In place of a lag: standard errors of the model, without Newey-West."""


@dataclass(frozen=True, slots=True)
class FitMethod:
    """How a series was fitted, in a code and in words, its link and the distribution that intervals come from."""

    code: str
    words: str
    link: Link
    reference: Reference
    lag: int = MODEL_ERRORS


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """One figure for each series (or each series and time), with its standard error; NaN where there is none."""

    values: Floats
    standard_errors: Floats
    degrees_of_freedom: Floats
    """Infinite where intervals come from the normal distribution; of a shape that goes with the values."""

    def interval(self, confidence: float = DEFAULT_CONFIDENCE) -> tuple[Floats, Floats]:
        """Return the two limits.

        Raises
        ------
        ProbabilityError
            When the confidence does not lie between 0 and 1.
        """
        half = critical_values(self.degrees_of_freedom, confidence) * self.standard_errors
        return self.values - half, self.values + half

    def p_values(self) -> Floats:
        """Return the two-sided probability of a figure as far from 0 where there is none."""
        from scipy.special import ndtr, stdtr  # noqa: PLC0415 - takes long to load

        with np.errstate(invalid="ignore", divide="ignore"):
            score = -np.abs(self.values / self.standard_errors)
        df = np.broadcast_to(self.degrees_of_freedom, score.shape)
        is_normal = np.isinf(df)
        found: Floats = 2 * np.where(is_normal, ndtr(score), stdtr(np.where(is_normal, 1.0, df), score))
        return found


@dataclass(frozen=True, slots=True, eq=False)
class SeriesFits:
    """The same model fitted to many series. Arrays begin with the series; all of a series that cannot be told is NaN.

    Parameters
    ----------
    design, method
        Which terms, and how they were fitted.
    coefficients, covariances
        Series x terms, and series x terms x terms, on the scale of the link.
    observed
        How many points each series has that are there and not left out.
    dispersion
        Residual variance, or for counts Pearson's statistic by its degrees of freedom.
    autocorrelation
        Of neighbouring errors, where the method estimates it; otherwise NaN.
    residuals
        Series x rows x points, what should show no pattern in time: residuals of least squares, Pearson's of counts,
        what is new at each point where the errors follow one another. NaN where there is no point.
    """

    design: Design
    method: FitMethod
    coefficients: Floats
    covariances: Floats
    observed: Floats
    dispersion: Floats
    autocorrelation: Floats
    residuals: Floats

    @property
    def degrees_of_freedom(self) -> Floats:
        """Points less terms."""
        return self.observed - len(self.design.names)

    @property
    def is_fitted(self) -> Flags:
        """Which series could be told."""
        is_known = np.isfinite(self.covariances).all(axis=(1, 2))
        return np.asarray(is_known & np.isfinite(self.coefficients).all(axis=1))

    def term(self, name: str) -> Estimates:
        """Return one term of every series.

        Raises
        ------
        SeriesTermError
            When the model has no such term.
        """
        return self.combination({name: 1.0})

    def combination(self, weights: Mapping[str, float]) -> Estimates:
        """Return a weighted sum of terms of every series, such as the slope after the start. Raises as `term`."""
        row = np.zeros((1, len(self.design.names)))
        for name, weight in weights.items():
            row[0, self.design.place_of(name)] += weight
        found = self.combinations(row)
        return Estimates(found.values[:, 0], found.standard_errors[:, 0], found.degrees_of_freedom[:, 0])

    def combinations(self, weights: Floats) -> Estimates:
        """Return weighted sums of terms, series x sums, for weights sums x terms."""
        variances = np.einsum("qi,mij,qj->mq", weights, self.covariances, weights, optimize=True)
        # Rounding may leave a variance of nothing a hair below 0.
        errors = np.sqrt(np.maximum(variances, 0.0))
        return Estimates(self.coefficients @ weights.T, errors, self.reference_degrees[:, None])

    @property
    def reference_degrees(self) -> Floats:
        """Degrees of freedom of the intervals: infinite where they come from the normal distribution."""
        if self.method.reference == "normal":
            return np.full_like(self.observed, np.inf)
        return self.degrees_of_freedom


def joined(parts: Iterable[SeriesFits]) -> SeriesFits:
    """Put the series of several parts one behind the other."""
    several = list(parts)
    return SeriesFits(
        design=several[0].design,
        method=several[0].method,
        coefficients=np.concatenate([part.coefficients for part in several]),
        covariances=np.concatenate([part.covariances for part in several]),
        observed=np.concatenate([part.observed for part in several]),
        dispersion=np.concatenate([part.dispersion for part in several]),
        autocorrelation=np.concatenate([part.autocorrelation for part in several]),
        residuals=np.concatenate([part.residuals for part in several]),
    )


def critical_values(degrees_of_freedom: Floats, confidence: float) -> Floats:
    """Return how many standard errors a limit lies away.

    Examples
    --------
    >>> critical_values(np.array([27.0, np.inf]), 0.95).round(4).tolist()
    [2.0518, 1.96]
    """
    from scipy.special import ndtri, stdtrit  # noqa: PLC0415 - takes long to load

    check_probability("confidence", confidence)
    upper = (1 + confidence) / 2
    is_normal = np.isinf(degrees_of_freedom)
    usual = np.where(is_normal | (degrees_of_freedom <= 0), 1.0, degrees_of_freedom)
    found: Floats = np.where(is_normal, ndtri(upper), stdtrit(usual, upper))
    return np.where(degrees_of_freedom <= 0, np.nan, found)
