"""A rough time by road between two positions, for where nobody has measured one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lianyi.methods.coordinates import haversine_km
from lianyi.methods.errors import TravelParameterError

if TYPE_CHECKING:
    from lianyi.methods.coordinates import Position

MINUTES_PER_HOUR = 60


@dataclass(frozen=True, slots=True)
class TravelParameters:
    """How a straight line becomes a drive.

    Parameters
    ----------
    detour_factor
        Road distance over straight distance, 1 or more. The default 1.4 is about the mean found for drives to
        hospitals in the United States by F. P. Boscoe, K. A. Henry and M. S. Zdeb, The Professional Geographer 64
        (2012) 188-196. Mountains, rivers and coasts ask for more.
    speed_km_per_hour
        Mean speed from door to door. The default 50 is a round assumption without a source; set your own.

    Raises
    ------
    TravelParameterError
        When the detour is below 1, the speed is not above 0, or one is not a finite number.
    """

    detour_factor: float = 1.4
    speed_km_per_hour: float = 50.0

    def __post_init__(self) -> None:
        # Comparisons with NaN are false, so NaN is refused here as well.
        if not 1.0 <= self.detour_factor < math.inf:
            message = f"The detour factor is {self.detour_factor}; a road is at least as long as the straight line, 1."
            raise TravelParameterError(message, name="detour_factor", given=self.detour_factor)
        if not 0.0 < self.speed_km_per_hour < math.inf:
            message = f"The speed is {self.speed_km_per_hour} km/h; it must be a finite number above 0."
            raise TravelParameterError(message, name="speed_km_per_hour", given=self.speed_km_per_hour)


@dataclass(frozen=True, slots=True)
class TravelEstimate:
    """A drive as it may be: to be shown with the word that ``basis`` stands for, never as a measured time."""

    basis: ClassVar[str] = "estimate"

    straight_km: float
    parameters: TravelParameters

    @property
    def road_km(self) -> float:
        return self.straight_km * self.parameters.detour_factor

    @property
    def minutes(self) -> float:
        return self.road_km / self.parameters.speed_km_per_hour * MINUTES_PER_HOUR


def estimated_travel(
    origin: Position, destination: Position, parameters: TravelParameters | None = None
) -> TravelEstimate:
    """Estimate a drive: great-circle distance times detour factor over speed.

    Neither roads nor traffic, ferries, passes or the time to set out are known to it. It serves to order places by
    nearness, not to promise an arrival. Positions are WGS 84; without ``parameters`` the defaults apply.

    Examples
    --------
    >>> from lianyi.methods.coordinates import Position
    >>> drive = estimated_travel(Position(116.0, 40.0), Position(116.0, 40.5))
    >>> drive.basis, round(drive.straight_km, 1), round(drive.road_km, 1), round(drive.minutes)
    ('estimate', 55.6, 77.8, 93)
    """
    return TravelEstimate(haversine_km(origin, destination), parameters or TravelParameters())
