"""Group-time effects averaged: over all, by periods since the start, by cohort, by calendar period.

Callaway and Sant'Anna (2021), section 3: cohorts count by their size, and that these sizes are themselves estimated is
part of the error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lianyi.methods.arrays import Flags, Floats
from lianyi.methods.comparison_groups.clusters import Estimate, estimate_of
from lianyi.methods.comparison_groups.group_time import GroupTimeEffects, influence_errors
from lianyi.methods.proportions import DEFAULT_CONFIDENCE

Kind = Literal["simple", "dynamic", "group", "calendar"]


@dataclass(frozen=True, slots=True, eq=False)
class Averages:
    """Averages of one kind with their influences by cluster, and the average of these averages.

    ``labels`` are periods since the start, or columns of the panel for cohorts and calendar periods. Leads are not in
    the overall average.
    """

    kind: Kind
    labels: tuple[int, ...]
    values: Floats
    influence: Floats
    overall: float
    overall_influence: Floats
    effects: GroupTimeEffects

    @property
    def standard_errors(self) -> Floats:
        return influence_errors(self.influence, self.effects.panel)

    def estimates(self, confidence: float = DEFAULT_CONFIDENCE) -> tuple[Estimate, ...]:
        """Return each average with its own interval; all together are in `lianyi.methods.comparison_groups.bands`."""
        clusters = self.effects.panel.cluster_count
        return tuple(
            estimate_of(value, error, clusters, confidence)
            for value, error in zip(self.values.tolist(), self.standard_errors.tolist(), strict=True)
        )

    def overall_estimate(self, confidence: float = DEFAULT_CONFIDENCE) -> Estimate:
        error = float(influence_errors(self.overall_influence, self.effects.panel))
        return estimate_of(self.overall, error, self.effects.panel.cluster_count, confidence)


def simple_average(effects: GroupTimeEffects) -> Averages:
    """Return the mean over all treated cohorts and periods, each unit and period counted once.

    Examples
    --------
    >>> from lianyi.methods.comparison_groups.group_time import group_time_effects
    >>> from lianyi.methods.comparison_groups.panels import NEVER, Panel
    >>> outcomes = np.array([[1.0, 5, 6], [2, 3, 6], [1, 2, 3], [0, 2, 3]])
    >>> panel = Panel(outcomes, np.array([1, 2, NEVER, NEVER]), np.arange(4), tuple("ABCD"), (1, 2, 3))
    >>> effects = group_time_effects(panel)
    >>> [round(effect, 2) for effect in effects.effects.tolist()], simple_average(effects).overall
    ([2.5, 2.5, -0.5, 2.0], 2.333333333333333)
    """
    value, influence = _weighted(effects, effects.event_times >= 0)
    return Averages("simple", (), np.empty(0), np.empty((0, influence.size)), value, influence, effects)


def dynamic_average(effects: GroupTimeEffects) -> Averages:
    """Return the mean for each number of periods since the start; overall is the mean from the start on.

    Periods far from the start rest on the cohorts that have them: a trend there may be another mix of cohorts.
    """
    times = effects.event_times
    labels = np.unique(times)
    values, influence = _each(effects, [times == label for label in labels])
    return _with_mean(effects, "dynamic", labels, (values, influence), labels >= 0)


def calendar_average(effects: GroupTimeEffects) -> Averages:
    """Return for each period the mean over the cohorts treated by then."""
    is_after = effects.event_times >= 0
    labels = np.unique(effects.periods[is_after])
    values, influence = _each(effects, [is_after & (effects.periods == label) for label in labels])
    return _with_mean(effects, "calendar", labels, (values, influence), np.ones(labels.size, bool))


def group_average(effects: GroupTimeEffects) -> Averages:
    """Return for each cohort the mean over its treated periods; overall counts cohorts by their size."""
    is_after = effects.event_times >= 0
    labels = np.unique(effects.cohorts[is_after])
    own = [is_after & (effects.cohorts == label) for label in labels]
    values = np.array([effects.effects[cells].mean() for cells in own])
    influence = np.stack([effects.influence[cells].mean(axis=0) for cells in own])
    places = np.searchsorted(effects.panel.cohorts, labels)
    weights, of_shares = _normal_shares(effects, places, values)
    overall = float(weights @ values)
    return Averages(
        "group", tuple(labels.tolist()), values, influence, overall, weights @ influence + of_shares, effects
    )


def _each(effects: GroupTimeEffects, choices: list[Flags]) -> tuple[Floats, Floats]:
    found = [_weighted(effects, cells) for cells in choices]
    return np.array([value for value, _influence in found]), np.stack([influence for _value, influence in found])


def _weighted(effects: GroupTimeEffects, cells: Flags) -> tuple[float, Floats]:
    """Return the mean of these cells by the sizes of their cohorts, and its influence."""
    places = np.searchsorted(effects.panel.cohorts, effects.cohorts[cells])
    values = effects.effects[cells]
    weights, of_shares = _normal_shares(effects, places, values)
    return float(weights @ values), weights @ effects.influence[cells] + of_shares


def _normal_shares(effects: GroupTimeEffects, places: np.ndarray, values: Floats) -> tuple[Floats, Floats]:
    """Return weights that sum to 1, and what the estimated sizes of the cohorts add to the influence of the mean."""
    shares = effects.shares[places]
    total = shares.sum()
    weights = shares / total
    # Of shares that are known to one another the differences from the mean count.
    pull = (values - weights @ values) / total
    by_cohort = np.bincount(places, weights=pull, minlength=len(effects.shares))
    return weights, by_cohort @ effects.share_influence


def _with_mean(
    effects: GroupTimeEffects, kind: Kind, labels: np.ndarray, found: tuple[Floats, Floats], counted: Flags
) -> Averages:
    values, influence = found
    return Averages(
        kind,
        tuple(labels.tolist()),
        values,
        influence,
        float(values[counted].mean()),
        influence[counted].mean(axis=0),
        effects,
    )
