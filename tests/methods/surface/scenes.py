"""Small invented grounds: bush and roads, lakes in between, on metric and geographic grids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from lianyi.methods.surface import Cells, RasterGrid, geographic_grid, metric_grid


@dataclass(frozen=True)
class Scene:
    friction: np.ndarray
    grid: RasterGrid
    sources: Cells
    heights: np.ndarray

    @property
    def source_cells(self) -> list[tuple[int, int]]:
        return list(zip(self.sources.rows.tolist(), self.sources.columns.tolist(), strict=True))


def scene_of(seed: int, rows: int, columns: int, source_count: int = 2) -> Scene:
    """Return a ground of a seed: speeds of 2 to 6 km/h, roads of 30 to 80, a sixth of the cells under water."""
    chance = np.random.default_rng(seed)
    friction = 0.06 / chance.uniform(2, 6, (rows, columns))
    friction[chance.integers(rows)] = 0.06 / chance.uniform(30, 80)
    friction[:, chance.integers(columns)] = 0.06 / chance.uniform(30, 80)
    friction[chance.random((rows, columns)) < 1 / 6] = chance.choice([np.nan, np.inf])
    if seed % 2:
        friction = friction.astype(np.float32)
    sources = Cells.of(chance.integers(rows, size=source_count), chance.integers(columns, size=source_count))
    friction[sources.rows, sources.columns] = 0.01
    grid = metric_grid(rows, columns, 90.0, 110.0) if seed % 3 else geographic_grid(rows, columns, 61.0, 0.01, 0.008)
    heights = chance.uniform(0, 40, (rows, columns)).cumsum(axis=1)
    return Scene(friction, grid, sources, heights)


scenes = st.builds(
    scene_of,
    seed=st.integers(0, 10_000),
    rows=st.integers(1, 17),
    columns=st.integers(1, 17),
    source_count=st.integers(1, 4),
)
