r"""Synthetic control: a weighted mean of donors that went before the start as the treated unit did.

A. Abadie and J. Gardeazabal, American Economic Review 93 (2003) 113-132; A. Abadie, A. Diamond and J. Hainmueller,
Journal of the American Statistical Association 105 (2010) 493-505. The donors' weights are at least 0 and sum to 1;
what they say for the periods after the start is compared with what was measured. Placebos do the same for each donor:
the ratio of the mean squared gaps after and before the start, and its rank, tell how unusual the treated unit is.

The outcomes of all periods before the start are matched, each with the same weight; predictors can be matched instead
with weights that are given. Weights of predictors that are themselves searched for are not offered: different
optimisers end at different ones, and with them at different effects.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lianyi.methods.arrays import Flags, Floats
from lianyi.methods.synthetic_control.errors import (
    DonorGapError,
    DonorShapeError,
    TooFewDonorsError,
    TooFewPeriodsError,
)
from lianyi.methods.synthetic_control.simplex import simplex_weights

_LEAST_BEFORE = 2
_LEAST_DONORS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Predictors:
    """What treated units and donors should be alike in, and how much each counts; in any units.

    ``treated`` and ``donors`` have a row for each unit and a column for each predictor, ``importance`` a number for
    each.
    """

    treated: Floats
    donors: Floats
    importance: Floats

    def scaled(self) -> tuple[Floats, Floats]:
        """Return both tables, each predictor divided by its spread and multiplied by the root of its importance."""
        spread = np.vstack([self.treated, self.donors]).std(axis=0, ddof=1)
        factor = np.sqrt(self.importance / self.importance.sum()) / np.where(spread > 0, spread, 1.0)
        return self.treated * factor, self.donors * factor


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticControls:
    """What the donors say of each treated unit: a row for each unit, a column for each period or donor."""

    weights: Floats
    outcomes: Floats
    synthetic: Floats
    start: int

    @property
    def gaps(self) -> Floats:
        """What was measured less what the donors say."""
        return self.outcomes - self.synthetic

    @property
    def pre_mspe(self) -> Floats:
        """Mean squared gap before the start: how well the donors fit."""
        return np.asarray((self.gaps[:, : self.start] ** 2).mean(axis=1))

    @property
    def post_mspe(self) -> Floats:
        return np.asarray((self.gaps[:, self.start :] ** 2).mean(axis=1))

    @property
    def ratios(self) -> Floats:
        """Mean squared gap after the start over that before; infinite where the donors fit without a gap."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.post_mspe / self.pre_mspe)

    @property
    def effects(self) -> Floats:
        """Mean gap from the start on."""
        return np.asarray(self.gaps[:, self.start :].mean(axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class PlaceboRanks:
    """Where each treated unit stands among the donors treated as if they had begun then; rank 1 is the most unusual."""

    placebos: SyntheticControls
    ranks: Floats
    p: Floats


def synthetic_controls(
    outcomes: Floats,
    donors: Floats,
    start: int,
    allowed: Flags | None = None,
    predictors: Predictors | None = None,
) -> SyntheticControls:
    """Return the synthetic control of each treated unit; all share the donors.

    Parameters
    ----------
    outcomes, donors
        One row for each treated unit or donor, one column for each period.
    start
        The column of the first treated period.
    allowed
        For each treated unit the donors it may use: leave out its neighbours, whom the help reaches too. None allows
        all.
    predictors
        Matched instead of the outcomes before the start.

    Raises
    ------
    DonorShapeError, DonorGapError, TooFewDonorsError, TooFewPeriodsError
        When they cannot be compared.

    Examples
    --------
    >>> donors = np.array([[1.0, 2, 3, 4], [3, 4, 5, 8], [9, 0, 9, 0]])
    >>> found = synthetic_controls(np.array([[2.0, 3, 9, 9]]), donors, start=2)
    >>> found.weights.round(6).tolist(), found.gaps.round(6).tolist()
    ([[0.5, 0.5, 0.0]], [[0.0, 0.0, 5.0, 3.0]])
    """
    check_donors(outcomes, donors, start, allowed)
    targets, sources = (outcomes[:, :start], donors[:, :start]) if predictors is None else predictors.scaled()
    weights = simplex_weights(targets, sources, allowed)
    return SyntheticControls(weights, outcomes, weights @ donors, start)


def placebo_ranks(found: SyntheticControls, donors: Floats) -> PlaceboRanks:
    """Treat each donor as if it had begun at the start, with the other donors, and rank the treated units among them.

    The p of a unit is its rank over donors and itself; with n donors it cannot be below 1/(n + 1).

    Examples
    --------
    >>> generator = np.random.default_rng(1)
    >>> donors = generator.normal(size=(19, 12)).cumsum(axis=1)
    >>> treated = donors[:3].mean(axis=0) + generator.normal(0, 0.1, 12) + np.where(np.arange(12) < 8, 0.0, 9.0)
    >>> ranks = placebo_ranks(synthetic_controls(treated[None], donors, start=8), donors)
    >>> ranks.ranks.tolist(), ranks.p.tolist()
    ([1.0], [0.05])
    """
    others = ~np.eye(len(donors), dtype=bool)
    placebos = synthetic_controls(donors, donors, found.start, others)
    ranks = 1.0 + (placebos.ratios >= found.ratios[:, None]).sum(axis=1)
    return PlaceboRanks(placebos, ranks, ranks / (len(donors) + 1))


def check_donors(outcomes: Floats, donors: Floats, start: int, allowed: Flags | None = None) -> None:
    """Refuse what cannot be compared. Raises as `synthetic_controls`."""
    if outcomes.ndim != donors.ndim or outcomes.shape[1:] != donors.shape[1:]:
        message = (
            f"Treated units have the shape {outcomes.shape}, donors {donors.shape}. Give the same periods for both."
        )
        raise DonorShapeError(message, treated=outcomes.shape, donors=donors.shape)
    if not _LEAST_BEFORE <= start < outcomes.shape[1]:
        message = (
            f"{start} periods before the start and {max(outcomes.shape[1] - start, 0)} from it on: at least "
            f"{_LEAST_BEFORE} before and 1 after are needed, and far more before to believe the fit."
        )
        raise TooFewPeriodsError(message, before=start)
    for name, table in (("treated unit", outcomes), ("donor", donors)):
        is_gap = ~np.isfinite(table).all(axis=1)
        if is_gap.any():
            message = (
                f"{int(is_gap.sum())} of {len(table)} {name}s were not measured in every period, the first is number "
                f"{int(np.argmax(is_gap)) + 1}. Leave them out and say so; missing is not 0."
            )
            raise DonorGapError(message, position=int(np.argmax(is_gap)))
    fewest = len(donors) if allowed is None else int(allowed.sum(axis=1).min())
    if fewest < _LEAST_DONORS:
        message = (
            f"Only {fewest} donors are left; at least {_LEAST_DONORS} are needed, and many more to rank among them."
        )
        raise TooFewDonorsError(message, donors=fewest)
