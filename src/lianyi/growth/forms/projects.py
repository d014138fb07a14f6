"""What people type about projects, turned into what the commands take."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.dispatch.forms import StaffField
from lianyi.growth.commands.project_milestones import NewDays, NewMilestone, Reached
from lianyi.growth.commands.project_money import NewMoney
from lianyi.growth.commands.projects import NewPerson, NewProject
from lianyi.growth.models import DelayReason, Milestone, MoneyKind, MoneySource, PersonRole, Project, ProjectMoney
from lianyi.growth.models.projects import KIND_CHOICES, SIGNER_CHOICES
from lianyi.growth.project_templates import template_book, templates_on
from lianyi.growth.projects_machine import ProjectStep
from lianyi.growth.queries.projects import agreements_for_projects
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import in_language, name_of
from lianyi.partnerships.evidence import EvidenceKind
from lianyi.partnerships.forms import InstitutionField
from lianyi.partnerships.models import Agreement, Duty
from lianyi.registry.models import Department, Institution

NONE = ("", "—")


def _duties(agreements: list[Agreement]) -> dict[str, Duty]:
    rows = Duty.objects.filter(agreement__in=agreements, evidence_kind=EvidenceKind.PROJECT_MILESTONES)
    return {str(each.pk): each for each in rows.select_related("agreement").order_by("agreement__code", "code")}


def _template_choices() -> list[tuple[str, str]]:
    rows = templates_on(timezone.localdate())
    return [
        ("", str(_("none: milestones are written by hand"))),
        *((each.id, in_language(each.title.zh, each.title.en)) for each in rows),
    ]


class _ProjectFields(CommandForm):
    """What a project says about itself, new or changed."""

    title_zh = forms.CharField(label=_("Chinese title"), max_length=200)
    title_en = forms.CharField(label=_("English title"), max_length=200, required=False)
    department = forms.CharField(
        label=_("Department"),
        max_length=32,
        required=False,
        help_text=_("The code of the department that is built up, where it is one."),
    )
    duty = forms.ChoiceField(
        label=_("Duty that it serves"),
        required=False,
        help_text=_("Signed milestones count toward this duty, each once."),
    )
    planned_from = forms.DateField(label=pgettext_lazy("project", "Planned from"))
    target_on = forms.DateField(label=_("Target day"))
    source = forms.CharField(label=_("Source"), max_length=300, required=False)

    def give_duties(self, agreements: list[Agreement]) -> None:
        self.duties = _duties(agreements)
        words = (
            (key, f"{each.agreement.code} {each.code} {name_of(each, 'title')}") for key, each in self.duties.items()
        )
        self.fields["duty"].choices = [NONE, *words]  # type: ignore[attr-defined]

    def department_of(self, institution: Institution | None) -> None:
        """Turn the code of a department into the department, or say that there is none."""
        code = self.cleaned_data.get("department") or ""
        self.department_id: int | None = None
        if not code or institution is None:
            return
        found = Department.objects.filter(institution=institution, code=code).first()
        if found is None:
            self.add_error("department", _("The institution has no department with this code."))
        else:
            self.department_id = found.pk

    @property
    def duty_id(self) -> int | None:
        key = self.cleaned_data["duty"]
        return self.duties[key].pk if key else None

    def common(self) -> dict[str, Any]:
        names = ("title_zh", "title_en", "planned_from", "target_on", "source")
        given = {name: self.cleaned_data[name] for name in names}
        return {**given, "department_id": self.department_id, "duty_id": self.duty_id}


class NewProjectForm(_ProjectFields):
    """A project that is written."""

    code = forms.CharField(label=_("Code"), max_length=32)
    kind = forms.ChoiceField(label=_("Kind"), choices=KIND_CHOICES)
    template = forms.ChoiceField(
        label=_("Template"),
        required=False,
        choices=_template_choices,
        help_text=_("Its milestones are counted in months from the planned first day; move them afterwards."),
    )
    institution = InstitutionField(label=_("Institution"))
    agreement = forms.ChoiceField(label=_("Agreement"), required=False)

    field_order = ("code", "title_zh", "title_en", "kind", "template", "institution", "department", "agreement", "duty")

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - those of every form
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.agreements = {str(each.pk): each for each in agreements_for_projects(actor)}
        words = ((key, f"{each.code} {name_of(each, 'title')}") for key, each in self.agreements.items())
        self.fields["agreement"].choices = [NONE, *words]  # type: ignore[attr-defined]
        self.give_duties(list(self.agreements.values()))

    def clean_institution(self) -> Institution:
        institution: Institution = self.cleaned_data["institution"]
        if not scoped(self.actor, Institution.objects.filter(pk=institution.pk)).exists():
            raise forms.ValidationError(_("This institution is not within your reach. Choose one of the suggestions."))
        return institution

    def clean(self) -> dict[str, Any]:
        self.department_of(self.cleaned_data.get("institution"))
        template = template_book().template(self.cleaned_data.get("template") or "")
        if template is not None and template.kind != self.cleaned_data.get("kind"):
            self.add_error("template", _("The template is for another kind of project."))
        return self.cleaned_data

    def new(self) -> NewProject:
        given, key = self.cleaned_data, self.cleaned_data["agreement"]
        return NewProject(
            code=given["code"],
            kind=given["kind"],
            template=given["template"],
            institution_id=given["institution"].pk,
            agreement_id=self.agreements[key].pk if key else None,
            **self.common(),
        )


class ChangeProjectForm(_ProjectFields):
    """A project that says something else about itself."""

    def __init__(self, row: Project, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.row = row
        self.give_duties([] if row.agreement is None else [row.agreement])

    def clean(self) -> dict[str, Any]:
        self.department_of(self.row.institution)
        return self.cleaned_data

    @staticmethod
    def initial_of(row: Project) -> dict[str, Any]:
        names = ("title_zh", "title_en", "planned_from", "target_on", "source")
        return {
            **{name: getattr(row, name) for name in names},
            "department": "" if row.department is None else row.department.code,
            "duty": "" if row.duty_id is None else str(row.duty_id),
            "expected_version": row.version,
        }


class ProjectStepForm(CommandForm):
    """One step of a project's life."""

    on = forms.DateField(label=_("Day"))

    def __init__(self, step: ProjectStep, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        if step.needs_reason:
            self.fields["reason"] = forms.CharField(
                label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
            )


class MilestoneForm(CommandForm):
    """A milestone that is added."""

    name_zh = forms.CharField(label=_("Chinese name"), max_length=200)
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)
    planned_from = forms.DateField(label=pgettext_lazy("project", "Planned from"))
    planned_to = forms.DateField(label=pgettext_lazy("project", "Planned to"))
    asked_zh = forms.CharField(label=_("Evidence asked (Chinese)"), max_length=300, required=False)
    asked_en = forms.CharField(label=_("Evidence asked (English)"), max_length=300, required=False)
    signed_by = forms.ChoiceField(label=pgettext_lazy("milestone of a project", "Signed by"), choices=SIGNER_CHOICES)

    def new(self) -> NewMilestone:
        names = ("name_zh", "name_en", "planned_from", "planned_to", "asked_zh", "asked_en", "signed_by")
        return NewMilestone(**{name: self.cleaned_data[name] for name in names})


