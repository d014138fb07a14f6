"""What is said to people about needs: tones, refusals, names of actions, words for codes and numbers."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianyi.dispatch.models import Need, NeedState
from lianyi.dispatch.needs_filling import standing
from lianyi.dispatch.needs_machine import NEED_STEPS
from lianyi.pages.action_names import register_action_names
from lianyi.pages.errors import register_error_texts
from lianyi.pages.names import in_language
from lianyi.registry.reference_names import reference_name

Text = str | Promise

NEED_TONES: Mapping[str, str] = {
    NeedState.DRAFT: "neutral",
    NeedState.SUBMITTED: "info",
    NeedState.APPROVED: "info",
    NeedState.OPEN: "warning",
    NeedState.PARTLY_FILLED: "warning",
    NeedState.FILLED: "good",
    NeedState.CLOSED: "neutral",
    NeedState.STOOD_DOWN: "neutral",
    NeedState.REFUSED: "bad",
    NeedState.EXPIRED: "bad",
}

NEED_PROBLEM_TEXTS: Mapping[str, Text] = {
    "need-not-open": gettext_lazy("The need %(need)s is not open for help."),
    "need-elsewhere": gettext_lazy("The need %(need)s is of another institution than the one that this line goes to."),
    "need-profession": gettext_lazy("The need %(need)s asks for another profession."),
    "need-specialty": gettext_lazy("The need %(need)s asks for another specialty."),
    "need-title": gettext_lazy("The need %(need)s asks for a higher title."),
    "need-period": gettext_lazy("The days lie outside the time of the need %(need)s."),
    "need-term-short": gettext_lazy("The need %(need)s asks for at least %(months)s months without a break."),
    "need-filled": gettext_lazy("The need %(need)s asks for %(people)s only; other lines fill it already."),
}

_ERRORS: Mapping[str, Text] = {
    "need-step": gettext_lazy("This step does not follow any more. Open the need again: it shows the steps."),
    "need-step.need-not-following": gettext_lazy(
        "The need %(need)s is: %(state_label)s. This does not follow: %(step)s. Possible now: %(steps)s."
    ),
    "need-step.need-submitted": gettext_lazy(
        "The need %(need)s is no draft any more. Have it sent back before you change it."
    ),
    "invalid-input.need-without-place": gettext_lazy("A need belongs to an institution; choose one."),
    "invalid-input.need-code-unknown": gettext_lazy("'%(given)s' is not on the list. Choose one of the list."),
    "invalid-input.need-number": gettext_lazy(
        "%(given)s is no number from 1 to %(most)s. Say “number unknown” where it is not known."
    ),
    "invalid-input.need-agreement-late": gettext_lazy("An agreement is named when the need is opened, not before."),
    "invalid-input.need-period-reversed": gettext_lazy("The period ends before it starts. Correct one of the days."),
    "invalid-input.need-incomplete": gettext_lazy(
        "The need does not say yet: %(missing)s. Complete it, then submit it."
    ),
    "invalid-input.need-past": gettext_lazy(
        "The period ended on %(end)s. Give the time for which people are wanted now."
    ),
    "invalid-input.need-unknown": gettext_lazy("There is no such need within your reach that is open for help."),
    "invalid-input.dismissing-without-reason": gettext_lazy("Putting a proposal aside needs a reason in words."),
    "state-refused.proposal-taken-over": gettext_lazy("The need %(need)s was made of this proposal already."),
    "separation-of-duties.own-need": gettext_lazy(
        "You wrote, changed or submitted this need; somebody else approves it."
    ),
    "not-permitted.need": gettext_lazy(
        "Needs are written and decided by the office of the institution or of its region; tell it what your "
        "department needs."
    ),
}

NEED_STEP_WORDS: Mapping[str, Text] = {
    "draft": gettext_lazy("Need written"),
    "change": gettext_lazy("Need changed"),
    **{step.name: step.label for step in NEED_STEPS},
}

_ACTIONS: Mapping[str, Text] = {
    "dispatch.need.accept_proposal": gettext_lazy("Proposed need taken over"),
    "dispatch.need.dismiss_proposal": gettext_lazy("Proposed need put aside"),
    "dispatch.need.import": gettext_lazy("Need written by a table"),
    **{f"dispatch.need.{name}": word for name, word in NEED_STEP_WORDS.items()},
}


def register() -> None:
    """Give the pages the words of needs."""
    register_error_texts(_ERRORS)
    register_action_names(_ACTIONS)


def standing_word(row: Need) -> str:
    return str(NeedState(standing(row)).label)


def people_word(row: Need) -> str:
    """Say how many are wanted; a number that is not known is said so."""
    return _("number unknown") if row.people is None else str(row.people)


def wanted_word(row: Need) -> str:
    """Say in short who is wanted: specialty, profession and least title."""
    title = "" if row.least_title_rank == "none" else reference_name("title_ranks", row.least_title_rank)
    least = _("%(title)s or higher") % {"title": title} if title else ""
    words = (reference_name("specialties", row.specialty), reference_name("professions", row.profession), least)
    return " · ".join(word for word in words if word) or _("not said yet")


def origin_words(row: Need) -> str:
    return in_language(row.origin_zh, row.origin_en)
