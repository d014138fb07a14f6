"""Lists of indicators, reporting duties, sheets and values."""

from __future__ import annotations

import datetime
import functools
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

from lianyi.accounts.records import Provenance
from lianyi.dispatch.rounds_disclosure import watched_counts
from lianyi.indicators.counted_veil import CountVeil, count_veil
from lianyi.indicators.models import (
    IndicatorSheet,
    IndicatorValue,
    PeriodKind,
    ReportingAssignment,
    SheetState,
    ValueSource,
)
from lianyi.indicators.values_definitions import families, newest_definitions, value_of
from lianyi.indicators.values_periods import period_code
from lianyi.indicators.values_shown import shown_figures
from lianyi.indicators.values_texts import (
    SOURCE_TONES,
    STATE_TONES,
    definition_title,
    family_word,
    name_of_code,
    words_of,
)
from lianyi.pages.columns import NAME_CELL, DateColumn, NumberColumn, TagColumn
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting


def family_choices() -> list[tuple[str, str]]:
    return [(each.id, words_of(each.title)) for each in families().values()]


def indicator_choices() -> list[tuple[str, str]]:
    return [(each.code, definition_title(each)) for each in newest_definitions()]


class DefinitionTable(tables.Table):  # type: ignore[misc]
    """Indicators with what is counted, as one line each."""

    name = tables.Column(accessor="title", verbose_name=_("Indicator"), attrs={"td": {"class": "wide-cell"}})
    family = tables.Column(accessor="family_title", verbose_name=_("Family"))
    unit = tables.Column(accessor="unit_title", verbose_name=_("Unit"))
    direction = tables.Column(accessor="direction_title", verbose_name=_("Better is"))
    period = tables.Column(accessor="period_title", verbose_name=_("Period"))
    obtained = tables.Column(accessor="obtained_title", verbose_name=_("How it is obtained"))
    version = tables.Column(accessor="version", verbose_name=pgettext_lazy("of a definition", "Version"))
    code = tables.Column(accessor="code", verbose_name=_("Code"))

    class Meta:
        empty_text = _("No indicator fits.")

    def render_name(self, record: Any, value: str) -> SafeString:  # noqa: ANN401 - a line of the page
        return format_html('<a href="{}">{}</a>', reverse("indicators:definition", args=[record.code]), value)

    def value_name(self, value: str) -> str:
        return value


class AssignmentTable(tables.Table):  # type: ignore[misc]
    """Who reports what."""

    node = tables.Column(order_by=("node__name_zh", "pk"), attrs=NAME_CELL, verbose_name=_("Unit"))
    family = tables.Column(verbose_name=_("Family"))
    period = tables.Column(verbose_name=_("Period"))
    starts_on = DateColumn(verbose_name=_("From"))
    ends_on = DateColumn(verbose_name=_("To"))
    due_days = NumberColumn(verbose_name=_("Due after (days)"))

    empty_hint = _("Say which institution or place reports which family of indicators, or import a table.")

    class Meta:
        model = ReportingAssignment
        fields = ("node", "family", "period", "starts_on", "ends_on", "due_days")
        empty_text = _("Nobody within your reach is asked to report yet.")

    def render_node(self, record: ReportingAssignment) -> SafeString:
        mark = SafeString(render_to_string("web/sample_mark.html", {"provenance": record.provenance}))
        return format_html(
            '<a href="{}">{}</a> {}', reverse("indicators:reporter", args=[record.pk]), name_of(record.node), mark
        )

    def value_node(self, record: ReportingAssignment) -> str:
        return name_of(record.node)

    def render_family(self, record: ReportingAssignment) -> str:
        return family_word(record.family)


class AssignmentFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Reporting duties by unit and family."""

    words = django_filters.CharFilter(method="with_words", label=_("Unit or code"))
    family = django_filters.ChoiceFilter(choices=family_choices, label=_("Family"))

    def with_words(self, rows: QuerySet[Any, Any], _name: str, value: str) -> QuerySet[Any, Any]:
        return rows.filter(_names_node(value))


def _names_node(value: str) -> Q:
    return Q(node__name_zh__icontains=value) | Q(node__name_en__icontains=value) | Q(node__code__iexact=value)


class SheetTable(tables.Table):  # type: ignore[misc]
    """Sheets with where they stand."""

    period_start = tables.Column(verbose_name=_("Period"), attrs={"td": {"class": "unbroken"}})
    node = tables.Column(order_by=("node__name_zh", "pk"), attrs=NAME_CELL, verbose_name=_("Unit"))
    family = tables.Column(verbose_name=_("Family"))
    state = TagColumn(STATE_TONES, dict(SheetState.choices), verbose_name=_("State"))

    empty_hint = _("Begin a sheet for a period, or import a table.")

    class Meta:
        model = IndicatorSheet
        fields = ("period_start", "node", "family", "state")
        empty_text = _("No sheet lies within your reach yet.")

    def render_period_start(self, record: IndicatorSheet) -> str:
        return period_code(record.period, record.period_start)

    def render_node(self, record: IndicatorSheet) -> SafeString:
        mark = SafeString(render_to_string("web/sample_mark.html", {"provenance": record.provenance}))
        return format_html('<a href="{}">{}</a> {}', record.get_absolute_url(), name_of(record.node), mark)

    def value_node(self, record: IndicatorSheet) -> str:
        return name_of(record.node)

    def render_family(self, record: IndicatorSheet) -> str:
        return family_word(record.family)


class SheetFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Sheets by unit, family, kind of period, days and state."""

    words = django_filters.CharFilter(method="with_words", label=_("Unit or code"))
    family = django_filters.ChoiceFilter(choices=family_choices, label=_("Family"))
    period = django_filters.ChoiceFilter(choices=PeriodKind.choices, label=_("Period"))
    state = django_filters.ChoiceFilter(choices=SheetState.choices, label=_("State"))
    since = django_filters.DateFilter(field_name="period_start", lookup_expr="gte", label=_("From"))

    def with_words(self, rows: QuerySet[Any, Any], _name: str, value: str) -> QuerySet[Any, Any]:
        return rows.filter(_names_node(value))


