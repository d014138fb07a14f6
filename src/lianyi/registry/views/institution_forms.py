"""Pages that change institutions."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianyi.accounts.access import require
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, page
from lianyi.registry import commands, page_queries
from lianyi.registry.forms import institutions as forms
from lianyi.registry.models import ChangeRequest, Institution
from lianyi.registry.page_facts import present_values
from lianyi.registry.views.form_pages import FormPage, command_page

both_methods = require_http_methods(["GET", "POST"])


def address_of(row: Institution) -> str:
    return reverse("registry:institution-detail", args=[row.pk])


def crumbs_to(*rows: Institution) -> list[Crumb]:
    """Return the way to the pages below an institution's own."""
    own = [Crumb(name_of(row), address_of(row)) for row in rows]
    return [Crumb(_("Institutions"), reverse("registry:institutions")), *own]


def institution_for(request: HttpRequest, pk: int, permission: str) -> Institution:
    """Return an institution on which the acting person may do this.

    Raises
    ------
    NotFoundInScopeError, NotPermittedError
    """
    row = page_queries.institution(acting(request), pk)
    require(acting(request), permission, row)
    return row


def words_about(row: Institution, title: str, submit_label: str, done: str, intro: str = "") -> FormPage:
    """Return the words of a form page that leads back to the institution."""
    return FormPage(title, submit_label, address_of(row), done, intro, breadcrumbs=crumbs_to(row))


@both_methods
@page
def open_institution(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "registry.decide")
    form = forms.OpenInstitutionForm(actor, request.POST or None)
    words = FormPage(
        _("New institution"),
        _("Open institution"),
        reverse("registry:institutions"),
        _("The institution is open."),
        breadcrumbs=crumbs_to(),
        url_after=address_of,
    )
    return command_page(request, form, lambda context: commands.open_institution(context, form.new()), words)


@both_methods
@page
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    row = institution_for(request, pk, "registry.decide")
    form = forms.CorrectInstitutionForm(acting(request), row, request.POST or None)
    intro = _("For what was wrong all along. What really changed is a renaming, a move or a regrading.")
    words = words_about(row, _("Correct the record"), _("Correct"), _("The record is corrected."), intro)
    return command_page(
        request,
        form,
        lambda context: commands.correct_institution(context, row, form.changes(), form.seen_version),
        words,
    )


@both_methods
@page
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    row = institution_for(request, pk, "registry.decide")
    form = forms.RenameInstitutionForm(acting(request), row, request.POST or None)
    words = words_about(row, _("Rename"), _("Rename"), _("The new names are recorded."))
    return command_page(
        request,
        form,
        lambda context: commands.rename_institution(
            context, row, form.names(), form.cleaned_data["effective_on"], form.seen_version
        ),
        words,
    )


@both_methods
@page
def move(request: HttpRequest, pk: int) -> HttpResponse:
    row = institution_for(request, pk, "registry.decide")
    form = forms.MoveInstitutionForm(acting(request), row, request.POST or None)
    intro = _("Its departments move with it; its branches stay where they are.")
    words = words_about(row, _("Move"), _("Move"), _("The move is recorded."), intro)
    return command_page(
        request,
        form,
        lambda context: commands.move_institution(
            context, row, form.site(), form.cleaned_data["effective_on"], form.seen_version
        ),
        words,
    )


@both_methods
@page
def regrade(request: HttpRequest, pk: int) -> HttpResponse:
    row = institution_for(request, pk, "registry.decide")
    form = forms.RegradeInstitutionForm(acting(request), row, request.POST or None)
    words = words_about(row, _("Change tier, grade or owner"), _("Change"), _("The new standing is recorded."))
    return command_page(
        request,
        form,
        lambda context: commands.regrade_institution(
            context, row, form.standing(), form.cleaned_data["effective_on"], form.seen_version
        ),
        words,
    )


@both_methods
@page
def place_under(request: HttpRequest, pk: int) -> HttpResponse:
    row = institution_for(request, pk, "registry.decide")
    form = forms.PlaceUnderForm(acting(request), row, request.POST or None)
    intro = _("People of the institution above then reach this one; its own branches follow.")
    words = words_about(row, _("Place under another"), _("Place under"), _("The line of command is recorded."), intro)
    return command_page(
        request,
        form,
        lambda context: commands.place_institution_under(
            context, row, form.cleaned_data["parent"], form.cleaned_data["effective_on"], form.seen_version
        ),
        words,
    )


@both_methods
@page
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    row = institution_for(request, pk, "registry.decide")
    form = forms.MergeInstitutionForm(acting(request), row, request.POST or None)
    intro = _("The institution closes on that day, and both histories say so. Departments and staff stay on record.")
    words = words_about(row, _("Merge into another"), _("Merge"), _("The merger is recorded."), intro)
    return command_page(
        request,
        form,
        lambda context: commands.merge_institution(
            context, row, form.cleaned_data["into"], form.cleaned_data["merged_on"], form.seen_version
        ),
        words,
    )


@both_methods
@page
def close(request: HttpRequest, pk: int) -> HttpResponse:
    row = institution_for(request, pk, "registry.decide")
    form = forms.CloseInstitutionForm(acting(request), row, request.POST or None)
    words = words_about(row, _("Close the institution"), _("Close"), _("The closing is recorded."))
    return command_page(
        request,
        form,
        lambda context: commands.close_institution(context, row, form.cleaned_data["closed_on"], form.seen_version),
        words,
    )


@both_methods
@page
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    row = institution_for(request, pk, "registry.decide")
    form = forms.ReopenInstitutionForm(acting(request), row, request.POST or None)
    intro = _("Only for a closing that was recorded by mistake. What opens again for good is a new institution.")
    words = words_about(row, _("Take the closing back"), _("Take back"), _("The closing is taken back."), intro)
    return command_page(
        request, form, lambda context: commands.reopen_institution(context, row, form.seen_version), words
    )


@both_methods
@page
def propose_change(request: HttpRequest, pk: int) -> HttpResponse:
    row = institution_for(request, pk, "registry.write")
    form = forms.ProposeChangeForm(acting(request), row, request.POST or None)
    words = FormPage(
        _("Propose a change"),
        _("Propose"),
        address_of(row),
        _("The proposal waits for those who decide."),
        _("Change what should be different; the record stays as it is until others agree."),
        breadcrumbs=crumbs_to(row),
        template="registry/propose_change.html",
        context={"compared": present_values(acting(request), row, form)},
        url_after=_request_address,
    )
    return command_page(
        request,
        form,
        lambda context: commands.propose_change(
            context, row, form.changes(), form.cleaned_data["effective_on"], form.seen_version
        ),
        words,
    )


def _request_address(made: ChangeRequest) -> str:
    return reverse("registry:change-request-detail", args=[made.pk])
