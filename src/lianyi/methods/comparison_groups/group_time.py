r"""Effects by cohort and period where units begin at different times.

B. Callaway and P. H. C. Sant'Anna, Difference-in-differences with multiple time periods, Journal of Econometrics 225
(2021) 200-230.
For the units that begin in period :math:`g` and a period :math:`t`, with the base period :math:`b`:

.. math:: ATT(g, t) = E[Y_t - Y_b \mid G = g] - E[Y_t - Y_b \mid C]

Controls :math:`C` are the units never treated, or those not yet treated in either period. From the start on the base
is the last period before it; before, it is the period just before :math:`t`, so that each effect there is a placebo.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.comparison_groups.clusters import cluster_sums
from lianyi.methods.comparison_groups.covariates import Adjustment, Covariates, adjusted_cell
from lianyi.methods.comparison_groups.errors import NoControlUnitsError
from lianyi.methods.comparison_groups.panels import Panel

Controls = Literal["never", "not-yet"]


@dataclass(frozen=True, slots=True, eq=False)
class GroupTimeEffects:
    """ATT(g, t) for each cell that can be estimated.

    ``cohorts`` and ``periods`` are columns of the panel, one pair for each cell. ``influence`` has a row for each cell
    and a column for each cluster: what the cluster adds to the error of the effect, on the scale of the mean over
    units. ``cohort_shares`` and ``share_influence`` say the same of the sizes of the cohorts, by which effects are
    averaged.
    """

    panel: Panel
    controls: Controls
    cohorts: Positions
    periods: Positions
    effects: Floats
    influence: Floats
    treated_units: Positions
    control_units: Positions
    shares: Floats
    share_influence: Floats
    without_controls: int
    """Cells that have no controls or nobody measured in both periods; they are left out."""

    @property
    def event_times(self) -> Positions:
        """Periods since the start for each cell, counted in periods of the panel."""
        return self.periods - self.cohorts

    @property
    def standard_errors(self) -> Floats:
        return influence_errors(self.influence, self.panel)


def influence_errors(influence: Floats, panel: Panel) -> Floats:
    """Return standard errors from influences by cluster.

    With units as clusters these are the errors of the paper; larger clusters get the factor G/(G-1) of the variance.
    """
    clusters = panel.cluster_count
    factor = 1.0 if panel.has_unit_clusters else clusters / max(clusters - 1, 1)
    return np.asarray(np.sqrt(factor * (influence**2).sum(axis=-1)) / len(panel.units))


def group_time_effects(
    panel: Panel,
    controls: Controls = "never",
    covariates: Covariates | None = None,
    adjustment: Adjustment = "doubly-robust",
) -> GroupTimeEffects:
    """Return the effect on each cohort in each period but the first.

    Where cells of the panel are missing, an effect rests on the units measured in both its periods.

    Parameters
    ----------
    controls
        Units never treated within the panel, or all that are not yet treated in the two periods compared.
    covariates
        What changes may depend on: taken in the base period of each effect.
    adjustment
        ``regression`` of the controls' changes on the covariates, or ``doubly-robust`` with a model of who is treated.

    Raises
    ------
    NoControlUnitsError
        When no cell has controls.
    CovariateError
        When covariates are missing or tell treated from controls without exception.

    Examples
    --------
    >>> from lianyi.methods.comparison_groups.panels import NEVER
    >>> outcomes = np.array([[1.0, 2, 6], [2, 3, 6], [1, 2, 3], [0, 2, 3]])
    >>> panel = Panel(outcomes, np.array([2, 2, NEVER, NEVER]), np.arange(4), tuple("ABCD"), (1, 2, 3))
    >>> found = group_time_effects(panel)
    >>> found.event_times.tolist(), found.effects.tolist()
    ([-1, 0], [-0.5, 2.5])
    """
    blocks = [_cohort_block(panel, int(cohort), controls, (covariates, adjustment)) for cohort in panel.cohorts]
    cells = np.concatenate([block.effects for block in blocks])
    is_there = ~np.isnan(cells)
    if not is_there.any():
        message = f"No period has controls of the kind “{controls}”. Add units that were never treated" + (
            ", or compare with those not yet treated (not-yet)." if controls == "never" else "."
        )
        raise NoControlUnitsError(message, controls=controls)
    shares, share_influence = _shares(panel)
    count = len(panel.periods) - 1
    return GroupTimeEffects(
        panel=panel,
        controls=controls,
        cohorts=panel.cohorts.repeat(count)[is_there],
        periods=np.tile(np.arange(1, count + 1), len(blocks))[is_there],
        effects=cells[is_there],
        influence=np.concatenate([block.influence for block in blocks])[is_there],
        treated_units=np.concatenate([block.treated for block in blocks])[is_there],
        control_units=np.concatenate([block.controls for block in blocks])[is_there],
        shares=shares,
        share_influence=share_influence,
        without_controls=int((~is_there).sum()),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """All periods but the first of one cohort; NaN where there is no effect."""

    effects: Floats
    influence: Floats
    treated: Positions
    controls: Positions


def _cohort_block(panel: Panel, cohort: int, controls: Controls, model: tuple[Covariates | None, Adjustment]) -> _Block:
    periods = np.arange(1, len(panel.periods))
    bases = np.where(periods >= cohort, cohort - 1, periods - 1)
    changes = (panel.outcomes[:, periods] - panel.outcomes[:, bases]).T
    is_cohort = panel.starts == cohort
    is_control = _control_cells(panel, cohort, np.maximum(periods, bases), controls)
    if model[0] is None:
        return _plain_block(panel, changes, is_cohort, is_control)
    return _adjusted_block(panel, (changes, bases), is_cohort, is_control, (model[0], model[1]))


def _control_cells(panel: Panel, cohort: int, latest: Positions, controls: Controls) -> Flags:
    """Return for each period which units serve as controls of the cohort."""
    if controls == "never":
        return np.broadcast_to(~panel.is_treated, (len(latest), len(panel.units)))
    return np.asarray((panel.starts > latest[:, None]) & (panel.starts != cohort))


def _plain_block(panel: Panel, changes: Floats, is_cohort: Flags, is_control: Flags) -> _Block:
    treated, counted = _centred(changes, np.flatnonzero(is_cohort), None)
    used = np.flatnonzero(is_control.any(axis=0))
    others, compared = _centred(changes, used, is_control[:, used])
    scale = float(len(panel.units))
    influence = np.zeros((len(changes), panel.cluster_count))
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = (
            (np.flatnonzero(is_cohort), treated.left * (scale / counted)[:, None]),
            (used, -others.left * (scale / compared)[:, None]),
        )
    for units, values in parts:
        _add_to_clusters(influence, values, panel, units)
    return _Block(treated.means - others.means, influence, counted.astype(np.int64), compared.astype(np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class _Centred:
    means: Floats
    left: Floats


def _centred(changes: Floats, units: Positions, is_used: Flags | None) -> tuple[_Centred, Floats]:
    """Return means over the units that are measured and used, and what each is away from it; 0 elsewhere."""
    own = changes[:, units]
    is_there = ~np.isnan(own) if is_used is None else is_used & ~np.isnan(own)
    counts = is_there.sum(axis=1).astype(np.float64)
    if is_there.all():
        means = own.mean(axis=1) if own.shape[1] else np.full(len(own), np.nan)
        return _Centred(means, own - means[:, None]), counts
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.where(is_there, own, 0.0).sum(axis=1) / counts
    return _Centred(means, np.where(is_there, own - means[:, None], 0.0)), counts


def _add_to_clusters(influence: Floats, values: Floats, panel: Panel, units: Positions) -> None:
    """Add values of units to the columns of their clusters."""
    if panel.has_unit_clusters:
        influence[:, panel.clusters[units]] += values
    elif units.size:
        sums = cluster_sums(values.T, panel.clusters[units]).T
        influence[:, : sums.shape[1]] += sums


def _adjusted_block(
    panel: Panel,
    changed: tuple[Floats, Positions],
    is_cohort: Flags,
    is_control: Flags,
    model: tuple[Covariates, Adjustment],
) -> _Block:
    changes, bases = changed
    effects = np.full(len(changes), np.nan)
    influence = np.zeros((len(changes), panel.cluster_count))
    treated, compared = np.zeros(len(changes), np.int64), np.zeros(len(changes), np.int64)
    for row, base in enumerate(bases.tolist()):
        design = model[0].design(base)
        is_there = ~np.isnan(changes[row]) & ~np.isnan(design).any(axis=1)
        units = np.flatnonzero(is_there & (is_cohort | is_control[row]))
        is_one = is_cohort[units]
        treated[row], compared[row] = is_one.sum(), (~is_one).sum()
        if not treated[row] or not compared[row]:
            continue
        effects[row], own = adjusted_cell(changes[row, units], is_one, design[units], model[1])
        scaled = own * (len(panel.units) / len(units))
        _add_to_clusters(influence[row : row + 1], scaled[None], panel, units)
    return _Block(effects, influence, treated, compared)


def _shares(panel: Panel) -> tuple[Floats, Floats]:
    """Return the share of each cohort among all units, and its influence by cluster."""
    belongs = (panel.starts[:, None] == panel.cohorts).astype(np.float64)
    shares = belongs.mean(axis=0)
    return shares, cluster_sums(belongs - shares, panel.clusters).T
