"""What people type about visits, turned into what the commands take."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.dispatch.forms import staff_code
from lianyi.exchanges.commands import HeldDays, NewVisit
from lianyi.exchanges.commands.visits import (
    CONTRIBUTION_FIELDS,
    INSTITUTION_FIELDS,
    PARTICIPANT_FIELDS,
    PROGRAMME_FIELDS,
)
from lianyi.exchanges.machines.visits import VisitStep
from lianyi.exchanges.models import (
    Contribution,
    ExchangeVisit,
    ProgrammeLine,
    VisitInstitution,
    VisitKind,
    VisitPart,
    VisitParticipant,
    VisitSide,
)
from lianyi.exchanges.queries.people import people
from lianyi.exchanges.queries.visits import agreements_to_visit_under
from lianyi.pages.forms import CommandForm
from lianyi.pages.lookups import LookupWidget
from lianyi.pages.names import name_of
from lianyi.partnerships.forms import InstitutionField
from lianyi.registry.models import Institution, Place, Staff

NONE = ("", "—")
_WORDS = ("title_zh", "title_en", "venue", "seen_zh", "seen_en", "agreed_zh", "agreed_en")


def words_field(label: Any, rows: int = 2) -> forms.CharField:  # noqa: ANN401 - a text or a promise of one
    return forms.CharField(label=label, required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": rows}))


def time_field(label: Any) -> forms.TimeField:  # noqa: ANN401
    return forms.TimeField(label=label, required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))


class StaffField(forms.CharField):
    """A staff member by institution and number, such as JIA1/A1; empty where the person is not on record."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - those of every field
        options.setdefault("widget", LookupWidget("exchanges:staff-suggestions"))
        options.setdefault("help_text", _("Institution and staff number, such as HOSP1/A01; empty: not on record."))
        super().__init__(max_length=70, required=False, **options)
        self.actor: Actor | None = None

    def clean(self, value: Any) -> Any:  # noqa: ANN401 - Django's signature
        text = super().clean(value).strip()
        if not text:
            return None
        institution, _mark, code = text.partition("/")
        named = {"institution__code": institution.strip(), "code": code.strip()}
        staff = None if self.actor is None else people(self.actor).filter(**named).first()
        if staff is None:
            raise forms.ValidationError(
                _("“%(given)s” is no staff member within your reach. Give institution/number."), params={"given": text}
            )
        return staff


def staff_text(staff: Staff | None) -> str:
    """Return how a staff member is typed."""
    return "" if staff is None else staff_code(staff)


class VisitForm(CommandForm):
    """A visit, new or changed."""

    kind = forms.ChoiceField(label=_("Kind"), choices=VisitKind.choices)
    title_zh = forms.CharField(label=_("Chinese title"), max_length=200)
    title_en = forms.CharField(label=_("English title"), max_length=200, required=False)
    starts_on = forms.DateField(label=_("First day"))
    ends_on = forms.DateField(label=_("Last day"))
    host = InstitutionField(label=_("Host institution"))
    guest = InstitutionField(label=_("Guest institution"))
    place = forms.CharField(
        label=pgettext_lazy("visit", "Place"),
        max_length=12,
        required=False,
        widget=LookupWidget("registry:place-suggestions"),
        help_text=_("The code of the place; empty takes that of the host."),
    )
    venue = forms.CharField(label=_("Where exactly"), max_length=200, required=False)
    seen_zh = words_field(_("What was seen, in Chinese"), 3)
    seen_en = words_field(_("What was seen, in English"))
    agreed_zh = words_field(_("What was agreed, in Chinese"), 3)
    agreed_en = words_field(_("What was agreed, in English"))

    def __init__(self, actor: Actor, *args: Any, row: ExchangeVisit | None = None, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.actor, self.row = actor, row
        if row is not None:
            return
        for name in ("seen_zh", "seen_en", "agreed_zh", "agreed_en"):
            del self.fields[name]
        self.agreements = {str(each.pk): each for each in agreements_to_visit_under(actor)}
        choices = [NONE, *((key, f"{each.code} {name_of(each, 'title')}") for key, each in self.agreements.items())]
        field = forms.ChoiceField(
            label=_("Agreement"), choices=choices, required=False, help_text=_("Empty: between two institutions.")
        )
        code = forms.CharField(label=_("Code"), max_length=32, help_text=_("As it stands on the minutes."))
        first = {"command_key": self.fields["command_key"], "code": code, "agreement": field}
        self.fields = {**first, **self.fields}

    def clean_host(self) -> Institution:
        return self._known("host")

    def clean_guest(self) -> Institution:
        return self._known("guest")

    def _known(self, name: str) -> Institution:
        institution: Institution = self.cleaned_data[name]
        if not scoped(self.actor, Institution.objects.filter(pk=institution.pk)).exists():
            raise forms.ValidationError(_("This institution is not within your reach. Choose one of the suggestions."))
        return institution

    def clean_place(self) -> Place | None:
        code = str(self.cleaned_data.get("place") or "").strip()
        if not code:
            return None
        place = Place.objects.filter(code=code).first()
        if place is None:
            raise forms.ValidationError(_("There is no place with this code."))
        return place

    def new(self) -> NewVisit:
        given = self.cleaned_data
        names = ("code", "kind", "title_zh", "title_en", "starts_on", "ends_on", "host", "guest", "venue")
        agreement = self.agreements.get(given["agreement"])
        return NewVisit(
            agreement=agreement, place=given["place"] or given["host"].place, **{name: given[name] for name in names}
        )

    def changes(self) -> dict[str, Any]:
        given = self.cleaned_data
        plain = {name: given[name] for name in ("kind", "starts_on", "ends_on", *_WORDS)}
        place = given["place"] or given["host"].place
        return {**plain, "host_id": given["host"].pk, "guest_id": given["guest"].pk, "place_id": place.pk}

    @staticmethod
    def initial_of(row: ExchangeVisit) -> dict[str, Any]:
        plain = {name: getattr(row, name) for name in ("kind", "starts_on", "ends_on", *_WORDS)}
        place = "" if row.place is None else row.place.code
        codes = {"host": row.host.code, "guest": row.guest.code, "place": place}
        return {**plain, **codes, "expected_version": row.version}


class VisitStepForm(CommandForm):
    """One step of a visit, with what the table of steps asks for."""

    def __init__(self, step: VisitStep, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - those of every form
        super().__init__(*args, **kwargs)
        self.step = step
        if step.asks_days:
            self.fields["starts_on"] = forms.DateField(label=_("First day"))
            self.fields["ends_on"] = forms.DateField(label=_("Last day"))
        if step.needs_reason:
            self.fields["reason"] = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}))

    def days(self) -> HeldDays | None:
        if not self.step.asks_days:
            return None
        return HeldDays(self.cleaned_data["starts_on"], self.cleaned_data["ends_on"])


