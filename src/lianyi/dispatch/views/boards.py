"""The board of postings as a time line, and who is on site."""

from __future__ import annotations

import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.dispatch import board_queries, queries
from lianyi.dispatch.board import (
    MONTHS_SHOWN,
    MOST_BARS,
    Board,
    BoardRows,
    Window,
    lay_out,
    pages_of_sites,
    window_of,
)
from lianyi.dispatch.filters import BOARD_STATES, BoardFilter, OnSiteFilter
from lianyi.dispatch.models import Posting, PostingAbsence
from lianyi.dispatch.tables import OnSiteTable
from lianyi.dispatch.texts import institution_kind_word
from lianyi.dispatch.views.parts import asked_day, asked_month
from lianyi.pages.listing import list_response
from lianyi.pages.requests import acting, log_list_reading, page

_DEFAULT_MONTHS = 12


def _asked_window(request: HttpRequest, today: datetime.date) -> Window:
    months = request.GET.get("months", "")
    first = request.GET.get("from", "")
    start = asked_month(first) if first else None
    return window_of(int(months) if months.isdigit() else _DEFAULT_MONTHS, start, today)


@require_safe
@page
def board(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    today = timezone.localdate()
    window = _asked_window(request, today)
    filterset = BoardFilter(request.GET, queryset=queries.overlapping(actor, window.span), request=request)
    rows = filterset.qs if filterset.is_valid() else Posting.objects.none()
    pages = Paginator(pages_of_sites(board_queries.sites_of(rows)) or [[]], 1)
    sites_page = pages.get_page(request.GET.get("page"))
    drawn = _drawing(request, rows, next(iter(sites_page.object_list)), window, today)
    context = {
        "title": _("Board of postings"),
        "board": drawn,
        "filterset": filterset,
        "sites_page": sites_page,
        "states": BOARD_STATES,
        "today": today,
        "moves": _moves(request, window),
        "most_bars": MOST_BARS,
    }
    return render(request, "dispatch/board.html", context)


def _drawing(request: HttpRequest, rows: Any, sites: Any, window: Window, today: datetime.date) -> Board:  # noqa: ANN401
    actor = acting(request)
    site_ids = [site.pk for site in sites]
    shown = rows.filter(to_institution_id__in=site_ids)
    postings = list(shown.order_by("to_institution__code", "specialty", "starts_on", "pk")[:MOST_BARS])
    # Who is there does not depend on what the reader filters for, so presence is read without the filter.
    everyone = queries.overlapping(actor, window.span).filter(to_institution_id__in=site_ids)
    stretches = board_queries.stretches(everyone)
    if postings:
        log_list_reading(request, Posting, len(postings))
    gathered = BoardRows(
        sites=sites,
        postings=postings,
        absences=board_queries.absences_within([row.pk for row in postings], window.span),
        stretches=stretches,
        stretch_absences=board_queries.absences_within([row.posting_id for row in stretches], window.span),
    )
    return lay_out(gathered, window, today)


def _moves(request: HttpRequest, window: Window) -> dict[str, Any]:
    """Return the addresses of the neighbouring windows and of the other lengths, the filter kept."""
    moving = ("from", "months", "page")
    kept = {name: str(value) for name, value in request.GET.items() if name not in moving and value}

    def address(months: int, first: datetime.date | None) -> str:
        start = {} if first is None else {"from": f"{first:%Y-%m}"}
        return f"?{urlencode({**kept, 'months': months, **start})}"

    return {
        "previous": address(window.months, window.moved(-window.step)),
        "next": address(window.months, window.moved(window.step)),
        "today": address(window.months, None),
        "first": f"{window.span.start:%Y-%m}",
        "lengths": [
            {"months": months, "url": address(months, None), "is_here": months == window.months}
            for months in MONTHS_SHOWN
        ],
    }


@require_safe
@page
def on_site(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    today = timezone.localdate()
    day = asked_day(request.GET.get("day", ""), today)
    there = queries.on_site(actor, day)
    counts = board_queries.on_site_by_kind(there)
    away = PostingAbsence.objects.filter(is_void=False, starts_on__lte=day, ends_on__gte=day)
    rows = there.prefetch_related(Prefetch("absences", queryset=away, to_attr="absences_of_day"))
    context = {
        "day": day,
        "today": today,
        "counts": [(institution_kind_word(each.institution_kind), each) for each in counts],
        "persons": sum(each.persons for each in counts),
        "sites": sum(each.sites for each in counts),
    }
    return list_response(
        request,
        table_class=OnSiteTable,
        rows=rows,
        filterset_class=OnSiteFilter,
        title=_("On site today") if day == today else _("On site on %(day)s") % {"day": day},
        export_name=f"on-site-{day}",
        template="dispatch/on_site.html",
        context=context,
    )
