"""Funnel plots: units of different size against one target, with limits that allow for what units differ by anyway.

Ratios on the scale of summary hospital mortality (logarithm) or of the Care Quality Commission (square root), shares by
the arcsine. Use them to see which unit to visit first; a league table of the same figures ranks chance.

Examples
--------
>>> proportion_funnel([4, 30, 45], [10, 200, 250]).verdicts[0]
<Verdict.TOO_SMALL: 'too-small'>
"""

from __future__ import annotations

from lianyi.methods.funnels.dispersion import Adjustment, Dispersion, Extremes, dispersion
from lianyi.methods.funnels.funnel import (
    FEWEST_UNITS,
    Z_95,
    Z_998,
    Funnel,
    FunnelWish,
    Limits,
    SmallUnits,
    Verdict,
    proportion_funnel,
    ratio_funnel,
)
from lianyi.methods.funnels.scales import Scale

__all__ = [
    "FEWEST_UNITS",
    "Z_95",
    "Z_998",
    "Adjustment",
    "Dispersion",
    "Extremes",
    "Funnel",
    "FunnelWish",
    "Limits",
    "Scale",
    "SmallUnits",
    "Verdict",
    "dispersion",
    "proportion_funnel",
    "ratio_funnel",
]
