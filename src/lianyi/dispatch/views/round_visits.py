"""Visits of rounds: the list, one visit with its history, its record, the route sheet of a day."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianyi.accounts.access import require
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.dispatch import commands, rounds_queries
from lianyi.dispatch.authority import require_on_plan
from lianyi.dispatch.models import RECORDED_STATES, RoundVisit, VisitState
from lianyi.dispatch.rounds_authority import may_plan_rounds, may_record, require_recording
from lianyi.dispatch.rounds_charts import day_map
from lianyi.dispatch.rounds_disclosure import reads_exact_counts, small_counts_for
from lianyi.dispatch.rounds_filters import VisitFilter
from lianyi.dispatch.rounds_sheet import sheet_of
from lianyi.dispatch.rounds_tables import (
    RoundEvidenceTable,
    VisitTable,
    WatchedRoundEvidenceTable,
    WatchedVisitTable,
)
from lianyi.dispatch.rounds_texts import STEP_WORDS, VISIT_TONES, reason_word, services_of
from lianyi.dispatch.rounds_values import clock
from lianyi.dispatch.rounds_visit_forms import PlannedVisitForm, UnplannedVisitForm, VisitForm, WithdrawForm
from lianyi.dispatch.views.parts import asked_day
from lianyi.dispatch.views.round_parts import BOTH, round_crumbs, seen_version
from lianyi.pages.documents import pdf_response
from lianyi.pages.forms import CommandForm, form_response
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships import queries as partnerships
from lianyi.partnerships.promises import accounts_of
from lianyi.partnerships.views.parts import FormPage, run_form


@require_safe
@page
def visit_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "dispatch.read")
    return list_response(
        request,
        table_class=VisitTable if reads_exact_counts(actor) else WatchedVisitTable,
        rows=rounds_queries.visits(actor),
        filterset_class=VisitFilter,
        title=_("Visits of rounds"),
        export_name="round-visits",
        template="dispatch/round_visits.html",
        context={"breadcrumbs": round_crumbs()},
    )


@require_safe
@page
def evidence(request: HttpRequest, pk: int, first_day: str) -> HttpResponse:
    """Show the visits behind what was counted for a duty in one of its periods."""
    actor = acting(request)
    duty = partnerships.duty(actor, pk)
    day = asked_day(first_day, timezone.localdate())
    [found] = accounts_of([duty], timezone.localdate())
    period = next((each for each in found.periods if each.span.start == day), None)
    if period is None:
        raise NotFoundInScopeError("The duty has no period that begins on this day.", model="DutyPeriod")
    ids = () if period.evidence is None else period.evidence.row_ids
    return list_response(
        request,
        table_class=RoundEvidenceTable if reads_exact_counts(actor) else WatchedRoundEvidenceTable,
        rows=rounds_queries.visits(actor).filter(pk__in=ids),
        title=f"{name_of(duty, 'title')} · {period.label}",
        export_name=f"round-evidence-{duty.code}-{first_day}",
        template="dispatch/round_evidence.html",
        context={
            "period": period,
            "detail": {} if period.evidence is None else period.evidence.detail,
            "breadcrumbs": round_crumbs(),
        },
    )


@require_safe
@page
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one visit as planned and as made, with everything that happened to it."""
    actor = acting(request)
    row = rounds_queries.visit(actor, pk)
    programme = row.stop.programme
    may_plan = may_plan_rounds(actor, programme)
    counts = small_counts_for(actor)
    planned = "–".join(each for each in (clock(row.arrives_at), clock(row.departs_at)) if each)
    made = "–".join(each for each in (clock(row.began_at), clock(row.ended_at)) if each)
    context = {
        "title": f"{name_of(row.stop.site)} · {row.day}",
        "visit": row,
        "tone": VISIT_TONES[row.state],
        "facts": [
            (_("Stop"), name_of(row.stop.site)),
            (_("Team"), name_of(row.crew.team)),
            (_("Planned for"), f"{row.day} {planned}".strip() if row.was_planned else _("was not planned")),
            (_("Held on"), "" if row.held_on is None else f"{row.held_on} {made}".strip()),
            (_("People seen"), counts.shown(row.people_seen) if row.people_seen is not None else _("not counted")),
            (_("Why missed or cut short"), reason_word(row.reason_code, row.reason)),
            (_("Note"), row.note),
        ],
        "services": [(word, counts.shown(count)) for word, count in services_of(row.services)],
        "events": [{"row": each, "word": STEP_WORDS[each.step]} for each in rounds_queries.events_of_visit(actor, row)],
        "may_record": row.state != VisitState.WITHDRAWN and may_record(actor, row.crew),
        "is_recorded": row.state in RECORDED_STATES,
        "may_withdraw": may_plan and row.state == VisitState.PLANNED,
        "sheet_url": _sheet_url(row.crew_id, row.day),
        "breadcrumbs": round_crumbs(programme),
    }
    return render(request, "dispatch/round_visit.html", context)


def _sheet_url(crew_id: int, day: datetime.date) -> str:
    return reverse("dispatch:round-sheet", args=[crew_id, day.isoformat()])


