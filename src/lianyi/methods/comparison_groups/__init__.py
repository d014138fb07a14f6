"""What changed in units that were helped, beside units that were not: differences in differences over panels.

`panels`
    Units, periods, starts and clusters as one checked table.
`two_by_two`
    Two groups, before and after.
`fixed_effects`
    Two-way fixed effects and event study for a common start; refused where units begin at different times.
`group_time`, `covariates`, `averages`, `bands`
    Where they do: the effect on each cohort in each period, its averages, and a band that holds all of them together.
`leads`
    Whether the groups moved apart already before the start.
`imputation`
    The same mean effect from all untreated cells at once.
`wild_bootstrap`, `randomisation`
    For few clusters; placebo units and placebo dates.

Examples
--------
Four counties, of which two were helped from the third year on:

>>> panel, _left_out = panel_of(
...     PanelColumns(
...         units=["A"] * 4 + ["B"] * 4 + ["C"] * 4 + ["D"] * 4,
...         periods=[2021, 2022, 2023, 2024] * 4,
...         outcomes=[1.0, 2, 6, 7, 2, 3, 6, 8, 1, 2, 3, 4, 0, 1, 3, 3],
...         starts=[2023] * 8 + [0] * 8,
...     )
... )
>>> two_way_fixed_effects(panel).value
2.5
>>> simple_average(group_time_effects(panel)).overall
2.5
"""

from __future__ import annotations

from lianyi.methods.comparison_groups.averages import (
    Averages,
    calendar_average,
    dynamic_average,
    group_average,
    simple_average,
)
from lianyi.methods.comparison_groups.bands import Band, band_of_covariance, simultaneous_band
from lianyi.methods.comparison_groups.clusters import FEW_CLUSTERS, Estimate, cluster_warnings, estimate_of
from lianyi.methods.comparison_groups.covariates import Covariates
from lianyi.methods.comparison_groups.fixed_effects import (
    EventStudy,
    event_study,
    two_way_fixed_effects,
)
from lianyi.methods.comparison_groups.group_time import GroupTimeEffects, group_time_effects
from lianyi.methods.comparison_groups.imputation import imputed_average
from lianyi.methods.comparison_groups.leads import LeadsTest, leads_test, pre_trend, pre_trend_of_study
from lianyi.methods.comparison_groups.panels import NEVER, LeftOut, Panel, PanelColumns, panel_of
from lianyi.methods.comparison_groups.randomisation import PlaceboUnits, placebo_date, placebo_starts, placebo_units
from lianyi.methods.comparison_groups.two_by_two import Change, difference_of_changes, estimated_difference
from lianyi.methods.comparison_groups.wild_bootstrap import Draws, WildBootstrap, wild_cluster_bootstrap

__all__ = [
    "FEW_CLUSTERS",
    "NEVER",
    "Averages",
    "Band",
    "Change",
    "Covariates",
    "Draws",
    "Estimate",
    "EventStudy",
    "GroupTimeEffects",
    "LeadsTest",
    "LeftOut",
    "Panel",
    "PanelColumns",
    "PlaceboUnits",
    "WildBootstrap",
    "band_of_covariance",
    "calendar_average",
    "cluster_warnings",
    "difference_of_changes",
    "dynamic_average",
    "estimate_of",
    "estimated_difference",
    "event_study",
    "group_average",
    "group_time_effects",
    "imputed_average",
    "leads_test",
    "panel_of",
    "placebo_date",
    "placebo_starts",
    "placebo_units",
    "pre_trend",
    "pre_trend_of_study",
    "simple_average",
    "simultaneous_band",
    "two_way_fixed_effects",
    "wild_cluster_bootstrap",
]
