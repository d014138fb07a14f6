"""Quality control cases: the list, one case with what the chart says, its steps, its actions."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.indicators.commands import quality as commands
from lianyi.indicators.commands.quality import refused_step
from lianyi.indicators.forms.quality import FinishActionForm, HandOverForm, QualityStepForm, ReasonForm, owner_values
from lianyi.indicators.models import QualityAction, QualityCase, QualityState
from lianyi.indicators.quality_authority import may_take, owns, require_step, steps_for
from lianyi.indicators.quality_machine import (
    QUALITY_STEP_BY_NAME,
    TO_CHECK,
    WRITE,
    QualityStep,
    is_overdue,
    quality_steps_from,
)
from lianyi.indicators.quality_signals import Aftermath
from lianyi.indicators.quality_texts import (
    FINDING_TONES,
    FINDING_WORDS,
    STATE_TONES,
    STEP_WORDS,
    indicator_word,
    owner_word,
)
from lianyi.indicators.quality_words import SIDE_WORDS, cause_word, signals_said
from lianyi.indicators.queries import quality as queries
from lianyi.indicators.queries.quality_charts import aftermath_of_case, signals_of_unit
from lianyi.indicators.tables.quality import QualityCaseFilter, QualityCaseTable
from lianyi.indicators.values_definitions import versions_of
from lianyi.indicators.values_periods import period_code
from lianyi.indicators.values_texts import amount_word
from lianyi.indicators.views.quality import chart_url
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.forms import CommandForm
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships.views.parts import FormPage, run_form

BOTH = ["GET", "HEAD", "POST"]


def case_crumbs(row: QualityCase | None = None) -> list[Crumb]:
    crumbs = [Crumb(_("Quality control cases"), reverse("indicators:quality-cases"))]
    if row is not None:
        crumbs.append(Crumb(row.code, row.get_absolute_url()))
    return crumbs


@require_safe
@page
def case_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "indicator.read")
    return list_response(
        request,
        table_class=QualityCaseTable,
        rows=queries.cases(actor),
        filterset_class=QualityCaseFilter,
        title=_("Quality control cases"),
        export_name="quality-control-cases",
        template="indicators/quality_cases.html",
    )


@require_safe
@page
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one case: the signal, who owns it, cause and actions, what the chart says since, and who signed."""
    actor = acting(request)
    row = queries.case(actor, pk)
    steps = steps_for(actor, row)
    told = aftermath_of_case(actor, row)
    context = {
        "title": f"{row.code} · {name_of(row.node)} · {indicator_word(row.indicator)}",
        "case": row,
        "tone": STATE_TONES[row.state],
        "late": is_overdue(row.state, row.due_on, timezone.localdate()),
        "steps": steps,
        "may_hand_over": _may_hand_over(actor, row),
        "waits_for_another": row.state in TO_CHECK
        and not any(step.name in ("start_check", "sign_worked") for step in steps),
        "chart_url": chart_url(row.indicator, row.node_id),
        "indicator": indicator_word(row.indicator),
        "signal": _signal(actor, row),
        "owner": owner_word(row) or "—",
        "cause_kind": cause_word(row.cause_kind) if row.cause_kind else "",
        "actions": [_action(actor, each) for each in queries.actions_of(actor, row)],
        "aftermath": None if told is None else _aftermath(row, told),
        "checks": [
            (each, FINDING_WORDS[each.finding], FINDING_TONES[each.finding]) for each in queries.checks_of(actor, row)
        ],
        "events": [
            {"row": each, "word": STEP_WORDS.get(each.step, each.step)} for each in queries.events_of_case(actor, row)
        ],
        "breadcrumbs": case_crumbs(),
    }
    return render(request, "indicators/quality_case.html", context)


def _may_hand_over(actor: Actor, row: QualityCase) -> bool:
    return not row.is_over and row.state != QualityState.OPEN and decide(actor, WRITE, row).allowed


def _signal(actor: Actor, row: QualityCase) -> dict[str, Any]:
    """Return the point as it was when the case was opened; of a case from a table as the chart shows it now."""
    versions, found = versions_of(row.indicator), row.found
    if not queries.may_see_point(actor, row):
        found = {"rules": found.get("rules", 0)}
    elif not found:
        now = signals_of_unit(actor, row.indicator, row.period, row.node_id).get(row.signal_start)
        found = {} if now is None else now.facts()
    words = [
        amount_word(versions[0], None if found.get(name) is None else float(found[name])) if versions else "—"
        for name in ("value", "centre", "lower", "upper")
    ]
    return {
        "period": period_code(row.period, row.signal_start),
        "side": SIDE_WORDS[row.side],
        "rules": signals_said(int(found.get("rules", 0))),
        "value": words[0],
        "centre": words[1],
        "lower": words[2],
        "upper": words[3],
    }


def _action(actor: Actor, each: QualityAction) -> dict[str, Any]:
    may = (
        each.is_open
        and each.case.state == QualityState.ACTION_AGREED
        and decide(actor, WRITE, each).allowed
        and (owns(actor, each) or owns(actor, each.case))
    )
    return {
        "row": each,
        "owner": " · ".join(part for part in (str(each.owner) if each.owner else "", each.owner_words) if part),
        "late": each.is_open and each.due_on < timezone.localdate(),
        "may_end": may,
    }


