"""Forms that a bureau hands on: which there are, and one of them filled for a place and a period."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.accounts.access import require
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.indicators.values_texts import words_of
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.documents import attachment
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, page
from lianyi.registry.models import Place
from lianyi.reports import queries
from lianyi.reports.form_building import asked_form, form_book, form_report, form_workbook, periods_of_form
from lianyi.reports.views.showing import file_of
from lianyi.rules.form_tables import FormTable

READ = "indicator.read"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _place(request: HttpRequest, pk: int) -> Place:
    actor = acting(request)
    require(actor, READ)
    return queries.watched_place(actor, pk)


def _form(name: str) -> FormTable:
    """Return the form that an address names as it holds today.

    Raises
    ------
    NotFoundInScopeError
    """
    found = form_book().of(name, timezone.localdate())
    if found is None:
        raise NotFoundInScopeError("There is no such form.", model="FormTable")
    return found


@require_safe
@page
def forms_of(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to the first form of a place."""
    row = _place(request, pk)
    first = form_book().on(timezone.localdate())[0]
    return redirect("reports:form-of-place", row.pk, first.form)


@require_safe
@page
def of_place(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """Show a form filled for a place and a period, beside the other forms."""
    row, table, today = _place(request, pk), _form(form), timezone.localdate()
    offered = periods_of_form(table, today)
    period = request.GET.get("period") or offered[1]
    report = form_report(asked_form(acting(request), row, table, period, today))
    context = {
        "title": f"{name_of(row)} · {_('Forms')}",
        "breadcrumbs": [
            Crumb(_("District dashboards"), reverse("reports:districts")),
            Crumb(name_of(row), reverse("reports:of-place", args=[pk, "dashboard"])),
        ],
        "report": report.as_document(),
        "forms": [
            (words_of(each.title), reverse("reports:form-of-place", args=[pk, each.form]), each.form == form)
            for each in form_book().on(today)
        ],
        "periods": [(each, each == period) for each in offered],
        "files": {
            ending: reverse("reports:form-file", args=[pk, form, period, ending]) for ending in ("pdf", "docx", "xlsx")
        },
    }
    return render(request, "reports/form_of_place.html", context)


@require_safe
@page
def file_of_form(request: HttpRequest, pk: int, form: str, period: str, ending: str) -> HttpResponse:
    """Return a filled form as a document or a workbook."""
    row, table = _place(request, pk), _form(form)
    asked = asked_form(acting(request), row, table, period, timezone.localdate())
    name = f"{row.code}-{form}-{period}"
    if ending != "xlsx":
        return file_of(form_report(asked).as_document(), ending, name)
    response = HttpResponse(form_workbook(asked), content_type=WORKBOOK)
    response.headers["Content-Disposition"] = attachment(f"{name}.xlsx")
    return response
