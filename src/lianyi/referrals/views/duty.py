"""Duty rosters: the list, the week as a grid, and what is done with them."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.accounts.access import covers, decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.models import User
from lianyi.methods.rosters import TimeSpan
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.errors import message_of
from lianyi.pages.listing import list_response
from lianyi.pages.requests import acting, command_context, page
from lianyi.pages.values import shown
from lianyi.partnerships.views.parts import FormPage, run_form
from lianyi.referrals import duty, duty_queries
from lianyi.referrals.commands import duty as commands
from lianyi.referrals.duty_grid import DAYS_SHOWN, lay_out
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError, RosterRefusedError
from lianyi.referrals.forms.duty import FillForm, NewRosterForm, ReplaceForm, RosterForm, WithdrawForm, next_week
from lianyi.referrals.models import DutyRoster
from lianyi.referrals.notice_words import channel_word
from lianyi.referrals.tables.duty import ROSTER_TONES, OwnDutyTable, RosterTable
from lianyi.registry.models import Institution

_MENDABLE = (GuardRefusedError, FactsRefusedError, RosterRefusedError)


def roster_crumbs(row: DutyRoster | None = None) -> list[Crumb]:
    crumbs = [Crumb(_("Duty rosters"), reverse("referrals:rosters"))]
    if row is not None:
        crumbs.append(Crumb(_title(row), row.get_absolute_url()))
    return crumbs


def _title(row: DutyRoster) -> str:
    return _("Duty: %(channel)s from %(day)s") % {
        "channel": channel_word(row.condition),
        "day": shown(timezone.localdate(row.starts_at)),
    }


def _may_write(actor: Actor, row: DutyRoster) -> bool:
    return decide(actor, "green_duty.write", row).allowed and covers(actor, row.institution_id)


@require_safe
@page
def rosters(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    return list_response(
        request,
        table_class=RosterTable,
        rows=duty_queries.rosters(actor),
        title=_("Duty rosters"),
        export_name="duty-rosters",
        template="referrals/rosters.html",
        context={"may_write": decide(actor, "green_duty.write").allowed},
    )


@require_safe
@page
def own_duties(request: HttpRequest) -> HttpResponse:
    return list_response(
        request,
        table_class=OwnDutyTable,
        rows=duty_queries.own_duties(acting(request), timezone.now()),
        title=_("My duties"),
        export_name="my-duties",
        context={"breadcrumbs": roster_crumbs()},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new_roster(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "green_duty.write")
    starts_at, ends_at = next_week(timezone.localdate())
    own = Institution.objects.filter(pk=actor.node_id).first()
    initial = {"starts_at": starts_at, "ends_at": ends_at, "institution": "" if own is None else own.code}
    form = NewRosterForm(request.POST or None, initial=initial)
    said = FormPage(
        title=_("New duty roster"),
        submit_label=_("Write the roster"),
        cancel_url=reverse("referrals:rosters"),
        done=_("The roster is begun. Name who is on duty for each hour, then publish it."),
        crumbs=roster_crumbs(),
    )
    return run_form(
        request,
        form,
        said,
        lambda: commands.create_roster(command_context(request), form.roster()),
        lambda row: str(row.get_absolute_url()),
    )


@require_safe
@page
def roster(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one week of a roster as a grid, its hours without anybody, and who stands twice."""
    actor = acting(request)
    row = duty_queries.roster(actor, pk)
    zone = timezone.get_default_timezone()
    slots = list(duty_queries.slots(actor, row))
    first = _first_day(request.GET.get("from", ""), row)
    is_draft = row.state == DutyRoster.State.DRAFT
    context = {
        "title": _title(row),
        "breadcrumbs": roster_crumbs(),
        "roster": row,
        "state_tone": ROSTER_TONES[DutyRoster.State(row.state)],
        "grid": lay_out(first, duty.span_of(row), slots, zone),
        "today": timezone.localdate(),
        "moves": _moves(first, row),
        "holes": [_hole_line(row, hole) for hole in duty.holes_of(row)] if is_draft else [],
        "doubles": duty.double_duties(row),
        "is_draft": is_draft,
        "may_write": _may_write(actor, row) and row.state != DutyRoster.State.WITHDRAWN,
    }
    return render(request, "referrals/roster.html", context)


def _first_day(asked: str, row: DutyRoster) -> datetime.date:
    """Return the first day to show: the one asked for, today while the roster runs, else the roster's first.

    A day far from the roster, or beyond the calendar, shows the roster and not an empty week.
    """
    begins, ends = timezone.localdate(row.starts_at), timezone.localdate(row.ends_at)
    week = datetime.timedelta(days=DAYS_SHOWN)
    try:
        day = datetime.date.fromisoformat(asked)
    except ValueError:
        day = datetime.date.min
    if begins - week <= day <= ends:
        return day
    today = timezone.localdate()
    return begins + (today - begins) // DAYS_SHOWN * DAYS_SHOWN if begins <= today <= ends else begins


def _moves(first: datetime.date, row: DutyRoster) -> dict[str, datetime.date | None]:
    begins, ends = timezone.localdate(row.starts_at), timezone.localdate(row.ends_at)
    step = datetime.timedelta(days=DAYS_SHOWN)
    return {
        "previous": first - step if first > begins else None,
        "next": first + step if first + step <= ends else None,
    }


