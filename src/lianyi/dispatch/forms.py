"""What people type about postings, turned into what the commands take."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.dispatch.checks import PublicationProblem
from lianyi.dispatch.commands import NewPosting
from lianyi.dispatch.errors import PublicationRefusedError
from lianyi.dispatch.machine import REASONS, Step
from lianyi.dispatch.models import Posting, PostingAbsence, PostingKind, PostingState
from lianyi.dispatch.needs_forms import need_choices
from lianyi.dispatch.texts import batch_word, problem_texts
from lianyi.errors import LianyiError
from lianyi.pages.forms import CommandForm
from lianyi.pages.lookups import LookupWidget
from lianyi.pages.names import name_of
from lianyi.partnerships.forms import InstitutionField
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Department, Institution, Staff
from lianyi.registry.reference_names import numbered_choices

Text = str | Promise
CODE_SEPARATOR = "/"


def staff_code(staff: Staff) -> str:
    """Return what names a person in a field: the institution's code and the staff number."""
    return f"{staff.institution.code}{CODE_SEPARATOR}{staff.code}"


class StaffField(forms.CharField):
    """A person of the reader's reach by institution code and staff number; the browser suggests them."""

    def __init__(self, actor: Actor, **options: Any) -> None:  # noqa: ANN401 - those of every field
        self.actor = actor
        options.setdefault("widget", LookupWidget("dispatch:staff-suggestions"))
        options.setdefault("help_text", _("Type part of the name and choose from the list."))
        super().__init__(max_length=70, **options)

    def clean(self, value: Any) -> Any:  # noqa: ANN401 - Django's signature
        text = super().clean(value)
        if not text:
            return None
        institution, _separator, code = text.rpartition(CODE_SEPARATOR)
        rows = scoped(self.actor, Staff.objects.select_related("institution", "department"))
        staff = rows.filter(institution__code=institution.strip(), code=code.strip()).first()
        if staff is None:
            raise forms.ValidationError(
                _("There is no person “%(code)s” within your reach. Choose one of the suggestions."),
                params={"code": text},
            )
        return staff


class PostingCommandForm(CommandForm):
    """A form whose command may refuse with problems of lines; each is said in words."""

    def take_error(self, error: LianyiError) -> None:
        super().take_error(error)
        if isinstance(error, PublicationRefusedError):
            for text in problem_texts(problems_of(error)):
                self.add_error(None, text)


def problems_of(error: PublicationRefusedError) -> list[PublicationProblem]:
    """Return the problems that a refused publication carries."""
    given = error.params.get("problems")
    return [each for each in given if isinstance(each, PublicationProblem)] if isinstance(given, list) else []


