"""The printed opinion of a consultation."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.pages.documents import pdf_response
from lianyi.pages.requests import acting, log_reading, page
from lianyi.referrals import consultation_queries as queries
from lianyi.referrals.opinion_paper import BOTH, LANGUAGES, Source, paper_of


@require_safe
@page
def opinion_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the signed opinion as a file; its name holds the number of the consultation and no patient."""
    actor = acting(request)
    found = queries.case_of(actor, pk)
    if not found.opinions:
        raise NotFoundInScopeError("There is no such record within your reach.", model="Opinion")
    for opened in (found.row, found.identity):
        if opened is not None:
            log_reading(request, opened)
    language = request.GET.get("language", BOTH)
    source = Source(found.row, found.identity, found.opinions, str(request.user), timezone.now())
    paper = paper_of(source, language if language in LANGUAGES else BOTH)
    return pdf_response("referrals/documents/opinion.typ", paper.as_data(), f"opinion-{found.row.number}")
