"""Goals of secondments, and checks after the return by somebody of the home institution."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

from lianyi.accounts.access import covers, decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError, SeparationOfDutiesError
from lianyi.accounts.records import Provenance
from lianyi.dispatch.models import Posting, PostingKind
from lianyi.growth.commands.training import changed, made
from lianyi.growth.models.secondments import ReturnCheck, ReturnOutcome, SecondmentGoal, WantedLevel
from lianyi.growth.return_checks import checks_of
from lianyi.growth.secondment_errors import SecondmentRefusedError
from lianyi.growth.training_authority import WRITE, keeps_training


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGoal:
    """What the home department wants: a technique by its code, or words."""

    level: str
    technique_code: str = ""
    words: str = ""
    provenance: str = Provenance.RECORDED


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFacts:
    """What was found so many months after the return."""

    months: int
    checked_on: datetime.date
    outcome: str
    evidence: str


@command("growth.secondment_goal.add")
def add_goal(context: CommandContext, posting: Posting, new: NewGoal) -> SecondmentGoal:
    """Write down what a secondment is for."""
    _require_keeping(context.actor, posting)
    goal = SecondmentGoal(
        posting=posting,
        number=SecondmentGoal.objects.filter(posting=posting).count() + 1,
        technique_code=new.technique_code.strip(),
        words=new.words.strip(),
        level=new.level,
        provenance=new.provenance,
    )
    check_goal(goal)
    return made(context, "growth.secondment_goal.add", goal)


@command("growth.secondment_goal.withdraw")
def withdraw_goal(context: CommandContext, goal: SecondmentGoal, expected_version: int) -> SecondmentGoal:
    """Take a goal back; it stays on the page as withdrawn."""
    _require_keeping(context.actor, goal.posting)
    return changed(context, "growth.secondment_goal.withdraw", goal, {"is_withdrawn": True}, expected_version)


@command("growth.return_check.record")
def record_check(context: CommandContext, posting: Posting, said: CheckFacts) -> ReturnCheck:
    """Record what was found after a return; said again it corrects, with a reason in the context."""
    require_checking(context.actor, posting)
    row = ReturnCheck(
        posting=posting,
        months=said.months,
        checked_on=said.checked_on,
        outcome=said.outcome,
        evidence=said.evidence.strip(),
        checked_by_id=context.actor.user_id,
    )
    check_return(row)
    kept = ReturnCheck.objects.filter(posting=posting, months=said.months).first()
    if kept is None:
        return made(context, "growth.return_check.record", row)
    if not context.reason.strip():
        raise SecondmentRefusedError("A check that stands is corrected with a reason.", reason="no-reason")
    names = ("checked_on", "outcome", "evidence", "checked_by_id")
    changes = {name: getattr(row, name) for name in names}
    return changed(context, "growth.return_check.correct", kept, changes, kept.version)


def check_goal(goal: SecondmentGoal) -> None:
    """Refuse a goal that says nothing, or of a posting that is no secondment up.

    Raises
    ------
    SecondmentRefusedError
    """
    if goal.posting.kind != PostingKind.SECONDMENT_UP:
        raise SecondmentRefusedError(
            f"{goal.posting.code} is no secondment up.", reason="no-secondment", posting=goal.posting.code
        )
    if not goal.technique_code and not goal.words:
        raise SecondmentRefusedError("Give a technique or the goal in words.", field="words", reason="goal-empty")
    if goal.level not in WantedLevel.values:
        raise SecondmentRefusedError(f"'{goal.level}' is no level.", field="level", reason="goal-level")


def check_return(row: ReturnCheck) -> None:
    """Refuse a check that is not asked for, made too early, ahead, or without evidence.

    Raises
    ------
    SecondmentRefusedError
    """
    posting = row.posting
    if posting.kind != PostingKind.SECONDMENT_UP or posting.left_on is None:
        raise SecondmentRefusedError(
            f"{posting.code} is no secondment that is over.", reason="not-returned", posting=posting.code
        )
    asked = {each.months: each for each in checks_of(posting, (), timezone.localdate())}
    if row.months not in asked:
        raise SecondmentRefusedError(
            f"It is not asked for after {row.months} months.",
            field="months",
            reason="months",
            given=row.months,
            asked=", ".join(str(each) for each in asked),
        )
    if not asked[row.months].opens_on <= row.checked_on <= timezone.localdate():
        raise SecondmentRefusedError(
            f"The check of {row.months} months lies from {asked[row.months].opens_on} to today.",
            field="checked_on",
            reason="check-day",
            first=asked[row.months].opens_on,
        )
    if row.outcome not in ReturnOutcome.values:
        raise SecondmentRefusedError(f"'{row.outcome}' is no outcome.", field="outcome", reason="outcome")
    if not row.evidence:
        raise SecondmentRefusedError("Say in words what shows it.", field="evidence", reason="no-evidence")


def may_check(actor: Actor, posting: Posting) -> bool:
    """Tell whether the actor checks this return: for the home institution, and not as the person themself."""
    return (
        keeps_training(actor)
        and decide(actor, WRITE, posting).allowed
        and (actor.is_service or covers(actor, posting.from_institution_id))
        and posting.staff.user_id != actor.user_id
    )


def require_checking(actor: Actor, posting: Posting) -> None:
    """Refuse unless the actor may check this return.

    Raises
    ------
    NotPermittedError, SeparationOfDutiesError
    """
    _require_keeping(actor, posting)
    if not actor.is_service and not covers(actor, posting.from_institution_id):
        raise NotPermittedError(
            "What became of somebody who returned is checked by the institution they returned to.",
            reason="home-institution",
            permission=WRITE,
        )
    if posting.staff.user_id is not None and posting.staff.user_id == actor.user_id:
        raise SeparationOfDutiesError(
            "Nobody checks their own return; somebody else of the institution does.", reason="own-return"
        )


def may_keep_secondment(actor: Actor, posting: Posting) -> bool:
    return keeps_training(actor) and decide(actor, WRITE, posting).allowed


def _require_keeping(actor: Actor, posting: Posting) -> None:
    require(actor, WRITE, posting)
    if not keeps_training(actor):
        raise NotPermittedError(
            "Goals and checks of secondments are kept by the offices, heads of department and trainers.",
            reason="secondment-keepers",
            permission=WRITE,
        )
