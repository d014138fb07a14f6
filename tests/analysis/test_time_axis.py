"""Times as people write them become places on an axis of equal steps, or are refused with their record."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from lianyi.analysis.time_axis import TimeStepError, TimeValueError, time_axis


@pytest.mark.parametrize(
    ("times", "unit", "since_first", "last"),
    [
        ([1970, 1971, 1973], "number", [0, 1, 3], "1973"),
        (["1989.0", "1990.0"], "number", [0, 1], "1990"),
        ([0.5, 0.0, 0.25], "number", [0.5, 0, 0.25], "0.5"),
        (["2019-11", "2019-12", "2020-01"], "month", [0, 1, 2], "2020-01"),
        (["2019/1", "2019/2"], "month", [0, 1], "2019-02"),
        (["2019年1月", "2019年12月"], "month", [0, 11], "2019-12"),
        (["201911", "201912", "202001"], "month", [0, 1, 2], "2020-01"),
        (["2019-01-31", "2019-02-28", "2019-03-31"], "month", [0, 1, 2], "2019-03"),
        (["2019-01-01 00:00:00", "2019-02-01 00:00:00"], "month", [0, 1], "2019-02"),
        ([datetime(2019, 1, 1), datetime(2019, 2, 1)], "month", [0, 1], "2019-02"),  # noqa: DTZ001 - as data frames hold them
        ([date(2019, 1, 7), date(2019, 1, 14), date(2019, 1, 28)], "week", [0, 1, 3], "2019-01-28"),
        (["2019-01-01", "2019-01-02", "2019-01-04"], "day", [0, 1, 3], "2019-01-04"),
        (["2019Q4", "2020Q1"], "quarter", [0, 1], "2020Q1"),
        (["2019年4季度", "2020年1季度"], "quarter", [0, 1], "2020Q1"),
        (["2018-12-31", "2019-12-31"], "year", [0, 1], "2019"),
        (["2018年", "2019年"], "year", [0, 1], "2019"),
    ],
)
def test_times_are_read_as_they_are_written(times, unit, since_first, last):
    axis, found = time_axis(times)
    assert (axis.unit, found.tolist()) == (unit, since_first)
    assert axis.label(max(since_first)) == last


def test_the_start_is_read_as_the_times_are_also_outside_them():
    axis, _ = time_axis(["2019-01", "2019-02", "2019-03"])
    assert (axis.place_of("2020-01"), axis.place_of("2018-12"), axis.place_of("2019-02-15")) == (12, -1, 1)
    with pytest.raises(TimeValueError, match="The time “soon” is no month"):
        axis.place_of("soon")


def test_points_that_are_not_there_are_counted():
    axis, _ = time_axis([1970, 1972, 1980])
    assert (axis.step, axis.points) == (2, 6)


@pytest.mark.parametrize(
    ("times", "told"),
    [
        (["2019-01", "2019-02", "spring"], "Record 3: the time “spring” is no month"),
        (["2019-01", "2019-13"], "Record 2: the time “2019-13” is no month"),
        (["2019-01-01", "2019-02-30"], "Record 2: the time “2019-02-30”"),
        ([1, None, 3], "Record 2: the time is missing"),
        (["", ""], "The column of times is empty"),
        ([], "The column of times is empty"),
    ],
)
def test_what_is_no_time_is_refused_with_its_record(times, told):
    with pytest.raises(TimeValueError, match=told):
        time_axis(times)


@pytest.mark.parametrize("times", [[1, 2, 3.4, 5], [1, 2, 1_000_000]])
def test_times_without_equal_steps_are_refused(times):
    with pytest.raises(TimeStepError, match="equal steps"):
        time_axis(times)
