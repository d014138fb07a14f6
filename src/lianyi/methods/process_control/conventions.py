"""The numbers of the method and of its rules, apart from the compiled loops: who names them loads no compiler."""

from __future__ import annotations

from typing import Final, NamedTuple

from lianyi.methods.arrays import Floats

LIMIT_FACTOR: Final = 2.66
"""Limits lie so many mean moving ranges from the mean: 3 divided by 1.128, in two decimals as the method is printed."""
NEAR_SHARE: Final = 2.0 / 3.0
SCREENING_FACTOR: Final = 3.267
"""Moving ranges from so many times their mean on are left out where they are screened."""
OUTSIDE: Final = 1
TREND: Final = 2
TWO_OF_THREE: Final = 4
SHIFT: Final = 8
RUN_LENGTH: Final = 7


class LimitLines(NamedTuple):
    """Limits of each point, a row for each series."""

    lower: Floats
    near_lower: Floats
    near_upper: Floats
    upper: Floats
