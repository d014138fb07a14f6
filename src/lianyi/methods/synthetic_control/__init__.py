"""Synthetic control: what donors, weighted, say would have become of units that were helped.

`controls`
    Weights, gaps, fit and placebo ranks, for many treated units at once.
`differences`
    Synthetic difference in differences, with the error of placebos.
`simplex`
    The search for the weights.

Examples
--------
>>> import numpy as np
>>> donors = np.array([[1.0, 2, 3, 4], [3, 4, 5, 8], [9, 0, 9, 0]])
>>> synthetic_controls(np.array([[2.0, 3, 9, 9]]), donors, start=2).effects.round(6).tolist()
[4.0]
"""

from __future__ import annotations

from lianyi.methods.synthetic_control.controls import (
    PlaceboRanks,
    Predictors,
    SyntheticControls,
    placebo_ranks,
    synthetic_controls,
)
from lianyi.methods.synthetic_control.differences import (
    SyntheticDifference,
    synthetic_difference,
    synthetic_difference_with_error,
)
from lianyi.methods.synthetic_control.simplex import optimality_gaps, simplex_weights

__all__ = [
    "PlaceboRanks",
    "Predictors",
    "SyntheticControls",
    "SyntheticDifference",
    "optimality_gaps",
    "placebo_ranks",
    "simplex_weights",
    "synthetic_controls",
    "synthetic_difference",
    "synthetic_difference_with_error",
]
