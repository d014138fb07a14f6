"""Days of a stay that were recorded wrongly, set right with a reason; what stood before stays in the record."""

from __future__ import annotations

import copy
import datetime

from lianyi.accounts.audit import CommandContext, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.records import save_changes
from lianyi.dispatch.authority import require_on_posting
from lianyi.dispatch.checks import double_bookings
from lianyi.dispatch.commands.walking import check_arrival, check_leaving, check_not_ahead, record_event
from lianyi.dispatch.errors import PostingDatesError, PublicationRefusedError, StepRefusedError
from lianyi.dispatch.machine import STAYED
from lianyi.dispatch.models import Posting
from lianyi.dispatch.stays import expected_span
from lianyi.errors import InvalidInputError


@command("dispatch.posting.correct")
def correct_stay(
    context: CommandContext,
    posting: Posting,
    arrived_on: datetime.date,
    left_on: datetime.date | None,
    expected_version: int,
) -> Posting:
    """Correct the day of arrival, and that of leaving where one is recorded; the state stays as it is."""
    require_on_posting(context.actor, "dispatch.decide", posting)
    _require_stay(posting, left_on)
    if not context.reason.strip():
        raise InvalidInputError(
            "Correcting a recorded day needs a reason in words.", field="reason", reason="day-correction-without-reason"
        )
    corrected = copy.copy(posting)
    corrected.arrived_on, corrected.left_on = arrived_on, left_on
    check_not_ahead(arrived_on, "arrived_on")
    check_arrival(posting, arrived_on)
    if left_on is not None:
        check_not_ahead(left_on, "left_on")
        check_leaving(corrected, left_on)
    _require_room(corrected)
    changes = {"arrived_on": arrived_on, "left_on": left_on}
    before = snapshot(posting, changes)
    save_changes(posting, changes, expected_version)
    record_event(context, posting, "correct", posting.state, left_on or arrived_on, before)
    record(context, "dispatch.posting.correct", posting, before=before, after=snapshot(posting, changes))
    return posting


def _require_stay(posting: Posting, left_on: datetime.date | None) -> None:
    if posting.state not in STAYED or posting.arrived_on is None or (left_on is None) != (posting.left_on is None):
        raise StepRefusedError(
            f"Only days that are recorded are corrected; those of {posting.code} are not. Record the step itself.",
            reason="nothing-to-correct",
            posting=posting.code,
            state=posting.state,
            allowed=[],
        )


def _require_room(corrected: Posting) -> None:
    """Refuse days that leave absences outside the stay, or on which the person was elsewhere."""
    span = expected_span(corrected)
    absences = corrected.absences.filter(is_void=False).order_by("starts_on")
    if span is None:
        return
    outside = [row for row in absences if row.starts_on < span.start or row.ends_on > span.end]
    if outside:
        raise PostingDatesError(
            f"An absence from {outside[0].starts_on} to {outside[0].ends_on} would lie outside the stay. "
            "Take it back first.",
            field="arrived_on",
            reason="absence-left-outside",
            start=outside[0].starts_on,
            end=outside[0].ends_on,
        )
    problems = double_bookings([corrected])
    if problems:
        raise PublicationRefusedError(
            f"The days of {corrected.code} cannot be corrected so: the person was elsewhere.",
            reason="correction",
            posting=corrected.code,
            problems=problems,
        )
