"""What people type about programmes of rounds, turned into what the commands take."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.access import scoped, scoped_for
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Permission
from lianyi.dispatch import rounds_queries
from lianyi.dispatch.commands import NewClosure, NewCrew, NewProgramme, NewStop
from lianyi.dispatch.commands.rounds import CREW_FIELDS, PROGRAMME_FIELDS, STOP_FIELDS
from lianyi.dispatch.models import RoundClosure, RoundCrew, RoundKind, RoundPeriod, RoundProgramme, RoundStop
from lianyi.dispatch.rounds_rules import frequency_rules
from lianyi.dispatch.rounds_texts import WEEKDAY_NAMES
from lianyi.dispatch.rounds_values import codes_in, weekday_digits
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import in_language, name_of
from lianyi.partnerships.forms import InstitutionField
from lianyi.partnerships.models import Agreement
from lianyi.partnerships.rulebook import rule_book
from lianyi.registry.models import Institution, Place
from lianyi.registry.reference_names import numbered_choices

NONE = ("", "—")


def time_field(label: Any, *, required: bool = False, **options: Any) -> forms.TimeField:  # noqa: ANN401
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    return forms.TimeField(label=label, required=required, widget=widget, **options)


def rule_choices() -> list[tuple[str, str]]:
    """Return the rules about rounds, each with how often it asks for them."""
    rows = [
        (rule.key, f"{_words(rule.requirement.name)} · {_words(rule.rule_set.title)}")
        for rule in frequency_rules(rule_book())
    ]
    return [("", str(_("stated by the programme"))), *rows]


def _words(words: Any) -> str:  # noqa: ANN401 - both languages of a rule
    return in_language(words.zh, words.en)


def agreements_to_plan_rounds(actor: Actor) -> list[Agreement]:
    """Return the agreements in force on which the actor may plan."""
    rows = Agreement.objects.filter(state=Agreement.State.IN_FORCE)
    return list(scoped_for(actor, rows, Permission.parse("dispatch.write")).order_by("code"))


class WeekdaysField(forms.MultipleChoiceField):
    """Weekdays by ticking; kept as digits."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - those of every field
        super().__init__(choices=list(WEEKDAY_NAMES.items()), widget=forms.CheckboxSelectMultiple, **options)

    def clean(self, value: Any) -> Any:  # noqa: ANN401 - Django's signature
        return weekday_digits(super().clean(value))


