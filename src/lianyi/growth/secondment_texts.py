"""What is said to people about secondments: tones, refusals, names of actions, words for standings."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from lianyi.growth.models.secondments import ReturnOutcome, SecondmentGoal
from lianyi.growth.return_checks import CheckStanding

Text = str | Promise
STANDING_WORDS: Mapping[str, Text] = {
    CheckStanding.AHEAD: pgettext_lazy("check after a return", "ahead"),
    CheckStanding.DUE: pgettext_lazy("check after a return", "due now"),
    CheckStanding.LATE: pgettext_lazy("check after a return", "late"),
    CheckStanding.DONE: pgettext_lazy("check after a return", "made"),
}
STANDING_TONES: Mapping[str, str] = {
    CheckStanding.AHEAD: "neutral",
    CheckStanding.DUE: "warning",
    CheckStanding.LATE: "bad",
    CheckStanding.DONE: "good",
}
OUTCOME_TONES: Mapping[str, str] = {
    ReturnOutcome.INDEPENDENT: "good",
    ReturnOutcome.WITH_HELP: "info",
    ReturnOutcome.NOT_IN_FIELD: "warning",
    ReturnOutcome.LEFT: "neutral",
}
ACTIONS: Mapping[str, Text] = {
    "growth.secondment_goal.add": gettext_lazy("Goal of a secondment written"),
    "growth.secondment_goal.withdraw": gettext_lazy("Goal of a secondment withdrawn"),
    "growth.return_check.record": gettext_lazy("Return checked"),
    "growth.return_check.correct": gettext_lazy("Check of a return corrected"),
    "growth.secondmentgoal.import": gettext_lazy("Imported from a table"),
    "growth.returncheck.import": gettext_lazy("Imported from a table"),
}
REFUSALS: Mapping[str, Text] = {
    "secondment.no-secondment": gettext_lazy("The posting %(posting)s is no secondment up."),
    "secondment.goal-empty": gettext_lazy("Give a technique, or the goal in words."),
    "secondment.goal-level": gettext_lazy("Choose the wanted level."),
    "secondment.not-returned": gettext_lazy(
        "The posting %(posting)s is no secondment that is over. Record its end first."
    ),
    "secondment.months": gettext_lazy("It is asked after %(asked)s months, not after %(given)s."),
    "secondment.check-day": gettext_lazy("The day of this check lies from %(first)s to today."),
    "secondment.outcome": gettext_lazy("Choose what was found."),
    "secondment.no-evidence": gettext_lazy("Say in words what shows it, such as cases done alone since when."),
    "secondment.no-reason": gettext_lazy("A check that stands is corrected with a reason in words."),
    "not-permitted.home-institution": gettext_lazy(
        "What became of somebody who returned is checked by the institution they returned to."
    ),
    "not-permitted.secondment-keepers": gettext_lazy(
        "Goals and checks of secondments are kept by the offices, heads of department and trainers."
    ),
    "no-applicable-rule-set.return-checks": gettext_lazy("No rule about checks after a return holds on %(on)s."),
    "separation-of-duties.own-return": gettext_lazy(
        "Nobody checks their own return; somebody else of the institution does."
    ),
}


def goal_word(row: SecondmentGoal) -> str:
    return " · ".join(part for part in (row.technique_code, row.words) if part)
