"""What people type about quality control, turned into what the commands take."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import User
from lianyi.indicators.commands.quality import Ownership, QualitySays
from lianyi.indicators.models import QualityCase
from lianyi.indicators.quality_machine import Asks, QualityStep
from lianyi.indicators.quality_words import cause_choices
from lianyi.pages.forms import CommandForm

NONE = ("", "—")


def _area(label: Any, **more: Any) -> forms.CharField:  # noqa: ANN401 - a lazy text
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": 3}), **more)


class _OwnerFields(CommandForm):
    """Who does it until when: a person with a login, or words for somebody who has none."""

    owner = forms.ChoiceField(label=pgettext_lazy("quality control case", "Owner"), required=False)
    owner_words = forms.CharField(
        label=_("Owner in words"),
        max_length=100,
        required=False,
        help_text=_("For somebody without a login, such as: head of the operating theatre."),
    )
    due_on = forms.DateField(label=_("Due on"))

    def __init__(self, people: Sequence[User], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - of every form
        super().__init__(*args, **kwargs)
        field = self.fields["owner"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [NONE, *((str(user.pk), str(user)) for user in people)]

    def ownership(self) -> Ownership:
        given = self.cleaned_data
        owner = given["owner"]
        return Ownership(
            due_on=given["due_on"], owner_id=int(owner) if owner else None, owner_words=given["owner_words"]
        )


def owner_values(row: QualityCase) -> dict[str, Any]:
    """Return what a form shows of who owns a case now."""
    return {
        "owner": "" if row.owner_id is None else str(row.owner_id),
        "owner_words": row.owner_words,
        "due_on": row.due_on,
        "expected_version": row.version,
    }


class QualityStepForm(_OwnerFields):
    """One step of a case, with what the table of steps asks for."""

    def __init__(self, step: QualityStep, people: Sequence[User], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(people, *args, **kwargs)
        self.step = step
        if step.asks not in (Asks.OWNER, Asks.ACTION):
            for name in ("owner", "owner_words", "due_on"):
                del self.fields[name]
        if step.asks is Asks.ACTION:
            what = forms.CharField(label=_("What is done"), max_length=400)
            self.fields = {"command_key": self.fields["command_key"], "what": what, **self.fields}
            self.fields["owner"].label = _("Who does it")
            self.fields["owner_words"].label = _("Who does it, in words")
        if step.asks is Asks.CAUSE:
            kinds = [NONE, *cause_choices(timezone.localdate())]
            self.fields["cause_kind"] = forms.ChoiceField(label=_("Kind of cause"), choices=kinds)
            self.fields["cause"] = _area(_("Cause"))
        if step.asks is Asks.VERDICT:
            self.fields["words"] = _area(
                _("What the check found"),
                help_text=_("What you saw beside the chart: records, talks, the work itself."),
            )
        if step.needs_reason:
            self.fields["reason"] = _area(_("Reason"))

    def says(self) -> QualitySays:
        given = self.cleaned_data
        return QualitySays(
            ownership=self.ownership() if "due_on" in self.fields else None,
            cause_kind=given.get("cause_kind", ""),
            cause=given.get("cause", ""),
            what=given.get("what", ""),
            words=given.get("words", ""),
        )


class HandOverForm(_OwnerFields):
    """Another owner or day, with the reason."""

    reason = _area(_("Reason"))


class FinishActionForm(CommandForm):
    """That an action is done."""

    done_on = forms.DateField(label=_("Done on"))
    evidence = _area(_("Evidence that it is done"))


class ReasonForm(CommandForm):
    """Only a reason."""

    reason = _area(_("Reason"))


class OpenCaseForm(CommandForm):
    """A case is opened from the signal of the page; nothing more is asked."""


class RebaseForm(CommandForm):
    """Where a chart begins anew."""

    period_start = forms.ChoiceField(label=_("From the period"))
    reason = _area(
        _("What was changed in the work"),
        help_text=_("A chart begins anew because people changed the work, never because its points look otherwise."),
    )

    def __init__(self, periods: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        field = self.fields["period_start"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(periods)

    def start(self) -> datetime.date:
        return datetime.date.fromisoformat(self.cleaned_data["period_start"])
