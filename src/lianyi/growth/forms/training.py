"""What people type about courses and sessions, turned into what the commands take."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.access import scoped, scoped_for
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Act, Permission
from lianyi.dispatch.forms import StaffField, staff_code
from lianyi.growth.commands.training import COURSE_FIELDS, NewCourse, NewSession, SessionAsHeld
from lianyi.growth.models.training import Course, CourseKind, SessionKind, TrainingSession
from lianyi.growth.training_checks import LONGEST_MINUTES, MOST_PEOPLE, SERVICES
from lianyi.growth.training_machine import SessionStep
from lianyi.growth.training_texts import SERVICE_WORDS, people_words
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of
from lianyi.partnerships.forms import InstitutionField
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Department
from lianyi.registry.reference_names import numbered_choices

NONE = ("", "—")
CLINIC_COUNTS = "count_"


def agreements_to_train_under(actor: Actor) -> dict[str, Agreement]:
    """Return the agreements under which the actor may write training; those that are over take what comes late."""
    rows = Agreement.objects.exclude(state=Agreement.State.DRAFT)
    found = scoped_for(actor, rows, Permission.parse("training.write")).order_by("code")
    return {str(row.pk): row for row in found}


def agreement_field(agreements: dict[str, Agreement]) -> forms.ChoiceField:
    choices = [NONE, *((key, f"{row.code} {name_of(row, 'title')}") for key, row in agreements.items())]
    return forms.ChoiceField(label=_("Agreement"), choices=choices)


class CourseForm(CommandForm):
    """A course, new or changed."""

    code = forms.CharField(label=_("Code"), max_length=32)
    title_zh = forms.CharField(label=_("Chinese title"), max_length=120)
    title_en = forms.CharField(label=_("English title"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=CourseKind.choices)
    organiser = InstitutionField(label=_("Given by"))
    starts_on = forms.DateField(label=_("From"))
    ends_on = forms.DateField(label=_("To"))
    test_maximum = forms.DecimalField(
        label=_("Most points of the test"),
        required=False,
        min_value=1,
        max_value=1000,
        decimal_places=1,
        help_text=_("Empty: the course has no test."),
    )
    pass_mark = forms.DecimalField(label=_("Pass mark"), required=False, min_value=0, max_value=1000, decimal_places=1)
    least_attendance_percent = forms.IntegerField(
        label=_("Least attendance for a certificate (%)"),
        min_value=1,
        max_value=100,
        initial=80,
        help_text=_("Of the sessions that were held. The course says it itself."),
    )

    def __init__(self, actor: Actor, *args: Any, row: Course | None = None, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        if row is not None:
            del self.fields["code"]
            return
        self.agreements = agreements_to_train_under(actor)
        field = agreement_field(self.agreements)
        self.fields = {"command_key": self.fields["command_key"], "agreement": field, **self.fields}

    @property
    def agreement(self) -> Agreement:
        return self.agreements[self.cleaned_data["agreement"]]

    def facts(self) -> dict[str, Any]:
        given = {**self.cleaned_data, "organiser_id": self.cleaned_data["organiser"].pk}
        return {name: given[name] for name in COURSE_FIELDS}

    def new(self) -> NewCourse:
        return NewCourse(code=self.cleaned_data["code"], **self.facts())

    @staticmethod
    def initial_of(row: Course) -> dict[str, Any]:
        names = (name for name in COURSE_FIELDS if name != "organiser_id")
        return {
            **{name: getattr(row, name) for name in names},
            "organiser": row.organiser.code,
            "expected_version": row.version,
        }


class SessionForm(CommandForm):
    """A session, new or changed while it is planned."""

    code = forms.CharField(label=_("Code"), max_length=32)
    kind = forms.ChoiceField(label=_("Kind"), choices=SessionKind.choices)
    title = forms.CharField(label=_("Subject"), max_length=200, help_text=_("No names of patients."))
    day = forms.DateField(label=_("Day"))
    begins_at = forms.TimeField(
        label=_("Begins at"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=LONGEST_MINUTES, initial=60)
    institution = InstitutionField(label=_("Institution"), required=False)
    department = forms.CharField(
        label=_("Department"), max_length=32, required=False, help_text=_("The department's code there.")
    )
    place = forms.CharField(label=_("Place"), max_length=120, required=False, help_text=_("A room, a village."))
    teacher_name = forms.CharField(
        label=_("Name of the teacher"), max_length=60, required=False, help_text=_("For somebody without a record.")
    )
    specialty = forms.ChoiceField(label=_("Specialty"), required=False)
    technique_code = forms.CharField(
        label=_("Technique"), max_length=64, required=False, help_text=_("The code of the technique that is taught.")
    )

    def __init__(self, actor: Actor, *args: Any, row: TrainingSession | None = None, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["teacher"] = StaffField(actor, label=_("Teacher"), required=False)
        self.fields["specialty"].choices = [NONE, *numbered_choices("specialties")]  # type: ignore[attr-defined]
        self.agreements = agreements_to_train_under(actor)
        self.courses = {
            str(each.pk): each
            for each in scoped(actor, Course.objects.select_related("agreement"), Act.WRITE).order_by(
                "-starts_on", "code"
            )
            if row is None or each.agreement_id == row.agreement_id
        }
        choices = [NONE, *((key, f"{each.code} {name_of(each, 'title')}") for key, each in self.courses.items())]
        self.fields["course"] = forms.ChoiceField(
            label=_("Course"), choices=choices, required=False, help_text=_("Empty: a session by itself.")
        )
        order = ["command_key", "expected_version", "agreement", "course", "code", "kind", "title", "day", "begins_at"]
        if row is None:
            self.fields["agreement"] = agreement_field(self.agreements)
        else:
            del self.fields["code"]
        self.order_fields([*order, "minutes", "teacher", "teacher_name", "institution", "department", "place"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["department_id"] = None
        code, institution = data.get("department"), data.get("institution")
        if code:
            found = (
                None if institution is None else Department.objects.filter(institution=institution, code=code).first()
            )
            if found is None:
                self.add_error("department", _("There is no such department at the institution."))
            else:
                data["department_id"] = found.pk
        return data

    @property
    def agreement(self) -> Agreement:
        return self.agreements[self.cleaned_data["agreement"]]

    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        names = ("kind", "title", "day", "begins_at", "minutes", "place", "teacher_name", "specialty", "technique_code")
        course, teacher, institution = given["course"], given["teacher"], given["institution"]
        return {
            **{name: given[name] for name in names},
            "course_id": self.courses[course].pk if course else None,
            "teacher_id": None if teacher is None else teacher.pk,
            "institution_id": None if institution is None else institution.pk,
            "department_id": given["department_id"],
        }

    def new(self) -> NewSession:
        return NewSession(code=self.cleaned_data["code"], **self.facts())

    @staticmethod
    def initial_of(row: TrainingSession) -> dict[str, Any]:
        names = ("kind", "title", "day", "begins_at", "minutes", "place", "teacher_name", "specialty", "technique_code")
        return {
            **{name: getattr(row, name) for name in names},
            "course": row.course_id or "",
            "teacher": "" if row.teacher is None else staff_code(row.teacher),
            "institution": "" if row.institution is None else row.institution.code,
            "department": "" if row.department is None else row.department.code,
            "expected_version": row.version,
        }


class SessionStepForm(CommandForm):
    """What became of a session, short enough for a phone. Counts that nobody made stay empty."""

    held_on = forms.DateField(label=_("Held on"))
    held_minutes = forms.IntegerField(label=_("Minutes it took"), min_value=1, max_value=LONGEST_MINUTES)
    people_seen = forms.IntegerField(
        label=_("People seen"),
        required=False,
        min_value=0,
        max_value=MOST_PEOPLE,
        help_text=_("Only numbers, no names. Empty: nobody counted."),
    )
    reason = forms.CharField(
        label=pgettext_lazy("training session", "Reason"), max_length=400, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, session: TrainingSession, step: SessionStep, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.is_clinic = session.kind == SessionKind.FREE_CLINIC and step.asks_what_was
        if not step.asks_what_was:
            del self.fields["held_on"], self.fields["held_minutes"]
        if not step.needs_reason:
            del self.fields["reason"]
        if not self.is_clinic:
            del self.fields["people_seen"]
            return
        for name, label in people_words():
            self.fields[f"{CLINIC_COUNTS}{name}"] = _count(label)
        for name in SERVICES:
            self.fields[f"{CLINIC_COUNTS}{name}"] = _count(SERVICE_WORDS[name])

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if not field.name.startswith(CLINIC_COUNTS)]

    @property
    def people(self) -> list[forms.BoundField]:
        return [self[f"{CLINIC_COUNTS}{name}"] for name, _label in people_words()] if self.is_clinic else []

    @property
    def services(self) -> list[forms.BoundField]:
        return [self[f"{CLINIC_COUNTS}{name}"] for name in SERVICES] if self.is_clinic else []

    def said(self) -> SessionAsHeld:
        given = self.cleaned_data
        people = {name: given.get(f"{CLINIC_COUNTS}{name}") for name, _label in people_words()}
        services = {name: given.get(f"{CLINIC_COUNTS}{name}") for name in SERVICES}
        return SessionAsHeld(
            held_on=given.get("held_on"),
            held_minutes=given.get("held_minutes"),
            people_seen=given.get("people_seen"),
            people={name: count for name, count in people.items() if count is not None},
            services={name: count for name, count in services.items() if count is not None},
        )

    @staticmethod
    def initial_of(row: TrainingSession) -> dict[str, Any]:
        """Return what the form shows: of a planned session that it was held as planned."""
        counts = {f"{CLINIC_COUNTS}{name}": count for name, count in {**row.people, **row.services}.items()}
        return {
            **counts,
            "held_on": row.held_on or row.day,
            "held_minutes": row.held_minutes or row.minutes,
            "people_seen": row.people_seen,
            "expected_version": row.version,
        }


def _count(label: Any) -> forms.IntegerField:  # noqa: ANN401 - a text or a lazy one
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=MOST_PEOPLE)
