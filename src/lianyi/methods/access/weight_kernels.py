"""The weight of a cost as compiled code, the same for every back-end."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from lianyi.methods.arrays import Floats
from lianyi.methods.compiling import compiled

ZONES = 0
GAUSSIAN = 1
SHIFTED_GAUSSIAN = 2
POWER = 3
EXPONENTIAL = 4
POLYNOMIAL = 5
GIVEN = 6


class DecayCode(NamedTuple):
    """A decay as numbers that compiled code reads.

    `power` is the exponent to which weights are raised: 1, 2, or 0, which makes every weight above 0 a 1.
    """

    kind: int
    first: float
    second: float
    bounds: Floats
    """Inclusive upper bounds in rising order, the last of which is the reach."""
    weights: Floats
    """The weight of each zone, raised already; one 1.0 for the smooth decays."""
    power: int

    def of(self, costs: Floats) -> Floats:
        """Return the weights of the costs."""
        return weights_of_costs(costs, self)


@compiled
def weight_beyond_zones(cost: float, kind: int, first: float, second: float, power: int) -> float:
    """Return the weight of a cost within the reach, raised to the power 0, 1 or 2; 0 stays 0 whatever the power.

    Only numbers come in: counting the users of an array for each pair would take longer than the weight.
    """
    weight = cost if kind == GIVEN else smooth_weight(cost, kind, first, second)
    if power == 0:
        return 1.0 if weight > 0.0 else 0.0
    return weight if power == 1 else weight * weight


@compiled
def smooth_weight(cost: float, kind: int, first: float, second: float) -> float:
    """Return the weight of a cost within the reach."""
    if kind == GAUSSIAN:
        return math.exp(-0.5 * (cost * first) ** 2)
    if kind == SHIFTED_GAUSSIAN:
        return (math.exp(-0.5 * (cost * first) ** 2) - second) / (1.0 - second)
    if kind == POWER:
        return float(max(cost, second) ** -first)
    if kind == EXPONENTIAL:
        return math.exp(-first * cost)
    return float((1.0 - (cost * first) ** 2) ** second)


@compiled
def weights_of_costs(costs: Floats, code: DecayCode) -> Floats:
    """Return the weights of many costs."""
    bounds, weights = code.bounds, code.weights
    kind, first, second, power = code.kind, code.first, code.second, code.power
    found = np.zeros(costs.size, np.float64)
    for pair in range(costs.size):
        cost = costs[pair]
        if cost <= bounds[-1]:
            if kind == ZONES:
                zone = 0
                while cost > bounds[zone]:
                    zone += 1
                found[pair] = weights[zone]
            else:
                found[pair] = weight_beyond_zones(cost, kind, first, second, power)
    return found
