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
