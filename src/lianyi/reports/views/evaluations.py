"""The answer of an evaluation in plain words: page, PDF and DOCX of one document."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from lianyi.accounts.access import require
from lianyi.indicators.queries import evaluations as queries
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.requests import acting, page
from lianyi.reports.evaluation_report import report_of_evaluation, told_of
from lianyi.reports.views.showing import file_of


@require_safe
@page
def evaluation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the answer first, then the charts, what it rests on, and what it cannot say."""
    actor = acting(request)
    row = queries.evaluation(actor, pk)
    require(actor, "indicator.read", row)
    context = {
        "title": row.question,
        "breadcrumbs": [
            Crumb(pgettext("of partnerships", "Evaluations"), reverse("indicators:evaluations")),
            Crumb(str(row), row.get_absolute_url()),
        ],
        "evaluation": row,
        "has_result": True,
        "report": report_of_evaluation(told_of(actor, row)).as_document(),
    }
    return render(request, "reports/evaluation.html", context)


@require_safe
@page
def evaluation_file(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """Return the same as a file."""
    actor = acting(request)
    row = queries.evaluation(actor, pk)
    require(actor, "indicator.read", row)
    return file_of(report_of_evaluation(told_of(actor, row)).as_document(), ending, f"evaluation-{row}")
