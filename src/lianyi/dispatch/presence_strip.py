"""A calendar of presence: one strip for each year, on which the days with nobody on site stand out."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lianyi.dispatch.board import Box, gap_text
from lianyi.dispatch.texts import days_word
from lianyi.methods.periods import DateSpan, gaps_within, month_span, periods_within, spans_within

ONE_DAY = datetime.timedelta(days=1)
LABEL_WIDTH = 60
DAY_WIDTH = 2.75
STRIP_HEIGHT = 20
MONTHS = range(1, 13)
WIDTH = LABEL_WIDTH + round(366 * DAY_WIDTH)


@dataclass(frozen=True, slots=True)
class Month:
    x: int
    label: str


@dataclass(frozen=True, slots=True)
class YearStrip:
    """One calendar year: days with somebody there, days with nobody, and how many of each."""

    label: str
    within: DateSpan
    months: tuple[Month, ...]
    ground: Box
    present: tuple[Box, ...]
    gaps: tuple[Box, ...]
    gap_spans: tuple[DateSpan, ...]
    today_x: int | None

    @property
    def gap_days(self) -> int:
        return sum(gap.days for gap in self.gap_spans)

    @property
    def covered_days(self) -> int:
        return self.within.days - self.gap_days

    @property
    def summary(self) -> str:
        words = {"year": self.label, "covered": days_word(self.covered_days), "gaps": days_word(self.gap_days)}
        return _("%(year)s: somebody there on %(covered)s, nobody on %(gaps)s") % words


def year_strips(there: Sequence[DateSpan], term: DateSpan, today: datetime.date) -> list[YearStrip]:
    """Return one strip for each calendar year of a term, from the merged days on which somebody is there."""
    return [_strip(there, period.within, period.whole, today) for period in periods_within(term, "year")]


def _strip(there: Sequence[DateSpan], within: DateSpan, whole: DateSpan, today: datetime.date) -> YearStrip:
    def box(span: DateSpan, title: str = "", *, is_ahead: bool = False) -> Box:
        start, end = _x(span.start, whole), _x(span.end + ONE_DAY, whole)
        return Box(start, 16, max(2, end - start), STRIP_HEIGHT, title, is_ahead)

    gaps = gaps_within(there, within)
    return YearStrip(
        label=str(whole.start.year),
        within=within,
        months=tuple(Month(_x(month_span(whole.start.year, month).start, whole), str(month)) for month in MONTHS),
        ground=box(within),
        present=tuple(box(span, f"{span.start} – {span.end}") for span in spans_within(there, within)),
        gaps=tuple(box(gap, gap_text(gap, today), is_ahead=gap.start > today) for gap in gaps),
        gap_spans=gaps,
        today_x=_x(today, whole) if today in whole else None,
    )


def _x(day: datetime.date, year: DateSpan) -> int:
    return LABEL_WIDTH + round((day - year.start).days * DAY_WIDTH)
