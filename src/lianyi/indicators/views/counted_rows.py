"""The rows behind a counted figure as a list, of which each reader sees those that they may open."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from lianyi.accounts.access import require, scope_rules
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.indicators.counted_rows import ShownColumn, ShownRow, ShownRows, shown_rows
from lianyi.indicators.counted_veil import CountVeil, count_veil
from lianyi.indicators.models import CountedValue
from lianyi.indicators.queries import counted as counted_queries
from lianyi.indicators.queries import values as queries
from lianyi.indicators.values_definitions import indicator_book
from lianyi.indicators.values_periods import period_code
from lianyi.indicators.values_texts import definition_title, words_or_nothing
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, log_list_reading, page
from lianyi.pages.values import shown
from lianyi.rules.indicators import IndicatorDefinition

PARTS = ("numerator", "denominator")
UNBROKEN = {"td": {"class": "unbroken"}}


@require_safe
@page
def rows(request: HttpRequest, pk: int, code: str, part: str) -> HttpResponse:
    """List the rows that a counted numerator or denominator is made of."""
    actor = acting(request)
    require(actor, "indicator.read")
    sheet = queries.sheet(actor, pk)
    counted = counted_queries.counts_of(actor, sheet).get(code)
    if counted is None or part not in PARTS:
        raise NotFoundInScopeError("Nothing was counted here.", model="CountedValue")
    definition = indicator_book().version(code, counted.definition_version)
    if part == "denominator" and not definition.needs_denominator:
        raise NotFoundInScopeError("This indicator has no denominator.", model="CountedValue")
    found, veil = shown_rows(actor, sheet, counted, part), count_veil(actor)
    _log(request, found)
    return list_response(
        request,
        table_class=_table_class(found.columns),
        rows=list(found.rows),
        title=definition_title(definition),
        export_name=f"{code}-{part}",
        template="indicators/counted_rows.html",
        context={
            "breadcrumbs": [
                Crumb(_("Reporting sheets"), reverse("indicators:sheets")),
                Crumb(f"{name_of(sheet.node)} · {period_code(sheet.period, sheet.period_start)}",
                      sheet.get_absolute_url()),
            ],
            "sheet": sheet,
            "code": code,
            "part": part,
            "parts": _parts(definition),
            **_numbers(found, counted, part, veil),
        },
    )  # fmt: skip


def _log(request: HttpRequest, found: ShownRows) -> None:
    """Note readings about persons, as every list does."""
    rule = scope_rules().get(found.model)
    if rule is not None and rule.person_level and found.rows:
        log_list_reading(request, found.model, len(found.rows))


def _parts(definition: IndicatorDefinition) -> list[dict[str, str]]:
    found = [{"name": "numerator", "label": _("Numerator"), "words": words_or_nothing(definition.numerator)}]
    if definition.needs_denominator:
        found.append(
            {"name": "denominator", "label": _("Denominator"), "words": words_or_nothing(definition.denominator)}
        )
    return found


def _numbers(found: ShownRows, counted: CountedValue, part: str, veil: CountVeil) -> dict[str, Any]:
    """Return how many rows there are and how many were counted, small numbers of patients hidden."""
    then = counted.numerator_rows if part == "numerator" else counted.denominator_rows or 0
    hides = veil if found.is_of_patients else CountVeil()
    is_hidden = hides.hides_counted(counted) or any(
        hides.hides_count(each) for each in (found.total, found.beyond_reach, then)
    )
    return {
        "is_hidden": is_hidden,
        "least": hides.least,
        "total": found.total,
        "then": then,
        "counted": counted,
        "beyond_reach": found.beyond_reach,
        "is_cut": found.is_cut,
    }


def _table_class(columns: tuple[ShownColumn, ...]) -> type[Any]:
    """Return a table with the columns of these rows."""
    made: dict[str, Any] = {"opens": _OpenColumn()}
    for at, column in enumerate(columns):
        made[f"cell_{at}"] = _CellColumn(column)
    made["empty_hint"] = ""
    made["Meta"] = type("Meta", (), {"empty_text": _("None of these rows lies within your reach."), "orderable": False})
    return type("CountedRowTable", (tables.Table,), made)


class _OpenColumn(tables.Column):  # type: ignore[misc]
    """The way to the page of what a row stands for."""

    def __init__(self) -> None:
        super().__init__(empty_values=(), verbose_name=_("Record"), orderable=False, attrs=UNBROKEN)

    def render(self, record: ShownRow) -> SafeString | str:
        mark = _("sample") if record.is_sample else ""
        if not record.url:
            return mark or "—"
        return format_html(
            '<a href="{}">{}</a> <span class="muted">{}</span>', record.url, pgettext("a row of a list", "open"), mark
        )

    def value(self, record: ShownRow) -> str:
        return _("sample") if record.is_sample else ""


class _CellColumn(tables.Column):  # type: ignore[misc]
    """One column of the counted table."""

    def __init__(self, column: ShownColumn) -> None:
        self.of = column
        super().__init__(empty_values=(), verbose_name=column.title, orderable=False, attrs=UNBROKEN)

    def render(self, record: ShownRow) -> str:
        return shown(record.cells[self.of.name])

    def value(self, record: ShownRow) -> Any:  # noqa: ANN401 - whatever the cell holds
        return record.cells[self.of.name]
