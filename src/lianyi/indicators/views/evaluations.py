"""Pages of evaluations: the list, a question with its units and its life, the rows behind an answer, and the files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from lianyi.accounts.access import require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.accounts.roles import Permission, role_holds
from lianyi.errors import LianyiError
from lianyi.indicators.evaluation_answers import panel_of_result
from lianyi.indicators.evaluation_authority import reads_exact, steps_for, worked_on, writes
from lianyi.indicators.evaluation_candidates import candidates_of
from lianyi.indicators.evaluation_disclosure import veil_for
from lianyi.indicators.evaluation_history import history_of
from lianyi.indicators.evaluation_machine import FIXED_STATES, READ, TOLD_STATES, WRITE
from lianyi.indicators.evaluation_panel import Panel, panel_of
from lianyi.indicators.evaluation_question import asked_of, canonical, command_line_of
from lianyi.indicators.evaluation_texts import STATE_TONES, STEP_WORDS
from lianyi.indicators.evaluation_words import outcome_name, unit_name
from lianyi.indicators.models import (
    Evaluation,
    EvaluationSource,
    EvaluationState,
    EvaluationUnit,
    UnitLevel,
)
from lianyi.indicators.queries import evaluations as queries
from lianyi.indicators.tables.evaluations import EvaluationFilter, EvaluationTableOfRows, PanelTable
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.documents import attachment
from lianyi.pages.errors import message_of
from lianyi.pages.listing import list_response
from lianyi.pages.requests import acting, page
from lianyi.partnerships import queries as partnerships
from lianyi.partnerships.views.parts import agreement_context

MOST_UNITS_SHOWN = 60


def evaluation_crumbs(row: Evaluation | None = None) -> list[Crumb]:
    crumbs = [Crumb(pgettext("of partnerships", "Evaluations"), reverse("indicators:evaluations"))]
    if row is not None:
        crumbs.append(Crumb(str(row), row.get_absolute_url()))
    return crumbs


@require_safe
@page
def evaluation_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, READ)
    return list_response(
        request,
        table_class=EvaluationTableOfRows,
        rows=queries.evaluations(actor),
        filterset_class=EvaluationFilter,
        title=pgettext("of partnerships", "Evaluations"),
        export_name="evaluations",
        template="indicators/evaluations.html",
        context={"may_begin": role_holds(actor.role, Permission.parse(WRITE))},
    )


@require_safe
@page
def of_agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """List the evaluations of an agreement beside its other pages."""
    actor = acting(request)
    require(actor, READ)
    agreement = partnerships.agreement(actor, pk)
    begins = role_holds(actor.role, Permission.parse(WRITE))
    return list_response(
        request,
        table_class=EvaluationTableOfRows,
        rows=queries.evaluations(actor).filter(agreement=agreement),
        filterset_class=EvaluationFilter,
        title=pgettext("of partnerships", "Evaluations"),
        export_name=f"evaluations-{agreement.code}",
        template="indicators/evaluations.html",
        context={
            **agreement_context(request, agreement, "indicators:evaluations-of"),
            "may_begin": begins,
            "begin_query": f"?agreement={agreement.pk}",
        },
    )


@require_safe
@page
def evaluation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a question: what is asked of whom, which units are compared with and why, and how it went."""
    actor = acting(request)
    row = queries.evaluation(actor, pk)
    units = queries.units_of(actor, row)
    result = queries.newest_result(actor, row)
    is_writer = writes(actor, row)
    context = {
        "title": row.question,
        "breadcrumbs": evaluation_crumbs(),
        "evaluation": row,
        "state_tone": STATE_TONES[row.state],
        "outcomes": _outcomes(row),
        "levels": _levels(units),
        "has_comparison": any(each.level == UnitLevel.COMPARISON for each in units),
        **_candidates(actor, row, units),
        "steps": steps_for(actor, row),
        "waits_for_another": is_writer and row.state == EvaluationState.COMPUTED and worked_on(actor, row),
        "may_change": is_writer and row.state == EvaluationState.DRAFT,
        "may_revise": is_writer and row.state in FIXED_STATES and not hasattr(row, "superseded_by"),
        "result": result,
        "has_result": result is not None and row.state in TOLD_STATES,
        "reads_exact": reads_exact(actor, row),
        "versions": [each for each in queries.versions_of(actor, row) if each.pk != row.pk],
        "history": history_of(row),
        "events": [
            {"row": each, "word": STEP_WORDS.get(each.step, each.step)} for each in queries.events_of(actor, row)
        ],
    }
    if context["has_result"] and context["reads_exact"]:
        context["command_line"] = command_line_of(row, asked_of(row, units), f"{row}.csv")
    return render(request, "indicators/evaluation.html", context)


