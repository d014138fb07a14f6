"""What people type about partners outside the network, and what guests answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of
from lianyi.referrals.commands.partners import PartnerFacts
from lianyi.referrals.facts import StepFacts
from lianyi.referrals.forms.steps import MomentField
from lianyi.referrals.models import ExternalPartner
from lianyi.referrals.states import DeclineReason, Disposition, Urgency
from lianyi.registry.models import Institution

NONE = ("", "—")
# What a guest can tell truly: a return or an onward referral needs a case of its own in the network.
GUEST_DISPOSITIONS = (
    Disposition.HOME,
    Disposition.STAYS,
    Disposition.AGAINST_ADVICE,
    Disposition.DIED,
    Disposition.NO_SERVICE,
)


class PartnerForm(CommandForm):
    """A hospital or person outside the network."""

    name = forms.CharField(label=_("Name"), max_length=200)
    contact = forms.CharField(label=_("Contact person"), max_length=120, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=60, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def facts(self) -> PartnerFacts:
        return PartnerFacts(**{name: self.cleaned_data[name] for name in ("name", "contact", "phone", "email", "note")})


class NewPartnerForm(PartnerForm):
    """A new partner, on the list of one of the actor's institutions."""

    def __init__(self, senders: list[Institution], *args: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **options)
        self.fields["kept_by"] = forms.ChoiceField(
            label=_("Kept by"), choices=[(row.pk, name_of(row)) for row in senders]
        )


def partner_initial(row: ExternalPartner) -> dict[str, Any]:
    return {
        "expected_version": row.version,
        "name": row.name,
        "contact": row.contact,
        "phone": row.phone,
        "email": row.email,
        "note": row.note,
    }


class GuestLinkForm(CommandForm):
    """Why a link for a guest is made."""

    reason = forms.CharField(
        label=_("Why and for whom"), max_length=500, help_text=_("For example: asked for on the telephone, by whom.")
    )


class GuestAnswerForm(CommandForm):
    """An answer of a guest; which fields it has depends on the step."""

    spoken_by = forms.CharField(label=_("Your name and department"), max_length=100)

    def __init__(self, step: str, urgency: str, *args: Any, **options: Any) -> None:  # noqa: ANN401 - those of forms
        # Several of these forms stand on one page.
        super().__init__(*args, **{**options, "auto_id": f"{step}_%s"})
        self.step = step
        getattr(self, f"_for_{step}")(urgency)

    def _for_accept(self, _urgency: str) -> None:
        self.fields["contact"] = forms.CharField(label=_("Whom to call, and the telephone"), max_length=120)
        self.fields["text"] = forms.CharField(label=_("Note"), required=False, max_length=500)

    def _for_decline(self, urgency: str) -> None:
        choices = [NONE, *DeclineReason.choices]
        self.fields["reason_code"] = forms.ChoiceField(label=_("Reason"), choices=choices)
        self.fields["text"] = forms.CharField(label=_("In a sentence"), max_length=500)
        # A guest knows no institution of the registry; in an emergency the coordinator finds the way on.
        self.hands_on = urgency != Urgency.ROUTINE

    def _for_arrive(self, _urgency: str) -> None:
        now = timezone.localtime().replace(second=0, microsecond=0)
        self.fields["occurred_at"] = MomentField(label=_("Arrived at"), initial=now)

    def _for_send_outcome(self, _urgency: str) -> None:
        choices = [NONE, *((each.value, each.label) for each in GUEST_DISPOSITIONS)]
        self.fields["disposition"] = forms.ChoiceField(label=_("What became of the patient"), choices=choices)
        self.fields["text"] = forms.CharField(label=_("Outcome"), widget=forms.Textarea(attrs={"rows": 4}))

    def facts(self) -> StepFacts:
        data = self.cleaned_data
        names = ("contact", "text", "reason_code", "occurred_at", "disposition", "spoken_by")
        given = {name: data[name] for name in names if data.get(name)}
        if getattr(self, "hands_on", False):
            given["hand_to_coordinator"] = True
        return StepFacts(**given)
