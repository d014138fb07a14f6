"""The form by which an institution says that a patient is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of
from lianyi.referrals.commands.presence import SEEN_IN_A_REGISTER, Presence
from lianyi.referrals.forms.steps import MomentField
from lianyi.referrals.models import PatientIdentity
from lianyi.registry.models import Institution

_DOCUMENTS = [choice for choice in PatientIdentity.IdKind.choices if choice[0] != PatientIdentity.IdKind.NONE]


class PresenceForm(CommandForm):
    """Where, by which document, what, and when."""

    institution = forms.TypedChoiceField(label=_("Institution"), coerce=int)
    id_kind = forms.ChoiceField(label=_("Identity document"), choices=_DOCUMENTS)
    id_number = forms.CharField(
        label=_("Number of the document"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    fact = forms.ChoiceField(
        label=_("What happened"), choices=[(each.value, each.label) for each in SEEN_IN_A_REGISTER]
    )
    happened_at = MomentField(label=_("When"))

    def __init__(self, institutions: Sequence[Institution], *args: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **options)
        places = cast("forms.TypedChoiceField", self.fields["institution"])
        places.choices = [(each.pk, name_of(each)) for each in institutions]
        self.fields["happened_at"].initial = timezone.localtime().replace(second=0, microsecond=0)

    def presence(self) -> Presence:
        given = self.cleaned_data
        return Presence(
            institution_id=given["institution"],
            id_kind=given["id_kind"],
            id_number=given["id_number"],
            fact=given["fact"],
            happened_at=given["happened_at"],
        )
