"""Forms about departments."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from lianyi.registry.checks import LARGEST_COUNTS
from lianyi.registry.commands import DepartmentMove, NewDepartment, NewStatus
from lianyi.registry.commands.departments import LONGEST_CODE
from lianyi.registry.forms.fields import (
    NO_CHOICE,
    ActorForm,
    ChangesForm,
    RecordForm,
    choice_field,
    count_field,
    day_field,
    institution_field,
    reason_field,
    text_field,
    today_field,
)
from lianyi.registry.models import DepartmentStatus
from lianyi.registry.reference_names import numbered_choices


def specialty_choices() -> list[tuple[str, str]]:
    return [NO_CHOICE, *numbered_choices("specialties")]


class _DepartmentFields(forms.Form):
    code = text_field(_("Code"), LONGEST_CODE)
    name_zh = text_field(_("Chinese name"), 100)
    name_en = text_field(_("English name"), 100, required=False)
    specialty = choice_field(_("Specialty"), specialty_choices)
    minimum_staff_on_duty = count_field(
        _("Staff who must stay"),
        max_value=LARGEST_COUNTS["PositiveSmallIntegerField"],
        initial=0,
        help_text=_("Nobody is sent away when fewer would remain."),
    )
    opened_on = day_field(_("Opened on"), required=False)


class OpenDepartmentForm(_DepartmentFields, ActorForm):
    status = choice_field(_("Status"), DepartmentStatus.choices, initial=DepartmentStatus.ESTABLISHED)
    reason = reason_field()
    field_order = ("code", "name_zh", "name_en", "specialty", "status", "minimum_staff_on_duty", "opened_on", "reason")

    def new(self) -> NewDepartment:
        given = {name: value for name, value in self.cleaned_data.items() if name in NewDepartment.__annotations__}
        return NewDepartment(**given)


class CorrectDepartmentForm(_DepartmentFields, ChangesForm):
    reason = reason_field(required=True)


class ProposeDepartmentForm(_DepartmentFields, ChangesForm):
    """Facts of a department as somebody proposes them to those who decide."""

    closed_on = day_field(_("Closed on"), required=False)
    effective_on = today_field(_("Effective on"), help_text=_("The day on which it took effect."))
    reason = reason_field(required=True)


class RenameDepartmentForm(RecordForm):
    name_zh = text_field(_("Chinese name"), 100)
    name_en = text_field(_("English name"), 100, required=False)
    effective_on = today_field(_("Effective on"))
    reason = reason_field()


class CloseDepartmentForm(RecordForm):
    closed_on = today_field(_("Closed on"), help_text=_("The first day on which it is shut; it may lie ahead."))
    reason = reason_field(required=True)


class MoveDepartmentForm(RecordForm):
    """Into which institution a department goes with its people."""

    into = institution_field(_("Moves to"))
    code = text_field(_("Code there"), LONGEST_CODE)
    moved_on = today_field(_("Moved on"), help_text=_("The first day on which it belongs there."))
    reason = reason_field(required=True)

    def move(self) -> DepartmentMove:
        given = self.cleaned_data
        return DepartmentMove(given["into"], given["moved_on"], given["code"])


class DepartmentStatusForm(RecordForm):
    """Where a department stands from a day on."""

    status = choice_field(_("Status"), DepartmentStatus.choices)
    level_text = text_field(
        _("Level"), 100, required=False, help_text=_("For a key specialty: of the city, the province, the country.")
    )
    since = today_field(_("Since"))
    source = text_field(_("Source"), 300, required=False, help_text=_("Who said so: a document, a report."))
    reason = reason_field()

    def new(self) -> NewStatus:
        given = self.cleaned_data
        return NewStatus(given["status"], given["since"], given["level_text"], given["source"])
