"""What people type about secondments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lianyi.growth.commands.secondments import CheckFacts, NewGoal
from lianyi.growth.models.secondments import ReturnOutcome, WantedLevel
from lianyi.growth.return_checks import DueCheck
from lianyi.pages.forms import CommandForm


def months_word(months: int) -> str:
    return ngettext("%(count)s month after", "%(count)s months after", months) % {"count": months}


class GoalForm(CommandForm):
    """What a secondment is for."""

    technique_code = forms.CharField(
        label=_("Technique"), max_length=64, required=False, help_text=_("Its code, where there is one.")
    )
    words = forms.CharField(label=_("Goal in words"), max_length=300, required=False)
    level = forms.ChoiceField(
        label=_("Level wanted at home"), choices=WantedLevel.choices, initial=WantedLevel.INDEPENDENT
    )

    def new(self) -> NewGoal:
        given = self.cleaned_data
        return NewGoal(level=given["level"], technique_code=given["technique_code"], words=given["words"])


class CheckForm(CommandForm):
    """What was found so many months after the return."""

    checked_on = forms.DateField(label=_("Checked on"))
    outcome = forms.ChoiceField(
        label=_("What the person does now"), choices=ReturnOutcome.choices, widget=forms.RadioSelect
    )
    evidence = forms.CharField(
        label=_("What shows it"),
        max_length=400,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("In words, such as cases done alone since when. No names of patients."),
    )

    def __init__(self, check: DueCheck, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.check = check
        if check.found is not None:
            self.fields["correction"] = forms.CharField(
                label=_("Why is the record corrected?"), max_length=400, widget=forms.Textarea({"rows": 2})
            )

    def said(self) -> CheckFacts:
        given = self.cleaned_data
        return CheckFacts(
            months=self.check.months,
            checked_on=given["checked_on"],
            outcome=given["outcome"],
            evidence=given["evidence"],
        )
