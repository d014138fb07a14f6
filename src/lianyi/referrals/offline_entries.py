"""What a device sends after it worked without network: entries of known kinds, each field of a known type."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NoReturn

from django.utils import timezone

from lianyi.referrals.commands.consultations import NewConsultation
from lianyi.referrals.commands.merging import DECISIONS, WAYS, VisitDone
from lianyi.referrals.commands.receivers import Receiver
from lianyi.referrals.commands.writing import NewReferral
from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.facts import StepFacts
from lianyi.referrals.identities import PatientFacts
from lianyi.referrals.offline_extensions import offline_kind

KEY = re.compile(r"[0-9a-zA-Z-]{8,40}")
MOST_ENTRIES = 50
_LONGEST_TEXT = 4000
# Numbers name records; greater ones no database keeps.
_GREATEST_ID = 2**63 - 1


class EntryKind(StrEnum):
    """What can be written without network; a batch is done in this order, so that its own order does not matter."""

    REFERRAL = "referral"
    CONSULTATION = "consultation"
    MILESTONE = "milestone"
    FACT = "fact"
    DECISION = "decision"
    FOLLOW_UP = "follow_up"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that was written without network; it speaks of a case by its id, or by the entry that wrote it."""

    key: str
    kind: str
    at: datetime.datetime
    content: Mapping[str, Any]
    leg_id: int | None = None
    written_by_key: str = ""

    @property
    def place_in_batch(self) -> tuple[int, datetime.datetime, str]:
        own = list(EntryKind)
        return (own.index(EntryKind(self.kind)) if self.kind in own else len(own), self.at, self.key)


class _Fields:
    """Typed access to what came as JSON; every refusal names the field."""

    def __init__(self, given: object) -> None:
        if not isinstance(given, dict):
            _refuse("entry", given)
        self.given: Mapping[str, Any] = given

    def _of_type(self, name: str, kind: type, default: Any) -> Any:  # noqa: ANN401 - JSON values
        value = self.given.get(name, default)
        # True and False are whole numbers to the language, and are not meant here.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            _refuse(name, value)
        return value

    def text(self, name: str, longest: int = _LONGEST_TEXT) -> str:
        value: str = self._of_type(name, str, "")
        if len(value) > longest or "\x00" in value:
            _refuse(name, f"{value[:20]}...")
        return value

    def flag(self, name: str) -> bool:
        return bool(self._of_type(name, bool, default=False))

    def number(self, name: str) -> int | None:
        if self.given.get(name) is None:
            return None
        value: int = self._of_type(name, int, 0)
        if not 0 <= value <= _GREATEST_ID:
            _refuse(name, value)
        return value

    def moment(self, name: str) -> datetime.datetime | None:
        text = self.text(name)
        if not text:
            return None
        try:
            moment = datetime.datetime.fromisoformat(text)
        except ValueError:
            _refuse(name, text)
        if timezone.is_naive(moment):
            _refuse(name, text)
        return moment

    def day(self, name: str) -> datetime.date | None:
        text = self.text(name)
        try:
            return datetime.date.fromisoformat(text) if text else None
        except ValueError:
            _refuse(name, text)

    def part(self, name: str) -> dict[str, Any]:
        return dict(self._of_type(name, dict, {}))


def _refuse(name: str, given: object) -> NoReturn:
    raise FactsRefusedError(
        f"'{name}' of an entry cannot be '{str(given)[:60]}'. The page of the device is older or newer than the site: "
        "load it again.",
        field=name,
        reason="offline-entry",
        fact=name,
        given=str(given)[:60],
    )


def entry_key(given: object) -> str:
    """Return the key of an entry, so that even one that is refused can be answered by its key."""
    key = given.get("key") if isinstance(given, dict) else None
    if not isinstance(key, str) or not KEY.fullmatch(key):
        _refuse("key", key)
    return key


def _in_whole_letters(value: Any) -> Any:  # noqa: ANN401 - JSON values
    """Return what was typed with half letters shown as missing: a field that is full cuts a rare letter in two.

    No database takes the half, and the words around it must not be lost for it.
    """
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_in_whole_letters(name): _in_whole_letters(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_in_whole_letters(each) for each in value]
    return value


