"""Who reports, and the sheets: the list, one with its figures, its figures as one form, its steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.errors import InvalidInputError
from lianyi.indicators.commands import values as commands
from lianyi.indicators.counted_veil import CountVeil, count_veil
from lianyi.indicators.errors import SheetValuesRefusedError
from lianyi.indicators.forms.values import (
    AssignmentForm,
    EndAssignmentForm,
    Known,
    SheetForm,
    SheetStepForm,
    ValueGrid,
)
from lianyi.indicators.models import IndicatorSheet, IndicatorValue, ReportingAssignment, SheetState
from lianyi.indicators.queries import values as queries
from lianyi.indicators.tables.values import AssignmentFilter, AssignmentTable, SheetFilter, SheetTable
from lianyi.indicators.values_authority import is_giver, require_step, steps_for, was_submitted
from lianyi.indicators.values_checks import doubts_of
from lianyi.indicators.values_due import due_sheets
from lianyi.indicators.values_machine import DECIDE, RECEIVED, SHEET_STEP_BY_NAME, WRITE
from lianyi.indicators.values_periods import next_start, period_code
from lianyi.indicators.values_shown import shown_figures
from lianyi.indicators.values_texts import (
    SOURCE_TONES,
    STATE_TONES,
    STEP_WORDS,
    definition_title,
    doubt_word,
    family_word,
    name_of_code,
)
from lianyi.indicators.views.counted import CountedLine, counting_context
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.errors import message_of
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships.views.parts import FormPage, run_form

BOTH = ["GET", "HEAD", "POST"]


def sheet_crumbs(row: IndicatorSheet | None = None) -> list[Crumb]:
    crumbs = [Crumb(_("Reporting sheets"), reverse("indicators:sheets"))]
    if row is not None:
        crumbs.append(Crumb(sheet_title(row), row.get_absolute_url()))
    return crumbs


def sheet_title(row: IndicatorSheet) -> str:
    return f"{name_of(row.node)} · {period_code(row.period, row.period_start)}"


def reporter_crumbs() -> list[Crumb]:
    return [Crumb(_("Who reports"), reverse("indicators:reporters"))]


@require_safe
@page
def reporters(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "indicator.read")
    return list_response(
        request,
        table_class=AssignmentTable,
        rows=queries.assignments(actor),
        filterset_class=AssignmentFilter,
        title=_("Who reports"),
        export_name="reporting-duties",
        template="indicators/reporters.html",
        context={
            "may_decide": decide(actor, DECIDE).allowed,
            "import_url": f"{reverse('registry:imports')}?kind=reporting_assignments",
        },
    )


@require_http_methods(BOTH)
@page
def new_reporter(request: HttpRequest) -> HttpResponse:
    require(acting(request), DECIDE)
    form = AssignmentForm(request.POST or None)
    about = FormPage(
        title=gettext_lazy("Give a reporting duty"),
        submit_label=gettext_lazy("Save"),
        cancel_url=reverse("indicators:reporters"),
        done=gettext_lazy("The reporting duty is given."),
        crumbs=reporter_crumbs(),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.assign_reporting(command_context(request), form.new()),
        lambda _row: reverse("indicators:reporters"),
    )


@require_http_methods(BOTH)
@page
def end_reporter(request: HttpRequest, pk: int) -> HttpResponse:
    """End a reporting duty; what was reported stays."""
    actor = acting(request)
    row = queries.assignment(actor, pk)
    require(actor, DECIDE, row)
    form = EndAssignmentForm(
        request.POST or None, initial={"ends_on": row.ends_on or "", "expected_version": row.version}
    )
    about = FormPage(
        title=gettext_lazy("End a reporting duty"),
        submit_label=gettext_lazy("Save"),
        cancel_url=reverse("indicators:reporters"),
        done=gettext_lazy("The reporting duty is changed."),
        crumbs=reporter_crumbs(),
        intro=f"{name_of(row.node)} · {family_word(row.family)} · {row.starts_on}",
    )

    def run() -> ReportingAssignment:
        version = form.cleaned_data["expected_version"] or row.version
        return commands.end_reporting(command_context(request), row, form.cleaned_data["ends_on"], version)

    return run_form(request, form, about, run, lambda _row: reverse("indicators:reporters"))


@require_safe
@page
def sheet_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "indicator.read")
    may_write = decide(actor, WRITE).allowed
    return list_response(
        request,
        table_class=SheetTable,
        rows=queries.sheets(actor),
        filterset_class=SheetFilter,
        title=_("Reporting sheets"),
        export_name="indicator-sheets",
        template="indicators/sheets.html",
        context={
            "may_write": may_write,
            "due": due_sheets(actor, timezone.localdate()) if may_write else None,
            "import_url": f"{reverse('registry:imports')}?kind=indicator_values",
        },
    )


@require_http_methods(BOTH)
@page
def new_sheet(request: HttpRequest) -> HttpResponse:
    require(acting(request), WRITE)
    initial = {name: request.GET[name] for name in ("node", "family", "period") if name in request.GET}
    form = SheetForm(request.POST or None, initial=initial)
    about = FormPage(
        title=gettext_lazy("Begin a sheet"),
        submit_label=gettext_lazy("Begin and fill in the figures"),
        cancel_url=reverse("indicators:sheets"),
        done=gettext_lazy("The sheet is begun. Fill in the figures."),
        crumbs=sheet_crumbs(),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.start_sheet(command_context(request), form.new()),
        lambda row: reverse("indicators:sheet-figures", args=[row.pk]),
    )


@require_safe
@page
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a sheet: what is given and what is not, what is unusual, and what may be done with it."""
    actor = acting(request)
    row = queries.sheet(actor, pk)
    known = commands.definitions_on(row)
    order = {code: at for at, code in enumerate(known)}
    rows = sorted(
        queries.values(actor).filter(sheet=row), key=lambda each: (order.get(each.code, len(order)), each.code)
    )
    events = queries.events_of(actor, row)
    counting = counting_context(actor, row, rows)
    context = {
        **counting,
        "title": sheet_title(row),
        "breadcrumbs": sheet_crumbs(),
        "sheet": row,
        "family": family_word(row.family),
        "period": period_code(row.period, row.period_start),
        "tone": STATE_TONES[row.state],
        "lines": _lines(row, rows, counting["counted"], count_veil(actor)),
        "missing": [
            {"code": code, "title": definition_title(each), "counted": counting["counted"].get(code)}
            for code, each in known.items()
            if code not in {one.code for one in rows}
        ],
        "counts": _counts(rows, len(known)),
        "steps": steps_for(actor, row),
        "may_write": row.state == SheetState.DRAFT and decide(actor, WRITE, row).allowed,
        "waits_for_another": row.state in RECEIVED[:2] and is_giver(actor, row),
        "back_because": _back_because(row, events),
        "events": [{"row": each, "word": STEP_WORDS.get(each.step, each.step)} for each in events],
    }
    return render(request, "indicators/sheet.html", context)


