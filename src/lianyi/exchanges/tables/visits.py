"""Tables of visits."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.exchanges.models import ExchangeVisit, VisitSide, VisitState
from lianyi.exchanges.texts import VISIT_TONES, side_word
from lianyi.pages.columns import NAME_CELL, DateColumn, NameColumn, NumberColumn, TagColumn
from lianyi.pages.names import name_of


def linked(row: Any, text: str) -> SafeString:  # noqa: ANN401 - a row with a page of its own
    """Return the link to a row, with the mark of sample data where it is some."""
    mark = SafeString(render_to_string("web/sample_mark.html", {"provenance": row.provenance}))
    return format_html('<a href="{}">{}</a> {}', row.get_absolute_url(), text, mark)


class VisitTable(tables.Table):  # type: ignore[misc]
    """Who visited whom, when, and how many points were raised."""

    starts_on = DateColumn(verbose_name=_("First day"))
    title = tables.Column(accessor="pk", order_by=("title_zh", "pk"), attrs=NAME_CELL, verbose_name=_("Visit"))
    kind = tables.Column(verbose_name=_("Kind"))
    guest = tables.Column(order_by=("guest__name_zh",), attrs=NAME_CELL, verbose_name=_("Guest"))
    host = tables.Column(order_by=("host__name_zh",), attrs=NAME_CELL, verbose_name=_("Host"))
    state = TagColumn(VISIT_TONES, dict(VisitState.choices), verbose_name=_("State"))
    point_count = NumberColumn(verbose_name=pgettext_lazy("visit", "Points"))
    agreement = NameColumn(stem="title", order_by=("agreement__code",), verbose_name=_("Agreement"))
    code = tables.Column(visible=False, verbose_name=_("Code"))
    ends_on = DateColumn(visible=False, verbose_name=_("Last day"))
    venue = tables.Column(visible=False, verbose_name=_("Where exactly"))

    empty_hint = _("Plan a visit, or import a table of visits.")

    class Meta:
        model = ExchangeVisit
        fields = ("starts_on", "title", "kind", "guest", "host", "state", "point_count", "agreement")
        empty_text = pgettext_lazy("visit", "No visit lies within your reach yet.")

    def render_title(self, record: ExchangeVisit) -> SafeString:
        return linked(record, name_of(record, "title"))

    def value_title(self, record: ExchangeVisit) -> str:
        return name_of(record, "title")

    def render_guest(self, record: ExchangeVisit) -> str:
        return side_word(record, VisitSide.GUEST)

    def render_host(self, record: ExchangeVisit) -> str:
        return side_word(record, VisitSide.HOST)


class VisitEvidenceTable(VisitTable):
    """The visits behind a counted figure."""

    class Meta(VisitTable.Meta):
        empty_text = pgettext_lazy("visit", "No visit stands behind this figure.")
