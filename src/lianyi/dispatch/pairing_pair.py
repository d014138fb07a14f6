"""What is told of two institutions of a pairing plan, whether they are a pair or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lianyi.dispatch.models import PlannedPair
from lianyi.dispatch.pairing_problem import Asked, PairingData
from lianyi.dispatch.pairing_results import told_of
from lianyi.dispatch.pairing_telling import PairTeller, asked_word
from lianyi.dispatch.pairing_words import LEVEL_WORDS, PAIRING_BAR_WORDS
from lianyi.methods.pairing.arcs import bar_of
from lianyi.methods.pairing.problem import Key
from lianyi.partnerships.models import Agreement


@dataclass(frozen=True, slots=True)
class Fit:
    """One thing that the recipient asks for, and what the donor can do about it."""

    asked: str
    people: str
    level: str
    can_send: str
    bar: str


@dataclass(frozen=True, slots=True)
class PairFacts:
    """Everything that speaks for or against a pair."""

    hours: float | None
    tie_years: float
    agreements: Sequence[Agreement]
    fits: tuple[Fit, ...]
    planned: PlannedPair | None
    why: str
    meets: tuple[str, ...]


def facts_of(data: PairingData, teller: PairTeller, key: Key, planned: PlannedPair | None) -> PairFacts:
    """Return what is known of two institutions as the data stand now, and the pair that the search found."""
    pair = data.problem.pair_of.get(key)
    own = [each for each in data.asked.values() if str(each.recipient.pk) == key[1]]
    return PairFacts(
        hours=data.hours.get(key),
        tie_years=0.0 if pair is None else pair.tie_years,
        agreements=data.ties.get(key, ()),
        fits=tuple(_fit(data, each, key[0]) for each in own),
        planned=planned,
        why="" if planned is None else teller.why(planned),
        meets=() if planned is None else tuple(teller.meets(planned)),
    )


def _fit(data: PairingData, each: Asked, donor: str) -> Fit:
    problem = data.problem
    strength = problem.strength_of.get((donor, each.word))
    people = _("number not known") if each.people is None else str(each.people)
    if strength is None:
        return Fit(asked_word(told_of(each)), people, _("none on record"), "0", _("has not the specialty"))
    bar = bar_of(problem, problem.donor_of[donor], problem.need_of[each.id])
    return Fit(
        asked=asked_word(told_of(each)),
        people=people,
        level=str(LEVEL_WORDS.get(strength.level, strength.level)),
        can_send=_("number not known") if strength.people is None else str(strength.people),
        bar="" if bar is None else str(PAIRING_BAR_WORDS[bar.value]),
    )
