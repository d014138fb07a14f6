"""Invented panels whose true effect is known, to try methods on: nothing in them was ever measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lianyi.methods.arrays import Floats
from lianyi.methods.comparison_groups.panels import NEVER, Panel


@dataclass(frozen=True, slots=True)
class InventedPanel:
    """How large a panel, how many cohorts begin in it, and what begins to grow with the start.

    Parameters
    ----------
    units, periods, cohorts
        Cohorts begin at equal distances within the middle 80 % of the periods.
    never_treated
        Share of the units that never begin.
    first_effect, growth
        The effect in the first treated period, and what each further period adds.
    carried_over
        Share of the noise of a period that goes on in the next (AR(1)).
    seed
        The same seed, the same panel.
    """

    units: int = 2800
    periods: int = 60
    cohorts: int = 10
    never_treated: float = 0.4
    first_effect: float = 0.5
    growth: float = 0.1
    carried_over: float = 0.5
    seed: int = 1


def invented_panel(wish: InventedPanel) -> tuple[Panel, float]:
    """Return a panel of these sizes, each unit a cluster, and its true mean effect over treated units and periods.

    Examples
    --------
    >>> panel, truth = invented_panel(InventedPanel(units=50, periods=10, cohorts=2))
    >>> panel.outcomes.shape, panel.cohorts.tolist(), int(panel.is_treated.sum())
    ((50, 10), [3, 6], 30)
    """
    generator = np.random.default_rng(wish.seed)
    beginnings = np.linspace(0.1, 0.9, wish.cohorts + 2)[1:-1] * wish.periods
    treated = wish.units - round(wish.units * wish.never_treated)
    starts = np.full(wish.units, NEVER)
    starts[:treated] = generator.permutation(np.resize(beginnings.astype(np.int64), treated))
    effects = _effects(wish, starts)
    outcomes = (
        generator.normal(10, 2, (wish.units, 1))
        + generator.normal(0, 1, wish.periods).cumsum() / 5
        + _noise(wish, generator)
        + effects
    )
    names = tuple(f"U{number}" for number in range(1, wish.units + 1))
    panel = Panel(outcomes, starts, np.arange(wish.units), names, tuple(range(1, wish.periods + 1)))
    return panel, float(effects[effects > 0].mean())


def _effects(wish: InventedPanel, starts: np.ndarray) -> Floats:
    since = np.arange(wish.periods) - np.where(starts == NEVER, wish.periods, starts)[:, None]
    return np.where(since >= 0, wish.first_effect + wish.growth * since, 0.0)


def _noise(wish: InventedPanel, generator: np.random.Generator) -> Floats:
    noise = generator.normal(0, 1, (wish.units, wish.periods))
    for period in range(1, wish.periods):
        noise[:, period] += wish.carried_over * noise[:, period - 1]
    return noise
