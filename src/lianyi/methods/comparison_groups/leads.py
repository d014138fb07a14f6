"""Did the groups move apart already before the start? All leads together, so that many of them give no alarm by chance.

The largest lead in standard errors is held against the largest of as many drawn together: normal with the correlation
of the leads, over the root of a chi-square (sup-t; J. L. Montiel Olea and M. Plagborg-Moller, Journal of Applied
Econometrics 34 (2019) 1-17). A Wald test does worse here: with 19 leads and 50 clusters, where nothing moves, it gives
an alarm in 38 of 100 panels, with 29 leads and 97 clusters in 52; this one in 5 to 8.

That no drift is found does not prove that the groups would have gone on alike (J. Roth, American Economic Review:
Insights 4 (2022) 305-322).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lianyi.methods.arrays import Floats
from lianyi.methods.comparison_groups.averages import Averages
from lianyi.methods.comparison_groups.bands import largest_drawn
from lianyi.methods.comparison_groups.fixed_effects import EventStudy
from lianyi.methods.comparison_groups.panels import Panel
from lianyi.methods.comparison_groups.wild_bootstrap import Draws


@dataclass(frozen=True, slots=True)
class LeadsTest:
    """Whether all leads are 0: the largest of them in standard errors, and how often chance gives one as large."""

    largest: float
    leads: int
    degrees_of_freedom: float
    p: float
    draws: Draws


def pre_trend(averages: Averages, draws: Draws) -> LeadsTest | None:
    """Return the test of all leads of dynamic averages; None without leads."""
    leads = np.array([label < 0 for label in averages.labels], dtype=bool)
    panel = averages.effects.panel
    influence = averages.influence[leads]
    covariance = influence @ influence.T / len(panel.units) ** 2
    return leads_test(averages.values[leads], covariance, comparison_degrees(panel), draws)


def pre_trend_of_study(study: EventStudy, panel: Panel, draws: Draws) -> LeadsTest | None:
    """Return the test of all leads of an event study; None without leads."""
    leads = [position for position, time in enumerate(study.event_times) if time < 0]
    values = np.array([study.estimates[position].value for position in leads])
    return leads_test(values, study.covariance[np.ix_(leads, leads)], comparison_degrees(panel), draws)


def leads_test(values: Floats, covariance: Floats, degrees_of_freedom: float, draws: Draws) -> LeadsTest | None:
    """Return how often the largest estimate would be as far from 0 if all were 0; None where none has an error.

    Examples
    --------
    One lead alone has the p of its own t test:

    >>> found = leads_test(np.array([2.228]), np.array([[1.0]]), 10, Draws(seed=1, count=20_000))
    >>> found.leads, round(found.p, 2)
    (1, 0.05)
    """
    errors = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    is_there = errors > 0
    if not is_there.any():
        return None
    correlation = (covariance / np.outer(np.where(is_there, errors, 1.0), np.where(is_there, errors, 1.0)))[
        np.ix_(is_there, is_there)
    ]
    largest = float(np.abs(values[is_there] / errors[is_there]).max())
    drawn = largest_drawn(correlation, degrees_of_freedom, draws)
    p = (1 + int((drawn >= largest).sum())) / (draws.count + 1)
    return LeadsTest(largest, int(is_there.sum()), degrees_of_freedom, p, draws)


def comparison_degrees(panel: Panel) -> float:
    """Return Welch's degrees of freedom for the smallest cohort of clusters beside the clusters it is compared with.

    B. L. Welch, Biometrika 34 (1947) 28-35, as if the changes of both varied alike. Where treated and other units share
    clusters, one less than the clusters.

    Examples
    --------
    >>> panel = Panel(np.zeros((30, 2)), np.repeat([1, -1], [10, 20]), np.arange(30), tuple(range(30)), (1, 2))
    >>> round(comparison_degrees(panel), 1)
    18.1
    """
    own = [np.unique(panel.clusters[panel.starts == start]) for start in panel.cohorts]
    others = np.unique(panel.clusters[~panel.is_treated])
    treated = np.concatenate(own)
    smallest = min(each.size for each in own)
    rest = others.size or panel.cluster_count - smallest
    shares = bool(np.isin(others, treated).any()) or treated.size > np.unique(treated).size
    if shares or min(smallest, rest) <= 1:
        return float(panel.cluster_count - 1)
    first, second = 1 / smallest, 1 / rest
    return float((first + second) ** 2 / (first**2 / (smallest - 1) + second**2 / (rest - 1)))
