"""Whether visits of mobile teams were made as often as a programme asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lianyi.methods.periods import CalendarPeriod, DateSpan, PeriodUnit, periods_within
from lianyi.methods.presence import check_not_negative

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


@dataclass(frozen=True, slots=True)
class PeriodVisits:
    """The visits made in one calendar period, in order of time, against the number required."""

    period: CalendarPeriod
    visits: tuple[date, ...]
    required: int

    @property
    def made(self) -> int:
        return len(self.visits)

    @property
    def is_met(self) -> bool:
        return self.made >= self.required


@dataclass(frozen=True, slots=True)
class RoundFrequency:
    """Visits by calendar period; only periods that lie wholly in the window are judged.

    A period cut by the window cannot fail for days that nobody asked about; it is kept in ``periods`` to be shown.
    """

    window: DateSpan
    periods: tuple[PeriodVisits, ...]

    @property
    def judged(self) -> tuple[PeriodVisits, ...]:
        return tuple(entry for entry in self.periods if entry.period.is_complete)

    @property
    def missed(self) -> tuple[PeriodVisits, ...]:
        """The judged periods with fewer visits than required."""
        return tuple(entry for entry in self.judged if not entry.is_met)

    @property
    def met_share(self) -> float | None:
        """Judged periods that were met over judged periods, 0 to 1; None when none is judged."""
        judged = self.judged
        return sum(entry.is_met for entry in judged) / len(judged) if judged else None


def round_frequency(
    visit_dates: Iterable[date], window: DateSpan, unit: PeriodUnit | str, required_per_period: int
) -> RoundFrequency:
    """Count visits in each year, quarter, month or ISO week that the window touches.

    Two visits on one day are two visits; visits outside the window are left out.

    Raises
    ------
    PeriodUnitError
        When the unit is not known.
    NegativeQuantityError
        When ``required_per_period`` is below 0.

    Examples
    --------
    >>> from datetime import date
    >>> year = DateSpan(date(2024, 1, 1), date(2024, 12, 31))
    >>> frequency = round_frequency([date(2024, 2, 1), date(2024, 5, 6), date(2024, 12, 31)], year, "quarter", 1)
    >>> frequency.met_share
    0.75
    """
    check_not_negative("number of visits required", required_per_period)
    visits = sorted(visit_dates)
    return RoundFrequency(
        window,
        tuple(
            PeriodVisits(period, tuple(day for day in visits if day in period.within), required_per_period)
            for period in periods_within(window, unit)
        ),
    )


def missed_periods(
    visit_dates: Iterable[date], window: DateSpan, unit: PeriodUnit | str, required_per_period: int
) -> tuple[PeriodVisits, ...]:
    """Return the periods wholly in the window that had fewer visits than required; see `round_frequency`.

    Examples
    --------
    >>> from datetime import date
    >>> year = DateSpan(date(2024, 1, 1), date(2024, 12, 31))
    >>> [entry.period.label for entry in missed_periods([date(2024, 2, 1), date(2024, 5, 6)], year, "quarter", 1)]
    ['2024-Q3', '2024-Q4']
    """
    return round_frequency(visit_dates, window, unit, required_per_period).missed
