"""Visits: the list, one visit that opens with the former points, its form, its steps, the rows behind a figure."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.dispatch.rounds_disclosure import watched_counts
from lianyi.exchanges import commands
from lianyi.exchanges.authority import require_visit_step
from lianyi.exchanges.beside import institutions_of
from lianyi.exchanges.errors import VisitStepRefusedError
from lianyi.exchanges.filters import VisitFilter
from lianyi.exchanges.former import former_state
from lianyi.exchanges.forms.visits import VisitForm, VisitStepForm
from lianyi.exchanges.machines.visits import VISIT_STEP_BY_NAME, VisitStep, visit_steps_from
from lianyi.exchanges.models import ExchangeVisit, PointKind, VisitSide, VisitState
from lianyi.exchanges.queries import points as point_queries
from lianyi.exchanges.queries import recognitions as recognition_queries
from lianyi.exchanges.queries import visits as queries
from lianyi.exchanges.tables.visits import VisitEvidenceTable, VisitTable
from lianyi.exchanges.texts import VISIT_STEP_WORDS, VISIT_TONES, person_word
from lianyi.exchanges.views.parts import BOTH, asked_period, note_difficulties, seen_version, visit_crumbs
from lianyi.exchanges.words import point_line
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships.views.parts import FormPage, run_form


@require_safe
@page
def visit_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "visit.read")
    return list_response(
        request,
        table_class=VisitTable,
        rows=queries.visits(actor),
        filterset_class=VisitFilter,
        title=pgettext("visit", "Visits"),
        export_name="visits",
        template="exchanges/visits.html",
        context={
            "may_write": decide(actor, "visit.write").allowed,
            "import_url": f"{reverse('registry:imports')}?kind=exchange_visits",
        },
    )


@require_safe
@page
def evidence(request: HttpRequest, pk: int, first_day: str) -> HttpResponse:
    """Show the visits behind what was counted for a duty in one of its periods."""
    actor = acting(request)
    duty, period = asked_period(actor, pk, first_day)
    ids = () if period.evidence is None else period.evidence.row_ids
    return list_response(
        request,
        table_class=VisitEvidenceTable,
        rows=queries.visits(actor).filter(pk__in=ids),
        title=f"{name_of(duty, 'title')} · {period.label}",
        export_name=f"visit-evidence-{duty.code}-{first_day}",
        context={"breadcrumbs": visit_crumbs()},
    )


@require_safe
@page
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one visit: first what became of all former points, then the record of this one."""
    actor = acting(request)
    row = queries.visit(actor, pk)
    today = timezone.localdate()
    standings = point_queries.standings(actor, point_queries.points_of_visit(actor, row), today)
    former = former_state(actor, row, today)
    lines = [line.standing for group in former for line in group.lines]
    note_difficulties(request, (each.point for each in [*lines, *standings]))
    context = {
        "title": name_of(row, "title"),
        "visit": row,
        "tone": VISIT_TONES[row.state],
        "minutes_side": VisitSide(row.minutes_side).label if row.minutes_side else "",
        "former": former,
        "hosts": institutions_of(row, VisitSide.HOST),
        "guests": institutions_of(row, VisitSide.GUEST),
        "further": queries.further_institutions(actor, row),
        "programme": queries.programme(actor, row),
        "participants": [{"row": each, "who": person_word(each)} for each in queries.participants(actor, row)],
        "contributions": queries.contributions(actor, row),
        "points": [point_line(each) for each in standings if not each.point.is_confidential],
        "recognitions": recognition_queries.recognitions_of_visit(actor, row),
        "steps": queries.allowed_visit_steps(actor, row),
        "may_write": queries.may_write(actor, row),
        "may_thank": decide(actor, "visit.write").allowed,
        "events": [
            {"row": each, "word": VISIT_STEP_WORDS.get(each.step, each.step)}
            for each in queries.events_of_visit(actor, row)
        ],
        "breadcrumbs": visit_crumbs(),
        **_difficulties(actor, row, standings),
    }
    return render(request, "exchanges/visit.html", context)


