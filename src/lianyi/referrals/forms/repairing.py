"""The form on which the records steward corrects who the patient of a journey is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianyi.pages.forms import CommandForm
from lianyi.referrals.forms.steps import DayField
from lianyi.referrals.identities import PatientFacts
from lianyi.referrals.models import PatientIdentity
from lianyi.referrals.models.cases import Sex
from lianyi.referrals.states import EntryReason

_KEPT = ("sex", "born_on", "id_kind", "id_number", "phone", "address", "contact_name")


class IdentityForm(CommandForm):
    """Who the patient is, as the document says."""

    reason_code = forms.ChoiceField(label=_("Why it is corrected"), choices=[("", "—"), *EntryReason.choices])
    patient_name = forms.CharField(label=_("Patient's name"), max_length=100)
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices)
    born_on = DayField(label=_("Date of birth"), required=False)
    id_kind = forms.ChoiceField(label=_("Identity document"), choices=PatientIdentity.IdKind.choices)
    id_number = forms.CharField(label=_("Number of the document"), required=False, max_length=40)
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=40)
    address = forms.CharField(label=_("Address"), required=False, max_length=200)
    contact_name = forms.CharField(label=_("Family member"), required=False, max_length=100)

    def __init__(self, row: PatientIdentity, *args: Any, **options: Any) -> None:  # noqa: ANN401 - those of forms
        initial = {name: getattr(row, name) for name in _KEPT}
        initial |= {"patient_name": row.name, "expected_version": row.version}
        super().__init__(*args, **{**options, "initial": initial})
        self.row = row

    def patient(self) -> PatientFacts:
        given = self.cleaned_data
        kept = {name: given[name] for name in _KEPT}
        return PatientFacts(name=given["patient_name"], language=self.row.language, **kept)
