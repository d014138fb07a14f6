"""Small invented panels for the tests of comparison groups and synthetic controls."""

from __future__ import annotations

import numpy as np

from lianyi.methods.comparison_groups import NEVER, Panel, PanelColumns

HELPED_COUNTIES = (
    # County, helper, first year of help (0: never), patients kept in the county in 2020 to 2023, %.
    ("Ceheng", "Huicheng", 2022, (60.0, 61.0, 66.0, 68.0)),
    ("Wangmo", "Huicheng", 2022, (58.0, 58.5, 63.0, 66.0)),
    ("Shizhu", "Zibo", 2022, (70.0, 70.5, 72.5, 75.0)),
    ("Pengshui", "Zibo", 2022, (66.0, 68.0, 71.0, 72.0)),
    ("Luodian", "none A", 0, (61.0, 62.0, 63.0, 63.5)),
    ("Changshun", "none B", 0, (64.0, 64.0, 65.5, 66.0)),
    ("Youyang", "none C", 0, (68.0, 69.5, 70.0, 71.5)),
    ("Xiushan", "none D", 0, (72.0, 72.5, 73.0, 75.0)),
)


def long_columns(counties=HELPED_COUNTIES, first_year=2020):
    """Return the counties as a long table, a list for each column."""
    table = {"county": [], "helper": [], "start": [], "year": [], "kept": []}
    for county, helper, start, kept in counties:
        for number, value in enumerate(kept):
            for name, cell in zip(table, (county, helper, start, first_year + number, value), strict=True):
                table[name].append(cell)
    return table


def panel_columns(counties=HELPED_COUNTIES):
    table = long_columns(counties)
    return PanelColumns(table["county"], table["year"], table["kept"], table["start"], table["helper"])


def drawn_panel(seed, units=24, periods=6, starts=(2, 4), clusters=None, missing=0.0):
    """Return a panel of noise around unit and period effects; a third of the units is never treated."""
    generator = np.random.default_rng(seed)
    outcomes = (
        generator.normal(size=(units, 1)) + generator.normal(size=periods) + generator.normal(size=(units, periods))
    )
    outcomes[generator.random(outcomes.shape) < missing] = np.nan
    outcomes[:, 0] = np.where(np.isnan(outcomes).all(axis=1), 0.0, outcomes[:, 0])
    begun = np.resize(np.array([NEVER, *starts]), units)
    own = np.arange(units) if clusters is None else np.arange(units) % clusters
    return Panel(outcomes, begun, own, tuple(range(units)), tuple(range(periods)))
