"""Pages that change institutions."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianyi.accounts.access import require
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, page
from lianyi.registry import commands, queries
from lianyi.registry.forms import institutions as forms
from lianyi.registry.models import Institution
from lianyi.registry.views.form_pages import FormPage, RecordPages, Words, both_methods, command_page


def address_of(row: Institution) -> str:
    return reverse("registry:institution-detail", args=[row.pk])


def crumbs_to(*rows: Institution) -> list[Crumb]:
    """Return the way to the pages below an institution's own."""
    own = [Crumb(name_of(row), address_of(row)) for row in rows]
    return [Crumb(_("Institutions"), reverse("registry:institutions")), *own]


def institution_for(permission: str) -> Callable[[HttpRequest, int], Institution]:
    """Return how a page finds an institution on which the acting person may do this.

    Raises
    ------
    NotFoundInScopeError, NotPermittedError
    """

    def find(request: HttpRequest, pk: int) -> Institution:
        row = queries.institution(acting(request), pk)
        require(acting(request), permission, row)
        return row

    return find


def about_institution(_request: HttpRequest, row: Institution, words: Words) -> FormPage:
    """Return a form page that leads back to the institution."""
    return FormPage(words, address_of(row), crumbs_to(row))


_DECIDED = RecordPages(institution_for("registry.decide"), about_institution)


@both_methods
@page
def open_institution(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "registry.decide")
    form = forms.OpenInstitutionForm(actor, request.POST or None)
    words = Words(_("New institution"), _("Open institution"), _("The institution is open."))
    about = FormPage(words, reverse("registry:institutions"), crumbs_to(), url_after=address_of)
    return command_page(request, form, lambda context: commands.open_institution(context, form.new()), about)


correct = _DECIDED.page(
    Words(
        gettext_lazy("Correct the record"),
        gettext_lazy("Correct"),
        gettext_lazy("The record is corrected."),
        gettext_lazy("For what was wrong all along. What really changed is a renaming, a move or a regrading."),
    ),
    forms.CorrectInstitutionForm,
    lambda context, row, form: commands.correct_institution(context, row, form.changes(), form.seen_version),
)

rename = _DECIDED.page(
    Words(gettext_lazy("Rename"), gettext_lazy("Rename"), gettext_lazy("The new names are recorded.")),
    forms.RenameInstitutionForm,
    lambda context, row, form: commands.rename_institution(
        context, row, form.names(), form.cleaned_data["effective_on"], form.seen_version
    ),
)

move = _DECIDED.page(
    Words(
        gettext_lazy("Move"),
        gettext_lazy("Move"),
        gettext_lazy("The move is recorded."),
        gettext_lazy("Its departments move with it; its branches stay where they are."),
    ),
    forms.MoveInstitutionForm,
    lambda context, row, form: commands.move_institution(
        context, row, form.site(), form.cleaned_data["effective_on"], form.seen_version
    ),
)

regrade = _DECIDED.page(
    Words(
        gettext_lazy("Change tier, grade or owner"),
        gettext_lazy("Change"),
        gettext_lazy("The new standing is recorded."),
    ),
    forms.RegradeInstitutionForm,
    lambda context, row, form: commands.regrade_institution(
        context, row, form.standing(), form.cleaned_data["effective_on"], form.seen_version
    ),
)

place_under = _DECIDED.page(
    Words(
        gettext_lazy("Place under another"),
        gettext_lazy("Place under"),
        gettext_lazy("The line of command is recorded."),
        gettext_lazy("People of the institution above then reach this one; its own branches follow."),
    ),
    forms.PlaceUnderForm,
    lambda context, row, form: commands.place_institution_under(
        context, row, form.cleaned_data["parent"], form.cleaned_data["effective_on"], form.seen_version
    ),
)

merge = _DECIDED.page(
    Words(
        gettext_lazy("Merge into another"),
        gettext_lazy("Merge"),
        gettext_lazy("The merger is recorded."),
        gettext_lazy(
            "The institution closes on that day, and both histories say so. Branches stay on record; logins keep the "
            "role they have until an administrator gives them another."
        ),
    ),
    forms.MergeInstitutionForm,
    lambda context, row, form: _merging(form)(context, row, form.merger(), form.seen_version),
)


def _merging(form: forms.MergeInstitutionForm) -> Callable[..., Institution]:
    if form.cleaned_data["takes_people_along"]:
        return commands.merge_institution_with_people
    return commands.merge_institution


close = _DECIDED.page(
    Words(gettext_lazy("Close the institution"), gettext_lazy("Close"), gettext_lazy("The closing is recorded.")),
    forms.CloseInstitutionForm,
    lambda context, row, form: commands.close_institution(
        context, row, form.cleaned_data["closed_on"], form.seen_version
    ),
)

reopen = _DECIDED.page(
    Words(
        gettext_lazy("Take the closing back"),
        gettext_lazy("Take back"),
        gettext_lazy("The closing is taken back."),
        gettext_lazy(
            "Only for a closing that was recorded by mistake. What opens again for good is a new institution."
        ),
    ),
    forms.ReopenInstitutionForm,
    lambda context, row, form: commands.reopen_institution(context, row, form.seen_version),
)
