"""The words of the partnership pages: states, units, shares, specialties in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django import template

from lianyi.pages.names import in_language
from lianyi.pages.values import NOTHING, shown
from lianyi.partnerships.charts import day_text
from lianyi.partnerships.models import TimelineFact
from lianyi.partnerships.promises import PromiseState
from lianyi.partnerships.queries import TimelineEntry
from lianyi.partnerships.words import SHARE, flow_words, unit_name
from lianyi.rules import reference_item

register = template.Library()

TONES = {
    PromiseState.MET: "good",
    PromiseState.SHORT: "bad",
    PromiseState.RUNNING: "info",
    PromiseState.NOT_BEGUN: "neutral",
    PromiseState.NOT_MEASURED: "neutral",
}


@register.filter
def state_word(state: str) -> str:
    return str(PromiseState(state).label)


@register.filter
def state_tone(state: str) -> str:
    return TONES[PromiseState(state)]


@register.filter
def unit_word(unit: str) -> str:
    return unit_name(unit)


@register.filter
def amount(value: Decimal | None, unit: str) -> str:
    """Show an amount; a share as percent, rounded down so that 99.96 % never reads as every day."""
    if value is None:
        return NOTHING
    if unit == SHARE:
        permille = int(value * 1000)
        return f"{permille // 10}.{permille % 10}%" if permille % 10 else f"{permille // 10}%"
    return shown(Decimal(value))


@register.filter
def plain_number(value: Decimal) -> str:
    """Show a number for an attribute: a point, no grouping, whatever the language."""
    return f"{value:.4f}"


@register.filter
def specialty_name(code: str) -> str:
    item = reference_item("specialties", code)
    return in_language(item.zh, item.en)


@register.filter
def specialty_names(codes: Iterable[str]) -> str:
    return ", ".join(specialty_name(code) for code in codes)


@register.filter
def title_rank_name(code: str) -> str:
    item = reference_item("title_ranks", code)
    return in_language(item.zh, item.en)


@register.filter
def fact_kind_word(kind: str) -> str:
    return str(TimelineFact.Kind(kind).label)


@register.filter
def entry_day(entry: TimelineEntry) -> str:
    return day_text(entry)


@register.filter
def name_of_entry(entry: TimelineEntry) -> str:
    return in_language(entry.text_zh, entry.text_en)


@register.filter
def flow_word(kind: str) -> str:
    return str(flow_words().get(kind, kind))
