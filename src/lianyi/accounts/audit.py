"""The audit trail: who did what, acting as what, on which row, when it happened and when it was recorded.

Each event carries the hash of the one before, so that a row changed, removed or put in between later is found by
``verify_chain``. Events are written in the transaction of the write they speak of, never apart from it.
"""

from __future__ import annotations

import datetime
import decimal
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from lianyi.accounts.access import Decision
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import AuditChainBrokenError
from lianyi.accounts.models import AuditEvent, ChainHead, ReadEvent

BATCH = 5000
_HASHED = (
    "sequence",
    "user_id",
    "acting_node_id",
    "acting_role",
    "action",
    "object_type",
    "object_id",
    "before",
    "after",
    "reason_code",
    "reason",
    "occurred_at",
    "recorded_at",
    "request_id",
    "command_key",
    "previous_hash",
)

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CommandContext:
    """Everything a command knows about its asking: the actor, the retry key, the reason, and when it happened."""

    actor: Actor
    key: str
    request_id: str = ""
    reason_code: str = ""
    reason: str = ""
    occurred_at: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What one audit event says about one row."""

    action: str
    object_type: str
    object_id: int | None
    before: Facts | None
    after: Facts | None


# Most values are one of these; asking for them first makes a large import a sixth quicker.
_AS_THEY_ARE = frozenset({str, int, bool, type(None)})


def plain(value: Any) -> Any:  # noqa: ANN401, PLR0911 - one line for each type a field can hold
    """Turn a field's value into one that JSON keeps exactly on every database."""
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, dict | Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, decimal.Decimal | float | UUID):
        return str(value)
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, models.Model):
        return value.pk
    return value


def snapshot(row: models.Model, fields: Iterable[str]) -> dict[str, Any]:
    """Return the named fields of a row as the trail keeps them."""
    return {name: plain(getattr(row, name)) for name in fields}


def creation_facts(row: models.Model) -> dict[str, Any]:
    """Return every field of a new row that holds something."""
    facts = {field.attname: plain(getattr(row, field.attname)) for field in row._meta.concrete_fields}
    return {name: value for name, value in facts.items() if value not in (None, "") and name != "updated_at"}


def entry_of(action: str, row: models.Model, before: Facts | None, after: Facts | None) -> Entry:
    return Entry(action, row._meta.label_lower, row.pk, before, after)


def record(
    context: CommandContext, action: str, row: models.Model, *, before: Facts | None, after: Facts | None
) -> None:
    """Write one event about one row."""
    record_many(context, [entry_of(action, row, before, after)])


def lock_chain() -> ChainHead:
    """Take the lock that puts all writers in one line until the transaction ends; the first command makes the row."""
    return ChainHead.objects.select_for_update().filter(pk=1).first() or ChainHead.objects.create(pk=1)


def record_many(context: CommandContext, entries: Sequence[Entry]) -> None:
    """Write many events in one go, in the order given."""
    if not entries:
        return
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("An audit event is written in the transaction of its command.")
    head = lock_chain()
    recorded_at = timezone.now()
    events = []
    for entry in entries:
        event = AuditEvent(
            sequence=head.sequence + 1,
            user_id=context.actor.user_id,
            acting_node_id=context.actor.node_id,
            acting_role=context.actor.role,
            action=entry.action,
            object_type=entry.object_type,
            object_id=entry.object_id,
            before=None if entry.before is None else plain(entry.before),
            after=None if entry.after is None else plain(entry.after),
            reason_code=context.reason_code,
            reason=context.reason,
            occurred_at=context.occurred_at or recorded_at,
            recorded_at=recorded_at,
            request_id=context.request_id,
            command_key=context.key,
            previous_hash=head.hash,
        )
        event.hash = hash_of(event)
        head.sequence, head.hash = event.sequence, event.hash
        events.append(event)
    AuditEvent.objects.bulk_create(events, batch_size=BATCH)
    head.save(update_fields=["sequence", "hash"])


def hash_of(event: AuditEvent) -> str:
    """Return the SHA-256 of everything the event says and of the hash before it."""
    facts = {name: plain(getattr(event, name)) for name in _HASHED}
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True)
class ChainReport:
    """Result of a verified chain: how many events, and the last hash to note down outside the database."""

    events: int
    last_hash: str


def verify_chain(progress: Callable[[int], None] = lambda _done: None) -> ChainReport:
    """Walk the whole trail and recompute every hash.

    Raises
    ------
    AuditChainBrokenError
        Naming the first event that does not fit, and how.
    """
    walked = _walk_from(ChainReport(events=0, last_hash=""), progress)
    head = _head()
    while head.sequence > walked.events:
        # Somebody wrote while the trail was read: what the head counts since then is walked as well.
        before, walked = walked, _walk_from(walked, progress)
        if walked == before:
            break
        head = _head()
    if (head.sequence, head.hash) != (walked.events, walked.last_hash):
        raise _broken(walked.events + 1, f"the trail ends at event {walked.events} but {head.sequence} were written")
    return ChainReport(events=head.sequence, last_hash=head.hash)


def _head() -> ChainHead:
    return ChainHead.objects.filter(pk=1).first() or ChainHead(pk=1)


def _walk_from(known: ChainReport, progress: Callable[[int], None]) -> ChainReport:
    """Recompute the hashes of the events after those already walked."""
    expected, previous = known.events + 1, known.last_hash
    events = AuditEvent.objects.filter(sequence__gt=known.events).order_by("sequence")
    for event in events.iterator(chunk_size=BATCH):
        if event.sequence != expected:
            raise _broken(expected, f"event {expected} is missing (the next one is {event.sequence})")
        if event.previous_hash != previous:
            raise _broken(expected, f"event {expected} does not follow the event before it")
        if hash_of(event) != event.hash:
            raise _broken(expected, f"event {expected} was changed after it was written")
        previous = event.hash
        progress(expected)
        expected += 1
    return ChainReport(events=expected - 1, last_hash=previous)


def _broken(sequence: int, what: str) -> AuditChainBrokenError:
    return AuditChainBrokenError(
        f"The audit trail is not intact: {what}. Compare with the last backup that verifies.", sequence=sequence
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """One opening of data about persons, for the reading log."""

    object_type: str
    object_id: int | None
    rows: int
    page: str
    request_id: str = ""


def record_reading(actor: Actor, reading: Reading, decision: Decision) -> None:
    """Note that the actor read data about persons, and on what basis."""
    ReadEvent.objects.create(
        user_id=actor.user_id,
        acting_node_id=actor.node_id,
        acting_role=actor.role,
        object_type=reading.object_type,
        object_id=reading.object_id,
        rows=reading.rows,
        basis=decision.basis,
        basis_id=decision.basis_id,
        page=reading.page,
        request_id=reading.request_id,
    )
