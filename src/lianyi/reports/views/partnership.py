"""Reports of a partnership: what stands in one now, those that were kept, their files, and the schedule."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.accounts.access import decide, require
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships import queries as partnerships
from lianyi.partnerships.models import Agreement
from lianyi.partnerships.views.parts import FormPage, agreement_context, agreement_crumbs, run_form
from lianyi.reports import commands, queries
from lianyi.reports.building import report_of, title_of
from lianyi.reports.content import ReportPeriod
from lianyi.reports.forms import KeepForm, PeriodForm, ScheduleForm, period_word, periods_of
from lianyi.reports.making import made_report
from lianyi.reports.tables import KeptReportFilter, KeptReportTable
from lianyi.reports.views.showing import FILES, file_of, words_of


@require_safe
@page
def report_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "agreement.read")
    return list_response(
        request,
        table_class=KeptReportTable,
        rows=queries.kept_reports(actor),
        filterset_class=KeptReportFilter,
        title=_("Reports"),
        export_name="reports",
        template="reports/list.html",
    )


def _usual(agreement: Agreement, today: datetime.date) -> str:
    """Return the last period that is over, or the newest there is."""
    offered = periods_of(agreement, today)
    over = [each for each in offered if each.quarter is not None and each.span.end < today]
    return str(over[0] if over else offered[0]) if offered else ""


@require_safe
@page
def of_agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the report of a period as it stands now, and those that were kept."""
    actor = acting(request)
    agreement = partnerships.agreement(actor, pk)
    require(actor, "agreement.read", agreement)
    today = timezone.localdate()
    asked = request.GET.get("period") or _usual(agreement, today)
    form = PeriodForm({"period": asked}, agreement, today)
    context: dict[str, Any] = {
        **agreement_context(request, agreement, "reports:of-agreement"),
        "form": form,
        "may_keep": decide(actor, "agreement.write", agreement).allowed,
        "kept": list(queries.kept_reports(actor).filter(agreement=agreement)[:20]),
        "schedules": queries.schedules_of(actor, agreement),
    }
    if asked and form.is_valid():
        period = ReportPeriod.parse(form.cleaned_data["period"])
        report = report_of(actor, agreement, period, today)
        context |= {"report": report.as_document(), "period": period, "keep_form": KeepForm()}
    return render(request, "reports/of_agreement.html", context, status=200 if form.is_valid() or not asked else 422)


@require_safe
@page
def file_now(request: HttpRequest, pk: int, period: str, ending: str) -> HttpResponse:
    """Return the report as it stands now as a file."""
    actor = acting(request)
    agreement = partnerships.agreement(actor, pk)
    require(actor, "agreement.read", agreement)
    wanted = ReportPeriod.parse(period)
    report = report_of(actor, agreement, wanted, timezone.localdate()).as_document()
    return file_of(report, ending, f"{agreement.code}-{wanted}")


@require_POST
@page
def keep(request: HttpRequest, pk: int, period: str) -> HttpResponse:
    """Keep the report as it stands now, word for word."""
    actor = acting(request)
    agreement = partnerships.agreement(actor, pk)
    require(actor, commands.WRITE, agreement)
    form = KeepForm(request.POST)
    made = made_report(actor, agreement, ReportPeriod.parse(period), timezone.localdate())
    row = form.attempt(lambda: commands.keep_report(command_context(request), agreement, made))
    if row is None:
        messages.error(request, " ".join(str(each) for each in form.non_field_errors()))
        return redirect(f"{reverse('reports:of-agreement', args=[pk])}?period={period}")
    messages.success(request, _("The report is kept as it stood today."))
    return redirect(row.get_absolute_url())


@require_safe
@page
def kept(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.kept_report(actor, pk)
    require(actor, "agreement.read", row)
    context = {
        "breadcrumbs": [
            *agreement_crumbs(row.agreement),
            Crumb(_("Reports"), reverse("reports:of-agreement", args=[row.agreement_id])),
            Crumb(period_word(row.period), row.get_absolute_url()),
        ],
        "title": title_of(row.period),
        "row": row,
        "report": words_of(row),
        "files": {ending: reverse("reports:kept-file", args=[pk, ending]) for ending in FILES},
    }
    return render(request, "reports/kept.html", context)


@require_safe
@page
def kept_file(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    actor = acting(request)
    row = queries.kept_report(actor, pk)
    require(actor, "agreement.read", row)
    return file_of(words_of(row), ending, f"{row.agreement.code}-{row.period}-{row.number}")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the reports of an agreement made by themselves."""
    actor = acting(request)
    agreement = partnerships.agreement(actor, pk)
    require(actor, commands.WRITE, agreement)
    here = reverse("reports:of-agreement", args=[pk])
    stands = {each.every: each for each in queries.schedules_of(actor, agreement)}
    first = next(iter(stands.values()), None)
    initial: dict[str, Any] = {"since": timezone.localdate()}
    if first is not None:
        initial = {
            **{name: getattr(first, name) for name in ("every", "days_after", "since", "is_on")},
            "expected_version": first.version,
        }
    form = ScheduleForm(request.POST or None, initial=initial)

    def run() -> object:
        wanted = form.wanted()
        row = stands.get(wanted.every)
        return commands.set_schedule(command_context(request), agreement, wanted, None if row is None else row.version)

    what = FormPage(
        title=_("Reports made by themselves"),
        submit_label=_("Save"),
        cancel_url=here,
        done=_("The schedule is saved."),
        crumbs=[*agreement_crumbs(agreement), Crumb(_("Reports"), here)],
        intro=_("The worker of this site makes each report once, some days after the end of its period, and keeps it."),
    )
    return run_form(request, form, what, run, lambda _row: here)
