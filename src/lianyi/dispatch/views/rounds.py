"""Programmes of rounds: the list, one programme with its map, its week, and how often its stops were visited."""

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
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.dispatch import commands, rounds_queries
from lianyi.dispatch.authority import plans, require_on_plan
from lianyi.dispatch.models import RoundProgramme
from lianyi.dispatch.rounds_calendar import span_of_week, week_of
from lianyi.dispatch.rounds_charts import programme_map
from lianyi.dispatch.rounds_filters import ProgrammeFilter
from lianyi.dispatch.rounds_forms import ProgrammeForm
from lianyi.dispatch.rounds_frequency import ProgrammeAccount, StopAccount, account_of
from lianyi.dispatch.rounds_tables import ProgrammeTable
from lianyi.dispatch.rounds_texts import (
    VISIT_TONES,
    WEEKDAY_NAMES,
    ago_word,
    frequency_word,
    reason_word,
    rule_word,
    shortfall_word,
    skills_word,
    weekdays_word,
)
from lianyi.dispatch.views.parts import asked_day
from lianyi.dispatch.views.round_parts import BOTH, programme_context, round_crumbs, seen_version
from lianyi.pages.listing import list_response
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships.rulebook import rule_book
from lianyi.partnerships.views.parts import FormPage, run_form

SHORTFALLS_SHOWN = 3


@require_safe
@page
def programme_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "dispatch.read")
    return list_response(
        request,
        table_class=ProgrammeTable,
        rows=rounds_queries.programmes(actor),
        filterset_class=ProgrammeFilter,
        title=_("Rounds"),
        export_name="rounds",
        template="dispatch/rounds.html",
        context={
            "may_write": plans(actor) and decide(actor, "dispatch.write").allowed,
            "import_url": f"{reverse('registry:imports')}?kind=round_programmes",
        },
    )


def account(actor: Actor, row: RoundProgramme) -> ProgrammeAccount:
    visits = rounds_queries.visits(actor).filter(stop__programme=row)
    return account_of(row, list(rounds_queries.stops(actor, row)), visits, timezone.localdate())


@require_safe
@page
def programme(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a programme: what it asks for, how far it is kept, where it goes, who goes."""
    actor = acting(request)
    row = rounds_queries.programme(actor, pk)
    found = account(actor, row)
    crews = list(rounds_queries.crews(actor, row))
    context = {
        **programme_context(actor, row, "dispatch:round-programme"),
        "frequency": frequency_word(row.required_visits, row.period),
        "rule": rule_word(row),
        "account": found,
        "coverage": _percent(found.coverage),
        "chart": programme_map(found.stops, crews),
        "crews": [
            {"row": crew, "weekdays": weekdays_word(crew.weekdays), "skills": skills_word(crew.skills)}
            for crew in crews
        ],
        "closures": list(rounds_queries.closures(actor, row, timezone.localdate())),
        "ways": rounds_queries.ways(actor, row).count(),
        "unrecorded": sum(each.unrecorded for each in found.stops),
        "unreachable": sum(each.unreachable for each in found.stops),
    }
    return render(request, "dispatch/round_programme.html", context)


def _percent(share: float | None) -> int | None:
    return None if share is None else round(100 * share)


@require_safe
@page
def week(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the calendar of one week; every day leads to the route sheet of its team."""
    actor = acting(request)
    row = rounds_queries.programme(actor, pk)
    today = timezone.localdate()
    usual = min(max(today, row.starts_on), row.ends_on)
    span = span_of_week(asked_day(request.GET.get("day", ""), usual))
    found = week_of(
        span,
        list(rounds_queries.crews(actor, row)),
        list(rounds_queries.visits_of(actor, row, span)),
        list(rounds_queries.closures(actor, row, span.start)),
    )
    context = {
        **programme_context(actor, row, "dispatch:round-week"),
        "week": found,
        "weekdays": [(day, WEEKDAY_NAMES[str(day.isoweekday())]) for day in found.days],
        "tones": VISIT_TONES,
        "today": today,
        "iso": span.start.isocalendar(),
    }
    return render(request, "dispatch/round_week.html", context)


@require_safe
@page
def frequency(request: HttpRequest, pk: int) -> HttpResponse:
    """Show for every stop whether it was visited as often as required, why not, and how long ago it was."""
    actor = acting(request)
    row = rounds_queries.programme(actor, pk)
    found = account(actor, row)
    lines = sorted(found.stops, key=lambda each: (each.share is None, each.share or 0.0, each.stop.code))
    context = {
        **programme_context(actor, row, "dispatch:round-frequency"),
        "account": found,
        "coverage": _percent(found.coverage),
        "lines": [_line(each) for each in lines],
        "missed": [_missed(each) for each in lines if each.missed],
    }
    return render(request, "dispatch/round_frequency.html", context)


def _line(each: StopAccount) -> dict[str, Any]:
    latest = each.shortfalls[-SHORTFALLS_SHOWN:][::-1]
    return {
        "stop": each.stop,
        "asked": frequency_word(each.required_visits, each.unit),
        "account": each,
        "percent": _percent(each.share),
        "ago": ago_word(each.days_since),
        "shortfalls": [
            {"label": one.period.period.label, "lacking": one.lacking, "why": shortfall_word(one.reasons)}
            for one in latest
        ],
        "more": len(each.shortfalls) - len(latest),
    }


def _missed(each: StopAccount) -> dict[str, Any]:
    return {
        "stop": each.stop,
        "ago": ago_word(each.days_since),
        "last_held_on": each.last_held_on,
        "next_planned_on": each.next_planned_on,
        "visits": [{"row": one, "why": reason_word(one.reason_code, one.reason)} for one in each.missed],
    }


@require_http_methods(BOTH)
@page
def new_programme(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "dispatch.write")
    if not plans(actor):
        raise NotFoundInScopeError("This role plans no rounds.", model="RoundProgramme")
    form = ProgrammeForm(actor, request.POST or None)
    about = FormPage(
        title=gettext_lazy("New programme of rounds"),
        submit_label=gettext_lazy("Write the programme"),
        cancel_url=reverse("dispatch:rounds"),
        done=gettext_lazy("The programme is written. Add its teams and stops."),
        crumbs=round_crumbs(),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.create_programme(command_context(request), rule_book(), form.agreement, form.new()),
        lambda row: str(row.get_absolute_url()),
    )


@require_http_methods(BOTH)
@page
def change_programme(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = rounds_queries.programme(actor, pk)
    require_on_plan(actor, "dispatch.write", row.agreement)
    form = ProgrammeForm(actor, request.POST or None, row=row, initial=ProgrammeForm.initial_of(row))
    about = FormPage(
        title=gettext_lazy("Change the programme"),
        submit_label=gettext_lazy("Save"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The programme is changed."),
        crumbs=round_crumbs(row),
    )

    def run() -> RoundProgramme:
        version = seen_version(form, row.version)
        return commands.change_programme(command_context(request), rule_book(), row, form.facts(), version)

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))
