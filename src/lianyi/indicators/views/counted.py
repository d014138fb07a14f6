"""Counting a sheet from the records of this site, and taking a counted figure over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.errors import LianyiError
from lianyi.indicators.commands import counted as commands
from lianyi.indicators.counted_figures import countable_of, figures_of
from lianyi.indicators.counted_veil import CountVeil, count_veil
from lianyi.indicators.models import CountedState, CountedValue, IndicatorSheet, IndicatorValue, SheetState
from lianyi.indicators.queries import counted as counted_queries
from lianyi.indicators.queries import values as queries
from lianyi.indicators.values_definitions import indicator_book, value_by
from lianyi.indicators.values_machine import WRITE
from lianyi.indicators.values_texts import amount_word, definition_title, figures_word
from lianyi.pages.errors import message_of
from lianyi.pages.requests import acting, command_context, page


@dataclass(frozen=True, slots=True)
class CountedLine:
    """What the records say of one indicator, as a reader may see it."""

    row: CountedValue
    title: str
    value: str
    figures: str
    is_hidden: bool
    differs: bool

    @property
    def is_missing(self) -> bool:
        return self.row.state == CountedState.MISSING


def counted_lines(actor: Actor, sheet: IndicatorSheet, given: Mapping[str, IndicatorValue]) -> dict[str, CountedLine]:
    """Return by indicator what the records said last."""
    veil = count_veil(actor)
    rows = counted_queries.counts_of(actor, sheet)
    return {code: _line(row, given.get(code), veil) for code, row in rows.items()}


def history_lines(actor: Actor, sheet: IndicatorSheet, code: str) -> list[CountedLine]:
    """Return every figure that was counted for an indicator, newest first."""
    veil = count_veil(actor)
    return [_line(row, None, veil) for row in counted_queries.history_of(actor, sheet, code)]


def _line(row: CountedValue, value: IndicatorValue | None, veil: CountVeil) -> CountedLine:
    definition, is_hidden = indicator_book().version(row.code, row.definition_version), veil.hides_counted(row)
    told = _("hidden: few cases")
    if not is_hidden:
        told = amount_word(definition, value_by(definition, row.numerator, row.denominator))
    return CountedLine(
        row=row,
        title=definition_title(definition),
        value=told,
        figures="" if is_hidden else figures_word(row.numerator, row.denominator),
        is_hidden=is_hidden,
        differs=value is not None and row.state != CountedState.MISSING and value.figures != row.figures,
    )


def counting_context(actor: Actor, row: IndicatorSheet, given: list[IndicatorValue]) -> dict[str, Any]:
    """Return what the page of a sheet shows of counting."""
    may_write = decide(actor, WRITE, row).allowed
    return {
        "counted": counted_lines(actor, row, {each.code: each for each in given}),
        "last_count": counted_queries.last_count(actor, row),
        "may_count": may_write and bool(countable_of(row)),
        "may_take": may_write and row.state == SheetState.DRAFT,
    }


@require_POST
@page
def count(request: HttpRequest, pk: int) -> HttpResponse:
    """Count the indicators of a sheet from the records, and keep what was found."""
    actor = acting(request)
    row = queries.sheet(actor, pk)
    require(actor, WRITE, row)
    try:
        figures = figures_of([row])[row.node_id]
        commands.keep_counts(command_context(request), row, figures)
    except LianyiError as error:
        messages.error(request, message_of(error))
        return redirect(row.get_absolute_url())
    given = sum(each.state != CountedState.MISSING for each in figures)
    told = ngettext(
        "%(given)s of %(asked)s indicator was found in the records.",
        "%(given)s of %(asked)s indicators were found in the records.",
        len(figures),
    )
    messages.success(request, told % {"given": given, "asked": len(figures)})
    return redirect(row.get_absolute_url())


@require_POST
@page
def take(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Let a counted figure stand in the place of what was given."""
    actor = acting(request)
    row = queries.sheet(actor, pk)
    require(actor, WRITE, row)
    try:
        commands.take_count(command_context(request), row, code, row.version)
    except LianyiError as error:
        messages.error(request, message_of(error))
    else:
        messages.success(request, _("The counted figure stands on the sheet; what was given stays on record."))
    return redirect(row.get_absolute_url())
