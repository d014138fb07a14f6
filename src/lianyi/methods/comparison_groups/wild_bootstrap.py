"""The wild cluster bootstrap of a common start, with the null hypothesis imposed, for few clusters.

A. C. Cameron, J. B. Gelbach and D. L. Miller, Review of Economics and Statistics 90 (2008) 414-427; weights of six
points for few clusters: M. D. Webb, Canadian Journal of Economics 56 (2023) 839-858. The interval holds the values
that the test does not refuse (J. G. MacKinnon, 2015).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from lianyi.methods.arrays import Floats
from lianyi.methods.comparison_groups.clusters import cluster_sums
from lianyi.methods.comparison_groups.errors import DrawsError
from lianyi.methods.comparison_groups.fixed_effects import (
    Projection,
    common_start,
    small_sample_factor,
    treatment,
)
from lianyi.methods.comparison_groups.panels import Panel
from lianyi.methods.proportions import DEFAULT_CONFIDENCE, Interval, check_probability

Weights = Literal["rademacher", "webb"]

_WEBB: Final = np.sqrt(np.array([1.5, 1.0, 0.5])).repeat(2) * np.tile([1.0, -1.0], 3)
_FEW_SIGNS: Final = 11
"""Up to so many clusters there are too few patterns of signs to draw from (2 to the power of 11 is 2,048)."""
_STEPS_OUT: Final = 40
_HALVINGS: Final = 40
_TIE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Draws:
    """How many draws, with which seed.

    Raises
    ------
    DrawsError
        With fewer than 2 draws or a seed below 0.
    """

    seed: int
    count: int = 999

    def __post_init__(self) -> None:
        if self.count <= 1 or self.seed < 0:
            message = (
                f"{self.count} draws with seed {self.seed} were asked for; at least 2 are needed (999 are usual), and "
                "a seed of 0 or more."
            )
            raise DrawsError(message, draws=self.count, seed=self.seed)


@dataclass(frozen=True, slots=True)
class WildBootstrap:
    """The p of no effect and the interval of effects that are not refused; an end is infinite where none is."""

    p: float
    interval: Interval
    weights: Weights
    draws: int
    is_every_pattern: bool
    """Whether every pattern of signs was used, so that the seed plays no part."""


def wild_cluster_bootstrap(
    panel: Panel, draws: Draws, confidence: float = DEFAULT_CONFIDENCE, weights: Weights | None = None
) -> WildBootstrap:
    """Return the wild cluster bootstrap of `two_way_fixed_effects`.

    Parameters
    ----------
    weights
        Signs (Rademacher) or Webb's six points; None takes Webb's up to 11 clusters and signs from there on.

    Raises
    ------
    StaggeredStartsError, NoControlUnitsError, TooFewClustersError, ProbabilityError
        As `two_way_fixed_effects`.

    Examples
    --------
    >>> from lianyi.methods.comparison_groups.panels import NEVER
    >>> outcomes = np.array([[1.0, 2, 6, 7], [2, 3, 6, 8], [3, 3, 9, 8], [1, 2, 3, 4], [0, 1, 3, 3], [2, 4, 4, 6]])
    >>> starts = np.array([2, 2, 2, NEVER, NEVER, NEVER])
    >>> panel = Panel(outcomes, starts, np.arange(6), tuple("ABCDEF"), (1, 2, 3, 4))
    >>> found = wild_cluster_bootstrap(panel, Draws(seed=1), weights="rademacher")
    >>> found.draws, found.is_every_pattern, found.p
    (64, True, 0.03125)
    """
    check_probability("confidence", confidence)
    parts = _Parts.of(panel)
    kind: Weights = weights or ("webb" if panel.cluster_count <= _FEW_SIGNS else "rademacher")
    drawn, is_every = drawn_weights(panel.cluster_count, draws, kind)
    level = 1 - confidence
    estimate = parts.estimate
    low, high = (_end(parts, drawn, level, direction) for direction in (-1.0, 1.0))
    p = parts.p_of(drawn, 0.0)
    return WildBootstrap(p, Interval(estimate + low, estimate + high, confidence), kind, len(drawn), is_every)


def drawn_weights(clusters: int, draws: Draws, kind: Weights) -> tuple[Floats, bool]:
    """Return a row of weights for each draw, and whether these are all patterns there are.

    Examples
    --------
    >>> drawn_weights(2, Draws(seed=1), "rademacher")[0].tolist()
    [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]]
    """
    if kind == "rademacher" and clusters < draws.count.bit_length():
        return np.array(list(itertools.product((1.0, -1.0), repeat=clusters))), True
    generator = np.random.default_rng(draws.seed)
    if kind == "webb":
        return np.asarray(_WEBB[generator.integers(len(_WEBB), size=(draws.count, clusters))], np.float64), False
    return np.asarray(generator.integers(2, size=(draws.count, clusters)) * 2.0 - 1.0, np.float64), False


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """What the draws are made of, summed over clusters: everything is a straight line in the effect supposed.

    ``scores`` and ``period_sums`` have two rows: of the outcome and of the treatment, both with effects taken out.
    """

    estimate: float
    squares: Floats
    scores: Floats
    period_sums: Floats
    period_weights: Floats
    period_inverse: Floats
    factor: float

    @classmethod
    def of(cls, panel: Panel) -> _Parts:
        start = common_start(panel)
        projection = Projection.of(panel.is_measured)
        outcome = projection.residuals(panel.outcomes)
        treated = projection.residuals(treatment(panel, start))
        squares = cluster_sums((treated * treated).sum(axis=1), panel.clusters)
        scores = cluster_sums((treated * outcome).sum(axis=1), panel.clusters)
        # What the periods explain of the weighted residuals meets the treatment in each cluster.
        means = treated.sum(axis=1) / np.maximum(projection.unit_counts, 1)
        shared = treated - np.where(panel.is_measured, means[:, None], 0.0)
        return cls(
            estimate=float(scores.sum() / squares.sum()),
            squares=squares,
            scores=np.stack([scores, squares]),
            period_sums=np.stack([cluster_sums(outcome, panel.clusters), cluster_sums(treated, panel.clusters)]),
            period_weights=cluster_sums(shared, panel.clusters),
            period_inverse=projection.period_inverse,
            factor=small_sample_factor(panel.cluster_count, int(panel.is_measured.sum()), 1 + len(panel.periods)),
        )

    def statistics(self, drawn: Floats, supposed: float) -> Floats:
        """Return t of each draw under the effect supposed."""
        line = np.array([1.0, -supposed])
        scores, sums = line @ self.scores, np.einsum("k,kgt->gt", line, self.period_sums)
        weighted = drawn * scores
        total = self.squares.sum()
        effects = weighted.sum(axis=1) / total
        periods = (drawn @ sums) @ self.period_inverse
        left = weighted - periods @ self.period_weights.T - effects[:, None] * self.squares
        errors = np.sqrt(self.factor * (left * left).sum(axis=1)) / total
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(errors > 0, effects / errors, np.where(np.abs(effects) > 0, np.inf, 0.0))

    def p_of(self, drawn: Floats, supposed: float) -> float:
        """Return the share of draws at least as far from 0 as the data are from the effect supposed.

        The data are among the patterns, as every sign +: where patterns are drawn they are counted as one more.
        """
        patterns = drawn if (drawn[0] == 1.0).all() else np.vstack([np.ones(drawn.shape[1]), drawn])
        sizes = np.abs(self.statistics(patterns, supposed))
        return float((sizes >= sizes[0] * (1 - _TIE)).mean())


def _end(parts: _Parts, drawn: Floats, level: float, direction: float) -> float:
    """Return how far an effect may lie from the estimate in this direction before it is refused."""
    width = parts.factor**0.5 * float(np.sqrt(((parts.scores[0] - parts.estimate * parts.squares) ** 2).sum()))
    width = max(width / float(parts.squares.sum()), 1e-12)
    inside, outside = 0.0, direction * width
    for _step in range(_STEPS_OUT):
        if parts.p_of(drawn, parts.estimate + outside) <= level:
            break
        inside, outside = outside, outside * 2
    else:
        return math.copysign(math.inf, direction)
    for _step in range(_HALVINGS):
        middle = (inside + outside) / 2
        if parts.p_of(drawn, parts.estimate + middle) > level:
            inside = middle
        else:
            outside = middle
    return float((inside + outside) / 2)
