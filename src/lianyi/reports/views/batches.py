"""Reports of all agreements of a place at once: asked for with one button, and how far they have come."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianyi.accounts.access import decide
from lianyi.dispatch.rounds_disclosure import watched_counts
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, page
from lianyi.reports import batches, commands, queries
from lianyi.reports.content import ReportPeriod
from lianyi.reports.forms import KeepForm, period_word
from lianyi.reports.parts.asking import AskedOfPlace
from lianyi.reports.parts.district_partnerships import agreements_touching

PERCENT = 100


@require_POST
@page
def ask(request: HttpRequest, pk: int, period: str) -> HttpResponse:
    """Ask for the reports of all agreements of a place that the asker may write."""
    actor = acting(request)
    place, wanted = queries.watched_place(actor, pk), ReportPeriod.parse(period)
    asked = AskedOfPlace(actor, place, wanted, timezone.localdate(), watched_counts())
    found = [each for each in agreements_touching(asked) if decide(actor, commands.WRITE, each).allowed]
    form = KeepForm(request.POST)
    row = form.attempt(lambda: commands.ask_for_all(command_context(request), place, wanted, found))
    if row is None:
        messages.error(request, " ".join(str(each) for each in form.non_field_errors()))
        return redirect(f"{reverse('reports:of-place', args=[pk, 'dashboard'])}?period={period}")
    return redirect(row.get_absolute_url())


@require_safe
@page
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far the reports have come; the page looks again by itself while some wait."""
    actor = acting(request)
    row = batches.batch(actor, pk)
    lines = batches.lines_of(actor, row)
    done = sum(each.done_at is not None for each in lines)
    context = {
        "title": _("Reports of all agreements · %(period)s") % {"period": period_word(row.period)},
        "breadcrumbs": [Crumb(name_of(row.place), reverse("reports:of-place", args=[row.place_id, "dashboard"]))],
        "batch": row,
        "lines": lines,
        "done": done,
        "total": len(lines),
        "percent": done * PERCENT // len(lines) if lines else PERCENT,
        "waits": done < len(lines),
    }
    template = "reports/_batch.html" if request.headers.get("HX-Request") else "reports/batch.html"
    return render(request, template, context)