def _difficulties(actor: Actor, row: ExchangeVisit, standings: list[Any]) -> dict[str, Any]:
    """Return what the reader may know of members' difficulties: all, the own ones, or a number that is not small."""
    found = [point_line(each) for each in standings if each.point.is_confidential]
    reads_all = point_queries.may_read_difficulties(actor, row)
    limit = watched_counts()
    count = point_queries.count_of_difficulties(row)
    shown = count if count >= limit.threshold else limit.shown(max(1, limit.threshold - 1))
    is_held = row.state not in (VisitState.PLANNED, VisitState.CANCELLED)
    return {
        "difficulties": found,
        "reads_difficulties": reads_all,
        "difficulty_count": "" if reads_all or not is_held else shown,
        "may_add_difficulty": decide(actor, "visit.write", row).allowed and (reads_all or queries.is_on_record(actor)),
        "difficulty_word": PointKind.DIFFICULTY.label,
    }


@require_http_methods(BOTH)
@page
def new_visit(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "visit.write")
    form = VisitForm(actor, request.POST or None, initial={"agreement": request.GET.get("agreement", "")})
    about = FormPage(
        title=gettext_lazy("New visit"),
        submit_label=pgettext_lazy("visit", "Plan the visit"),
        cancel_url=reverse("exchanges:visits"),
        done=gettext_lazy("The visit is planned. Add the programme and who takes part."),
        crumbs=visit_crumbs(),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.plan_visit(command_context(request), form.new()),
        lambda row: str(row.get_absolute_url()),
    )


@require_http_methods(BOTH)
@page
def change(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.visit(actor, pk)
    require(actor, "visit.write", row)
    form = VisitForm(actor, request.POST or None, row=row, initial=VisitForm.initial_of(row))
    about = FormPage(
        title=gettext_lazy("Change the visit"),
        submit_label=gettext_lazy("Save"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The visit is changed."),
        crumbs=visit_crumbs(row),
    )

    def run() -> ExchangeVisit:
        return commands.change_visit(command_context(request), row, form.changes(), seen_version(form, row.version))

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))


@require_http_methods(BOTH)
@page
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Take one step of a visit's life."""
    actor = acting(request)
    row = queries.visit(actor, pk)
    wanted = _step_of(actor, row, name, is_sent=request.method == "POST")
    initial = {"expected_version": row.version, "starts_on": row.starts_on, "ends_on": row.ends_on}
    form = VisitStepForm(wanted, request.POST or None, initial=initial)
    about = FormPage(
        title=wanted.label,
        submit_label=wanted.label,
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("It is recorded."),
        crumbs=visit_crumbs(row),
        intro=f"{name_of(row, 'title')} · {row.starts_on}",
        danger=wanted.name == "cancel",
    )

    def run() -> ExchangeVisit:
        context = command_context(request, reason=form.cleaned_data.get("reason", ""))
        return commands.take_visit_step(context, row, wanted.name, seen_version(form, row.version), form.days())

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))


def _step_of(actor: Actor, row: ExchangeVisit, name: str, *, is_sent: bool) -> VisitStep:
    """Return the step asked for; a page that is opened offers it only where the command would take it."""
    wanted = VISIT_STEP_BY_NAME.get(name)
    allowed = visit_steps_from(row.state)
    if wanted is None or (not is_sent and wanted not in allowed):
        raise VisitStepRefusedError(
            f"The visit {row.code} is '{row.state}'; '{name}' does not follow.",
            reason="visit-not-following",
            visit=row.code,
            step=name if wanted is None else wanted.label,
            steps=[each.label for each in allowed],
            state_label=VisitState(row.state).label,
            allowed=[each.name for each in allowed],
        )
    require_visit_step(actor, wanted, row)
    return wanted
