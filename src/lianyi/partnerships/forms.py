"""What people type about agreements, duties and alliances, turned into what the commands take."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianyi.errors import LianyiError
from lianyi.pages.errors import message_of
from lianyi.pages.forms import CommandForm
from lianyi.pages.lookups import LookupWidget
from lianyi.pages.names import in_language, name_of
from lianyi.partnerships.duty_conditions import DutyCondition, WrittenEntries, duty_conditions, split_entries
from lianyi.partnerships.evidence import EvidenceKind
from lianyi.partnerships.models import (
    ANY_SITE,
    Agreement,
    AgreementParty,
    Alliance,
    CycleStep,
    Duty,
    Tightness,
    TimelineFact,
)
from lianyi.partnerships.rulebook import rule_book
from lianyi.registry.models import Institution
from lianyi.rules import specialties, title_ranks

Choices = list[tuple[str, Any]]
NO_CHOICE: tuple[str, Any] = ("", _("none"))


def rule_set_choices() -> Choices:
    sets = rule_book().rule_sets
    return [NO_CHOICE, *((each.id, in_language(each.title.zh, each.title.en)) for each in sets)]


def specialty_choices() -> Choices:
    return [(each.code, f"{each.code} {in_language(each.zh, each.en)}") for each in specialties()]


def title_rank_choices() -> Choices:
    return [NO_CHOICE, *((each.code, in_language(each.zh, each.en)) for each in title_ranks())]


class InstitutionField(forms.CharField):
    """An institution by its code; the browser suggests those within reach."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - those of every field
        options.setdefault("widget", LookupWidget("partnerships:institution-suggestions"))
        options.setdefault("help_text", _("Type part of the name or the code."))
        super().__init__(max_length=32, **options)

    def clean(self, value: Any) -> Any:  # noqa: ANN401 - Django's signature
        code = super().clean(value)
        if not code:
            return None
        institution = Institution.objects.filter(code=code).first()
        if institution is None:
            raise forms.ValidationError(
                _("There is no institution with the code “%(code)s”. Choose one of the suggestions."),
                params={"code": code},
            )
        return institution


