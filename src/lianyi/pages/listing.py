"""One way to show a list: filter, sort, page, take along as a workbook or a text table, say what to do when empty.

The table class may carry ``empty_text`` (in its Meta, as django-tables2 has it) and the attributes ``empty_hint``,
``empty_action_label`` and ``empty_action_url``; the page's context may give the same names and wins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import django_filters
import django_tables2 as tables
from django.core.paginator import EmptyPage, PageNotAnInteger
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from lianyi.accounts.access import scope_rules
from lianyi.pages.exports import export_response
from lianyi.pages.requests import log_list_reading

PAGE_SIZES = (25, 50, 100)
REGION_TEMPLATE = "web/list_region.html"
_OWN_PARAMETERS = frozenset({"page", "per_page", "sort", "export"})

Rows = QuerySet[Any, Any] | Sequence[Any]


@dataclass(frozen=True, slots=True)
class _Selection:
    """The rows that the filter leaves, and how many there are with and without it."""

    rows: Rows
    total: int
    filterset: Any
    is_filtered: bool


def list_response(
    request: HttpRequest,
    *,
    table_class: type[Any],
    rows: Rows,
    title: str,
    export_name: str,
    filterset_class: type[Any] | None = None,
    template: str = "web/list.html",
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Answer a request for a list.

    Parameters
    ----------
    request
        Its query holds the filter, ``sort``, ``page``, ``per_page`` (25, 50, 100) and ``export`` (xlsx, csv).
    table_class
        A django-tables2 table; its columns are those of the export too.
    rows
        Rows within the actor's reach, from a query of the application.
    title
        The page's heading.
    export_name
        Name of the exported file without date and ending.
    filterset_class
        A django-filter filter set.
    template
        A page that extends web/list.html.
    context
        More for the page, for example ``actions`` of its heading or ``breadcrumbs``.
    """
    selection = _select(request, rows, filterset_class)
    table = _sorted_table(request, table_class, selection.rows)
    if "export" in request.GET:
        _log(request, selection.rows, _count(selection.rows))
        return export_response(table, request.GET["export"], export_name)
    _paginate(request, table)
    _log(request, selection.rows, len(table.page.object_list))
    values = {"title": title, **_list_values(table, selection), **(context or {})}
    response = render(request, _template_for(request, template), values)
    patch_vary_headers(response, ("HX-Request",))
    return response


def _select(request: HttpRequest, rows: Rows, filterset_class: type[Any] | None) -> _Selection:
    if filterset_class is None:
        return _Selection(rows, total=0, filterset=None, is_filtered=False)
    filterset: django_filters.FilterSet = filterset_class(request.GET, queryset=rows, request=request)
    is_filtered = any(
        value.strip() for name in request.GET if name not in _OWN_PARAMETERS for value in request.GET.getlist(name)
    )
    # A filter that cannot be understood shows nothing rather than everything, with its error beside the field.
    left = filterset.qs if filterset.is_valid() else _none_of(rows)
    return _Selection(left, _count(rows) if is_filtered else 0, filterset, is_filtered)


def _none_of(rows: Rows) -> Rows:
    return rows.none() if isinstance(rows, QuerySet) else []


def _count(rows: Rows) -> int:
    return rows.count() if isinstance(rows, QuerySet) else len(rows)


def _sorted_table(request: HttpRequest, table_class: type[Any], rows: Rows) -> Any:  # noqa: ANN401 - untyped library
    table: tables.Table = table_class(rows, request=request)
    asked = request.GET.getlist("sort")
    if asked:
        table.order_by = asked
    _settle_order(table)
    return table


def _settle_order(table: Any) -> None:  # noqa: ANN401 - untyped library
    """Let the key decide between rows that the chosen column leaves equal, so that no row hides between two pages."""
    rows = table.data.data
    if isinstance(rows, QuerySet) and rows.query.order_by and "pk" not in rows.query.order_by:
        table.data.data = rows.order_by(*rows.query.order_by, "pk")


def _paginate(request: HttpRequest, table: Any) -> None:  # noqa: ANN401 - untyped library
    asked = request.GET.get("per_page", "")
    per_page = int(asked) if asked in {str(size) for size in PAGE_SIZES} else PAGE_SIZES[0]
    try:
        table.paginate(page=request.GET.get("page", 1), per_page=per_page)
    except PageNotAnInteger:
        table.page = table.paginator.page(1)
    except EmptyPage:
        table.page = table.paginator.page(table.paginator.num_pages)


def _log(request: HttpRequest, rows: Rows, number: int) -> None:
    """Note readings about persons; lists that are no rows of the database are noted by the page that makes them."""
    if not number or not isinstance(rows, QuerySet):
        return
    rule = scope_rules().get(rows.model)
    if rule is not None and rule.person_level:
        log_list_reading(request, rows.model, number)


def _list_values(table: Any, selection: _Selection) -> dict[str, Any]:  # noqa: ANN401 - untyped library
    return {
        "table": table,
        "filterset": selection.filterset,
        "is_filtered": selection.is_filtered,
        "shown_count": table.paginator.count,
        "total_count": selection.total if selection.is_filtered else table.paginator.count,
        "page_sizes": PAGE_SIZES,
        "list_region": "list",
        **_empty_state(table),
    }


def _empty_state(table: Any) -> dict[str, Any]:  # noqa: ANN401 - untyped library
    return {
        "empty_text": table.empty_text or _("Nothing is here yet."),
        "empty_hint": getattr(table, "empty_hint", ""),
        "empty_action_label": getattr(table, "empty_action_label", ""),
        "empty_action_url": getattr(table, "empty_action_url", ""),
    }


def _template_for(request: HttpRequest, template: str) -> str:
    htmx: Any = getattr(request, "htmx", None)
    wants_region = bool(htmx) and not htmx.boosted and not htmx.history_restore_request
    return REGION_TEMPLATE if wants_region else template
