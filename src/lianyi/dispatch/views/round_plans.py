"""Plans of rounds: read from a file, shown beside what is planned now, taken over or put aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.dispatch import commands, rounds_queries
from lianyi.dispatch.authority import require_on_plan
from lianyi.dispatch.errors import RoundPlanRefusedError
from lianyi.dispatch.models import PlanState, RoundCrew, RoundPlan, RoundProgramme, RoundStop
from lianyi.dispatch.rounds_checks import LineProblem
from lianyi.dispatch.rounds_comparison import Change, ChangeKind, Comparison, comparison_of
from lianyi.dispatch.rounds_folder import archive_of, folder_data
from lianyi.dispatch.rounds_plan_file import open_visits_in, plan_in
from lianyi.dispatch.rounds_texts import CHANGE_WORDS, FIGURE_WORDS, OPEN_WORDS, PLAN_TONES, problem_words
from lianyi.dispatch.rounds_values import clock
from lianyi.dispatch.rounds_visit_forms import PlanDaysForm, PlanFileForm
from lianyi.dispatch.views.plan_runs import run_context
from lianyi.dispatch.views.round_parts import BOTH, programme_context, round_crumbs
from lianyi.errors import LianyiError
from lianyi.methods.periods import DateSpan
from lianyi.pages.documents import attachment
from lianyi.pages.errors import message_of
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships.views.parts import FormPage, run_form

CHANGING = (ChangeKind.MOVED, ChangeKind.NEW, ChangeKind.WITHDRAWN, ChangeKind.RETIMED)


@require_safe
@page
def plan_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the plans of a programme, the latest first."""
    actor = acting(request)
    row = rounds_queries.programme(actor, pk)
    context = {
        **programme_context(actor, row, "dispatch:round-plans"),
        "run": run_context(actor, row),
        "plans": [
            {"row": each, "visits": len(each.lines), "tone": PLAN_TONES[each.state]}
            for each in rounds_queries.plans_of(actor, row)
        ],
    }
    return render(request, "dispatch/round_plans.html", context)


@require_safe
@page
def folder(request: HttpRequest, pk: int) -> HttpResponse:
    """Give what `lianyi plan rounds` plans from, as one archive; without days the form that asks for them."""
    actor = acting(request)
    row = rounds_queries.programme(actor, pk)
    require_on_plan(actor, "dispatch.write", row.agreement)
    today = timezone.localdate()
    asked = request.GET if "first" in request.GET else None
    form = PlanDaysForm(row, asked, initial=PlanDaysForm.usual_days(row, today))
    context = {**programme_context(actor, row, "dispatch:round-plans"), "form": form, "error": ""}
    if form.is_valid():
        try:
            return _archive(row, archive_of(folder_data(actor, row, form.span(), today)), form.span())
        except RoundPlanRefusedError as error:
            context["error"] = message_of(error)
    is_refused = bool(context["error"]) or (asked is not None and not form.is_valid())
    return render(request, "dispatch/round_folder.html", context, status=422 if is_refused else 200)


def _archive(row: RoundProgramme, content: bytes, span: DateSpan) -> HttpResponse:
    response = HttpResponse(content, content_type="application/zip")
    response.headers["Content-Disposition"] = attachment(f"rounds-{row.code}-{span.start}.zip")
    return response


