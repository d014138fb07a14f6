"""The parts of docs/developer/referral-machine.md that repeat the table of the referral machine.

``tools/make_reference_docs.py`` calls these functions, so the page is renewed and checked with the other pages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import polib
from django.utils import translation

if TYPE_CHECKING:
    from lianyi.referrals.machine import StateRow, Transition

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "developer" / "referral-machine.md"
CATALOGUE = ROOT / "src" / "lianyi" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
ANYWHERE_FROM = 16

GUARD_WORDS: Mapping[str, str] = {
    "packet_complete": "every item that the policy asks for this urgency is given",
    "consent_given": "the patient or family agrees, or it is an emergency and nobody could be asked",
    "institution_open": "the receiver is open today",
    "relation_or_override": "an agreement joins both sides, or a reason is given",
    "approved_where_asked": "approved by somebody else at the sender where the agreement asks it; not in an emergency",
    "no_other_accepted": "no other leg of the request has been accepted",
    "earlier_version_free": "no hospital has taken the version that this one replaces",
    "not_green": "not in the green channel",
    "not_emergency": "no emergency",
    "routine_only": "routine only",
    "question_overdue": "the question's time is over and one reminder was sent",
    "answer_overdue": "the time to answer is over and the whole ladder was called",
    "may_book": "the sender only where the agreement lets it book",
    "bed_free": "the last count of beds, if it is fresh, leaves one free",
    "bed_confirmed": "a free bed by the last count, or somebody looked",
    "reservation_over": "the time is over until which the bed was kept",
    "no_show_due": "the expected time is over; for the system with its hours of grace",
    "road_asked": "who was on the way: crew or family were asked, said in words",
    "tries_left": "further appointments are foreseen",
    "green_or_reserved": "a bed or appointment is kept, or it is the green channel",
    "acknowledged_by_person_or_late": "by the system only when the days to read it are over",
    "reopen_window": "within the days in which a case may be reopened",
    "validity_over": "routine, and the referral's validity is over",
    "no_care_given": "the patient has not arrived",
    "authors_time": "sent no longer ago than the policy lets its author repair it; later the records steward",
    "outcome_by_end_of_care": "not on the way back, and the receiver is in the network",
    "outcome_awaited": "the care was said to have ended",
    "has_departments": "the receiver has departments in the registry",
    "is_asked_still": "the leg still asks somebody to act",
    "capacity_known": "a fresh count of beds, or somebody looked",
    "needs_answered": "on the way back: each need is met",
    "no_bare_decline": "in an emergency: an institution that takes the patient, or the coordinator",
    "no_bare_withdrawal": "unless routine: an institution that takes the patient, or the coordinator",
    "tries_used_or_refused": "no try is left, or the patient refused or is elsewhere",
    "stable": "every point of the stability list is met",
    "back_leg_declined_or_worse": "the lower unit declined, or the patient is worse",
    "disposition_true": "'returned' needs an accepted way back, 'onward' an onward referral that somebody has in hand",
    "first_follow_up_done": "on the way back: the first follow-up is recorded",
}


class ChineseWords:
    """The Chinese of the catalogue, read from its source, so that nothing has to be compiled first."""

    def __init__(self) -> None:
        entries = polib.pofile(str(CATALOGUE))
        self._words: dict[str, str] = {}
        for entry in entries:
            if entry.obsolete or entry.fuzzy:
                continue
            # A word that has an own meaning here stands with its context; that one counts.
            if entry.msgid not in self._words or (entry.msgctxt or "").endswith("of a referral"):
                self._words[entry.msgid] = entry.msgstr

    def of(self, label: object) -> str:
        with translation.override("en"):
            return self._words.get(str(label), "") or "–"


def states() -> str:
    """Return the table of the states."""
    from make_reference_docs import table  # noqa: PLC0415 - that module imports this one

    from lianyi.referrals.machine import STATES  # noqa: PLC0415 - Django is set up now

    chinese = ChineseWords()
    headings = ("Code", "State", "Chinese", "Name", "FHIR Task", "Whose move", "Clock", "Answers for patient", "List")
    return table(headings, (_state(row, chinese) for row in STATES))


def _state(row: StateRow, chinese: ChineseWords) -> Sequence[object]:
    from lianyi.referrals.states import Side  # noqa: PLC0415

    return (
        row.code,
        row.state.label,
        chinese.of(row.state.label),
        f"`{row.state.value}`",
        f"{row.task_status.value}",
        "–" if row.ball is None else row.ball.label,
        "–" if row.clock is None else f"`{row.clock.value}`",
        "–" if row.is_final and row.ball is None else Side(row.responsible).label,
        f"`{row.work_list.value}`" + (", final" if row.is_final else ""),
    )


def steps() -> str:
    """Return the table of the steps."""
    from make_reference_docs import table  # noqa: PLC0415

    from lianyi.referrals.machine import TRANSITIONS  # noqa: PLC0415

    chinese = ChineseWords()
    headings = ("Rule", "Step", "Chinese", "Name", "From", "To", "Taken by", "Rests on", "Asks")
    return table(headings, (_step(row, chinese) for row in TRANSITIONS))


def _step(row: Transition, chinese: ChineseWords) -> Sequence[object]:
    asks = [f"`{name}`" for name in row.asks]
    if row.reasons is not None:
        asks = [f"reason ({row.reasons.__name__})", "a sentence", *(name for name in asks if name != "`text`")]
    flag = {True: ["cancellation was asked"], False: [], None: []}[row.needs_flag]
    return (
        row.rule,
        str(row.label) + (" (fact)" if row.is_fact else ""),
        chinese.of(row.label),
        f"`{row.name}`",
        _from(row),
        row.to_state.replace("-", " ") if row.to_state in ("same", "held-from") else f"`{row.to_state}`",
        ", ".join(str(side.label) for side in row.sides),
        "; ".join([*flag, *(GUARD_WORDS[name] for name in row.guards)]) or "–",
        ", ".join(asks) or "–",
    )


def _from(row: Transition) -> str:
    from lianyi.referrals.machine import OPEN  # noqa: PLC0415

    if len(row.from_states) >= ANYWHERE_FROM and set(row.from_states) < set(OPEN):
        return "any open state but a draft"
    return ", ".join(f"`{state.value}`" for state in row.from_states) or "–"