def _counts(rows: list[IndicatorValue], expected: int) -> dict[str, int]:
    given = sum(each.is_available for each in rows)
    return {"given": given, "unavailable": len(rows) - given, "expected": max(expected, len(rows))}


def _back_because(row: IndicatorSheet, events: list[Any]) -> Any:  # noqa: ANN401 - an event, or None
    """Return the last sending back or reopening of a draft, so that its reason stands above the figures."""
    if row.state != SheetState.DRAFT:
        return None
    back = [each for each in events if each.step in ("send_back", "reopen")]
    return back[-1] if back else None


def _lines(
    row: IndicatorSheet, rows: list[IndicatorValue], counted: Mapping[str, CountedLine], veil: CountVeil
) -> list[dict[str, Any]]:
    doubts = doubts_of(row, rows)
    return [
        {
            "row": each,
            "counted": counted.get(each.code),
            "name": name_of_code(each),
            **shown_figures(each, veil),
            "source_tone": SOURCE_TONES[each.source],
            "doubts": [
                doubt_word(one)
                for one in doubts.get(each.pk, ())
                # Other doubts tell the figures that they rest on.
                if one.kind == "counted" or not veil.hides_value(each)
            ],
        }
        for each in rows
    ]


@require_http_methods(BOTH)
@page
def figures(request: HttpRequest, pk: int) -> HttpResponse:
    """Write all figures as one form; what cannot be kept is told at its line and nothing that was typed is lost."""
    actor = acting(request)
    row = queries.sheet(actor, pk)
    require(actor, WRITE, row)
    sent = request.POST if request.method == "POST" else None
    known, hidden = _known(actor, row)
    about = [each for code, each in commands.definitions_on(row).items() if code not in hidden]
    grid = ValueGrid(about, known, sent)
    if sent is not None:
        entries = grid.entries()
        if not grid.problems and _kept(request, row, grid, entries):
            messages.success(request, _("The figures are saved."))
            return redirect(row.get_absolute_url())
    context = {
        "title": _("Figures of %(period)s") % {"period": period_code(row.period, row.period_start)},
        "breadcrumbs": sheet_crumbs(row),
        "sheet": row,
        "hidden": len(hidden),
        "family": family_word(row.family),
        "former_period": period_code(row.period, next_start(row.period, row.period_start, -1)),
        "grid": grid,
        "asks_reason": was_submitted(row),
        "version": grid.version or row.version,
    }
    is_refused = sent is not None
    return render(request, "indicators/sheet_figures.html", context, status=422 if is_refused else 200)


