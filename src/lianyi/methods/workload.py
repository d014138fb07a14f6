"""WISN: how many staff a workload needs, by the Workload Indicators of Staffing Need of WHO.

WHO, Workload indicators of staffing need (WISN): user's manual (2010), ISBN 978 92 4 150019 7. The method sets, for one
cadre in one facility, the work of a year against the time that one member of staff has in a year:

1. available working time: the days of the year less all absences;
2. health service activities, done by all of the cadre and counted: volume and time for each;
3. support activities, done by all and not counted: a share of everybody's time, the category allowance;
4. additional activities, done by some: hours of a year, the individual allowance;
5. required staff = (sum of volume x time / available time) x category factor + individual factor.

Times by the day and the week are those of days and weeks at work; times by the month count twelve, by the year once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lianyi.methods.errors import WorkingTimeError, WorkloadStandardError

MINUTES_PER_HOUR: Final = 60.0
_DAYS_IN_WEEK: Final = 7
_HOURS_IN_DAY: Final = 24
_WEEKS_IN_YEAR: Final = 53
_MONTHS: Final = 12.0
# Fractions up to a tenth for each whole person are left out, from five on up to a half.
_ROUNDING_STEP: Final = 0.1
_LARGEST_ROUNDED_DOWN: Final = 0.5
_ROUNDING: Final = 1e-9


class Per(StrEnum):
    """How often a time recurs."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """What one member of the cadre can work in a year; absences in working days.

    Raises
    ------
    WorkingTimeError
        When no time is left, or weeks, days or hours are not those of a year.

    Examples
    --------
    >>> year = WorkingTime(days_per_week=5, hours_per_day=8, public_holidays=12, annual_leave=21, sick_leave=10,
    ...                    other_absence=5)
    >>> year.days, year.hours
    (212.0, 1696.0)
    """

    days_per_week: float
    hours_per_day: float
    public_holidays: float
    annual_leave: float
    sick_leave: float
    other_absence: float = 0.0
    """Training and whatever else takes whole days."""
    weeks_per_year: float = 52.0

    def __post_init__(self) -> None:
        for name, value, most in (
            ("days per week", self.days_per_week, _DAYS_IN_WEEK),
            ("hours per day", self.hours_per_day, _HOURS_IN_DAY),
            ("weeks per year", self.weeks_per_year, _WEEKS_IN_YEAR),
        ):
            if not 0.0 < value <= most:
                message = f"The {name} are {value}; they must be above 0 and at most {most}."
                raise WorkingTimeError(message, field=name, given=value, most=most)
        absences = (self.public_holidays, self.annual_leave, self.sick_leave, self.other_absence)
        # A comparison with NaN is false, so NaN is refused here as well.
        if not all(days >= 0.0 for days in absences) or not self.days > 0.0:
            message = (
                f"{self.days_per_week:g} days in each of {self.weeks_per_year:g} weeks less absences of "
                f"{', '.join(f'{days:g}' for days in absences)} days leave {self.days:g} working days; some must be "
                "left, and no absence is below 0. Give absences in working days, not in calendar days."
            )
            raise WorkingTimeError(message, days=self.days)

    @property
    def days(self) -> float:
        """Available working time in days."""
        absent = self.public_holidays + self.annual_leave + self.sick_leave + self.other_absence
        return self.weeks_per_year * self.days_per_week - absent

    @property
    def hours(self) -> float:
        """Available working time in hours."""
        return self.days * self.hours_per_day

    def hours_per_year(self, hours: float, per: Per) -> float:
        """Return the hours of a year that a recurring time takes from one who is at work.

        Examples
        --------
        >>> year = WorkingTime(5, 8, 12, 21, 10, 5)
        >>> [round(year.hours_per_year(1, per), 1) for per in Per]
        [212.0, 42.4, 12.0, 1.0]
        """
        times = {Per.DAY: self.days, Per.WEEK: self.days / self.days_per_week, Per.MONTH: _MONTHS, Per.YEAR: 1.0}
        return hours * times[per]


@dataclass(frozen=True, slots=True)
class Activity:
    """A health service activity: so many in the year, so many hours for each (the unit time)."""

    name: str
    annual_volume: float
    hours_each: float

    def __post_init__(self) -> None:
        _check_amount(self.name, "annual volume", self.annual_volume)
        _check_amount(self.name, "time for each", self.hours_each)


@dataclass(frozen=True, slots=True)
class SupportActivity:
    """Work of all members of the cadre that no statistic counts: so many hours of each of them."""

    name: str
    hours: float
    per: Per

    def __post_init__(self) -> None:
        _check_amount(self.name, "time", self.hours)


@dataclass(frozen=True, slots=True)
class AdditionalActivity:
    """Work of some members of the cadre: so many of them, so many hours of each."""

    name: str
    hours: float
    per: Per
    staff: float = 1.0

    def __post_init__(self) -> None:
        _check_amount(self.name, "time", self.hours)
        _check_amount(self.name, "number of staff", self.staff)


@dataclass(frozen=True, slots=True)
class Workload:
    """The work of one cadre in one facility, and who is there; posts part of the time count as parts."""

    working_time: WorkingTime
    existing_staff: float
    activities: tuple[Activity, ...]
    support: tuple[SupportActivity, ...] = ()
    additional: tuple[AdditionalActivity, ...] = ()

    def __post_init__(self) -> None:
        _check_amount("existing staff", "number", self.existing_staff)


@dataclass(frozen=True, slots=True)
class ActivityNeed:
    """What one activity needs: ``standard_workload`` is how many one member of staff could do in a year."""

    name: str
    annual_volume: float
    standard_workload: float
    staff: float


@dataclass(frozen=True, slots=True)
class AllowanceShare:
    """A part of an allowance: for support activities a share of working time, for additional ones a number of staff."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Wisn:
    """Required against existing staff, with every step between."""

    available_hours: float
    needs: tuple[ActivityNeed, ...]
    category_allowances: tuple[AllowanceShare, ...]
    category_factor: float
    individual_allowances: tuple[AllowanceShare, ...]
    individual_factor: float
    required_staff: float
    existing_staff: float

    @property
    def basic_staff(self) -> float:
        """What the health service activities alone need."""
        return math.fsum(need.staff for need in self.needs)

    @property
    def rounded_staff(self) -> int:
        """Required staff in whole persons; see `whole_staff`."""
        return whole_staff(self.required_staff)

    @property
    def difference(self) -> float:
        """Existing less required: below 0 staff are missing."""
        return self.existing_staff - self.required_staff

    @property
    def ratio(self) -> float | None:
        """Existing over required: below 1 the work presses; None when nobody is required."""
        return self.existing_staff / self.required_staff if self.required_staff else None


