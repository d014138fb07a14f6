"""Forms about staff."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.actors import Actor
from lianyi.registry.commands import NewStaff, NewUnavailability, StaffMove
from lianyi.registry.forms.departments import specialty_choices
from lianyi.registry.forms.fields import (
    ActorForm,
    RecordForm,
    choice_field,
    day_field,
    institution_field,
    reason_field,
    text_field,
    today_field,
)
from lianyi.registry.forms.resources import DepartmentChoice
from lianyi.registry.models import Department, Institution, Staff, StaffUnavailability
from lianyi.registry.queries import departments
from lianyi.registry.reference_names import reference_choices


class _StaffFields(forms.Form):
    code = text_field(_("Staff number"), 32)
    name_zh = text_field(_("Chinese name"), 60)
    name_en = text_field(_("English name"), 60, required=False)
    department = DepartmentChoice(label=_("Department"), queryset=Department.objects.none(), required=False)
    profession = choice_field(_("Profession"), lambda: reference_choices("professions"))
    title_rank = choice_field(_("Title rank"), lambda: reference_choices("title_ranks"))
    title = text_field(_("Title"), 60, required=False)
    specialty = choice_field(_("Specialty"), specialty_choices, required=False)
    licence_number = text_field(_("Licence number"), 40, required=False)
    employed_from = day_field(_("Employed from"), required=False)


class AddStaffForm(_StaffFields, ActorForm):
    reason = reason_field()

    def __init__(self, actor: Actor, institution: Institution, data: Any = None) -> None:  # noqa: ANN401
        super().__init__(actor, data)
        _offer_departments(self.fields["department"], actor, institution)

    def new(self) -> NewStaff:
        given = {name: value for name, value in self.cleaned_data.items() if name in NewStaff.__annotations__}
        return NewStaff(**given)


class ChangeStaffForm(_StaffFields, RecordForm):
    employed_to = day_field(_("Employed to"), required=False)
    reason = reason_field()

    def __init__(self, actor: Actor, row: Staff, data: Any = None) -> None:  # noqa: ANN401
        super().__init__(actor, row, data)
        _offer_departments(self.fields["department"], actor, row.institution)

    def changes(self) -> dict[str, Any]:
        given = {name: self.cleaned_data[name] for name in (*_StaffFields.base_fields, "employed_to")}
        department = given.pop("department")
        given["department_id"] = None if department is None else department.pk
        return {name: value for name, value in given.items() if value != getattr(self.row, name)}


def _offer_departments(field: forms.Field, actor: Actor, institution: Institution) -> None:
    if isinstance(field, DepartmentChoice):
        field.queryset = departments(actor, institution)


class MoveStaffForm(RecordForm):
    """For which other institution a person works, and from which day on."""

    institution = institution_field(_("Moves to"))
    department = text_field(_("Code of the department there"), 32, required=False)
    code = text_field(_("Staff number there"), 32)
    moved_on = today_field(_("Moved on"), help_text=_("The first day on which the person works there."))
    reason = reason_field()

    def __init__(self, actor: Actor, row: Staff, data: Any = None) -> None:  # noqa: ANN401
        super().__init__(actor, row, data)
        # Where the person works now is what the form is to change.
        for name in ("institution", "department"):
            self.initial.pop(name, None)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        institution, code = given.get("institution"), given.get("department")
        given["department_there"] = None
        if institution is not None and code:
            found = departments(self.actor, institution).filter(code=code).first()
            if found is None:
                self.add_error("department", _("That institution has no department with this code."))
            given["department_there"] = found
        return given

    def move(self) -> StaffMove:
        given = self.cleaned_data
        return StaffMove(given["institution"], given["moved_on"], given["department_there"], given["code"])


class EndStaffForm(RecordForm):
    last_day = today_field(_("Last day"), help_text=_("The last day on which the person works here."))
    reason = reason_field()


class UnavailabilityForm(ActorForm):
    """Days on which a person cannot be sent."""

    starts_on = day_field(_("From"))
    ends_on = day_field(_("To"))
    kind = choice_field(
        _("Kind"), StaffUnavailability.Kind.choices, help_text=_("The kind only: no diagnosis, no private matter.")
    )

    def new(self) -> NewUnavailability:
        given = self.cleaned_data
        return NewUnavailability(given["starts_on"], given["ends_on"], given["kind"])


class EndUnavailabilityForm(RecordForm):
    last_day = today_field(_("Last day"), help_text=_("It ends on this day instead; the record stays."))
