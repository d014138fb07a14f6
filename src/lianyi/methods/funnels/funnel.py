"""Funnels: every unit against one target, with limits that are wide for small units. No ranks are made of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from lianyi.methods.arrays import Flags, Floats
from lianyi.methods.false_discovery import adjusted_p_values
from lianyi.methods.funnels.dispersion import Adjustment, Dispersion, dispersion
from lianyi.methods.funnels.errors import FunnelCountError, FunnelTransformError, FunnelUnitsError
from lianyi.methods.funnels.exact import exact_ratio_limit, exact_share_limit
from lianyi.methods.funnels.scales import TRANSFORMS, Scale, Transform

Z_95: Final = 1.959963984540054
Z_998: Final = 3.090232306167813
FEWEST_UNITS: Final = 3
"""Fewer units say nothing about how much units differ."""


class Verdict(StrEnum):
    """Where a unit lies. It says that a unit differs, not that it is good or bad."""

    WITHIN = "within"
    ABOVE_95 = "above-95"
    BELOW_95 = "below-95"
    ABOVE_998 = "above-99.8"
    BELOW_998 = "below-99.8"
    TOO_SMALL = "too-small"
    """So few cases that nothing may be said of it, wherever it lies."""


@dataclass(frozen=True, slots=True)
class SmallUnits:
    """Which units are too small to be called out.

    A normal curve wants about five expected events, and for shares five expected cases without one; that is a rule of
    thumb, not a law. A bureau that hides smaller figures gives its own numbers.
    """

    least_expected: float = 5.0
    least_total: float = 20.0


@dataclass(frozen=True, slots=True)
class FunnelWish:
    """How a funnel is made."""

    adjustment: Adjustment = field(default_factory=Adjustment)
    small_units: SmallUnits = field(default_factory=SmallUnits)


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """Lower and upper limits of units of given sizes, on the scale of the figures."""

    low_95: Floats
    high_95: Floats
    low_998: Floats
    high_998: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Funnel:
    """One value for each unit, in the order given."""

    scale: Scale
    target: float
    """1 for ratios, the share of all together for shares."""
    values: Floats
    sizes: Floats
    """Expected events, or cases."""
    z: Floats
    """Distance from the target in standard errors, without overdispersion."""
    dispersion: Dispersion
    adjusted_z: Floats
    """The same with the variance between units added."""
    too_small: Flags

    def limits_at(self, sizes: npt.ArrayLike) -> Limits:
        """Return the limits, overdispersion allowed for, of units of these sizes."""
        return self._limits(np.asarray(sizes, np.float64), self.dispersion.tau2)

    def unadjusted_limits_at(self, sizes: npt.ArrayLike) -> Limits:
        """Return limits that take all differences for chance."""
        return self._limits(np.asarray(sizes, np.float64), 0.0)

    def exact_limits_at(self, sizes: npt.ArrayLike) -> Limits:
        """Return limits from the distribution of the counts, Poisson or binomial, without overdispersion."""
        at = np.asarray(sizes, np.float64)
        if self.scale is Scale.ARCSINE:
            found = [exact_share_limit(at, self.target, probability) for probability in _PROBABILITIES]
        else:
            found = [exact_ratio_limit(at, probability) for probability in _PROBABILITIES]
        return Limits(*found)

    def _limits(self, sizes: Floats, tau2: float) -> Limits:
        transform = TRANSFORMS[self.scale]
        middle = transform.there(np.asarray(self.target))
        spread = np.sqrt(transform.error(sizes) ** 2 + tau2)
        return Limits(*(transform.back(middle + z * spread) for z in (-Z_95, Z_95, -Z_998, Z_998)))

    @property
    def p_values(self) -> Floats:
        """The chance to lie so far from the target on either side; NaN for units that are too small."""
        return np.where(self.too_small, np.nan, 2.0 * ndtr(-np.abs(self.adjusted_z)))

    @property
    def false_discovery_rates(self) -> Floats:
        """For each unit the share of false alarms among all that lie as far out: `lianyi.methods.false_discovery`."""
        return adjusted_p_values(self.p_values)

    @property
    def verdicts(self) -> list[Verdict]:
        """Where each unit lies; small units are not called out."""
        pairs = zip(self.adjusted_z.tolist(), self.too_small.tolist(), strict=True)
        return [Verdict.TOO_SMALL if small else _verdict(z) for z, small in pairs]

    @property
    def expected_outside_998(self) -> float:
        """Units beyond the outer limits by chance alone, 2 in 1,000."""
        return float((~self.too_small).sum()) * 2.0 * float(ndtr(-Z_998))


_PROBABILITIES: Final = (0.025, 0.975, 0.001, 0.999)


def ratio_funnel(
    observed: npt.ArrayLike,
    expected: npt.ArrayLike,
    scale: Scale = Scale.SQUARE_ROOT,
    wish: FunnelWish | None = None,
) -> Funnel:
    """Return a funnel of observed over expected events with the target 1.

    Raises
    ------
    FunnelUnitsError, FunnelCountError, FunnelTransformError
        When something cannot be used; the message names the unit.

    Examples
    --------
    >>> funnel = ratio_funnel([15, 40, 72, 28, 50, 66, 75], [13, 32, 75, 33, 54, 60, 72])
    >>> funnel.z.round(4).tolist()
    [0.5349, 1.3354, -0.3499, -0.9061, -0.5548, 0.7561, 0.3499]
    >>> round(funnel.dispersion.phi, 5), funnel.dispersion.tau2
    (0.40998, 0.0)
    """
    asked = wish or FunnelWish()
    events, sizes = _columns("observed", observed, "expected", expected)
    _refuse(sizes <= 0, lambda unit: f"{sizes[unit]:g} events are expected; there must be more than 0")
    if scale is Scale.ARCSINE:
        raise FunnelTransformError("The arcsine is for shares. Give logarithm or square-root for ratios.", scale=scale)
    if scale is Scale.LOGARITHM:
        _refuse(
            events == 0, lambda _unit: "it has no events and so no logarithm. Use square-root", FunnelTransformError
        )
    return _funnel(scale, events / sizes, sizes, 1.0, sizes < asked.small_units.least_expected, asked)


def proportion_funnel(events: npt.ArrayLike, totals: npt.ArrayLike, wish: FunnelWish | None = None) -> Funnel:
    """Return a funnel of shares with the share of all together as its target.

    Raises
    ------
    FunnelUnitsError, FunnelCountError
        When something cannot be used; the message names the unit.

    Examples
    --------
    >>> funnel = proportion_funnel([12, 30, 45, 18, 60, 25, 80, 9], [100, 200, 250, 150, 260, 240, 400, 120])
    >>> round(funnel.target, 7), round(funnel.dispersion.phi, 6), round(funnel.dispersion.tau2, 8)
    (0.1622093, 3.494985, 0.0035711)
    >>> limits = funnel.limits_at([120])
    >>> round(float(limits.low_998[0]), 4), round(float(limits.high_998[0]), 4)
    (0.0328, 0.3633)
    """
    asked = wish or FunnelWish()
    parts, wholes = _columns("events", events, "totals", totals)
    _refuse(wholes <= 0, lambda unit: f"{wholes[unit]:g} cases; there must be more than 0")
    _refuse(parts > wholes, lambda unit: f"{parts[unit]:g} events of {wholes[unit]:g} cases")
    pooled = float(parts.sum() / wholes.sum())
    rarer = min(pooled, 1.0 - pooled)
    too_small = (wholes * rarer < asked.small_units.least_expected) | (wholes < asked.small_units.least_total)
    return _funnel(Scale.ARCSINE, parts / wholes, wholes, pooled, too_small, asked)


def _funnel(scale: Scale, values: Floats, sizes: Floats, target: float, too_small: Flags, wish: FunnelWish) -> Funnel:
    transform: Transform = TRANSFORMS[scale]
    errors = transform.error(sizes)
    distances = transform.there(values) - transform.there(np.asarray(target))
    z = distances / errors
    found = dispersion(z, errors, wish.adjustment)
    adjusted = distances / np.sqrt(errors**2 + found.tau2)
    return Funnel(scale, target, values, sizes, z, found, adjusted, too_small)


def _verdict(z: float) -> Verdict:
    if abs(z) <= Z_95:
        return Verdict.WITHIN
    if abs(z) <= Z_998:
        return Verdict.ABOVE_95 if z > 0 else Verdict.BELOW_95
    return Verdict.ABOVE_998 if z > 0 else Verdict.BELOW_998


def _columns(name: str, counts: npt.ArrayLike, of_name: str, sizes: npt.ArrayLike) -> tuple[Floats, Floats]:
    first, second = np.asarray(counts, np.float64), np.asarray(sizes, np.float64)
    if first.ndim != 1 or first.shape != second.shape:
        message = f"{name} has the shape {first.shape}, {of_name} {second.shape}. Give one of each for every unit."
        raise FunnelUnitsError(message, shapes=(first.shape, second.shape))
    if len(first) < FEWEST_UNITS:
        message = f"{len(first)} units: a funnel compares {FEWEST_UNITS} or more. One unit over time needs a chart."
        raise FunnelUnitsError(message, units=len(first))
    _refuse_impossible(first, name)
    _refuse_impossible(second, of_name)
    return first, second


def _refuse_impossible(column: Floats, name: str) -> None:
    _refuse(~np.isfinite(column), lambda _unit: f"{name} is missing. Leave the unit out and say so")
    _refuse(column < 0, lambda unit: f"{name} is {column[unit]:g}; it must be 0 or more")


def _refuse(
    is_bad: Flags, told: Callable[[int], str], error: type[FunnelCountError | FunnelTransformError] = FunnelCountError
) -> None:
    if is_bad.any():
        unit = int(np.argmax(is_bad))
        raise error(f"Record {unit + 1}: {told(unit)}.", position=unit)
