"""What people type about capability cycles, turned into what the commands take."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.actors import Actor
from lianyi.growth.commands.cycle_plans import Judgement, NewLine
from lianyi.growth.commands.cycles import NewCycle, NewGap
from lianyi.growth.line_records import LINKS, linkable
from lianyi.growth.models import (
    CapabilityCycle,
    CapabilityGap,
    GapOrigin,
    GapPlanLine,
    GapReview,
    HelpKind,
    LineState,
    OwnerSide,
    ReviewResult,
)
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of
from lianyi.registry.models import Institution
from lianyi.registry.reference_names import numbered_choices, reference_choices
from lianyi.rules.checklists import MOST_PRIORITY

NONE = ("", "—")
DISTANCES = (("1", _("nothing of it")), ("0.66", _("far from it")), ("0.33", _("near it")))
PRIORITIES = ((3, _("high")), (2, _("middle")), (1, _("low")))


def _words(rows: int = 2) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class CycleForm(CommandForm):
    """A cycle, opened or changed."""

    started_on = forms.DateField(label=_("Begins on"))
    review_due_on = forms.DateField(label=_("Review due on"), required=False)
    aim = forms.CharField(label=_("What this cycle is for"), required=False, widget=_words(3), max_length=2000)

    def new(self) -> NewCycle:
        data = self.cleaned_data
        return NewCycle(started_on=data["started_on"], aim=data["aim"], review_due_on=data["review_due_on"])


class ChangeCycleForm(CommandForm):
    """What a cycle is for and when it is looked back on."""

    review_due_on = forms.DateField(label=_("Review due on"), required=False)
    aim = forms.CharField(label=_("What this cycle is for"), required=False, widget=_words(3), max_length=2000)

    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("aim", "review_due_on")}

    @staticmethod
    def initial_of(row: CapabilityCycle) -> dict[str, Any]:
        return {"aim": row.aim, "review_due_on": row.review_due_on, "expected_version": row.version}


class CycleMoveForm(CommandForm):
    """The next step of the cycle, with its day."""

    day = forms.DateField(label=_("On"))
    note = forms.CharField(label=_("Note"), required=False, widget=_words(), max_length=1000)


class GapForm(CommandForm):
    """A gap that no figure shows."""

    institution = forms.ChoiceField(label=_("Institution"))
    specialty = forms.ChoiceField(label=_("Specialty"), required=False)
    profession = forms.ChoiceField(label=_("Profession, where people are missing"), required=False)
    words_zh = forms.CharField(label=_("What is missing"), widget=_words(), max_length=400)
    words_en = forms.CharField(label=_("The same in English"), required=False, widget=_words(), max_length=400)
    priority = forms.TypedChoiceField(label=_("Weight of it"), choices=PRIORITIES, coerce=int, initial=2)
    distance = forms.TypedChoiceField(label=_("How far off"), choices=DISTANCES, coerce=float)

    def __init__(self, institutions: list[Institution], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as forms
        super().__init__(*args, **kwargs)
        self.institutions = {str(each.pk): each for each in institutions}
        _choices(self, "institution", [(key, name_of(each)) for key, each in self.institutions.items()])
        _choices(self, "specialty", [NONE, *numbered_choices("specialties")])
        _choices(self, "profession", [NONE, *reference_choices("professions")])

    def new(self) -> NewGap:
        data = self.cleaned_data
        return NewGap(
            institution=self.institutions[data["institution"]],
            words_zh=data["words_zh"],
            words_en=data["words_en"],
            seen_on=timezone.localdate(),
            specialty=data["specialty"],
            profession=data["profession"],
            priority=data["priority"] / MOST_PRIORITY,
            distance=data["distance"],
        )


def _choices(form: forms.Form, name: str, choices: list[Any]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


class MoveGapForm(CommandForm):
    """A place by hand; empty takes the rule's place again."""

    place = forms.IntegerField(
        label=_("Place"), required=False, min_value=1, help_text=_("Empty: the place that the rule gives.")
    )
    reason = forms.CharField(label=_("Why"), widget=_words(), max_length=1000)


