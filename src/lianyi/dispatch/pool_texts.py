"""What is said to people about the pool: tones, refusals, names of actions, words for limits and candidacies."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from lianyi.dispatch.models import (
    Candidacy,
    CandidacyState,
    CoupleRule,
    CoupleState,
    PoolMember,
    PoolStanding,
)
from lianyi.dispatch.pool_machine import CANDIDACY_STEPS, COUPLE_STEPS
from lianyi.pages.action_names import register_action_names
from lianyi.pages.errors import register_error_texts
from lianyi.pages.names import name_of
from lianyi.pages.values import shown
from lianyi.registry.reference_names import reference_name

Text = str | Promise

POOL_TONES: Mapping[str, str] = {
    PoolStanding.WILLING: "good",
    PoolStanding.PAUSED: "warning",
    PoolStanding.LEFT: "neutral",
}
CANDIDACY_TONES: Mapping[str, str] = {
    CandidacyState.ASKED: "info",
    CandidacyState.APPLIED: "info",
    CandidacyState.INVITED: "info",
    CandidacyState.AGREED: "good",
    CandidacyState.REFUSED: "bad",
    CandidacyState.WITHDRAWN: "neutral",
    CandidacyState.NO_ANSWER: "warning",
}
COUPLE_TONES: Mapping[str, str] = {
    CoupleState.PROPOSED: "info",
    CoupleState.AGREED: "good",
    CoupleState.ENDED: "neutral",
}

_ERRORS: Mapping[str, Text] = {
    "invalid-input.in-pool-already": gettext_lazy("%(given)s is in the pool already; change the entry."),
    "invalid-input.pool-standing": gettext_lazy("'%(given)s' is not on the list. Choose one of the list."),
    "invalid-input.pool-limit": gettext_lazy(
        "%(given)s is not from %(least)s to %(most)s. Leave it empty where there is no limit."
    ),
    "invalid-input.pool-days-reversed": gettext_lazy("The last day lies before the first. Correct one of the days."),
    "invalid-input.wish-both-ways": gettext_lazy("Both preferred and refused: %(given)s. Choose one of the two."),
    "invalid-input.couple-rule": gettext_lazy("'%(given)s' is not on the list. Choose one of the list."),
    "invalid-input.couple-of-one": gettext_lazy("A couple is two people. Name another person."),
    "invalid-input.couple-already": gettext_lazy("The two are a couple here already; end that first."),
    "not-permitted.pool-word": gettext_lazy(
        "An entry in the pool is written by the person, or by the office of their hospital or region that keeps the "
        "pool."
    ),
    "couple-step": gettext_lazy("This step does not follow any more. Open the page again: it shows the steps."),
    "couple-step.couple-not-following": gettext_lazy(
        "The couple is: %(state_label)s. This step does not follow. Open the page again: it shows the steps."
    ),
}

_CANDIDACY_ERRORS: Mapping[str, Text] = {
    "candidacy-step": gettext_lazy("This step does not follow any more. Open the page again: it shows the steps."),
    "candidacy-step.candidacy-not-following": gettext_lazy(
        "It stands so: %(state_label)s. This does not follow: %(step)s. Possible now: %(steps)s."
    ),
    "not-permitted.candidacy-receiver": gettext_lazy("A unit asks for people through its own office."),
    "not-permitted.candidacy-home-only": gettext_lazy("People are invited by the office that keeps their pool."),
    "not-permitted.candidacy-own": gettext_lazy("Only the person applies; an office invites."),
    "not-permitted.candidacy-side": gettext_lazy("This answer belongs to another side."),
    "separation-of-duties.own-application": gettext_lazy(
        "It is your own application; somebody else of the office answers it."
    ),
    "invalid-input.candidacy-home": gettext_lazy("Choose a hospital to ask that is a partner of yours."),
    "invalid-input.candidacy-person": gettext_lazy("This person is not known to you as one of that hospital."),
    "invalid-input.candidacy-of-nobody": gettext_lazy(
        "Name a person, or say at least which specialty or profession is wanted."
    ),
    "invalid-input.candidacy-need": gettext_lazy("There is no such need within your reach."),
    "invalid-input.candidacy-recipient": gettext_lazy("This institution is not within your reach."),
    "invalid-input.candidacy-twice": gettext_lazy("The same is open for this person already; see that answered first."),
    "invalid-input.candidacy-reversed": gettext_lazy("The period ends before it starts. Correct one of the days."),
    "invalid-input.candidacy-message": gettext_lazy("The message is too long; %(most)s characters are the most."),
    "invalid-input.candidacy-day-past": gettext_lazy("Give a day from today on by which an answer is wanted."),
    "invalid-input.candidacy-without-reason": gettext_lazy(
        "This step needs a reason from the list: %(step)s. The list: %(accepted)s."
    ),
    "invalid-input.candidacy-nobody-named": gettext_lazy("Name somebody of the hospital that is asked."),
    "invalid-input.candidacy-named": gettext_lazy(
        "The unit asked for one person by name. Decline, and let it ask for a kind."
    ),
}

MEMBER_STEP_WORDS: Mapping[str, Text] = {
    "enter": gettext_lazy("Entered in the pool"),
    "change": gettext_lazy("Entry in the pool changed"),
    "import": gettext_lazy("Entry in the pool written by a table"),
}
CANDIDACY_STEP_WORDS: Mapping[str, Text] = {
    "ask": gettext_lazy("Asked for by the receiving unit"),
    "invite": gettext_lazy("Invited"),
    "apply": gettext_lazy("Applied"),
    **{step.name: step.label for step in CANDIDACY_STEPS},
}
COUPLE_STEP_WORDS: Mapping[str, Text] = {
    "propose": gettext_lazy("Couple named"),
    **{step.name: step.label for step in COUPLE_STEPS},
}
_COUPLE_ACTIONS: Mapping[str, Text] = {
    "propose": gettext_lazy("Couple named"),
    "agree": gettext_lazy("Couple agreed to"),
    "end": gettext_lazy("Couple ended"),
}
_ACTIONS: Mapping[str, Text] = {
    **{f"dispatch.pool.{name}": word for name, word in MEMBER_STEP_WORDS.items()},
    **{f"dispatch.candidacy.{name}": word for name, word in CANDIDACY_STEP_WORDS.items()},
    **{f"dispatch.couple.{name}": word for name, word in _COUPLE_ACTIONS.items()},
}


def register() -> None:
    """Give the pages the words of the pool."""
    register_error_texts(_ERRORS)
    register_error_texts(_CANDIDACY_ERRORS)
    register_action_names(_ACTIONS)


def limit_words(row: PoolMember) -> list[str]:
    """Say in short every limit of an entry; nothing where there is none."""
    words = []
    if row.longest_term_months is not None:
        words.append(
            ngettext("at most %(months)s month", "at most %(months)s months", row.longest_term_months)
            % {"months": row.longest_term_months}
        )
    if row.highest_altitude_m is not None:
        words.append(_("up to %(metres)s m") % {"metres": row.highest_altitude_m})
    if row.hardest_hardship is not None:
        words.append(_("hardship up to level %(level)s") % {"level": row.hardest_hardship})
    if row.not_before is not None:
        words.append(_("not before %(day)s") % {"day": shown(row.not_before)})
    if row.not_after is not None:
        words.append(_("not after %(day)s") % {"day": shown(row.not_after)})
    if row.has_family_limit:
        words.append(_("ask before planning"))
    return words


def candidate_word(row: Candidacy) -> str:
    """Say whom a candidacy read from the queries is about: the person where the reader may know, else the kind."""
    if row.staff is not None and row.shows_person:  # type: ignore[attr-defined]
        return name_of(row.staff)
    return kind_word(row)


def kind_word(row: Candidacy) -> str:
    title = "" if row.least_title_rank == "none" else reference_name("title_ranks", row.least_title_rank)
    least = _("%(title)s or higher") % {"title": title} if title else ""
    words = (reference_name("specialties", row.specialty), reference_name("professions", row.profession), least)
    return " · ".join(word for word in words if word) or _("somebody of this hospital")


def aim_word(row: Candidacy) -> str:
    """Say what a candidacy aims at."""
    if row.to_institution is None:
        return _("the pool")
    need = "" if row.need is None else f" · {row.need.code}"
    return f"{name_of(row.to_institution)}{need}"


def state_word(standing: str) -> str:
    return str(CandidacyState(standing).label)


RULE_WORDS: Mapping[str, Text] = {
    CoupleRule.TOGETHER: pgettext_lazy("couple", "goes together with"),
    CoupleRule.APART: pgettext_lazy("couple", "never away together with"),
}
