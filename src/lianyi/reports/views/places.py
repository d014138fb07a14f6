"""Reports about places: the dashboard of a district on one page, what visits asked of it, and those that were kept."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianyi.accounts.access import require
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, page
from lianyi.registry.models import Place
from lianyi.reports import commands, queries
from lianyi.reports.content import ReportPeriod
from lianyi.reports.district_building import place_report
from lianyi.reports.forms import KeepForm, PlacePeriodForm, period_word
from lianyi.reports.making import made_place_report
from lianyi.reports.models import PlaceReportKind
from lianyi.reports.tables import KeptPlaceReportFilter, KeptPlaceReportTable, WatchedPlaceTable
from lianyi.reports.views.showing import FILES, file_of, words_of

READ = "indicator.read"


@require_safe
@page
def watched(request: HttpRequest) -> HttpResponse:
    """List the places that the reader covers; who covers one only goes straight to it."""
    actor = acting(request)
    require(actor, READ)
    rows = queries.watched_places(actor)
    first = rows[:2]
    if len(first) == 1 and "export" not in request.GET:
        return redirect("reports:of-place", first[0].pk, PlaceReportKind.DASHBOARD)
    return list_response(
        request,
        table_class=WatchedPlaceTable,
        rows=rows,
        filterset_class=None,
        title=_("District dashboards"),
        export_name="districts",
    )


@require_safe
@page
def report_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, READ)
    return list_response(
        request,
        table_class=KeptPlaceReportTable,
        rows=queries.kept_place_reports(actor),
        filterset_class=KeptPlaceReportFilter,
        title=_("Reports about places"),
        export_name="place-reports",
        template="reports/list.html",
    )


def _asked(request: HttpRequest, pk: int, kind: str) -> tuple[Place, PlaceReportKind]:
    """Return the place and the kind of report that an address names.

    Raises
    ------
    NotFoundInScopeError, NotPermittedError
    """
    if kind not in PlaceReportKind.values:
        raise NotFoundInScopeError("A place has no such report.", model="KeptPlaceReport")
    actor = acting(request)
    require(actor, READ)
    return queries.watched_place(actor, pk), PlaceReportKind(kind)


def _crumbs(row: Place) -> list[Crumb]:
    return [Crumb(_("District dashboards"), reverse("reports:districts")), Crumb(name_of(row), _address(row))]


def _address(row: Place, kind: str = PlaceReportKind.DASHBOARD, period: str = "") -> str:
    address = reverse("reports:of-place", args=[row.pk, kind])
    return f"{address}?period={period}" if period else address


@require_safe
@page
def of_place(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Show a report about a place as it stands now, and those that were kept."""
    actor = acting(request)
    row, wanted = _asked(request, pk, kind)
    today = timezone.localdate()
    asked = request.GET.get("period") or str(today.year)
    form = PlacePeriodForm({"period": asked}, today)
    context: dict[str, Any] = {
        "title": f"{name_of(row)} · {wanted.label}",
        "breadcrumbs": _crumbs(row)[:1],
        "form": form,
        "forms_url": reverse("reports:forms-of-place", args=[pk]),
        "kinds": [(each.label, _address(row, each, asked), each == wanted) for each in PlaceReportKind],
        "kept": list(queries.kept_place_reports(actor).filter(place=row)[:20]),
    }
    if form.is_valid():
        period = form.cleaned_data["period"]
        report = place_report(actor, row, wanted, ReportPeriod.parse(period), today)
        context |= {
            "report": report.as_document(),
            "files": {
                ending: reverse("reports:file-now-of-place", args=[pk, kind, period, ending]) for ending in FILES
            },
            "may_keep": commands.may_keep_of_place(actor, row),
            "keep_form": KeepForm(),
            "all_form": KeepForm(auto_id="all_%s"),
            "all_url": reverse("reports:ask-for-all", args=[pk, period]),
            "keep_url": reverse("reports:keep-of-place", args=[pk, kind, period]),
        }
    return render(request, "reports/of_place.html", context, status=200 if form.is_valid() else 422)


@require_safe
@page
def file_now(request: HttpRequest, pk: int, kind: str, period: str, ending: str) -> HttpResponse:
    """Return a report about a place as it stands now as a file."""
    row, wanted = _asked(request, pk, kind)
    report = place_report(acting(request), row, wanted, ReportPeriod.parse(period), timezone.localdate())
    return file_of(report.as_document(), ending, f"{row.code}-{kind}-{period}")


@require_POST
@page
def keep(request: HttpRequest, pk: int, kind: str, period: str) -> HttpResponse:
    """Keep a report about a place as it stands now, word for word."""
    actor = acting(request)
    place, wanted = _asked(request, pk, kind)
    form = KeepForm(request.POST)
    made = made_place_report(actor, place, wanted, ReportPeriod.parse(period), timezone.localdate())
    row = form.attempt(lambda: commands.keep_place_report(command_context(request), place, made))
    if row is None:
        messages.error(request, " ".join(str(each) for each in form.non_field_errors()))
        return redirect(_address(place, kind, period))
    messages.success(request, _("The report is kept as it stood today."))
    return redirect(row.get_absolute_url())


@require_safe
@page
def kept(request: HttpRequest, pk: int) -> HttpResponse:
    row = queries.kept_place_report(acting(request), pk)
    context = {
        "title": f"{row.get_kind_display()} · {period_word(row.period)}",
        "breadcrumbs": _crumbs(row.place),
        "row": row,
        "report": words_of(row),
        "files": {ending: reverse("reports:kept-file-of-place", args=[pk, ending]) for ending in FILES},
    }
    return render(request, "reports/kept.html", context)


@require_safe
@page
def kept_file(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    row = queries.kept_place_report(acting(request), pk)
    return file_of(words_of(row), ending, f"{row.place.code}-{row.kind}-{row.period}-{row.number}")
