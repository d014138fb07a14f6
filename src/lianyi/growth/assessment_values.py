"""Measured values of items in words: the value, and where it comes from."""

from __future__ import annotations

from django.utils.translation import gettext as _

from lianyi.growth.assessment_times import CountedValue, ItemTimes, TimesReader, counted_value
from lianyi.growth.models import AssessmentItem
from lianyi.growth.texts_assessments import value_word
from lianyi.rules import ChecklistItem


def shown_value(item: ChecklistItem, row: AssessmentItem | None, reader: TimesReader) -> str:
    """Return the value with its unit, or that it is hidden because few patients stand behind it."""
    if row is None or row.value is None:
        return ""
    return _("hidden") if reader.hides(item, row) else value_word(item, row.value)


def shown_source(item: ChecklistItem, row: AssessmentItem | None, reader: TimesReader) -> str:
    """Say whether a measured value was entered by a person, or counted, of how many patients and how surely."""
    if row is None or item.unit is None or row.value is None:
        return ""
    counted = counted_value(row)
    if counted is None:
        return _("entered by a person")
    if reader.hides(item, row):
        return _("counted from referrals; the number of patients is small and hidden")
    return counted_words(item, counted)


def counted_words(item: ChecklistItem, counted: CountedValue) -> str:
    """Say of how many patients a value was counted, between which days, and its interval."""
    words = _("counted from referrals: %(cases)s patients, %(since)s to %(until)s") % {
        "cases": counted.cases,
        "since": counted.since,
        "until": counted.until,
    }
    if counted.low is None or counted.high is None:
        return words
    interval = _("95 %% interval %(low)s to %(high)s") % {
        "low": value_word(item, counted.low),
        "high": value_word(item, counted.high),
    }
    return f"{words}; {interval}"


def offered_words(item: ChecklistItem, times: ItemTimes) -> str:
    """Say on the form what referrals say of an item."""
    if times.is_hidden:
        return _(
            "Referrals hold these times, but few patients stand behind them and your role does not see the number. "
            "Somebody of the hospital who works with referrals fills this in."
        )
    if times.counted is not None:
        return f"{value_word(item, times.counted.value)} · {counted_words(item, times.counted)}"
    means = [_("%(month)s: %(mean)s min") % {"month": label, "mean": f"{mean:g}"} for label, mean in times.months]
    return _("mean by month, counted from referrals: %(months)s") % {"months": " · ".join(means)}
