"""Compiled loops over series: limits of individuals, the four rules, runs, and how far a point hangs on the one before.

A series is a row of a matrix, NaN where a value is missing. Lines have a column for each time, or one only where they
are the same at all times: a whole country then needs a sixtieth of the memory. Points that were observed one after the
other count as neighbours, whatever is missing between them. A phase runs from one rebase to the next; nothing reaches
across.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.compiling import compiled
from lianyi.methods.process_control.conventions import OUTSIDE, RUN_LENGTH, SHIFT, TREND, TWO_OF_THREE, LimitLines

_ROUNDING: Final = 1e-12
_BEYOND: Final = 2
_NEAR: Final = 1
_POINTS_LOOKED_AT: Final = 3
_POINTS_NEEDED: Final = 2


Rules = npt.NDArray[np.uint8]
Turns = npt.NDArray[np.int8]


@compiled
def individuals_kernel(
    values: Floats, starts: Flags, baseline: int, screening: float, centre: Floats, step: Floats, used: Positions
) -> None:
    """Fill, for each point or once for all, the mean, the mean moving range, and how many points are behind these."""
    series, times = values.shape
    for s in range(series):
        begin = 0
        while begin < times:
            end = begin + 1
            while end < times and not starts[s, end]:
                end += 1
            mean, moving_range, count = phase_limits(values[s, begin:end], baseline, screening)
            for t in range(begin, min(end, centre.shape[1])):
                centre[s, t] = mean
                step[s, t] = moving_range
                used[s, t] = count
            begin = end


@compiled
def phase_limits(points: Floats, baseline: int, screening: float) -> tuple[float, float, int]:
    """Return mean, mean moving range and number of the first ``baseline`` observed points, of all where it is 0."""
    total = 0.0
    count = 0
    ranges = 0.0
    before = 0.0
    last = 0
    for t in range(points.size):
        if np.isnan(points[t]):
            continue
        if count:
            ranges += abs(points[t] - before)
        before = points[t]
        total += points[t]
        count += 1
        last = t + 1
        if count == baseline:
            break
    if count == 0:
        return np.nan, np.nan, 0
    if count == 1:
        return total, np.nan, 1
    moving_range = ranges / (count - 1)
    if screening < np.inf:
        moving_range = screened_range(points[:last], screening, moving_range)
    return total / count, moving_range, count


@compiled
def screened_range(points: Floats, screening: float, moving_range: float) -> float:
    """Return the mean of the moving ranges that are smaller than so many times the mean of them all."""
    highest = screening * moving_range
    total = 0.0
    count = 0
    before = np.nan
    for t in range(points.size):
        if np.isnan(points[t]):
            continue
        if abs(points[t] - before) < highest:
            total += abs(points[t] - before)
            count += 1
        before = points[t]
    # Where all are equal to one another, none is an outlier; 0 < 0 would leave none.
    return total / count if count else moving_range


@compiled
def rules_kernel(values: Floats, starts: Flags, centre: Floats, limits: LimitLines, rules: Rules, turns: Turns) -> None:
    """Fill, for each point, the rules it meets as a sum of their numbers, and 1 or -1 where it rises or falls."""
    series, times = values.shape
    last_column = centre.shape[1] - 1
    places = np.empty(times, np.int64)
    sides = np.empty(times, np.int64)
    zones = np.empty(times, np.int64)
    for s in range(series):
        count = 0
        for t in range(times):
            if starts[s, t] and count:
                mark_phase(values[s], places[:count], sides, zones, rules[s], turns[s])
                count = 0
            y = values[s, t]
            at = min(t, last_column)
            if np.isnan(y) or np.isnan(centre[s, at]):
                continue
            places[count] = t
            sides[count] = side_of(y, centre[s, at])
            zones[count] = 0
            if side_of(y, limits.upper[s, at]) > 0 or side_of(y, limits.lower[s, at]) < 0:
                zones[count] = _BEYOND
            elif side_of(y, limits.near_upper[s, at]) > 0 or side_of(y, limits.near_lower[s, at]) < 0:
                zones[count] = _NEAR
            count += 1
        if count:
            mark_phase(values[s], places[:count], sides, zones, rules[s], turns[s])


@compiled
def side_of(value: float, line: float) -> int:
    """Return 1 above a line, -1 below it, 0 on it or where there is none; rounding puts no point off the line."""
    rounding = _ROUNDING * max(abs(value), abs(line))
    if value > line + rounding:
        return 1
    if value < line - rounding:
        return -1
    return 0


@compiled
def mark_phase(
    values: Floats, places: Positions, sides: Positions, zones: Positions, rules: Rules, turns: Turns
) -> None:
    """Mark the points of one phase; sides and zones stand in the order of the observed points."""
    level = 0
    climb = 0
    direction = 0
    for k in range(places.size):
        if zones[k] == _BEYOND:
            rules[places[k]] += OUTSIDE
        level = level + 1 if k and sides[k] == sides[k - 1] and sides[k] != 0 else int(sides[k] != 0)
        if level >= RUN_LENGTH:
            mark_run(places, k - RUN_LENGTH + 1 if level == RUN_LENGTH else k, k, SHIFT, rules)
        if k:
            turn = side_of(values[places[k]], values[places[k - 1]])
            climb = climb + 1 if turn == direction and turn != 0 else int(turn != 0)
            direction = turn
        if climb >= RUN_LENGTH - 1:
            mark_turn(places, k - RUN_LENGTH + 1 if climb == RUN_LENGTH - 1 else k, k, direction, rules, turns)
        if k >= _POINTS_LOOKED_AT - 1 and sides[k] != 0 and sides[k] == sides[k - 1] and sides[k] == sides[k - 2]:
            mark_near(places, zones, k, rules)


@compiled
def mark_run(places: Positions, first: int, last: int, rule: int, rules: Rules) -> None:
    """Mark all points of a run once it is complete, and each further one."""
    for k in range(first, last + 1):
        if not rules[places[k]] & rule:
            rules[places[k]] += rule


@compiled
def mark_turn(places: Positions, first: int, last: int, direction: int, rules: Rules, turns: Turns) -> None:
    """Do as `mark_run` for a trend; a peak between two trends keeps the direction of the first."""
    mark_run(places, first, last, TREND, rules)
    for k in range(first, last + 1):
        if turns[places[k]] == 0:
            turns[places[k]] = direction


@compiled
def mark_near(places: Positions, zones: Positions, last: int, rules: Rules) -> None:
    """Of three points on one side mark those between near limit and limit, where they are two or more."""
    near = 0
    for k in range(last - _POINTS_LOOKED_AT + 1, last + 1):
        near += int(zones[k] == _NEAR)
    if near < _POINTS_NEEDED:
        return
    for k in range(last - _POINTS_LOOKED_AT + 1, last + 1):
        if zones[k] == _NEAR and not rules[places[k]] & TWO_OF_THREE:
            rules[places[k]] += TWO_OF_THREE


@compiled
def runs_kernel(values: Floats, centre: Floats, useful: Positions, longest: Positions, crossings: Positions) -> None:
    """Fill, for each series, the points off the centre, the longest run of them on one side, and the crossings."""
    series, times = values.shape
    for s in range(series):
        before = 0
        length = 0
        for t in range(times):
            if np.isnan(values[s, t]) or np.isnan(centre[s, t]):
                continue
            side = side_of(values[s, t], centre[s, t])
            if side == 0:
                continue
            useful[s] += 1
            crossings[s] += int(before == -side)
            length = length + 1 if side == before else 1
            longest[s] = max(longest[s], length)
            before = side


@compiled
def lag_kernel(values: Floats, centre: Floats, starts: Flags, found: Floats, counts: Positions) -> None:
    """Fill, for each series, the correlation of each observed point with the one before, about the centre line."""
    series, times = values.shape
    for s in range(series):
        before = np.nan
        products = 0.0
        squares = 0.0
        for t in range(times):
            if starts[s, t]:
                before = np.nan
            distance = values[s, t] - centre[s, t]
            if np.isnan(distance):
                continue
            counts[s] += 1
            squares += distance * distance
            if not np.isnan(before):
                products += distance * before
            before = distance
        found[s] = products / squares if squares > 0.0 else np.nan
