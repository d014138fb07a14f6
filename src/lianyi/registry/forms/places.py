"""Forms about places."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.actors import Actor
from lianyi.registry.changing import stands_above
from lianyi.registry.commands import NewPlace, NewPopulation
from lianyi.registry.forms.fields import (
    POSITION,
    ActorForm,
    ChangesForm,
    PositionFields,
    RecordForm,
    choice_field,
    count_field,
    day_field,
    place_field,
    reason_field,
    text_field,
    today_field,
)
from lianyi.registry.forms.resources import FIRST_YEAR
from lianyi.registry.models import Place, PlaceLevel, PlacePopulation, PlaceSuccession

_DAY_HELP = _("The day on which it took effect.")
_LAST_DAY_HELP = _("The last day of its code; empty while it is in use.")


class _PlaceFacts(PositionFields):
    """The facts that adding, correcting and proposing have in common."""

    code = text_field(_("Code"), 12, help_text=_("The administrative division code, six to twelve digits."))
    name_zh = text_field(_("Chinese name"), 100)
    name_en = text_field(_("English name"), 100, required=False)
    level = choice_field(_("Level"), PlaceLevel.choices)
    valid_from = day_field(_("Valid from"), required=False)


class CreatePlaceForm(_PlaceFacts, ActorForm):
    """A new place below another."""

    reason = reason_field()
    field_order = ("code", "name_zh", "name_en", "level", "valid_from", *POSITION, "reason")

    def __init__(self, actor: Actor, parent: Place, data: Any = None) -> None:  # noqa: ANN401
        super().__init__(actor, data)
        self.parent = parent
        lower = [choice for choice in PlaceLevel.choices if stands_above(parent.level, choice[0])]
        self.fields["level"] = choice_field(_("Level"), lower)

    def new(self) -> NewPlace:
        given = {name: value for name, value in self.cleaned_data.items() if name in NewPlace.__annotations__}
        return NewPlace(**given, parent=self.parent, position=self.position())


class CorrectPlaceForm(_PlaceFacts, ChangesForm):
    """Facts that were wrong all along."""

    valid_to = day_field(_("Valid to"), required=False, help_text=_LAST_DAY_HELP)
    reason = reason_field(required=True)
    field_order = ("code", "name_zh", "name_en", "level", "valid_from", "valid_to", *POSITION, "reason")


class ProposePlaceForm(_PlaceFacts, ChangesForm):
    """Facts of a place as somebody proposes them to those who decide."""

    parent = place_field(_("Part of"))
    valid_to = day_field(_("Valid to"), required=False, help_text=_LAST_DAY_HELP)
    effective_on = today_field(_("Effective on"), help_text=_DAY_HELP)
    reason = reason_field(required=True)
    field_order = (
        *("name_zh", "name_en", "code", "level", "parent", "valid_from", "valid_to", *POSITION),
        *("effective_on", "reason"),
    )

    def __init__(self, actor: Actor, row: Place, data: Any = None) -> None:  # noqa: ANN401
        super().__init__(actor, row, data)
        if row.parent_id is None:
            # The highest place of a tree is part of nothing, and stays so.
            del self.fields["parent"]


class RenamePlaceForm(RecordForm):
    name_zh = text_field(_("Chinese name"), 100)
    name_en = text_field(_("English name"), 100, required=False)
    effective_on = today_field(_("Effective on"), help_text=_DAY_HELP)
    reason = reason_field()

    def names(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("name_zh", "name_en")}


class MovePlaceForm(RecordForm):
    """What a place is part of from a day on."""

    parent = place_field(_("Part of"))
    effective_on = today_field(_("Effective on"), help_text=_DAY_HELP)
    reason = reason_field()


class ClosePlaceForm(RecordForm):
    valid_to = today_field(_("Valid to"), help_text=_LAST_DAY_HELP)
    reason = reason_field(required=True)


class PopulationForm(ActorForm):
    """How many people live there in a year."""

    year = forms.IntegerField(label=_("Year"), min_value=FIRST_YEAR, max_value=9999)
    group = choice_field(_("Group"), PlacePopulation.Group.choices)
    persons = count_field(_("Persons"))
    source = text_field(_("Source"), 300, required=False, help_text=_("For example the census or the yearbook."))

    def new(self) -> NewPopulation:
        given = {name: value for name, value in self.cleaned_data.items() if name in NewPopulation.__annotations__}
        return NewPopulation(**given)


class SuccessionForm(ActorForm):
    """What came after a place."""

    successor = place_field(_("Successor"))
    kind = choice_field(_("What happened"), PlaceSuccession.Kind.choices)
    effective_on = today_field(_("Effective on"))
    reason = reason_field()
