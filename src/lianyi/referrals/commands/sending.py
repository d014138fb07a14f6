"""Writing, attaching and sending in one go, so that one press of a button is one command and harmless when repeated."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core.files.storage import default_storage

from lianyi.accounts.access import get_in_scope
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.commanding import command
from lianyi.referrals.commands.attachments import NewAttachment, add_attachment
from lianyi.referrals.commands.drafts import DraftChanges, change_draft
from lianyi.referrals.commands.receivers import Receiver, add_receiver
from lianyi.referrals.commands.writing import NewReferral, change_packet, draft_referral
from lianyi.referrals.facts import StepFacts
from lianyi.referrals.models import Attachment, Leg, Request
from lianyi.referrals.states import LegState
from lianyi.referrals.walking import take_step


class Sending(StrEnum):
    """What happens to a referral once it is written."""

    NOT_YET = "not_yet"
    AT_ONCE = "at_once"
    ONE_BY_ONE = "one_by_one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """What is added to a draft, and whether it leaves; the versions are those that the person saw."""

    values: Mapping[str, Any]
    changes: DraftChanges
    receivers: Sequence[Receiver] = ()
    files: Sequence[NewAttachment] = ()
    sending: Sending = Sending.NOT_YET
    request_version: int
    packet_version: int
    facts: StepFacts = field(default_factory=StepFacts)


@command("referrals.request.write_and_send")
def write_and_send(
    context: CommandContext, new: NewReferral, files: Sequence[NewAttachment], sending: Sending
) -> Request:
    """Write a referral with its files and send it as asked; whole or not at all."""
    stored: list[str] = []
    try:
        request = draft_referral(_under(context, "draft"), new)
        _attach(context, request, files, stored)
        # What was sent on paper while the network was down is entered afterwards, with the time of the paper.
        said = StepFacts(occurred_at=context.occurred_at, entered_offline=context.occurred_at is not None)
        _send(context, request, sending, said)
    except BaseException:
        _forget(stored)
        raise
    request.refresh_from_db()
    return request


@command("referrals.request.finish")
def finish_draft(context: CommandContext, request_id: int, finish: Finish) -> Request:
    """Complete a draft: its form, what stands beside it, further receivers and files; send it when asked."""
    stored: list[str] = []
    try:
        request = change_draft(_under(context, "beside"), request_id, finish.changes, finish.request_version)
        change_packet(_under(context, "packet"), request_id, finish.values, finish.packet_version)
        for number, receiver in enumerate(finish.receivers):
            add_receiver(_under(context, f"to{number}"), request_id, receiver)
        _attach(context, request, finish.files, stored)
        _send(context, request, finish.sending, finish.facts)
    except BaseException:
        _forget(stored)
        raise
    request.refresh_from_db()
    return request


@command("referrals.request.attach")
def attach_files(context: CommandContext, request_id: int, files: Sequence[NewAttachment]) -> Request:
    """Add several files to a request, all of them or none."""
    stored: list[str] = []
    request = get_in_scope(context.actor, Request.objects.all(), request_id)
    try:
        _attach(context, request, files, stored)
    except BaseException:
        _forget(stored)
        raise
    return request


def _under(context: CommandContext, part: str) -> CommandContext:
    return dataclasses.replace(context, key=f"{context.key}.{part}")


def _attach(context: CommandContext, request: Request, files: Sequence[NewAttachment], stored: list[str]) -> None:
    for number, each in enumerate(files):
        row: Attachment = add_attachment(_under(context, f"file{number}"), request.pk, each)
        stored.append(str(row.file.name))


def _forget(stored: Sequence[str]) -> None:
    """Take files out of the storage whose rows the failed command takes back."""
    for name in stored:
        default_storage.delete(name)


def _send(context: CommandContext, request: Request, sending: Sending, said: StepFacts) -> None:
    if sending is Sending.NOT_YET:
        return
    legs = list(Leg.objects.filter(request=request, state=LegState.DRAFT).order_by("number"))
    chosen = legs[:1] if sending is Sending.ONE_BY_ONE else legs
    for leg in chosen:
        take_step(_under(context, f"send{leg.number}"), leg.pk, "send", said, leg.version)
