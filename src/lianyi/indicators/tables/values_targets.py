"""Targets of indicators of a duty, each with the accepted value behind it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.indicators.values_texts import TARGET_TONES, TARGET_WORDS, figure_word
from lianyi.pages.columns import NAME_CELL, NumberColumn, TagColumn


@dataclass(frozen=True, slots=True)
class ShownTarget:
    """One line of the page: figures as far as the reader may see them, the value's page where it may be opened."""

    target: str
    unit: str
    value: str
    numerator: Decimal | None
    denominator: Decimal | None
    period: str
    version: int | None
    state: str
    standing: str
    url: str


class TargetTable(tables.Table):  # type: ignore[misc]
    """What was promised of indicators, what was accepted, and where it stands."""

    target = tables.Column(attrs=NAME_CELL, verbose_name=_("Target"))
    unit = tables.Column(attrs=NAME_CELL, verbose_name=pgettext_lazy("that reports", "Unit"))
    value = tables.Column(attrs={"td": {"class": "numeric"}, "th": {"class": "numeric"}}, verbose_name=_("Value"))
    numerator = NumberColumn(verbose_name=_("Numerator"))
    denominator = NumberColumn(verbose_name=_("Denominator"))
    period = tables.Column(attrs={"td": {"class": "unbroken"}}, verbose_name=_("Period"))
    version = tables.Column(verbose_name=_("Definition"))
    state = tables.Column(verbose_name=_("State of the sheet"))
    standing = TagColumn(TARGET_TONES, TARGET_WORDS, verbose_name=_("Standing"))

    class Meta:
        empty_text = _("The duty names no target of an indicator.")

    def render_value(self, record: ShownTarget, value: str) -> SafeString | str:
        return format_html('<a href="{}">{}</a>', record.url, value) if record.url else value

    def value_value(self, value: str) -> str:
        return value

    def render_numerator(self, value: Decimal) -> str:
        return figure_word(value)

    def render_denominator(self, value: Decimal) -> str:
        return figure_word(value)

    def value_numerator(self, value: Decimal) -> Decimal:
        return value

    def value_denominator(self, value: Decimal) -> Decimal:
        return value
