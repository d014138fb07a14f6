"""What an entry of the field log must be like, and who writes it."""

from __future__ import annotations

import datetime
import re

from django.utils import timezone

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError
from lianyi.dispatch.models import Posting, PostingState
from lianyi.errors import InvalidInputError
from lianyi.growth.models.field_log import FieldLogEntry
from lianyi.growth.training_authority import WRITE, keeps_training
from lianyi.growth.training_checks import PEOPLE_KEYS

COUNTS = ("outpatients", "ward_rounds", "operations", "teaching_minutes")
MOST = 5000
MOST_TEACHING_MINUTES = 1440
LONGEST_WORDS = 1000
# Telephone numbers and identity cards have no place in the log.
NUMBER_OF_A_PERSON = re.compile(r"\d{11,}")


class FieldLogRefusedError(InvalidInputError):
    """An entry of the field log cannot be; ``params['reason']`` says why."""

    code = "field-log"


def is_own_posting(actor: Actor, posting: Posting) -> bool:
    """Tell whether the actor is the posted person, or leads the team."""
    leader = None if posting.team is None else posting.team.leader
    return actor.user_id in (posting.staff.user_id, None if leader is None else leader.user_id)


def may_log(actor: Actor, posting: Posting) -> bool:
    if not decide(actor, WRITE, posting).allowed:
        return False
    return is_own_posting(actor, posting) or keeps_training(actor)


def require_logging(actor: Actor, posting: Posting) -> None:
    """Refuse unless the actor writes this posting's log: the person, the team's leader, or an office on their behalf.

    Raises
    ------
    NotPermittedError
    """
    require(actor, WRITE, posting)
    if not may_log(actor, posting):
        raise NotPermittedError(
            "The log is written by the posted person, the leader of the team, or an office on their behalf.",
            reason="field-log",
            permission=WRITE,
        )


def _was_on_site(posting: Posting, day: datetime.date) -> bool:
    """Tell whether a day lies within the stay; tables tell arrival and leaving before a line is published."""
    if posting.arrived_on is None or posting.state in (PostingState.CANCELLED, PostingState.VOID):
        return False
    today = timezone.localdate()
    return posting.arrived_on <= day <= min(posting.left_on or today, today)


def check_entry(row: FieldLogEntry) -> None:
    """Refuse an entry outside the stay, with numbers that cannot be, or with numbers of people in its words.

    Raises
    ------
    FieldLogRefusedError
    """
    if not _was_on_site(row.posting, row.day):
        raise FieldLogRefusedError(f"{row.day} is no day of the stay.", field="day", reason="day", day=row.day)
    for name in COUNTS:
        count = getattr(row, name)
        most = MOST_TEACHING_MINUTES if name == "teaching_minutes" else MOST
        if count is not None and not 0 <= count <= most:
            raise FieldLogRefusedError(f"{count} is no number from 0 to {most}.", field=name, reason="count", most=most)
    for name, count in row.people.items():
        if name not in PEOPLE_KEYS or not isinstance(count, int) or not 0 <= count <= MOST:
            raise FieldLogRefusedError(
                f"'{name}' = {count} is no count from 0 to {MOST}.", field="people", reason="count", most=MOST
            )
    if len(row.words) > LONGEST_WORDS:
        raise FieldLogRefusedError(
            f"The words have {len(row.words)} characters.", field="words", reason="long", most=LONGEST_WORDS
        )
    if NUMBER_OF_A_PERSON.search(row.words):
        raise FieldLogRefusedError("The words hold a long number.", field="words", reason="person-number")
    if row.people == {} and not row.words.strip() and all(getattr(row, name) is None for name in COUNTS):
        raise FieldLogRefusedError("The entry says nothing.", reason="empty")
