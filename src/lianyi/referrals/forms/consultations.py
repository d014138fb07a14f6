"""What people type about consultations, turned into what the commands take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.actors import Actor
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import in_language, name_of
from lianyi.partnerships.forms import InstitutionField
from lianyi.partnerships.models import Agreement
from lianyi.referrals import consultation_queries, queries
from lianyi.referrals.commands.consultations import ConsultationChange, NewConsultation
from lianyi.referrals.consultation_words import FACT_WORDS, OPINION_WORDS, TEXT_WORDS, side_word, specialty_words
from lianyi.referrals.consulting_facts import ConsultingFacts, ReferralWish
from lianyi.referrals.consulting_guards import CONSULT, QUESTION_ITEM, items_of, required_items
from lianyi.referrals.consulting_machine import ConsultingStep
from lianyi.referrals.forms import packet_items
from lianyi.referrals.forms.new_referral import problem_choices
from lianyi.referrals.forms.steps import DayField, MomentField
from lianyi.referrals.identities import PatientFacts
from lianyi.referrals.models import Consultation, Journey, PatientIdentity, Request, Sex
from lianyi.referrals.policies import policy_of
from lianyi.referrals.problems import code_of
from lianyi.referrals.states import Direction, Side, Urgency
from lianyi.registry.models import Institution
from lianyi.registry.reference_names import numbered_choices
from lianyi.rules.referral_policy import PacketItem, ReferralPolicy, ReferralUrgency

MOST_OWN = 200
FURTHER_SPECIALTIES = 3
NOTHING_CHOSEN = ("", "—")
PATIENT_FIELDS = ("name", "sex", "born_on", "id_kind", "id_number", "phone", "contact_name")
PROBLEM_FIELDS = ("problem", "problem_code", "problem_text")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was chosen before the form: it decides what the form asks."""

    kind: str
    urgency: str
    condition: str
    policy: ReferralPolicy
    journey: Journey | None

    @property
    def items(self) -> Sequence[PacketItem]:
        items = self.policy.packet_items(ReferralUrgency(self.urgency), CONSULT, self.condition)
        return [item for item in items if item.code != QUESTION_ITEM]

    @property
    def required(self) -> frozenset[str]:
        urgency = ReferralUrgency(self.urgency)
        return frozenset(item.code for item in self.items if urgency in item.required_for)


