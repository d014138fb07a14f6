"""The list of staff, the page of one person, and the forms that change their records."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from lianyi.accounts.access import decide, require
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, log_reading, page
from lianyi.pages.sections import sections_of
from lianyi.registry import commands, queries
from lianyi.registry.filters import StaffFilter
from lianyi.registry.forms import staff as forms
from lianyi.registry.models import Staff, StaffUnavailability
from lianyi.registry.tables import StaffTable
from lianyi.registry.views.form_pages import FormPage, RecordPages, Words
from lianyi.registry.views.institution_forms import about_institution, institution_for


def address_of(row: Staff) -> str:
    return reverse("registry:staff-detail", args=[row.pk])


def _root_crumb() -> Crumb:
    return Crumb(_("Staff"), reverse("registry:staff"))


def _about(_request: HttpRequest, row: Staff, words: Words) -> FormPage:
    return FormPage(words, address_of(row), [_root_crumb(), Crumb(name_of(row), address_of(row))])


def _member_for(request: HttpRequest, pk: int) -> Staff:
    row = queries.staff_member(acting(request), pk)
    require(acting(request), "staff.write", row)
    log_reading(request, row)
    return row


@require_safe
@page
def staff(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "staff.read")
    return list_response(
        request,
        table_class=StaffTable,
        rows=queries.staff(actor),
        filterset_class=StaffFilter,
        title=_("Staff"),
        export_name="staff",
    )


@require_safe
@page
def member(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.staff_member(actor, pk)
    log_reading(request, row)
    context = {
        "title": name_of(row),
        "member": row,
        "transfers": queries.transfers(actor, row),
        "unavailabilities": queries.unavailabilities(actor, row),
        "may_write": decide(actor, "staff.write", row).allowed,
        "breadcrumbs": [_root_crumb()],
        "sections": sections_of(request, row),
    }
    return render(request, "registry/staff_member.html", context)


_pages = RecordPages(_member_for, _about)

add = RecordPages(institution_for("staff.write"), about_institution).page(
    Words(gettext_lazy("New staff member"), gettext_lazy("Add"), gettext_lazy("The person is recorded.")),
    forms.AddStaffForm,
    lambda context, institution, form: commands.add_staff(context, institution, form.new()),
)

change = _pages.page(
    Words(gettext_lazy("Change the record"), gettext_lazy("Save"), gettext_lazy("The record is changed.")),
    forms.ChangeStaffForm,
    lambda context, row, form: commands.update_staff(context, row, form.changes(), form.seen_version),
)

move = _pages.page(
    Words(
        gettext_lazy("Moves to another institution"),
        gettext_lazy("Move"),
        gettext_lazy("The move is recorded."),
        gettext_lazy("The person keeps this record; postings stay with the institution that sent them."),
    ),
    forms.MoveStaffForm,
    lambda context, row, form: commands.move_staff(context, row, form.move(), form.seen_version),
)

end = _pages.page(
    Words(gettext_lazy("Leaves the institution"), gettext_lazy("Save"), gettext_lazy("The last day is recorded.")),
    forms.EndStaffForm,
    lambda context, row, form: commands.end_staff(context, row, form.cleaned_data["last_day"], form.seen_version),
)

add_unavailability = _pages.page(
    Words(gettext_lazy("Cannot be sent"), gettext_lazy("Save"), gettext_lazy("The days are recorded.")),
    lambda actor, _row, data: forms.UnavailabilityForm(actor, data),
    lambda context, row, form: commands.add_unavailability(context, row, form.new()),
)


def _unavailability_for(request: HttpRequest, pk: int) -> StaffUnavailability:
    row = queries.unavailability(acting(request), pk)
    require(acting(request), "staff.write", row)
    log_reading(request, row.staff)
    return row


end_unavailability = RecordPages(
    _unavailability_for, lambda request, row, words: _about(request, row.staff, words)
).page(
    Words(gettext_lazy("Ends earlier"), gettext_lazy("Save"), gettext_lazy("The earlier end is recorded.")),
    forms.EndUnavailabilityForm,
    lambda context, row, form: commands.end_unavailability(
        context, row, form.cleaned_data["last_day"], form.seen_version
    ),
)
