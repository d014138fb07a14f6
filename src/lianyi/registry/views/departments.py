"""Pages that change departments."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from lianyi.accounts.access import require
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, page
from lianyi.registry import commands, page_queries
from lianyi.registry.forms import departments as forms
from lianyi.registry.models import Department
from lianyi.registry.views.form_pages import FormPage, command_page
from lianyi.registry.views.institution_forms import both_methods, institution_for, words_about


def _department_for(request: HttpRequest, pk: int) -> Department:
    row = page_queries.department(acting(request), pk)
    require(acting(request), "registry.write", row)
    return row


def _words(row: Department, title: str, submit_label: str, done: str, intro: str = "") -> FormPage:
    return words_about(row.institution, f"{title}: {name_of(row)}", submit_label, done, intro)


@both_methods
@page
def open_department(request: HttpRequest, pk: int) -> HttpResponse:
    institution = institution_for(request, pk, "registry.write")
    form = forms.OpenDepartmentForm(acting(request), request.POST or None)
    words = words_about(institution, _("New department"), _("Open department"), _("The department is open."))
    return command_page(
        request, form, lambda context: commands.open_department(context, institution, form.new()), words
    )


@both_methods
@page
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    row = _department_for(request, pk)
    form = forms.RenameDepartmentForm(acting(request), row, request.POST or None)
    words = _words(row, _("Rename"), _("Rename"), _("The new names are recorded."))
    return command_page(
        request,
        form,
        lambda context: commands.rename_department(
            context,
            row,
            form.cleaned_data["name_zh"],
            form.cleaned_data["name_en"],
            form.cleaned_data["effective_on"],
            form.seen_version,
        ),
        words,
    )


@both_methods
@page
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    row = _department_for(request, pk)
    form = forms.CorrectDepartmentForm(acting(request), row, request.POST or None)
    words = _words(row, _("Correct the record"), _("Correct"), _("The record is corrected."))
    return command_page(
        request,
        form,
        lambda context: commands.correct_department(context, row, form.changes(), form.seen_version),
        words,
    )


@both_methods
@page
def close(request: HttpRequest, pk: int) -> HttpResponse:
    row = _department_for(request, pk)
    form = forms.CloseDepartmentForm(acting(request), row, request.POST or None)
    words = _words(row, _("Close the department"), _("Close"), _("The closing is recorded."))
    return command_page(
        request,
        form,
        lambda context: commands.close_department(context, row, form.cleaned_data["closed_on"], form.seen_version),
        words,
    )


@both_methods
@page
def set_status(request: HttpRequest, pk: int) -> HttpResponse:
    row = _department_for(request, pk)
    form = forms.DepartmentStatusForm(acting(request), row, request.POST or None)
    intro = _("A second statement for the same day replaces the first. The latest day counts.")
    words = _words(row, _("Where it stands"), _("State"), _("The status is recorded."), intro)
    return command_page(
        request,
        form,
        lambda context: commands.set_department_status(context, row, form.new(), form.seen_version),
        words,
    )
