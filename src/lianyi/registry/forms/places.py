"""Forms about places."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.actors import Actor
from lianyi.registry.changing import stands_above
from lianyi.registry.commands import NewPlace, NewPopulation
from lianyi.registry.forms.fields import (
    ActorForm,
    PositionFields,
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

_POSITION = ("longitude", "latitude", "coordinate_system")


class CreatePlaceForm(PositionFields, ActorForm):
    """A new place below another."""

    code = text_field(_("Code"), 12, help_text=_("The administrative division code, six to twelve digits."))
    name_zh = text_field(_("Chinese name"), 100)
    name_en = text_field(_("English name"), 100, required=False)
    level = choice_field(_("Level"), PlaceLevel.choices)
    valid_from = day_field(_("Valid from"), required=False)
    reason = reason_field()
    field_order = ("code", "name_zh", "name_en", "level", "valid_from", *_POSITION, "reason")

    def __init__(self, actor: Actor, parent: Place, data: Any = None) -> None:  # noqa: ANN401
        super().__init__(actor, data)
        self.parent = parent
        lower = [choice for choice in PlaceLevel.choices if stands_above(parent.level, choice[0])]
        self.fields["level"] = choice_field(_("Level"), lower)

    def new(self) -> NewPlace:
        given = {name: value for name, value in self.cleaned_data.items() if name in NewPlace.__annotations__}
        return NewPlace(**given, parent=self.parent, position=self.position())


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
