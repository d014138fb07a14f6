"""Forms about beds, services, equipment and yearly workload."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.access import LARGEST_KEY
from lianyi.accounts.actors import Actor
from lianyi.pages.names import name_of
from lianyi.registry.checks import LARGEST_COUNTS
from lianyi.registry.commands import NewBedCount, NewEquipment, NewService, NewWorkload
from lianyi.registry.forms.fields import (
    NEVER_SAVED,
    ActorForm,
    choice_field,
    count_field,
    day_field,
    kept_values,
    moment_field,
    reason_field,
    text_field,
)
from lianyi.registry.models import (
    BedCount,
    Department,
    Equipment,
    Institution,
    ServiceOffered,
    WorkloadMeasure,
    YearlyWorkload,
)
from lianyi.registry.queries import departments
from lianyi.registry.reference_names import reference_choices

FIRST_YEAR = 1949
LONGEST_KEY = len(str(LARGEST_KEY)) - 1
"""Digits that a key may have and be looked up in both databases."""


class DepartmentChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the departments of the institution, in the language of the page."""

    def label_from_instance(self, obj: Any) -> str:  # noqa: ANN401 - as Django declares it
        return name_of(obj)

    def to_python(self, value: Any) -> Any:  # noqa: ANN401
        if isinstance(value, str) and len(value) > LONGEST_KEY:
            raise forms.ValidationError(self.error_messages["invalid_choice"], params={"value": value})
        return super().to_python(value)


def _department_field() -> DepartmentChoice:
    return DepartmentChoice(
        label=_("Department"), queryset=Department.objects.none(), required=False, empty_label=_("the whole house")
    )


class _InstitutionForm(ActorForm):
    """A form about something that hangs on an institution; ``known`` is the statement that is being renewed."""

    identifying: tuple[str, ...] = ()
    """What a statement is about; it stays as it is when the statement is renewed."""

    def __init__(
        self,
        actor: Actor,
        institution: Institution,
        data: Any = None,  # noqa: ANN401
        *,
        known: ServiceOffered | Equipment | YearlyWorkload | BedCount | None = None,
    ) -> None:
        own = {} if known is None else kept_values(known, self.base_fields)
        seen = NEVER_SAVED if known is None else known.version
        moments = {"counted_at": timezone.now()} if "counted_at" in self.base_fields else {}
        super().__init__(actor, data, initial={**own, **moments, "expected_version": seen})
        field = self.fields.get("department")
        if isinstance(field, DepartmentChoice):
            field.queryset = departments(actor, institution)
        if known is not None:
            for name in self.identifying:
                self.fields[name].disabled = True


class BedCountForm(_InstitutionForm):
    """A count of beds of one type."""

    bed_type = choice_field(_("Type of bed"), lambda: reference_choices("bed_types"))
    department = _department_field()
    beds_open = count_field(_("Open beds"))
    beds_occupied = count_field(_("Occupied beds"), required=False)
    beds_reserved = count_field(_("Reserved beds"), required=False)
    counted_at = moment_field(_("Counted at"))
    source = text_field(_("Source"), 300, required=False)
    reason = reason_field()

    def new(self) -> NewBedCount:
        given = {name: value for name, value in self.cleaned_data.items() if name in NewBedCount.__annotations__}
        return NewBedCount(**given)


class ServiceForm(_InstitutionForm):
    """A service, and how open it is now."""

    identifying = ("service",)

    service = choice_field(_("Service"), lambda: reference_choices("services"))
    capacity = choice_field(_("Capacity"), ServiceOffered.Capacity.choices)
    is_24_hours = forms.BooleanField(label=_("24 hours"), required=False)
    since = day_field(_("Since"), required=False)
    until = day_field(_("Until"), required=False)

    def new(self) -> NewService:
        given = {name: value for name, value in self.cleaned_data.items() if name in NewService.__annotations__}
        return NewService(**given)


class EquipmentForm(_InstitutionForm):
    """How many units of one kind there are."""

    identifying = ("equipment_kind",)

    equipment_kind = choice_field(_("Equipment"), lambda: reference_choices("equipment_kinds"))
    units = count_field(_("Units"))
    units_working = count_field(_("Units working"), required=False)
    counted_at = moment_field(_("Counted at"))

    def new(self) -> NewEquipment:
        given = {name: value for name, value in self.cleaned_data.items() if name in NewEquipment.__annotations__}
        return NewEquipment(**given)


class WorkloadForm(_InstitutionForm):
    """What was done in a year."""

    identifying = ("year", "measure", "department")

    year = forms.IntegerField(label=_("Year"), min_value=FIRST_YEAR, max_value=9999)
    measure = choice_field(_("Measure"), WorkloadMeasure.choices)
    department = _department_field()
    quantity = count_field(_("Quantity"), max_value=LARGEST_COUNTS["PositiveBigIntegerField"])
    source = text_field(_("Source"), 300, required=False)

    def new(self) -> NewWorkload:
        given = {name: value for name, value in self.cleaned_data.items() if name in NewWorkload.__annotations__}
        return NewWorkload(**given)
