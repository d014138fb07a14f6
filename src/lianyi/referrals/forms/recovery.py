"""The forms of stages of recovery."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of
from lianyi.referrals.commands.returns import NewStage
from lianyi.referrals.forms.steps import DayField
from lianyi.referrals.models import RecoveryStage
from lianyi.registry.models import Institution

_SCORE: dict[str, Any] = {"max_digits": 6, "decimal_places": 1, "required": False}


class BeginStageForm(CommandForm):
    """A stage that begins at one of the reader's institutions."""

    institution_id = forms.TypedChoiceField(label=_("Institution"), coerce=int)
    stage = forms.ChoiceField(label=_("Stage"), choices=RecoveryStage.Stage.choices)
    started_on = DayField(label=_("From"), initial=timezone.localdate)
    scale = forms.CharField(
        label=_("Scale"), max_length=40, required=False, help_text=_("For example Barthel index, FIM, NIHSS.")
    )
    score_in = forms.DecimalField(label=_("Score at the start"), **_SCORE)

    def __init__(self, institutions: Sequence[Institution], *args: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **options)
        places = cast("forms.TypedChoiceField", self.fields["institution_id"])
        places.choices = [(each.pk, name_of(each)) for each in institutions]

    def new(self) -> NewStage:
        names = ("institution_id", "stage", "started_on", "scale", "score_in")
        return NewStage(**{name: self.cleaned_data[name] for name in names})


class EndStageForm(CommandForm):
    """The end of a stage, with the score on the scale of its start."""

    ended_on = DayField(label=_("To"), initial=timezone.localdate)
    score_out = forms.DecimalField(label=_("Score at the end"), **_SCORE)