def _aftermath(row: QualityCase, told: Aftermath) -> dict[str, Any]:
    versions = versions_of(row.indicator)
    before, after = (
        amount_word(versions[0], each) if versions else "—" for each in (told.mean_before, told.mean_after)
    )
    return {
        "word": FINDING_WORDS[told.finding],
        "tone": FINDING_TONES[told.finding],
        "label": told.finding.label,
        "points": told.points,
        "first": period_code(row.period, told.first),
        "before": before,
        "after": after,
        "baseline": told.baseline_points,
    }


@require_http_methods(BOTH)
@page
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Take one step of a case."""
    actor = acting(request)
    row = queries.case(actor, pk)
    wanted = _step_of(actor, row, name, is_sent=request.method == "POST")
    people = queries.possible_owners(row.node, timezone.localdate())
    form = QualityStepForm(wanted, people, request.POST or None, initial=_initial(actor, row, wanted))
    told = aftermath_of_case(actor, row) if wanted.name.startswith("sign_") else None
    about = FormPage(
        title=wanted.label,
        submit_label=wanted.label,
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("It is recorded."),
        crumbs=case_crumbs(row),
        intro=f"{name_of(row.node)} · {indicator_word(row.indicator)}"
        if told is None
        else _("The chart says: %(finding)s") % {"finding": FINDING_WORDS[told.finding]},
        danger=wanted.needs_reason,
    )

    def run() -> QualityCase:
        context = command_context(request, reason=form.cleaned_data.get("reason", ""))
        return commands.take_quality_step(context, row, wanted.name, form.says(), _seen(form, row.version))

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))


def _initial(actor: Actor, row: QualityCase, wanted: QualityStep) -> dict[str, Any]:
    found = {**owner_values(row), "cause_kind": row.cause_kind, "cause": row.cause}
    if wanted.name == "assign":
        found["owner"] = str(actor.user_id)
    return found


def _seen(form: CommandForm, version: int) -> int:
    """Return the version that the person saw."""
    given = form.cleaned_data.get("expected_version")
    return version if given is None else int(given)


def _step_of(actor: Actor, row: QualityCase, name: str, *, is_sent: bool) -> QualityStep:
    """Return the step asked for; a page that is opened offers it only where the command would take it."""
    wanted = QUALITY_STEP_BY_NAME.get(name)
    if wanted is None or wanted.is_automatic or (not is_sent and wanted not in quality_steps_from(row.state)):
        require(actor, "indicator.read", row)
        raise refused_step(row, name)
    if not may_take(actor, wanted, row):
        require_step(actor, wanted, row)
    return wanted


@require_http_methods(BOTH)
@page
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a case another owner or day."""
    actor = acting(request)
    row = queries.case(actor, pk)
    require(actor, WRITE, row)
    people = queries.possible_owners(row.node, timezone.localdate())
    form = HandOverForm(people, request.POST or None, initial=owner_values(row))
    about = FormPage(
        title=gettext_lazy("Another owner or day"),
        submit_label=gettext_lazy("Save"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("It is recorded."),
        crumbs=case_crumbs(row),
        intro=indicator_word(row.indicator),
    )

    def run() -> QualityCase:
        context = command_context(request, reason=form.cleaned_data["reason"])
        return commands.hand_over_case(context, row, form.ownership(), _seen(form, row.version))

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))


@require_http_methods(BOTH)
@page
def finish_action(request: HttpRequest, pk: int) -> HttpResponse:
    """Report a corrective action as done."""
    actor = acting(request)
    row = queries.action(actor, pk)
    require(actor, WRITE, row)
    initial = {"done_on": timezone.localdate(), "expected_version": row.version}
    form = FinishActionForm(request.POST or None, initial=initial)
    about = _of_action(row, gettext_lazy("The action is done"))

    def run() -> QualityAction:
        given = form.cleaned_data
        seen = _seen(form, row.version)
        return commands.finish_action(command_context(request), row, given["done_on"], given["evidence"], seen)

    return run_form(request, form, about, run, lambda _each: str(row.case.get_absolute_url()))


@require_http_methods(BOTH)
@page
def drop_action(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop a corrective action, with the reason."""
    actor = acting(request)
    row = queries.action(actor, pk)
    require(actor, WRITE, row)
    form = ReasonForm(request.POST or None, initial={"expected_version": row.version})
    about = _of_action(row, gettext_lazy("Drop the action"), danger=True)

    def run() -> QualityAction:
        context = command_context(request, reason=form.cleaned_data["reason"])
        return commands.drop_action(context, row, _seen(form, row.version))

    return run_form(request, form, about, run, lambda _each: str(row.case.get_absolute_url()))


def _of_action(row: QualityAction, title: Any, *, danger: bool = False) -> FormPage:  # noqa: ANN401 - a lazy text
    return FormPage(
        title=title,
        submit_label=title,
        cancel_url=row.case.get_absolute_url(),
        done=gettext_lazy("It is recorded."),
        crumbs=case_crumbs(row.case),
        intro=row.what,
        danger=danger,
    )
