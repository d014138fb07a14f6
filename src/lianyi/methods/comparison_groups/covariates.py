"""Changes compared between units with like covariates: outcome regression and the doubly robust estimator.

J. J. Heckman, H. Ichimura and P. E. Todd, Review of Economic Studies 64 (1997) 605-654; P. H. C. Sant'Anna and J. Zhao,
Journal of Econometrics 219 (2020) 101-122, whose influence functions are used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from lianyi.methods.arrays import Flags, Floats
from lianyi.methods.comparison_groups.errors import CovariateError
from lianyi.methods.comparison_groups.inverses import symmetric_inverse

Adjustment = Literal["regression", "doubly-robust"]

_ROUNDS: Final = 50
_CLOSE: Final = 1e-10
_CERTAIN: Final = 1 - 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Covariates:
    """What changes may depend on.

    Parameters
    ----------
    values
        One table of units and periods for each covariate, in the rows and columns of the panel.
    names
        What they are called.
    """

    values: Floats
    names: tuple[str, ...]

    def design(self, period: int) -> Floats:
        """Return a row for each unit: a constant and the covariates in this period."""
        units = self.values.shape[1]
        return np.column_stack([np.ones(units), *(table[:, period] for table in self.values)])


def adjusted_cell(changes: Floats, is_treated: Flags, design: Floats, adjustment: Adjustment) -> tuple[float, Floats]:
    """Return the effect on the treated, and the influence of each unit on the mean over these units.

    Raises
    ------
    CovariateError
        When there are fewer controls than covariates, or the covariates tell treated from controls without exception.

    Examples
    --------
    Changes that are twice the covariate, and 3 more for the treated:

    >>> covariate = np.array([1.0, 2, 3, 4, 2, 3])
    >>> design = np.column_stack([np.ones(6), covariate])
    >>> is_treated = np.array([False] * 4 + [True] * 2)
    >>> round(adjusted_cell(2 * covariate + 3 * is_treated, is_treated, design, "regression")[0], 10)
    3.0
    """
    treated = is_treated.astype(np.float64)
    fit = _Outcomes.of(changes, 1 - treated, design)
    if adjustment == "regression":
        return _by_regression(changes, treated, design, fit)
    return _doubly_robust(changes, treated, design, fit)


@dataclass(frozen=True, slots=True, eq=False)
class _Outcomes:
    """The controls' changes as a straight line of the covariates: what it says for all, and its influence."""

    expected: Floats
    influence: Floats

    @classmethod
    def of(cls, changes: Floats, control: Floats, design: Floats) -> _Outcomes:
        weighted = design * control[:, None]
        if control.sum() <= design.shape[1]:
            message = (
                f"{int(control.sum())} controls cannot carry {design.shape[1] - 1} covariates. Take fewer covariates, "
                "or more controls."
            )
            raise CovariateError(message, controls=int(control.sum()))
        inverse = symmetric_inverse(weighted.T @ design)
        expected = design @ (inverse @ (weighted.T @ changes))
        return cls(expected, (weighted * (changes - expected)[:, None]) @ inverse * len(changes))


def _by_regression(changes: Floats, treated: Floats, design: Floats, fit: _Outcomes) -> tuple[float, Floats]:
    share = treated.mean()
    above = changes - fit.expected
    effect = float((treated * above).mean() / share)
    of_line = fit.influence @ (treated[:, None] * design).mean(axis=0)
    return effect, (treated * (above - effect) - of_line) / share


def _doubly_robust(changes: Floats, treated: Floats, design: Floats, fit: _Outcomes) -> tuple[float, Floats]:
    chance, of_chance = _propensity(treated, design)
    above = changes - fit.expected
    weight = chance * (1 - treated) / (1 - chance)
    own, other = treated.mean(), weight.mean()
    mean_own, mean_other = float((treated * above).mean() / own), float((weight * above).mean() / other)
    first = (treated * (above - mean_own) - fit.influence @ (treated[:, None] * design).mean(axis=0)) / own
    second = (
        weight * (above - mean_other)
        + of_chance @ ((weight * (above - mean_other))[:, None] * design).mean(axis=0)
        - fit.influence @ (weight[:, None] * design).mean(axis=0)
    ) / other
    return mean_own - mean_other, first - second


def _propensity(treated: Floats, design: Floats) -> tuple[Floats, Floats]:
    """Return each unit's chance of being treated by a logistic model, and the influence on its coefficients."""
    coefficients = np.zeros(design.shape[1])
    inverse: Floats = np.eye(design.shape[1])
    for _round in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(design @ coefficients, -35, 35)))
        weights = np.maximum(chance * (1 - chance), 1e-12)
        inverse = symmetric_inverse((design * weights[:, None]).T @ design)
        step = inverse @ (design.T @ (treated - chance))
        coefficients += step
        if np.abs(step).max() < _CLOSE:
            break
    chance = 1 / (1 + np.exp(-np.clip(design @ coefficients, -35, 35)))
    if chance.max() > _CERTAIN:
        message = (
            "The covariates tell the treated from the controls without exception, so nobody can be compared with them. "
            "Take fewer covariates, or the adjustment by regression, and say that it rests on the straight line alone."
        )
        raise CovariateError(message)
    return chance, (design * (treated - chance)[:, None]) @ inverse * len(treated)
