"""The page of a new referral as a form: everything in one place, and the items of its packet as the policy asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from lianyi.errors import LianyiError
from lianyi.pages.errors import message_of
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import in_language, name_of
from lianyi.partnerships.models import Agreement
from lianyi.referrals.commands.sending import Sending
from lianyi.referrals.commands.writing import NewReferral
from lianyi.referrals.forms import packets
from lianyi.referrals.forms.files import FilesField
from lianyi.referrals.forms.receivers import ReceiversField
from lianyi.referrals.forms.steps import DayField, MomentField
from lianyi.referrals.identities import PatientFacts
from lianyi.referrals.models import PatientIdentity, Request, Sex
from lianyi.referrals.packets import counts_kept
from lianyi.referrals.problems import code_of
from lianyi.referrals.queries_writing import Earlier
from lianyi.referrals.resident_numbers import facts_of
from lianyi.referrals.slips import language_choices
from lianyi.referrals.states import Direction, Urgency
from lianyi.registry.models import Institution
from lianyi.registry.reference_names import numbered_choices
from lianyi.rules import common_problems
from lianyi.rules.referral_policy import PacketItem, ReferralPolicy, ReferralUrgency

NONE = ("", "—")
LONGEST_CODE = 32
PATIENT_FIELDS = (
    "patient_name",
    "sex",
    "born_on",
    "id_kind",
    "id_number",
    "phone",
    "contact_name",
    "address",
    "language",
)
CONSENT_CHOICES = (
    NONE,
    (Request.Basis.CONSENT, _("the patient or family agrees")),
    (Request.Basis.EMERGENCY, _("emergency, agreement could not be asked")),
)
SENDING_CHOICES = (
    ("", _("all ticked at once in an emergency, else one after the other")),
    (Sending.AT_ONCE, _("all ticked at once; the first acceptance counts")),
    (Sending.ONE_BY_ONE, _("the first now, the others kept as a short list")),
)


@dataclass(frozen=True, slots=True)
class Desk:
    """Who may send, under which agreements and by which policy; and the case that the referral goes on from."""

    senders: Sequence[Institution]
    agreements: Sequence[Agreement]
    policy: ReferralPolicy
    earlier: Earlier | None = None


def problem_choices(condition: str) -> list[tuple[str, Any]]:
    """Return the pick list: the problems of the green channel chosen first, then all others by group."""
    rows = common_problems()
    own = [(each.code, in_language(each.zh, each.en)) for each in rows if condition and condition in each.conditions]
    taken = {code for code, _word in own}
    others = [(each.code, in_language(each.zh, each.en)) for each in rows if each.code not in taken]
    listed: list[tuple[str, Any]] = [("", _("another problem, in words"))]
    return [*listed, *([(_("of this green channel"), own), (_("others"), others)] if own else others)]


def specialty_of(problem: str) -> str:
    return next((each.specialty for each in common_problems() if each.code == problem), "")


class AsksPacket(CommandForm):
    """A form that holds the items of a packet. ``items`` and ``asked`` follow from urgency, direction, condition."""

    items: tuple[PacketItem, ...] = ()
    asked: tuple[PacketItem, ...] = ()

    def ask_packet(self, policy: ReferralPolicy, urgency: str, direction: str, condition: str) -> None:
        self.items = policy.packet_items(ReferralUrgency(urgency), direction, condition)
        self.asked = policy.required_items(ReferralUrgency(urgency), direction, condition)
        asked = {item.code for item in self.asked}
        for item in packets.shown_items(self.items):
            self.fields[f"{packets.PREFIX}{item.code}"] = packets.field_of(item, is_asked=item.code in asked)

    def packet_fields(self) -> list[forms.BoundField]:
        return [self[f"{packets.PREFIX}{item.code}"] for item in packets.shown_items(self.items)]

    def lacking(self, values: Mapping[str, Any]) -> list[PacketItem]:
        return [item for item in self.asked if values.get(item.code) in (None, "")]

    def take_error(self, error: LianyiError) -> None:
        """Put a refusal beside the item it names; an incomplete form names each item that sending still needs."""
        named = f"{packets.PREFIX}{error.params.get('field', '')}"
        if named in self.fields:
            self.add_error(named, message_of(error))
            return
        super().take_error(error)
        if error.params.get("reason") == "packet-incomplete":
            for item in self.lacking(self.packet_values()):
                place = f"{packets.PREFIX}{item.code}"
                self.add_error(place if place in self.fields else None, _("Sending needs this."))

    def packet_values(self) -> dict[str, Any]:
        """Return what was typed into the items of the packet; each form that shows them says which it takes."""
        raise NotImplementedError(f"{type(self).__name__} shows a packet and does not say what it takes of it.")


@dataclass(frozen=True, slots=True)
class Meter:
    """How many of the items that sending needs are given, the names of those that lack, and how many of the others."""

    given: int
    asked: int
    lacking: list[str]
    more_given: int
    more_asked: int


def meter_of(values: Mapping[str, Any], items: tuple[PacketItem, ...], asked: tuple[PacketItem, ...]) -> Meter:
    counts = counts_kept(values, items, asked)
    lacking = [in_language(item.name.zh, item.name.en) for item in asked if values.get(item.code) in (None, "")]
    return Meter(
        counts["items_given"],
        counts["items_required"],
        lacking,
        counts["recommended_given"],
        counts["items_recommended"],
    )


class NewReferralForm(AsksPacket):
    """A new referral, an onward one, or a new version of one that was sent."""

    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency.choices, initial=Urgency.URGENT)
    direction = forms.ChoiceField(label=_("Direction"), choices=Direction.choices, initial=Direction.UP)
    condition = forms.ChoiceField(label=_("Green channel"), required=False)
    problem = forms.ChoiceField(label=_("Problem"), required=False)
    problem_code = forms.CharField(label=_("ICD-10 code of another problem"), required=False, max_length=LONGEST_CODE)
    reason = forms.ChoiceField(label=_("Why the patient is sent"), choices=[NONE, *Request.Reason.choices])
    patient_name = forms.CharField(label=_("Patient's name"), max_length=100)
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices, initial=Sex.UNKNOWN)
    id_number = forms.CharField(label=_("Number of the document"), required=False, max_length=40)
    born_on = DayField(
        label=_("Date of birth"), required=False, help_text=_("Empty takes it from the identity card number.")
    )
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=40)
    id_kind = forms.ChoiceField(
        label=_("Identity document"),
        choices=PatientIdentity.IdKind.choices,
        initial=PatientIdentity.IdKind.RESIDENT,
        required=False,
    )
    contact_name = forms.CharField(label=_("Family member"), required=False, max_length=100)
    address = forms.CharField(label=_("Address"), required=False, max_length=200)
    language = forms.ChoiceField(label=_("Language of the slip"), required=False, choices=language_choices)
    consent = forms.ChoiceField(label=_("Agreement of the patient or family"), required=False, choices=CONSENT_CHOICES)
    first_contact_at = MomentField(label=_("First medical contact"), required=False)
    from_institution = forms.ChoiceField(label=_("Sender"))
    agreement = forms.ChoiceField(label=_("Agreement"), required=False)
    specialty = forms.ChoiceField(
        label=_("Specialty"), required=False, help_text=_("Empty takes that of the problem chosen.")
    )
    receivers = ReceiversField()
    sending = forms.ChoiceField(label=_("Several receivers"), required=False, choices=SENDING_CHOICES)
    override_code = forms.ChoiceField(
        label=_("Reason for going outside the rules"),
        required=False,
        choices=[NONE, *Request.Override.choices],
        help_text=_("For a place without an agreement, or beside a live referral."),
    )
    override_text = forms.CharField(label=_("The same in a sentence"), required=False, max_length=200)
    on_behalf_of = forms.CharField(
        label=_("For the clinician"), required=False, max_length=100, help_text=_("When you write for somebody else.")
    )
    breach_at = MomentField(label=_("Must be seen by"), required=False)
    sent_on_paper_at = MomentField(
        label=_("Sent on paper at"),
        required=False,
        help_text=_("Only when it was sent on the printed form while the network was down."),
    )
    uploads = FilesField(label=_("Pictures and reports"), required=False)

    def __init__(self, desk: Desk, *args: Any, **options: Any) -> None:  # noqa: ANN401 - those of forms
        super().__init__(*args, **options)
        self.desk = desk
        self._fill_choices()
        self.fields["condition"].choices = [  # type: ignore[attr-defined]
            NONE,
            *((each.code, in_language(each.name.zh, each.name.en)) for each in desk.policy.conditions),
        ]
        self.fields["problem"].choices = problem_choices(self.chosen("condition"))  # type: ignore[attr-defined]
        self.ask_packet(desk.policy, self.chosen("urgency"), self.chosen("direction"), self.chosen("condition"))
        if desk.earlier is not None:
            for name in (*PATIENT_FIELDS, "problem", "problem_code"):
                del self.fields[name]

    def _fill_choices(self) -> None:
        senders, agreements = self.desk.senders, self.desk.agreements
        self.fields["from_institution"].choices = [(row.pk, name_of(row)) for row in senders]  # type: ignore[attr-defined]
        if senders:
            self.fields["from_institution"].initial = senders[0].pk
        self.fields["agreement"].choices = [  # type: ignore[attr-defined]
            NONE,
            *((row.pk, f"{row.code} {name_of(row, 'title')}") for row in agreements),
        ]
        if len(agreements) == 1:
            self.fields["agreement"].initial = agreements[0].pk
        self.fields["specialty"].choices = [NONE, *numbered_choices("specialties")]  # type: ignore[attr-defined]

    def chosen(self, name: str) -> str:
        """Return what is chosen now in a field that others follow from; its first choice when that is not sound."""
        field = self.fields[name]
        given = self.data.get(name) if self.is_bound else self.get_initial_for_field(field, name)
        accepted = _codes_of(field)
        text = "" if given is None else str(given)
        return text if text in accepted else str(field.initial or "")

    def sections(self) -> dict[str, list[forms.BoundField]]:
        """Return the fields by the part of the page on which they stand; those that this form lacks are left out."""
        return {part: [self[name] for name in names if name in self.fields] for part, names in _SECTIONS.items()}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        said = facts_of(data.get("id_number") or "")
        if said is not None and "id_kind" in self.fields:
            data["born_on"] = data.get("born_on") or said.born_on
            data["sex"] = said.sex if data.get("sex") in (None, "", Sex.UNKNOWN) else data["sex"]
        return data

    def packet_values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            **packets.values_of(data, self.items),
            **packets.reason_values(self.items, data.get("reason", "")),
        }

    def how_to_send(self) -> Sending:
        chosen = self.cleaned_data["sending"]
        if chosen:
            return Sending(chosen)
        is_emergency = self.cleaned_data["urgency"] == Urgency.EMERGENCY
        return Sending.AT_ONCE if is_emergency else Sending.ONE_BY_ONE

    def patient(self) -> PatientFacts | None:
        """Return who the patient is; None where the journey says so already."""
        data = self.cleaned_data
        if self.desk.earlier is not None:
            return None
        id_number = data["id_number"].strip()
        return PatientFacts(
            name=data["patient_name"],
            sex=data["sex"],
            born_on=data["born_on"],
            id_kind=(data["id_kind"] or PatientIdentity.IdKind.NONE) if id_number else PatientIdentity.IdKind.NONE,
            id_number=id_number,
            phone=data["phone"],
            address=data["address"],
            contact_name=data["contact_name"],
            language=data["language"],
        )

    def problem_code_given(self) -> str:
        """Return the code of the problem: picked, typed, or "other" where words alone say it."""
        if self.desk.earlier is not None:
            return self.desk.earlier.request.journey.problem_code
        data = self.cleaned_data
        return code_of(data["problem"], data["problem_code"], str(self.packet_values().get("main_problem", "")))

    def new_referral(self, relation: str = "") -> NewReferral:
        """Return what the command takes. ``relation`` is "based_on" or "replaces" beside an earlier request."""
        data, values = self.cleaned_data, self.packet_values()
        earlier = None if self.desk.earlier is None else self.desk.earlier.request.pk
        several = len(data["receivers"]) > 1
        return NewReferral(
            from_institution_id=int(data["from_institution"]),
            direction=data["direction"],
            urgency=data["urgency"],
            condition=data["condition"],
            reason=data["reason"],
            specialty=data["specialty"] or specialty_of(data.get("problem", "")),
            question=str(values.get("question", "")),
            problem_code=self.problem_code_given(),
            problem_text=str(values.get("main_problem", ""))[:200],
            patient=self.patient(),
            receivers=tuple(data["receivers"]),
            agreement_id=int(data["agreement"]) if data["agreement"] else None,
            based_on_id=earlier if relation == "based_on" else None,
            replaces_id=earlier if relation == "replaces" else None,
            basis=data["consent"] or Request.Basis.CONSENT,
            has_consent=data["consent"] == Request.Basis.CONSENT,
            values=values,
            first_contact_at=data["first_contact_at"],
            breach_at=data["breach_at"],
            is_broadcast=several and self.how_to_send() is Sending.AT_ONCE,
            override_code=data["override_code"],
            override_text=data["override_text"],
            on_behalf_of=data["on_behalf_of"],
        )


_SECTIONS: Mapping[str, tuple[str, ...]] = {
    "head": ("urgency", "direction", "condition"),
    "problem": ("problem", "problem_code", "reason"),
    "patient": ("patient_name", "sex", "id_number", "born_on", "phone"),
    "patient_more": ("id_kind", "contact_name", "address", "language"),
    "outside": ("override_code", "override_text"),
    "basis": ("consent", "first_contact_at"),
    "route": ("from_institution", "agreement", "specialty"),
    "more": ("sending", "on_behalf_of", "breach_at", "sent_on_paper_at"),
    "files": ("uploads",),
}


def _codes_of(field: forms.Field) -> set[str]:
    codes: set[str] = set()
    for code, word in field.choices:  # type: ignore[attr-defined]
        codes |= {str(inner) for inner, _label in word} if isinstance(word, list | tuple) else {str(code)}
    return codes


def as_initial(post: MultiValueDict[str, str]) -> dict[str, Any]:
    """Return what was typed so far as the first values of a form that is drawn again without judging it."""
    typed: dict[str, Any] = {name: post.get(name) for name in post}
    return {**typed, "receivers": post.getlist("receivers")}


def initial_from(earlier: Earlier, policy: ReferralPolicy) -> dict[str, Any]:
    """Return what a referral that goes on from another one begins with."""
    row = earlier.request
    known = {item.code: item for item in policy.packet}
    shown = tuple(known[code] for code in earlier.values if code in known)
    return {
        "urgency": row.urgency,
        "direction": row.direction,
        "condition": row.condition,
        "reason": row.reason,
        "specialty": row.specialty,
        "agreement": row.agreement_id or "",
        "first_contact_at": row.first_contact_at and timezone.localtime(row.first_contact_at),
        **packets.initial_of(earlier.values, shown),
    }
