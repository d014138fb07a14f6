"""The page on which a draft is finished, as a form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.referrals.commands.drafts import DraftChanges
from lianyi.referrals.commands.sending import Finish, Sending
from lianyi.referrals.forms import packets
from lianyi.referrals.forms.files import FilesField, new_attachments
from lianyi.referrals.forms.new_referral import CONSENT_CHOICES, NONE, SENDING_CHOICES, AsksPacket
from lianyi.referrals.forms.receivers import ReceiversField
from lianyi.referrals.forms.steps import MomentField
from lianyi.referrals.models import Request
from lianyi.referrals.policies import policy_of
from lianyi.referrals.queries_writing import Draft


class DraftForm(AsksPacket):
    """The form of a draft, what stands beside it, and further receivers."""

    packet_version = forms.IntegerField(widget=forms.HiddenInput)
    consent = forms.ChoiceField(label=_("Agreement of the patient or family"), required=False, choices=CONSENT_CHOICES)
    first_contact_at = MomentField(label=_("First medical contact"), required=False)
    override_code = forms.ChoiceField(
        label=_("Reason for going outside the rules"),
        required=False,
        choices=[NONE, *Request.Override.choices],
        help_text=_("For a place without an agreement, or beside a live referral."),
    )
    override_text = forms.CharField(label=_("The same in a sentence"), required=False, max_length=200)
    on_behalf_of = forms.CharField(label=_("For the clinician"), required=False, max_length=100)
    sending = forms.ChoiceField(label=_("Several receivers"), required=False, choices=SENDING_CHOICES)
    receivers = ReceiversField()
    uploads = FilesField(label=_("Pictures and reports"), required=False)

    def __init__(self, draft: Draft, *args: Any, **options: Any) -> None:  # noqa: ANN401 - those of forms
        super().__init__(*args, **options)
        self.draft = draft
        row = draft.request
        self.ask_packet(policy_of(row.policy), row.urgency, row.direction, row.condition)
        self.initial = {**initial_of(draft), **packets.initial_of(draft.packet.values, self.items), **self.initial}

    def beside(self) -> list[forms.BoundField]:
        names = ("consent", "first_contact_at", "override_code", "override_text", "on_behalf_of", "sending", "uploads")
        return [self[name] for name in names]

    def packet_values(self) -> dict[str, Any]:
        given = packets.values_of(self.cleaned_data, self.items)
        return {**given, **packets.reason_values(self.items, self.draft.request.reason)}

    def finish(self, *, sends: bool) -> Finish:
        data = self.cleaned_data
        return Finish(
            values=self.packet_values(),
            changes=DraftChanges(
                basis=data["consent"] or Request.Basis.CONSENT,
                has_consent=data["consent"] == Request.Basis.CONSENT,
                override_code=data["override_code"],
                override_text=data["override_text"],
                on_behalf_of=data["on_behalf_of"],
                first_contact_at=data["first_contact_at"],
            ),
            receivers=tuple(data["receivers"]),
            files=new_attachments(data["uploads"]),
            sending=self._sending() if sends else Sending.NOT_YET,
            request_version=data["expected_version"] or self.draft.request.version,
            packet_version=data["packet_version"],
        )

    def _sending(self) -> Sending:
        chosen = self.cleaned_data["sending"]
        if chosen:
            return Sending(chosen)
        return Sending.AT_ONCE if self.draft.request.is_green else Sending.ONE_BY_ONE


def initial_of(draft: Draft) -> dict[str, Any]:
    row = draft.request
    consent = row.basis if row.has_consent or row.basis == Request.Basis.EMERGENCY else ""
    return {
        "expected_version": row.version,
        "packet_version": draft.packet.version,
        "consent": consent,
        "first_contact_at": row.first_contact_at and timezone.localtime(row.first_contact_at),
        "override_code": row.override_code,
        "override_text": row.override_text,
        "on_behalf_of": row.on_behalf_of,
    }