class PartForm(CommandForm):
    """A line of a visit; without a number it comes last."""

    model: type[VisitPart]
    names: tuple[str, ...]

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - those of every form
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, StaffField):
                field.actor = actor
        self.fields["position"] = forms.IntegerField(
            label=_("Order"), required=False, min_value=1, max_value=999, help_text=_("Empty: at the end.")
        )

    def facts(self) -> dict[str, Any]:
        """Return the fields of the row as typed; a number that was left empty is left out."""
        given = dict(self.cleaned_data)
        for name in ("staff", "institution"):
            if name in given:
                row = given.pop(name)
                given[f"{name}_id"] = None if row is None else row.pk
        facts = {name: given[name] for name in self.names}
        return facts if facts["position"] else {name: value for name, value in facts.items() if name != "position"}

    def new(self) -> VisitPart:
        return self.model(**{"position": 0, **self.facts()})

    @classmethod
    def initial_of(cls, row: VisitPart) -> dict[str, Any]:
        found = {name: getattr(row, name) for name in cls.names if not name.endswith("_id")}
        if isinstance(row, VisitParticipant):
            institution = "" if row.institution is None else row.institution.code
            found |= {"staff": staff_text(row.staff), "institution": institution}
        elif isinstance(row, VisitInstitution):
            found |= {"institution": row.institution.code}
        return {**found, "expected_version": row.version}


class ProgrammeForm(PartForm):
    """One line of the programme."""

    model, names = ProgrammeLine, PROGRAMME_FIELDS
    day = forms.DateField(label=_("Day"), required=False)
    starts_at = time_field(_("From (time)"))
    ends_at = time_field(_("To (time)"))
    subject_zh = forms.CharField(label=_("Subject, in Chinese"), max_length=300, required=False)
    subject_en = forms.CharField(label=_("Subject, in English"), max_length=300, required=False)
    speaker = forms.CharField(label=_("Who"), max_length=200, required=False)


class InstitutionPartForm(PartForm):
    """A further host or guest."""

    model, names = VisitInstitution, INSTITUTION_FIELDS
    side = forms.ChoiceField(label=pgettext_lazy("visit", "Side"), choices=VisitSide.choices)
    institution = InstitutionField(label=_("Institution"))


class ParticipantForm(PartForm):
    """Somebody who took part."""

    model, names = VisitParticipant, PARTICIPANT_FIELDS
    side = forms.ChoiceField(label=pgettext_lazy("visit", "Side"), choices=VisitSide.choices)
    staff = StaffField(label=_("Staff member"))
    name = forms.CharField(label=pgettext_lazy("visit", "Name"), max_length=100, required=False)
    function = forms.CharField(label=_("Function"), max_length=100, required=False)
    institution = InstitutionField(label=_("Institution"), required=False)


class ContributionForm(PartForm):
    """What somebody said."""

    model, names = Contribution, CONTRIBUTION_FIELDS
    speaker = forms.CharField(label=_("Who"), max_length=200)
    topic = forms.CharField(label=_("Topic"), max_length=200, required=False)
    words_zh = words_field(_("What was said, in Chinese"), 3)
    words_en = words_field(_("What was said, in English"))


PART_FORMS: dict[str, type[PartForm]] = {
    "institutions": InstitutionPartForm,
    "programme": ProgrammeForm,
    "participants": ParticipantForm,
    "contributions": ContributionForm,
}
