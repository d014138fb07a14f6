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
from lianyi.registry.models import Place
from lianyi.reports.forms import period_word
from lianyi.reports.models import KeptPlaceReport, KeptReport, KeptVisitReport, PlaceReportKind, VisitReportKind


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


class KeptPlaceReportTable(tables.Table):  # type: ignore[misc]
    """Reports about places as they were kept."""

    kind = tables.Column(linkify=True)
    period = tables.Column(verbose_name=_("Period"), order_by=("year", "quarter", "number"))
    place = tables.Column(order_by=("place__code",))

    class Meta:
        model = KeptPlaceReport
        fields = ("kind", "place", "period", "number", "counted_to", "made_at", "made_by", "sha256")
        order_by = ("-made_at",)

    def render_period(self, record: KeptPlaceReport) -> str:
        return period_word(record.period)

    def render_place(self, record: KeptPlaceReport) -> str:
        return name_of(record.place)

    def render_sha256(self, value: str) -> str:
        return value[:12]

    def value_sha256(self, value: str) -> str:
        return value


class KeptPlaceReportFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Kept reports about places by kind, year and place."""

    kind = django_filters.ChoiceFilter(choices=PlaceReportKind.choices, label=_("Kind"))
    year = django_filters.NumberFilter(field_name="year", label=_("Year"))
    place = django_filters.CharFilter(
        field_name="place__code",
        lookup_expr="iexact",
        label=_("Place"),
        widget=LookupWidget("registry:place-suggestions"),
    )


class WatchedPlaceTable(tables.Table):  # type: ignore[misc]
    """Places that the reader covers, each with its dashboard."""

    name = tables.Column(
        accessor="pk",
        order_by=("name_zh", "pk"),
        linkify=("reports:of-place", {"pk": tables.A("pk"), "kind": PlaceReportKind.DASHBOARD.value}),
        verbose_name=_("Place"),
    )
    level = tables.Column(verbose_name=_("Level"))
    parent = tables.Column(order_by=("parent__name_zh",), verbose_name=_("Part of"))
    code = tables.Column(verbose_name=_("Code"))

    empty_hint = _("A dashboard is for who covers a whole county, district, city or province.")

    class Meta:
        model = Place
        fields = ("name", "level", "parent", "code")
        empty_text = _("You cover no whole county, district or city.")

    def render_name(self, record: Place) -> str:
        return name_of(record)

    def render_parent(self, record: Place) -> str:
        return name_of(record.parent)
