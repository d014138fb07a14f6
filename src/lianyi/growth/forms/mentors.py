"""What people type about mentors and apprentices, turned into what the commands take."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.growth.commands.logbooks import MOST_CASES, NewLine
from lianyi.growth.commands.mentors import NewGoal, NewPair
from lianyi.growth.mentor_texts import goal_word
from lianyi.growth.models import DepartmentTechnique, MentorGoal, MentorPair, SupervisionLevel
from lianyi.growth.queries import mentors as queries
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of
from lianyi.partnerships.models import Agreement, AgreementParty
from lianyi.registry.models import Staff

NONE = ("", "—")
TEACHING_SIDES = (AgreementParty.Side.SUPPORTING, AgreementParty.Side.MUTUAL, AgreementParty.Side.ORGANISER)


def _people(institutions: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - ids as a query gives them
    rows = Staff.objects.filter(institution_id__in=institutions, employed_to__isnull=True)
    found = rows.select_related("institution").order_by("institution__code", "code")
    return [(str(row.pk), f"{row.institution.code}/{row.code} {name_of(row)}") for row in found]


class PairForm(CommandForm):
    """A mentor of the side that teaches, usually posted there, and an apprentice of the side that learns."""

    mentor = forms.ChoiceField(label=_("Mentor"))
    apprentice = forms.ChoiceField(label=_("Apprentice"))
    starts_on = forms.DateField(label=_("From"))
    planned_to = forms.DateField(label=_("Planned to"), required=False)
    duty = forms.ChoiceField(label=_("Counts toward the duty"), required=False)

    def __init__(self, agreement: Agreement, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        parties = agreement.parties.order_by("pk")
        teaching = parties.filter(side__in=TEACHING_SIDES).values("institution_id")
        learning = parties.exclude(side=AgreementParty.Side.SUPPORTING).values("institution_id")
        self.duties = {str(row.pk): row for row in queries.pair_duties(agreement)}
        self.fields["mentor"].choices = [NONE, *_people(teaching)]  # type: ignore[attr-defined]
        self.fields["apprentice"].choices = [NONE, *_people(learning)]  # type: ignore[attr-defined]
        self.fields["duty"].choices = [  # type: ignore[attr-defined]
            NONE,
            *((key, f"{row.code} {name_of(row, 'title')}") for key, row in self.duties.items()),
        ]

    def new(self) -> NewPair:
        given = self.cleaned_data
        return NewPair(
            mentor=Staff.objects.get(pk=int(given["mentor"])),
            apprentice=Staff.objects.get(pk=int(given["apprentice"])),
            starts_on=given["starts_on"],
            planned_to=given["planned_to"],
            duty=self.duties.get(given["duty"]),
        )


class GoalForm(CommandForm):
    """What the apprentice is to be able to do by when."""

    technique = forms.ChoiceField(label=_("Technique of the ladder"), required=False)
    words = forms.CharField(label=_("Or in words"), max_length=200, required=False)
    level = forms.ChoiceField(label=_("Level wanted"), choices=SupervisionLevel.choices, initial=SupervisionLevel.ALONE)
    due_on = forms.DateField(label=_("Due on"))

    def __init__(self, actor: Actor, pair: MentorPair, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        rows = DepartmentTechnique.objects.filter(institution_id=pair.apprentice.institution_id).order_by("code")
        self.techniques = {str(row.pk): row for row in scoped(actor, rows)}
        self.fields["technique"].choices = [  # type: ignore[attr-defined]
            NONE,
            *((key, f"{row.code} {name_of(row)}") for key, row in self.techniques.items()),
        ]

    def new(self) -> NewGoal:
        given = self.cleaned_data
        technique = self.techniques.get(given["technique"])
        return NewGoal(level=given["level"], due_on=given["due_on"], technique=technique, words=given["words"])


class GoalCorrectionForm(GoalForm):
    """A goal as it should have been written, and why it is corrected."""

    why = forms.CharField(
        label=_("Why is the record corrected?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    @staticmethod
    def initial_of(row: MentorGoal) -> dict[str, Any]:
        return {
            "technique": str(row.technique_id or ""),
            "words": row.words,
            "level": row.level,
            "due_on": row.due_on,
            "expected_version": row.version,
        }


class LineForm(CommandForm):
    """A line of the logbook; few fields, for the phone."""

    goal = forms.ChoiceField(label=_("Goal"))
    done_on = forms.DateField(label=_("Done on"))
    level = forms.ChoiceField(label=_("Level of supervision"), choices=SupervisionLevel.choices)
    count = forms.IntegerField(label=_("Cases"), min_value=1, max_value=MOST_CASES, initial=1)
    remark = forms.CharField(
        label=_("Remark"), max_length=300, required=False, help_text=_("Nothing that leads to a patient.")
    )

    def __init__(self, goals: list[MentorGoal], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.goals = {str(row.pk): row for row in goals}
        self.fields["goal"].choices = [(key, goal_word(row)) for key, row in self.goals.items()]  # type: ignore[attr-defined]

    def chosen_goal(self) -> MentorGoal:
        return self.goals[self.cleaned_data["goal"]]

    def new(self) -> NewLine:
        given = self.cleaned_data
        return NewLine(done_on=given["done_on"], level=given["level"], count=given["count"], remark=given["remark"])


class LevelForm(CommandForm):
    """At which level the apprentice works from which day on."""

    level = forms.ChoiceField(label=_("Level"), choices=SupervisionLevel.choices)
    since = forms.DateField(label=_("From"))


class EndPairForm(CommandForm):
    ended_on = forms.DateField(label=_("Ended on"))
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class AnswerForm(CommandForm):
    """A confirmation or a signature needs no word, a refusal does."""

    reason = forms.CharField(
        label=_("Reason"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