class ValueTable(tables.Table):  # type: ignore[misc]
    """Values with their figures and where they come from."""

    code = tables.Column(verbose_name=_("Indicator"), attrs={"td": {"class": "wide-cell"}})
    node = tables.Column(order_by=("node__name_zh", "pk"), attrs=NAME_CELL, verbose_name=_("Unit"))
    period_start = tables.Column(verbose_name=_("Period"), attrs={"td": {"class": "unbroken"}})
    quotient = NumberColumn(empty_values=(), verbose_name=_("Value"))
    numerator = NumberColumn(verbose_name=_("Numerator"))
    denominator = NumberColumn(verbose_name=_("Denominator"))
    state = TagColumn(
        STATE_TONES, dict(SheetState.choices), accessor="sheet__state", verbose_name=_("State of the sheet")
    )
    source = TagColumn(SOURCE_TONES, dict(ValueSource.choices), verbose_name=_("Source"))
    definition_version = tables.Column(verbose_name=_("Definition"))

    class Meta:
        model = IndicatorValue
        fields = (
            *("code", "node", "period_start", "quotient", "numerator", "denominator", "state", "source"),
            "definition_version",
        )
        empty_text = _("No value lies within your reach yet.")

    def render_code(self, record: IndicatorValue) -> SafeString:
        mark = SafeString(render_to_string("web/sample_mark.html", {"provenance": record.provenance}))
        return format_html('<a href="{}">{}</a> {}', record.get_absolute_url(), name_of_code(record), mark)

    def value_code(self, record: IndicatorValue) -> str:
        return record.code

    def render_node(self, record: IndicatorValue) -> str:
        return name_of(record.node)

    def render_period_start(self, record: IndicatorValue) -> str:
        return period_code(record.sheet.period, record.period_start)

    def value_period_start(self, record: IndicatorValue) -> str:
        return period_code(record.sheet.period, record.period_start)

    def render_quotient(self, record: IndicatorValue) -> str:
        return shown_figures(record, self._veil)["value"]

    def value_quotient(self, record: IndicatorValue) -> float | None:
        return None if self._veil.hides_value(record) else value_of(record)

    def render_numerator(self, record: IndicatorValue) -> str:
        return shown_figures(record, self._veil)["numerator"]

    def render_denominator(self, record: IndicatorValue) -> str:
        return shown_figures(record, self._veil)["denominator"]

    def value_numerator(self, record: IndicatorValue) -> Any:  # noqa: ANN401
        return None if self._veil.hides_value(record) else record.numerator

    def value_denominator(self, record: IndicatorValue) -> Any:  # noqa: ANN401
        return None if self._veil.hides_value(record) else record.denominator

    @functools.cached_property
    def _veil(self) -> CountVeil:
        """What the reader of this table is not shown; whoever renders it without a request is shown the least."""
        return CountVeil(watched_counts().threshold) if self.request is None else count_veil(acting(self.request))


class ValueFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Values by family, indicator, unit, days, state, source and provenance."""

    family = django_filters.ChoiceFilter(field_name="sheet__family", choices=family_choices, label=_("Family"))

    code = django_filters.ChoiceFilter(choices=indicator_choices, label=_("Indicator"))
    words = django_filters.CharFilter(method="with_words", label=_("Unit or code"))
    since = django_filters.DateFilter(field_name="period_start", lookup_expr="gte", label=_("From"))
    until = django_filters.DateFilter(method="not_after", label=_("To"))
    state = django_filters.ChoiceFilter(
        field_name="sheet__state", choices=SheetState.choices, label=_("State of the sheet")
    )
    source = django_filters.ChoiceFilter(choices=ValueSource.choices, label=_("Source"))
    provenance = django_filters.ChoiceFilter(choices=Provenance.choices, label=_("Provenance"))

    def with_words(self, rows: QuerySet[Any, Any], _name: str, value: str) -> QuerySet[Any, Any]:
        return rows.filter(_names_node(value))

    def not_after(self, rows: QuerySet[Any, Any], _name: str, value: datetime.date) -> QuerySet[Any, Any]:
        return rows.filter(period_start__lte=value)


class ArrivalTable(tables.Table):  # type: ignore[misc]
    """The board of completeness as rows to take along: one for each unit and period."""

    unit_code = tables.Column(verbose_name=_("Unit code"))
    unit = tables.Column(verbose_name=pgettext_lazy("that reports", "Unit"))
    level = tables.Column(verbose_name=_("Level"))
    family = tables.Column(verbose_name=_("Family"))
    period = tables.Column(verbose_name=_("Period"))
    due_on = DateColumn(verbose_name=_("Due on"))
    received_on = DateColumn(verbose_name=_("Received on"))
    arrival = tables.Column(verbose_name=_("Standing"))
    state = tables.Column(verbose_name=_("State of the sheet"))