def _outcomes(row: Evaluation) -> list[dict[str, str]]:
    is_indicator = row.source == EvaluationSource.VALUES
    return [
        {
            "name": outcome_name(row, each),
            "url": reverse("indicators:definition", args=[each]) if is_indicator else "",
        }
        for each in row.outcomes
    ]


def _levels(units: Sequence[EvaluationUnit]) -> list[dict[str, Any]]:
    """Return the helped units by level; of a long list the first ones and how many more there are."""
    found = []
    for level, label in UnitLevel.choices:
        names = [unit_name(each) for each in units if each.level == level]
        if names and level != UnitLevel.COMPARISON:
            found.append({"label": label, "names": names[:MOST_UNITS_SHOWN], "more": len(names[MOST_UNITS_SHOWN:])})
    return found


def _candidates(actor: Actor, row: Evaluation, units: Sequence[EvaluationUnit]) -> dict[str, Any]:
    """Return the units that may be compared with as they were before the start, or why that cannot be told."""
    if not any(each.level == UnitLevel.COMPARISON for each in units):
        return {"helped": [], "candidates": [], "untold": ""}
    try:
        panel = panel_of(actor, row, units, with_open=True)
        helped, candidates = candidates_of(actor, row, units, veil_for(actor, row, panel))
    except LianyiError as error:
        return {"helped": [], "candidates": [], "untold": message_of(error)}
    return {"helped": helped[:MOST_UNITS_SHOWN], "candidates": candidates, "untold": ""}


def _result_panel(actor: Actor, row: Evaluation) -> Panel:
    """Return the rows of the newest answer.

    Raises
    ------
    NotFoundInScopeError
        While nothing is computed.
    """
    result = queries.newest_result(actor, row)
    if result is None or row.state not in TOLD_STATES:
        raise NotFoundInScopeError("Nothing is computed yet.", model="EvaluationResult")
    return panel_of_result(actor, row, queries.units_of(actor, row), result.document)


@require_safe
@page
def rows(request: HttpRequest, pk: int) -> HttpResponse:
    """List every figure that the answer was computed from."""
    actor = acting(request)
    row = queries.evaluation(actor, pk)
    panel = _result_panel(actor, row)
    names = {each.name: unit_name(each) for each in queries.units_of(actor, row)}
    veil, labels = veil_for(actor, row, panel), dict(UnitLevel.choices)
    lines = [
        {
            "unit": names.get(panel.units[at], panel.units[at]),
            "level": labels[panel.levels[at]],
            "time": panel.times[at],
            "outcome": outcome_name(row, name),
            "figure": veil.shown(name, column[at]),
            "url": _value_url(panel, name, at),
        }
        for name, column in panel.outcomes.items()
        for at in range(len(panel.units))
    ]
    words = request.GET.get("words", "").strip().casefold()
    return list_response(
        request,
        table_class=PanelTable,
        rows=[each for each in lines if words in f"{each['unit']} {each['outcome']} {each['time']}".casefold()],
        title=_("Figures of the answer"),
        export_name=f"evaluation-{row}",
        template="indicators/evaluation_rows.html",
        context={"breadcrumbs": evaluation_crumbs(row), "words": request.GET.get("words", ""), "all": len(lines)},
    )


def _value_url(panel: Panel, name: str, at: int) -> str:
    key = panel.values[name][at] if name in panel.values else None
    return "" if key is None else reverse("indicators:value", args=[key])


@require_safe
@page
def panel_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the rows as the table from which the command line computes the same answer."""
    actor = acting(request)
    row = queries.evaluation(actor, pk)
    _require_exact(actor, row)
    return _file(_result_panel(actor, row).as_csv(), "text/csv; charset=utf-8", f"{row}.csv")


@require_safe
@page
def result_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Return what was computed, as it is kept."""
    actor = acting(request)
    row = queries.evaluation(actor, pk)
    _require_exact(actor, row)
    result = queries.newest_result(actor, row)
    if result is None:
        raise NotFoundInScopeError("Nothing is computed yet.", model="EvaluationResult")
    return _file(canonical(result.document).encode(), "application/json", f"{row}.json")


def _require_exact(actor: Actor, row: Evaluation) -> None:
    if not reads_exact(actor, row):
        raise NotFoundInScopeError("Exact figures are for those who work with them.", model="EvaluationResult")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = attachment(name)
    return response
