"""The list of staff, the page of one person, and the forms that change their records."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lianyi.accounts.access import decide, require
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, log_reading, page
from lianyi.registry import commands, page_queries
from lianyi.registry.filters import StaffFilter
from lianyi.registry.forms import staff as forms
from lianyi.registry.models import Staff
from lianyi.registry.tables import StaffTable
from lianyi.registry.views.form_pages import FormPage, command_page
from lianyi.registry.views.institution_forms import both_methods, institution_for, words_about


def address_of(row: Staff) -> str:
    return reverse("registry:staff-detail", args=[row.pk])


def _root_crumb() -> Crumb:
    return Crumb(_("Staff"), reverse("registry:staff"))


def _words(row: Staff, title: str, submit_label: str, done: str) -> FormPage:
    crumbs = [_root_crumb(), Crumb(name_of(row), address_of(row))]
    return FormPage(title, submit_label, address_of(row), done, breadcrumbs=crumbs)


def _member_for(request: HttpRequest, pk: int) -> Staff:
    row = page_queries.staff_member(acting(request), pk)
    require(acting(request), "staff.write", row)
    log_reading(request, row)
    return row


@require_GET
@page
def staff(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "staff.read")
    return list_response(
        request,
        table_class=StaffTable,
        rows=page_queries.staff(actor),
        filterset_class=StaffFilter,
        title=_("Staff"),
        export_name="staff",
    )


@require_GET
@page
def member(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = page_queries.staff_member(actor, pk)
    log_reading(request, row)
    context = {
        "title": name_of(row),
        "member": row,
        "unavailabilities": page_queries.unavailabilities(actor, row),
        "may_write": decide(actor, "staff.write", row).allowed,
        "breadcrumbs": [_root_crumb()],
    }
    return render(request, "registry/staff_member.html", context)


@both_methods
@page
def add(request: HttpRequest, pk: int) -> HttpResponse:
    institution = institution_for(request, pk, "staff.write")
    form = forms.AddStaffForm(acting(request), institution, request.POST or None)
    words = words_about(institution, _("New staff member"), _("Add"), _("The person is recorded."))
    return command_page(request, form, lambda context: commands.add_staff(context, institution, form.new()), words)


@both_methods
@page
def change(request: HttpRequest, pk: int) -> HttpResponse:
    row = _member_for(request, pk)
    form = forms.ChangeStaffForm(acting(request), row, request.POST or None)
    words = _words(row, _("Change the record"), _("Save"), _("The record is changed."))
    return command_page(
        request, form, lambda context: commands.update_staff(context, row, form.changes(), form.seen_version), words
    )


@both_methods
@page
def end(request: HttpRequest, pk: int) -> HttpResponse:
    row = _member_for(request, pk)
    form = forms.EndStaffForm(acting(request), row, request.POST or None)
    words = _words(row, _("Leaves the institution"), _("Save"), _("The last day is recorded."))
    return command_page(
        request,
        form,
        lambda context: commands.end_staff(context, row, form.cleaned_data["last_day"], form.seen_version),
        words,
    )


@both_methods
@page
def add_unavailability(request: HttpRequest, pk: int) -> HttpResponse:
    row = _member_for(request, pk)
    form = forms.UnavailabilityForm(acting(request), request.POST or None)
    words = _words(row, _("Cannot be sent"), _("Save"), _("The days are recorded."))
    return command_page(request, form, lambda context: commands.add_unavailability(context, row, form.new()), words)


@both_methods
@page
def end_unavailability(request: HttpRequest, pk: int) -> HttpResponse:
    row = page_queries.unavailability(acting(request), pk)
    require(acting(request), "staff.write", row)
    log_reading(request, row.staff)
    form = forms.EndUnavailabilityForm(acting(request), row, request.POST or None)
    words = _words(row.staff, _("Ends earlier"), _("Save"), _("The earlier end is recorded."))
    return command_page(
        request,
        form,
        lambda context: commands.end_unavailability(context, row, form.cleaned_data["last_day"], form.seen_version),
        words,
    )
