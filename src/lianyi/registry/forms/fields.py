"""Fields and beginnings that the registry's forms share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.actors import Actor
from lianyi.accounts.records import VersionedRecord
from lianyi.pages.forms import CommandForm
from lianyi.pages.lookups import LookupWidget
from lianyi.registry import history
from lianyi.registry.checks import LARGEST_COUNTS, GivenPosition
from lianyi.registry.models import CoordinateSystem, Department, Institution, Located, Place
from lianyi.registry.queries import institution_with_code, place_with_code

# A text, or one that is put into the page's language when it is shown.
Text = Any
Finder = Callable[[Actor, str], Model | None]
NO_CHOICE = ("", "—")
NEVER_SAVED = 0
"""The version that a person saw of a record that was not there yet."""
POSITION = ("longitude", "latitude", "coordinate_system")
NO_POSITION: Mapping[str, Any] = {"longitude": None, "latitude": None, "given_coordinate_system": ""}


class RecordCodeField(forms.CharField):
    """One record, named by its code and chosen from suggestions. Its form tells it who asks."""

    actor: Actor | None = None

    def __init__(self, find: Finder, url_name: str, unknown: Text, **options: Any) -> None:  # noqa: ANN401
        self.find, self.unknown = find, unknown
        options.setdefault("help_text", _("Type a code or a part of the name and choose from the list."))
        super().__init__(max_length=64, widget=LookupWidget(url_name), **options)

    def clean(self, value: Any) -> Any:  # noqa: ANN401 - text in, record out
        code = super().clean(value).strip()
        if not code:
            return None
        row = None if self.actor is None else self.find(self.actor, code)
        if row is None:
            raise forms.ValidationError(self.unknown, params={"code": code})
        return row

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401
        return getattr(value, "code", value)


def place_field(label: Text, **options: Any) -> RecordCodeField:  # noqa: ANN401
    unknown = _("There is no place with the code '%(code)s'. Choose one from the list.")
    return RecordCodeField(place_with_code, "registry:place-suggestions", unknown, label=label, **options)


def institution_field(label: Text, **options: Any) -> RecordCodeField:  # noqa: ANN401
    unknown = _("There is no institution with the code '%(code)s' within your reach. Choose one from the list.")
    return RecordCodeField(institution_with_code, "registry:institution-suggestions", unknown, label=label, **options)


def text_field(label: Text, max_length: int, *, required: bool = True, **options: Any) -> forms.CharField:  # noqa: ANN401
    return forms.CharField(label=label, max_length=max_length, required=required, **options)


def day_field(label: Text, *, required: bool = True, **options: Any) -> forms.DateField:  # noqa: ANN401
    return forms.DateField(label=label, required=required, **options)


def today_field(label: Text, **options: Any) -> forms.DateField:  # noqa: ANN401
    return forms.DateField(label=label, initial=timezone.localdate, **options)


def moment_field(label: Text) -> forms.DateTimeField:
    return forms.DateTimeField(label=label, initial=timezone.now)


def count_field(label: Text, *, required: bool = True, **options: Any) -> forms.IntegerField:  # noqa: ANN401
    options.setdefault("max_value", LARGEST_COUNTS["PositiveIntegerField"])
    return forms.IntegerField(label=label, required=required, min_value=0, **options)


def choice_field(
    label: Text,
    choices: Callable[[], list[tuple[str, str]]] | Iterable[tuple[Any, Any]],
    **options: Any,  # noqa: ANN401
) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, **options)


def reason_field(*, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=_("Reason"),
        required=required,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Who reads the history later will want to know why."),
    )


class ActorForm(CommandForm):
    """A form whose fields look up records within the reach of the person who fills it in."""

    def __init__(self, actor: Actor, data: Any = None, *, initial: Mapping[str, Any] | None = None) -> None:  # noqa: ANN401
        super().__init__(data, initial=dict(initial or {}))
        self.actor = actor
        for field in self.fields.values():
            if isinstance(field, RecordCodeField):
                field.actor = actor

    @property
    def seen_version(self) -> int:
        """The version on which the person based what they sent."""
        seen: int | None = self.cleaned_data["expected_version"]
        return NEVER_SAVED if seen is None else seen


class RecordForm(ActorForm):
    """A form about a record that is there: it starts with the record's values and carries its version."""

    def __init__(self, actor: Actor, row: VersionedRecord, data: Any = None) -> None:  # noqa: ANN401
        own = kept_values(row, self.base_fields)
        super().__init__(actor, data, initial={**own, **_position_of(row), "expected_version": row.version})
        self.row = row
        self.fields["expected_version"].required = True


def kept_values(row: Model, names: Iterable[str]) -> dict[str, Any]:
    """Return what a record holds for the fields of a form; the reason belongs to the change, not to the record."""
    values = {name: getattr(row, name, None) for name in names if name != "reason"}
    return {name: value for name, value in values.items() if value is not None}


def _position_of(row: VersionedRecord) -> dict[str, Any]:
    """Return the position as it is kept: converted to WGS 84, whatever it was given in."""
    if not isinstance(row, Located) or row.longitude is None:
        return {}
    return {"coordinate_system": CoordinateSystem.WGS84.value}


class PositionFields(forms.Form):
    """Longitude, latitude and the system they were measured in: all three or none."""

    longitude = forms.FloatField(label=_("Longitude"), required=False, min_value=-180, max_value=180)
    latitude = forms.FloatField(label=_("Latitude"), required=False, min_value=-90, max_value=90)
    coordinate_system = forms.ChoiceField(
        label=_("Coordinate system"),
        required=False,
        choices=[NO_CHOICE, *CoordinateSystem.choices],
        help_text=_("Maps on Chinese phones give GCJ-02 or BD-09; they are converted to WGS 84."),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        parts = [given.get("longitude"), given.get("latitude"), given.get("coordinate_system") or None]
        if not self.errors and 0 < parts.count(None) < len(parts):
            self.add_error(
                "coordinate_system",
                _("Longitude, latitude and coordinate system belong together: give all three or none of them."),
            )
        return given

    def position(self) -> GivenPosition | None:
        """Return the position, or None when none was given."""
        given = self.cleaned_data
        if given["longitude"] is None:
            return None
        return GivenPosition(given["longitude"], given["latitude"], given["coordinate_system"])


class ChangesForm(RecordForm):
    """Facts of a record as they should be; tells which differ from what it says."""

    def __init__(self, actor: Actor, row: Place | Institution | Department, data: Any = None) -> None:  # noqa: ANN401
        super().__init__(actor, row, data)
        self.row: Place | Institution | Department = row

    def changes(self) -> dict[str, Any]:
        """Return the wanted facts that differ from the record, by the names that the commands use."""
        wanted = {}
        for name in history.FACTS[type(self.row)]:
            asked = name.removesuffix("_id")
            if asked in self.fields and asked not in POSITION:
                given = self.cleaned_data[asked]
                wanted[name] = getattr(given, "pk", None) if name != asked else given
        # The kept position is WGS 84 whatever it was given in, so only one that was typed anew counts.
        if isinstance(self, PositionFields) and {*POSITION} & {*self.changed_data}:
            position = self.position()
            wanted |= NO_POSITION if position is None else position.as_kept()
        return {name: value for name, value in wanted.items() if value != getattr(self.row, name)}
