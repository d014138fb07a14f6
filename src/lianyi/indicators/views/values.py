"""Indicators and their values: the list of definitions, one definition, values, one value, and completeness."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.accounts.access import decide, require
from lianyi.errors import InvalidInputError
from lianyi.indicators.counted_veil import count_veil
from lianyi.indicators.models import IndicatorValue, PeriodKind
from lianyi.indicators.queries import values as queries
from lianyi.indicators.queries.counted import progress_of
from lianyi.indicators.tables.values import ArrivalTable, DefinitionTable, ValueFilter, ValueTable, family_choices
from lianyi.indicators.values_charts import series_chart
from lianyi.indicators.values_checks import received_on
from lianyi.indicators.values_columns import tables_of
from lianyi.indicators.values_completeness import Arrival, Asked, Board, board_of
from lianyi.indicators.values_definitions import definition_of, families, newest_definitions, periods_of, versions_of
from lianyi.indicators.values_machine import WRITE
from lianyi.indicators.values_periods import last_day, newest_ended, parse_period, period_code, start_of
from lianyi.indicators.values_shown import shown_figures
from lianyi.indicators.values_texts import (
    ARRIVAL_SIGNS,
    ARRIVAL_WORDS,
    CONFIDENCE_TONES,
    CONFIDENCE_WORDS,
    DIRECTION_WORDS,
    LEVEL_WORDS,
    OBTAINED_WORDS,
    PERIOD_WORDS,
    SOURCE_TONES,
    STATE_TONES,
    UNIT_WORDS,
    definition_title,
    family_word,
    figure_word,
    name_of_code,
    words_of,
    words_or_nothing,
)
from lianyi.indicators.views.counted import counted_lines, history_lines
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.exports import export_response
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, page
from lianyi.registry.reference_names import reference_name
from lianyi.rules.indicators import IndicatorDefinition

MOST_UNITS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class DefinitionLine:
    """One indicator of the list, its words in the reader's language."""

    code: str
    title: str
    family: str
    family_title: str
    unit_title: str
    direction_title: str
    period_title: str
    obtained_title: str
    version: str

    @classmethod
    def of(cls, each: IndicatorDefinition) -> DefinitionLine:
        return cls(
            each.code,
            definition_title(each),
            each.family.id,
            words_of(each.family.title),
            str(UNIT_WORDS[each.unit]),
            str(DIRECTION_WORDS[each.direction]),
            str(PERIOD_WORDS[each.period]),
            str(OBTAINED_WORDS[each.obtained]),
            str(each.version),
        )


def value_crumbs() -> list[Crumb]:
    return [Crumb(_("Values"), reverse("indicators:values"))]


@require_safe
@page
def definitions(request: HttpRequest) -> HttpResponse:
    """List every indicator; the family and words narrow the list."""
    require(acting(request), "indicator.read")
    family, words = request.GET.get("family", ""), request.GET.get("words", "").strip()
    lines = [DefinitionLine.of(each) for each in newest_definitions()]
    left = [
        each
        for each in lines
        if family in ("", each.family) and words.casefold() in f"{each.title} {each.code}".casefold()
    ]
    return list_response(
        request,
        table_class=DefinitionTable,
        rows=left,
        title=_("Indicators"),
        export_name="indicators",
        template="indicators/definitions.html",
        context={"families": family_choices(), "family": family, "words": words, "all": len(lines)},
    )


@require_safe
@page
def definition(request: HttpRequest, code: str) -> HttpResponse:
    """Show one indicator: its words, its source, every version, and the way to its values."""
    require(acting(request), "indicator.read")
    versions = versions_of(code)
    if not versions:
        raise Http404(code)
    newest = versions[0]
    context = {
        "title": definition_title(newest),
        "breadcrumbs": [Crumb(_("Indicators"), reverse("indicators:definitions"))],
        "definition": newest,
        "name_beside": newest.name.en if newest.name.zh == words_of(newest.name) else newest.name.zh,
        "numerator": words_or_nothing(newest.numerator),
        "denominator": words_or_nothing(newest.denominator),
        "evidence": words_or_nothing(newest.evidence),
        "exclusions": words_or_nothing(newest.exclusions),
        "note": words_or_nothing(newest.note),
        "source": _source_words(newest),
        "confidence": CONFIDENCE_WORDS[newest.confidence],
        "confidence_tone": CONFIDENCE_TONES[newest.confidence],
        "facts": _definition_facts(newest),
        "versions": [
            {
                "row": each,
                "numerator": words_or_nothing(each.numerator or each.evidence),
                "denominator": words_or_nothing(each.denominator),
            }
            for each in versions
        ],
        "values_url": f"{reverse('indicators:values')}?code={code}",
        "reads": tables_of(newest),
    }
    return render(request, "indicators/definition.html", context)


