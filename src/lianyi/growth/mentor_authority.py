"""Who acts for the mentor, who for the apprentice, and who may sign a level: a third person of the home side."""

from __future__ import annotations

from collections.abc import Callable

from lianyi.accounts.access import covers, decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError, SeparationOfDutiesError
from lianyi.growth.models import LevelDecision, LogbookLine, LogbookSide, MentorPair


def side_of(actor: Actor, pair: MentorPair) -> str:
    """Return for which of the two somebody writes: as that person, or as the office of the institution of one of them.

    Whoever covers both institutions and is neither of the two stands on no side.
    """
    return side_among(actor, pair, lambda institution_id: covers(actor, institution_id))


def side_among(actor: Actor, pair: MentorPair, is_covered: Callable[[int], bool]) -> str:
    """Return the side, where it is known already which institutions somebody covers: for many pairs at once."""
    if pair.mentor.user_id == actor.user_id:
        return LogbookSide.MENTOR
    if pair.apprentice.user_id == actor.user_id:
        return LogbookSide.APPRENTICE
    of_mentor, of_apprentice = is_covered(pair.mentor.institution_id), is_covered(pair.apprentice.institution_id)
    if of_mentor == of_apprentice:
        return ""
    return LogbookSide.MENTOR if of_mentor else LogbookSide.APPRENTICE


def may_write_logbook(actor: Actor, pair: MentorPair) -> bool:
    return decide(actor, "training.write", pair).allowed and side_of(actor, pair) != ""


def may_answer(actor: Actor, line: LogbookLine) -> bool:
    """Tell whether somebody confirms a line: of the other side, and another person than the one who wrote it."""
    pair = line.goal.pair
    if not may_write_logbook(actor, pair) or line.written_by_id == actor.user_id:
        return False
    return side_of(actor, pair) != line.written_side


def may_propose_level(actor: Actor, pair: MentorPair) -> bool:
    return decide(actor, "training.write", pair).allowed and side_of(actor, pair) == LogbookSide.MENTOR


def may_sign_level(actor: Actor, decision: LevelDecision) -> bool:
    """Tell whether somebody signs: neither mentor nor apprentice, of the apprentice's side, and not who proposed."""
    pair = decision.goal.pair
    if not decide(actor, "training.decide", pair).allowed or not covers(actor, pair.apprentice.institution_id):
        return False
    return actor.user_id not in (pair.mentor.user_id, pair.apprentice.user_id, decision.proposed_by_id)


def require_logbook(actor: Actor, pair: MentorPair) -> str:
    """Return the side for which somebody writes.

    Raises
    ------
    NotPermittedError
    """
    require(actor, "training.write", pair)
    side = side_of(actor, pair)
    if not side:
        raise NotPermittedError(
            "A logbook is written by mentor and apprentice, or by the office of one of their institutions.",
            reason="logbook-side",
            permission="training.write",
        )
    return side


def require_answering(actor: Actor, line: LogbookLine) -> None:
    """Refuse unless somebody may confirm a line.

    Raises
    ------
    NotPermittedError, SeparationOfDutiesError
    """
    side = require_logbook(actor, line.goal.pair)
    if side == line.written_side or line.written_by_id == actor.user_id:
        raise SeparationOfDutiesError(
            "What one of the two wrote, the other confirms; never both by one person.", reason="own-logbook-line"
        )


def require_proposing_level(actor: Actor, pair: MentorPair) -> None:
    """Refuse unless somebody proposes levels.

    Raises
    ------
    NotPermittedError
    """
    require(actor, "training.write", pair)
    if side_of(actor, pair) != LogbookSide.MENTOR:
        raise NotPermittedError(
            "A level is proposed by the mentor, or by the office of the mentor's institution.",
            reason="level-mentor",
            permission="training.write",
        )


def require_signing_level(actor: Actor, decision: LevelDecision) -> None:
    """Refuse unless somebody signs levels.

    Raises
    ------
    NotPermittedError, SeparationOfDutiesError
    """
    pair = decision.goal.pair
    require(actor, "training.decide", pair)
    if actor.user_id in (pair.mentor.user_id, pair.apprentice.user_id, decision.proposed_by_id):
        raise SeparationOfDutiesError(
            "A level is signed by a third person: neither the mentor, nor the apprentice, nor whoever proposed it.",
            reason="own-level",
        )
    if not covers(actor, pair.apprentice.institution_id):
        raise NotPermittedError(
            "A level is signed by the institution in which the apprentice works.",
            reason="level-home",
            permission="training.decide",
        )