def wisn(workload: Workload) -> Wisn:
    """Return how many staff a workload needs.

    Category allowance factor = 1 / (1 - sum of shares), individual allowance factor = hours of a year / available
    hours; WHO manual (2010), steps 5 to 7.

    Raises
    ------
    WorkloadStandardError
        When support activities take all working time.

    Examples
    --------
    >>> year = WorkingTime(days_per_week=5, hours_per_day=8, public_holidays=12, annual_leave=21, sick_leave=10)
    >>> deliveries, records = Activity("Deliveries", 300, 1.65), SupportActivity("Records", 0.8, Per.DAY)
    >>> found = wisn(Workload(year, 2, (deliveries,), (records,)))
    >>> round(found.required_staff, 4), round(found.ratio, 2), found.rounded_staff
    (0.3168, 6.31, 1)
    """
    time = workload.working_time
    needs = tuple(
        ActivityNeed(
            each.name,
            each.annual_volume,
            time.hours / each.hours_each if each.hours_each else math.inf,
            each.annual_volume * each.hours_each / time.hours,
        )
        for each in workload.activities
    )
    shares = tuple(
        AllowanceShare(each.name, time.hours_per_year(each.hours, each.per) / time.hours) for each in workload.support
    )
    extras = tuple(
        AllowanceShare(each.name, each.staff * time.hours_per_year(each.hours, each.per) / time.hours)
        for each in workload.additional
    )
    factor = category_factor(math.fsum(share.value for share in shares))
    individual = math.fsum(extra.value for extra in extras)
    required = math.fsum(need.staff for need in needs) * factor + individual
    return Wisn(time.hours, needs, shares, factor, extras, individual, required, workload.existing_staff)


def category_factor(share: float) -> float:
    """Return by what staff must be multiplied when everybody spends such a share, 0 to 1, on support activities.

    Raises
    ------
    WorkloadStandardError
        When nothing is left for the work itself.

    Examples
    --------
    >>> category_factor(0.2)
    1.25
    """
    if not 0.0 <= share < 1.0:
        message = (
            f"Support activities take {share:.0%} of working time; less than all of it must go there. Look for a "
            "time by the day that was meant by the week, or for minutes that were meant as hours."
        )
        raise WorkloadStandardError(message, name="support activities", given=share)
    return 1.0 / (1.0 - share)


def whole_staff(required: float) -> int:
    """Return required staff in whole persons by the rule of the manual: the fewer there are, the sooner one more.

    A fraction up to a tenth for each whole person is left out (1.1 is 1, 2.2 is 2, up to 5.5, which is 5, and so on
    with a half); a larger one is a person. Less than one is one, if there is any work.

    Examples
    --------
    >>> [whole_staff(required) for required in (0, 0.2, 1.1, 1.2, 2.2, 2.3, 5.5, 5.6, 17.46)]
    [0, 1, 1, 2, 2, 3, 5, 6, 17]
    """
    _check_amount("required staff", "number", required)
    whole = math.floor(required + _ROUNDING)
    left_out = min(whole * _ROUNDING_STEP, _LARGEST_ROUNDED_DOWN)
    return whole + int(required - whole > left_out + _ROUNDING)


def _check_amount(name: str, what: str, value: float) -> None:
    if not (math.isfinite(value) and value >= 0.0):
        message = f"{name}: the {what} is {value}; a number of 0 or more is expected."
        raise WorkloadStandardError(message, name=name, given=value)
