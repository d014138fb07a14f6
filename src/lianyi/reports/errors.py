"""Reasons why something about reports is refused."""

from __future__ import annotations

from lianyi.errors import InvalidInputError


class ReportPeriodError(InvalidInputError):
    """There is no such year or quarter of a report."""

    code = "report-period"


class ReportNotBegunError(InvalidInputError):
    """The period of a report has not begun, so there is nothing to tell of it."""

    code = "report-not-begun"


class ReportOutsideTermError(InvalidInputError):
    """The period of a report has no day of the agreement's term."""

    code = "report-outside-term"


class FormPeriodError(InvalidInputError):
    """A form is asked for a period of another kind, or one that is not offered."""

    code = "form-period"


class NothingToReportError(InvalidInputError):
    """No agreement of the place runs in the period of which the asker may keep reports."""

    code = "nothing-to-report"
