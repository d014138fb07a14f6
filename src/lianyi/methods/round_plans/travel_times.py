"""Minutes and kilometres between places: from a table, from single ways, or from positions and a road speed.

Travel takes the quickest way over the places of the table, so that a table of roads between neighbours is enough.

Examples
--------
>>> ways = TravelTimes.of_legs([("Town", "A", 30, 20), ("A", "B", 10, 6)])
>>> float(ways.minutes[ways.number_of("Town"), ways.number_of("B")])
40.0
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from lianyi.methods.coordinates import haversine_km
from lianyi.methods.errors import RoundTravelError
from lianyi.methods.travel import MINUTES_PER_HOUR, TravelParameters

if TYPE_CHECKING:
    from lianyi.methods.arrays import Floats
    from lianyi.methods.coordinates import Position

Leg = tuple[str, str, float, float | None]
"""From, to, minutes, kilometres (None where they are not known)."""


@dataclass(frozen=True, eq=False)
class TravelTimes:
    """Travel between places.

    Parameters
    ----------
    places
        Their names.
    direct_minutes
        Of the direct way from each place (row) to each (column); infinite where there is none.
    direct_km
        Their kilometres, NaN where they are not known; None where none are.

    Raises
    ------
    RoundTravelError
        When a place stands twice, or a time is negative or no number.
    """

    places: tuple[str, ...]
    direct_minutes: Floats
    direct_km: Floats | None = None

    def __post_init__(self) -> None:
        size = len(self.places)
        if len(self.numbers) != size:
            twice = next(place for number, place in enumerate(self.places) if self.numbers[place] != number)
            raise RoundTravelError(f"The place {twice} stands twice; give each once.", place=twice)
        for name, values in (("minutes", self.direct_minutes), ("kilometres", self.direct_km)):
            if values is not None and values.shape != (size, size):
                message = f"The {name} have the shape {values.shape}; {size} places need {size} rows and columns."
                raise RoundTravelError(message, shape=values.shape)
        bad = np.argwhere(~(self.direct_minutes >= 0.0))
        if bad.size:
            origin, target = (self.places[number] for number in bad[0].tolist())
            given = float(self.direct_minutes[tuple(bad[0])])
            message = f"The way from {origin} to {target} takes {given} minutes; give 0 or more."
            raise RoundTravelError(message, origin=origin, target=target)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        return {place: number for number, place in enumerate(self.places)}

    def number_of(self, place: str) -> int:
        """Return the row of a place.

        Raises
        ------
        RoundTravelError
            When the table has no such place.
        """
        number = self.numbers.get(place)
        if number is None:
            raise RoundTravelError(f"The place {place} is not in the table of travel times.", place=place)
        return number

    @cached_property
    def minutes(self) -> Floats:
        """Minutes of the quickest ways with everything open."""
        return self._quickest[0]

    @cached_property
    def km(self) -> Floats | None:
        """Kilometres of the quickest ways; None where kilometres are not known at all."""
        return None if self.direct_km is None else self._quickest[1]

    @cached_property
    def _quickest(self) -> tuple[Floats, Floats]:
        return self.quickest_without((), ())

    def quickest_without(
        self, closed_places: Iterable[int], closed_ways: Iterable[tuple[int, int]]
    ) -> tuple[Floats, Floats]:
        """Return minutes and kilometres of the quickest ways while places and ways are closed."""
        minutes = self.direct_minutes.copy()
        km = np.full_like(minutes, np.nan) if self.direct_km is None else self.direct_km.copy()
        for place in closed_places:
            minutes[place, :] = minutes[:, place] = np.inf
        for one, other in closed_ways:
            minutes[one, other] = minutes[other, one] = np.inf
        np.fill_diagonal(minutes, 0.0)
        np.fill_diagonal(km, 0.0)
        # Floyd and Warshall: with each place in turn as a way point.
        for middle in range(len(self.places)):
            over = minutes[:, middle, None] + minutes[None, middle, :]
            is_quicker = over < minutes
            if is_quicker.any():
                over_km = km[:, middle, None] + km[None, middle, :]
                minutes[is_quicker], km[is_quicker] = over[is_quicker], over_km[is_quicker]
        return minutes, km

    @classmethod
    def of_legs(cls, legs: Iterable[Leg], *, both_directions: bool = True) -> TravelTimes:
        """Make a table of single ways, which by default are taken in both directions.

        A way that is given in each direction keeps its own minutes for each.

        Raises
        ------
        RoundTravelError
            When the same way is given twice, or a time is negative or no number.
        """
        given = list(legs)
        places = tuple(dict.fromkeys(place for leg in given for place in leg[:2]))
        numbers = {place: number for number, place in enumerate(places)}
        known: dict[tuple[int, int], tuple[float, float]] = {}
        for origin, target, minutes, km in given:
            key = (numbers[origin], numbers[target])
            if key in known:
                raise RoundTravelError(f"The way from {origin} to {target} stands twice.", origin=origin, target=target)
            known[key] = (minutes, np.nan if km is None else km)
        if both_directions:
            known = {**{(target, origin): way for (origin, target), way in known.items()}, **known}
        table = np.full((len(places), len(places)), np.inf)
        kilometres = np.full_like(table, np.nan)
        for key, (minutes, way_km) in known.items():
            table[key], kilometres[key] = minutes, way_km
        return cls(places, table, None if np.isnan(kilometres).all() else kilometres)

    @classmethod
    def of_positions(
        cls, places: Sequence[str], positions: Sequence[Position], parameters: TravelParameters | None = None
    ) -> TravelTimes:
        """Estimate a table from positions, as `lianyi.methods.travel` does: distance times detour over speed."""
        used = parameters or TravelParameters()
        straight = np.array([[haversine_km(one, other) for other in positions] for one in positions])
        km = straight * used.detour_factor
        return cls(tuple(places), km / used.speed_km_per_hour * MINUTES_PER_HOUR, km)
