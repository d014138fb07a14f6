"""Compiled sums over the points around points.

Targets and sources stand in bands of latitude and by longitude within a band. For targets of one band and sources of
another the sources that can be in reach lie in a window of longitude that only moves on from target to target. For
zones there is also an inner window whose sources are certainly within the bound: they are summed by one subtraction of
running sums, and only the pairs between the two windows are looked at.
"""

from __future__ import annotations

import math

import numpy as np

from lianyi.methods.access.banded import Band, Block, Points, Sources, Values, Vectors, Windows
from lianyi.methods.access.chord_weights import BY_FALLING_ZONES, BY_FORMULA, BY_PIECES_OF_LINE, BY_ZONES, ChordWeights
from lianyi.methods.access.weight_kernels import weight_beyond_zones
from lianyi.methods.arrays import Floats, Positions
from lianyi.methods.compiling import compiled, compiled_with_free_sums
from lianyi.methods.coordinates import MEAN_EARTH_RADIUS_KM

# Wider than a ring, so that the window holds it from either end.
_WHOLE_RING = 7.0
_NONE = -1.0
ALL_ZONES = -1
# Rounding of a window must not lose a point on its edge; a point too many is looked at and left out.
_SLACK = 1e-9


@compiled
def outer_window(first_band: int, second_band: int, height: float, reach: float) -> float:
    """Return how far apart in longitude points of two bands can be within the reach, all in radians.

    From the haversine formula, with the least difference of latitude and the smallest cosines that the bands hold;
    more than pi for a whole ring, below 0 when the bands are too far apart.
    """
    gap = max(0.0, (abs(first_band - second_band) - 1) * height)
    if gap > reach * (1.0 + _SLACK) + _SLACK * height:
        return _NONE
    if reach >= math.pi:
        return _WHOLE_RING
    rest = max(0.0, math.sin(reach / 2) ** 2 - math.sin(gap / 2) ** 2)
    cosines = _least_cosine(first_band, height) * _least_cosine(second_band, height)
    if rest >= cosines:
        return _WHOLE_RING
    found = 2.0 * math.asin(math.sqrt(rest / cosines)) * (1.0 + _SLACK) + 1e-12
    return found if found < math.pi - _SLACK else _WHOLE_RING


@compiled
def inner_window(first_band: int, second_band: int, height: float, reach: float) -> float:
    """Return up to which difference of longitude all points of two bands are within the reach; below 0 for none."""
    gap = (abs(first_band - second_band) + 1) * height
    if reach >= math.pi or gap >= reach:
        return _NONE
    rest = math.sin(reach / 2) ** 2 - math.sin(gap / 2) ** 2
    cosines = _largest_cosine(first_band, height) * _largest_cosine(second_band, height)
    if rest >= cosines:
        # The whole ring is within the reach; the outer window is then looked at pair by pair.
        return _NONE
    return 2.0 * math.asin(math.sqrt(rest / cosines)) * (1.0 - _SLACK) - 1e-12


@compiled
def _least_cosine(band: int, height: float) -> float:
    south = band * height - math.pi / 2
    return max(0.0, math.cos(max(abs(south), abs(south + height))))


@compiled
def _largest_cosine(band: int, height: float) -> float:
    south = band * height - math.pi / 2
    return 1.0 if south <= 0.0 <= south + height else math.cos(min(abs(south), abs(south + height)))


@compiled
def first_at_least(sorted_values: Floats, low: int, high: int, least: float) -> int:
    """Return the first position in [low, high) whose value is at least `least`; `high` if none is."""
    while low < high:
        middle = (low + high) // 2
        if sorted_values[middle] < least:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def move_window(
    lows: Positions, highs: Positions, longitudes: Floats, band: Band, width: float, west_by: float
) -> None:
    """Write for each target which sources of the band are within `width` of its longitude less `west_by`."""
    sources, begin, stop = band
    low = first_at_least(sources, begin, stop, longitudes[0] - west_by - width)
    high = low
    for target in range(longitudes.size):
        centre = longitudes[target] - west_by
        while low < stop and sources[low] < centre - width:
            low += 1
        high = max(high, low)
        while high < stop and sources[high] <= centre + width:
            high += 1
        lows[target] = low
        highs[target] = high