class MoveForm(CommandForm):
    """New days of a milestone, with the reason."""

    planned_from = forms.DateField(label=pgettext_lazy("project", "Planned from"))
    planned_to = forms.DateField(label=pgettext_lazy("project", "Planned to"))
    reason_code = forms.ChoiceField(label=_("Reason"), choices=[NONE, *DelayReason.choices])
    reason = forms.CharField(label=_("In a sentence"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def days(self) -> NewDays:
        given = self.cleaned_data
        return NewDays(
            planned_from=given["planned_from"], planned_to=given["planned_to"], reason_code=given["reason_code"]
        )

    @staticmethod
    def initial_of(row: Milestone) -> dict[str, Any]:
        return {"planned_from": row.planned_from, "planned_to": row.planned_to, "expected_version": row.version}


class ReachForm(CommandForm):
    """When a milestone was reached and what shows it."""

    on = forms.DateField(label=_("Reached on"))
    evidence = forms.CharField(
        label=_("Evidence"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What shows it: the document with its date, the number counted. No patient is named."),
    )  # fmt: skip
    evidence_file = forms.CharField(
        label=_("Name of the file"), max_length=200, required=False, help_text=_("Where the paper is kept.")
    )

    def said(self) -> Reached:
        given = self.cleaned_data
        return Reached(on=given["on"], evidence=given["evidence"], evidence_file=given["evidence_file"])


class VerifyForm(CommandForm):
    """Signing needs no words."""


class ReasonForm(CommandForm):
    """Why a milestone is not signed."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class MoneyForm(CommandForm):
    """A line of money, new or correcting another."""

    kind = forms.ChoiceField(label=_("Kind"), choices=MoneyKind.choices)
    money_source = forms.ChoiceField(label=_("Source of the money"), choices=MoneySource.choices)
    amount_yuan = forms.DecimalField(label=_("Amount (yuan)"), min_value=0, max_digits=14, decimal_places=2)
    on = forms.DateField(label=_("Day"))
    purpose = forms.CharField(label=_("For what"), max_length=300, required=False)

    def new(self) -> NewMoney:
        names = ("kind", "money_source", "amount_yuan", "on", "purpose")
        return NewMoney(**{name: self.cleaned_data[name] for name in names})

    @staticmethod
    def initial_of(row: ProjectMoney) -> dict[str, Any]:
        return {name: getattr(row, name) for name in ("kind", "money_source", "amount_yuan", "on", "purpose")}


class PersonForm(CommandForm):
    """Somebody who comes into the joint team."""

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields |= {
            "staff": StaffField(actor, label=_("Person")),
            "role": forms.ChoiceField(label=_("Role"), choices=PersonRole.choices, initial=PersonRole.MEMBER),
            "starts_on": forms.DateField(label=_("From")),
            "ends_on": forms.DateField(label=_("To"), required=False),
        }

    def new(self) -> NewPerson:
        given = self.cleaned_data
        return NewPerson(
            staff_id=given["staff"].pk, role=given["role"], starts_on=given["starts_on"], ends_on=given["ends_on"]
        )


class DayForm(CommandForm):
    """The last day of somebody in the team."""

    on = forms.DateField(label=_("Last day"))
