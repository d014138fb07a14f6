"""Tables of the field log."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.growth.models.field_log import FieldLogEntry
from lianyi.pages.columns import NAME_CELL, DateColumn, NumberColumn
from lianyi.pages.names import name_of


class LogTable(tables.Table):  # type: ignore[misc]
    """Entries of the field log, the standing version of each day."""

    day = DateColumn(verbose_name=_("Day"))
    person = tables.Column(
        accessor="pk", order_by=("posting__staff__name_zh", "pk"), attrs=NAME_CELL, verbose_name=_("Person")
    )
    site = tables.Column(
        accessor="posting__to_institution",
        order_by=("posting__to_institution__code",),
        attrs=NAME_CELL,
        verbose_name=_("At"),
    )
    outpatients = NumberColumn(verbose_name=_("Outpatients"))
    ward_rounds = NumberColumn(verbose_name=_("Ward rounds"))
    operations = NumberColumn(verbose_name=_("Operations"))
    teaching_minutes = NumberColumn(verbose_name=_("Minutes of teaching"))
    versions = tables.Column(accessor="pk", order_by=("number", "pk"), verbose_name=_("Versions"))
    source = tables.Column(verbose_name=_("Written how"))
    words = tables.Column(attrs=NAME_CELL, verbose_name=_("In words"))

    empty_hint = _("Posted people write one entry for each day, on the site or without network.")

    class Meta:
        model = FieldLogEntry
        fields = (
            *("day", "person", "site", "outpatients", "ward_rounds", "operations", "teaching_minutes", "versions"),
            *("source", "words"),
        )
        empty_text = _("No entry lies within your reach yet.")

    def render_day(self, record: FieldLogEntry) -> SafeString:
        mark = SafeString(render_to_string("web/sample_mark.html", {"provenance": record.provenance}))
        return format_html(
            '<a href="{}">{}</a> {}', reverse("growth:log-entry", args=[record.pk]), str(record.day), mark
        )

    def render_person(self, record: FieldLogEntry) -> str:
        return name_of(record.posting.staff)

    def render_site(self, record: FieldLogEntry) -> str:
        return name_of(record.posting.to_institution)

    def render_versions(self, record: FieldLogEntry) -> str | SafeString:
        if not record.is_beside:
            return str(record.number)
        return format_html('{} <span class="tag tag-warning">{}</span>', record.number, _("side by side"))

    def value_versions(self, record: FieldLogEntry) -> int:
        return record.number


class LogFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Entries by words, agreement and days."""

    words = django_filters.CharFilter(method="with_words", label=_("Person, site or words"))
    agreement = django_filters.CharFilter(
        field_name="posting__agreement__code", lookup_expr="iexact", label=_("Agreement")
    )
    since = django_filters.DateFilter(field_name="day", lookup_expr="gte", label=pgettext_lazy("days", "From"))
    until = django_filters.DateFilter(field_name="day", lookup_expr="lte", label=pgettext_lazy("days", "To"))

    def with_words(self, rows: QuerySet[FieldLogEntry, Any], _name: str, value: str) -> QuerySet[FieldLogEntry, Any]:
        person = Q(posting__staff__name_zh__icontains=value) | Q(posting__staff__name_en__icontains=value)
        site = Q(posting__to_institution__name_zh__icontains=value)
        return rows.filter(person | site | Q(words__icontains=value))
