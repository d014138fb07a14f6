"""Pages where beds are counted, services stated, equipment counted and yearly figures entered."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from lianyi.accounts.access import require
from lianyi.pages.requests import acting, page
from lianyi.registry import commands, page_queries
from lianyi.registry.forms import resources as forms
from lianyi.registry.views.form_pages import command_page
from lianyi.registry.views.institution_forms import both_methods, institution_for, words_about

WRITE = "registry.write"


@both_methods
@page
def count_beds(request: HttpRequest, pk: int) -> HttpResponse:
    institution = institution_for(request, pk, WRITE)
    form = forms.BedCountForm(acting(request), institution, request.POST or None)
    intro = _("Every count is kept; the newest one of each type counts.")
    words = words_about(institution, _("Count beds"), _("Save the count"), _("The count is recorded."), intro)
    return command_page(request, form, lambda context: commands.count_beds(context, institution, form.new()), words)


@both_methods
@page
def count_beds_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Start from an earlier count, so that only what changed is typed."""
    known = page_queries.bed_count(acting(request), pk)
    institution = known.institution
    require(acting(request), WRITE, institution)
    form = forms.BedCountForm(acting(request), institution, request.POST or None, known=known)
    intro = _("The figures of the last count stand here already: change what is different.")
    words = words_about(institution, _("Count beds again"), _("Save the count"), _("The count is recorded."), intro)
    return command_page(request, form, lambda context: commands.count_beds(context, institution, form.new()), words)


@both_methods
@page
def state_service(request: HttpRequest, pk: int) -> HttpResponse:
    institution = institution_for(request, pk, WRITE)
    form = forms.ServiceForm(acting(request), institution, request.POST or None)
    words = words_about(institution, _("State a service"), _("Save"), _("The service is recorded."))
    return command_page(
        request,
        form,
        lambda context: commands.state_service(context, institution, form.new(), form.seen_version),
        words,
    )


@both_methods
@page
def change_service(request: HttpRequest, pk: int) -> HttpResponse:
    known = page_queries.service(acting(request), pk)
    institution = known.institution
    require(acting(request), WRITE, institution)
    form = forms.ServiceForm(acting(request), institution, request.POST or None, known=known)
    words = words_about(institution, _("Change the state of a service"), _("Save"), _("The service is recorded."))
    return command_page(
        request,
        form,
        lambda context: commands.state_service(context, institution, form.new(), form.seen_version),
        words,
    )


@both_methods
@page
def count_equipment(request: HttpRequest, pk: int) -> HttpResponse:
    institution = institution_for(request, pk, WRITE)
    form = forms.EquipmentForm(acting(request), institution, request.POST or None)
    words = words_about(institution, _("Add equipment"), _("Save"), _("The equipment is recorded."))
    return command_page(
        request,
        form,
        lambda context: commands.count_equipment(context, institution, form.new(), form.seen_version),
        words,
    )


@both_methods
@page
def change_equipment(request: HttpRequest, pk: int) -> HttpResponse:
    known = page_queries.equipment(acting(request), pk)
    institution = known.institution
    require(acting(request), WRITE, institution)
    form = forms.EquipmentForm(acting(request), institution, request.POST or None, known=known)
    words = words_about(institution, _("Count equipment"), _("Save"), _("The equipment is recorded."))
    return command_page(
        request,
        form,
        lambda context: commands.count_equipment(context, institution, form.new(), form.seen_version),
        words,
    )


@both_methods
@page
def enter_workload(request: HttpRequest, pk: int) -> HttpResponse:
    institution = institution_for(request, pk, WRITE)
    form = forms.WorkloadForm(acting(request), institution, request.POST or None)
    words = words_about(institution, _("Enter a yearly figure"), _("Save"), _("The figure is recorded."))
    return command_page(
        request,
        form,
        lambda context: commands.set_workload(context, institution, form.new(), form.seen_version),
        words,
    )


@both_methods
@page
def change_workload(request: HttpRequest, pk: int) -> HttpResponse:
    known = page_queries.workload(acting(request), pk)
    institution = known.institution
    require(acting(request), WRITE, institution)
    form = forms.WorkloadForm(acting(request), institution, request.POST or None, known=known)
    words = words_about(institution, _("Change a yearly figure"), _("Save"), _("The figure is recorded."))
    return command_page(
        request,
        form,
        lambda context: commands.set_workload(context, institution, form.new(), form.seen_version),
        words,
    )
