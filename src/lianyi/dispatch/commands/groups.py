"""Batches and teams."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from lianyi.accounts.audit import CommandContext, creation_facts, record
from lianyi.accounts.commanding import command
from lianyi.accounts.records import Provenance
from lianyi.dispatch.authority import require_on_plan
from lianyi.dispatch.errors import PostingDatesError
from lianyi.dispatch.models import (
    Batch,
    Team,
)
from lianyi.errors import InvalidInputError
from lianyi.partnerships.models import Agreement


@dataclass(frozen=True, slots=True)
class NewBatch:
    number: int
    starts_on: datetime.date
    ends_on: datetime.date
    name_zh: str = ""
    name_en: str = ""
    provenance: str = Provenance.RECORDED


@dataclass(frozen=True, slots=True)
class NewTeam:
    code: str
    name_zh: str
    name_en: str = ""
    batch_id: int | None = None
    leader_id: int | None = None
    provenance: str = Provenance.RECORDED


@command("dispatch.batch.create")
def create_batch(context: CommandContext, agreement: Agreement, new: NewBatch) -> Batch:
    """Plan a wave of people."""
    require_on_plan(context.actor, "dispatch.write", agreement)
    if new.ends_on < new.starts_on:
        raise PostingDatesError(
            f"The batch ends on {new.ends_on}, before it starts on {new.starts_on}.",
            field="ends_on",
            reason="batch-reversed",
            start=new.starts_on,
            end=new.ends_on,
        )
    if agreement.batches.filter(number=new.number).exists():
        raise InvalidInputError(
            f"The agreement has a batch {new.number} already.",
            field="number",
            reason="batch-number-taken",
            given=new.number,
        )
    batch = Batch.objects.create(
        agreement=agreement,
        number=new.number,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        name_zh=new.name_zh,
        name_en=new.name_en,
        provenance=new.provenance,
    )
    record(context, "dispatch.batch.create", batch, before=None, after=creation_facts(batch))
    return batch


@command("dispatch.team.create")
def create_team(context: CommandContext, agreement: Agreement, new: NewTeam) -> Team:
    """Form a team, with a leader if there is one."""
    require_on_plan(context.actor, "dispatch.write", agreement)
    if agreement.teams.filter(code=new.code).exists():
        raise InvalidInputError(
            f"The agreement has a team '{new.code}' already.", field="code", reason="team-code-taken", given=new.code
        )
    team = Team.objects.create(
        agreement=agreement,
        code=new.code,
        name_zh=new.name_zh,
        name_en=new.name_en,
        batch_id=new.batch_id,
        leader_id=new.leader_id,
        provenance=new.provenance,
    )
    record(context, "dispatch.team.create", team, before=None, after=creation_facts(team))
    return team
