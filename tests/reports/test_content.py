"""The periods of reports."""

from __future__ import annotations

import pytest

from lianyi.reports.content import ReportPeriod
from lianyi.reports.errors import ReportPeriodError
from tests.cast import day


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2022", "2022-01-01", "2022-12-31"),
        ("2022-Q1", "2022-01-01", "2022-03-31"),
        ("2024-q4", "2024-10-01", "2024-12-31"),
    ],
)
def test_a_period_is_a_year_or_a_quarter(text, first, last):
    period = ReportPeriod.parse(text)

    assert (period.span.start, period.span.end) == (day(first), day(last))
    assert ReportPeriod.parse(str(period)) == period


@pytest.mark.parametrize("text", ["", "2022-Q5", "2022-Q0", "2022-03", "1999", "last year", "2022-Q"])
def test_what_is_no_period_is_refused(text):
    with pytest.raises(ReportPeriodError):
        ReportPeriod.parse(text)


@pytest.mark.parametrize(
    ("today", "expected"), [("2023-01-01", "2022-Q4"), ("2023-03-31", "2022-Q4"), ("2023-04-01", "2023-Q1")]
)
def test_the_last_quarter_that_is_over_is_found(today, expected):
    assert str(ReportPeriod.before(day(today))) == expected
