"""What is said to people about visits, points and actions: tones, refusals, names of steps."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from lianyi.exchanges.beside import institutions_of
from lianyi.exchanges.machines.actions import ACTION_STEPS
from lianyi.exchanges.machines.points import POINT_STEPS
from lianyi.exchanges.machines.visits import VISIT_STEPS
from lianyi.exchanges.models import (
    Action,
    ActionState,
    Contribution,
    ExchangeVisit,
    PointKind,
    PointState,
    ProgrammeLine,
    VisitInstitution,
    VisitParticipant,
    VisitState,
)
from lianyi.pages.action_names import register_action_names
from lianyi.pages.errors import register_error_texts
from lianyi.pages.names import name_of

Text = str | Promise
VISIT_TONES: Mapping[str, str] = {
    VisitState.PLANNED: "info",
    VisitState.HELD: "warning",
    VisitState.MINUTES_WRITTEN: "warning",
    VisitState.MINUTES_AGREED: "good",
    VisitState.CANCELLED: "neutral",
}
POINT_TONES: Mapping[str, str] = {
    PointState.RAISED: "warning",
    PointState.ACTION: "info",
    PointState.MERGED: "neutral",
    PointState.ANSWERED: "good",
    PointState.NOTED: "neutral",
    PointState.REFUSED: "neutral",
}
ACTION_TONES: Mapping[str, str] = {
    ActionState.REPORTED: "warning",
    ActionState.SORTED: "warning",
    ActionState.AGREED: "info",
    ActionState.DOING: "info",
    ActionState.DONE: "info",
    ActionState.VERIFIED: "good",
    ActionState.CLOSED: "good",
    ActionState.STANDBY: "neutral",
    ActionState.REFUSED: "neutral",
    ActionState.CAME_BACK: "bad",
}
STANDING_TONES: Mapping[str, str] = {**POINT_TONES, **ACTION_TONES}
# Where a point stands: its own state, or that of its action.
STANDING_WORDS: Mapping[str, Text] = {
    **{state.value: state.label for state in PointState},
    **{state.value: state.label for state in ActionState},
}
KIND_TONES: Mapping[str, str] = {
    PointKind.FINDING: "neutral",
    PointKind.PROBLEM: "warning",
    PointKind.SUGGESTION: "info",
    PointKind.DEMAND: "warning",
    PointKind.PRAISE: "good",
    PointKind.DIFFICULTY: "sample",
}
VISIT_STEP_WORDS: Mapping[str, Text] = {
    "plan": pgettext_lazy("visit", "Visit planned"),
    "change": _("Record changed"),
    "import": _("Written by a table"),
    **{step.name: step.label for step in VISIT_STEPS},
}
POINT_STEP_WORDS: Mapping[str, Text] = {
    "raise": _("Raised"),
    "change": _("Words changed"),
    "import": _("Written by a table"),
    **{step.name: step.label for step in POINT_STEPS},
}
ACTION_STEP_WORDS: Mapping[str, Text] = {
    "make": _("Made of the point"),
    "change": _("Words changed"),
    "hand_over": _("Given another owner"),
    "move_day": _("Day moved"),
    "import": _("Written by a table"),
    **{step.name: step.label for step in ACTION_STEPS},
}

_ERRORS: Mapping[str, Text] = {
    "visit-step": _("This step does not follow any more. Open the visit again: it shows the steps."),
    "visit-step.visit-not-following": _(
        "The visit %(visit)s is: %(state_label)s. This does not follow: %(step)s. Possible now: %(steps)s."
    ),
    "visit-step.visit-settled": _(
        "The record of the visit %(visit)s is settled: %(state_label)s. Open the minutes again before you write."
    ),
    "point-step": _("This does not follow any more. Open the point again: it shows what can be done."),
    "point-step.point-not-following": _("The point %(point)s is: %(state_label)s. This does not follow: %(step)s."),
    "point-step.point-sorted": _(
        "The point %(point)s was sorted: %(state_label)s. Sort it again before you change its words."
    ),
    "point-step.point-came-back": _(
        "The point %(point)s came back from a former one, whose action it opened again. Go on there."
    ),
    "action-step": _("This step does not follow any more. Open the action again: it shows the steps."),
    "action-step.action-not-following": _(
        "The action %(action)s is: %(state_label)s. This does not follow: %(step)s. Possible now: %(steps)s."
    ),
    "action-step.action-of-sorted-point": _("The point %(action)s was sorted already: %(state_label)s."),
    "not-permitted.visit-side": _(
        "The host and the guest write this; you act for neither of them. Choose another of your affiliations."
    ),
    "not-permitted.action-owner": _(
        "The owner of the action says what was done: the person named, or whoever acts for the institution."
    ),
    "not-permitted.difficulty": _(
        "A member's difficulty is written down by the member or by a partnership office of the agreement, which alone "
        "read it."
    ),
    "not-permitted.recognition-giver": _(
        "Recognition is written down by whoever acts for the institution that gives it."
    ),
    "separation-of-duties.own-minutes": _("Your side wrote these minutes; the other side agrees to them or objects."),
    "separation-of-duties.own-action": _(
        "Whoever owns or did an action does not check it. Where another institution raised the point, somebody of "
        "another institution than the owner's checks."
    ),
    "invalid-input.exchange-no-words": _("Say it in Chinese or in English."),
    "invalid-input.exchange-without-reason": _("This step needs a reason in words: %(step)s."),
    "invalid-input.exchange-code-taken": _("'%(given)s' stands here already; choose another code."),
    "invalid-input.exchange-code-unknown": _("'%(given)s' is not on the list. Choose one of the list."),
    "invalid-input.exchange-dates-reversed": _(
        "It ends on %(end)s, before it starts on %(start)s. Correct one of the days."
    ),
    "invalid-input.exchange-in-future": _("%(day)s has not come yet; record the visit once it is over."),
    "invalid-input.exchange-day-to-come": _("%(day)s has not come yet. Give the day of the fact itself."),
    "invalid-input.visit-of-oneself": _("Host and guest are two institutions. Choose another one."),
    "invalid-input.visit-twice": _(
        "This institution is a host or a guest of the visit already; name each of them once."
    ),
    "invalid-input.part-taken": _("Line %(given)s stands here already. Choose another number."),
    "invalid-input.participant-nobody": _("Give a name or a function."),
    "invalid-input.programme-hours-reversed": _("%(last)s is not after %(first)s. Correct one of the times."),
    "invalid-input.programme-day-outside": _("%(day)s is no day of the visit, which is from %(start)s to %(end)s."),
    "invalid-input.point-category": _("'%(given)s' is no category of such a point. Choose one of the list."),
    "invalid-input.point-before-visit": _("%(day)s lies before the visit, which began on %(start)s."),
    "invalid-input.point-former": _("Name a point of an earlier visit of the same partnership."),
    "invalid-input.point-former-later": _("The former point was raised on %(day)s, after this one."),
    "invalid-input.point-difficulty-fixed": _(
        "A difficulty stays one, and no other point becomes one. Raise a new point."
    ),
    "invalid-input.point-target": _("Name another point of this partnership that is not merged into this one."),
    "invalid-input.action-duty-elsewhere": _("The duty belongs to another agreement than the visit."),
    "invalid-input.action-unchanged": _("Nothing would change. Give another owner, supporter or day."),
    "invalid-input.action-without-owner": _("Say which institution does it, and until when."),
    "invalid-input.action-owner-elsewhere": _("The person named works for another institution."),
    "invalid-input.action-due-early": _("%(day)s lies before the day on which the point was raised, %(start)s."),
    "invalid-input.action-without-evidence": _("Say on which day it was done, and what shows it."),
    "invalid-input.action-done-when": _(
        "%(day)s lies before %(start)s, when the point was raised, or has not come yet."
    ),
    "invalid-input.action-without-check": _("Say what the check found."),
    "invalid-input.action-of-answered": _("The point was answered already; sort it again first."),
    "invalid-input.action-closed-when": _(
        "A closed action has the day on which it was closed, and no other action has one."
    ),
    "invalid-input.recognition-to-nobody": _("Say to whom it is given."),
    "no-applicable-rule-set.point-categories": _("No categories of points hold on %(on)s."),
}

_PART_NAMES: Mapping[str, tuple[Text, Text, Text]] = {
    ProgrammeLine._meta.model_name or "": (
        _("Line of the programme added"),
        _("Line of the programme changed"),
        _("Line of the programme taken back"),
    ),
    VisitParticipant._meta.model_name or "": (
        _("Participant added"),
        _("Participant changed"),
        _("Participant taken back"),
    ),
    VisitInstitution._meta.model_name or "": (
        _("Further institution added"),
        _("Further institution changed"),
        _("Further institution taken back"),
    ),
    Contribution._meta.model_name or "": (
        _("Contribution added"),
        _("Contribution changed"),
        _("Contribution taken back"),
    ),
}
_ACTIONS: Mapping[str, Text] = {
    **{f"exchanges.visit.{name}": word for name, word in VISIT_STEP_WORDS.items()},
    **{f"exchanges.point.{name}": word for name, word in POINT_STEP_WORDS.items()},
    **{f"exchanges.action.{name}": word for name, word in ACTION_STEP_WORDS.items()},
    **{
        f"exchanges.{model}.{act}": words[at]
        for model, words in _PART_NAMES.items()
        for at, act in enumerate(("add", "change", "take_back"))
    },
    "exchanges.exchangevisit.import": _("Visit written by a table"),
    "exchanges.point.import": _("Point written by a table"),
    "exchanges.action.import": _("Action written by a table"),
    "exchanges.programmeline.import": _("Line of the programme written by a table"),
    "exchanges.visitparticipant.import": _("Participant written by a table"),
    "exchanges.visitinstitution.import": _("Further institution written by a table"),
    "exchanges.contribution.import": _("Contribution written by a table"),
    "exchanges.recognition.import": _("Recognition written by a table"),
    "exchanges.recognition.give": _("Recognition written down"),
    "exchanges.recognition.change": _("Recognition changed"),
    "exchanges.recognition.take_back": _("Recognition taken back"),
}


def register() -> None:
    """Give the pages the words of visits, points and actions."""
    register_error_texts(_ERRORS)
    register_action_names(_ACTIONS)


def person_word(row: VisitParticipant) -> str:
    """Say who somebody is: the name as on record, else as written; empty where only the function is known."""
    return name_of(row.staff) if row.staff is not None else row.name


def side_word(row: ExchangeVisit, side: str) -> str:
    """Name all institutions of a side of a visit."""
    return " · ".join(name_of(each) for each in institutions_of(row, side))


def owner_word(row: Action) -> str:
    """Say who does an action: the institution, and the person or the function there."""
    person = name_of(row.owner_staff) if row.owner_staff is not None else row.owner_function
    return " · ".join(each for each in (name_of(row.owner), person) if each)


def days_word(days: int | None) -> str:
    return "" if days is None else ngettext("%(days)s day", "%(days)s days", days) % {"days": days}
