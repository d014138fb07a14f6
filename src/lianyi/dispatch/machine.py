"""The life of a posting as a table. Whatever is not in the table is refused.

States are those of the design's smaller machines (planned, travelling, on site, extended, ended, handed over,
appraised, closed; returned early, cancelled, void), with *draft* before them: a line of a plan that was entered or
imported but not yet published.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianyi.dispatch.models import PostingState as S


class Side(enum.Enum):
    """Whose step it is."""

    EITHER = "either"
    HOME = "home"
    RECEIVING = "receiving"


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table: from which states to which, by whom, and what must be said."""

    name: str
    label: str | Promise
    from_states: tuple[S, ...]
    to_state: S
    permission: str
    side: Side = Side.EITHER
    needs_reason: bool = False
    needs_text: bool = False
    needs_end: bool = False
    is_fact: bool = False


PRESENT = (S.ON_SITE, S.EXTENDED)
# Facts of arrival and leaving are recorded even when nobody entered the departure.
STEPS: tuple[Step, ...] = (
    Step("publish", _("Publish"), (S.DRAFT,), S.PLANNED, "dispatch.decide"),
    Step("depart", _("Departed"), (S.PLANNED,), S.TRAVELLING, "dispatch.write", is_fact=True),
    Step("arrive", _("Arrived"), (S.PLANNED, S.TRAVELLING), S.ON_SITE, "dispatch.write", is_fact=True),
    Step("extend", _("Extend"), PRESENT, S.EXTENDED, "dispatch.decide", needs_reason=True, needs_end=True),
    Step("end", _("End of the posting"), PRESENT, S.ENDED, "dispatch.write", is_fact=True),
    Step(
        "return_early",
        _("Returned early"),
        PRESENT,
        S.RETURNED_EARLY,
        "dispatch.write",
        needs_reason=True,
        is_fact=True,
    ),
    Step("hand_over", _("Hand over"), (S.ENDED, S.RETURNED_EARLY), S.HANDED_OVER, "dispatch.write", needs_text=True),
    Step(
        "appraise",
        _("Appraise"),
        (S.ENDED, S.RETURNED_EARLY, S.HANDED_OVER),
        S.APPRAISED,
        "dispatch.decide",
        side=Side.RECEIVING,
        needs_text=True,
    ),
    Step("close", _("Close"), (S.APPRAISED,), S.CLOSED, "dispatch.decide"),
    Step(
        "cancel",
        _("Cancel"),
        (S.DRAFT, S.PLANNED, S.TRAVELLING),
        S.CANCELLED,
        "dispatch.write",
        needs_reason=True,
    ),
    Step(
        "void",
        _("Entered in error"),
        (S.DRAFT, S.PLANNED, S.CANCELLED),
        S.VOID,
        "dispatch.decide",
        needs_reason=True,
    ),
)
BY_NAME = {step.name: step for step in STEPS}

FINAL = (S.CLOSED, S.CANCELLED, S.VOID)
# A person in one of these is spoken for: nobody else may send them on the same days.
BOOKED = (S.PLANNED, S.TRAVELLING, S.ON_SITE, S.EXTENDED)
# A stay that happened, whatever came after it.
STAYED = (S.ON_SITE, S.EXTENDED, S.ENDED, S.RETURNED_EARLY, S.HANDED_OVER, S.APPRAISED, S.CLOSED)

# Events of those who wrote the line: whoever stands there does not approve it.
AUTHORING = ("draft", "change")
# Nobody arrives longer than this before the planned day; then the plan is wrong, or the day.
MOST_DAYS_BEFORE_PLAN = 31

REASONS: dict[str, str | Promise] = {
    "illness": _("illness"),
    "family": _("family reasons"),
    "home_need": _("needed at home"),
    "site_request": _("asked by the receiving unit"),
    "weather": _("weather or road"),
    "plan_changed": _("plan changed"),
    "entered_twice": _("entered twice"),
    "need_continues": _("the need continues"),
    "other": _("other"),
}


def steps_from(state: str) -> tuple[Step, ...]:
    """Return the steps that the table has for a state."""
    return tuple(step for step in STEPS if state in step.from_states)
