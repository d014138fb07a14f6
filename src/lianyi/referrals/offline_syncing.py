"""One exchange with a device: each entry in a transaction of its own, and an answer for each."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.models import CommandReceipt
from lianyi.errors import LianyiError
from lianyi.pages.errors import message_of
from lianyi.referrals.commands import merging
from lianyi.referrals.commands.consultations import draft_consultation
from lianyi.referrals.commands.steps import write_message
from lianyi.referrals.commands.writing import draft_referral
from lianyi.referrals.consulting import take_consulting_step
from lianyi.referrals.consulting_facts import ConsultingFacts
from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.facts import StepFacts
from lianyi.referrals.models import Consultation, ConsultationState, Leg, MergeConflict, Request
from lianyi.referrals.offline_entries import (
    MOST_ENTRIES,
    Entry,
    EntryKind,
    consultation_of,
    decision_of,
    entry_key,
    fact_of,
    message_of_entry,
    milestone_code_of,
    parsed,
    referral_of,
    visit_of,
)
from lianyi.referrals.offline_extensions import OfflineKind, offline_kind
from lianyi.referrals.states import LegState
from lianyi.referrals.walking import take_step

_log = logging.getLogger(__name__)


class Outcome(StrEnum):
    """What became of an entry. A device keeps what is refused or waits, and lets go of the rest."""

    DONE = "done"
    EARLIER = "earlier"
    CONFLICT = "conflict"
    REFUSED = "refused"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one entry; ``reason`` stands in the person's language and holds nothing about the patient."""

    key: str
    outcome: Outcome
    reason: str = ""
    leg_id: int | None = None
    field: str = ""
    consultation_id: int | None = None


class _NotThereYetError(Exception):
    """The entry speaks of a referral that has not arrived, or that is still a draft."""


@dataclass(frozen=True, slots=True)
class _Sender:
    """Who sends, under which request of the web."""

    actor: Actor
    request_id: str

    def context(self, entry: Entry, key: str = "") -> CommandContext:
        return CommandContext(self.actor, key or entry.key, request_id=self.request_id, occurred_at=entry.at)


def exchange(actor: Actor, request_id: str, given: Sequence[object]) -> list[Answer]:
    """Do what a device sends. The order in the batch and repetitions change nothing.

    Raises
    ------
    FactsRefusedError
        When the batch as a whole cannot be read.
    """
    if len(given) > MOST_ENTRIES:
        raise FactsRefusedError(
            f"{len(given)} entries were sent; at most {MOST_ENTRIES} are taken at once.",
            field="entries",
            reason="offline-too-many",
            given=len(given),
            most=MOST_ENTRIES,
        )
    answers: dict[str, Answer] = {}
    entries: dict[str, Entry] = {}
    for each in given:
        key = entry_key(each)
        try:
            entries[key] = parsed(each)
        except LianyiError as refusal:
            answers[key] = _refused(key, refusal)
    sender = _Sender(actor, request_id)
    for entry in sorted(entries.values(), key=lambda each: each.place_in_batch):
        answers.setdefault(entry.key, _answered(sender, entry))
    return list(answers.values())


def _refused(key: str, refusal: LianyiError) -> Answer:
    return Answer(key, Outcome.REFUSED, message_of(refusal), field=str(refusal.params.get("field", "")))


def _answered(sender: _Sender, entry: Entry) -> Answer:
    try:
        merging.check_not_ahead(entry.at)
        if entry.kind is EntryKind.REFERRAL:
            return _write(sender, entry)
        if entry.kind is EntryKind.CONSULTATION:
            return _write_consultation(sender, entry)
        beside = offline_kind(entry.kind)
        return _do(sender, entry) if beside is None else _do_beside(sender, entry, beside)
    except _NotThereYetError:
        return Answer(entry.key, Outcome.WAITING)
    except LianyiError as refusal:
        return _refused(entry.key, refusal)
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # noqa: BLE001 - one entry that meets a fault of ours keeps no other on the device
        _log.exception("An entry of a device (%s) met a fault; the others go on.", entry.kind)
        return Answer(entry.key, Outcome.REFUSED, _("The site met a fault with this entry. It stays on the device."))


def _was_done(sender: _Sender, entry: Entry) -> bool:
    return CommandReceipt.objects.filter(key=entry.key, user_id=sender.actor.user_id).exists()


def _do(sender: _Sender, entry: Entry) -> Answer:
    was_done = _was_done(sender, entry)
    row = _DOERS[EntryKind(entry.kind)](sender, entry)
    if isinstance(row, MergeConflict):
        return Answer(entry.key, Outcome.CONFLICT, leg_id=row.leg_id)
    return Answer(entry.key, Outcome.EARLIER if was_done else Outcome.DONE, leg_id=entry.leg_id)