def _hole_line(row: DutyRoster, hole: TimeSpan) -> dict[str, Any]:
    """Return a hole with the address of the form that fills it, on each of its days."""
    start, end = timezone.localtime(hole.start), timezone.localtime(hole.end)
    is_one_day = end - start <= datetime.timedelta(days=1)
    last_day = start.date() if is_one_day else (end - datetime.timedelta(microseconds=1)).date()
    address = reverse("referrals:roster-fill", args=[row.pk])
    query = f"?first_day={start:%Y-%m-%d}&last_day={last_day:%Y-%m-%d}&begins={start:%H:%M}&ends={end:%H:%M}"
    return {"start": start, "end": end, "url": address + query}


def _people_of(row: DutyRoster) -> list[User]:
    """Return who may be on duty at the beginning or at the end; the command looks at the hours themselves."""
    hour = datetime.timedelta(hours=1)
    found = {
        user.pk: user
        for span in (TimeSpan(row.starts_at, row.starts_at + hour), TimeSpan(row.ends_at - hour, row.ends_at))
        for user in duty.people_for(row.institution_id, span)
    }
    return sorted(found.values(), key=lambda user: user.display_name)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def change_roster(request: HttpRequest, pk: int) -> HttpResponse:
    row = duty_queries.roster(acting(request), pk)
    require(acting(request), "green_duty.write", row)
    form = RosterForm(row, request.POST or None, initial=RosterForm.initial_of(row))
    return run_form(
        request,
        form,
        FormPage(
            title=_("Change the roster"),
            submit_label=_("Save"),
            cancel_url=row.get_absolute_url(),
            done=_("The roster is changed."),
            crumbs=roster_crumbs(row),
        ),
        lambda: commands.change_roster(
            command_context(request), pk, form.roster_facts(), form.cleaned_data["expected_version"]
        ),
        lambda done: str(done.get_absolute_url()),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    row = duty_queries.roster(acting(request), pk)
    require(acting(request), "green_duty.write", row)
    asked = {name: request.GET[name] for name in ("first_day", "last_day", "begins", "ends") if name in request.GET}
    first = timezone.localdate(row.starts_at)
    form = FillForm(request.POST or None, initial={"first_day": first, "last_day": first, **asked})
    form.offer(_people_of(row))
    return run_form(
        request,
        form,
        FormPage(
            title=_("Name who is on duty"),
            submit_label=_("Put on the roster"),
            cancel_url=row.get_absolute_url(),
            done=_("The duties are on the roster."),
            crumbs=roster_crumbs(row),
            intro=_("The same hours on each day from the first to the last."),
        ),
        lambda: commands.fill_duty(command_context(request), pk, form.duty()),
        lambda done: str(done.get_absolute_url()),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def replace(request: HttpRequest, pk: int) -> HttpResponse:
    slot = duty_queries.slot(acting(request), pk)
    row = slot.roster
    require(acting(request), "green_duty.write", row)
    form = ReplaceForm(request.POST or None, initial=ReplaceForm.initial_of(slot))
    form.offer(_people_of(row))
    return run_form(
        request,
        form,
        FormPage(
            title=_("Replace a duty"),
            submit_label=_("Replace"),
            cancel_url=row.get_absolute_url(),
            done=_("The duty is replaced."),
            crumbs=roster_crumbs(row),
            intro=_("Give shorter times to replace only a part; the rest stays as it is."),
        ),
        lambda: commands.replace_duty(
            command_context(request), pk, form.replacement(), form.cleaned_data["expected_version"]
        ),
        lambda done: str(done.get_absolute_url()),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row = duty_queries.roster(acting(request), pk)
    require(acting(request), "green_duty.write", row)
    form = WithdrawForm(request.POST or None, initial={"expected_version": row.version})
    return run_form(
        request,
        form,
        FormPage(
            title=_("Withdraw the roster"),
            submit_label=_("Withdraw"),
            cancel_url=row.get_absolute_url(),
            done=_("The roster is withdrawn."),
            crumbs=roster_crumbs(row),
            intro=_("From now on nobody of this roster is called. Publish another one for the same hours."),
            danger=True,
        ),
        lambda: commands.withdraw_roster(
            command_context(request, reason=form.cleaned_data["reason"]), pk, form.cleaned_data["expected_version"]
        ),
        lambda done: str(done.get_absolute_url()),
    )


@require_POST
@page
def copy_week(request: HttpRequest, pk: int) -> HttpResponse:
    row = duty_queries.roster(acting(request), pk)
    try:
        commands.copy_last_week(command_context(request), pk)
    except _MENDABLE as error:
        messages.error(request, message_of(error))
    else:
        messages.success(request, _("The free hours are filled as in the week before."))
    return redirect(row)


@require_POST
@page
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    row = duty_queries.roster(acting(request), pk)
    try:
        commands.publish_roster(command_context(request), pk, _version(request))
    except _MENDABLE as error:
        messages.error(request, message_of(error))
    else:
        messages.success(request, _("The roster is published: these people are called."))
    return redirect(row)


@require_POST
@page
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    slot = duty_queries.slot(acting(request), pk)
    try:
        commands.take_back_slot(command_context(request), pk, _version(request))
    except _MENDABLE as error:
        messages.error(request, message_of(error))
    else:
        messages.success(request, _("The duty is taken back."))
    return redirect(slot.roster)


def _version(request: HttpRequest) -> int:
    given = request.POST.get("expected_version", "")
    return int(given) if given.isdigit() else 0