def _area(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _name_agreement(row: Agreement) -> str:
    return f"{row.code} {name_of(row, 'title')}"


class ConsultationForm(CommandForm):
    """A new consultation on one page; with ``keep`` in what is sent, nothing of the content is asked yet."""

    from_institution = forms.ModelChoiceField(Institution.objects.none(), label=_("Asking side"))
    to_institution = InstitutionField(label=_("Asked of"))
    agreement = forms.ModelChoiceField(Agreement.objects.none(), label=_("Agreement"), required=False)
    specialty = forms.ChoiceField(label=_("Specialty"))
    question = forms.CharField(label=_("What do you want to know?"), max_length=4000, widget=_area())
    has_consent = forms.BooleanField(
        label=_("The patient or family agrees that this hospital is asked and sees what is written here"),
        required=False,
    )
    name = forms.CharField(label=_("Patient's name"), max_length=100)
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices)
    born_on = DayField(label=_("Date of birth"), required=False)
    id_kind = forms.ChoiceField(label=_("Identity document"), choices=PatientIdentity.IdKind.choices)
    id_number = forms.CharField(label=_("Number of the document"), max_length=40, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    contact_name = forms.CharField(label=_("Family member"), max_length=100, required=False)
    problem = forms.ChoiceField(label=_("Problem"), required=False)
    problem_code = forms.CharField(label=_("ICD-10 code of another problem"), max_length=32, required=False)
    problem_text = forms.CharField(label=_("Problem in words"), max_length=200, required=False)

    def __init__(self, actor: Actor, wanted: Wanted, *args: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **options)
        self.wanted = wanted
        own = queries.own_places(actor)
        self._choose_from("from_institution", own, name_of)
        first = own.filter(pk=actor.node_id).first() or own.first()
        self.fields["from_institution"].initial = None if first is None else first.pk
        self._choose_from("agreement", consultation_queries.agreements_for(actor), _name_agreement)
        self.fields["specialty"].choices = [NOTHING_CHOSEN, *numbered_choices("specialties")]  # type: ignore[attr-defined]
        self.fields["problem"].choices = problem_choices(wanted.condition)  # type: ignore[attr-defined]
        if wanted.kind == Consultation.Kind.MULTI_SPECIALIST:
            self._ask_further_specialties()
        if wanted.journey is not None:
            for name in (*PATIENT_FIELDS, *PROBLEM_FIELDS):
                del self.fields[name]
        keeps_draft = bool(self.data.get("keep"))
        packet_items.add_fields(self, wanted.items, frozenset() if keeps_draft else wanted.required)

    def _choose_from(self, name: str, rows: Any, label: Any) -> None:  # noqa: ANN401 - rows and their names
        field: Any = self.fields[name]
        field.queryset, field.label_from_instance = rows, label

    def _ask_further_specialties(self) -> None:
        for number in range(2, 2 + FURTHER_SPECIALTIES):
            self.fields[f"specialty_{number}"] = forms.ChoiceField(
                label=_("Specialty %(number)d") % {"number": number},
                choices=self.fields["specialty"].choices,  # type: ignore[attr-defined]
                required=number == 2,  # noqa: PLR2004 - several are at least two
            )

    def sections(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Return the fields in groups under their headings."""
        further = [name for name in self.fields if name.startswith("specialty_")]
        groups = [
            (_("Whom to ask"), ["from_institution", "to_institution", "agreement", "specialty", *further]),
            (_("Patient"), [*PATIENT_FIELDS, *PROBLEM_FIELDS]),
            (_("Question"), ["question"]),
            (_("Content of the case"), [name for name in self.fields if name.startswith(packet_items.PREFIX)]),
            (_("Agreement of the patient"), ["has_consent"]),
        ]
        found = [(label, [self[name] for name in names if name in self.fields]) for label, names in groups]
        return [(label, fields) for label, fields in found if fields]

    def new_consultation(self) -> NewConsultation:
        given, wanted = self.cleaned_data, self.wanted
        further = [given[name] for name in self.fields if name.startswith("specialty_") and given[name]]
        has_patient = wanted.journey is None
        return NewConsultation(
            from_institution_id=given["from_institution"].pk,
            to_institution_id=given["to_institution"].pk,
            kind=wanted.kind,
            urgency=wanted.urgency,
            condition=wanted.condition,
            question=given["question"],
            specialties=(given["specialty"], *further),
            journey_id=None if wanted.journey is None else wanted.journey.pk,
            patient=PatientFacts(**{name: given[name] for name in PATIENT_FIELDS}) if has_patient else None,
            problem_code=code_of(given["problem"], given["problem_code"], given["problem_text"]) if has_patient else "",
            problem_text=given.get("problem_text", ""),
            agreement_id=given["agreement"].pk if given["agreement"] else None,
            has_consent=given["has_consent"],
            values=packet_items.values_of(given),
        )


class ChangeForm(CommandForm):
    """A draft filled in further."""

    question = forms.CharField(label=_("What do you want to know?"), max_length=4000, widget=_area())
    has_consent = forms.BooleanField(
        label=_("The patient or family agrees that this hospital is asked and sees what is written here"),
        required=False,
    )

    def __init__(self, row: Consultation, values: Mapping[str, Any], *args: Any, **options: Any) -> None:  # noqa: ANN401
        policy = policy_of(row.policy)
        items = items_of(row, policy)
        initial = {
            "question": row.question,
            "has_consent": row.has_consent,
            "expected_version": row.version,
            **packet_items.initial_of(values, items),
        }
        super().__init__(*args, **{**options, "initial": initial})
        packet_items.add_fields(self, items, frozenset())
        needed = {f"{packet_items.PREFIX}{item.code}" for item in required_items(row, policy)}
        for name in needed:
            self.fields[name].help_text = self.fields[name].help_text or _("needed before asking")

    def change(self) -> ConsultationChange:
        given = self.cleaned_data
        return ConsultationChange(
            question=given["question"], has_consent=given["has_consent"], values=packet_items.values_of(given)
        )


class ConsultingStepForm(CommandForm):
    """Everything that one step asks and takes, for one consultation."""

    def __init__(self, step: ConsultingStep, row: Consultation, *args: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **options)
        self.step, self.row = step, row
        if step.reasons is not None:
            self.fields["reason_code"] = forms.ChoiceField(
                choices=[NOTHING_CHOSEN, *step.reasons.choices], label=FACT_WORDS["reason_code"]
            )
        for name in dict.fromkeys((*step.asks, *step.takes)):
            self.fields[name] = self._field(name, is_asked=name in step.asks)
        if step.is_fact:
            now = timezone.localtime().replace(second=0, microsecond=0)
            self.fields["occurred_at"] = MomentField(label=FACT_WORDS["occurred_at"], initial=now)

    def _field(self, name: str, *, is_asked: bool) -> forms.Field:
        if name in ("text", "opinion"):
            return self._words(name, is_asked=is_asked)
        if name in ("due_at", "scheduled_for"):
            return MomentField(label=FACT_WORDS[name], required=is_asked)
        if name in ("absent_side", "specialty", "followed"):
            return forms.ChoiceField(choices=[NOTHING_CHOSEN, *self._choices(name)], label=FACT_WORDS[name])
        return forms.CharField(label=FACT_WORDS[name], max_length=200, required=is_asked)

    def _words(self, name: str, *, is_asked: bool) -> forms.Field:
        words = OPINION_WORDS if name == "opinion" else TEXT_WORDS
        label = words.get(self.step.name, FACT_WORDS["text"])
        rows = 10 if name == "opinion" else 3
        has_reason = name == "text" and self.step.reasons is not None
        return forms.CharField(label=label, max_length=8000, widget=_area(rows), required=is_asked or has_reason)

    def _choices(self, name: str) -> Iterable[tuple[str, Any]]:
        if name == "absent_side":
            return [(side.value, side_word(side)) for side in (Side.SENDER, Side.RECEIVER)]
        if name == "specialty":
            return [(code, specialty_words([code])) for code in self.row.specialties]
        return Consultation.Followed.choices

    def facts(self) -> ConsultingFacts:
        given = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("command_key", "expected_version") and value not in (None, "")
        }
        return ConsultingFacts(**given)


class ConvertForm(CommandForm):
    """How a consultation becomes a referral: the rest is taken along."""

    to_institution = InstitutionField(label=_("Referred to"))
    direction = forms.ChoiceField(label=_("Direction"), choices=Direction.choices, initial=Direction.UP)
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency.choices)
    reason = forms.ChoiceField(label=_("Why the patient is sent"), choices=[NOTHING_CHOSEN, *Request.Reason.choices])
    agreement = forms.ModelChoiceField(Agreement.objects.none(), label=_("Agreement"), required=False)
    has_consent = forms.BooleanField(label=_("The patient or family agrees to be referred"), required=False)
    override_code = forms.ChoiceField(
        label=_("Why outside the rules"),
        choices=[NOTHING_CHOSEN, *Request.Override.choices],
        required=False,
        help_text=_("Only where no agreement leads there, or beside another live referral."),
    )
    override_text = forms.CharField(label=_("Why outside the rules, in words"), max_length=200, required=False)

    def __init__(self, actor: Actor, row: Consultation, *args: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **options)
        self.row = row
        field: Any = self.fields["agreement"]
        field.queryset, field.label_from_instance = consultation_queries.agreements_for(actor), _name_agreement

    def facts(self) -> ConsultingFacts:
        given = self.cleaned_data
        is_emergency = given["urgency"] == Urgency.EMERGENCY and not given["has_consent"]
        wish = ReferralWish(
            to_institution_id=given["to_institution"].pk,
            direction=given["direction"],
            urgency=given["urgency"],
            reason=given["reason"],
            agreement_id=given["agreement"].pk if given["agreement"] else None,
            has_consent=given["has_consent"],
            basis=Request.Basis.EMERGENCY if is_emergency else Request.Basis.CONSENT,
            override_code=given["override_code"],
            override_text=given["override_text"],
        )
        return ConsultingFacts(referral=wish)


def condition_choices(policy: ReferralPolicy) -> list[tuple[str, str]]:
    return [(each.code, in_language(each.name.zh, each.name.en)) for each in policy.conditions]