def _do_beside(sender: _Sender, entry: Entry, kind: OfflineKind) -> Answer:
    """Do an entry of a kind that another application registered."""
    was_done = _was_done(sender, entry)
    told = kind.do(sender.context(entry), entry.content)
    return Answer(entry.key, Outcome.EARLIER if was_done else Outcome.DONE, told)


def _write(sender: _Sender, entry: Entry) -> Answer:
    """Write the referral and send it; one that cannot be sent stays as a draft, where somebody finishes it."""
    was_done = _was_done(sender, entry)
    node_id = sender.actor.node_id
    row = draft_referral(sender.context(entry), referral_of(entry, 0 if node_id is None else node_id))
    legs = list(Leg.objects.filter(request=row).order_by("number"))
    reasons = [reason for leg in legs if leg.state == LegState.DRAFT and (reason := _send(sender, entry, leg))]
    done = Outcome.EARLIER if was_done else Outcome.DONE
    return Answer(entry.key, done, " ".join(reasons), leg_id=legs[0].pk if legs else None)


def _send(sender: _Sender, entry: Entry, leg: Leg) -> str:
    """Send one leg now, when it reaches the other side; return why not."""
    context = CommandContext(sender.actor, f"{entry.key}.send{leg.number}", request_id=sender.request_id)
    try:
        take_step(context, leg.pk, "send", StepFacts(), leg.version)
    except LianyiError as refusal:
        return message_of(refusal)
    return ""


def _write_consultation(sender: _Sender, entry: Entry) -> Answer:
    """Write the consultation and ask it; one that cannot be asked stays as a draft, where somebody finishes it."""
    was_done = _was_done(sender, entry)
    node_id = sender.actor.node_id
    row = draft_consultation(sender.context(entry), consultation_of(entry, 0 if node_id is None else node_id))
    row.refresh_from_db()
    reason = _ask(sender, entry, row) if row.state == ConsultationState.DRAFT else ""
    return Answer(entry.key, Outcome.EARLIER if was_done else Outcome.DONE, reason, consultation_id=row.pk)


def _ask(sender: _Sender, entry: Entry, row: Consultation) -> str:
    """Ask it now, when it reaches the experts; return why not."""
    context = CommandContext(sender.actor, f"{entry.key}.ask", request_id=sender.request_id)
    try:
        take_consulting_step(context, row.pk, "ask", ConsultingFacts(entered_offline=True), row.version)
    except LianyiError as refusal:
        return message_of(refusal)
    return ""


def _leg_id(sender: _Sender, entry: Entry) -> int:
    """Return the case that the entry speaks of; one written on the device is found by its key."""
    if not entry.written_by_key:
        return entry.leg_id or 0
    receipt = CommandReceipt.objects.filter(key=entry.written_by_key, user_id=sender.actor.user_id).first()
    if receipt is None or receipt.object_id is None or receipt.object_type != Request._meta.label_lower:
        raise _NotThereYetError
    leg = Leg.objects.filter(request_id=receipt.object_id).order_by("number").first()
    if leg is None or leg.state == LegState.DRAFT:
        raise _NotThereYetError
    return leg.pk


def _fact(sender: _Sender, entry: Entry) -> Any:  # noqa: ANN401 - the row of the command, by kind
    step, said = fact_of(entry)
    return merging.merge_fact(sender.context(entry), _leg_id(sender, entry), step, said)


def _decision(sender: _Sender, entry: Entry) -> Any:  # noqa: ANN401
    step, said = decision_of(entry)
    return merging.merge_decision(sender.context(entry), _leg_id(sender, entry), step, said, entry.at)


def _milestone(sender: _Sender, entry: Entry) -> Any:  # noqa: ANN401
    return merging.merge_milestone(sender.context(entry), _leg_id(sender, entry), milestone_code_of(entry), entry.at)


def _follow_up(sender: _Sender, entry: Entry) -> Any:  # noqa: ANN401
    number, done = visit_of(entry)
    return merging.merge_follow_up(sender.context(entry), number, done)


def _message(sender: _Sender, entry: Entry) -> Any:  # noqa: ANN401
    return write_message(sender.context(entry), _leg_id(sender, entry), message_of_entry(entry))


_DOERS: Mapping[EntryKind, Callable[[_Sender, Entry], Any]] = {
    EntryKind.FACT: _fact,
    EntryKind.DECISION: _decision,
    EntryKind.MILESTONE: _milestone,
    EntryKind.FOLLOW_UP: _follow_up,
    EntryKind.MESSAGE: _message,
}