class SkillsField(forms.CharField):
    """Specialties by their codes, with spaces between."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - those of every field
        options.setdefault("help_text", _("Codes of specialties with spaces between, such as 03 05."))
        super().__init__(max_length=120, required=False, **options)

    def clean(self, value: Any) -> Any:  # noqa: ANN401 - Django's signature
        text = " ".join(sorted(codes_in(super().clean(value))))
        known = {code for code, _label in numbered_choices("specialties")}
        unknown = sorted(codes_in(text) - known)
        if unknown:
            raise forms.ValidationError(
                _("These are no codes of specialties: %(codes)s."), params={"codes": ", ".join(unknown)}
            )
        return text


class ProgrammeForm(CommandForm):
    """A programme of rounds, new or changed."""

    code = forms.CharField(label=_("Code"), max_length=32)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=100)
    name_en = forms.CharField(label=_("English name"), max_length=100, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=RoundKind.choices)
    starts_on = forms.DateField(label=_("From"))
    ends_on = forms.DateField(label=_("To"))
    rule = forms.ChoiceField(
        label=_("Frequency"),
        required=False,
        choices=rule_choices,
        help_text=_("A rule brings its own number of visits; the next two fields then say the same."),
    )
    required_visits = forms.IntegerField(label=_("Visits required"), min_value=1, max_value=99, initial=1)
    period = forms.ChoiceField(label=_("In every"), choices=RoundPeriod.choices, initial=RoundPeriod.MONTH)
    least_days_between = forms.IntegerField(
        label=_("Days from one visit to the next, at least"), min_value=1, max_value=366, initial=1
    )
    most_days_between = forms.IntegerField(
        label=_("Days from one visit to the next, at most"), min_value=1, max_value=366, required=False
    )

    def __init__(self, actor: Actor, *args: Any, row: RoundProgramme | None = None, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        if row is not None:
            del self.fields["code"]
            return
        self.agreements = {str(each.pk): each for each in agreements_to_plan_rounds(actor)}
        choices = [NONE, *((key, f"{each.code} {name_of(each, 'title')}") for key, each in self.agreements.items())]
        field = forms.ChoiceField(label=_("Agreement"), choices=choices)
        self.fields = {"command_key": self.fields["command_key"], "agreement": field, **self.fields}

    @property
    def agreement(self) -> Agreement:
        return self.agreements[self.cleaned_data["agreement"]]

    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in PROGRAMME_FIELDS}

    def new(self) -> NewProgramme:
        return NewProgramme(code=self.cleaned_data["code"], **self.facts())

    @staticmethod
    def initial_of(row: RoundProgramme) -> dict[str, Any]:
        return {**{name: getattr(row, name) for name in PROGRAMME_FIELDS}, "expected_version": row.version}


class CrewForm(CommandForm):
    """A team on the road, new or changed."""

    start = InstitutionField(label=_("Sets out from"))
    vehicle = forms.CharField(label=_("Vehicle"), max_length=100, required=False)
    weekdays = WeekdaysField(label=_("Working days"), initial=list("12345"))
    day_starts_at = time_field(_("Day begins at"), required=True, initial="08:00")
    day_ends_at = time_field(_("Day ends at"), required=True, initial="17:00")
    break_minutes = forms.IntegerField(label=_("Break (minutes)"), min_value=0, max_value=600, initial=0)
    break_from = time_field(_("Break not before"))
    most_nights = forms.IntegerField(
        label=_("Nights away in a row at most"),
        min_value=0,
        max_value=30,
        initial=0,
        help_text=_("0: home every night."),
    )
    skills = SkillsField(label=_("Specialties on board"))
    ends_on = forms.DateField(
        label=_("Last day"), required=False, help_text=_("After it the team is on the road no more.")
    )

    def __init__(self, actor: Actor, programme: RoundProgramme, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        self.row: RoundCrew | None = kwargs.pop("row", None)
        super().__init__(*args, **kwargs)
        self.actor = actor
        if self.row is None:
            teams = programme.agreement.teams.exclude(round_crews__programme=programme).order_by("code")
            choices = [NONE, *((str(team.pk), f"{team.code} {name_of(team)}") for team in teams)]
            field = forms.ChoiceField(
                label=_("Team"), choices=choices, help_text=_("Teams are formed in the plan of the agreement.")
            )
            self.fields = {"command_key": self.fields["command_key"], "team": field, **self.fields}

    def clean_start(self) -> Institution:
        institution: Institution = self.cleaned_data["start"]
        if not scoped(self.actor, Institution.objects.filter(pk=institution.pk)).exists():
            raise forms.ValidationError(_("This institution is not within your reach. Choose one of the suggestions."))
        return institution

    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {**{name: given[name] for name in CREW_FIELDS if name != "start_id"}, "start_id": given["start"].pk}

    def new(self) -> NewCrew:
        return NewCrew(team_id=int(self.cleaned_data["team"]), **self.facts())

    @staticmethod
    def initial_of(row: RoundCrew) -> dict[str, Any]:
        shown = {name: getattr(row, name) for name in CREW_FIELDS if name != "start_id"}
        return {**shown, "start": row.start.code, "weekdays": list(row.weekdays), "expected_version": row.version}


class StopForm(CommandForm):
    """A stop, new or changed: an institution, or a village without one."""

    institution = InstitutionField(label=_("Institution"), required=False)
    place = forms.CharField(
        label=_("Place"),
        max_length=12,
        required=False,
        help_text=_("The code of the village where no institution is visited."),
    )
    service_minutes = forms.IntegerField(label=_("Minutes at the stop"), min_value=1, max_value=1440, initial=120)
    required_visits = forms.IntegerField(
        label=_("Visits required"),
        min_value=1,
        max_value=99,
        required=False,
        help_text=_("Empty takes the frequency of the programme."),
    )
    period = forms.ChoiceField(label=_("In every"), choices=[NONE, *RoundPeriod.choices], required=False)
    weekdays = WeekdaysField(label=_("Weekdays that suit"), required=False, help_text=_("None ticked: every day."))
    opens_at = time_field(pgettext_lazy("time of day", "Not before"))
    closes_at = time_field(_("Over by"))
    skills = SkillsField(label=_("Specialties asked for"))
    offers_night = forms.BooleanField(label=_("A team may stay the night here"), required=False)
    starts_on = forms.DateField(label=_("First day"), required=False)
    ends_on = forms.DateField(label=_("Last day"), required=False, help_text=_("After it the stop is visited no more."))

    def __init__(self, actor: Actor, *args: Any, row: RoundStop | None = None, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.actor, self.row = actor, row
        if row is not None:
            del self.fields["institution"], self.fields["place"]
        else:
            field = forms.CharField(label=_("Code"), max_length=32, help_text=_("As it stands on route sheets."))
            self.fields = {"command_key": self.fields["command_key"], "code": field, **self.fields}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.row is None:
            data["place_id"] = self._place(data)
        return data

    def _place(self, data: dict[str, Any]) -> int | None:
        institution, code = data.get("institution"), (data.get("place") or "").strip()
        if (institution is None) == (not code):
            self.add_error("institution", forms.ValidationError(_("Give an institution or a place, one of the two.")))
            return None
        if institution is not None:
            return int(institution.place_id)
        place = Place.objects.filter(code=code).first()
        if place is None:
            self.add_error("place", forms.ValidationError(_("There is no place with this code.")))
            return None
        return int(place.pk)

    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in STOP_FIELDS}

    def new(self) -> NewStop:
        given = self.cleaned_data
        institution = given["institution"]
        return NewStop(
            code=given["code"],
            place_id=given["place_id"],
            institution_id=None if institution is None else institution.pk,
            **self.facts(),
        )

    @staticmethod
    def initial_of(row: RoundStop) -> dict[str, Any]:
        shown = {name: getattr(row, name) for name in STOP_FIELDS}
        return {**shown, "weekdays": list(row.weekdays), "expected_version": row.version}


class ClosureForm(CommandForm):
    """Days on which stops cannot be reached."""

    starts_on = forms.DateField(label=_("From"))
    ends_on = forms.DateField(label=_("To"))
    kind = forms.ChoiceField(label=_("Why"), choices=RoundClosure.Kind.choices)
    reason = forms.CharField(label=_("In words"), max_length=300, required=False)

    def __init__(self, actor: Actor, programme: RoundProgramme, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        rows = rounds_queries.stops(actor, programme)
        choices = [(str(row.pk), f"{row.code} {name_of(row.site)}") for row in rows]
        self.fields["stops"] = forms.MultipleChoiceField(
            label=_("Stops"), choices=choices, widget=forms.CheckboxSelectMultiple
        )

    def stop_ids(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["stops"]]

    def new(self) -> NewClosure:
        given = self.cleaned_data
        return NewClosure(
            starts_on=given["starts_on"], ends_on=given["ends_on"], kind=given["kind"], reason=given["reason"]
        )
