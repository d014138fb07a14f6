"""What people type about needs, turned into what the commands take."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.dispatch.commands import NewNeed
from lianyi.dispatch.commands.needs import MOST_MONTHS, MOST_PEOPLE
from lianyi.dispatch.models import Need, NeedPriority, NeedReason
from lianyi.dispatch.needs_machine import NEED_STEP_REASONS, NeedStep
from lianyi.dispatch.needs_queries import institutions_to_ask_for, needs_to_name
from lianyi.dispatch.needs_texts import people_word, wanted_word
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of
from lianyi.partnerships.forms import InstitutionField
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Department, Institution
from lianyi.registry.reference_names import numbered_choices, reference_choices

NONE = ("", "—")


def need_choices(actor: Actor, agreement: Agreement, kept_id: int | None) -> list[tuple[int, str]]:
    """Return the needs that a line may name, and the one that it names already wherever that stands now."""
    rows = list(needs_to_name(actor, agreement))
    if kept_id is not None and kept_id not in {row.pk for row in rows}:
        rows += list(scoped(actor, Need.objects.select_related("institution", "place").filter(pk=kept_id)))
    return [
        (row.pk, f"{row.code} · {name_of(row.institution or row.place)} · {wanted_word(row)} · {people_word(row)}")
        for row in rows
    ]


class NeedForm(CommandForm):
    """A need, new or a draft that is changed. A draft may leave open what must be said before it is submitted."""

    institution = InstitutionField(label=_("Institution"))
    department = forms.CharField(
        label=_("Department"), max_length=32, required=False, help_text=_("The department's code there.")
    )
    specialty = forms.ChoiceField(label=_("Specialty"), required=False)
    profession = forms.ChoiceField(label=_("Profession"), required=False)
    least_title_rank = forms.ChoiceField(label=_("Least title"))
    people = forms.IntegerField(label=_("Number of people"), required=False, min_value=1, max_value=MOST_PEOPLE)
    number_unknown = forms.BooleanField(
        label=_("Needed, number unknown"), required=False, help_text=_("Tick this where nobody can tell yet.")
    )
    starts_on = forms.DateField(label=_("Wanted from"), required=False)
    ends_on = forms.DateField(label=_("Wanted to"), required=False)
    least_term_months = forms.IntegerField(
        label=_("Least continuous term (months)"),
        required=False,
        min_value=1,
        max_value=MOST_MONTHS,
        help_text=_("How long the same person should stay at least."),
    )
    reason_code = forms.ChoiceField(label=_("Why"), choices=[NONE, *NeedReason.choices], required=False)
    reason = forms.CharField(label=_("In words"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=NeedPriority.choices, coerce=int, initial=NeedPriority.NORMAL
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - those of every form
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.fields["specialty"].choices = [NONE, *numbered_choices("specialties")]  # type: ignore[attr-defined]
        self.fields["profession"].choices = [NONE, *reference_choices("professions")]  # type: ignore[attr-defined]
        self.fields["least_title_rank"].choices = reference_choices("title_ranks")  # type: ignore[attr-defined]

    def clean_institution(self) -> Institution:
        institution: Institution = self.cleaned_data["institution"]
        if not institutions_to_ask_for(self.actor).filter(pk=institution.pk).exists():
            raise forms.ValidationError(_("Your affiliation does not cover this institution. Choose another one."))
        return institution

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._check_number(data)
        first, last = data.get("starts_on"), data.get("ends_on")
        if isinstance(first, datetime.date) and isinstance(last, datetime.date) and last < first:
            self.add_error("ends_on", forms.ValidationError(_("The last day lies before the first.")))
        data["department_id"] = self._department(data.get("institution"), (data.get("department") or "").strip())
        return data

    def _check_number(self, data: dict[str, Any]) -> None:
        people, unknown = data.get("people"), data.get("number_unknown")
        if people is not None and unknown:
            self.add_error("number_unknown", forms.ValidationError(_("Give a number or tick this, not both.")))
        if people is None and not unknown and "people" not in self.errors:
            self.add_error("people", forms.ValidationError(_("Give a number, or tick “Needed, number unknown”.")))

    def _department(self, institution: Institution | None, code: str) -> int | None:
        if institution is None or not code:
            return None
        rows = dict(Department.objects.filter(institution=institution).order_by("code").values_list("code", "pk"))
        if code not in rows:
            self.add_error(
                "department",
                forms.ValidationError(
                    _("%(institution)s has no department “%(code)s”. Accepted: %(accepted)s."),
                    params={"institution": name_of(institution), "code": code, "accepted": ", ".join(rows) or "—"},
                ),
            )
        return rows.get(code)

    def facts(self) -> dict[str, Any]:
        """Return what the form says by the names of the command, the institution apart."""
        names = (
            *("department_id", "specialty", "profession", "least_title_rank", "people", "starts_on", "ends_on"),
            *("least_term_months", "reason_code", "reason", "priority"),
        )
        return {name: self.cleaned_data[name] for name in names}

    def new_need(self) -> NewNeed:
        return NewNeed(institution=self.cleaned_data["institution"], **self.facts())

    def changes(self) -> dict[str, Any]:
        return {"institution_id": self.cleaned_data["institution"].pk, **self.facts()}

    @staticmethod
    def initial_of(row: Need) -> dict[str, Any]:
        """Return what the form shows of a draft."""
        names = (
            *("specialty", "profession", "least_title_rank", "people", "starts_on", "ends_on", "least_term_months"),
            *("reason_code", "reason", "priority"),
        )
        return {
            **{name: getattr(row, name) for name in names},
            "institution": "" if row.institution is None else row.institution.code,
            "department": "" if row.department is None else row.department.code,
            "number_unknown": row.people is None,
            "expected_version": row.version,
        }


class NeedStepForm(CommandForm):
    """One step of a need's life, with what the table of steps asks for."""

    def __init__(self, actor: Actor, step: NeedStep, need: Need, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        if step.name == "open":
            self.agreements = {str(row.pk): row for row in agreements_to_ask(actor, need)}
            choices = [NONE, *((key, f"{row.code} {name_of(row, 'title')}") for key, row in self.agreements.items())]
            self.fields["agreement"] = forms.ChoiceField(
                label=_("Ask for help under"),
                choices=choices,
                required=False,
                help_text=_("The parties of this agreement see the need from then on."),
            )
        if step.needs_reason:
            reasons = [NONE, *NEED_STEP_REASONS.items()]
            self.fields["reason_code"] = forms.ChoiceField(label=_("Reason"), choices=reasons)
            self.fields["reason"] = forms.CharField(label=_("In a sentence"), widget=forms.Textarea(attrs={"rows": 2}))

    def chosen_agreement(self) -> Agreement | None:
        key = self.cleaned_data.get("agreement") or ""
        return self.agreements[key] if key else None


def agreements_to_ask(actor: Actor, need: Need) -> list[Agreement]:
    """Return the agreements in force within reach in which the need's institution has a confirmed part."""
    rows = Agreement.objects.filter(
        state=Agreement.State.IN_FORCE, parties__institution_id=need.institution_id, parties__confirmed_at__isnull=False
    )
    return list(scoped(actor, rows).distinct().order_by("code"))


class DismissForm(CommandForm):
    """Why a proposal is put aside."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}))
