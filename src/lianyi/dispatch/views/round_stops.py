"""Stops, teams and closures of a programme of rounds."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.dispatch import commands, rounds_queries
from lianyi.dispatch.authority import require_on_plan
from lianyi.dispatch.models import RoundCrew, RoundProgramme, RoundStop
from lianyi.dispatch.rounds_authority import may_plan_rounds
from lianyi.dispatch.rounds_disclosure import small_counts_for
from lianyi.dispatch.rounds_forms import ClosureForm, CrewForm, StopForm
from lianyi.dispatch.rounds_frequency import required_of
from lianyi.dispatch.rounds_texts import (
    VISIT_TONES,
    ago_word,
    frequency_word,
    reason_word,
    skills_word,
    weekdays_word,
)
from lianyi.dispatch.rounds_values import clock
from lianyi.dispatch.views.round_parts import BOTH, round_crumbs, seen_version
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships.views.parts import FormPage, run_form

VISITS_SHOWN = 30


@require_safe
@page
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one stop: what is asked, when it was visited last, what was missed, when it cannot be reached."""
    actor = acting(request)
    row = rounds_queries.stop(actor, pk)
    visits = list(rounds_queries.visits(actor).filter(stop=row)[:VISITS_SHOWN])
    held = [visit.held_on for visit in visits if visit.held_on is not None]
    since = (timezone.localdate() - max(held)).days if held else None
    visits_asked, period = required_of(row)
    counts = small_counts_for(actor)
    hours = "–".join(each for each in (clock(row.opens_at), clock(row.closes_at)) if each)
    context = {
        "title": name_of(row.site),
        "stop": row,
        "facts": [
            (_("Code"), row.code),
            (_("Place"), name_of(row.place)),
            (_("Frequency"), frequency_word(visits_asked, period)),
            (_("Minutes at the stop"), row.service_minutes),
            (_("Weekdays that suit"), weekdays_word(row.weekdays)),
            (_("Hours"), hours),
            (_("Specialties asked for"), skills_word(row.skills)),
            (_("A team may stay the night here"), row.offers_night),
            (_("Last visit"), ago_word(since)),
        ],
        "visits": [
            {
                "row": each,
                "people_seen": counts.shown(each.people_seen),
                "why": reason_word(each.reason_code, each.reason),
            }
            for each in visits
        ],
        "tones": VISIT_TONES,
        "closures": list(row.closures.filter(is_void=False).order_by("-starts_on")),
        "may_plan": may_plan_rounds(actor, row.programme),
        "breadcrumbs": round_crumbs(row.programme),
    }
    return render(request, "dispatch/round_stop.html", context)


@require_http_methods(BOTH)
@page
def new_stop(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = rounds_queries.programme(actor, pk)
    require_on_plan(actor, "dispatch.write", row.agreement)
    form = StopForm(actor, request.POST or None)
    about = FormPage(
        title=gettext_lazy("New stop"),
        submit_label=gettext_lazy("Add the stop"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The stop is added."),
        crumbs=round_crumbs(row),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.create_stop(command_context(request), row, form.new()),
        lambda each: str(each.get_absolute_url()),
    )


@require_http_methods(BOTH)
@page
def change_stop(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = rounds_queries.stop(actor, pk)
    require_on_plan(actor, "dispatch.write", row.programme.agreement)
    form = StopForm(actor, request.POST or None, row=row, initial=StopForm.initial_of(row))
    about = FormPage(
        title=gettext_lazy("Change the stop"),
        submit_label=gettext_lazy("Save"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The stop is changed."),
        crumbs=round_crumbs(row.programme),
        intro=name_of(row.site),
    )

    def run() -> RoundStop:
        version = seen_version(form, row.version)
        return commands.change_stop(command_context(request), row, form.facts(), version)

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))


@require_http_methods(BOTH)
@page
def new_crew(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = rounds_queries.programme(actor, pk)
    require_on_plan(actor, "dispatch.write", row.agreement)
    form = CrewForm(actor, row, request.POST or None)
    about = FormPage(
        title=gettext_lazy("Put a team on the road"),
        submit_label=gettext_lazy("Put on the road"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The team is on the road."),
        crumbs=round_crumbs(row),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.create_crew(command_context(request), row, form.new()),
        lambda _crew: str(row.get_absolute_url()),
    )


@require_http_methods(BOTH)
@page
def change_crew(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = rounds_queries.crew(actor, pk)
    require_on_plan(actor, "dispatch.write", row.programme.agreement)
    form = CrewForm(actor, row.programme, request.POST or None, row=row, initial=CrewForm.initial_of(row))
    about = FormPage(
        title=gettext_lazy("Change the team on the road"),
        submit_label=gettext_lazy("Save"),
        cancel_url=row.programme.get_absolute_url(),
        done=gettext_lazy("The team is changed."),
        crumbs=round_crumbs(row.programme),
        intro=name_of(row.team),
    )

    def run() -> RoundCrew:
        version = seen_version(form, row.version)
        return commands.change_crew(command_context(request), row, form.facts(), version)

    return run_form(request, form, about, run, lambda each: str(each.programme.get_absolute_url()))


@require_http_methods(BOTH)
@page
def close_stops(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that weather or a road closes stops for some days."""
    actor = acting(request)
    row = rounds_queries.programme(actor, pk)
    require_on_plan(actor, "dispatch.write", row.agreement)
    form = ClosureForm(actor, row, request.POST or None, initial={"starts_on": timezone.localdate()})
    about = FormPage(
        title=gettext_lazy("Close stops"),
        submit_label=gettext_lazy("Note the closure"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("It is noted. Make a new plan for the visits of these days."),
        crumbs=round_crumbs(row),
        intro=gettext_lazy("Visits planned on these days stay in the plan until a new one is taken over."),
    )

    def run() -> RoundProgramme:
        return commands.close_stops(command_context(request), row, form.stop_ids(), form.new())

    return run_form(request, form, about, run, lambda each: f"{each.get_absolute_url()}#closures")


@require_POST
@page
def open_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a closure back."""
    row = rounds_queries.closure(acting(request), pk)
    commands.take_back_closure(command_context(request), row, row.version)
    messages.success(request, _("The closure is taken back."))
    return redirect(f"{row.stop.programme.get_absolute_url()}#closures")
