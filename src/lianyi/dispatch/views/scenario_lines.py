"""Lines of a scenario by hand: a form with the rules' verdict, dragging, locks, taking out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.dispatch import commands, scenario_queries
from lianyi.dispatch.authority import require_on_scenario
from lianyi.dispatch.commands import LineWish
from lianyi.dispatch.errors import PlanLineRefusedError
from lianyi.dispatch.models import PlanLine, PlanScenario
from lianyi.dispatch.scenario_forms import PlanLineForm
from lianyi.dispatch.scenario_machine import is_searching, may
from lianyi.dispatch.scenario_problem import PlanData, line_of, plan_data
from lianyi.dispatch.scenario_telling import Teller
from lianyi.dispatch.scenario_verdict import verdict_of
from lianyi.dispatch.scenario_words import BAR_WORDS
from lianyi.dispatch.views.scenarios import scenario_crumbs
from lianyi.pages.errors import message_of
from lianyi.pages.forms import form_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, page

BOTH = ["GET", "HEAD", "POST"]


@require_http_methods(BOTH)
@page
def new_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a person into a need by hand."""
    actor = acting(request)
    row = scenario_queries.scenario(actor, pk)
    require_on_scenario(actor, "dispatch.write", row)
    data = plan_data(actor, row)
    asked = {name: request.GET[name] for name in ("need", "first", "last") if name in request.GET}
    form = PlanLineForm(data, request.POST or None, {"last": len(data.horizon.labels) - 1, **asked})
    if request.method == "POST" and form.is_valid():
        done = form.attempt(lambda: commands.add_line(command_context(request), row, form.wish()))
        if done is not None:
            messages.success(request, _("The line is added and locked."))
            return redirect(_at_line(done))
    return _line_page(request, form, row, None, {"title": _("Add a line by hand"), "submit_label": _("Add the line")})


@require_http_methods(BOTH)
@page
def change_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one line, and change its person, need or time: the form for what dragging does too."""
    actor = acting(request)
    row = scenario_queries.line(actor, pk)
    data = plan_data(actor, row.scenario)
    form = PlanLineForm(data, request.POST or None, PlanLineForm.initial_of(row))
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["expected_version"]
        version = seen if isinstance(seen, int) else row.version
        done = form.attempt(lambda: commands.move_line(command_context(request), row, form.wish(), version))
        if done is not None:
            messages.success(request, _("The line is changed and locked."))
            return redirect(_at_line(done))
    words = {"title": _("Line of %(person)s") % {"person": name_of(row.staff)}, "submit_label": _("Change the line")}
    return _line_page(request, form, row.scenario, row, words)


def _line_page(
    request: HttpRequest, form: PlanLineForm, scenario: PlanScenario, row: PlanLine | None, words: dict[str, str]
) -> HttpResponse:
    may_edit = may(scenario, "edit_lines", is_on=is_searching(scenario))
    return form_response(
        request,
        form=form,
        title=words["title"],
        submit_label=words["submit_label"],
        cancel_url=scenario.get_absolute_url(),
        context={
            "breadcrumbs": scenario_crumbs(scenario),
            "scenario": scenario,
            "line": row,
            "may_edit": may_edit,
            "verdict_url": reverse("dispatch:plan-verdict", args=[scenario.pk]),
        },
        template="dispatch/plan_line.html",
    )


@require_safe
@page
def verdict(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what the rules say of a line, before it is placed."""
    actor = acting(request)
    row = scenario_queries.scenario(actor, pk)
    data = plan_data(actor, row)
    form = PlanLineForm(data, request.GET or None, {})
    form.fields["command_key"].required = False
    if not form.is_valid():
        return render(request, "dispatch/_plan_verdict.html", {})
    given = request.GET.get("line", "")
    others = [line_of(each) for each in row.lines.all() if str(each.pk) != given]
    found = verdict_of(data, form.wish().line, others)
    context: dict[str, Any] = {"is_known": True, "bar": None if found.bar is None else BAR_WORDS[found.bar]}
    context["breaches"] = [_breach_word(data, each.rule, each.subject, row) for each in found.breaches]
    return render(request, "dispatch/_plan_verdict.html", context)


def _breach_word(data: PlanData, rule: str, subject: str, row: PlanScenario) -> str:
    shadow = PlanScenario(
        first_day=row.first_day,
        periods=row.periods,
        months_per_period=row.months_per_period,
        figures={"breaches": [{"rule": str(rule), "subject": subject, "what": ""}]},
        changes=[],
    )
    word = Teller(shadow, []).rule_word(str(rule), subject)
    is_hard = rule in {each.value for each in data.problem.rules.prices} and data.problem.rules.is_hard(rule)  # type: ignore[arg-type]
    return word if not is_hard else _("%(rule)s (a rule that always holds)") % {"rule": word}


@require_POST
@page
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a line to another need or period, as dragging and the arrow keys do; its length stays."""
    row = scenario_queries.line(acting(request), pk)
    given = {name: request.POST.get(name, "") for name in ("need", "first", "expected_version")}
    need = int(given["need"]) if given["need"].isdigit() else row.need_id
    first = int(given["first"]) if given["first"].isdigit() else row.first
    version = int(given["expected_version"]) if given["expected_version"].isdigit() else row.version
    last = min(first + row.last - row.first, row.scenario.periods - 1)
    try:
        commands.move_line(command_context(request), row, LineWish(row.staff_id, need, first, last), version)
    except PlanLineRefusedError as error:
        messages.error(request, f"{name_of(row.staff)}: {message_of(error)}")
    else:
        messages.success(request, _("The line is changed and locked."))
    return redirect(_at_line(row))


@require_POST
@page
def lock(request: HttpRequest, pk: int) -> HttpResponse:
    row = scenario_queries.line(acting(request), pk)
    commands.lock_line(command_context(request), row, row.version)
    return redirect(_at_line(row))


@require_POST
@page
def unlock(request: HttpRequest, pk: int) -> HttpResponse:
    row = scenario_queries.line(acting(request), pk)
    commands.unlock_line(command_context(request), row, row.version)
    return redirect(_at_line(row))


@require_POST
@page
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    row = scenario_queries.line(acting(request), pk)
    commands.remove_line(command_context(request), row, row.version)
    messages.success(request, _("The line is taken out."))
    return redirect(row.scenario.get_absolute_url())


def _at_line(row: PlanLine) -> str:
    return f"{row.scenario.get_absolute_url()}#line-{row.pk}"
