"""Which times can be true: a slip of the keyboard (year 0001, year 2206) is refused before it is kept.

A moment that no calendar of this site can show would make every page that shows it fail, for everybody.
"""

from __future__ import annotations

import datetime
from typing import TypeVar

from django.utils import timezone

from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.facts import StepFacts
from lianyi.referrals.states import Urgency
from lianyi.referrals.walk import Move, Walk

# A clock that is a little ahead at the sender is no mistake; more than this is.
CLOCK_TOLERANCE = datetime.timedelta(minutes=5)
# Nothing that is told of a case of today happened before this; no electronic record of the kind is older.
EARLIEST = datetime.datetime(1990, 1, 1, tzinfo=datetime.UTC)
EARLIEST_DAY = EARLIEST.date()
# The longest appointment that anybody gives: next year's check-up, and a month for putting it off.
FARTHEST_AHEAD = datetime.timedelta(days=400)
# A patient may have been on the road before the referral was written, but not for longer than this.
LONGEST_BEFORE_JOURNEY = datetime.timedelta(days=400)
# An emergency is expected within days; a later date is another month typed by mistake.
FARTHEST_EMERGENCY = datetime.timedelta(days=7)
# What a step cannot lie before: nobody arrives before they left, and nobody is taken over before they arrived. Whoever
# types it is asked to look at both times again; a device cannot be asked, so what it tells is kept (see ``journeys``).
COMES_AFTER = {"arrive": "departed_at", "take_over": "arrived_at"}


def last_minute_of(day: datetime.date) -> datetime.datetime:
    """Return the end of a day here, to the minute, so that it is read as that day and not as the next one."""
    day_after = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time.min)
    return timezone.make_aware(day_after) - datetime.timedelta(minutes=1)


def in_local_time(moment: datetime.datetime) -> str:
    """Return a moment as the clock on the wall shows it here; moments inside the program are in UTC."""
    try:
        here = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    except OverflowError:
        # The edge of the calendar has no moment in another zone; it is said as it stands.
        here = moment
    return f"{here:%Y-%m-%d %H:%M}"


def _said(moment: datetime.date) -> str:
    return in_local_time(moment) if isinstance(moment, datetime.datetime) else moment.isoformat()


Moment = TypeVar("Moment", datetime.datetime, datetime.date)


def sound_moment(name: str, given: Moment, *, not_before: Moment, not_after: Moment) -> Moment:
    """Return a moment or a day that lies between two others, themselves included.

    Raises
    ------
    FactsRefusedError
        Naming the field, what was given, and the earliest and the latest that is taken.
    """
    if not not_before <= given <= not_after:
        raise FactsRefusedError(
            f"{_said(given)} cannot be right for '{name}'. Give a time from {_said(not_before)} to {_said(not_after)}.",
            field=name,
            reason="moment-impossible",
            given=given,
            least=not_before,
            most=not_after,
        )
    return given


def check_occurred(given: datetime.datetime, move: Move, facts: StepFacts) -> None:
    """Refuse a time at which the step cannot have happened; a fact may lie before the journey, within reason."""
    begun = move.leg.request.journey.opened_at
    least = max(EARLIEST, begun - LONGEST_BEFORE_JOURNEY)
    known = COMES_AFTER.get(move.transition.name)
    before = None if known is None or facts.entered_offline else getattr(move.leg, known)
    if before is not None:
        least = max(least, to_the_minute(before))
    sound_moment("occurred_at", given, not_before=least, not_after=move.now + CLOCK_TOLERANCE)


def to_the_minute(moment: datetime.datetime) -> datetime.datetime:
    """Return a moment as people type it: what the program noted has seconds too."""
    return moment.replace(second=0, microsecond=0)


def check_said(walk: Walk) -> None:
    """Refuse times said with a step that lie beyond what anybody plans."""
    facts, horizon = walk.facts, walk.now + FARTHEST_AHEAD
    is_emergency = walk.leg.request.urgency == Urgency.EMERGENCY
    for name, moment, latest in (
        ("due_at", facts.due_at, horizon),
        ("expected_at", facts.expected_at, walk.now + FARTHEST_EMERGENCY if is_emergency else horizon),
        ("care_ended_at", facts.care_ended_at, horizon),
    ):
        if moment is not None:
            sound_moment(name, moment, not_before=EARLIEST, not_after=latest)
    # A forecast speaks of what lies ahead when it is made; one told late may be of a day gone by since.
    said_on = timezone.localdate(walk.occurred_at)
    for name, day, earliest in (
        ("next_date", facts.next_date, EARLIEST_DAY),
        ("expected_return_on", facts.expected_return_on, said_on),
    ):
        if day is not None:
            sound_moment(name, day, not_before=earliest, not_after=timezone.localdate(horizon))
