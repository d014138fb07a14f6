"""The referral machine as two tables: the states of a leg, and the steps between them.

Commands, pages, the printed document of the machine and the tests all walk these tables; what is not in them is
refused.

A *leg* is the task of one candidate receiver within a request. Codes S01 to S29 and R01 to R39 are those of the design.
"""

from __future__ import annotations

from collections.abc import Mapping

from lianyi.referrals.machine.asking import ASKING
from lianyi.referrals.machine.booking import BOOKING
from lianyi.referrals.machine.caring import CARING
from lianyi.referrals.machine.deciding import DECIDING
from lianyi.referrals.machine.ending import ENDING
from lianyi.referrals.machine.legs import (
    AGREED,
    BEFORE_DECISION,
    BOOKED,
    FINAL,
    HELD_FROM,
    HERE_OR_TREATED,
    IN_RECEIVERS_HANDS,
    OPEN,
    SAME,
    STARTED,
    STATE_ROWS,
    STATES,
    TAKEN,
    UNDECIDED,
    UNROUTED,
    UNSENT,
    WENT_OUT,
    WITHOUT_PATIENT,
    StateRow,
    WorkList,
)
from lianyi.referrals.machine.steps import Transition
from lianyi.referrals.machine.travelling import TRAVELLING

__all__ = [
    "AGREED",
    "BEFORE_DECISION",
    "BOOKED",
    "BY_NAME",
    "FINAL",
    "HELD_FROM",
    "HERE_OR_TREATED",
    "IN_RECEIVERS_HANDS",
    "OPEN",
    "SAME",
    "STARTED",
    "STATES",
    "STATE_ROWS",
    "TAKEN",
    "TRANSITIONS",
    "UNDECIDED",
    "UNROUTED",
    "UNSENT",
    "WENT_OUT",
    "WITHOUT_PATIENT",
    "StateRow",
    "Transition",
    "WorkList",
    "steps_from",
]

TRANSITIONS: tuple[Transition, ...] = (*ASKING, *DECIDING, *BOOKING, *TRAVELLING, *CARING, *ENDING)
BY_NAME: Mapping[str, Transition] = {row.name: row for row in TRANSITIONS}


def steps_from(state: str) -> tuple[Transition, ...]:
    """Return the rows that the table has for a state."""
    return tuple(row for row in TRANSITIONS if state in row.from_states)
