"""Pages that change departments."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.access import require
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting
from lianyi.registry import commands, queries
from lianyi.registry.forms import departments as forms
from lianyi.registry.models import Department
from lianyi.registry.views.form_pages import FormPage, RecordPages, Words
from lianyi.registry.views.institution_forms import about_institution, address_of, crumbs_to, institution_for

WRITE = "registry.write"


def department_for(request: HttpRequest, pk: int) -> Department:
    """Return a department that the acting person may change."""
    row = queries.department(acting(request), pk)
    require(acting(request), WRITE, row)
    return row


def about_department(_request: HttpRequest, row: Department, words: Words) -> FormPage:
    """Return a form page that names the department and leads back to its institution."""
    return FormPage(words, address_of(row.institution), crumbs_to(row.institution), subject=name_of(row))


_pages = RecordPages(department_for, about_department)

open_department = RecordPages(institution_for(WRITE), about_institution).page(
    Words(_("New department"), _("Open department"), _("The department is open.")),
    lambda actor, _institution, data: forms.OpenDepartmentForm(actor, data),
    lambda context, institution, form: commands.open_department(context, institution, form.new()),
)

rename = _pages.page(
    Words(_("Rename"), _("Rename"), _("The new names are recorded.")),
    forms.RenameDepartmentForm,
    lambda context, row, form: commands.rename_department(
        context,
        row,
        form.cleaned_data["name_zh"],
        form.cleaned_data["name_en"],
        form.cleaned_data["effective_on"],
        form.seen_version,
    ),
)

correct = _pages.page(
    Words(_("Correct the record"), _("Correct"), _("The record is corrected.")),
    forms.CorrectDepartmentForm,
    lambda context, row, form: commands.correct_department(context, row, form.changes(), form.seen_version),
)

close = _pages.page(
    Words(_("Close the department"), _("Close"), _("The closing is recorded.")),
    forms.CloseDepartmentForm,
    lambda context, row, form: commands.close_department(
        context, row, form.cleaned_data["closed_on"], form.seen_version
    ),
)

move = _pages.page(
    Words(
        _("Move to another institution"),
        _("Move"),
        _("The move is recorded."),
        _("Its people go along. Beds and yearly figures stated before stay with the institution where it was."),
    ),
    forms.MoveDepartmentForm,
    lambda context, row, form: commands.move_department(context, row, form.move(), form.seen_version),
)

set_status = _pages.page(
    Words(
        _("Where it stands"),
        _("State"),
        _("The status is recorded."),
        _("A second statement for the same day replaces the first. The latest day counts."),
    ),
    forms.DepartmentStatusForm,
    lambda context, row, form: commands.set_department_status(context, row, form.new(), form.seen_version),
)
