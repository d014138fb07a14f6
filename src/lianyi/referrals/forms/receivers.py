"""Ticked receivers: institutions of the registry as ``i5``, partners outside the network as ``p3``."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianyi.pages.forms import CommandForm
from lianyi.referrals.commands.receivers import Receiver
from lianyi.referrals.commands.routing import Override
from lianyi.referrals.models import Request

_VALUE = re.compile(r"([ip])(\d{1,18})\Z")


class ReceiversField(forms.Field):
    """The ticks of the list of destinations, in the order in which they stand; the command checks each."""

    widget = forms.SelectMultiple

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - those of every field
        super().__init__(required=False, label=_("Receivers"), **options)

    def to_python(self, value: Any) -> list[Receiver]:  # noqa: ANN401 - Django's signature
        found = []
        for each in dict.fromkeys(value or ()):
            match = _VALUE.fullmatch(each)
            if match is None:
                raise forms.ValidationError(_("Choose the receivers from the list."))
            key = int(match[2])
            found.append(Receiver(institution_id=key) if match[1] == "i" else Receiver(external_partner_id=key))
        return found


def institution_value(pk: int) -> str:
    return f"i{pk}"


def partner_value(pk: int) -> str:
    return f"p{pk}"


class RouteForm(CommandForm):
    """One receiver, chosen from the list; where no agreement joins the two sides, the reason for going there."""

    receiver = forms.RegexField(
        regex=_VALUE, strip=True, error_messages={"invalid": _("Choose the receivers from the list.")}
    )

    override_code = forms.ChoiceField(
        label=_("Reason for going outside the rules"),
        required=False,
        choices=[("", "—"), *Request.Override.choices],
        help_text=_("Only for a place that no agreement joins with the sender."),
    )
    override_text = forms.CharField(label=_("The same in a sentence"), required=False, max_length=200)

    def override(self) -> Override | None:
        """Return the reason given; None where nothing was said."""
        data = self.cleaned_data
        if not data["override_code"] and not data["override_text"].strip():
            return None
        return Override(code=data["override_code"], text=data["override_text"])

    def chosen(self) -> Receiver:
        """Return the receiver that was chosen."""
        value = self.cleaned_data["receiver"]
        kind, key = value[0], int(value[1:])
        return Receiver(institution_id=key) if kind == "i" else Receiver(external_partner_id=key)
