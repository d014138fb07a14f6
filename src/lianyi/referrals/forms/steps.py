"""The form of a step, made from its row of the table: one field for each fact that the step asks or takes."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of
from lianyi.partnerships.forms import InstitutionField
from lianyi.referrals.facts import Drug, NeedAnswer, ReturnNeedFact, ReturnPlanFacts, StepFacts, Transport
from lianyi.referrals.models import Leg, Request, ReturnNeed, ReturnPlan
from lianyi.referrals.stability import STABILITY
from lianyi.referrals.states import Direction, Disposition, Side
from lianyi.referrals.texts import FACT_WORDS, TEXT_WORDS, contact_word
from lianyi.referrals.walking import Action
from lianyi.registry.models import Department, Institution

LONG_TEXTS = ("ask", "supply", "note", "send_outcome")
DRUG_ROWS = 4
NEED_ROWS = 4
FOLLOW_UP_ROWS = 3


class MomentField(forms.DateTimeField):
    """A moment to the minute in the installation's time zone, typed or chosen."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    input_formats = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")


class DayField(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _area(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _reason(choices: type[TextChoices]) -> forms.Field:
    return forms.ChoiceField(choices=[("", "—"), *choices.choices], label=FACT_WORDS["reason_code"])


class StepForm(CommandForm):
    """Everything that one step asks and takes, for one case."""

    def __init__(self, action: Action, leg: Leg, *args: Any, **options: Any) -> None:  # noqa: ANN401 - those of forms
        super().__init__(*args, **options)
        self.action, self.leg = action, leg
        transition = action.transition
        if action.is_spoken:
            self.fields["spoken_by"] = forms.CharField(max_length=120, label=FACT_WORDS["spoken_by"])
        if transition.reasons is not None:
            self.fields["reason_code"] = _reason(transition.reasons)
        for name in (*transition.asks, *transition.takes):
            is_asked = name in transition.asks or (name == "text" and transition.reasons is not None)
            _FIELDS[name](self, name, is_asked)
        if transition.reasons is not None and "text" not in self.fields:
            _text(self, "text", True)
        if transition.is_fact or action.is_spoken:
            self.fields["occurred_at"] = MomentField(
                label=FACT_WORDS["occurred_at"], initial=timezone.localtime().replace(second=0, microsecond=0)
            )

    def facts(self) -> StepFacts:
        """Return what was typed as the walk takes it."""
        given = self.cleaned_data
        plain: dict[str, Any] = {
            name: given[name] for name in given if name in _PLAIN and given[name] not in (None, "")
        }
        institution = given.get("institution")
        return StepFacts(
            **plain,
            institution_id=None if institution is None else institution.pk,
            department_id=given["department"].pk if given.get("department") else None,
            transporter_id=given["transporter"].pk if given.get("transporter") else None,
            transport=self._transport(),
            needs=self._needs(),
            stability={name: bool(given.get(f"stable_{name}")) for name in STABILITY}
            if "plan" in self.action.transition.asks
            else {},
            plan=self._plan() if "plan" in self.action.transition.asks else None,
        )

    def _transport(self) -> Transport | None:
        if "vehicle" not in self.fields:
            return None
        given = self.cleaned_data
        found = Transport(vehicle=given["vehicle"], escort=given["escort"], condition=given["travel_condition"])
        return found if any((found.vehicle, found.escort, found.condition)) else None

    def _needs(self) -> tuple[NeedAnswer, ...]:
        marked = "need_"
        return tuple(
            NeedAnswer(need_id=int(name.removeprefix(marked)), answer=value)
            for name, value in self.cleaned_data.items()
            if name.startswith(marked) and name.removeprefix(marked).isdigit() and value
        )

    def _plan(self) -> ReturnPlanFacts:
        given = self.cleaned_data
        drugs = tuple(
            Drug(
                name=given[f"drug_{n}_name"],
                dose=given[f"drug_{n}_dose"],
                days_left=given[f"drug_{n}_days"] or 0,
            )
            for n in range(DRUG_ROWS)
            if given[f"drug_{n}_name"]
        )
        needs = tuple(
            ReturnNeedFact(kind=given[f"want_{n}_kind"], description=given[f"want_{n}_text"])
            for n in range(NEED_ROWS)
            if given[f"want_{n}_text"]
        )
        days = tuple(given[f"follow_up_{n}"] for n in range(FOLLOW_UP_ROWS) if given[f"follow_up_{n}"])
        return ReturnPlanFacts(
            **{name: given[name] for name in _PLAN_TEXTS},
            devices=given["devices"],
            follow_up_on=days,
            drugs=drugs,
            needs=needs,
        )


_PLAIN = frozenset(
    {
        "occurred_at", "reason_code", "text", "hand_to_coordinator", "next_date", "due_at", "expected_at",
        "expected_return_on", "care_ended_at", "died_at", "place", "contact", "reservation", "capacity_confirmed",
        "ball_side", "keeps_request", "disposition", "agreed_by", "override_code", "override_text", "spoken_by",
    }
)  # fmt: skip
_PLAN_TEXTS: Mapping[str, Any] = {
    "diagnosis": _("Diagnosis"),
    "done": _("What was done"),
    "warning_signs": _("Warning signs"),
    "send_back_if": _("Send back if"),
    "doctor_name": _("Doctor to ask at the upper hospital"),
    "doctor_phone": _("Telephone of the doctor"),
}
Maker = Callable[[StepForm, str, bool], None]


def _text(form: StepForm, name: str, is_asked: bool) -> None:  # noqa: FBT001 - a maker's second word
    step = form.action.transition.name
    form.fields[name] = forms.CharField(
        label=TEXT_WORDS.get(step, FACT_WORDS["text"]),
        widget=_area(8 if step in LONG_TEXTS else 3),
        max_length=8000,
        required=is_asked,
    )


def _line(form: StepForm, name: str, is_asked: bool) -> None:  # noqa: FBT001
    label = contact_word(form.action.transition.name) if name == "contact" else FACT_WORDS[name]
    form.fields[name] = forms.CharField(label=label, max_length=120, required=is_asked)


def _moment(form: StepForm, name: str, is_asked: bool) -> None:  # noqa: FBT001
    form.fields[name] = MomentField(label=FACT_WORDS[name], required=is_asked)


def _day(form: StepForm, name: str, is_asked: bool) -> None:  # noqa: FBT001
    form.fields[name] = DayField(label=FACT_WORDS[name], required=is_asked)


def _forecast(form: StepForm, name: str, is_asked: bool) -> None:  # noqa: FBT001
    """Ask when the patient is likely to go back down; who has come back is there already."""
    if form.leg.request.direction != Direction.DOWN:
        _day(form, name, is_asked)


def _tick(form: StepForm, name: str, _is_asked: bool) -> None:  # noqa: FBT001
    form.fields[name] = forms.BooleanField(label=FACT_WORDS[name], required=False)


def _institution(form: StepForm, _name: str, is_asked: bool) -> None:  # noqa: FBT001
    words: Mapping[str, Any] = {
        "decline": _("Institution that has agreed to take the patient"),
        "withdraw": _("Institution that has agreed to take the patient"),
        "divert": _("Hospital that the patient was taken to"),
        "propose_return": _("Lower unit"),
        "record_elsewhere": _("Institution, if it is in the registry"),
    }
    label = words.get(form.action.transition.name, FACT_WORDS["institution_id"])
    initial = None
    if form.action.transition.name == "propose_return" and form.leg.request.direction != Direction.DOWN:
        initial = Institution.objects.filter(pk=form.leg.from_institution_id).values_list("code", flat=True).first()
    form.fields["institution"] = InstitutionField(label=label, required=is_asked, initial=initial)


def _transporter(form: StepForm, _name: str, _is_asked: bool) -> None:  # noqa: FBT001
    known = Institution.objects.filter(pk=form.leg.transport_institution_id).values_list("code", flat=True).first()
    form.fields["transporter"] = InstitutionField(
        label=FACT_WORDS["transporter_id"],
        help_text=_("Empty: the sender drives. An ambulance unit named here sees who the patient is, not the form."),
        required=False,
        initial=known,
    )


def _department(form: StepForm, _name: str, is_asked: bool) -> None:  # noqa: FBT001
    rows = Department.objects.filter(institution_id=form.leg.to_institution_id, closed_on__isnull=True)
    field = forms.ModelChoiceField(rows.order_by("code"), label=FACT_WORDS["department_id"], required=is_asked)
    field.label_from_instance = name_of  # type: ignore[method-assign,assignment]
    form.fields["department"] = field


def _disposition(form: StepForm, name: str, is_asked: bool) -> None:  # noqa: FBT001
    choices = [("", "—"), *Disposition.choices]
    form.fields[name] = forms.ChoiceField(choices=choices, label=FACT_WORDS[name], required=is_asked)


def _agreed_by(form: StepForm, name: str, is_asked: bool) -> None:  # noqa: FBT001
    form.fields[name] = forms.ChoiceField(
        choices=ReturnPlan.AgreedBy.choices, label=FACT_WORDS[name], required=is_asked, widget=forms.RadioSelect
    )


def _override_code(form: StepForm, name: str, is_asked: bool) -> None:  # noqa: FBT001
    form.fields[name] = forms.ChoiceField(
        choices=[("", "—"), *Request.Override.choices],
        label=FACT_WORDS[name],
        required=is_asked,
        help_text=_("Only for a place that no agreement joins with yours and that did not send the patient."),
    )


def _ball_side(form: StepForm, name: str, is_asked: bool) -> None:  # noqa: FBT001
    choices = [(side.value, side.label) for side in (Side.RECEIVER, Side.SENDER)]
    form.fields[name] = forms.ChoiceField(choices=choices, label=FACT_WORDS[name], required=is_asked)


def _transport(form: StepForm, _name: str, _is_asked: bool) -> None:  # noqa: FBT001
    for name, label in (
        ("vehicle", _("Vehicle")),
        ("escort", _("Escort (name and telephone)")),
        ("travel_condition", _("Condition at departure")),
    ):
        form.fields[name] = forms.CharField(label=label, max_length=200, required=False)


def _needs(form: StepForm, _name: str, _is_asked: bool) -> None:  # noqa: FBT001
    """Ask the lower unit to tick each need of a return; an upward referral has none."""
    if form.leg.request.direction != Direction.DOWN:
        return
    choices = [("", _("not answered")), ("yes", _("we have it")), ("no", _("we do not have it"))]
    for need in ReturnNeed.objects.filter(request_id=form.leg.request_id).order_by("pk"):
        form.fields[f"need_{need.pk}"] = forms.ChoiceField(
            choices=choices,
            label=f"{need.get_kind_display()}: {need.description}",
            initial=need.answer if need.answer in ("yes", "no") else "",
            required=False,
            widget=forms.RadioSelect,
        )


def _stability(form: StepForm, _name: str, _is_asked: bool) -> None:  # noqa: FBT001
    for name, label in STABILITY.items():
        form.fields[f"stable_{name}"] = forms.BooleanField(label=label, required=False)


def _plan(form: StepForm, _name: str, _is_asked: bool) -> None:  # noqa: FBT001
    fields = form.fields
    for name, label in _PLAN_TEXTS.items():
        is_line = name.startswith("doctor")
        fields[name] = forms.CharField(
            label=label, max_length=100 if is_line else 4000, widget=forms.TextInput() if is_line else _area()
        )
    fields["devices"] = forms.CharField(label=_("Devices in place"), required=False, max_length=500)
    for n in range(DRUG_ROWS):
        fields[f"drug_{n}_name"] = forms.CharField(
            label=_("Drug %(number)d") % {"number": n + 1}, required=False, max_length=100
        )
        fields[f"drug_{n}_dose"] = forms.CharField(label=_("Dose"), required=False, max_length=100)
        fields[f"drug_{n}_days"] = forms.IntegerField(label=_("Days left"), required=False, min_value=0, max_value=3650)
    for n in range(NEED_ROWS):
        fields[f"want_{n}_kind"] = forms.ChoiceField(
            label=_("The lower unit needs"), choices=ReturnNeed.Kind.choices, required=False
        )
        fields[f"want_{n}_text"] = forms.CharField(label=_("What exactly"), required=False, max_length=200)
    for n in range(FOLLOW_UP_ROWS):
        fields[f"follow_up_{n}"] = DayField(
            label=_("Follow-up %(number)d on") % {"number": n + 1},
            required=n == 0,
            initial=timezone.localdate() + datetime.timedelta(days=(3, 14, 30)[n]) if n == 0 else None,
        )


_FIELDS: Mapping[str, Maker] = {
    "text": _text,
    "contact": _line,
    "reservation": _line,
    "place": _line,
    "due_at": _moment,
    "expected_at": _moment,
    "care_ended_at": _moment,
    "died_at": _moment,
    "expected_return_on": _forecast,
    "next_date": _day,
    "capacity_confirmed": _tick,
    "hand_to_coordinator": _tick,
    "keeps_request": _tick,
    "institution_id": _institution,
    "transporter_id": _transporter,
    "department_id": _department,
    "disposition": _disposition,
    "agreed_by": _agreed_by,
    "override_code": _override_code,
    "override_text": _line,
    "ball_side": _ball_side,
    "transport": _transport,
    "needs": _needs,
    "stability": _stability,
    "plan": _plan,
}


class MessageForm(CommandForm):
    text = forms.CharField(label=_("Message"), max_length=2000, widget=_area(2))


class MilestoneForm(CommandForm):
    """A moment of the pathway."""

    code = forms.ChoiceField(label=_("Milestone"))
    occurred_at = MomentField(label=FACT_WORDS["occurred_at"])
    is_certain = forms.BooleanField(
        label=_("The order is right, also where it is unusual"),
        help_text=_("Tick it when the page says that the time contradicts another milestone, and it was so."),
        required=False,
    )

    def __init__(self, choices: list[tuple[str, str]], *args: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **options)
        self.fields["code"].choices = choices  # type: ignore[attr-defined]


class FollowUpForm(CommandForm):
    """What came of a follow-up."""

    state = forms.ChoiceField(label=_("Result"), choices=[("done", _("done")), ("not_possible", _("not possible"))])
    done_on = DayField(label=_("On"))
    note = forms.CharField(label=_("What was found, or why it was not possible"), widget=_area(), max_length=4000)