def _source_words(each: IndicatorDefinition) -> str:
    """Return the document with its number and day, as far as they are known."""
    source = each.source
    parts = [words_of(source.document), source.number, "" if source.day is None else str(source.day)]
    return " · ".join(part for part in parts if part)


def _definition_facts(each: IndicatorDefinition) -> list[tuple[str, Any]]:
    return [
        (_("Code"), each.code),
        (_("Family"), words_of(each.family.title)),
        (_("Number in the document"), each.number),
        (_("Unit"), UNIT_WORDS[each.unit]),
        (_("Better is"), DIRECTION_WORDS[each.direction]),
        (_("Period"), PERIOD_WORDS[each.period]),
        (_("Reported by"), ", ".join(str(LEVEL_WORDS[level]) for level in each.levels)),
        (_("How it is obtained"), OBTAINED_WORDS[each.obtained]),
    ]


@require_safe
@page
def value_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "indicator.read")
    return list_response(
        request,
        table_class=ValueTable,
        rows=queries.values(actor),
        filterset_class=ValueFilter,
        title=_("Values"),
        export_name="indicator-values",
        template="indicators/values.html",
        context={
            "may_write": decide(actor, WRITE).allowed,
            "import_url": f"{reverse('registry:imports')}?kind=indicator_values",
        },
    )


