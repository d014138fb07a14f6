"""What people type about a team."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.actors import Actor
from lianyi.dispatch.commands import NewTeam
from lianyi.dispatch.forms import PostingCommandForm, StaffField
from lianyi.dispatch.texts import batch_word
from lianyi.partnerships.models import Agreement


class TeamForm(PostingCommandForm):
    """People who work as one, with a leader where there is one already."""

    code = forms.CharField(label=_("Code"), max_length=32)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=100)
    name_en = forms.CharField(label=_("English name"), max_length=100, required=False)
    batch = forms.ChoiceField(label=_("Batch"), required=False)

    def __init__(self, actor: Actor, agreement: Agreement, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        batches = [(row.pk, batch_word(row)) for row in agreement.batches.order_by("number")]
        self.fields["batch"] = forms.ChoiceField(label=_("Batch"), required=False, choices=[("", "—"), *batches])
        self.fields["leader"] = StaffField(actor, label=_("Leader"), required=False)

    def new(self) -> NewTeam:
        given = self.cleaned_data
        return NewTeam(
            code=given["code"],
            name_zh=given["name_zh"],
            name_en=given["name_en"],
            batch_id=int(given["batch"]) if given["batch"] else None,
            leader_id=None if given["leader"] is None else given["leader"].pk,
        )
