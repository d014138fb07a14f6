"""What people type about who takes part: enrolments, lists of those present, tests, codes, certificates."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.actors import Actor
from lianyi.dispatch.forms import StaffField
from lianyi.growth.commands.training_codes import LEAST_MINUTES, MOST_MINUTES
from lianyi.growth.commands.training_people import Person
from lianyi.growth.models.training import Attendance, Course, Enrolment, NamedPerson, TestMoment, TestResult
from lianyi.growth.training_texts import person_word
from lianyi.pages.forms import CommandForm

PRESENT, ABSENT, UNKNOWN = "present", "absent", ""
PRESENCE = [(PRESENT, _("was there")), (ABSENT, _("was not there")), (UNKNOWN, _("not known"))]


class PersonForm(CommandForm):
    """Somebody by staff record, or by name with the institution."""

    name = forms.CharField(
        label=pgettext_lazy("person", "Name"),
        max_length=60,
        required=False,
        help_text=_("Only for somebody without a staff record."),
    )
    institution_name = forms.CharField(label=_("Institution of the person"), max_length=120, required=False)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["staff"] = StaffField(actor, label=_("Person"), required=False)
        self.order_fields(["command_key", "expected_version", "staff"])

    def person(self) -> Person:
        given = self.cleaned_data
        staff = given["staff"]
        return Person(
            staff_id=None if staff is None else staff.pk, name=given["name"], institution_name=given["institution_name"]
        )


class AttendanceForm(PersonForm):
    """The teacher's list: those enrolled and those already noted, and one more person."""

    def __init__(
        self,
        actor: Actor,
        people: Sequence[NamedPerson],
        noted: Sequence[Attendance],
        *args: Any,  # noqa: ANN401
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(actor, *args, **kwargs)
        known = {row.identity: row for row in noted}
        self.people = list({row.identity: row for row in [*people, *noted]}.values())
        for at, row in enumerate(self.people):
            seen = known.get(row.identity)
            initial = UNKNOWN if seen is None else (PRESENT if seen.is_present else ABSENT)
            self.fields[f"person_{at}"] = forms.ChoiceField(
                label=person_word(row), choices=PRESENCE, required=False, initial=initial
            )
        self.fields["staff"].label = _("One more person who came")

    @property
    def listed(self) -> list[forms.BoundField]:
        return [self[f"person_{at}"] for at in range(len(self.people))]

    @property
    def one_more(self) -> list[forms.BoundField]:
        return [self[name] for name in ("staff", "name", "institution_name")]

    def seen(self) -> list[tuple[Person, bool]]:
        """Return who was said to be there or not; those not known are left out."""
        given = self.cleaned_data
        said = [(row, given[f"person_{at}"]) for at, row in enumerate(self.people)]
        found = [
            (Person(staff_id=row.staff_id, name=row.name, institution_name=row.institution_name), answer == PRESENT)
            for row, answer in said
            if answer != UNKNOWN
        ]
        if given["staff"] is not None or given["name"]:
            found.append((self.person(), True))
        return found


class TestsForm(CommandForm):
    """The points of one test for everybody enrolled; an empty field is no result."""

    __test__ = False  # no test of ours, whatever its name says

    taken_on = forms.DateField(label=_("Taken on"))
    reason = forms.CharField(
        label=_("Why a result that stands is changed"),
        max_length=400,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(
        self,
        course: Course,
        moment: TestMoment,
        enrolments: Sequence[Enrolment],
        results: Sequence[TestResult],
        *args: Any,  # noqa: ANN401
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        kept = {row.enrolment_id: row.score for row in results if row.moment == moment}
        self.enrolments = list(enrolments)
        for row in self.enrolments:
            self.fields[f"score_{row.pk}"] = forms.DecimalField(
                label=person_word(row),
                required=False,
                min_value=0,
                max_value=course.test_maximum,
                decimal_places=1,
                initial=kept.get(row.pk),
            )
        self.order_fields(["command_key", "expected_version", "taken_on"])

    @property
    def listed(self) -> list[forms.BoundField]:
        return [self[f"score_{row.pk}"] for row in self.enrolments]

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        return [self["taken_on"], self["reason"]]

    def scores(self) -> dict[int, Decimal]:
        given = {row.pk: self.cleaned_data.get(f"score_{row.pk}") for row in self.enrolments}
        return {pk: score for pk, score in given.items() if score is not None}


class CodeMinutesForm(CommandForm):
    """How long a code of the day is good."""

    minutes = forms.IntegerField(
        label=_("Good for (minutes)"), min_value=LEAST_MINUTES, max_value=MOST_MINUTES, initial=30
    )


class EnterCodeForm(CommandForm):
    """The code that the teacher shows."""

    code = forms.CharField(
        label=_("Code of the day"),
        max_length=12,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class ReasonForm(CommandForm):
    """Why something is withdrawn or revoked."""

    reason = forms.CharField(label=_("Reason"), max_length=400, widget=forms.Textarea({"rows": 2}))


class CertificatesForm(CommandForm):
    """Who gets a certificate: ticked are those who attended enough."""

    enrolments = forms.MultipleChoiceField(label=_("For whom"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, choices: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["enrolments"].choices = list(choices)  # type: ignore[attr-defined]
        self.fields["enrolments"].initial = [key for key, _label in choices]

    def ids(self) -> list[int]:
        return [int(key) for key in self.cleaned_data["enrolments"]]
