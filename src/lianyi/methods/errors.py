"""Why a calculation refuses what it was given."""

from __future__ import annotations

from lianyi.errors import InvalidInputError


class SpanBoundsError(InvalidInputError):
    """The two ends of a span of days cannot be used."""

    code = "span-bounds"


class CalendarPeriodError(InvalidInputError):
    """There is no such year, quarter, month or week, or the date leaves the calendar."""

    code = "calendar-period"


class PeriodUnitError(InvalidInputError):
    """The unit of a calendar period is not one of those known."""

    code = "period-unit"


class NegativeQuantityError(InvalidInputError):
    """A quantity that counts something is below zero."""

    code = "negative-quantity"


class AbsenceOutsideStayError(InvalidInputError):
    """An absence has days which the stay does not have."""

    code = "absence-outside-stay"


class ResidentPopulationError(InvalidInputError):
    """A rate per resident needs at least one resident."""

    code = "resident-population"


class MoreAwayThanStaffError(InvalidInputError):
    """More people are named as away than the department has."""

    code = "more-away-than-staff"


class CoordinateRangeError(InvalidInputError):
    """A longitude or latitude is not on the globe or not a number."""

    code = "coordinate-range"


class CoordinateSystemError(InvalidInputError):
    """The name of a coordinate system is not one of those known."""

    code = "coordinate-system"


class NaiveDatetimeError(InvalidInputError):
    """A moment is given without a time zone, so nobody can tell when it was."""

    code = "naive-datetime"


class ClockOrderError(InvalidInputError):
    """Something ends before it begins."""

    code = "clock-order"


class ClockUnitError(InvalidInputError):
    """The unit of a time limit is not one of those known."""

    code = "clock-unit"


class ClockAmountError(InvalidInputError):
    """A time limit is shorter than one of its units."""

    code = "clock-amount"


class WorkingCalendarError(InvalidInputError):
    """The working days or hours of a calendar contradict one another."""

    code = "working-calendar"


class ProbabilityError(InvalidInputError):
    """A probability or level of confidence does not lie between 0 and 1."""

    code = "probability"


class ShareBoundsError(InvalidInputError):
    """The part is larger than the whole."""

    code = "share-bounds"


class DuplicateCandidateError(InvalidInputError):
    """Two candidates of one ranking have the same key."""

    code = "duplicate-candidate"


class TravelParameterError(InvalidInputError):
    """A travel time cannot be estimated with such a detour or speed."""

    code = "travel-parameter"
