"""How long things have been open, in bands that a manager reads at a glance.

The bands follow the month, quarter and year by which reviews are held; they are this project's own. Days are counted
from the day on which a thing was raised, so a later date of recording makes nothing younger. To sort what is open by
its age is the ageing schedule of accounting (R. A. Brealey and S. C. Myers, Principles of Corporate Finance, 1981, on
the management of receivables).

Examples
--------
>>> [age_band(days).first_day for days in (0, 30, 31, 200, 4000)]
[0, 0, 31, 91, 366]
>>> age_band(None) is None
True
"""

from __future__ import annotations

from dataclasses import dataclass

from lianyi.methods.errors import NegativeQuantityError


@dataclass(frozen=True, slots=True)
class AgeBand:
    """Days from the first to the last, both counted in; ``last_day`` None has no end."""

    first_day: int
    last_day: int | None


AGE_BANDS = (AgeBand(0, 30), AgeBand(31, 90), AgeBand(91, 365), AgeBand(366, None))


def age_band(days: int | None) -> AgeBand | None:
    """Return the band of an age in days; None for what is not open any more.

    Raises
    ------
    NegativeQuantityError
        When the days are below 0.
    """
    if days is None:
        return None
    if days < 0:
        raise NegativeQuantityError(
            f"An age of {days} days lies in the future; give 0 or more.", quantity="days", given=days
        )
    return next(band for band in AGE_BANDS if band.last_day is None or days <= band.last_day)