@require_safe
@page
def value(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one value: its figures, its definition, who else said it, its past, and the rows behind it."""
    actor = acting(request)
    row = queries.value(actor, pk)
    about = definition_of(row)
    series = queries.series_of(actor, row)
    veil = count_veil(actor)
    shown = shown_figures(row, veil)
    counted = counted_lines(actor, row.sheet, {row.code: row}).get(row.code)
    context = {
        "counted": counted,
        "history": [] if counted is None else history_lines(actor, row.sheet, row.code),
        "title": f"{name_of_code(row)} · {name_of(row.node)} · {period_code(row.sheet.period, row.period_start)}",
        "breadcrumbs": value_crumbs(),
        "value": row,
        "word": shown["value"],
        "numerator": (shown["numerator"], words_or_nothing(about.numerator or about.evidence)),
        "denominator": (shown["denominator"], words_or_nothing(about.denominator)) if about.needs_denominator else None,
        "definition_name": definition_title(about),
        "state_tone": STATE_TONES[row.sheet.state],
        "source_tone": SOURCE_TONES[row.source],
        "period": period_code(row.sheet.period, row.period_start),
        "last_day": last_day(row.sheet.period, row.period_start),
        "unit_name": name_of(row.node),
        "coverage": _coverage(request, row),
        "chart": series_chart(about, [each for each in series if not veil.hides_value(each)]),
        "changes": [] if veil.hides_value(row) else [_change(each) for each in queries.changes_of(actor, row)],
    }
    return render(request, "indicators/value.html", context)


def _coverage(request: HttpRequest, row: IndicatorValue) -> dict[str, int]:
    """Count within the reader's reach who was asked for this indicator in this period, and who gave it."""
    actor, end = acting(request), last_day(row.sheet.period, row.period_start)
    duties = queries.assignments(actor).filter(family=row.sheet.family, period=row.sheet.period)
    asked = set(queries.assigned_between(duties, row.period_start, end).values_list("node_id", flat=True))
    told = dict(queries.beside(actor, row).values_list("node_id", "numerator")) | {row.node_id: row.numerator}
    return {
        "asked": len(asked | set(told)),
        "given": sum(each is not None for each in told.values()),
        "unavailable": sum(each is None for each in told.values()),
        "missing": len(asked - set(told)),
    }


def _change(each: Any) -> dict[str, Any]:  # noqa: ANN401 - a change of a value
    def told(facts: dict[str, Any]) -> str:
        if facts.get("unavailable_because"):
            return f"{_('not available')}: {facts['unavailable_because']}"
        figures = [facts.get(name) for name in ("numerator", "denominator")]
        return " / ".join(figure_word(Decimal(one)) for one in figures if one is not None)

    return {"row": each, "before": told(each.before), "after": told(each.after)}


@require_safe
@page
def completeness(request: HttpRequest) -> HttpResponse:
    """Show who was expected, what came and what came in time, and who is not asked at all."""
    actor = acting(request)
    require(actor, "indicator.read")
    asked = _asked(request)
    board = None if asked is None else board_of(actor, asked, timezone.localdate())
    if board is not None and asked is not None and "export" in request.GET:
        name = f"completeness-{asked.family}-{period_code(asked.period, asked.last)}"
        return export_response(ArrivalTable(_arrivals(board, asked)), request.GET["export"], name)
    context: dict[str, Any] = {
        "title": _("Completeness"),
        "families": family_choices(),
        "periods": PeriodKind.choices,
        "asked": asked,
        "board": board,
        "asked_query": "" if asked is None else urlencode(_query_of(asked)),
    }
    if board is not None and asked is not None:
        context |= _board_context(board, asked)
        context["counting"] = progress_of(actor, asked.family, asked.period, asked.last)
    return render(request, "indicators/completeness.html", context)


def _arrivals(board: Board, asked: Asked) -> list[dict[str, Any]]:
    """Return every unit in every period in which it was asked, as rows of a file."""
    return [
        {
            "unit_code": line.node.code,
            "unit": name_of(line.node),
            "level": line.level,
            "family": family_word(asked.family),
            "period": period_code(asked.period, cell.start),
            "due_on": cell.due_on,
            "received_on": None if cell.sheet is None else received_on(cell.sheet),
            "arrival": str(ARRIVAL_WORDS[cell.arrival]),
            "state": "" if cell.sheet is None else cell.sheet.get_state_display(),
        }
        for line in board.lines
        for cell in line.cells
        if cell.arrival is not Arrival.NOT_EXPECTED
    ]


def _asked(request: HttpRequest) -> Asked | None:
    known = list(families())
    family = request.GET.get("family", "")
    if family not in known:
        held = queries.assignments(acting(request)).values_list("family", flat=True).first()
        family = held or (known[0] if known else "")
    if not family:
        return None
    kinds = periods_of(family)
    period = request.GET.get("period", "")
    period = period if period in kinds else kinds[0]
    return Asked(family, period, _last_asked(request.GET.get("last", ""), period))


def _query_of(asked: Asked) -> dict[str, str]:
    return {"family": asked.family, "period": asked.period, "last": period_code(asked.period, asked.last)}


def _last_asked(text: str, period: str) -> datetime.date:
    newest = newest_ended(period, timezone.localdate())
    if not text:
        return newest
    try:
        _kind, start = parse_period(text)
    except InvalidInputError:
        return newest
    return min(start_of(period, start), newest)


def _board_context(board: Board, asked: Asked) -> dict[str, Any]:
    order = {arrival: at for at, arrival in enumerate((Arrival.OVERDUE, Arrival.LATE, Arrival.WAITING))}
    lines = sorted(board.lines, key=lambda line: (order.get(line.cells[-1].arrival, 9), line.node.path))
    return {
        "starts": [period_code(asked.period, start) for start, _total in board.by_period],
        "last": period_code(asked.period, asked.last),
        "lines": [
            {
                "name": name_of(line.node),
                "level": line.level,
                "cells": [
                    {
                        "sign": ARRIVAL_SIGNS[cell.arrival],
                        "word": f"{period_code(asked.period, cell.start)}: {ARRIVAL_WORDS[cell.arrival]}",
                        "kind": cell.arrival.value,
                        "url": "" if cell.sheet is None else cell.sheet.get_absolute_url(),
                    }
                    for cell in line.cells
                ],
            }
            for line in lines[:MOST_UNITS_SHOWN]
        ],
        "more": max(0, len(lines) - MOST_UNITS_SHOWN),
        "by_period": [(period_code(asked.period, start), total) for start, total in board.by_period],
        "by_level": board.by_level,
        "uncovered": [(reference_name("institution_kinds", kind), count) for kind, count in board.uncovered],
        "uncovered_count": sum(count for _kind, count in board.uncovered),
        "legend": [(ARRIVAL_SIGNS[each], ARRIVAL_WORDS[each], each.value) for each in Arrival if ARRIVAL_SIGNS[each]],
    }
