"""What the lower unit has of the needs of a transfer back, and which help it asks for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianyi.pages.forms import CommandForm
from lianyi.referrals.facts import NeedAnswer
from lianyi.referrals.models import ReturnNeed

_ANSWERS = ((ReturnNeed.Answer.YES.value, _("yes, we have it")), (ReturnNeed.Answer.NO.value, _("no")))


class NeedsForm(CommandForm):
    """One yes or no for each need; beside a no, the help that is asked of the upper hospital."""

    def __init__(self, needs: Sequence[ReturnNeed], *args: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **options)
        self.needs = needs
        helps = [("", _("none")), *ReturnNeed.Help.choices]
        for need in needs:
            named = f"{need.get_kind_display()}: {need.description}"
            given = need.answer if need.answer == ReturnNeed.Answer.YES else ReturnNeed.Answer.NO
            self.fields[f"need_{need.pk}"] = forms.ChoiceField(
                label=named,
                choices=_ANSWERS,
                widget=forms.RadioSelect,
                initial="" if need.answer == ReturnNeed.Answer.OPEN else given,
            )
            self.fields[f"help_{need.pk}"] = forms.ChoiceField(
                label=_("Help asked for %(need)s") % {"need": named},
                choices=helps,
                initial=need.asked_help,
                required=False,
            )

    def answers(self) -> tuple[NeedAnswer, ...]:
        given = self.cleaned_data
        found = []
        for need in self.needs:
            answer = given[f"need_{need.pk}"]
            asked_help = given[f"help_{need.pk}"] if answer == ReturnNeed.Answer.NO else ""
            found.append(NeedAnswer(need_id=need.pk, answer=answer, asked_help=asked_help))
        return tuple(found)
