"""Percentile intervals of an index by drawing the rows again and again, the same with the same seed."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lianyi.methods.columns import Floats
from lianyi.methods.errors import ResamplingError
from lianyi.methods.proportions import DEFAULT_CONFIDENCE, Interval, check_probability

Figures = Callable[[Floats], tuple[float, ...]]
"""Figures of the table as a function of how often each row was drawn; NaN where such a table has none."""

Progress = Callable[[int, int], None]


def ignore(done: int, total: int) -> None:
    """Tell nobody how far the work is."""


@dataclass(frozen=True, slots=True)
class Resampling:
    """How often to draw, with which seed, for which level of confidence (0 to 1).

    Raises
    ------
    ResamplingError, ProbabilityError
        When that cannot be done.
    """

    seed: int
    resamples: int = 1000
    confidence: float = DEFAULT_CONFIDENCE

    def __post_init__(self) -> None:
        check_probability("confidence", self.confidence)
        if self.resamples <= 1 or self.seed < 0:
            message = (
                f"{self.resamples} resamples with seed {self.seed} were asked for; at least 2 are needed (1,000 are "
                "usual), and a seed of 0 or more."
            )
            raise ResamplingError(message, resamples=self.resamples, seed=self.seed)

    @property
    def convention(self) -> str:
        return (
            f"{self.confidence:.0%} percentile bootstrap over rows, {self.resamples} resamples, seed {self.seed}: how "
            "much a figure hangs on which rows are in the table"
        )


def together(*figures: Figures) -> Figures:
    """Return several functions of the same draws as one, so that the rows are drawn once for all of them.

    Examples
    --------
    >>> together(lambda counts: (float(counts.sum()),), lambda _counts: (1.0, 2.0))(np.array([1.0, 3.0]))
    (4.0, 1.0, 2.0)
    """
    return lambda counts: tuple(itertools.chain.from_iterable(figure(counts) for figure in figures))


def percentile_intervals(
    figures: Figures, rows: int, resampling: Resampling, progress: Progress = ignore
) -> tuple[Interval | None, ...]:
    """Return an interval for each figure: the rows are drawn with replacement, as many as there are.

    B. Efron, Canadian Journal of Statistics 9 (1981) 139-172. A table of all places is no sample; the interval then
    says how much the figure hangs on single places, not how far it may lie from some truth. With few rows it is too
    narrow. Resamples in which a figure is not defined are left out; if more than half are, there is no interval.
    `progress` is told how many resamples are done, and of how many.

    Examples
    --------
    >>> from lianyi.methods.distribution import resampled_gini
    >>> drawn = resampled_gini([3, 5, 9, 4], [2, 2, 2, 2])
    >>> [interval] = percentile_intervals(drawn, 4, Resampling(seed=1))
    >>> interval.low < drawn(np.ones(4))[0] < interval.high
    True
    """
    if rows < 1:
        raise ResamplingError("There is no row to draw.", resamples=resampling.resamples, seed=resampling.seed)
    generator = np.random.default_rng(resampling.seed)
    drawn = []
    for done in range(1, resampling.resamples + 1):
        drawn.append(figures(_counts(generator, rows)))
        progress(done, resampling.resamples)
    table = np.array(drawn)
    return tuple(_interval(column, resampling.confidence) for column in table.T)


def _counts(generator: np.random.Generator, rows: int) -> Floats:
    return np.bincount(generator.integers(rows, size=rows), minlength=rows).astype(np.float64)


def _interval(drawn: Floats, confidence: float) -> Interval | None:
    defined = drawn[~np.isnan(drawn)]
    if 2 * defined.size < drawn.size:
        return None
    low, high = np.quantile(defined, [(1.0 - confidence) / 2.0, (1.0 + confidence) / 2.0])
    return Interval(float(low), float(high), confidence)
