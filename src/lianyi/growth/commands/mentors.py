"""Pairs of mentor and apprentice, their goals, and the levels at which the apprentice works."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from lianyi.accounts.access import require
from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import StateRefusedError
from lianyi.accounts.records import Provenance, save_changes
from lianyi.errors import InvalidInputError
from lianyi.growth.mentor_authority import require_proposing_level, require_signing_level
from lianyi.growth.mentor_levels import evidence_of
from lianyi.growth.models import (
    DepartmentTechnique,
    LevelDecision,
    LevelState,
    MentorGoal,
    MentorPair,
    SupervisionLevel,
)
from lianyi.partnerships.evidence import EvidenceKind
from lianyi.partnerships.models import Agreement, Duty
from lianyi.registry.models import Staff


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPair:
    """Who teaches whom, from when on."""

    mentor: Staff
    apprentice: Staff
    starts_on: datetime.date
    planned_to: datetime.date | None = None
    duty: Duty | None = None
    code: str = ""
    provenance: str = Provenance.RECORDED


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGoal:
    """A technique of the ladder, or own words; at which level by when."""

    level: str
    due_on: datetime.date
    technique: DepartmentTechnique | None = None
    words: str = ""


@command("growth.mentor_pair.create")
def create_pair(context: CommandContext, agreement: Agreement, new: NewPair) -> MentorPair:
    """Bring a mentor and an apprentice together."""
    require(context.actor, "training.write", agreement)
    row = MentorPair(
        agreement=agreement,
        duty=new.duty,
        code=new.code or next_pair_code(agreement),
        mentor=new.mentor,
        apprentice=new.apprentice,
        starts_on=new.starts_on,
        planned_to=new.planned_to,
        provenance=new.provenance,
    )
    check_pair(row)
    row.save()
    record(context, "growth.mentor_pair.create", row, before=None, after=creation_facts(row))
    return row


def next_pair_code(agreement: Agreement) -> str:
    used = set(MentorPair.objects.values_list("code", flat=True))
    number = MentorPair.objects.filter(agreement=agreement).count() + 1
    while f"{agreement.code}-M{number:02d}" in used:
        number += 1
    return f"{agreement.code}-M{number:02d}"


def check_pair(row: MentorPair) -> None:
    """Refuse what no pair can be, whoever writes it."""
    if row.mentor_id == row.apprentice_id:
        raise InvalidInputError("Nobody is their own mentor.", field="apprentice", reason="mentor-self")
    parties = set(row.agreement.parties.values_list("institution_id", flat=True))
    for name, person in (("mentor", row.mentor), ("apprentice", row.apprentice)):
        if person.institution_id not in parties:
            raise InvalidInputError(
                f"{person} works for no party of the agreement.",
                field=name,
                reason="mentor-no-party",
                person=person.name_zh,
                agreement=row.agreement.code,
            )
    if row.planned_to is not None and row.planned_to < row.starts_on:
        raise InvalidInputError("It ends before it starts.", field="planned_to", reason="mentor-days-reversed")
    if row.ended_on is not None and row.ended_on < row.starts_on:
        raise InvalidInputError("It ends before it starts.", field="ended_on", reason="mentor-days-reversed")
    if row.duty is not None and (
        row.duty.agreement_id != row.agreement_id or row.duty.evidence_kind != EvidenceKind.MENTOR_PAIRS
    ):
        raise InvalidInputError(
            "The duty is none of this agreement about mentor pairs.", field="duty", reason="mentor-duty"
        )
    same = MentorPair.objects.filter(agreement=row.agreement, mentor=row.mentor, apprentice=row.apprentice)
    if same.filter(ended_on__isnull=True).exclude(pk=row.pk).exists() and row.ended_on is None:
        raise InvalidInputError(
            "These two are mentor and apprentice under this agreement already.",
            field="apprentice",
            reason="mentor-twice",
        )


@command("growth.mentor_pair.end")
def end_pair(context: CommandContext, row: MentorPair, ended_on: datetime.date, expected_version: int) -> MentorPair:
    """End a pair on a day, with a reason."""
    require(context.actor, "training.write", row)
    if row.ended_on is not None:
        raise StateRefusedError("The pair has ended already.", reason="mentor-ended", day=row.ended_on)
    if not context.reason.strip():
        raise InvalidInputError("Ending a pair needs a reason in words.", field="reason", reason="mentor-end-reason")
    if ended_on < row.starts_on:
        raise InvalidInputError("It ends before it starts.", field="ended_on", reason="mentor-days-reversed")
    fields = ("ended_on", "end_reason")
    before = snapshot(row, fields)
    save_changes(row, {"ended_on": ended_on, "end_reason": context.reason.strip()}, expected_version)
    record(context, "growth.mentor_pair.end", row, before=before, after=snapshot(row, fields))
    return row


@command("growth.mentor_goal.add")
def add_goal(context: CommandContext, pair: MentorPair, new: NewGoal) -> MentorGoal:
    """Set a goal for an apprentice."""
    require(context.actor, "training.write", pair)
    last = pair.goals.order_by("-number").values_list("number", flat=True).first() or 0
    row = MentorGoal(
        pair=pair,
        number=last + 1,
        technique=new.technique,
        words=new.words.strip(),
        level=new.level,
        due_on=new.due_on,
    )
    check_goal(row)
    row.save()
    record(context, "growth.mentor_goal.add", row, before=None, after=creation_facts(row))
    return row


def check_goal(row: MentorGoal) -> None:
    """Refuse what no goal can be, whoever writes it."""
    if row.technique is None and not row.words:
        raise InvalidInputError(
            "Choose a technique, or say the goal in words.", field="words", reason="mentor-goal-empty"
        )
    if row.level not in SupervisionLevel.values:
        raise InvalidInputError(
            f"'{row.level}' is no level.", field="level", reason="mentor-level-unknown", given=row.level
        )
    if row.due_on < row.pair.starts_on:
        raise InvalidInputError("It is due before the pair begins.", field="due_on", reason="mentor-days-reversed")
    technique = row.technique
    if technique is not None and technique.institution_id != row.pair.apprentice.institution_id:
        raise InvalidInputError(
            "The technique is learnt at another institution than the apprentice's.",
            field="technique",
            reason="mentor-technique-elsewhere",
        )


@command("growth.mentor_level.propose")
def propose_level(context: CommandContext, goal: MentorGoal, level: str, since: datetime.date) -> LevelDecision:
    """Propose at which level the apprentice works from a day on; the logbook must hold the cases that it asks for."""
    require_proposing_level(context.actor, goal.pair)
    row = LevelDecision(goal=goal, level=level, since=since, proposed_by_id=context.actor.user_id)
    check_level(row)
    _check_logbook(row)
    if goal.levels.filter(state=LevelState.PROPOSED).exists():
        raise StateRefusedError("A level waits for its signature already.", reason="mentor-level-waits")
    row.save()
    record(context, "growth.mentor_level.propose", row, before=None, after=creation_facts(row))
    return row


def check_level(row: LevelDecision) -> None:
    """Refuse what no level can be, whoever writes it."""
    if row.level not in SupervisionLevel.values:
        raise InvalidInputError(
            f"'{row.level}' is no level.", field="level", reason="mentor-level-unknown", given=row.level
        )
    if row.since > timezone.localdate() or row.since < row.goal.pair.starts_on:
        raise InvalidInputError(
            f"{row.since} lies before the pair, or is still to come.",
            field="since",
            reason="mentor-level-day",
            day=row.since,
        )


def _check_logbook(row: LevelDecision) -> None:
    evidence = evidence_of(row.goal, row.level)
    if not evidence.is_enough:
        raise InvalidInputError(
            f"The logbook holds {evidence.has} confirmed cases of {evidence.needs}.",
            field="level",
            reason="mentor-too-few-cases",
            has=evidence.has,
            needs=evidence.needs,
        )


@command("growth.mentor_level.sign")
def sign_level(context: CommandContext, row: LevelDecision, expected_version: int) -> LevelDecision:
    """Sign a level, as a third person of the apprentice's side."""
    require_signing_level(context.actor, row)
    _check_waiting(row)
    _check_logbook(row)
    changes = {"state": LevelState.SIGNED.value, "signed_by_id": context.actor.user_id}
    return _answered(context, "growth.mentor_level.sign", row, changes, expected_version)


@command("growth.mentor_level.refuse")
def refuse_level(context: CommandContext, row: LevelDecision, expected_version: int) -> LevelDecision:
    """Refuse a level, with a reason."""
    require_signing_level(context.actor, row)
    _check_waiting(row)
    if not context.reason.strip():
        raise InvalidInputError("Refusing needs a reason in words.", field="reason", reason="mentor-refusal-reason")
    changes = {"state": LevelState.REFUSED.value, "reason": context.reason.strip()}
    return _answered(context, "growth.mentor_level.refuse", row, changes, expected_version)


def _check_waiting(row: LevelDecision) -> None:
    if row.state != LevelState.PROPOSED:
        raise StateRefusedError("This level is answered already.", reason="mentor-level-answered")


def _answered(
    context: CommandContext, action: str, row: LevelDecision, changes: Mapping[str, object], expected_version: int
) -> LevelDecision:
    said = {**changes, "answered_on": timezone.localdate()}
    before = snapshot(row, said)
    save_changes(row, said, expected_version)
    record(context, action, row, before=before, after=snapshot(row, said))
    return row
