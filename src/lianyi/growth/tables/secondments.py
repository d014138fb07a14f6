"""Tables of secondments."""

from __future__ import annotations

import datetime
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

from lianyi.dispatch.models import Posting
from lianyi.pages.columns import NAME_CELL, DateColumn
from lianyi.pages.names import name_of

RETURNED = [("yes", _("returned")), ("no", _("still away or ahead"))]


class SecondmentTable(tables.Table):  # type: ignore[misc]
    """Secondments up: who, from where, to where, until when."""

    person = tables.Column(accessor="pk", order_by=("staff__name_zh", "pk"), attrs=NAME_CELL, verbose_name=_("Person"))
    home = tables.Column(
        accessor="from_institution",
        order_by=("from_institution__code",),
        attrs=NAME_CELL,
        verbose_name=pgettext_lazy("secondment", "Home"),
    )
    learns_at = tables.Column(
        accessor="to_institution", order_by=("to_institution__code",), attrs=NAME_CELL, verbose_name=_("Learns at")
    )
    starts_on = DateColumn(verbose_name=_("From"))
    left_on = DateColumn(verbose_name=_("Returned after"))
    agreement = tables.Column(order_by=("agreement__code",), attrs=NAME_CELL, verbose_name=_("Agreement"))
    code = tables.Column(verbose_name=_("Number"))

    empty_hint = _("Secondments up are planned as postings of an agreement.")

    class Meta:
        model = Posting
        fields = ("person", "home", "learns_at", "starts_on", "left_on", "agreement", "code")
        empty_text = _("No secondment up lies within your reach yet.")

    def render_person(self, record: Posting) -> SafeString:
        mark = SafeString(render_to_string("web/sample_mark.html", {"provenance": record.provenance}))
        address = reverse("growth:secondment", args=[record.pk])
        return format_html('<a href="{}">{}</a> {}', address, name_of(record.staff), mark)

    def value_person(self, record: Posting) -> str:
        return name_of(record.staff)

    def render_home(self, record: Posting) -> str:
        return name_of(record.from_institution)

    def render_learns_at(self, record: Posting) -> str:
        return name_of(record.to_institution)

    def render_left_on(self, value: datetime.date) -> str:
        return str(value)

    def render_agreement(self, record: Posting) -> str:
        return name_of(record.agreement, "title")


class SecondmentFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Secondments by words, agreement, and whether the person is back."""

    words = django_filters.CharFilter(method="with_words", label=_("Person or institution"))
    agreement = django_filters.CharFilter(field_name="agreement__code", lookup_expr="iexact", label=_("Agreement"))
    returned = django_filters.ChoiceFilter(choices=RETURNED, method="by_return", label=_("Returned"))

    def with_words(self, rows: QuerySet[Posting, Any], _name: str, value: str) -> QuerySet[Posting, Any]:
        home = Q(from_institution__name_zh__icontains=value) | Q(to_institution__name_zh__icontains=value)
        return rows.filter(home | Q(staff__name_zh__icontains=value) | Q(staff__name_en__icontains=value))

    def by_return(self, rows: QuerySet[Posting, Any], _name: str, value: str) -> QuerySet[Posting, Any]:
        return rows.filter(left_on__isnull=value != "yes")