def parsed(given: object) -> Entry:
    """Return one entry with its envelope checked.

    Raises
    ------
    FactsRefusedError
    """
    fields = _Fields(_in_whole_letters(given))
    kind = fields.text("kind", 20)
    at = fields.moment("at")
    is_own = kind in set(EntryKind)
    if not (is_own or offline_kind(kind) is not None) or at is None:
        _refuse("kind", kind)
    return Entry(
        key=entry_key(given),
        kind=EntryKind(kind) if is_own else kind,
        at=at,
        content=fields.part("content"),
        leg_id=fields.number("leg"),
        written_by_key=fields.text("of", 40),
    )


def fact_of(entry: Entry) -> tuple[str, StepFacts]:
    fields = _Fields(entry.content)
    name = _one_of(fields, "step", tuple(WAYS))
    said = StepFacts(
        occurred_at=entry.at,
        text=fields.text("text"),
        spoken_by=fields.text("spoken_by", 120),
        died_at=fields.moment("died_at") if name == "record_death" else None,
        place=fields.text("place", 120) if name == "record_death" else "",
    )
    return name, said


def decision_of(entry: Entry) -> tuple[str, StepFacts]:
    fields = _Fields(entry.content)
    name = _one_of(fields, "step", DECISIONS)
    if name == "decline":
        return name, StepFacts(
            reason_code=fields.text("reason_code", 32),
            text=fields.text("text"),
            hand_to_coordinator=fields.flag("hand_to_coordinator"),
        )
    return name, StepFacts(
        contact=fields.text("contact", 120),
        expected_at=fields.moment("expected_at"),
        due_at=fields.moment("due_at"),
        capacity_confirmed=fields.flag("capacity_confirmed"),
        text=fields.text("text"),
    )


def milestone_code_of(entry: Entry) -> str:
    return _Fields(entry.content).text("code", 32)


def message_of_entry(entry: Entry) -> str:
    return _Fields(entry.content).text("text")


def visit_of(entry: Entry) -> tuple[int, VisitDone]:
    fields = _Fields(entry.content)
    number, done_on = fields.number("follow_up"), fields.day("done_on")
    if number is None or done_on is None:
        _refuse("follow_up", number)
    return number, VisitDone(done_on=done_on, state=fields.text("state", 12), note=fields.text("note"))


def referral_of(entry: Entry, sender_id: int) -> NewReferral:
    """Return the referral that an entry writes; the sender is the device's institution."""
    fields = _Fields(entry.content)
    receiver = fields.number("receiver")
    return NewReferral(
        from_institution_id=sender_id,
        direction=fields.text("direction", 10),
        urgency=fields.text("urgency", 10),
        condition=fields.text("condition", 32),
        reason=fields.text("reason", 16),
        problem_code=fields.text("problem_code", 32),
        problem_text=fields.text("problem_text", 200),
        question=fields.text("question"),
        patient=_patient(_Fields(fields.part("patient"))),
        receivers=() if receiver is None else (Receiver(institution_id=receiver),),
        agreement_id=fields.number("agreement"),
        basis=fields.text("basis", 10),
        has_consent=fields.flag("has_consent"),
        values=fields.part("values"),
        first_contact_at=fields.moment("first_contact_at"),
        override_code=fields.text("override_code", 16),
        override_text=fields.text("override_text", 200),
    )


def consultation_of(entry: Entry, sender_id: int) -> NewConsultation:
    """Return the consultation that an entry writes; the asking side is the device's institution."""
    fields = _Fields(entry.content)
    specialty = fields.text("specialty", 8)
    return NewConsultation(
        from_institution_id=sender_id,
        to_institution_id=fields.number("receiver") or 0,
        kind=fields.text("consulting", 16),
        urgency=fields.text("urgency", 10),
        condition=fields.text("condition", 32),
        question=fields.text("question"),
        specialties=(specialty,) if specialty else (),
        patient=_patient(_Fields(fields.part("patient"))),
        problem_code=fields.text("problem_code", 32),
        problem_text=fields.text("problem_text", 200),
        agreement_id=fields.number("agreement"),
        has_consent=fields.flag("has_consent"),
        values=fields.part("values"),
    )


def _patient(fields: _Fields) -> PatientFacts:
    return PatientFacts(
        name=fields.text("name", 100),
        sex=fields.text("sex", 8) or "unknown",
        born_on=fields.day("born_on"),
        id_kind=fields.text("id_kind", 10) or "none",
        id_number=fields.text("id_number", 40),
        phone=fields.text("phone", 40),
        address=fields.text("address", 200),
        contact_name=fields.text("contact_name", 100),
    )


def _one_of(fields: _Fields, name: str, accepted: tuple[str, ...]) -> str:
    value = fields.text(name, 40)
    if value not in accepted:
        _refuse(name, value)
    return value
