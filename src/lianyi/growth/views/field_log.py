"""The field log: the list, a day with its versions, writing, totals of a month, counts for those who watch."""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianyi.accounts.access import decide, require
from lianyi.dispatch.models import Posting
from lianyi.growth.commands.field_log import write_entry
from lianyi.growth.field_log_rules import COUNTS, may_log, require_logging
from lianyi.growth.field_log_texts import COUNT_WORDS
from lianyi.growth.forms.field_log import LogForm, MonthForm
from lianyi.growth.models.field_log import FieldLogEntry
from lianyi.growth.queries import field_log as queries
from lianyi.growth.tables.field_log import LogFilter, LogTable
from lianyi.growth.training_checks import PEOPLE_KEYS
from lianyi.growth.training_figures import small_counts_of_training
from lianyi.growth.training_parts import BOTH
from lianyi.growth.training_texts import people_words
from lianyi.methods.periods import DateSpan, month_span
from lianyi.methods.proportions import hide_small_cells
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.forms import form_response
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, log_list_reading, page

SINCE = datetime.timedelta(days=62)


def crumbs() -> list[Crumb]:
    return [Crumb(_("Field log"), reverse("growth:log"))]


@require_safe
@page
def log_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "training.read")
    return list_response(
        request,
        table_class=LogTable,
        rows=queries.entries(actor),
        filterset_class=LogFilter,
        title=_("Field log"),
        export_name="field-log",
        template="growth/log.html",
        context={
            "may_write": decide(actor, "training.write").allowed,
            "import_url": f"{reverse('registry:imports')}?kind=field_log",
        },
    )


@require_safe
@page
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a day with every version that was written of it."""
    actor = acting(request)
    row = queries.entry(actor, pk)
    found = queries.versions(row)
    context = {
        "title": f"{name_of(row.posting.staff)} · {row.day}",
        "facts": [
            (_("Person"), name_of(row.posting.staff)),
            (_("At"), name_of(row.posting.to_institution)),
            (_("Agreement"), name_of(row.posting.agreement, "title")),
        ],
        "counts": list(COUNT_WORDS.values()),
        "versions": [_version(each, is_standing=each.pk == found[0].pk) for each in found],
        "standing": found[0],
        "may_correct": may_log(actor, row.posting),
        "breadcrumbs": crumbs(),
    }
    return render(request, "growth/log_entry.html", context)


def _version(row: FieldLogEntry, *, is_standing: bool) -> dict[str, Any]:
    return {
        "row": row,
        "is_standing": is_standing,
        "counts": [getattr(row, name) for name in COUNTS],
        "people": [(word, row.people[name]) for name, word in people_words() if name in row.people],
    }


@require_http_methods(BOTH)
@page
def new_entry(request: HttpRequest) -> HttpResponse:
    """Write the log of a day: a form for the phone."""
    actor = acting(request)
    require(actor, "training.write")
    postings = queries.postings_to_log(actor, timezone.localdate() - SINCE)
    initial: dict[str, Any] = {"day": timezone.localdate()}
    own = [row for row in postings if row.staff.user_id == actor.user_id]
    if own:
        initial["posting"] = own[0].pk
    return _written(request, postings, initial, _("Log of a day"))


@require_http_methods(BOTH)
@page
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a newer version of a day; the earlier ones stay readable."""
    actor = acting(request)
    row = queries.entry(actor, pk)
    require_logging(actor, row.posting)
    standing = queries.versions(row)[0]
    return _written(request, [row.posting], LogForm.initial_of(standing), _("Correct the day"))


def _written(request: HttpRequest, postings: list[Posting], initial: dict[str, Any], title: str) -> HttpResponse:
    form = LogForm(postings, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        context = command_context(request)
        row = form.attempt(lambda: write_entry(context, form.chosen, form.new()))
        if row is not None:
            messages.success(request, _("The day is logged."))
            return redirect(reverse("growth:log-entry", args=[row.pk]))
    return form_response(
        request,
        form=form,
        title=title,
        submit_label=_("Save the day"),
        cancel_url=reverse("growth:log"),
        context={
            "breadcrumbs": crumbs(),
            "intro": "" if postings else _("You have no posting on site, and no team. Only those write a log."),
        },
        template="growth/log_form.html",
    )


@require_safe
@page
def month_totals(request: HttpRequest) -> HttpResponse:
    """Show what everybody on site logged in a month, and which days have no entry."""
    actor = acting(request)
    require(actor, "training.read")
    today = timezone.localdate()
    window, links = _month(request, today, "growth:log-totals")
    found = queries.totals(actor, window, today)
    if found:
        log_list_reading(request, FieldLogEntry, len(found))
    context = {
        "title": f"{_('Field log')} · {window.start:%Y-%m}",
        "totals": [
            {"row": each, "counts": list(each.counts.values()), "people": sum(each.people.values()) or None}
            for each in found
        ],
        "counts": list(COUNT_WORDS.values()),
        "breadcrumbs": crumbs(),
        **links,
    }
    return render(request, "growth/log_totals.html", context)


def _month(request: HttpRequest, today: datetime.date, page_name: str) -> tuple[DateSpan, dict[str, str]]:
    first = MonthForm(request.GET).first_day(today)
    window = month_span(first.year, first.month)
    before, after = window.start - datetime.timedelta(days=1), window.end + datetime.timedelta(days=1)
    address = reverse(page_name)
    return window, {"before": f"{address}?month={before:%Y-%m}", "after": f"{address}?month={after:%Y-%m}"}


@require_safe
@page
def figures(request: HttpRequest) -> HttpResponse:
    """Show the sums of a month by agreement as counts: also to those who see nobody by name."""
    actor = acting(request)
    if not decide(actor, "training.read").allowed:
        require(actor, "training.count")
    window, links = _month(request, timezone.localdate(), "growth:log-figures")
    by_agreement: defaultdict[int, list[FieldLogEntry]] = defaultdict(list)
    for row in queries.countable_entries(actor, window):
        by_agreement[row.posting.agreement_id].append(row)
    threshold = small_counts_of_training(actor).threshold
    context = {
        "title": f"{_('Field log in numbers')} · {window.start:%Y-%m}",
        "lines": [_line(rows, threshold) for rows in by_agreement.values()],
        "counts": list(COUNT_WORDS.values()),
        "people_words": [word for _name, word in people_words()],
        "hides": threshold,
        "breadcrumbs": crumbs() if decide(actor, "training.read").allowed else [],
        **links,
    }
    return render(request, "growth/log_figures.html", context)


def _line(rows: list[FieldLogEntry], threshold: int) -> dict[str, Any]:
    """Sum one agreement's entries; small counts of people are hidden with what would betray them."""
    people = hide_small_cells([sum(row.people.get(key, 0) for row in rows) for key in PEOPLE_KEYS], threshold)
    sums = queries.sums_of(rows)
    outpatients = sums["outpatients"]
    if outpatients is not None and 0 < outpatients < threshold:
        sums["outpatients"] = None
    return {
        "agreement": rows[0].posting.agreement,
        "days": len(rows),
        "counts": list(sums.values()),
        "people": people.counts,
    }
