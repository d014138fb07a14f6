"""What is said to people about projects: tones, refusals, names of actions and steps."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.growth.models import ProjectState
from lianyi.pages.action_names import register_action_names
from lianyi.pages.errors import register_error_texts

Text = str | Promise
STATE_TONES: Mapping[str, str] = {
    ProjectState.PLANNED: "info",
    ProjectState.RUNNING: "good",
    ProjectState.PAUSED: "warning",
    ProjectState.FINISHED: "neutral",
    ProjectState.GIVEN_UP: "bad",
}
STANDING_WORDS: Mapping[str, Text] = {
    "signed": _("reached and signed"),
    "reached": _("reached, not signed yet"),
    "late": pgettext_lazy("standing of a milestone", "late"),
    "stopped": _("stopped with the project"),
    "open": pgettext_lazy("standing of a milestone", "still ahead"),
}
STANDING_TONES: Mapping[str, str] = {
    "signed": "good",
    "reached": "warning",
    "late": "bad",
    "stopped": "neutral",
    "open": "info",
}
STEP_WORDS: Mapping[str, Text] = {
    "create": _("Project written"),
    "change": _("Project changed"),
    "start": _("Project started"),
    "pause": _("Project paused"),
    "resume": _("Project goes on"),
    "finish": _("Project finished"),
    "give_up": _("Project given up"),
    "take_up": _("Project taken up again"),
    "milestone_add": _("Milestone added"),
    "milestone_move": _("Milestone moved"),
    "milestone_reach": _("Milestone said to be reached"),
    "milestone_verify": _("Milestone signed"),
    "milestone_back": _("Milestone not signed, open again"),
}
_ERRORS: Mapping[str, Text] = {
    "project-step.project-not-following": _("The project “%(project)s” is: %(state_label)s. This does not follow."),
    "project-step.project-not-signed": _(
        "A project is finished when every milestone is reached and signed by another side; %(count)s are not."
    ),
    "milestone-refused": _("This cannot be done with “%(milestone)s” now."),
    "no-applicable-rule-set.project-template": _("No template of projects of this kind holds on %(on)s."),
    "milestone-refused.project-over": _(
        "The project “%(project)s” is: %(state_label)s. Take it up again before you change its milestones."
    ),
    "milestone-refused.milestone-reached": _(
        "“%(milestone)s” is said to be reached already. Whoever signs may send it back."
    ),
    "milestone-refused.milestone-not-started": _("The project has not begun. Start it first."),
    "milestone-refused.milestone-not-waiting": _("“%(milestone)s” does not wait for a signature."),
    "separation-of-duties.milestone-same-side": _(
        "The side that says a milestone is reached does not sign it. It is signed by: %(signer)s."
    ),
    "separation-of-duties.milestone-same-person": _("You said that it is reached; somebody else signs."),
    "separation-of-duties.milestone-other-signer": _("This milestone is signed by: %(signer)s."),
    "not-permitted.project-outside": _(
        "A project is written by the offices of its sides, the head of its department and the people of its team."
    ),
    "not-permitted.project-new": _(
        "A project is written by the office of its institution, by that of a partner under an agreement, or by the "
        "head of its department."
    ),
    "invalid-input.project-code-taken": _("'%(given)s' stands here already; choose another code."),
    "invalid-input.project-department-elsewhere": _("The department belongs to another institution."),
    "invalid-input.project-duty-other": _("Choose a duty of the project's agreement that counts milestones."),
    "invalid-input.project-no-party": _("The institution has no part in this agreement."),
    "invalid-input.project-template-unknown": _(
        "This installation has no template '%(given)s' for this kind of project."
    ),
    "invalid-input.project-start-day": _("A project that runs has a first day, and one that is only planned has none."),
    "invalid-input.project-end-day": _("A project that is over has a last day, and only such a one."),
    "invalid-input.project-days-reversed": _(
        "It ends on %(last)s, before it starts on %(first)s. Correct one of the days."
    ),
    "invalid-input.project-day-ahead": _("%(day)s is still to come. Give the day on which it happened."),
    "invalid-input.project-without-reason": _("Say why, in words."),
    "invalid-input.project-amount": _("%(given)s is no amount of yuan. Give a number of 0 or more with two decimals."),
    "invalid-input.project-correction-elsewhere": _("A line corrects one of the same project and kind."),
    "invalid-input.project-corrected-twice": _("This line is corrected already. Correct the line that stands for it."),
    "invalid-input.project-person-elsewhere": _("The person works at an institution that has no part in this project."),
    "invalid-input.project-person-twice": _("This person is in the team already."),
    "invalid-input.milestone-without-evidence": _("Say what shows that the milestone is reached."),
    "invalid-input.milestone-signed-early": _("A milestone is signed on the day it was reached or later."),
    "invalid-input.milestone-move-reason": _("Say why the milestone is moved: choose a reason and write a sentence."),
    "invalid-input.milestone-not-moved": _("These are the days that it has already."),
}
_ACTIONS: Mapping[str, Text] = {
    **{f"growth.project.{name}": word for name, word in STEP_WORDS.items() if not name.startswith("milestone_")},
    "growth.project_person.add": _("Person put into the team of a project"),
    "growth.project_person.end": _("Person left the team of a project"),
    "growth.project_money.add": _("Money of a project noted"),
    "growth.project_money.correct": _("Money of a project corrected"),
    "growth.milestone.add": _("Milestone added"),
    "growth.milestone.move": _("Milestone moved"),
    "growth.milestone_move.write": _("Reason of a move written"),
    "growth.milestone.reach": _("Milestone said to be reached"),
    "growth.milestone.verify": _("Milestone signed"),
    "growth.milestone.send_back": _("Milestone not signed, open again"),
}


def register() -> None:
    """Give the pages the words of projects."""
    register_error_texts(_ERRORS)
    register_action_names(_ACTIONS)
