"""Reports about visits: the follow-up of an inspection and the page for a symposium, now and as they were kept."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianyi.accounts.access import decide, require
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.exchanges.models import ExchangeVisit
from lianyi.exchanges.queries import visits
from lianyi.exchanges.views.parts import visit_crumbs
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.requests import acting, command_context, page
from lianyi.reports import commands, queries
from lianyi.reports.forms import KeepForm
from lianyi.reports.making import made_visit_report
from lianyi.reports.models import VisitReportKind
from lianyi.reports.tables import KeptVisitReportFilter, KeptVisitReportTable
from lianyi.reports.views.showing import FILES, file_of, words_of
from lianyi.reports.visit_building import visit_report


@require_safe
@page
def report_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "visit.read")
    return list_response(
        request,
        table_class=KeptVisitReportTable,
        rows=queries.kept_visit_reports(actor),
        filterset_class=KeptVisitReportFilter,
        title=_("Reports about visits"),
        export_name="visit-reports",
        template="reports/list.html",
    )


def _asked(request: HttpRequest, pk: int, kind: str) -> tuple[ExchangeVisit, VisitReportKind]:
    """Return the visit and the kind of report that an address names.

    Raises
    ------
    NotFoundInScopeError
    """
    if kind not in VisitReportKind.values:
        raise NotFoundInScopeError("A visit has no such report.", model="KeptVisitReport")
    return visits.visit(acting(request), pk), VisitReportKind(kind)


@require_safe
@page
def of_visit(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Show a report about a visit as it stands now, and those that were kept."""
    actor = acting(request)
    row, wanted = _asked(request, pk, kind)
    report = visit_report(actor, row, wanted, timezone.localdate())
    context: dict[str, Any] = {
        "title": report.title,
        "breadcrumbs": visit_crumbs(row),
        "report": report.as_document(),
        "kinds": [
            (each.label, reverse("reports:of-visit", args=[pk, each]), each == wanted) for each in VisitReportKind
        ],
        "files": {ending: reverse("reports:file-now-of-visit", args=[pk, kind, ending]) for ending in FILES},
        "kept": list(queries.kept_visit_reports(actor).filter(visit=row)[:20]),
        "may_keep": decide(actor, commands.WRITE_OF_VISIT, row).allowed,
        "keep_form": KeepForm(),
        "keep_url": reverse("reports:keep-of-visit", args=[pk, kind]),
    }
    return render(request, "reports/of_visit.html", context)


@require_safe
@page
def file_now(request: HttpRequest, pk: int, kind: str, ending: str) -> HttpResponse:
    """Return a report about a visit as it stands now as a file."""
    row, wanted = _asked(request, pk, kind)
    report = visit_report(acting(request), row, wanted, timezone.localdate())
    return file_of(report.as_document(), ending, f"{row.code}-{kind}")


@require_POST
@page
def keep(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Keep a report about a visit as it stands now, word for word."""
    actor = acting(request)
    visit, wanted = _asked(request, pk, kind)
    require(actor, commands.WRITE_OF_VISIT, visit)
    form = KeepForm(request.POST)
    made = made_visit_report(actor, visit, wanted, timezone.localdate())
    row = form.attempt(lambda: commands.keep_visit_report(command_context(request), visit, made))
    if row is None:
        messages.error(request, " ".join(str(each) for each in form.non_field_errors()))
        return redirect("reports:of-visit", pk, kind)
    messages.success(request, _("The report is kept as it stood today."))
    return redirect(row.get_absolute_url())


@require_safe
@page
def kept(request: HttpRequest, pk: int) -> HttpResponse:
    row = queries.kept_visit_report(acting(request), pk)
    here = reverse("reports:of-visit", args=[row.visit_id, row.kind])
    context = {
        "title": row.get_kind_display(),
        "breadcrumbs": [*visit_crumbs(row.visit), Crumb(row.get_kind_display(), here)],
        "row": row,
        "report": words_of(row),
        "files": {ending: reverse("reports:kept-file-of-visit", args=[pk, ending]) for ending in FILES},
    }
    return render(request, "reports/kept.html", context)


@require_safe
@page
def kept_file(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    row = queries.kept_visit_report(acting(request), pk)
    return file_of(words_of(row), ending, f"{row.visit.code}-{row.kind}-{row.number}")
