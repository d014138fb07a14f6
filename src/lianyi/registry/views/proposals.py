"""Pages where a change of a record is proposed to those who decide."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from lianyi.pages.requests import acting, page
from lianyi.registry import commands
from lianyi.registry.forms.departments import ProposeDepartmentForm
from lianyi.registry.forms.fields import ChangesForm
from lianyi.registry.forms.institutions import ProposeInstitutionForm
from lianyi.registry.forms.places import ProposePlaceForm
from lianyi.registry.page_facts import present_values
from lianyi.registry.views.change_requests import address_of
from lianyi.registry.views.departments import about_department, department_for
from lianyi.registry.views.form_pages import FormPage, Words, both_methods, command_page
from lianyi.registry.views.institution_forms import about_institution, institution_for
from lianyi.registry.views.places import about_place, place_for

WRITE = "registry.write"
_WORDS = Words(
    _("Propose a change"),
    _("Propose"),
    _("The proposal waits for those who decide."),
    _("Change what should be different; the record stays as it is until others agree."),
)


@both_methods
@page
def of_institution(request: HttpRequest, pk: int) -> HttpResponse:
    row = institution_for(WRITE)(request, pk)
    form = ProposeInstitutionForm(acting(request), row, request.POST or None)
    return _proposal_page(request, form, about_institution(request, row, _WORDS))


@both_methods
@page
def of_department(request: HttpRequest, pk: int) -> HttpResponse:
    row = department_for(request, pk)
    form = ProposeDepartmentForm(acting(request), row, request.POST or None)
    return _proposal_page(request, form, about_department(request, row, _WORDS))


@both_methods
@page
def of_place(request: HttpRequest, pk: int) -> HttpResponse:
    row = place_for(WRITE)(request, pk)
    form = ProposePlaceForm(acting(request), row, request.POST or None)
    return _proposal_page(request, form, about_place(request, row, _WORDS))


def _proposal_page(request: HttpRequest, form: ChangesForm, about: FormPage) -> HttpResponse:
    """Show each field beside what the record says, or propose what was changed in them."""
    compared = {"compared": present_values(acting(request), form.row, form)}
    about = replace(about, template="registry/propose_change.html", context=compared, url_after=address_of)
    return command_page(
        request,
        form,
        lambda context: commands.propose_change(
            context, form.row, form.changes(), form.cleaned_data["effective_on"], form.seen_version
        ),
        about,
    )