def _known(actor: Actor, row: IndicatorSheet) -> tuple[Known, set[str]]:
    """Return what is known of the figures, and the indicators of which too few patients were counted to be shown.

    Whoever reads no cases leaves those as they are; somebody who reads them may change them.
    """
    veil = count_veil(actor)
    rows = list(queries.values(actor).filter(sheet=row))
    former = queries.values(actor).filter(
        node_id=row.node_id,
        sheet__period=row.period,
        period_start=next_start(row.period, row.period_start, -1),
    )
    hidden = {each.code for each in rows if veil.hides_value(each)}
    known = Known(
        {each.code: each for each in rows if each.code not in hidden},
        {each.code: each for each in former if not veil.hides_value(each)},
        doubts_of(row, rows),
    )
    return known, hidden


def _kept(request: HttpRequest, row: IndicatorSheet, grid: ValueGrid, entries: list[Any]) -> bool:
    context = command_context(request, reason=grid.reason)
    try:
        commands.save_values(context, row, entries, grid.version or row.version)
    except SheetValuesRefusedError as error:
        grid.take_problems(error.problems)
        return False
    except InvalidInputError as error:
        grid.problem = message_of(error)
        return False
    return True


@require_http_methods(BOTH)
@page
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    actor = acting(request)
    row = queries.sheet(actor, pk)
    about_step = SHEET_STEP_BY_NAME.get(name)
    if about_step is None:
        raise NotFoundInScopeError("There is no such step.", model="IndicatorSheet")
    require_step(actor, about_step, row)
    form = SheetStepForm(
        request.POST or None, needs_reason=about_step.needs_reason, initial={"expected_version": row.version}
    )
    about = FormPage(
        title=about_step.label,
        submit_label=about_step.label,
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The step is taken."),
        crumbs=sheet_crumbs(row),
        intro=f"{sheet_title(row)} · {family_word(row.family)}",
        danger=about_step.needs_reason,
    )

    def run() -> IndicatorSheet:
        context = command_context(request, reason=form.cleaned_data.get("reason", ""))
        version = form.cleaned_data["expected_version"] or row.version
        return commands.take_sheet_step(context, row, name, version)

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))
