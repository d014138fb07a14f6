"""What is said to people about mentors and apprentices: tones, refusals, names of actions."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from lianyi.growth.models import LevelState, LogbookState, MentorGoal
from lianyi.pages.action_names import register_action_names
from lianyi.pages.errors import register_error_texts
from lianyi.pages.names import name_of

Text = str | Promise

LOGBOOK_TONES: Mapping[str, str] = {
    LogbookState.WRITTEN: "warning",
    LogbookState.CONFIRMED: "good",
    LogbookState.REFUSED: "bad",
    LogbookState.TAKEN_BACK: "neutral",
}
LEVEL_TONES: Mapping[str, str] = {
    LevelState.PROPOSED: "warning",
    LevelState.SIGNED: "good",
    LevelState.REFUSED: "bad",
}
_ERRORS: Mapping[str, Text] = {
    "invalid-input.mentor-self": gettext_lazy("Nobody is their own mentor. Choose two people."),
    "invalid-input.mentor-no-party": gettext_lazy("%(person)s works for no party of the agreement %(agreement)s."),
    "invalid-input.mentor-days-reversed": gettext_lazy("It ends before it starts. Correct one of the days."),
    "invalid-input.mentor-duty": gettext_lazy("Choose a duty of this agreement about mentor pairs, or none."),
    "invalid-input.mentor-twice": gettext_lazy(
        "These two are mentor and apprentice under this agreement already. Open their page."
    ),
    "invalid-input.mentor-end-reason": gettext_lazy("Ending a pair needs a reason in words."),
    "invalid-input.mentor-goal-empty": gettext_lazy("Choose a technique, or say the goal in words."),
    "invalid-input.correction-reason": gettext_lazy("A correction needs a reason in words."),
    "invalid-input.correction-nothing": gettext_lazy("Nothing differs from what stands. Change something, or go back."),
    "invalid-input.goal-has-evidence": gettext_lazy(
        "The logbook or a level of this goal is about its technique. Set a new goal for another technique."
    ),
    "invalid-input.mentor-level-unknown": gettext_lazy("'%(given)s' is not on the list. Choose one of the list."),
    "invalid-input.mentor-technique-elsewhere": gettext_lazy(
        "The technique is learnt at another institution than the apprentice's."
    ),
    "invalid-input.mentor-level-day": gettext_lazy("%(day)s lies before the pair, or is still to come."),
    "invalid-input.mentor-too-few-cases": gettext_lazy(
        "The logbook holds %(has)s confirmed cases for this level; %(needs)s are asked for."
    ),
    "invalid-input.mentor-refusal-reason": gettext_lazy("Refusing needs a reason in words."),
    "invalid-input.logbook-day": gettext_lazy("%(day)s lies outside the days of the pair, or is still to come."),
    "invalid-input.logbook-count": gettext_lazy("%(given)s is no number of cases. Give 1 to 200."),
    "invalid-input.logbook-twice": gettext_lazy("The logbook has a line of this day and level already."),
    "invalid-input.logbook-reason": gettext_lazy("This needs a reason in words."),
    "state-refused.mentor-ended": gettext_lazy("The pair ended on %(day)s already."),
    "state-refused.mentor-level-waits": gettext_lazy("A level waits for its signature already."),
    "state-refused.mentor-level-answered": gettext_lazy("This level is answered already. Load the page again."),
    "state-refused.logbook-settled": gettext_lazy("This line is settled already. Load the page again."),
    "separation-of-duties.own-logbook-line": gettext_lazy(
        "What one of the two wrote, the other confirms; never both by one person."
    ),
    "separation-of-duties.own-level": gettext_lazy(
        "A level is signed by a third person: neither the mentor, nor the apprentice, nor whoever proposed it."
    ),
    "not-permitted.logbook-side": gettext_lazy(
        "A logbook is written by mentor and apprentice, or by the office of one of their institutions."
    ),
    "not-permitted.level-mentor": gettext_lazy(
        "A level is proposed by the mentor, or by the office of the mentor's institution."
    ),
    "not-permitted.level-home": gettext_lazy("A level is signed by the institution in which the apprentice works."),
}
_ACTIONS: Mapping[str, Text] = {
    "growth.mentor_pair.create": gettext_lazy("Mentor and apprentice brought together"),
    "growth.mentor_pair.end": gettext_lazy("Pair of mentor and apprentice ended"),
    "growth.mentor_goal.add": gettext_lazy("Goal set for an apprentice"),
    "growth.mentor_goal.correct": gettext_lazy("Goal of an apprentice corrected"),
    "growth.mentor_level.propose": gettext_lazy("Level of an apprentice proposed"),
    "growth.mentor_level.sign": gettext_lazy("Level of an apprentice signed"),
    "growth.mentor_level.refuse": gettext_lazy("Level of an apprentice refused"),
    "growth.logbook.write": gettext_lazy("Line of a logbook written"),
    "growth.logbook.confirm": gettext_lazy("Line of a logbook confirmed"),
    "growth.logbook.refuse": gettext_lazy("Line of a logbook not confirmed"),
    "growth.logbook.link": gettext_lazy("Line of a logbook linked to the case of its technique"),
    "growth.logbook.take_back": gettext_lazy("Line of a logbook taken back"),
}


def register() -> None:
    """Give the pages the words of mentors."""
    register_error_texts(_ERRORS)
    register_action_names(_ACTIONS)


def goal_word(goal: MentorGoal) -> str:
    """Say what the goal is about: the technique, or its own words."""
    return name_of(goal.technique) if goal.technique is not None else goal.words