@require_http_methods(BOTH)
@page
def record_visit(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what became of a visit: a form for the phone, on the spot."""
    actor = acting(request)
    row = rounds_queries.visit(actor, pk)
    require_recording(actor, row.crew)
    initial = VisitForm.initial_of(row, timezone.localdate())
    form = VisitForm(row, request.POST or None, initial=initial)
    about = FormPage(
        title=gettext_lazy("Correct the record") if row.state in RECORDED_STATES else gettext_lazy("Record the visit"),
        submit_label=gettext_lazy("Save the record"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The visit is recorded."),
        crumbs=round_crumbs(row.stop.programme),
        intro=f"{name_of(row.stop.site)} · {name_of(row.crew.team)} · {row.day}",
    )

    def run() -> RoundVisit:
        context = command_context(request, reason=form.cleaned_data.get("correction", ""))
        return commands.record_visit(context, row, form.said(), seen_version(form, row.version))

    return _recorded(request, form, about, run)


@require_http_methods(BOTH)
@page
def record_unplanned(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = rounds_queries.programme(actor, pk)
    require(actor, "dispatch.write", row)
    form = UnplannedVisitForm(
        actor, row, request.POST or None, initial={"state": VisitState.DONE, "held_on": timezone.localdate()}
    )
    about = FormPage(
        title=gettext_lazy("Record a visit that was not planned"),
        submit_label=gettext_lazy("Save the record"),
        cancel_url=reverse("dispatch:round-week", args=[row.pk]),
        done=gettext_lazy("The visit is recorded."),
        crumbs=round_crumbs(row),
    )

    def run() -> RoundVisit:
        stop, crew = form.choice.chosen(form)
        return commands.record_unplanned_visit(command_context(request), stop, crew, form.said())

    return _recorded(request, form, about, run)


def _recorded(request: HttpRequest, form: CommandForm, about: FormPage, run: Callable[[], RoundVisit]) -> HttpResponse:
    """Show the form of a record, whose counts stand side by side, or save it."""
    if request.method == "POST" and form.is_valid():
        row = form.attempt(run)
        if row is not None:
            messages.success(request, str(about.done))
            return redirect(_sheet_url(row.crew_id, row.day))
    return form_response(
        request,
        form=form,
        title=str(about.title),
        submit_label=str(about.submit_label),
        cancel_url=about.cancel_url,
        context={"breadcrumbs": about.crumbs, "intro": about.intro},
        template="dispatch/round_record.html",
    )


@require_http_methods(BOTH)
@page
def plan_visit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write one visit into the plan by hand."""
    actor = acting(request)
    row = rounds_queries.programme(actor, pk)
    require_on_plan(actor, "dispatch.write", row.agreement)
    form = PlannedVisitForm(actor, row, request.POST or None, initial={"day": request.GET.get("day", "")})
    about = FormPage(
        title=gettext_lazy("Plan a visit"),
        submit_label=gettext_lazy("Plan the visit"),
        cancel_url=reverse("dispatch:round-week", args=[row.pk]),
        done=gettext_lazy("The visit is planned."),
        crumbs=round_crumbs(row),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.plan_visit(command_context(request), form.wanted()),
        lambda each: f"{reverse('dispatch:round-week', args=[row.pk])}?day={each.day}",
    )


@require_http_methods(BOTH)
@page
def withdraw_visit(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = rounds_queries.visit(actor, pk)
    require_on_plan(actor, "dispatch.write", row.stop.programme.agreement)
    form = WithdrawForm(request.POST or None, initial={"expected_version": row.version})
    about = FormPage(
        title=gettext_lazy("Take the visit out of the plan"),
        submit_label=gettext_lazy("Take out of the plan"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The visit is out of the plan."),
        crumbs=round_crumbs(row.stop.programme),
        intro=f"{name_of(row.stop.site)} · {name_of(row.crew.team)} · {row.day}",
        danger=True,
    )

    def run() -> RoundVisit:
        context = command_context(request, reason=form.cleaned_data["reason"])
        return commands.withdraw_visit(context, row, seen_version(form, row.version))

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))


@require_safe
@page
def sheet(request: HttpRequest, pk: int, day: str) -> HttpResponse:
    """Show the route sheet of a team and a day; it prints as it stands."""
    actor = acting(request)
    crew = rounds_queries.crew(actor, pk)
    when = asked_day(day, timezone.localdate())
    visits = rounds_queries.visits_of_day(actor, crew, when)
    notes = rounds_queries.last_notes(actor, [each.stop_id for each in visits], when)
    found = sheet_of(crew, when, visits, notes)
    context = {
        "title": found.title,
        "sheet": found,
        "pairs": list(zip(found.stops, visits, strict=True)),
        "tones": VISIT_TONES,
        "crew": crew,
        "day": when,
        "before": _sheet_url(crew.pk, when - datetime.timedelta(days=1)),
        "after": _sheet_url(crew.pk, when + datetime.timedelta(days=1)),
        "may_record": may_record(actor, crew),
        "chart": day_map(visits, crew.start),
        "breadcrumbs": round_crumbs(crew.programme),
    }
    return render(request, "dispatch/round_sheet.html", context)


@require_safe
@page
def sheet_pdf(request: HttpRequest, pk: int, day: str) -> HttpResponse:
    actor = acting(request)
    crew = rounds_queries.crew(actor, pk)
    when = asked_day(day, timezone.localdate())
    visits = rounds_queries.visits_of_day(actor, crew, when)
    notes = rounds_queries.last_notes(actor, [each.stop_id for each in visits], when)
    data = dataclasses.asdict(sheet_of(crew, when, visits, notes))
    return pdf_response("dispatch/documents/route_sheet.typ", data, f"route-{crew.team.code}-{when}")
