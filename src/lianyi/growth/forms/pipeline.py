"""What people type about the pipeline, turned into what the commands take."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.growth.commands.pipeline import NewApproval, NewGain, NewInnovation, NewPartner, NewUseCheck, StepFacts
from lianyi.growth.models import GainKind, Innovation, InnovationGain, InnovationKind, PartnerKind
from lianyi.growth.pipeline_machine import PipelineStep
from lianyi.growth.queries.pipeline import duties_for_pipeline
from lianyi.growth.queries.projects import agreements_for_projects
from lianyi.growth.tables.pipeline import stage_choices
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of
from lianyi.partnerships.forms import InstitutionField
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Department, Institution

NONE = ("", "—")


class _InnovationFields(CommandForm):
    """What a project of the pipeline says about itself."""

    title_zh = forms.CharField(label=_("Chinese title"), max_length=200)
    title_en = forms.CharField(label=_("English title"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=InnovationKind.choices)
    department = forms.CharField(
        label=_("Department"), max_length=32, required=False, help_text=_("Its code, where one department leads it.")
    )
    problem_zh = forms.CharField(
        label=_("Clinical problem (Chinese)"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    problem_en = forms.CharField(
        label=_("Clinical problem (English)"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    source = forms.CharField(label=_("Source"), max_length=300, required=False)
    duty = forms.ChoiceField(
        label=_("Duty that it serves"),
        required=False,
        help_text=_("Its completed stages, or the institutions that use it, count toward this duty, each once."),
    )

    def give_duties(self, agreements: Iterable[Agreement]) -> None:
        rows = duties_for_pipeline(agreements)
        words = ((str(each.pk), f"{each.agreement.code} {each.code} {name_of(each, 'title')}") for each in rows)
        self.fields["duty"].choices = [NONE, *words]  # type: ignore[attr-defined]

    def department_of(self, institution: Institution | None) -> None:
        code = self.cleaned_data.get("department") or ""
        self.department_id: int | None = None
        if code and institution is not None:
            self.department_id = (
                Department.objects.filter(institution=institution, code=code).values_list("pk", flat=True).first()
            )
            if self.department_id is None:
                self.add_error("department", _("The institution has no department with this code."))

    def facts(self) -> dict[str, Any]:
        names = ("title_zh", "title_en", "kind", "problem_zh", "problem_en", "source")
        duty = self.cleaned_data["duty"]
        return {
            **{name: self.cleaned_data[name] for name in names},
            "department_id": self.department_id,
            "duty_id": int(duty) if duty else None,
        }


class NewInnovationForm(_InnovationFields):
    """A project that is written."""

    code = forms.CharField(label=_("Code"), max_length=32)
    institution = InstitutionField(label=_("Institution"))
    agreement = forms.ChoiceField(label=_("Agreement"), required=False)
    started_on = forms.DateField(label=_("Started on"))
    field_order = (
        "code",
        "title_zh",
        "title_en",
        "kind",
        "institution",
        "department",
        "agreement",
        "duty",
        "started_on",
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - those of every form
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.agreements = {str(each.pk): each for each in agreements_for_projects(actor)}
        words = ((key, f"{each.code} {name_of(each, 'title')}") for key, each in self.agreements.items())
        self.fields["agreement"].choices = [NONE, *words]  # type: ignore[attr-defined]
        self.give_duties(self.agreements.values())

    def clean_institution(self) -> Institution:
        return _within_reach(self.actor, self.cleaned_data["institution"])

    def clean(self) -> dict[str, Any]:
        self.department_of(self.cleaned_data.get("institution"))
        return self.cleaned_data

    def new(self) -> NewInnovation:
        given, key = self.cleaned_data, self.cleaned_data["agreement"]
        return NewInnovation(
            code=given["code"],
            institution_id=given["institution"].pk,
            agreement_id=self.agreements[key].pk if key else None,
            started_on=given["started_on"],
            **self.facts(),
        )


class ChangeInnovationForm(_InnovationFields):
    """A project that says something else about itself."""

    def __init__(self, row: Innovation, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.row = row
        self.give_duties([] if row.agreement is None else [row.agreement])

    def clean(self) -> dict[str, Any]:
        self.department_of(self.row.institution)
        return self.cleaned_data

    @staticmethod
    def initial_of(row: Innovation) -> dict[str, Any]:
        names = ("title_zh", "title_en", "kind", "problem_zh", "problem_en", "source")
        return {
            **{name: getattr(row, name) for name in names},
            "department": "" if row.department is None else row.department.code,
            "duty": "" if row.duty_id is None else str(row.duty_id),
            "expected_version": row.version,
        }


def _within_reach(actor: Actor, institution: Institution) -> Institution:
    if not scoped(actor, Institution.objects.filter(pk=institution.pk)).exists():
        raise forms.ValidationError(_("This institution is not within your reach. Choose one of the suggestions."))
    return institution


class PipelineStepForm(CommandForm):
    """One step in the pipeline."""

    on = forms.DateField(label=_("Day"))

    def __init__(self, step: PipelineStep, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        area = forms.Textarea(attrs={"rows": 2})
        if step.needs_evidence:
            self.fields["evidence"] = forms.CharField(
                label=_("What shows it"),
                max_length=1000,
                widget=area,
                help_text=_("Document with its number and date. No patient is named."),
            )
        if step.needs_reason:
            self.fields["reason"] = forms.CharField(label=_("Reason"), max_length=1000, widget=area)

    def facts(self) -> StepFacts:
        return StepFacts(on=self.cleaned_data["on"], evidence=self.cleaned_data.get("evidence", ""))


class PartnerForm(CommandForm):
    """A partner: an institution of the registry, or another by its name."""

    kind = forms.ChoiceField(label=_("Kind"), choices=PartnerKind.choices)
    institution = InstitutionField(label=_("Institution"), required=False)
    name_zh = forms.CharField(
        label=_("Chinese name"), max_length=200, required=False, help_text=_("Of a company or university.")
    )
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)
    part = forms.CharField(label=_("Part in it"), max_length=200)
    share_percent = forms.DecimalField(
        label=_("Share of rights (%)"), min_value=0, max_value=100, max_digits=5, decimal_places=2
    )
    starts_on = forms.DateField(label=_("From"))
    ends_on = forms.DateField(label=_("To"), required=False)

    def new(self) -> NewPartner:
        given = self.cleaned_data
        names = ("kind", "name_zh", "name_en", "part", "share_percent", "starts_on", "ends_on")
        institution = given["institution"]
        return NewPartner(
            institution_id=None if institution is None else institution.pk, **{name: given[name] for name in names}
        )


class ApprovalForm(CommandForm):
    """An ethics approval."""

    approval_number = forms.CharField(label=_("Number of the approval"), max_length=64)
    committee = forms.CharField(label=_("Committee"), max_length=200)
    approved_on = forms.DateField(label=_("Approved on"))
    valid_to = forms.DateField(label=_("Valid to"))

    def new(self) -> NewApproval:
        return NewApproval(
            **{name: self.cleaned_data[name] for name in ("approval_number", "committee", "approved_on", "valid_to")}
        )


class GainForm(CommandForm):
    """What a stage brought."""

    stage = forms.ChoiceField(label=_("Stage"), choices=stage_choices)
    kind = forms.ChoiceField(label=_("Kind"), choices=GainKind.choices)
    quantity = forms.DecimalField(label=_("How much"), min_value=0, max_digits=14, decimal_places=2)
    on = forms.DateField(label=_("Day"))
    words = forms.CharField(label=_("In words"), max_length=300, required=False)

    def new(self) -> NewGain:
        return NewGain(**{name: self.cleaned_data[name] for name in ("stage", "kind", "quantity", "on", "words")})

    @staticmethod
    def initial_of(row: InnovationGain) -> dict[str, Any]:
        return {name: getattr(row, name) for name in ("stage", "kind", "quantity", "on", "words")}


class UseForm(CommandForm):
    """An institution that uses it."""

    institution = InstitutionField(label=_("Institution"))
    first_used_on = forms.DateField(label=_("First used on"))


class UseCheckForm(CommandForm):
    """Whether an institution still uses it."""

    checked_on = forms.DateField(label=_("Checked on"))
    still_used = forms.ChoiceField(
        label=_("Still in use"),
        choices=[("yes", _("yes")), ("no", pgettext_lazy("pipeline", "no, not any more"))],
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def new(self) -> NewUseCheck:
        given = self.cleaned_data
        return NewUseCheck(checked_on=given["checked_on"], still_used=given["still_used"] == "yes", note=given["note"])
