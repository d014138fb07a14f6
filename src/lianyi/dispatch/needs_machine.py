"""The life of a need as a table. Whatever is not in the table is refused.

A step leads from where the need *stands*. Where it stands is derived: an open need is partly filled or filled by the
published postings that name it, and one whose last day passed before it was filled is expired. Nobody sets these.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.dispatch.models import NeedState as S


@dataclass(frozen=True, slots=True)
class NeedStep:
    """One row of the table: from where to where, by whose permission, and what must be said."""

    name: str
    label: str | Promise
    from_states: tuple[S, ...]
    to_state: S
    permission: str
    needs_reason: bool = False
    asks_completeness: bool = False
    by_another: bool = False
    """Whoever wrote, changed or submitted the need does not take this step."""


NEED_STEPS: tuple[NeedStep, ...] = (
    NeedStep("submit", _("Submit"), (S.DRAFT,), S.SUBMITTED, "dispatch.write", asks_completeness=True),
    NeedStep("send_back", _("Send back"), (S.SUBMITTED,), S.DRAFT, "dispatch.decide", needs_reason=True),
    NeedStep("approve", _("Approve the need"), (S.SUBMITTED,), S.APPROVED, "dispatch.decide", by_another=True),
    NeedStep(
        "refuse", _("Refuse the need"), (S.SUBMITTED, S.APPROVED), S.REFUSED, "dispatch.decide", needs_reason=True
    ),
    NeedStep("open", pgettext_lazy("step of a need", "Open for help"), (S.APPROVED,), S.OPEN, "dispatch.write"),
    NeedStep("close", _("Close the need"), (S.FILLED,), S.CLOSED, "dispatch.write"),
    NeedStep(
        "close_short",
        _("Close although not filled"),
        (S.PARTLY_FILLED, S.EXPIRED),
        S.CLOSED,
        "dispatch.write",
        needs_reason=True,
    ),
    NeedStep(
        "stand_down",
        _("Stand down"),
        (S.DRAFT, S.SUBMITTED, S.APPROVED, S.OPEN, S.PARTLY_FILLED),
        S.STOOD_DOWN,
        "dispatch.write",
        needs_reason=True,
    ),
)
NEED_STEP_BY_NAME = {step.name: step for step in NEED_STEPS}

# Kept states in which the passing of the last day makes a need expired.
EXPIRING = (S.SUBMITTED, S.APPROVED, S.OPEN)
OVER = (S.CLOSED, S.STOOD_DOWN, S.REFUSED)
# Only what is open for help is filled; a plan line may name a need that still wants somebody.
WANTING = (S.OPEN, S.PARTLY_FILLED)
# Events of those who wrote the need: whoever stands there does not approve it.
NEED_AUTHORING = ("draft", "change", "submit")

NEED_STEP_REASONS: dict[str, str | Promise] = {
    "need_gone": _("the need is gone"),
    "filled_otherwise": _("filled in another way"),
    "not_now": _("wanted later"),
    "incomplete": _("something is missing or wrong"),
    "no_means": _("no people or no money for it"),
    "not_justified": _("not justified"),
    "period_over": _("the time is over"),
    "entered_twice": _("entered twice"),
    "other": _("other"),
}


def standing_of(state: str, people: int | None, filled: int, *, is_past: bool) -> S:
    """Return where a need stands: its kept state, or what the postings and the day make of it.

    Without a known number nobody can tell when it is filled, so it stays partly filled until it is closed.
    """
    kept = S(state)
    if kept is S.OPEN and people is not None and filled >= people:
        return S.FILLED
    if kept in EXPIRING and is_past:
        return S.EXPIRED
    return S.PARTLY_FILLED if kept is S.OPEN and filled else kept


def need_steps_from(standing: str) -> tuple[NeedStep, ...]:
    """Return the steps that the table has for where a need stands."""
    return tuple(step for step in NEED_STEPS if standing in step.from_states)
