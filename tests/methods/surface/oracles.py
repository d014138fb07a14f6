"""Slow and plain ways to the same numbers."""

from __future__ import annotations

import heapq
import math

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra


def step_minutes(friction, grid, cell, other, heights=None, sign=1.0):
    """Minutes of one step, written down anew from the docstrings."""
    (row, column), (other_row, other_column) = cell, other
    edge = min(row, other_row)
    if row == other_row:
        metres = grid.east_metres[row]
    elif column == other_column:
        metres = grid.south_metres[edge]
    else:
        metres = grid.diagonal_metres[edge]
    minutes = (float(friction[cell]) + float(friction[other])) / 2 * metres
    if heights is not None:
        slope = sign * (float(heights[other]) - float(heights[cell])) / metres
        if not math.isnan(slope):
            minutes *= math.exp(3.5 * abs(slope + 0.05)) / math.exp(3.5 * 0.05)
    return minutes


def neighbours(shape, cell):
    row, column = cell
    for down in (-1, 0, 1):
        for aside in (-1, 0, 1):
            other = (row + down, column + aside)
            if (down or aside) and 0 <= other[0] < shape[0] and 0 <= other[1] < shape[1]:
                yield other


def heap_minutes(friction, grid, sources, max_minutes=math.inf, heights=None, sign=1.0):
    """Dijkstra with a heap over the whole raster, one cell at a time."""
    minutes = np.full(friction.shape, np.inf)
    heap = []
    for cell in sources:
        minutes[cell] = 0.0
        heap.append((0.0, cell))
    while heap:
        reached, cell = heapq.heappop(heap)
        if reached > minutes[cell]:
            continue
        for other in neighbours(friction.shape, cell):
            if not np.isfinite(friction[other]):
                continue
            then = reached + step_minutes(friction, grid, cell, other, heights, sign)
            if then < minutes[other] and then <= max_minutes:
                minutes[other] = then
                heapq.heappush(heap, (then, other))
    return minutes


def graph_minutes(friction, grid, sources):
    """scipy.sparse.csgraph over an explicit graph."""
    rows, columns, values = [], [], []
    for cell in np.ndindex(friction.shape):
        for other in neighbours(friction.shape, cell):
            if np.isfinite(friction[cell]) and np.isfinite(friction[other]):
                rows.append(np.ravel_multi_index(cell, friction.shape))
                columns.append(np.ravel_multi_index(other, friction.shape))
                values.append(step_minutes(friction, grid, cell, other))
    graph = csr_array((values, (rows, columns)), shape=(friction.size, friction.size))
    starts = [np.ravel_multi_index(cell, friction.shape) for cell in sources]
    return dijkstra(graph, indices=starts, min_only=True).reshape(friction.shape)
