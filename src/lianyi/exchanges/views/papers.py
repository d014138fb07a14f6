"""The papers of a visit, as a page that prints and as a PDF."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.exchanges.models import ExchangeVisit
from lianyi.exchanges.papers import VisitPaper, follow_up_of, minutes_of
from lianyi.exchanges.queries import visits as queries
from lianyi.exchanges.views.parts import visit_crumbs
from lianyi.pages.documents import pdf_response
from lianyi.pages.requests import acting, page

_PAPERS: Mapping[str, Callable[[Actor, ExchangeVisit, datetime.date], VisitPaper]] = {
    "minutes": minutes_of,
    "follow-up": follow_up_of,
}


def _paper(actor: Actor, pk: int, name: str) -> tuple[ExchangeVisit, VisitPaper]:
    row = queries.visit(actor, pk)
    if name not in _PAPERS:
        raise NotFoundInScopeError("A visit has no such paper.", model="VisitPaper")
    return row, _PAPERS[name](actor, row, timezone.localdate())


@require_safe
@page
def paper(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Show a paper; it prints as it stands."""
    row, found = _paper(acting(request), pk, name)
    context = {
        "title": found.title,
        "paper": found,
        "pdf_url": reverse("exchanges:visit-paper-pdf", args=[row.pk, name]),
        "breadcrumbs": visit_crumbs(row),
    }
    return render(request, "exchanges/paper.html", context)


@require_safe
@page
def paper_pdf(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    row, found = _paper(acting(request), pk, name)
    return pdf_response("exchanges/documents/visit_paper.typ", dataclasses.asdict(found), f"{name}-{row.code}")
