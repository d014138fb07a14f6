"""Times of work as people state them: minutes or hours for each, how many in an hour, so long by the day or week."""

from __future__ import annotations

from typing import Final

from lianyi.methods.errors import WorkloadStandardError
from lianyi.methods.workload import MINUTES_PER_HOUR, Activity, AdditionalActivity, Per, SupportActivity, WorkingTime

PERCENT: Final = "percent"
ACTIVITY_UNITS: Final = ("minutes", "hours", "per_hour")
_HOURS_OF: Final = {"minutes": 1.0 / MINUTES_PER_HOUR, "hours": 1.0}
_RECURRING: Final = {f"{unit}_per_{per}": (hours, per) for unit, hours in _HOURS_OF.items() for per in Per}
RECURRING_UNITS: Final = tuple(_RECURRING)
SUPPORT_UNITS: Final = (PERCENT, *RECURRING_UNITS)
_WHOLE: Final = 100.0


def activity(name: str, annual_volume: float, amount: float, unit: str) -> Activity:
    """Return an activity from the time of each (``minutes``, ``hours``) or from how many are done ``per_hour``.

    Raises
    ------
    WorkloadStandardError
        When the unit is none of these, or nothing is done in an hour.

    Examples
    --------
    >>> activity("Antenatal care", 4000, 30, "minutes").hours_each, activity("Visits", 9000, 4, "per_hour").hours_each
    (0.5, 0.25)
    """
    if unit not in ACTIVITY_UNITS:
        raise _unknown(name, unit, ACTIVITY_UNITS)
    if unit == "per_hour" and not amount > 0.0:
        message = f"{name}: {amount:g} are done in an hour; a number above 0 is expected."
        raise WorkloadStandardError(message, name=name, given=amount)
    hours = {"minutes": amount / MINUTES_PER_HOUR, "hours": amount, "per_hour": 1.0 / amount if amount else 0.0}
    return Activity(name, annual_volume, hours[unit])


def support_activity(name: str, amount: float, unit: str, time: WorkingTime) -> SupportActivity:
    """Return a support activity from a recurring time (such as ``minutes_per_day``) or from a ``percent`` of work.

    Raises
    ------
    WorkloadStandardError
        When the unit is none of `SUPPORT_UNITS`.

    Examples
    --------
    >>> year = WorkingTime(days_per_week=5, hours_per_day=8, public_holidays=12, annual_leave=21, sick_leave=10)
    >>> round(support_activity("Housekeeping", 40, "minutes_per_day", year).hours, 4)
    0.6667
    >>> support_activity("Health education", 6.25, "percent", year)
    SupportActivity(name='Health education', hours=0.5, per=<Per.DAY: 'day'>)
    """
    if unit == PERCENT:
        return SupportActivity(name, amount / _WHOLE * time.hours_per_day, Per.DAY)
    return SupportActivity(name, *_recurring(name, amount, unit, SUPPORT_UNITS))


def additional_activity(name: str, amount: float, unit: str, staff: float = 1.0) -> AdditionalActivity:
    """Return work of some staff from the recurring time of each of them.

    Raises
    ------
    WorkloadStandardError
        When the unit is none of `RECURRING_UNITS`.

    Examples
    --------
    >>> additional_activity("Supervision", 30, "minutes_per_week", staff=2)
    AdditionalActivity(name='Supervision', hours=0.5, per=<Per.WEEK: 'week'>, staff=2)
    """
    return AdditionalActivity(name, *_recurring(name, amount, unit, RECURRING_UNITS), staff)


def _recurring(name: str, amount: float, unit: str, accepted: tuple[str, ...]) -> tuple[float, Per]:
    if unit not in _RECURRING:
        raise _unknown(name, unit, accepted)
    hours, per = _RECURRING[unit]
    return amount * hours, per


def _unknown(name: str, unit: str, accepted: tuple[str, ...]) -> WorkloadStandardError:
    message = f"{name}: {unit} is no unit of such a time; one of {', '.join(accepted)} is expected."
    return WorkloadStandardError(message, name=name, given=unit)
