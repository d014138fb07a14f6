"""What people type about techniques, turned into what the commands take."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.actors import Actor
from lianyi.dispatch.models import Posting, PostingKind
from lianyi.growth.commands.growth_corrections import TechniqueCorrection
from lianyi.growth.commands.technique_cases import MOST_CASES, NewCase
from lianyi.growth.commands.techniques import NewTechnique, StepWords
from lianyi.growth.models import CasePart, DepartmentTechnique
from lianyi.growth.queries import techniques as queries
from lianyi.growth.technique_catalogue import technique_book
from lianyi.growth.technique_steps import TechniqueStepRule
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import in_language, name_of
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Staff

NONE = ("", "—")


def item_choices() -> list[tuple[str, str]]:
    """Return the techniques of the catalogue that hold today, and none for one of the department's own."""
    listed = technique_book().on(timezone.localdate()).values()
    names = [(each.technique.id, in_language(each.technique.title.zh, each.technique.title.en)) for each in listed]
    return [("", str(_("one of the department's own"))), *names]


class AgreementChoiceForm(forms.Form):
    """Under which agreement; the departments and duties of the next form follow from it."""

    agreement = forms.ChoiceField(label=_("Agreement"))

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        rows = queries.agreements_to_write(actor)
        self.fields["agreement"].choices = [  # type: ignore[attr-defined]
            (str(each.pk), f"{each.code} {name_of(each, 'title')}") for each in rows
        ]


class TechniqueForm(CommandForm):
    """A technique that a department is to learn."""

    department = forms.ChoiceField(label=_("Department"))
    item = forms.ChoiceField(
        label=_("Technique"), required=False, choices=item_choices, help_text=_("Empty: give a name below.")
    )
    name_zh = forms.CharField(label=_("Chinese name"), max_length=100, required=False)
    name_en = forms.CharField(label=_("English name"), max_length=100, required=False)
    chosen_on = forms.DateField(label=_("Chosen on"))
    duty = forms.ChoiceField(label=_("Counts toward the duty"), required=False)
    reason = forms.CharField(
        label=_("Why this technique"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )

    def __init__(self, actor: Actor, agreement: Agreement, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.departments = {str(each.pk): each for each in queries.learning_departments(actor, agreement)}
        self.duties = {str(each.pk): each for each in queries.technique_duties(actor, agreement)}
        self.fields["department"].choices = [  # type: ignore[attr-defined]
            (key, f"{name_of(each.institution)} · {name_of(each)}") for key, each in self.departments.items()
        ]
        self.fields["duty"].choices = [  # type: ignore[attr-defined]
            NONE,
            *(
                (key, f"{each.agreement.code} {each.code} {name_of(each, 'title')}")
                for key, each in self.duties.items()
            ),
        ]

    def new(self) -> NewTechnique:
        given = self.cleaned_data
        return NewTechnique(
            department=self.departments[given["department"]],
            chosen_on=given["chosen_on"],
            item=given["item"],
            name_zh=given["name_zh"],
            name_en=given["name_en"],
            reason=given["reason"],
            duty=self.duties.get(given["duty"]),
        )


class TechniqueCorrectionForm(CommandForm):
    """Which duty it counts toward and why it was chosen, as it should have been written; and why it is corrected."""

    duty = forms.ChoiceField(label=_("Counts toward the duty"), required=False)
    reason = forms.CharField(
        label=_("Why this technique"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )
    why = forms.CharField(
        label=_("Why is the record corrected?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, actor: Actor, row: DepartmentTechnique, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.duties = {str(each.pk): each for each in queries.technique_duties(actor, row.agreement)}
        if row.duty is not None:
            self.duties.setdefault(str(row.duty.pk), row.duty)
        labels = {key: f"{each.agreement.code} {each.code}" for key, each in self.duties.items()}
        self.fields["duty"].choices = [  # type: ignore[attr-defined]
            NONE,
            *((key, f"{labels[key]} {name_of(each, 'title')}") for key, each in self.duties.items()),
        ]

    def right(self) -> TechniqueCorrection:
        given = self.cleaned_data
        return TechniqueCorrection(self.duties.get(given["duty"]), given["reason"])


class CaseForm(CommandForm):
    """Cases of one day; few fields, for the phone."""

    done_on = forms.DateField(label=_("Done on"))
    part = forms.ChoiceField(label=_("Part of the local person"), choices=CasePart.choices)
    local_staff = forms.ChoiceField(label=_("Local person"), required=False)
    posting = forms.ChoiceField(
        label=_("Who taught"), required=False, help_text=_("Empty where the local person did it alone.")
    )
    count = forms.IntegerField(label=_("Cases"), min_value=1, max_value=MOST_CASES, initial=1)
    complications = forms.IntegerField(
        label=_("Cases with complications"), min_value=0, max_value=MOST_CASES, required=False
    )
    note = forms.CharField(
        label=_("Note"), max_length=300, required=False, help_text=_("Nothing that leads to a patient.")
    )

    def __init__(self, technique: DepartmentTechnique, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        people = Staff.objects.filter(institution_id=technique.institution_id, employed_to__isnull=True)
        own_first = sorted(people, key=lambda each: (each.department_id != technique.department_id, each.code))
        self.fields["local_staff"].choices = [  # type: ignore[attr-defined]
            NONE,
            *((str(each.pk), f"{each.code} {name_of(each)}") for each in own_first),
        ]
        self.fields["posting"].choices = [  # type: ignore[attr-defined]
            NONE,
            *((str(each.pk), _posting_label(each)) for each in _teachers(technique)),
        ]

    def new(self) -> NewCase:
        given = self.cleaned_data
        return NewCase(
            done_on=given["done_on"],
            part=given["part"],
            local_staff_id=int(given["local_staff"]) if given["local_staff"] else None,
            posting_id=int(given["posting"]) if given["posting"] else None,
            count=given["count"],
            complications=given["complications"],
            note=given["note"],
        )


def _teachers(technique: DepartmentTechnique) -> list[Posting]:
    """Return the postings that can have taught: those to the institution, and of its people who learn elsewhere."""
    here = Q(to_institution_id=technique.institution_id)
    away = Q(from_institution_id=technique.institution_id, kind=PostingKind.SECONDMENT_UP)
    rows = Posting.objects.filter(here | away, agreement_id=technique.agreement_id, arrived_on__isnull=False)
    found = rows.select_related("staff").order_by("-arrived_on", "code")
    return sorted(found, key=lambda each: each.to_department_id != technique.department_id)


def _posting_label(row: Posting) -> str:
    return f"{row.code} {name_of(row.staff)} · {row.arrived_on} – {row.left_on or ''}".rstrip(" –")


class ReasonForm(CommandForm):
    """Why something is taken back."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class AttestForm(CommandForm):
    """What was seen of a precondition that the registry does not know."""

    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Which document, which room, which authorisation; where it lies and from when it is."),
    )


class TechniqueStepForm(CommandForm):
    """One step of a technique: from which day on, and why, as far as the step asks."""

    on = forms.DateField(label=_("From"))
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, step: TechniqueStepRule, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        if not step.asks_day:
            del self.fields["on"]
        if not step.needs_reason:
            self.fields["reason"].required = False
            self.fields["reason"].label = _("Remark")

    def said(self) -> StepWords:
        return StepWords(self.cleaned_data.get("on"))
