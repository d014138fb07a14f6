"""Tables of quality control: the lines of a wall, cases."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.indicators.models import QualityCase, QualityState
from lianyi.indicators.quality_machine import DATED, is_overdue
from lianyi.indicators.quality_texts import STATE_TONES, indicator_word, owner_word
from lianyi.indicators.quality_words import SIDE_WORDS, cause_word
from lianyi.indicators.queries import quality as queries
from lianyi.indicators.values_periods import period_code
from lianyi.pages.columns import NAME_CELL, DateColumn, NumberColumn, TagColumn
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting
from lianyi.pages.values import shown


class WallTable(tables.Table):  # type: ignore[misc]
    """The lines of a wall as a file; they stand in the order of the page and are not ranked."""

    unit = tables.Column(verbose_name=_("Unit"))
    observed = tables.Column(verbose_name=_("Settled values"))
    latest = tables.Column(verbose_name=_("Latest period"))
    value = tables.Column(verbose_name=_("Latest value"))
    centre = tables.Column(verbose_name=pgettext_lazy("control chart", "Mean"))
    lower = tables.Column(verbose_name=_("Lower limit"))
    upper = tables.Column(verbose_name=_("Upper limit"))
    signal = tables.Column(verbose_name=_("Signal at the latest period"))
    rules = tables.Column(verbose_name=_("By the rules"))
    kept = tables.Column(verbose_name=_("Kept after false discovery"))
    earlier = tables.Column(verbose_name=_("Earlier periods with a signal"))
    assurance = tables.Column(verbose_name=_("Against the target"))


class PointTable(tables.Table):  # type: ignore[misc]
    """The points of one chart as a file."""

    period = tables.Column(verbose_name=_("Period"))
    value = tables.Column(verbose_name=_("Value"))
    numerator = tables.Column(verbose_name=_("Numerator"))
    denominator = tables.Column(verbose_name=_("Denominator"))
    centre = tables.Column(verbose_name=pgettext_lazy("control chart", "Mean"))
    lower = tables.Column(verbose_name=_("Lower limit"))
    upper = tables.Column(verbose_name=_("Upper limit"))
    signal = tables.Column(verbose_name=_("Signal"))
    rules = tables.Column(verbose_name=_("By the rules"))


class FunnelTable(tables.Table):  # type: ignore[misc]
    """The units of a funnel as a file, in the order of the page, without ranks."""

    unit = tables.Column(verbose_name=_("Unit"))
    numerator = tables.Column(verbose_name=_("Numerator"))
    denominator = tables.Column(verbose_name=_("Denominator"))
    value = tables.Column(verbose_name=_("Value"))
    limits = tables.Column(verbose_name=_("99.8 % limits"))
    verdict = tables.Column(verbose_name=_("Where it lies"))


class QualityCaseTable(tables.Table):  # type: ignore[misc]
    """Cases with owner, day and state."""

    code = tables.Column(verbose_name=_("Number"))
    node = tables.Column(order_by=("node__name_zh", "pk"), attrs=NAME_CELL, verbose_name=_("Unit"))
    indicator = tables.Column(attrs=NAME_CELL, verbose_name=_("Indicator"))
    signal_start = tables.Column(verbose_name=_("Signal"), attrs={"td": {"class": "unbroken"}})
    state = TagColumn(STATE_TONES, dict(QualityState.choices), verbose_name=_("State"))
    owner = tables.Column(
        accessor="pk",
        order_by=("owner__display_name", "pk"),
        attrs=NAME_CELL,
        verbose_name=pgettext_lazy("quality control case", "Owner"),
    )
    due_on = DateColumn(verbose_name=_("Due on"))
    open_actions = NumberColumn(verbose_name=_("Open actions"))
    opened_on = DateColumn(verbose_name=pgettext_lazy("quality control case", "Opened on"))
    cause_kind = tables.Column(visible=False, verbose_name=_("Kind of cause"))
    cause = tables.Column(visible=False, verbose_name=_("Cause"))
    closed_on = DateColumn(visible=False, verbose_name=_("Closed on"))

    empty_hint = _("A case begins with a signal on a chart: open it there.")

    class Meta:
        model = QualityCase
        fields = (
            *("code", "node", "indicator", "signal_start", "state", "owner", "due_on", "open_actions", "opened_on"),
        )
        empty_text = _("No quality control case lies within your reach yet.")

    def render_code(self, record: QualityCase) -> SafeString:
        mark = SafeString(render_to_string("web/sample_mark.html", {"provenance": record.provenance}))
        return format_html('<a href="{}">{}</a> {}', record.get_absolute_url(), record.code, mark)

    def value_code(self, record: QualityCase) -> str:
        return record.code

    def render_node(self, record: QualityCase) -> str:
        return name_of(record.node)

    def render_indicator(self, record: QualityCase) -> str:
        return indicator_word(record.indicator)

    def render_signal_start(self, record: QualityCase) -> str:
        return f"{period_code(record.period, record.signal_start)} {SIDE_WORDS[record.side]}"

    def render_owner(self, record: QualityCase) -> str:
        return owner_word(record) or "—"

    def value_owner(self, record: QualityCase) -> str:
        return owner_word(record)

    def render_due_on(self, record: QualityCase, value: object) -> SafeString | str:
        if not is_overdue(record.state, record.due_on, timezone.localdate()):
            return shown(value)
        mark = SafeString(render_to_string("web/tag.html", {"word": now("late"), "tone": "bad"}))
        return format_html("{} {}", shown(value), mark)

    def render_cause_kind(self, record: QualityCase) -> str:
        return cause_word(record.cause_kind)


class QualityCaseFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Cases by unit, indicator, state, whose they are, and whether they are late."""

    words = django_filters.CharFilter(method="with_words", label=_("Unit or number"))
    state = django_filters.ChoiceFilter(choices=QualityState.choices, label=_("State"))
    indicator = django_filters.ChoiceFilter(choices=list, label=_("Indicator"))
    institution = django_filters.CharFilter(field_name="node__code", label=_("Unit code"))
    waiting = django_filters.ChoiceFilter(
        choices=(
            ("mine", _("mine to do")),
            ("check", _("mine to check")),
            ("late", _("late")),
            ("open", _("not over")),
        ),
        method="that_waits",
        label=pgettext_lazy("quality control case", "Waiting"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - those of every filter set
        super().__init__(*args, **kwargs)
        codes = self.queryset.order_by("indicator").values_list("indicator", flat=True).distinct()
        self.filters["indicator"].extra["choices"] = [(code, indicator_word(code)) for code in codes]

    def with_words(self, rows: QuerySet[Any, Any], _name: str, value: str) -> QuerySet[Any, Any]:
        return rows.filter(
            Q(node__name_zh__icontains=value) | Q(node__name_en__icontains=value) | Q(code__icontains=value)
        )

    def that_waits(self, rows: QuerySet[Any, Any], _name: str, value: str) -> QuerySet[Any, Any]:
        actor = acting(self.request)
        if value == "mine":
            return rows.filter(pk__in=queries.mine_to_do(actor).values("pk"))
        if value == "check":
            return rows.filter(pk__in=queries.to_check(actor).values("pk"))
        if value == "late":
            return rows.filter(state__in=DATED, due_on__lt=timezone.localdate())
        return rows.exclude(state__in=(QualityState.CLOSED, QualityState.DISMISSED))
