"""Random spans and stays for the properties."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from lianyi.methods.periods import DateSpan
from lianyi.methods.presence import Stay

EARLIEST, LATEST = date(2019, 12, 20), date(2020, 4, 10)

days = st.dates(EARLIEST, LATEST)
spans = st.builds(lambda a, b: DateSpan(min(a, b), max(a, b)), days, days)
span_lists = st.lists(spans, max_size=6)


@st.composite
def stays(draw):
    span = draw(spans)
    cuts = draw(st.lists(spans, max_size=3))
    return Stay(
        key=f"P{draw(st.integers(0, 99))}",
        person=draw(st.sampled_from(["Sample A", "Sample B", "Sample C"])),
        site=draw(st.sampled_from(["county", "town"])),
        span=span,
        absences=tuple(part for cut in cuts if (part := cut.trimmed_to(span)) is not None),
        title_rank=draw(st.integers(0, 4)),
        specialty=draw(st.sampled_from(["", "03.04", "04.02", "05"])),
    )


stay_lists = st.lists(stays(), max_size=6)


def days_of(span):
    """Every day of a span, one by one: the slow and certain way."""
    return {span.start + timedelta(days=offset) for offset in range(span.days)}


def days_of_all(several):
    return {day for span in several for day in days_of(span)}


def days_on_site(stay):
    return days_of(stay.span) - days_of_all(stay.absences)
