"""Who keeps training: offices, heads and trainers what they reach, a posted person what they teach themselves.

Everybody else with a part in training reads courses and sessions, and of people only the own rows.
"""

from __future__ import annotations

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.roles import Role
from lianyi.growth.models.training import Course, TrainingSession
from lianyi.partnerships.models import Agreement

WRITE = "training.write"
KEEPERS = frozenset({Role.LEAD_OFFICE, Role.SUPPORTED_OFFICE, Role.DEPARTMENT_HEAD, Role.TRAINER})
ONLY_OWN_SESSIONS = frozenset({Role.POSTED_STAFF})


def keeps_training(actor: Actor) -> bool:
    """Tell whether the role keeps courses, lists, tests and certificates, and so sees who took part."""
    return actor.is_service or actor.role in KEEPERS


def may_keep(actor: Actor, row: Agreement | Course | TrainingSession) -> bool:
    return keeps_training(actor) and decide(actor, WRITE, row).allowed


def teaches(actor: Actor, session: TrainingSession) -> bool:
    return session.teacher is not None and session.teacher.user_id == actor.user_id


def may_record_session(actor: Actor, session: TrainingSession) -> bool:
    """Tell whether the actor says what became of a session and who came."""
    if not decide(actor, WRITE, session).allowed:
        return False
    return keeps_training(actor) or (actor.role in ONLY_OWN_SESSIONS and teaches(actor, session))


def require_keeping(actor: Actor, row: Agreement | Course | TrainingSession) -> None:
    """Refuse unless the actor keeps training for this.

    Raises
    ------
    NotPermittedError
    """
    require(actor, WRITE, row)
    if not keeps_training(actor):
        raise NotPermittedError(
            "Courses, enrolments, tests and certificates are kept by the offices, heads of department and trainers.",
            reason="training-keepers",
            permission=WRITE,
        )


def require_session_recording(actor: Actor, session: TrainingSession) -> None:
    """Refuse unless the actor may say what became of the session.

    Raises
    ------
    NotPermittedError
    """
    require(actor, WRITE, session)
    if not may_record_session(actor, session):
        raise NotPermittedError(
            "A session is recorded by its teacher, or by an office, a head of department or a trainer.",
            reason="training-teacher",
            permission=WRITE,
        )
