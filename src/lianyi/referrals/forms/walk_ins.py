"""The form for a patient who came first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of
from lianyi.partnerships.forms import InstitutionField
from lianyi.referrals.commands.walk_ins import WalkIn
from lianyi.referrals.forms.new_referral import problem_choices
from lianyi.referrals.forms.steps import DayField, MomentField
from lianyi.referrals.identities import PatientFacts
from lianyi.referrals.models import PatientIdentity, Sex
from lianyi.referrals.problems import code_of
from lianyi.referrals.resident_numbers import facts_of
from lianyi.referrals.states import Urgency
from lianyi.registry.models import Institution


class WalkInForm(CommandForm):
    """Where and when, from which unit, who, and with what."""

    institution = forms.TypedChoiceField(label=_("Institution"), coerce=int)
    arrived_at = MomentField(label=_("Arrived at the hospital"))
    unit = InstitutionField(label=_("Unit that the patient came from, or that looks after the patient at home"))
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency.choices, initial=Urgency.URGENT)
    patient_name = forms.CharField(label=_("Patient's name"), max_length=100)
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices, initial=Sex.UNKNOWN)
    id_kind = forms.ChoiceField(label=_("Identity document"), choices=PatientIdentity.IdKind.choices)
    id_number = forms.CharField(label=_("Number of the document"), required=False, max_length=40)
    born_on = DayField(
        label=_("Date of birth"), required=False, help_text=_("Empty takes it from the identity card number.")
    )
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=40)
    problem = forms.ChoiceField(label=_("Problem"), required=False)
    problem_text = forms.CharField(label=_("Problem in words"), required=False, max_length=200)
    text = forms.CharField(label=_("How the patient came"), widget=forms.Textarea(attrs={"rows": 2}))
    has_consent = forms.BooleanField(label=_("The patient or family agrees that the unit hears of it"), required=False)

    def __init__(self, institutions: Sequence[Institution], *args: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **options)
        places = cast("forms.TypedChoiceField", self.fields["institution"])
        places.choices = [(each.pk, name_of(each)) for each in institutions]
        cast("forms.ChoiceField", self.fields["problem"]).choices = problem_choices("")
        self.fields["arrived_at"].initial = timezone.localtime().replace(second=0, microsecond=0)

    def walk_in(self) -> WalkIn:
        given = self.cleaned_data
        return WalkIn(
            institution_id=given["institution"],
            unit_id=given["unit"].pk,
            patient=self._patient(),
            urgency=given["urgency"],
            problem_code=code_of(given["problem"], "", given["problem_text"]),
            problem_text=given["problem_text"],
            arrived_at=given["arrived_at"],
            text=given["text"],
            has_consent=given["has_consent"],
        )

    def _patient(self) -> PatientFacts:
        given = self.cleaned_data
        number = given["id_number"].strip()
        said = facts_of(number)
        is_known = said is not None and given["sex"] == Sex.UNKNOWN
        return PatientFacts(
            name=given["patient_name"],
            sex=said.sex if said is not None and is_known else given["sex"],
            born_on=given["born_on"] or (None if said is None else said.born_on),
            id_kind=given["id_kind"] if number else PatientIdentity.IdKind.NONE,
            id_number=number,
            phone=given["phone"],
        )