class LineForm(PostingCommandForm):
    """One line of a plan, new or changed."""

    code = forms.CharField(label=_("Number"), max_length=40)
    kind = forms.ChoiceField(label=_("Kind"), choices=PostingKind.choices)
    to_institution = InstitutionField(label=_("Receiving institution"))
    to_department = forms.CharField(
        label=_("Receiving department"), max_length=32, required=False, help_text=_("The department's code there.")
    )
    specialty = forms.ChoiceField(label=_("Specialty"), required=False, help_text=_("Empty takes that of the person."))
    starts_on = forms.DateField(label=_("From"))
    ends_on = forms.DateField(label=_("To"))
    batch = forms.ChoiceField(label=_("Batch"), required=False)
    team = forms.ChoiceField(label=_("Team"), required=False)
    predecessor = forms.CharField(
        label=_("Takes over from"), max_length=40, required=False, help_text=_("The number of the other posting.")
    )
    need = forms.ChoiceField(
        label=_("Fills the need"), required=False, help_text=_("Published, the line counts towards this need.")
    )
    tasks = forms.CharField(label=_("Tasks"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, actor: Actor, agreement: Agreement, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.actor, self.agreement = actor, agreement
        none = ("", "—")
        self.fields["specialty"].choices = [none, *numbered_choices("specialties")]  # type: ignore[attr-defined]
        self.fields["batch"].choices = [none, *((row.pk, batch_word(row)) for row in agreement.batches.all())]  # type: ignore[attr-defined]
        self.fields["team"].choices = [none, *((row.pk, name_of(row)) for row in agreement.teams.all())]  # type: ignore[attr-defined]
        self.fields["need"].choices = [none, *need_choices(actor, agreement, (self.initial or {}).get("need"))]  # type: ignore[attr-defined]

    def clean_to_institution(self) -> Institution:
        institution: Institution = self.cleaned_data["to_institution"]
        if not scoped(self.actor, Institution.objects.filter(pk=institution.pk)).exists():
            raise forms.ValidationError(_("This institution is not within your reach. Choose one of the suggestions."))
        return institution

    def clean_predecessor(self) -> Posting | None:
        code = self.cleaned_data["predecessor"].strip()
        if not code:
            return None
        found: Posting | None = self.agreement.postings.filter(code=code).exclude(state=PostingState.VOID).first()
        if found is None:
            raise forms.ValidationError(
                _("The agreement has no posting with the number “%(code)s”."), params={"code": code}
            )
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        _check_order(self, data.get("starts_on"), data.get("ends_on"))
        institution, code = data.get("to_institution"), (data.get("to_department") or "").strip()
        data["department_id"] = None
        if institution is not None and code:
            data["department_id"] = self._department(institution, code)
        return data

    def _department(self, institution: Institution, code: str) -> int | None:
        rows = dict(Department.objects.filter(institution=institution).order_by("code").values_list("code", "pk"))
        if code not in rows:
            self.add_error(
                "to_department",
                forms.ValidationError(
                    _("%(institution)s has no department “%(code)s”. Accepted: %(accepted)s."),
                    params={
                        "institution": name_of(institution),
                        "code": code,
                        "accepted": ", ".join(rows) or "—",
                    },
                ),
            )
        return rows.get(code)

    def line_facts(self) -> dict[str, Any]:
        """Return the facts of the line by the names that the commands use."""
        data = self.cleaned_data
        predecessor = data["predecessor"]
        return {
            "kind": data["kind"],
            "to_institution_id": data["to_institution"].pk,
            "to_department_id": data["department_id"],
            "specialty": data["specialty"],
            "batch_id": int(data["batch"]) if data["batch"] else None,
            "team_id": int(data["team"]) if data["team"] else None,
            "predecessor_id": None if predecessor is None else predecessor.pk,
            "need_id": int(data["need"]) if data["need"] else None,
            "starts_on": data["starts_on"],
            "ends_on": data["ends_on"],
            "tasks": data["tasks"],
        }


class NewLineForm(LineForm):
    """A new line: whose it is and which number it has are settled once."""

    field_order = ("code", "kind", "staff", "to_institution", "to_department", "specialty", "starts_on", "ends_on")

    def __init__(self, actor: Actor, agreement: Agreement, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(actor, agreement, *args, **kwargs)
        self.fields["staff"] = StaffField(actor, label=_("Person"))
        self.order_fields(self.field_order)

    def new_posting(self) -> NewPosting:
        return NewPosting(code=self.cleaned_data["code"], staff_id=self.cleaned_data["staff"].pk, **self.line_facts())


class ChangeLineForm(LineForm):
    """A draft that is changed; its number and person stay."""

    def __init__(self, actor: Actor, agreement: Agreement, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(actor, agreement, *args, **kwargs)
        del self.fields["code"]

    @staticmethod
    def initial_of(row: Posting) -> dict[str, Any]:
        """Return what the form shows of a line."""
        return {
            "expected_version": row.version,
            "kind": row.kind,
            "to_institution": row.to_institution.code,
            "to_department": "" if row.to_department is None else row.to_department.code,
            "specialty": row.specialty,
            "batch": row.batch_id,
            "team": row.team_id,
            "predecessor": "" if row.predecessor is None else row.predecessor.code,
            "need": row.need_id,
            "starts_on": row.starts_on,
            "ends_on": row.ends_on,
            "tasks": row.tasks,
        }


class _ReasonForm(PostingCommandForm):
    """A step that says why: a code of the list and a sentence."""

    def ask_reason(self) -> None:
        choices = [("", "—"), *REASONS.items()]
        self.fields["reason_code"] = forms.ChoiceField(label=_("Reason"), choices=choices)
        self.fields["reason"] = forms.CharField(label=_("In a sentence"), widget=forms.Textarea(attrs={"rows": 2}))


_TEXT_LABELS: Mapping[str, Text] = {
    "hand_over": _("What is handed over, and to whom"),
    "appraise": _("Appraisal by the receiving unit"),
}
_DAY_LABELS: Mapping[str, Text] = {
    "depart": _("Departed on"),
    "arrive": _("Arrived on"),
    "end": _("Last day on site"),
    "return_early": _("Last day on site"),
}


class StepForm(_ReasonForm):
    """One step of a posting's life, with what the table of steps asks for."""

    day = forms.DateField(label=_("On"), initial=timezone.localdate)

    def __init__(self, step: Step, posting: Posting, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.step, self.posting = step, posting
        self.fields["day"].label = str(_DAY_LABELS.get(step.name, _("On")))
        if step.needs_end:
            self.fields["ends_on"] = forms.DateField(label=_("New last day"))
        if step.needs_text:
            widget = forms.Textarea(attrs={"rows": 4})
            self.fields["text"] = forms.CharField(label=str(_TEXT_LABELS.get(step.name, _("Text"))), widget=widget)
        if step.needs_reason:
            self.ask_reason()

    def clean_day(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["day"]
        if self.step.is_fact and day > timezone.localdate():
            raise forms.ValidationError(_("This day is in the future. Record what has happened when it has happened."))
        arrived = self.posting.arrived_on
        if self.step.name in ("end", "return_early") and arrived is not None and day < arrived:
            raise forms.ValidationError(
                _("The last day lies before the arrival on %(arrived)s."), params={"arrived": arrived}
            )
        if self.step.name == "end" and day < self.posting.ends_on:
            raise forms.ValidationError(
                _("The planned end is %(end)s. Record an early return instead, with its reason."),
                params={"end": self.posting.ends_on},
            )
        return day

    def clean_ends_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["ends_on"]
        if day <= self.posting.ends_on:
            raise forms.ValidationError(
                _("An extension ends later than %(end)s, the present last day."), params={"end": self.posting.ends_on}
            )
        return day


class ReplaceForm(_ReasonForm):
    """Somebody else takes over a posting that drops out."""

    from_day = forms.DateField(label=_("Takes over on"), initial=timezone.localdate)
    code = forms.CharField(label=_("Number of the new posting"), max_length=40)

    def __init__(self, actor: Actor, posting: Posting, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.posting = posting
        self.fields["staff"] = StaffField(actor, label=_("Who takes over"))
        self.ask_reason()
        self.order_fields(("staff", "from_day", "code", "reason_code", "reason"))

    def clean_from_day(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["from_day"]
        if not self.posting.starts_on <= day <= self.posting.ends_on:
            raise forms.ValidationError(
                _("The take-over must lie within the posting: %(from)s to %(to)s."),
                params={"from": self.posting.starts_on, "to": self.posting.ends_on},
            )
        return day

    def clean_staff(self) -> Staff:
        staff: Staff = self.cleaned_data["staff"]
        if staff.pk == self.posting.staff_id:
            raise forms.ValidationError(_("This is the person who drops out. Choose another one."))
        return staff


class AbsenceForm(PostingCommandForm):
    """Days on which a posted person is away from the site."""

    kind = forms.ChoiceField(label=_("Kind"), choices=PostingAbsence.Kind.choices)
    starts_on = forms.DateField(label=_("From"))
    ends_on = forms.DateField(label=_("To"), help_text=_("The last day away."))

    def __init__(self, posting: Posting, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.posting = posting

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        _check_order(self, starts_on, ends_on)
        first, last = self.posting.arrived_on, self.posting.left_on or self.posting.ends_on
        if starts_on and ends_on and first is not None and not (first <= starts_on and ends_on <= last):
            self.add_error(
                "starts_on",
                forms.ValidationError(
                    _("The absence must lie within the stay: %(from)s to %(to)s."), params={"from": first, "to": last}
                ),
            )
        return data


class CorrectionForm(PostingCommandForm):
    """The recorded days of a stay, set right; a day that is not recorded yet is recorded by its step."""

    arrived_on = forms.DateField(label=_("Arrived on"))
    left_on = forms.DateField(label=_("Last day on site"))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, posting: Posting, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        if posting.left_on is None:
            del self.fields["left_on"]


class ReasonOnlyForm(PostingCommandForm):
    """Something is taken back, with the reason in words."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}))


class AnswerForm(PostingCommandForm):
    """Approve or refuse a posting for one side."""

    answer = forms.ChoiceField(label=_("Answer"), choices=(("", "—"), ("yes", _("Approve")), ("no", _("Refuse"))))
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed when you refuse."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("answer") == "no" and not (data.get("reason") or "").strip():
            self.add_error("reason", _("Refusing a posting needs a reason in words."))
        return data


class BatchForm(PostingCommandForm):
    """A wave of people sent together."""

    number = forms.IntegerField(label=_("Number"), min_value=1, max_value=999)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=100, required=False)
    name_en = forms.CharField(label=_("English name"), max_length=100, required=False)
    starts_on = forms.DateField(label=_("From"))
    ends_on = forms.DateField(label=_("To"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        _check_order(self, data.get("starts_on"), data.get("ends_on"))
        return data


class TogetherForm(PostingCommandForm):
    """The same fact for everybody of a batch, except those who are ticked."""

    day = forms.DateField(label=_("On"), initial=timezone.localdate)
    excepted = forms.MultipleChoiceField(
        label=_("Except these persons"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, step: Step, people: list[Posting], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["day"].label = str(_DAY_LABELS.get(step.name, _("On")))
        choices = [
            (str(row.pk), f"{row.code} · {name_of(row.staff)} · {name_of(row.to_institution)}") for row in people
        ]
        self.fields["excepted"].choices = choices  # type: ignore[attr-defined]

    def clean_day(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day is in the future. Record what has happened when it has happened."))
        return day


def _check_order(form: forms.Form, starts_on: datetime.date | None, ends_on: datetime.date | None) -> None:
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        form.add_error(
            "ends_on",
            forms.ValidationError(
                _("It ends on %(end)s, before it starts on %(start)s. Correct one of the dates."),
                params={"end": ends_on, "start": starts_on},
            ),
        )
