"""What people type about the pool and candidacies, turned into what the commands take."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.actors import Actor
from lianyi.dispatch import pool_queries
from lianyi.dispatch.commands import NewApplication, NewAsking, NewInvitation, PoolEntry, StepWord
from lianyi.dispatch.commands.candidacies import DAYS_TO_ANSWER, LONGEST_MESSAGE
from lianyi.dispatch.commands.pool import HARDEST, LIMITS, MOST_METRES, MOST_MONTHS
from lianyi.dispatch.forms import StaffField, staff_code
from lianyi.dispatch.models import Candidacy, CoupleRule, Need, PoolMember, PoolPreference, PoolStanding
from lianyi.dispatch.needs_filling import standing_in
from lianyi.dispatch.needs_machine import WANTING
from lianyi.dispatch.needs_queries import needs
from lianyi.dispatch.needs_texts import wanted_word
from lianyi.dispatch.pool_machine import CANDIDACY_REASONS, CandidacyStep
from lianyi.dispatch.queries import postings
from lianyi.dispatch.recipients import SUPPORTED_SIDES
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of
from lianyi.partnerships.forms import InstitutionField
from lianyi.partnerships.models import Agreement, AgreementParty
from lianyi.registry.models import Institution, Staff
from lianyi.registry.reference_names import numbered_choices, reference_choices

NONE = ("", "—")


def recipients_of(home: Institution, chosen: Iterable[int] = ()) -> list[Institution]:
    """Return the institutions that a hospital supports by an agreement in force, and those chosen before."""
    ours = Agreement.objects.filter(state=Agreement.State.IN_FORCE, parties__institution=home)
    theirs = AgreementParty.objects.filter(agreement__in=ours, side__in=SUPPORTED_SIDES).exclude(institution=home)
    wanted = Q(pk__in=theirs.values("institution_id")) | Q(pk__in=list(chosen))
    return list(Institution.objects.filter(wanted).order_by("code"))


def open_needs(actor: Actor) -> list[tuple[str, str]]:
    """Return the needs within reach that still want somebody, as choices."""
    rows = standing_in(needs(actor).filter(institution__isnull=False), WANTING)
    return [
        (str(row.pk), f"{row.code} · {name_of(row.institution)} · {wanted_word(row)}")
        for row in rows
        if row.institution is not None
    ]


def chosen_need(value: str) -> Need | None:
    return Need.objects.select_related("institution").get(pk=int(value)) if value else None


class PoolEntryForm(CommandForm):
    """A person's entry in the pool. What is left empty is no limit."""

    standing = forms.ChoiceField(label=_("Standing"), choices=PoolStanding.choices)
    longest_term_months = forms.IntegerField(
        label=_("Longest term (months)"), required=False, min_value=1, max_value=MOST_MONTHS
    )
    highest_altitude_m = forms.IntegerField(
        label=_("Highest altitude (m)"), required=False, min_value=0, max_value=MOST_METRES
    )
    hardest_hardship = forms.IntegerField(
        label=_("Hardest hardship level"),
        required=False,
        min_value=0,
        max_value=HARDEST,
        help_text=_("0 is none, 6 the hardest class of hardship areas."),
    )
    not_before = forms.DateField(label=_("Not before"), required=False)
    not_after = forms.DateField(label=_("Not after"), required=False)
    has_family_limit = forms.BooleanField(
        label=_("Ask me before planning, for family reasons"),
        required=False,
        help_text=_("The reason is nobody's business and is not asked."),
    )
    preferred = forms.MultipleChoiceField(
        label=_("Would rather go to"), required=False, widget=forms.CheckboxSelectMultiple
    )
    refused = forms.MultipleChoiceField(label=_("Will not go to"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, staff: Staff, row: PoolMember | None, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        kept = [] if row is None else pool_queries.preferences_of(row)
        if row is not None:
            kwargs["initial"] = {**{name: getattr(row, name) for name in LIMITS}, "expected_version": row.version}
            for kind in PoolPreference.Kind:
                kwargs["initial"][kind.value] = [str(each.institution_id) for each in kept if each.kind == kind]
        super().__init__(*args, **kwargs)
        offered = recipients_of(staff.institution, [each.institution_id for each in kept])
        choices = [(str(each.pk), name_of(each)) for each in offered]
        for name in ("preferred", "refused"):
            if choices:
                self.fields[name].choices = choices  # type: ignore[attr-defined]
            else:
                del self.fields[name]

    def entry(self, row: PoolMember | None) -> PoolEntry:
        given = self.cleaned_data
        entry = PoolEntry(
            **{name: given[name] for name in LIMITS},
            preferred=_keys(given.get("preferred", ())),
            refused=_keys(given.get("refused", ())),
        )
        return entry if row is None else dataclasses.replace(entry, provenance=row.provenance)


def _keys(texts: Iterable[str]) -> tuple[int, ...]:
    return tuple(int(each) for each in texts)


class KeptStaffField(StaffField):
    """A person whose pool the reader keeps."""

    def clean(self, value: Any) -> Any:  # noqa: ANN401 - Django's signature
        staff = super().clean(value)
        if staff is not None and not pool_queries.keeps_pool_of(self.actor, staff.institution_id):
            raise forms.ValidationError(_("Choose a person whose pool you keep."))
        return staff


class NewEntryForm(CommandForm):
    """Who is entered in the pool; what the entry says comes next."""

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - those of every form
        super().__init__(*args, **kwargs)
        self.fields["staff"] = KeptStaffField(actor, label=_("Person"))


class CoupleForm(CommandForm):
    """With whom somebody goes, or never goes at the same time."""

    rule = forms.ChoiceField(label=_("Rule"), choices=CoupleRule.choices)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - those of every form
        super().__init__(*args, **kwargs)
        self.fields["partner"] = StaffField(actor, label=_("Other person"))


def _answer_by() -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=DAYS_TO_ANSWER)


class _AimForm(CommandForm):
    """What every beginning of a candidacy says: to what, when, in which words."""

    need = forms.ChoiceField(label=_("For the need"), required=False)
    starts_on = forms.DateField(label=_("From"), required=False)
    ends_on = forms.DateField(label=_("To"), required=False)
    message = forms.CharField(
        label=_("Message"), required=False, max_length=LONGEST_MESSAGE, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - those of every form
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.fields["need"].choices = [NONE, *open_needs(actor)]  # type: ignore[attr-defined]

    def aim(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "need": chosen_need(given["need"]),
            "starts_on": given["starts_on"],
            "ends_on": given["ends_on"],
            "message": given["message"],
        }


class InviteForm(_AimForm):
    """Whom a home hospital invites, and to what."""

    field_order = ("staff", "need", "recipient", "starts_on", "ends_on", "answer_by", "message")
    recipient = InstitutionField(label=_("To the institution"), required=False)
    answer_by = forms.DateField(label=_("Answer by"), initial=_answer_by)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - those of every form
        super().__init__(actor, *args, **kwargs)
        self.fields["staff"] = KeptStaffField(actor, label=_("Person"))
        self.order_fields(self.field_order)

    def new(self) -> NewInvitation:
        given = self.cleaned_data
        return NewInvitation(
            staff=given["staff"], recipient=given["recipient"], answer_by=given["answer_by"], **self.aim()
        )


class ApplyForm(_AimForm):
    """What a person applies for."""

    field_order = ("need", "recipient", "starts_on", "ends_on", "message")
    recipient = forms.ChoiceField(label=_("To the institution"), required=False)

    def __init__(self, actor: Actor, staff: Staff, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(actor, *args, **kwargs)
        self.offered = {str(each.pk): each for each in recipients_of(staff.institution)}
        choices = [NONE, *((key, name_of(each)) for key, each in self.offered.items())]
        self.fields["recipient"].choices = choices  # type: ignore[attr-defined]
        self.order_fields(self.field_order)

    def new(self) -> NewApplication:
        return NewApplication(recipient=self.offered.get(self.cleaned_data["recipient"]), **self.aim())


class AskForm(_AimForm):
    """Whom a receiving unit asks a partner hospital for: by name, or by kind."""

    field_order = (
        *("receiver", "home", "person", "specialty", "profession", "least_title_rank", "need", "starts_on", "ends_on"),
        *("answer_by", "message"),
    )
    receiver = forms.ChoiceField(label=_("For the institution"))
    home = InstitutionField(label=_("Hospital that is asked"))
    person = forms.ChoiceField(
        label=_("Somebody who was here before"),
        required=False,
        help_text=_("Or say below what kind of person is wanted."),
    )
    specialty = forms.ChoiceField(label=_("Specialty"), required=False)
    profession = forms.ChoiceField(label=_("Profession"), required=False)
    least_title_rank = forms.ChoiceField(label=_("Least title"))
    answer_by = forms.DateField(label=_("Answer by"), initial=_answer_by)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - those of every form
        super().__init__(actor, *args, **kwargs)
        self.receivers = {str(each.pk): each for each in pool_queries.receivers_of(actor).order_by("code")}
        self.known = {str(each.pk): each for each in _known_people(actor)}
        self._offer("receiver", [(key, name_of(each)) for key, each in self.receivers.items()])
        people = [(key, f"{name_of(each)} · {name_of(each.institution)}") for key, each in self.known.items()]
        self._offer("person", [NONE, *people])
        self._offer("specialty", [NONE, *numbered_choices("specialties")])
        self._offer("profession", [NONE, *reference_choices("professions")])
        self._offer("least_title_rank", reference_choices("title_ranks"))
        self.order_fields(self.field_order)

    def _offer(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    def new(self) -> NewAsking:
        given = self.cleaned_data
        return NewAsking(
            receiver=self.receivers[given["receiver"]],
            home=given["home"],
            staff=self.known.get(given["person"]),
            specialty=given["specialty"],
            profession=given["profession"],
            least_title_rank=given["least_title_rank"],
            answer_by=given["answer_by"],
            **self.aim(),
        )


def _known_people(actor: Actor) -> list[Staff]:
    """Return the people who were posted to the institutions for which the actor asks."""
    here = postings(actor).filter(to_institution__in=pool_queries.receivers_of(actor), arrived_on__isnull=False)
    rows = Staff.objects.filter(pk__in=here.order_by().values("staff_id"), employed_to__isnull=True)
    return list(rows.select_related("institution").order_by("institution__code", "code"))


class CandidacyStepForm(CommandForm):
    """One step of a candidacy, with what the table of steps asks for."""

    def __init__(self, actor: Actor, step: CandidacyStep, row: Candidacy, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.initial["expected_version"] = row.version
        if step.names_person:
            self.fields["staff"] = KeptStaffField(actor, label=_("Person"))
            if row.staff is not None:
                self.initial["staff"] = staff_code(row.staff)
        if step.sets_day:
            self.fields["answer_by"] = forms.DateField(label=_("Answer by"), initial=_answer_by)
        if step.needs_reason:
            self.fields["reason_code"] = forms.ChoiceField(
                label=_("Reason"), choices=[NONE, *CANDIDACY_REASONS.items()]
            )
            self.fields["reason"] = forms.CharField(
                label=_("In a sentence, if you wish"), required=False, widget=forms.Textarea(attrs={"rows": 2})
            )

    def word(self) -> StepWord:
        return StepWord(staff=self.cleaned_data.get("staff"), answer_by=self.cleaned_data.get("answer_by"))
