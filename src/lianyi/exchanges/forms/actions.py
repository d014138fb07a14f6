"""What people type about actions, turned into what the commands take."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.actors import Actor
from lianyi.exchanges.commands import ActionFacts, NewAction, Ownership
from lianyi.exchanges.forms.visits import NONE, StaffField, staff_text
from lianyi.exchanges.machines.actions import ActionStep
from lianyi.exchanges.models import Action, Point
from lianyi.exchanges.partnership import agreements_in_line
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of
from lianyi.partnerships.forms import InstitutionField
from lianyi.partnerships.models import Duty

LONGEST_TITLE = 300


def duty_choices(point: Point) -> list[tuple[str, str]]:
    """Return the duties of the agreement, and of those in line with it, that an action may serve."""
    agreement = point.visit.agreement
    if agreement is None:
        return [NONE]
    rows = Duty.objects.filter(agreement_id__in=agreements_in_line(agreement)).select_related("agreement")
    ordered = rows.order_by("agreement__code", "code")
    return [NONE, *((str(row.pk), f"{row.agreement.code} {row.code} {name_of(row, 'title')}") for row in ordered)]


class _OwnerFields(CommandForm):
    """Who does it, who helps, until when."""

    owner = InstitutionField(label=_("Owner institution"))
    owner_staff = StaffField(label=_("Owner in person"))
    owner_function = forms.CharField(
        label=_("Owner by function"), max_length=100, required=False, help_text=_("Such as: head of the office.")
    )
    supporter = InstitutionField(label=_("Supporter"), required=False)
    due_on = forms.DateField(label=_("Due on"))

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - those of every form
        super().__init__(*args, **kwargs)
        staff = self.fields["owner_staff"]
        if isinstance(staff, StaffField):
            staff.actor = actor

    def ownership(self) -> Ownership | None:
        given = self.cleaned_data
        if given.get("owner") is None or given.get("due_on") is None:
            return None
        return Ownership(
            owner_id=given["owner"].pk,
            due_on=given["due_on"],
            owner_staff_id=None if given["owner_staff"] is None else given["owner_staff"].pk,
            owner_function=given["owner_function"],
            supporter_id=None if given["supporter"] is None else given["supporter"].pk,
        )


def owner_values(row: Action) -> dict[str, Any]:
    """Return what a form shows of who owns an action now."""
    return {
        "owner": "" if row.owner is None else row.owner.code,
        "owner_staff": staff_text(row.owner_staff),
        "owner_function": row.owner_function,
        "supporter": "" if row.supporter is None else row.supporter.code,
        "due_on": row.due_on,
        "expected_version": row.version,
    }


class MakeActionForm(_OwnerFields):
    """An action made of a point; owner and day may follow later."""

    def __init__(self, actor: Actor, point: Point, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(actor, *args, **kwargs)
        for name in ("owner", "due_on"):
            self.fields[name].required = False
        words = {
            "title_zh": forms.CharField(label=_("What is to be done, in Chinese"), max_length=300, required=False),
            "title_en": forms.CharField(label=_("What is to be done, in English"), max_length=300, required=False),
        }
        if point.is_confidential:
            words["title_zh"].help_text = _("Name no person here: the owner reads this line, and not the difficulty.")
        self.fields = {"command_key": self.fields["command_key"], **words, **self.fields}
        self.fields["duty"] = forms.ChoiceField(label=_("Serves the duty"), choices=duty_choices(point), required=False)
        self.fields["indicator_code"] = forms.CharField(label=_("Code of the indicator"), max_length=40, required=False)
        self.fields["indicator_words"] = forms.CharField(label=_("Indicator in words"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("owner") is None) != (data.get("due_on") is None) and not self.errors:
            self.add_error("due_on", forms.ValidationError(_("Owner and day are given together, or both later.")))
        return data

    def new(self) -> NewAction:
        given = self.cleaned_data
        return NewAction(
            title_zh=given["title_zh"],
            title_en=given["title_en"],
            duty_id=int(given["duty"]) if given["duty"] else None,
            indicator_code=given["indicator_code"],
            indicator_words=given["indicator_words"],
            ownership=self.ownership(),
        )


class ChangeActionForm(CommandForm):
    """The words of an action and what it serves."""

    title_zh = forms.CharField(label=_("What is to be done, in Chinese"), max_length=300, required=False)
    title_en = forms.CharField(label=_("What is to be done, in English"), max_length=300, required=False)
    indicator_code = forms.CharField(label=_("Code of the indicator"), max_length=40, required=False)
    indicator_words = forms.CharField(label=_("Indicator in words"), max_length=200, required=False)

    def __init__(self, row: Action, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - those of every form
        super().__init__(*args, **kwargs)
        self.fields["duty"] = forms.ChoiceField(
            label=_("Serves the duty"), choices=duty_choices(row.point), required=False
        )

    def changes(self) -> dict[str, Any]:
        given = self.cleaned_data
        names = ("title_zh", "title_en", "indicator_code", "indicator_words")
        return {**{name: given[name] for name in names}, "duty_id": int(given["duty"]) if given["duty"] else None}


class HandOverForm(_OwnerFields):
    """Another owner, supporter or day, with the reason."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}))


class ActionStepForm(_OwnerFields):
    """One step of an action's life, with what the table of steps asks for."""

    def __init__(self, actor: Actor, step: ActionStep, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(actor, *args, **kwargs)
        if "owner" not in step.asks:
            for name in ("owner", "owner_staff", "owner_function", "supporter", "due_on"):
                del self.fields[name]
        if "done_on" in step.asks:
            self.fields["done_on"] = forms.DateField(label=_("Done on"))
            self.fields["evidence"] = forms.CharField(
                label=_("What shows that it is done"), widget=forms.Textarea(attrs={"rows": 3})
            )
        if "check_words" in step.asks:
            self.fields["check_words"] = forms.CharField(
                label=_("What the check found"), widget=forms.Textarea(attrs={"rows": 3})
            )
        if step.needs_reason:
            self.fields["reason"] = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}))

    def stated(self) -> ActionFacts:
        given = self.cleaned_data
        return ActionFacts(
            ownership=self.ownership(),
            done_on=given.get("done_on"),
            evidence=given.get("evidence", ""),
            check_words=given.get("check_words", ""),
        )
