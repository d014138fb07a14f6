"""What the pages of the survey ask: which place, on which basis, and the facts of scenarios and gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.actors import Actor
from lianyi.methods.travel import TravelParameters
from lianyi.registry.forms.fields import ActorForm, RecordCodeField, place_field
from lianyi.registry.models import InstitutionTier, Place
from lianyi.registry.reference_names import reference_choices
from lianyi.survey.lines import Basis

BASIS_CHOICES = (
    (Basis.RECORDS.value, _("records of institutions")),
    (Basis.PUBLISHED.value, _("published figures of places")),
)


class QuestionForm(forms.Form):
    """A form above a page of figures: it is sent with the address, and what is left out has its usual value."""

    def __init__(self, actor: Actor, data: Mapping[str, Any], usual: Mapping[str, Any]) -> None:
        filled = {**{name: value for name, value in usual.items() if value is not None}, **_given(data)}
        super().__init__(filled)
        self.actor = actor
        for field in self.fields.values():
            if isinstance(field, RecordCodeField):
                field.actor = actor

    def asked(self) -> dict[str, str]:
        """Return what was asked, for addresses of the same question."""
        return {name: str(self.data[name]) for name in self.fields if self.data.get(name) not in (None, "")}


def _given(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if str(value).strip() not in ("", "[]")}


class PlaceForm(QuestionForm):
    """One region."""

    place = place_field(_("Region"), help_text="")

    def chosen_place(self) -> Place:
        place: Place = self.cleaned_data["place"]
        return place


class BasisForm(PlaceForm):
    """One region, and where the amounts come from."""

    basis = forms.ChoiceField(label=_("Amounts from"), choices=BASIS_CHOICES, initial=Basis.RECORDS)

    def chosen_basis(self) -> Basis:
        return Basis(self.cleaned_data["basis"])


class RowsForm(PlaceForm):
    """The institutions of a region, narrowed to those behind one figure."""

    tier = forms.ChoiceField(label=_("Level"), required=False, choices=[("", _("all")), *InstitutionTier.choices])
    part = forms.ChoiceField(
        label=_("Part"), required=False, choices=(("", _("all")), ("none", _("in none of the parts")))
    )
    figure = forms.ChoiceField(
        label=_("Missing"),
        required=False,
        choices=(
            ("", _("all")),
            ("no-beds", _("beds not stated")),
            ("no-staff", _("staff not stated")),
            ("no-position", _("no position")),
        ),
    )


RESOURCE_CHOICES = (
    ("doctors", _("doctors")),
    ("nurses", _("nurses")),
    ("core_staff", _("doctors and nurses")),
    ("beds", _("beds")),
    ("institutions", _("institutions")),
)


UNIT_CHOICES = (("parts", _("parts of the region")), ("parts_of_parts", _("parts of its parts")))


class DistributionForm(BasisForm):
    """One region, one resource, and among which places it is shared."""

    resource = forms.ChoiceField(label=_("Resource"), choices=RESOURCE_CHOICES)
    units = forms.ChoiceField(label=_("Among"), choices=UNIT_CHOICES)


def facility_choices() -> list[tuple[str, object]]:
    """Return which institutions a page about access may be asked for: all, hospitals, or those giving a service."""
    services = [(code, name) for code, name in reference_choices("services")]
    return [("any", _("all that treat patients")), ("hospitals", _("hospitals")), *services]


CAPACITY_CHOICES = tuple(choice for choice in RESOURCE_CHOICES if choice[0] != "institutions")


class TravelFields(forms.Form):
    """How a straight line becomes a drive."""

    detour = forms.FloatField(label=_("Road over straight line"), min_value=1, max_value=5)
    speed = forms.FloatField(label=_("Speed, km/h"), min_value=1, max_value=200)

    def travel(self) -> TravelParameters:
        return TravelParameters(self.cleaned_data["detour"], self.cleaned_data["speed"])


class AccessForm(PlaceForm, TravelFields):
    """One region, to which institutions people go, and how fast."""

    facilities = forms.ChoiceField(label=_("To which institutions"), choices=facility_choices)
    resource = forms.ChoiceField(label=_("Resource"), choices=CAPACITY_CHOICES)
    field_order: Sequence[str] = ("place", "facilities", "resource", "detour", "speed")


class CompareForm(BasisForm):
    other = place_field(_("Beside"), help_text="")
    field_order = ("place", "other", "basis")


class StandardForm(PlaceForm):
    """One region and one standard; the choices are those that hold there today."""

    standard = forms.ChoiceField(label=_("Standard"), choices=())

    def __init__(
        self, actor: Actor, data: Mapping[str, Any], usual: Mapping[str, Any], standards: list[tuple[str, str]]
    ) -> None:
        super().__init__(actor, data, usual)
        field = self.fields["standard"]
        if isinstance(field, forms.ChoiceField):
            field.choices = standards


KIND_CHOICES = (("places", _("a new site in a place")), ("institutions", _("an institution is raised")))
AIM_CHOICES = (
    ("most_people", _("most people within the limit")),
    ("least_travel", _("least travel on average")),
    ("shortest_longest", _("shortest longest way")),
    ("hand", _("chosen by hand")),
)
MOST_SITES = 50


class OptionForm(AccessForm):
    """An option: how many sites, of which kind, to which end. What was chosen by hand is judged with the candidates."""

    kind = forms.ChoiceField(label=_("Option"), choices=KIND_CHOICES)
    aim = forms.ChoiceField(label=_("Aim"), choices=AIM_CHOICES)
    count = forms.IntegerField(label=_("How many"), min_value=1, max_value=MOST_SITES)
    minutes = forms.FloatField(label=_("Limit, minutes"), min_value=1, max_value=600)
    capacity = forms.FloatField(label=_("Capacity of each"), min_value=0, max_value=100_000)
    sites = forms.MultipleChoiceField(
        label=_("Sites chosen by hand"), required=False, widget=forms.SelectMultiple(attrs={"size": 3})
    )
    field_order: Sequence[str] = (
        *("place", "facilities", "kind", "aim", "count", "minutes", "sites", "resource", "capacity"),
        *("detour", "speed"),
    )

    def __init__(self, actor: Actor, data: Mapping[str, Any], usual: Mapping[str, Any]) -> None:
        super().__init__(actor, data, usual)
        # Which codes are candidates is known only once the region is; until then every code given is taken.
        self.offer_sites([(code, code) for code in self._given_sites()])

    def _given_sites(self) -> list[str]:
        given = self.data.get("sites") or []
        return [given] if isinstance(given, str) else [str(code) for code in given]

    def offer_sites(self, candidates: list[tuple[str, str]]) -> None:
        """Let the candidates of the region be chosen."""
        field = self.fields["sites"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = candidates

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("aim") == "hand" and not given.get("sites"):
            self.add_error("sites", _("Choose at least one site, or let another aim choose."))
        if given.get("kind") == "institutions" and given.get("facilities") == "any":
            self.add_error("facilities", _("Name the service, or hospitals, to which institutions are raised."))
        return given

    def query(self) -> str:
        """Return the address of the same option."""
        asked = {name: self.data[name] for name in self.fields if self.data.get(name) not in (None, "", [])}
        return urlencode({**asked, "sites": self._given_sites()}, doseq=True)


class ScenarioForm(ActorForm):
    name = forms.CharField(label=_("Name"), max_length=120)
    note = forms.CharField(label=_("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class ReasonForm(ActorForm):
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class AnswerForm(ActorForm):
    answer = forms.CharField(label=_("What will be done"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
