"""The list of kept reports."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.pages.lookups import LookupWidget
from lianyi.pages.names import name_of
from lianyi.partnerships.models import Agreement
from lianyi.reports.forms import period_word
from lianyi.reports.models import KeptReport, KeptVisitReport, VisitReportKind


class KeptReportTable(tables.Table):  # type: ignore[misc]
    """Reports as they were kept."""

    period = tables.Column(verbose_name=_("Period"), linkify=True, order_by=("year", "quarter", "number"))
    agreement = tables.Column(verbose_name=_("Agreement"), order_by=("agreement__title_zh",))

    class Meta:
        model = KeptReport
        fields = ("period", "agreement", "number", "counted_to", "made_at", "made_by", "sha256")
        order_by = ("-made_at",)

    def render_period(self, record: KeptReport) -> str:
        return period_word(record.period)

    def render_agreement(self, record: KeptReport) -> str:
        return name_of(record.agreement, "title")

    def render_sha256(self, value: str) -> str:
        return value[:12]

    def value_sha256(self, value: str) -> str:
        return value


class KeptReportFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Kept reports by agreement and year."""

    agreement = django_filters.CharFilter(
        method="of_agreement", label=_("Agreement"), widget=LookupWidget("dispatch:agreement-suggestions")
    )
    year = django_filters.NumberFilter(field_name="year", label=_("Year"))

    def of_agreement(self, rows: QuerySet[KeptReport, Any], _name: str, value: str) -> QuerySet[KeptReport, Any]:
        return rows.filter(agreement__in=Agreement.objects.filter(Q(code__iexact=value)))


class KeptVisitReportTable(tables.Table):  # type: ignore[misc]
    """Reports about visits as they were kept."""

    kind = tables.Column(linkify=True)
    visit = tables.Column(verbose_name=pgettext_lazy("visit", "Visit"), order_by=("visit__starts_on", "visit_id"))

    class Meta:
        model = KeptVisitReport
        fields = ("kind", "visit", "number", "counted_to", "made_at", "made_by", "sha256")
        order_by = ("-made_at",)

    def render_visit(self, record: KeptVisitReport) -> str:
        return name_of(record.visit, "title")

    def render_sha256(self, value: str) -> str:
        return value[:12]

    def value_sha256(self, value: str) -> str:
        return value


class KeptVisitReportFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Kept reports about visits by kind and visit."""

    kind = django_filters.ChoiceFilter(choices=VisitReportKind.choices, label=_("Kind"))
    visit = django_filters.CharFilter(
        field_name="visit__code", lookup_expr="iexact", label=pgettext_lazy("visit", "Code of the visit")
    )
