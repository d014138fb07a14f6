"""Entries of the field log: written, and corrected by a newer version."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Max
from django.utils import timezone

from lianyi.accounts.audit import CommandContext
from lianyi.accounts.commanding import command
from lianyi.dispatch.models import Posting
from lianyi.growth.commands.training import made
from lianyi.growth.field_log_rules import check_entry, require_logging
from lianyi.growth.models.field_log import FieldLogEntry, LogSource


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """What a posted person did on a day. ``follows`` is the version of the day that the writer knew of, 0 for none."""

    day: datetime.date
    outpatients: int | None = None
    ward_rounds: int | None = None
    operations: int | None = None
    teaching_minutes: int | None = None
    people: Mapping[str, int] = field(default_factory=dict)
    words: str = ""
    follows: int = 0
    source: str = LogSource.PAGE


@command("growth.field_log.write")
def write_entry(context: CommandContext, posting: Posting, new: NewEntry) -> FieldLogEntry:
    """Write the log of a day. A day that has an entry gets a newer version; no version is ever lost."""
    require_logging(context.actor, posting)
    last = FieldLogEntry.objects.filter(posting=posting, day=new.day).aggregate(last=Max("number"))["last"] or 0
    row = FieldLogEntry(
        posting=posting,
        day=new.day,
        number=last + 1,
        follows=min(new.follows, last),
        outpatients=new.outpatients,
        ward_rounds=new.ward_rounds,
        operations=new.operations,
        teaching_minutes=new.teaching_minutes,
        people=dict(new.people),
        words=new.words.strip(),
        source=new.source,
        written_at=context.occurred_at or timezone.now(),
        user_id=context.actor.user_id,
    )
    check_entry(row)
    return made(context, "growth.field_log.write", row)