class LineForm(CommandForm):
    """What is planned against a gap."""

    kind = forms.ChoiceField(label=_("Kind of help"), choices=HelpKind.choices)
    what = forms.CharField(label=_("What is planned"), max_length=300)
    owner_side = forms.ChoiceField(label=_("Side that sees to it"), choices=OwnerSide.choices)
    owner = forms.CharField(label=_("Who sees to it"), max_length=120, required=False)
    due_on = forms.DateField(label=_("Due on"))
    duty = forms.ChoiceField(label=_("Toward the duty"), required=False)
    target = forms.CharField(label=_("Target in words"), max_length=200, required=False)
    target_value = forms.FloatField(label=_("Target value"), required=False, min_value=0)
    course = forms.ChoiceField(
        label=_("Carried out by the course"),
        required=False,
        help_text=_("How far a line is, is read from the records that carry it out."),
    )
    technique = forms.ChoiceField(label=_("Carried out by the technique"), required=False)
    mentor_pair = forms.ChoiceField(label=_("Carried out by mentor and apprentice"), required=False)
    project = forms.ChoiceField(label=_("Carried out by the project"), required=False)
    posting_need = forms.ChoiceField(label=_("Carried out by people asked for in the need"), required=False)

    def __init__(self, actor: Actor, gap: CapabilityGap, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as forms
        super().__init__(*args, **kwargs)
        for name, records in linkable(actor, gap).items():
            _choices(self, name, [NONE, *((str(pk), title) for pk, title in records)])
        duties = gap.cycle.agreement.duties.order_by("code")
        _choices(self, "duty", [NONE, *((str(each.pk), f"{each.code} {name_of(each, 'title')}") for each in duties)])

    def facts(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        named = {name: data.pop(name) for name in ("duty", *LINKS)}
        for name in ("command_key", "expected_version"):
            data.pop(name)
        return {**data, **{f"{name}_id": int(pk) if pk else None for name, pk in named.items()}}

    def new(self) -> NewLine:
        return NewLine(**self.facts())

    @staticmethod
    def initial_of(row: GapPlanLine) -> dict[str, Any]:
        names = ("kind", "what", "owner_side", "owner", "due_on", "target", "target_value")
        return {
            **{name: getattr(row, name) for name in names},
            **{name: getattr(row, f"{name}_id") or "" for name in ("duty", *LINKS)},
            "expected_version": row.version,
        }


class EndLineForm(CommandForm):
    """A line of the plan that is done or dropped."""

    state = forms.ChoiceField(
        label=_("What became of it"), choices=[each for each in LineState.choices if each[0] != LineState.PLANNED]
    )
    ended_on = forms.DateField(label=_("On"))
    note = forms.CharField(label=_("What was done, or why it was dropped"), required=False, widget=_words())


class JudgeForm(CommandForm):
    """Whether a gap goes on, and of one written by hand what became of it."""

    result = forms.ChoiceField(label=_("What became of it"), choices=ReviewResult.choices)
    goes_on = forms.TypedChoiceField(
        label=_("Goes on to the next cycle"),
        choices=(("yes", _("yes")), ("no", _("no"))),
        coerce=lambda value: value == "yes",
    )
    note = forms.CharField(label=_("Note"), required=False, widget=_words(), max_length=1000)

    def __init__(self, gap: CapabilityGap, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as forms
        super().__init__(*args, **kwargs)
        if gap.origin != GapOrigin.BY_HAND:
            del self.fields["result"]

    def said(self) -> Judgement:
        data = self.cleaned_data
        return Judgement(goes_on=data["goes_on"], note=data["note"], result=data.get("result", ""))

    @staticmethod
    def initial_of(row: GapReview) -> dict[str, Any]:
        return {
            "result": row.result,
            "goes_on": "yes" if row.goes_on else "no",
            "note": row.note,
            "expected_version": row.version,
        }
