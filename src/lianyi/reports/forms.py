"""What people choose about reports: the period, and whether they are made by themselves."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianyi.pages.forms import CommandForm
from lianyi.partnerships.models import Agreement
from lianyi.reports.commands import Schedule
from lianyi.reports.content import QUARTERS, ReportPeriod
from lianyi.reports.models import ReportSchedule

MOST_DAYS_AFTER = 90
YEARS_OFFERED = 6


def periods_of(agreement: Agreement, today: datetime.date) -> list[ReportPeriod]:
    """Return the years and quarters of the term that have begun, the newest first, each year before its quarters."""
    term = agreement.term
    last = min(term.end, today)
    found = []
    for year in range(last.year, term.start.year - 1, -1):
        of_year = [ReportPeriod(year), *(ReportPeriod(year, quarter) for quarter in reversed(QUARTERS))]
        found += [each for each in of_year if each.span.overlaps(term) and each.span.start <= last]
    return found


def recent_periods(today: datetime.date) -> list[ReportPeriod]:
    """Return the last years and their quarters that have begun, the newest first, each year before its quarters."""
    found = []
    for year in range(today.year, today.year - YEARS_OFFERED, -1):
        of_year = [ReportPeriod(year), *(ReportPeriod(year, quarter) for quarter in reversed(QUARTERS))]
        found += [each for each in of_year if each.span.start <= today]
    return found


def period_word(period: ReportPeriod) -> str:
    if period.quarter is None:
        return str(_("whole year %(year)s") % {"year": period.year})
    return str(_("%(year)s, quarter %(quarter)s") % {"year": period.year, "quarter": period.quarter})


def choices_of(agreement: Agreement, today: datetime.date) -> list[tuple[str, str]]:
    return [(str(each), period_word(each)) for each in periods_of(agreement, today)]


class PeriodForm(forms.Form):
    """Which period the page shows."""

    period = forms.ChoiceField(label=_("Period"))

    def __init__(self, given: Mapping[str, Any], agreement: Agreement, today: datetime.date) -> None:
        super().__init__(given)
        self.fields["period"].choices = choices_of(agreement, today)  # type: ignore[attr-defined]


class PlacePeriodForm(forms.Form):
    """Which year or quarter a report about a place tells: the last years that have begun."""

    period = forms.ChoiceField(label=_("Period"))

    def __init__(self, given: Mapping[str, Any], today: datetime.date) -> None:
        super().__init__(given)
        self.fields["period"].choices = [(str(each), period_word(each)) for each in recent_periods(today)]  # type: ignore[attr-defined]


class KeepForm(CommandForm):
    """Nothing to fill in: the period stands in the address, the key makes a second sending harmless."""


class ScheduleForm(CommandForm):
    """Whether and when reports of an agreement are made by themselves."""

    every = forms.ChoiceField(label=_("How often"), choices=ReportSchedule.Every.choices)
    days_after = forms.IntegerField(
        label=_("Days after the end of the period"),
        min_value=0,
        max_value=MOST_DAYS_AFTER,
        initial=5,
        help_text=_("So that late entries of the last days are in it."),
    )
    since = forms.DateField(label=_("First period that ends on or after"))
    is_on = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def wanted(self) -> Schedule:
        data = self.cleaned_data
        return Schedule(every=data["every"], days_after=data["days_after"], since=data["since"], is_on=data["is_on"])