@compiled_with_free_sums
def add_within(
    totals: Floats, windows: Windows, targets: Vectors, sources: Vectors, values: Values, bound: float, weight: float
) -> None:
    """Add the sources within one bound: those of the inner window by running sums, the others by looking."""
    lows, inner_lows, inner_highs, highs = windows
    txs, tys, tzs = targets
    xs, ys, zs = sources
    amounts, running, begin = values
    for target in range(totals.size):
        x, y, z = txs[target], tys[target], tzs[target]
        inner_low = min(max(inner_lows[target], lows[target]), highs[target])
        inner_high = max(min(inner_highs[target], highs[target]), inner_low)
        found = 0.0
        for source in range(lows[target], inner_low):
            dx, dy, dz = xs[source] - x, ys[source] - y, zs[source] - z
            found += amounts[source] if dx * dx + dy * dy + dz * dz <= bound else 0.0
        for source in range(inner_high, highs[target]):
            dx, dy, dz = xs[source] - x, ys[source] - y, zs[source] - z
            found += amounts[source] if dx * dx + dy * dy + dz * dz <= bound else 0.0
        if inner_high > inner_low:
            before = running[inner_low - 1] if inner_low > begin else 0.0
            found += running[inner_high - 1] - before
        totals[target] += weight * found


@compiled
def add_zones(
    totals: Floats,
    lows: Positions,
    highs: Positions,
    targets: Vectors,
    sources: Vectors,
    amounts: Floats,
    look: ChordWeights,
) -> None:
    """Add the sources of the window with the weights of their zones."""
    txs, tys, tzs = targets
    xs, ys, zs = sources
    bounds, weights = look.bounds, look.weights
    for target in range(totals.size):
        x, y, z = txs[target], tys[target], tzs[target]
        found = 0.0
        for source in range(lows[target], highs[target]):
            square = (xs[source] - x) ** 2 + (ys[source] - y) ** 2 + (zs[source] - z) ** 2
            if square <= bounds[-1]:
                zone = 0
                while square > bounds[zone]:
                    zone += 1
                found += amounts[source] * weights[zone]
        totals[target] += found


@compiled_with_free_sums
def add_pieces(
    totals: Floats,
    lows: Positions,
    highs: Positions,
    targets: Vectors,
    sources: Vectors,
    amounts: Floats,
    look: ChordWeights,
) -> None:
    """Add the sources of the window with weights from cubic pieces."""
    txs, tys, tzs = targets
    xs, ys, zs = sources
    pieces, bound, start, per_unit = look.pieces, look.bounds[-1], look.start, look.pieces_per_unit
    takes_root = look.kind == BY_PIECES_OF_LINE
    last = pieces.shape[0] - 1
    for target in range(totals.size):
        x, y, z = txs[target], tys[target], tzs[target]
        found = 0.0
        for source in range(lows[target], highs[target]):
            square = (xs[source] - x) ** 2 + (ys[source] - y) ** 2 + (zs[source] - z) ** 2
            if square <= bound:
                at = (max(math.sqrt(square) if takes_root else square, start) - start) * per_unit
                piece = min(int(at), last)
                rest = at - piece
                cubic = pieces[piece, 2] + rest * pieces[piece, 3]
                found += amounts[source] * (pieces[piece, 0] + rest * (pieces[piece, 1] + rest * cubic))
        totals[target] += found


@compiled
def add_by_formula(
    totals: Floats,
    lows: Positions,
    highs: Positions,
    targets: Vectors,
    sources: Vectors,
    amounts: Floats,
    look: ChordWeights,
) -> None:
    """Add the sources of the window with weights computed for each pair."""
    txs, tys, tzs = targets
    xs, ys, zs = sources
    bound, reach = look.bounds[-1], look.code.bounds[-1]
    kind, first, second, power = look.code.kind, look.code.first, look.code.second, look.code.power
    for target in range(totals.size):
        x, y, z = txs[target], tys[target], tzs[target]
        found = 0.0
        for source in range(lows[target], highs[target]):
            square = (xs[source] - x) ** 2 + (ys[source] - y) ** 2 + (zs[source] - z) ** 2
            if square <= bound:
                way = 2.0 * MEAN_EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(square) / 2))
                found += amounts[source] * weight_beyond_zones(min(way, reach), kind, first, second, power)
        totals[target] += found


