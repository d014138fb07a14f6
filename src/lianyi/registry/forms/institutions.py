"""Forms about institutions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.actors import Actor
from lianyi.registry.authority import SECOND_LEVEL_FIELDS, holds_second_level
from lianyi.registry.commands import Merger, NewInstitution, NewNames, NewSite, NewStanding
from lianyi.registry.forms.fields import (
    POSITION,
    ActorForm,
    ChangesForm,
    PositionFields,
    RecordForm,
    choice_field,
    day_field,
    institution_field,
    place_field,
    reason_field,
    text_field,
    today_field,
)
from lianyi.registry.models import Institution, InstitutionGrade, InstitutionTier, Ownership
from lianyi.registry.reference_names import reference_choices

_STANDING = ("tier", "grade", "ownership")
_DAY_HELP = _("The day on which it took effect.")


def kind_choices() -> list[tuple[str, str]]:
    return reference_choices("institution_kinds")


class _NamesForm(forms.Form):
    name_zh = text_field(_("Chinese name"), 200)
    name_en = text_field(_("English name"), 200, required=False)
    alias = text_field(_("Other name"), 200, required=False)


class _StandingForm(forms.Form):
    tier = choice_field(_("Tier"), InstitutionTier.choices, initial=InstitutionTier.UNGRADED)
    grade = choice_field(_("Grade"), InstitutionGrade.choices, initial=InstitutionGrade.NONE)
    ownership = choice_field(_("Owner"), Ownership.choices, initial=Ownership.PUBLIC)


class _FactsForm(_NamesForm, _StandingForm, PositionFields):
    """The facts that opening, correcting and proposing have in common."""

    code = text_field(_("Code"), 32)
    kind = choice_field(_("Kind"), kind_choices)
    address = text_field(_("Address"), 300, required=False)
    opened_on = day_field(_("Opened on"), required=False)
    is_open_24_hours = forms.BooleanField(label=_("Open 24 hours"), required=False)


class OpenInstitutionForm(_FactsForm, ActorForm):
    """A new institution."""

    place = place_field(_("Place"))
    parent = institution_field(_("Branch or sub-centre of"), required=False)
    reason = reason_field()
    field_order = (
        *("code", "name_zh", "name_en", "alias", "kind", *_STANDING, "place", "parent", "address", *POSITION),
        *("opened_on", "is_open_24_hours", "reason"),
    )

    def new(self) -> NewInstitution:
        given = {name: value for name, value in self.cleaned_data.items() if name in NewInstitution.__annotations__}
        return NewInstitution(**given, position=self.position())


class CorrectInstitutionForm(_FactsForm, ChangesForm):
    """Facts that were wrong all along."""

    reason = reason_field(required=True)
    field_order = (
        *("code", "name_zh", "name_en", "alias", "kind", *_STANDING, "address", *POSITION),
        *("opened_on", "is_open_24_hours", "reason"),
    )

    def __init__(self, actor: Actor, row: Institution, data: Any = None) -> None:  # noqa: ANN401
        super().__init__(actor, row, data)
        if not holds_second_level(actor):
            for name in SECOND_LEVEL_FIELDS:
                del self.fields[name]


class ProposeInstitutionForm(_FactsForm, ChangesForm):
    """Facts of an institution as somebody proposes them to those who decide."""

    place = place_field(_("Place"))
    parent = institution_field(_("Branch or sub-centre of"), required=False)
    closed_on = day_field(_("Closed on"), required=False)
    effective_on = today_field(_("Effective on"), help_text=_DAY_HELP)
    reason = reason_field(required=True)
    field_order = (
        *("name_zh", "name_en", "alias", "code", "kind", *_STANDING, "place", "parent", "address", *POSITION),
        *("opened_on", "closed_on", "is_open_24_hours", "effective_on", "reason"),
    )


class RenameInstitutionForm(_NamesForm, RecordForm):
    effective_on = today_field(_("Effective on"), help_text=_DAY_HELP)
    reason = reason_field()

    def names(self) -> NewNames:
        given = self.cleaned_data
        return NewNames(given["name_zh"], given["name_en"], given["alias"])


class MoveInstitutionForm(PositionFields, RecordForm):
    """Where an institution stands after a move."""

    place = place_field(_("Place"))
    address = text_field(_("Address"), 300, required=False)
    effective_on = today_field(_("Effective on"), help_text=_DAY_HELP)
    reason = reason_field()
    field_order = ("place", "address", *POSITION, "effective_on", "reason")

    def site(self) -> NewSite:
        given = self.cleaned_data
        typed_anew = bool({*POSITION} & {*self.changed_data})
        return NewSite(given["place"], given["address"], self.position() if typed_anew else None)


class RegradeInstitutionForm(_StandingForm, RecordForm):
    effective_on = today_field(_("Effective on"), help_text=_DAY_HELP)
    reason = reason_field()

    def standing(self) -> NewStanding:
        given = self.cleaned_data
        return NewStanding(given["tier"], given["grade"], given["ownership"])


class PlaceUnderForm(RecordForm):
    parent = institution_field(
        _("Branch or sub-centre of"),
        required=False,
        help_text=_("Leave empty when it becomes independent. Type a code or a part of the name and choose."),
    )
    effective_on = today_field(_("Effective on"), help_text=_DAY_HELP)
    reason = reason_field()


class MergeInstitutionForm(RecordForm):
    into = institution_field(_("Merged into"))
    merged_on = today_field(_("Merged on"))
    takes_people_along = forms.BooleanField(
        label=_("Departments and staff go along"),
        required=False,
        help_text=_(
            "A code or staff number that is taken there gets the code of this institution before it. Otherwise they "
            "stay on record here until each is moved."
        ),
    )
    reason = reason_field(required=True)

    def merger(self) -> Merger:
        return Merger(self.cleaned_data["into"], self.cleaned_data["merged_on"])


class CloseInstitutionForm(RecordForm):
    closed_on = today_field(_("Closed on"), help_text=_("The first day on which it is shut; it may lie ahead."))
    reason = reason_field(required=True)


class ReopenInstitutionForm(RecordForm):
    reason = reason_field(required=True)
