"""How much units differ beyond chance, and limits that allow for it.

D. J. Spiegelhalter, Statistics in Medicine 24 (2005) 1185-1202; Spiegelhalter and others, Journal of the Royal
Statistical Society A 175 (2012) 1-47. The trimming and the estimate of variance are those of FunnelPlotR.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from lianyi.methods.arrays import Flags, Floats
from lianyi.methods.funnels.errors import FunnelTrimmingError

_HALF: Final = 0.5


class Extremes(StrEnum):
    """What is done with the most extreme units before it is judged how much the others differ."""

    WINSORISED = "winsorised"
    """They are pulled in to the tenth and ninetieth percentile (Care Quality Commission)."""
    TRUNCATED = "truncated"
    """They are left out of the estimate (summary hospital mortality)."""
    KEPT = "kept"
    """They count in full, and hide themselves by widening the limits."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """How overdispersion is estimated.

    Raises
    ------
    FunnelTrimmingError
        When half of the units or more would be trimmed at each end.
    """

    extremes: Extremes = Extremes.WINSORISED
    trimmed_share: float = 0.1
    """At each end."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.trimmed_share < _HALF:
            message = f"{self.trimmed_share} of the units at each end leaves none. Give less than 0.5, such as 0.1."
            raise FunnelTrimmingError(message, given=self.trimmed_share)


@dataclass(frozen=True, slots=True)
class Dispersion:
    """Phi, 1 when units differ by chance only, and tau squared, their variance on the scale of the funnel."""

    phi: float
    tau2: float
    units: int
    """Units that the estimate rests on."""


WINSORISED: Final = Adjustment()


def dispersion(z: Floats, errors: Floats, adjustment: Adjustment = WINSORISED) -> Dispersion:
    """Return phi, the mean square of the trimmed z, and tau squared by the method of moments, 0 where phi is small.

    Examples
    --------
    >>> found = dispersion(np.array([-3.0, -1, 0, 1, 3]), np.full(5, 0.1), Adjustment(Extremes.KEPT))
    >>> round(found.phi, 3), round(found.tau2, 4)
    (4.0, 0.04)
    """
    trimmed, kept = _trimmed(z, adjustment)
    units = len(trimmed)
    if not units:
        return Dispersion(math.nan, 0.0, 0)
    phi = float(np.mean(trimmed * trimmed))
    weights = 1.0 / errors[kept] ** 2
    excess = units * phi - (units - 1)
    room = float(weights.sum() - (weights * weights).sum() / weights.sum())
    return Dispersion(phi, max(0.0, excess / room) if room > 0.0 else 0.0, units)


def _trimmed(z: Floats, adjustment: Adjustment) -> tuple[Floats, Flags]:
    everyone = np.ones(len(z), dtype=bool)
    if adjustment.extremes is Extremes.KEPT or not len(z):
        return z, everyone
    low, high = np.quantile(z, [adjustment.trimmed_share, 1.0 - adjustment.trimmed_share])
    if adjustment.extremes is Extremes.WINSORISED:
        return np.clip(z, low, high), everyone
    kept = (z >= low) & (z <= high)
    return z[kept], kept
