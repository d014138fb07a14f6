"""The figures as a file to take along."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from lianyi.referrals.models import PatientIdentity
from lianyi.referrals.tables.legs import LegTable


class CountedLegTable(LegTable):
    """Cases behind a figure: age and sex, no names. Who needs the name opens the case."""

    Meta = LegTable.Meta
    identities: Mapping[int, PatientIdentity] = MappingProxyType({})


class FigureTable(tables.Table):  # type: ignore[misc]
    """Every figure of the page in one table: group, measure, parts, value, interval, note."""

    group = tables.Column(verbose_name=_("Group of figures"))
    measure = tables.Column(verbose_name=_("Measure"))
    numerator = tables.Column(verbose_name=_("Numerator"))
    denominator = tables.Column(verbose_name=_("Denominator"))
    value = tables.Column(verbose_name=_("Value"))
    unit = tables.Column(verbose_name=_("Unit"))
    low = tables.Column(verbose_name=_("Lower limit (95 %)"))
    high = tables.Column(verbose_name=_("Upper limit (95 %)"))
    standing = tables.Column(verbose_name=_("Remark"))
    note = tables.Column(verbose_name=_("About it"))
    first_day = tables.Column(verbose_name=_("First day"))
    last_day = tables.Column(verbose_name=_("Last day"))

    def value_value(self, value: Any) -> Any:  # noqa: ANN401 - a number or nothing
        return _rounded(value)

    def value_low(self, value: Any) -> Any:  # noqa: ANN401
        return _rounded(value)

    def value_high(self, value: Any) -> Any:  # noqa: ANN401
        return _rounded(value)


class StandardMonthTable(tables.Table):  # type: ignore[misc]
    """Each time standard month by month, with what it is held against."""

    standard = tables.Column(verbose_name=_("Time standard"))
    month = tables.Column(verbose_name=_("Month"))
    within = tables.Column(verbose_name=_("Within the limit"))
    patients = tables.Column(verbose_name=_("Patients"))
    share = tables.Column(verbose_name=_("Share (%)"))
    low = tables.Column(verbose_name=_("Lower limit (95 %)"))
    high = tables.Column(verbose_name=_("Upper limit (95 %)"))
    mean_minutes = tables.Column(verbose_name=_("Mean (min)"))
    missing = tables.Column(verbose_name=_("Sent in the month, without both times"))
    standing = tables.Column(verbose_name=_("Remark"))
    limit = tables.Column(verbose_name=_("Limit"))
    source = tables.Column(verbose_name=_("Source"))

    def value_share(self, value: Any) -> Any:  # noqa: ANN401 - a number or nothing
        return _rounded(value)

    def value_low(self, value: Any) -> Any:  # noqa: ANN401
        return _rounded(value)

    def value_high(self, value: Any) -> Any:  # noqa: ANN401
        return _rounded(value)

    def value_mean_minutes(self, value: Any) -> Any:  # noqa: ANN401
        return _rounded(value)


def _rounded(value: Any) -> Any:  # noqa: ANN401
    return round(value, 2) if isinstance(value, float) else value