@compiled
def add_around(
    totals: Floats, first: int, end: int, targets: Points, sources: Sources, look: ChordWeights, height: float
) -> None:
    """Add to each target in [first, end) the weighted values of all sources within the reach."""
    scratch = np.empty((4, end - first), np.int64)
    bands = targets.band_start.size - 1
    spread = int(look.angles[-1] / height) + 2
    band = int(np.searchsorted(targets.band_start, first, side="right")) - 1
    while band < bands and targets.band_start[band] < end:
        low, high = max(first, int(targets.band_start[band])), min(end, int(targets.band_start[band + 1]))
        if low < high:
            for other in range(max(0, band - spread), min(bands, band + spread + 1)):
                if sources.band_start[other] < sources.band_start[other + 1]:
                    _add_band(totals, (low, high, scratch), targets, sources, look, (band, other, height))
        band += 1


@compiled
def _add_band(
    totals: Floats,
    block: Block,
    targets: Points,
    sources: Sources,
    look: ChordWeights,
    bands: tuple[int, int, float],
) -> None:
    """Add the sources of one band to the targets of a block, which stand in one band too."""
    band, other, height = bands
    if look.kind == BY_FALLING_ZONES:
        for zone in range(look.bounds.size):
            outer = outer_window(band, other, height, look.angles[zone])
            if outer >= 0.0 and look.falls[zone] != 0.0:
                inner = inner_window(band, other, height, look.angles[zone])
                _add_all_round(totals, block, targets, sources, look, zone, (other, outer, inner))
    else:
        outer = outer_window(band, other, height, look.angles[-1])
        if outer >= 0.0:
            _add_all_round(totals, block, targets, sources, look, ALL_ZONES, (other, outer, _NONE))


@compiled
def _add_all_round(
    totals: Floats,
    block: Block,
    targets: Points,
    sources: Sources,
    look: ChordWeights,
    zone: int,
    window: tuple[int, float, float],
) -> None:
    """Add one window, and what of it lies across the date line, at the other end of the band."""
    first, end, scratch = block
    longitudes = targets.longitude
    width = window[1]
    _add_window(totals, block, targets, sources, look, zone, window, 0.0)
    if width < math.pi:
        if longitudes[first] - width < -math.pi:
            cut = first_at_least(longitudes, first, end, width - math.pi)
            _add_window(totals, (first, cut, scratch), targets, sources, look, zone, window, -2 * math.pi)
        if longitudes[end - 1] + width > math.pi:
            cut = first_at_least(longitudes, first, end, math.pi - width)
            _add_window(totals, (cut, end, scratch), targets, sources, look, zone, window, 2 * math.pi)


@compiled
def _add_window(
    totals: Floats,
    block: Block,
    targets: Points,
    sources: Sources,
    look: ChordWeights,
    zone: int,
    window: tuple[int, float, float],
    west_by: float,
) -> None:
    first, end, scratch = block
    if first >= end:
        return
    other, outer, inner = window
    begin, stop = sources.band_start[other], sources.band_start[other + 1]
    rows = scratch[:, : end - first]
    lows, inner_lows, inner_highs, highs = rows[0], rows[1], rows[2], rows[3]
    longitudes = targets.longitude[first:end]
    band = (sources.longitude, begin, stop)
    move_window(lows, highs, longitudes, band, outer, west_by)
    part = totals[first:end]
    at = (targets.x[first:end], targets.y[first:end], targets.z[first:end])
    vectors = (sources.x, sources.y, sources.z)
    if zone != ALL_ZONES:
        if inner >= 0.0:
            move_window(inner_lows, inner_highs, longitudes, band, inner, west_by)
        else:
            inner_lows[:] = highs
            inner_highs[:] = highs
        windows = (lows, inner_lows, inner_highs, highs)
        values = (sources.values, sources.running, begin)
        add_within(part, windows, at, vectors, values, look.bounds[zone], look.falls[zone])
    elif look.kind == BY_ZONES:
        add_zones(part, lows, highs, at, vectors, sources.values, look)
    elif look.kind == BY_FORMULA:
        add_by_formula(part, lows, highs, at, vectors, sources.values, look)
    else:
        add_pieces(part, lows, highs, at, vectors, sources.values, look)
