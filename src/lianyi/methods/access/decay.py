"""How much a way counts by what it costs: one kind of object for every measure of access and every back-end.

A weight is 1 for a way without cost, falls with the cost, and is 0 beyond the reach. The unit is that of the costs:
minutes, kilometres. Every bound is inclusive (`cost <= bound`) unless the object says ``Edge.EXCLUSIVE``
(`cost < bound`); published work uses both, and a place exactly on the edge of a zone then falls on different sides.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from lianyi.methods.access.weight_kernels import (
    EXPONENTIAL,
    GAUSSIAN,
    GIVEN,
    POLYNOMIAL,
    POWER,
    SHIFTED_GAUSSIAN,
    ZONES,
    DecayCode,
)
from lianyi.methods.errors import DistanceDecayError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lianyi.methods.arrays import Floats


MOST_ZONES: Final = 255
"""The zone of a way, and what lies beyond the last, is kept in one byte."""


class Edge(StrEnum):
    """Whether a cost that equals a bound is inside."""

    INCLUSIVE = "inclusive"
    EXCLUSIVE = "exclusive"


@dataclass(frozen=True, slots=True)
class Zones:
    """Weights in steps: the enhanced method of Luo and Qi (Health & Place 15, 2009, 1100-1107).

    Examples
    --------
    >>> Zones(((20, 1), (40, 0.68), (60, 0.22))).weights([0, 20, 20.5, 60, 61]).tolist()
    [1.0, 1.0, 0.68, 0.22, 0.0]
    """

    steps: tuple[tuple[float, float], ...]
    edge: Edge = Edge.INCLUSIVE

    def __post_init__(self) -> None:
        if not self.steps:
            raise DistanceDecayError("There are no zones; give at least one bound with its weight, such as 30:1.")
        if len(self.steps) > MOST_ZONES:
            raise DistanceDecayError(f"There are {len(self.steps)} zones; at most {MOST_ZONES} can be told apart.")
        previous = -math.inf
        for bound, weight in self.steps:
            _check_number("bound of a zone", bound, least=0.0)
            _check_number("weight of a zone", weight, least=0.0)
            if bound <= previous:
                message = f"The zone up to {bound:g} follows the zone up to {previous:g}; write the bounds rising."
                raise DistanceDecayError(message, bound=bound, previous=previous)
            previous = bound

    @property
    def reach(self) -> float:
        return float(self.steps[-1][0])

    def weights(self, costs: Iterable[float] | Floats) -> Floats:
        return self.code().of(np.asarray(costs, np.float64))

    def within(self, reach: float) -> Zones:
        """Return the zones cut at a shorter reach; zones beyond it are left out."""
        kept = [step for step in self.steps if step[0] < reach]
        if len(kept) < len(self.steps):
            kept.append((reach, self.steps[len(kept)][1]))
        return Zones(tuple(kept), self.edge)

    def code(self, power: int = 1) -> DecayCode:
        bounds = np.array([_inclusive(float(bound), self.edge) for bound, _weight in self.steps])
        weights = np.array([float(weight) ** power if weight > 0 else 0.0 for _bound, weight in self.steps])
        return DecayCode(ZONES, 0.0, 0.0, bounds, weights, power)


@dataclass(frozen=True, slots=True)
class Gaussian:
    """``exp(-cost^2 / (2 scale^2))`` up to the reach.

    Examples
    --------
    >>> Gaussian(scale=20, reach=60).weights([0, 20, 61]).round(6).tolist()
    [1.0, 0.606531, 0.0]
    """

    scale: float
    reach: float
    edge: Edge = Edge.INCLUSIVE

    def __post_init__(self) -> None:
        _check_number("scale", self.scale, above=0.0)
        _check_number("reach", self.reach, least=0.0)

    def weights(self, costs: Iterable[float] | Floats) -> Floats:
        return self.code().of(np.asarray(costs, np.float64))

    def code(self, power: int = 1) -> DecayCode:
        return _smooth(GAUSSIAN, 1.0 / self.scale, 0.0, self, power)


@dataclass(frozen=True, slots=True)
class FallingGaussian:
    """A Gaussian that falls to 0 at the reach (D. Dai, Health & Place 16, 2010, 1038-1052).

    ``(exp(-(cost / reach)^2 / 2) - exp(-1 / 2)) / (1 - exp(-1 / 2))``
    """

    reach: float
    edge: Edge = Edge.INCLUSIVE

    def __post_init__(self) -> None:
        _check_number("reach", self.reach, above=0.0)

    def weights(self, costs: Iterable[float] | Floats) -> Floats:
        return self.code().of(np.asarray(costs, np.float64))

    def code(self, power: int = 1) -> DecayCode:
        return _smooth(SHIFTED_GAUSSIAN, 1.0 / self.reach, math.exp(-0.5), self, power)


@dataclass(frozen=True, slots=True)
class Power:
    """``cost ^ -exponent`` up to the reach: the gravity law.

    A cost below `least_cost` counts as `least_cost`, since the law has no value at 0; with `least_cost` 0 a cost of 0
    is refused.

    Examples
    --------
    >>> Power(exponent=1, reach=60, least_cost=1).weights([0, 1, 40, 61]).tolist()
    [1.0, 1.0, 0.025, 0.0]
    """

    exponent: float
    reach: float
    least_cost: float = 0.0
    edge: Edge = Edge.INCLUSIVE

    def __post_init__(self) -> None:
        _check_number("exponent", self.exponent, above=0.0)
        _check_number("reach", self.reach, above=0.0)
        _check_number("least cost", self.least_cost, least=0.0)

    def weights(self, costs: Iterable[float] | Floats) -> Floats:
        return self.code().of(np.asarray(costs, np.float64))

    def code(self, power: int = 1) -> DecayCode:
        return _smooth(POWER, self.exponent, self.least_cost, self, power)


@dataclass(frozen=True, slots=True)
class Exponential:
    """``exp(-rate * cost)`` up to the reach."""

    rate: float
    reach: float
    edge: Edge = Edge.INCLUSIVE

    def __post_init__(self) -> None:
        _check_number("rate", self.rate, least=0.0)
        _check_number("reach", self.reach, least=0.0)

    def weights(self, costs: Iterable[float] | Floats) -> Floats:
        return self.code().of(np.asarray(costs, np.float64))

    def code(self, power: int = 1) -> DecayCode:
        return _smooth(EXPONENTIAL, self.rate, 0.0, self, power)


@dataclass(frozen=True, slots=True)
class Kernel:
    """``(1 - (cost / reach)^2) ^ order``: 1 is Epanechnikov's kernel, 2 the quartic one.

    With order 1 it is the decay of the kernel density method (D. Dai and F. Wang, Environment and Planning B 38, 2011,
    666-684) without its constant 3/4, which two-step measures do not feel.
    """

    reach: float
    order: int = 1
    edge: Edge = Edge.INCLUSIVE

    def __post_init__(self) -> None:
        _check_number("reach", self.reach, above=0.0)
        _check_number("order", self.order, least=1.0)

    def weights(self, costs: Iterable[float] | Floats) -> Floats:
        return self.code().of(np.asarray(costs, np.float64))

    def code(self, power: int = 1) -> DecayCode:
        return _smooth(POLYNOMIAL, 1.0 / self.reach, float(self.order), self, power)


@dataclass(frozen=True, slots=True)
class GivenWeights:
    """The numbers of the table of costs are the weights themselves, so nothing is computed from them."""

    @property
    def reach(self) -> float:
        return math.inf

    def weights(self, costs: Iterable[float] | Floats) -> Floats:
        return self.code().of(np.asarray(costs, np.float64))

    def code(self, power: int = 1) -> DecayCode:
        return DecayCode(GIVEN, 0.0, 0.0, np.array([math.inf]), np.array([1.0]), power)


Decay = Zones | Gaussian | FallingGaussian | Power | Exponential | Kernel | GivenWeights
_Smooth = Gaussian | FallingGaussian | Power | Exponential | Kernel


def catchment(reach: float, edge: Edge = Edge.INCLUSIVE) -> Zones:
    """Return the catchment of the two-step method: every way up to the reach counts alike."""
    return Zones(((reach, 1.0),), edge)


def _smooth(kind: int, first: float, second: float, decay: _Smooth, power: int) -> DecayCode:
    bounds = np.array([_inclusive(float(decay.reach), decay.edge)])
    if power == 0:
        kind = ZONES
    return DecayCode(kind, float(first), float(second), bounds, np.array([1.0]), power)


def _inclusive(bound: float, edge: Edge) -> float:
    """Return the bound for `<=`: below an excluded bound stands the largest number smaller than it."""
    return bound if edge is Edge.INCLUSIVE else math.nextafter(bound, -math.inf)


def _check_number(name: str, value: float, *, least: float | None = None, above: float | None = None) -> None:
    if math.isfinite(value) and (least is None or value >= least) and (above is None or value > above):
        return
    expected = f"at least {least:g}" if above is None else f"more than {above:g}"
    message = f"The {name} is {value}; it must be a finite number, {expected}."
    raise DistanceDecayError(message, field=name, given=value)