class AgreementForm(CommandForm):
    """The text of an agreement."""

    title_zh = forms.CharField(label=_("Chinese title"), max_length=200)
    title_en = forms.CharField(label=_("English title"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=Agreement.Kind.choices)
    starts_on = forms.DateField(label=_("Starts on"), widget=forms.DateInput)
    ends_on = forms.DateField(label=_("Ends on"), widget=forms.DateInput)
    signed_on = forms.DateField(label=_("Signed on"), required=False, widget=forms.DateInput)
    rule_set = forms.ChoiceField(
        label=_("Rule set"),
        required=False,
        choices=rule_set_choices,
        help_text=_("The programme's rules on numbers, terms and presence that postings are checked against."),
    )
    approvals = forms.MultipleChoiceField(
        label=_("Who approves a posting"),
        required=False,
        choices=Agreement.Approval.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    summary_zh = forms.CharField(label=_("Chinese summary"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    summary_en = forms.CharField(label=_("English summary"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def facts(self) -> dict[str, Any]:
        """Return the agreement's fields as typed."""
        names = (
            "title_zh",
            "title_en",
            "kind",
            "starts_on",
            "ends_on",
            "signed_on",
            "rule_set",
            "approvals",
            "summary_zh",
            "summary_en",
        )
        return {name: self.cleaned_data[name] for name in names}


class NewAgreementForm(AgreementForm):
    """A new agreement with its first two parties."""

    code = forms.CharField(label=_("Code"), max_length=32)
    first_party = InstitutionField(label=_("Your institution"))
    first_side = forms.ChoiceField(label=_("Its side"), choices=AgreementParty.Side.choices)
    second_party = InstitutionField(label=_("The other institution"))
    second_side = forms.ChoiceField(
        label=_("Its side"), choices=AgreementParty.Side.choices, initial=AgreementParty.Side.SUPPORTED
    )
    field_order = ["code", "title_zh", "title_en", "kind", "first_party", "first_side", "second_party", "second_side"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, second = cleaned.get("first_party"), cleaned.get("second_party")
        if first is not None and first == second:
            self.add_error("second_party", _("An agreement has two different parties."))
        return cleaned

    def parties(self) -> dict[int, str]:
        data = self.cleaned_data
        return {data["first_party"].pk: data["first_side"], data["second_party"].pk: data["second_side"]}


class ConfirmForm(CommandForm):
    """Nothing but the wish, the key and the version."""


class ChangeAgreementForm(AgreementForm):
    """The text of an agreement that is there; once in force, a change says why."""

    reason = forms.CharField(
        label=_("Reason of the change"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed once the agreement is in force."),
    )


class AnswerPartForm(CommandForm):
    """Whether the reader's institutions take the parts in which they are named."""

    parties = forms.TypedMultipleChoiceField(
        label=_("For these institutions"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    answer = forms.ChoiceField(label=_("Answer"), choices=(("", "—"), ("yes", _("Confirm")), ("no", _("Refuse"))))
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed when you refuse."),
    )

    def __init__(self, parties: Sequence[AgreementParty], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["parties"].choices = [  # type: ignore[attr-defined]
            (party.pk, f"{name_of(party.institution)} · {party.get_side_display()}") for party in parties
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("answer") == "no" and not (data.get("reason") or "").strip():
            self.add_error("reason", _("Refusing to take part needs a reason in words."))
        return data


class TerminateForm(CommandForm):
    last_day = forms.DateField(label=_("Last day"), widget=forms.DateInput)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))


class RenewForm(CommandForm):
    code = forms.CharField(label=_("Code of the next agreement"), max_length=32)
    starts_on = forms.DateField(label=_("Starts on"), widget=forms.DateInput)
    ends_on = forms.DateField(label=_("Ends on"), widget=forms.DateInput)


class DocumentForm(CommandForm):
    document = forms.FileField(label=_("Signed document"), help_text=_("PDF, PNG or JPEG."))


class PartyForm(CommandForm):
    institution = InstitutionField(label=_("Institution"))
    side = forms.ChoiceField(label=_("Side"), choices=AgreementParty.Side.choices)
    valid_from = forms.DateField(label=_("From"), widget=forms.DateInput)


class LastDayForm(CommandForm):
    last_day = forms.DateField(label=_("Last day"), widget=forms.DateInput)


LONGEST_ENTRIES = 1000
DUTY_CONDITIONS = ("specialties", "title_rank", ANY_SITE)


def shown_conditions() -> tuple[str, ...]:
    """Return the conditions that the form of a duty shows; others stay as they are."""
    return (*DUTY_CONDITIONS, *duty_conditions())


class EntriesField(forms.CharField):
    """Entries of a condition, one on each line; kept as a list in their plain form."""

    def __init__(self, entries: WrittenEntries, **options: Any) -> None:  # noqa: ANN401 - those of every field
        super().__init__(widget=forms.Textarea(attrs={"rows": 2}), max_length=LONGEST_ENTRIES, **options)
        self.entries = entries

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401 - Django's signature
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:  # noqa: ANN401 - Django's signature
        try:
            return [self.entries.read(each) for each in split_entries(super().clean(value))]
        except LianyiError as error:
            raise forms.ValidationError(message_of(error)) from error


def _condition_field(condition: DutyCondition) -> forms.Field:
    about: dict[str, Any] = {"label": condition.label, "help_text": condition.help_text, "required": False}
    if condition.entries is not None:
        return EntriesField(condition.entries, **about)
    if condition.choices:
        return forms.MultipleChoiceField(choices=condition.choices, widget=forms.CheckboxSelectMultiple, **about)
    return forms.IntegerField(min_value=1, max_value=condition.most, **about)


class DutyForm(CommandForm):
    """One promise."""

    title_zh = forms.CharField(label=_("Chinese title"), max_length=200)
    title_en = forms.CharField(label=_("English title"), max_length=200, required=False)
    evidence_kind = forms.ChoiceField(label=_("Evidence that counts"), choices=EvidenceKind.choices)
    quantity = forms.DecimalField(
        label=_("Promised"),
        min_value=Decimal("0.001"),
        max_digits=12,
        decimal_places=3,
        help_text=_("For a share, give a number from 0 to 1: 1 is every day."),
    )
    unit = forms.CharField(label=_("Unit"), max_length=32)
    period = forms.ChoiceField(label=_("Period"), choices=Duty.Period.choices)
    owner_side = forms.ChoiceField(label=_("Owed by"), choices=AgreementParty.Side.choices)
    starts_on = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput, help_text=_("Empty: the agreement's first day.")
    )
    due_on = forms.DateField(
        label=_("Due on"), required=False, widget=forms.DateInput, help_text=_("Empty: the agreement's last day.")
    )
    specialties = forms.MultipleChoiceField(
        label=_("Specialties asked for"),
        required=False,
        choices=specialty_choices,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    title_rank = forms.ChoiceField(label=_("Least title"), required=False, choices=title_rank_choices)
    any_site = forms.BooleanField(
        label=_("Somebody at any of the places is enough"),
        required=False,
        help_text=_("For days with somebody on site. Otherwise each supported institution is counted by itself."),
    )
    reason = forms.CharField(label=_("Reason of the change"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        super().__init__(*args, **kwargs)
        reason = self.fields.pop("reason")
        for condition in duty_conditions().values():
            self.fields[condition.name] = _condition_field(condition)
        self.fields["reason"] = reason

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for condition in duty_conditions().values():
            if cleaned.get(condition.name) and cleaned.get("evidence_kind") not in condition.evidence_kinds:
                self.add_error(condition.name, _("Duties that count other evidence have no such condition."))
        if cleaned.get("evidence_kind") == EvidenceKind.SPECIALTIES_COVERED and not cleaned.get("specialties"):
            self.add_error("specialties", _("Choose the specialties that are to be covered."))
        return cleaned

    def facts(self) -> dict[str, Any]:
        """Return the duty's fields as typed, conditions together."""
        data = self.cleaned_data
        names = ("title_zh", "title_en", "evidence_kind", "quantity", "unit", "period", "owner_side")
        facts = {name: data[name] for name in names}
        conditions = {name: data[name] for name in shown_conditions() if data[name]}
        return {**facts, "starts_on": data["starts_on"], "due_on": data["due_on"], "parameters": conditions}


class NewDutyForm(DutyForm):
    code = forms.CharField(label=_("Code"), max_length=32)
    field_order = ["code"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        super().__init__(*args, **kwargs)
        del self.fields["reason"]


class FactForm(CommandForm):
    """Something that happened."""

    kind = forms.ChoiceField(label=_("Kind"), choices=TimelineFact.Kind.choices)
    happened_on = forms.DateField(label=_("Date"), widget=forms.DateInput)
    precision = forms.ChoiceField(label=_("Exact to the"), choices=TimelineFact.Precision.choices)
    statement_zh = forms.CharField(label=_("What happened, in Chinese"), widget=forms.Textarea(attrs={"rows": 2}))
    statement_en = forms.CharField(
        label=_("What happened, in English"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    quantity = forms.DecimalField(label=_("Figure"), required=False, max_digits=14, decimal_places=3)
    unit = forms.CharField(label=_("Unit"), max_length=32, required=False)

    def facts(self) -> dict[str, Any]:
        names = ("kind", "happened_on", "precision", "statement_zh", "statement_en", "quantity", "unit")
        return {name: self.cleaned_data[name] for name in names}


class NewFactForm(FactForm):
    source = forms.CharField(label=_("Source"), max_length=300, required=False)


class CorrectFactForm(FactForm):
    reason = forms.CharField(label=_("Reason of the correction"), widget=forms.Textarea(attrs={"rows": 2}))


class CycleStepForm(CommandForm):
    step = forms.TypedChoiceField(label=_("Step"), choices=CycleStep.Step.choices, coerce=int)
    started_on = forms.DateField(label=_("Started on"), widget=forms.DateInput)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


class FinishStepForm(CommandForm):
    finished_on = forms.DateField(label=_("Finished on"), widget=forms.DateInput)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


class AllianceForm(CommandForm):
    code = forms.CharField(label=_("Code"), max_length=32)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=200)
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=Alliance.Kind.choices)
    lead = InstitutionField(label=_("Lead institution"))
    specialty = forms.ChoiceField(
        label=_("Specialty"), required=False, choices=lambda: [NO_CHOICE, *specialty_choices()]
    )
    founded_on = forms.DateField(label=_("Founded on"), required=False, widget=forms.DateInput)


class MemberForm(CommandForm):
    institution = InstitutionField(label=_("Institution"))
    tightness = forms.ChoiceField(label=_("Tightness"), choices=Tightness.choices)
    valid_from = forms.DateField(label=_("From"), widget=forms.DateInput)
