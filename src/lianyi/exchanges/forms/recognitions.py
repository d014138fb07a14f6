"""What people type about recognition and thanks, turned into what the commands take."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.actors import Actor
from lianyi.exchanges.commands import NewRecognition
from lianyi.exchanges.forms.visits import NONE, StaffField, staff_text
from lianyi.exchanges.models import ExchangeVisit, Recognition, RecognitionKind
from lianyi.exchanges.queries.visits import agreements_to_visit_under
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of
from lianyi.partnerships.forms import InstitutionField

_PLAIN = ("kind", "given_on", "to_words", "what_for_zh", "what_for_en", "gift", "handed_over_on")


class RecognitionForm(CommandForm):
    """Recognition, thanks or a gift, new or changed."""

    kind = forms.ChoiceField(label=_("Kind"), choices=RecognitionKind.choices)
    given_on = forms.DateField(label=_("Given on"))
    to_staff = StaffField(label=_("To the staff member"))
    to_words = forms.CharField(
        label=_("To whom, in words"), max_length=200, required=False, help_text=_("Such as: all members, a family.")
    )
    what_for_zh = forms.CharField(label=_("What for, in Chinese"), max_length=500, required=False)
    what_for_en = forms.CharField(label=_("What for, in English"), max_length=500, required=False)
    given_by = InstitutionField(label=pgettext_lazy("recognition", "Given by"))
    gift = forms.CharField(label=_("Gift in words"), max_length=300, required=False)
    handed_over_on = forms.DateField(label=_("Handed over on"), required=False)

    def __init__(
        self,
        actor: Actor,
        *args: Any,  # noqa: ANN401 - those of every form
        row: Recognition | None = None,
        visit: ExchangeVisit | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        self.visit = visit
        staff = self.fields["to_staff"]
        if isinstance(staff, StaffField):
            staff.actor = actor
        if row is not None:
            return
        code = forms.CharField(label=_("Code"), max_length=32)
        first: dict[str, Any] = {"command_key": self.fields["command_key"], "code": code}
        if visit is None:
            self.agreements = {str(each.pk): each for each in agreements_to_visit_under(actor)}
            named = [(key, f"{each.code} {name_of(each, 'title')}") for key, each in self.agreements.items()]
            first["agreement"] = forms.ChoiceField(label=_("Agreement"), choices=[NONE, *named], required=False)
        self.fields = {**first, **self.fields}

    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        to_staff = given["to_staff"]
        return {
            **{name: given[name] for name in _PLAIN},
            "to_staff_id": None if to_staff is None else to_staff.pk,
            "given_by_id": given["given_by"].pk,
        }

    def new(self) -> NewRecognition:
        agreement = self.cleaned_data.get("agreement") or ""
        return NewRecognition(
            code=self.cleaned_data["code"],
            agreement_id=int(agreement) if agreement else None,
            visit_id=None if self.visit is None else self.visit.pk,
            **self.facts(),
        )

    @staticmethod
    def initial_of(row: Recognition) -> dict[str, Any]:
        plain = {name: getattr(row, name) for name in _PLAIN}
        codes = {"to_staff": staff_text(row.to_staff), "given_by": row.given_by.code}
        return {**plain, **codes, "expected_version": row.version}


class ReasonForm(CommandForm):
    """Why something is taken back."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}))
