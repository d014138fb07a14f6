"""The life of a candidacy and of a couple as tables. Whatever is not in the tables is refused.

That nobody answered by the date is derived: the candidacy then *stands* without an answer, and everything that could be
done before can still be done, for an answer that comes late is an answer. Nobody sets it.
"""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.dispatch.models import CandidacyOrigin, CoupleState
from lianyi.dispatch.models import CandidacyState as S


class PoolSide(enum.Enum):
    """Whose step it is."""

    PERSON = "person"
    HOME = "home"
    RECEIVER = "receiver"


@dataclass(frozen=True, slots=True)
class CandidacyStep:
    """One row of the table: from where to where, by whom, and what must be said."""

    name: str
    label: str | Promise
    from_states: tuple[S, ...]
    to_state: S | None
    """None leaves the state as it is."""
    side: PoolSide
    origins: tuple[CandidacyOrigin, ...] = tuple(CandidacyOrigin)
    needs_reason: bool = False
    names_person: bool = False
    sets_day: bool = False
    by_another: bool = False
    """Not taken by the person whom the candidacy is about, in whatever role."""
    office_may_record: bool = False
    """The home hospital may write down what the person said; the history says that it did."""


OPEN_CANDIDACIES = (S.ASKED, S.APPLIED, S.INVITED)
_ASKED, _APPLIED, _INVITED = CandidacyOrigin.ASKED, CandidacyOrigin.APPLIED, CandidacyOrigin.INVITED

CANDIDACY_STEPS: tuple[CandidacyStep, ...] = (
    CandidacyStep(
        "pass_on", _("Ask the person"), (S.ASKED,), S.INVITED, PoolSide.HOME, names_person=True, sets_day=True
    ),
    CandidacyStep("decline", _("Decline"), (S.ASKED, S.APPLIED), S.REFUSED, PoolSide.HOME, needs_reason=True),
    CandidacyStep("accept", _("Accept the application"), (S.APPLIED,), S.AGREED, PoolSide.HOME, by_another=True),
    CandidacyStep(
        "agree", pgettext_lazy("answer", "Agree"), (S.INVITED,), S.AGREED, PoolSide.PERSON, office_may_record=True
    ),
    CandidacyStep(
        "refuse",
        pgettext_lazy("answer", "Refuse"),
        (S.INVITED,),
        S.REFUSED,
        PoolSide.PERSON,
        needs_reason=True,
        office_may_record=True,
    ),
    CandidacyStep(
        "withdraw",
        pgettext_lazy("own application or promise", "Withdraw"),
        (S.APPLIED, S.AGREED),
        S.WITHDRAWN,
        PoolSide.PERSON,
        needs_reason=True,
        office_may_record=True,
    ),
    CandidacyStep(
        "take_back",
        _("Take the invitation back"),
        (S.INVITED, S.AGREED),
        S.WITHDRAWN,
        PoolSide.HOME,
        origins=(_ASKED, _INVITED),
        needs_reason=True,
    ),
    CandidacyStep(
        "no_longer_ask",
        _("No longer ask"),
        (S.ASKED, S.INVITED),
        S.WITHDRAWN,
        PoolSide.RECEIVER,
        origins=(_ASKED,),
        needs_reason=True,
    ),
    CandidacyStep("prolong", _("Give more time to answer"), (S.INVITED,), None, PoolSide.HOME, sets_day=True),
    CandidacyStep("ask_again", _("Ask again"), (S.ASKED,), None, PoolSide.RECEIVER, origins=(_ASKED,), sets_day=True),
    CandidacyStep(
        "apply_again", _("Apply again"), (S.APPLIED,), None, PoolSide.PERSON, origins=(_APPLIED,), sets_day=True
    ),
)
CANDIDACY_STEP_BY_NAME = {step.name: step for step in CANDIDACY_STEPS}
# What the receiving unit reads of the history: its own steps and the home hospital's word, never a person's reason.
OPEN_TO_RECEIVER = ("ask", "ask_again", "no_longer_ask", "decline")

# A person who does not want to say why has said enough.
CANDIDACY_REASONS: dict[str, str | Promise] = {
    "family": _("family reasons"),
    "health": _("health reasons"),
    "home_work": _("needed at home"),
    "term": _("the term is too long"),
    "place": _("the place does not suit"),
    "time": _("the time does not suit"),
    "not_qualified": _("another specialty or title is needed"),
    "nobody_free": _("nobody can be missed now"),
    "need_gone": _("the need is gone"),
    "not_said": _("does not wish to say"),
    "other": _("other"),
}


@dataclass(frozen=True, slots=True)
class CoupleStep:
    """One row of the table of couples. ``by_other`` is the word of the person whom the other one named."""

    name: str
    label: str | Promise
    from_states: tuple[CoupleState, ...]
    to_state: CoupleState
    by_other: bool = False


COUPLE_STEPS: tuple[CoupleStep, ...] = (
    CoupleStep("agree", pgettext_lazy("couple", "Agree"), (CoupleState.PROPOSED,), CoupleState.AGREED, by_other=True),
    CoupleStep("end", pgettext_lazy("couple", "End"), (CoupleState.PROPOSED, CoupleState.AGREED), CoupleState.ENDED),
)
COUPLE_STEP_BY_NAME = {step.name: step for step in COUPLE_STEPS}


def candidacy_standing(state: str, answer_by: datetime.date, today: datetime.date) -> S:
    """Return where a candidacy stands: its kept state, or without an answer once the day passed."""
    kept = S(state)
    return S.NO_ANSWER if kept in OPEN_CANDIDACIES and answer_by < today else kept


def candidacy_steps_from(state: str, origin: str) -> tuple[CandidacyStep, ...]:
    """Return the steps that the table has for a kept state of a candidacy that was begun so."""
    return tuple(step for step in CANDIDACY_STEPS if state in step.from_states and origin in step.origins)
