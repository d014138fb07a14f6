"""A decay as a function of the squared straight line on the unit sphere, so that no distance is computed for a pair.

Zones need only their bounds. A smooth decay is kept as cubic pieces, over the square for those that are smooth in it
and over the line itself for the others; how far they are from the decay is measured when they are made, and a decay
that pieces cannot follow to `WORST_ERROR` is computed for each pair instead.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from lianyi.methods.access.decay import Decay, GivenWeights, Power
from lianyi.methods.access.globe import distance_km, squared_chord
from lianyi.methods.access.weight_kernels import EXPONENTIAL, POWER, ZONES, DecayCode
from lianyi.methods.arrays import Floats
from lianyi.methods.coordinates import MEAN_EARTH_RADIUS_KM
from lianyi.methods.errors import DistanceDecayError

WORST_ERROR: Final = 1e-10
"""Largest error of a weight from pieces, as a share of the weight."""

# Weights below this share of the largest are judged as if they were so large.
_FAINT: Final = 1e-6

_FEWEST_PIECES = 256
_MOST_PIECES = 8192
_NODES = np.array([0.0, 1 / 3, 2 / 3, 1.0])
_BETWEEN = np.array([0.1, 0.2, 0.45, 0.55, 0.8, 0.9])

_NO_PIECES = np.zeros((1, 4))

BY_FALLING_ZONES: Final = 0
BY_ZONES: Final = 1
BY_PIECES_OF_SQUARE: Final = 2
BY_PIECES_OF_LINE: Final = 3
BY_FORMULA: Final = 4


class ChordWeights(NamedTuple):
    """What the compiled search takes."""

    kind: int
    bounds: Floats
    """Of squared chords, rising; the last is the reach."""
    angles: Floats
    """The same bounds as angles at the centre of the globe, in radians."""
    weights: Floats
    falls: Floats
    """By how much the weight falls behind each bound."""
    start: float
    """The square or line at which the first piece begins; below it the weight stays."""
    pieces_per_unit: float
    pieces: Floats
    """Four coefficients for each piece."""
    code: DecayCode
    error: float
    """The largest error found; 0 where nothing is approximated."""


def chord_weights(decay: Decay, power: int) -> ChordWeights:
    """Prepare a decay in kilometres.

    Raises
    ------
    DistanceDecayError
        When it has no reach or no weight at distance 0.
    """
    if isinstance(decay, GivenWeights):
        raise DistanceDecayError("Between points weights must come from a distance; give zones or a decay in km.")
    if isinstance(decay, Power) and decay.least_cost == 0:
        message = "The power law has no value at distance 0; give a least cost, such as half the width of a place."
        raise DistanceDecayError(message)
    code = decay.code(power)
    bounds = np.array([squared_chord(bound) for bound in code.bounds.tolist()])
    if code.kind != ZONES:
        return _in_pieces(code, bounds)
    kind = BY_FALLING_ZONES if (_falls(code) >= 0).all() else BY_ZONES
    return _looked_up(kind, code, bounds)


def _in_pieces(code: DecayCode, bounds: Floats) -> ChordWeights:
    is_line = code.kind in (EXPONENTIAL, POWER)
    start = squared_chord(code.second) if code.kind == POWER else 0.0
    end = min(float(bounds[-1]), 4.0)
    if is_line:
        start, end = math.sqrt(start), math.sqrt(end)
    count = _FEWEST_PIECES
    while end > start and count <= _MOST_PIECES:
        pieces, error = _fitted(code, np.linspace(start, end, count + 1), is_line)
        if error <= WORST_ERROR:
            kind = BY_PIECES_OF_LINE if is_line else BY_PIECES_OF_SQUARE
            return _looked_up(kind, code, bounds)._replace(
                start=start, pieces_per_unit=count / (end - start), pieces=pieces, error=error
            )
        count *= 2
    return _looked_up(BY_FORMULA, code, bounds)


def _looked_up(kind: int, code: DecayCode, bounds: Floats) -> ChordWeights:
    angles = code.bounds / MEAN_EARTH_RADIUS_KM
    return ChordWeights(kind, bounds, angles, code.weights, _falls(code), 0.0, 0.0, _NO_PIECES, code, 0.0)


def _falls(code: DecayCode) -> Floats:
    return np.append(code.weights[:-1] - code.weights[1:], code.weights[-1])


def _fitted(code: DecayCode, edges: Floats, is_line: bool) -> tuple[Floats, float]:  # noqa: FBT001
    from_powers = np.linalg.inv(np.vander(_NODES, 4, increasing=True))
    pieces = _weights_at(code, edges, _NODES, is_line) @ from_powers.T
    guess = pieces @ np.vander(_BETWEEN, 4, increasing=True).T
    true = _weights_at(code, edges, _BETWEEN, is_line)
    error = float((np.abs(guess - true) / (true + _FAINT * true.max())).max())
    return np.ascontiguousarray(pieces), error


def _weights_at(code: DecayCode, edges: Floats, shares: Floats, is_line: bool) -> Floats:  # noqa: FBT001
    """Return the weights at these shares of the way through each piece, one row for each piece."""
    at = edges[:-1, None] + np.diff(edges)[:, None] * shares
    distances = distance_km((at**2 if is_line else at).ravel())
    # The reach itself must not fall out by rounding.
    inside = np.minimum(distances, code.bounds[-1])
    return code.of(inside).reshape(at.shape)
