"""Pages where beds are counted, services stated, equipment counted and yearly figures entered."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.access import require
from lianyi.accounts.actors import Actor
from lianyi.pages.requests import acting
from lianyi.registry import commands, queries
from lianyi.registry.forms import resources as forms
from lianyi.registry.models import BedCount, Equipment, ServiceOffered, YearlyWorkload
from lianyi.registry.views.form_pages import FormPage, RecordPages, Words
from lianyi.registry.views.institution_forms import about_institution, institution_for

WRITE = "registry.write"
Stated = TypeVar("Stated", BedCount, ServiceOffered, Equipment, YearlyWorkload)

_SERVICE_DONE = _("The service is recorded.")
_EQUIPMENT_DONE = _("The equipment is recorded.")
_FIGURE_DONE = _("The figure is recorded.")

_of_institution = RecordPages(institution_for(WRITE), about_institution)


def _stated(find: Callable[[Actor, int], Stated]) -> RecordPages[Stated]:
    """Return the pages that renew statements of one kind; what may be done is asked of their institution."""

    def found(request: HttpRequest, pk: int) -> Stated:
        known = find(acting(request), pk)
        require(acting(request), WRITE, known.institution)
        return known

    def about(request: HttpRequest, known: Stated, words: Words) -> FormPage:
        return about_institution(request, known.institution, words)

    return RecordPages(found, about)


count_beds = _of_institution.page(
    Words(
        _("Count beds"),
        _("Save the count"),
        _("The count is recorded."),
        _("Every count is kept; the newest one of each type counts."),
    ),
    forms.BedCountForm,
    lambda context, row, form: commands.count_beds(context, row, form.new()),
)

count_beds_again = _stated(queries.bed_count).page(
    Words(
        _("Count beds again"),
        _("Save the count"),
        _("The count is recorded."),
        _("The figures of the last count stand here already: change what is different."),
    ),
    lambda actor, known, data: forms.BedCountForm(actor, known.institution, data, known=known),
    lambda context, known, form: commands.count_beds(context, known.institution, form.new()),
)

state_service = _of_institution.page(
    Words(_("State a service"), _("Save"), _SERVICE_DONE),
    forms.ServiceForm,
    lambda context, row, form: commands.state_service(context, row, form.new(), form.seen_version),
)

change_service = _stated(queries.service).page(
    Words(_("Change the state of a service"), _("Save"), _SERVICE_DONE),
    lambda actor, known, data: forms.ServiceForm(actor, known.institution, data, known=known),
    lambda context, known, form: commands.state_service(context, known.institution, form.new(), form.seen_version),
)

count_equipment = _of_institution.page(
    Words(_("Add equipment"), _("Save"), _EQUIPMENT_DONE),
    forms.EquipmentForm,
    lambda context, row, form: commands.count_equipment(context, row, form.new(), form.seen_version),
)

change_equipment = _stated(queries.equipment).page(
    Words(_("Count equipment"), _("Save"), _EQUIPMENT_DONE),
    lambda actor, known, data: forms.EquipmentForm(actor, known.institution, data, known=known),
    lambda context, known, form: commands.count_equipment(context, known.institution, form.new(), form.seen_version),
)

enter_workload = _of_institution.page(
    Words(_("Enter a yearly figure"), _("Save"), _FIGURE_DONE),
    forms.WorkloadForm,
    lambda context, row, form: commands.set_workload(context, row, form.new(), form.seen_version),
)

change_workload = _stated(queries.workload).page(
    Words(_("Change a yearly figure"), _("Save"), _FIGURE_DONE),
    lambda actor, known, data: forms.WorkloadForm(actor, known.institution, data, known=known),
    lambda context, known, form: commands.set_workload(context, known.institution, form.new(), form.seen_version),
)
