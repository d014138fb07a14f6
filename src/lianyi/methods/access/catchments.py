"""What every back-end offers to the measures of access: weighted sums along the ways, in both directions.

All measures of the floating catchment family are a few such sums (see `lianyi.methods.access.floating`), so a back-end
needs to know nothing of them: it may hold a table, stream one, look around points on the globe, or ask other machines.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from lianyi.methods.arrays import Floats

Progress = Callable[[float], None]
"""Told the share of a pass that is done, 0 to 1."""


def silent(share: float) -> None:
    """Tell nobody."""


class Catchments(Protocol):
    """Ways between demand places and facilities, each with a weight from 0 (out of reach) upwards."""

    @property
    def demand_count(self) -> int: ...

    @property
    def facility_count(self) -> int: ...

    def to_facilities(self, values: Floats, power: int = 1, progress: Progress = silent) -> Floats:
        """Return for each facility j the sum over demand places i of ``values[i] * weight(i, j) ** power``.

        With power 0 every weight above 0 counts 1.
        """

    def to_demand(self, values: Floats, power: int = 1, progress: Progress = silent) -> Floats:
        """Return for each demand place i the sum over facilities j of ``values[j] * weight(i, j) ** power``."""