@require_safe
@page
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a plan beside what is planned now: nothing changes before it is taken over."""
    actor = acting(request)
    row = rounds_queries.plan(actor, pk)
    context = programme_context(actor, row.programme, "dispatch:round-plans")
    is_open = row.state == PlanState.PROPOSED
    found = comparison_of(row, timezone.localdate())
    stops = {each.pk: each for each in rounds_queries.stops(actor, row.programme)}
    crews = {each.pk: each for each in rounds_queries.crews(actor, row.programme)}
    context |= {
        "title": _("Plan %(number)s") % {"number": row.number},
        "plan": row,
        "tone": PLAN_TONES[row.state],
        "is_open": is_open,
        "facts": _facts(row, found),
        "counts": _counts(found) if is_open else [],
        "changes": [_change(each, stops, crews) for each in found.of_kind(*CHANGING)] if is_open else [],
        "unmet": [_open_visit(each, stops) for each in row.unmet],
        "breadcrumbs": round_crumbs(row.programme),
    }
    return render(request, "dispatch/round_plan.html", context)


def _open_visit(each: Mapping[str, Any], stops: Mapping[int, RoundStop]) -> dict[str, Any]:
    names = {stop.code: name_of(stop.site) for stop in stops.values()}
    code, reason = str(each["stop_code"]), str(each["reason"])
    return {
        "stop": names.get(code, code),
        "period": each["period"],
        "visits": each["missing"],
        "why": OPEN_WORDS.get(reason, reason),
    }


def _facts(row: RoundPlan, found: Comparison) -> list[tuple[str, object]]:
    return [
        (pgettext("from and to", "Days"), f"{row.starts_on} – {row.ends_on}"),
        (_("Visits in the plan"), len(row.lines)),
        (_("Recorded visits that stay"), len(found.recorded)),
        (_("Visits of days that are over, left out"), found.lines_over),
        (_("Origin"), row.get_origin_display()),
        (_("Made by"), row.made_by),
        (_("Made at"), row.created_at),
        *_figures(row.figures),
    ]


def _figures(figures: Mapping[str, Any]) -> list[tuple[str, object]]:
    """Return the figures that a search kept, in words. What a table brought has none."""
    shown = {**figures, "coverage": _percent(figures["coverage"])} if "coverage" in figures else figures
    return [(str(word), shown[name]) for name, word in FIGURE_WORDS.items() if shown.get(name) is not None]


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _counts(found: Comparison) -> list[tuple[str, int]]:
    return [(str(CHANGE_WORDS[kind]), found.counts.get(kind.value, 0)) for kind in (*CHANGING, ChangeKind.SAME)]


def _change(each: Change, stops: Mapping[int, RoundStop], crews: Mapping[int, RoundCrew]) -> dict[str, Any]:
    visit, line = each.visit, each.line
    stop = stops.get(line.stop_id if line is not None else visit.stop_id if visit is not None else 0)
    before = "" if visit is None else f"{visit.day} {clock(visit.arrives_at)} {name_of(visit.crew.team)}"
    crew = None if line is None else crews.get(line.crew_id)
    after = "" if line is None else f"{line.day} {clock(line.arrives_at)} {name_of(crew.team) if crew else ''}"
    return {
        "word": CHANGE_WORDS[each.kind],
        "tone": {ChangeKind.WITHDRAWN: "bad", ChangeKind.NEW: "good", ChangeKind.MOVED: "warning"}.get(
            each.kind, "info"
        ),
        "stop": "" if stop is None else name_of(stop.site),
        "before": before,
        "after": after,
        "day": line.day if line is not None else visit.day if visit is not None else None,
    }


@require_http_methods(BOTH)
@page
def read_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file of visits in as a plan to look at."""
    actor = acting(request)
    row = rounds_queries.programme(actor, pk)
    require_on_plan(actor, "dispatch.write", row.agreement)
    form = PlanFileForm(request.POST or None, request.FILES or None)
    about = FormPage(
        title=gettext_lazy("Read a plan from a file"),
        submit_label=gettext_lazy("Read the plan"),
        cancel_url=reverse("dispatch:round-plans", args=[row.pk]),
        done=gettext_lazy("The plan is read. Look at what it would change, then take it over."),
        crumbs=round_crumbs(row),
        intro=gettext_lazy("Nothing is planned before you have seen what would change."),
    )

    def run() -> RoundPlan:
        file = form.cleaned_data["file"]
        try:
            new = plan_in(row, file.read(), file.name or "")
            if (missed := form.cleaned_data["missed"]) is not None:
                new = replace(new, unmet=open_visits_in(missed.read(), missed.name or ""))
            return commands.propose_plan(command_context(request), row, new)
        except RoundPlanRefusedError as error:
            for text in _problems(error):
                form.add_error(None, text)
            raise

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))


@require_POST
@page
def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    row = rounds_queries.plan(acting(request), pk)
    version = _version(request, row)
    try:
        commands.take_over_plan(command_context(request), row, version)
    except RoundPlanRefusedError as error:
        return _refused(request, row, error)
    messages.success(request, _("The plan is taken over."))
    return redirect(f"{reverse('dispatch:round-week', args=[row.programme_id])}?day={row.starts_on}")


@require_POST
@page
def put_aside(request: HttpRequest, pk: int) -> HttpResponse:
    row = rounds_queries.plan(acting(request), pk)
    commands.put_plan_aside(command_context(request), row, _version(request, row))
    messages.success(request, _("The plan is put aside."))
    return redirect("dispatch:round-plans", pk=row.programme_id)


def _version(request: HttpRequest, row: RoundPlan) -> int:
    given = request.POST.get("expected_version", "")
    return int(given) if given.isdecimal() else row.version


def _refused(request: HttpRequest, row: RoundPlan, error: LianyiError) -> HttpResponse:
    messages.error(request, message_of(error))
    for text in _problems(error):
        messages.error(request, text)
    return redirect(row.get_absolute_url())


def _problems(error: LianyiError) -> list[str]:
    """Say which lines of a refused plan cannot be."""
    given = error.params.get("problems")
    return problem_words([each for each in given if isinstance(each, LineProblem)] if isinstance(given, list) else [])
