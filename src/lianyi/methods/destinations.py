"""In which order the places that could take a patient are offered.

The order is advice: every candidate stays in the list, with the reasons for its place, and a person chooses.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lianyi.methods.durations import check_minutes
from lianyi.methods.errors import DuplicateCandidateError
from lianyi.methods.presence import check_not_negative

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class Ability(StrEnum):
    """Whether a candidate can do what the patient needs."""

    ABLE = "able"
    NOT_KNOWN = "not_known"
    LACKING = "lacking"


class Criterion(StrEnum):
    """What candidates are ordered by."""

    PARTNERSHIP = "partnership"
    ABILITY = "ability"
    TRAVEL = "travel"
    LOAD = "load"
    DUTY = "duty"


class ReasonCode(StrEnum):
    """Why a candidate stands where it stands; the comment tells the value that comes with the code."""

    PARTNER = "partner"  # None
    NOT_PARTNER = "not_partner"  # None
    ABLE = "able"  # what it is able by
    ABILITY_NOT_KNOWN = "ability_not_known"  # None
    LACKING = "lacking"  # what it lacks
    TRAVEL = "travel"  # minutes
    TRAVEL_NOT_KNOWN = "travel_not_known"  # None
    LOAD = "load"  # open cases for each open bed
    NO_OPEN_BED = "no_open_bed"  # open cases
    BEDS_NOT_KNOWN = "beds_not_known"  # open cases
    BEDS_OUTDATED = "beds_outdated"  # age of the bed state in minutes, None when even that is not known
    ON_DUTY = "on_duty"  # None
    NOBODY_ON_DUTY = "nobody_on_duty"  # None
    DUTY_NOT_KNOWN = "duty_not_known"  # None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place that could take the patient.

    Parameters
    ----------
    key
        Identifier of the caller, different for each candidate; it decides ties.
    is_partner
        Whether an agreement in force provides for such referrals.
    travel_minutes
        From where the patient is; None when not known.
    open_beds
        Beds of the kind needed that were reported open; None when never reported.
    bed_state_age_minutes
        Time since that report; None when not known.
    open_cases
        Referrals it has and has not finished.
    able_by, lacks
        Codes of the services, specialists or equipment that make it able, and of those needed that it lacks.
    is_on_duty
        Whether somebody named is on duty there now; None when no roster tells.

    Raises
    ------
    NegativeQuantityError
        When a number is below 0.
    """

    key: str
    is_partner: bool
    travel_minutes: float | None
    open_beds: int | None
    bed_state_age_minutes: float | None
    open_cases: int
    able_by: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    is_on_duty: bool | None = None

    def __post_init__(self) -> None:
        check_not_negative("number of open cases", self.open_cases)
        if self.open_beds is not None:
            check_not_negative("number of open beds", self.open_beds)
        if self.travel_minutes is not None:
            check_minutes("travel time", self.travel_minutes)
        if self.bed_state_age_minutes is not None:
            check_minutes("age of the bed state", self.bed_state_age_minutes)

    @property
    def ability(self) -> Ability:
        """Lacking when anything needed is lacking, able when something says so, else not known."""
        if self.lacks:
            return Ability.LACKING
        return Ability.ABLE if self.able_by else Ability.NOT_KNOWN


@dataclass(frozen=True, slots=True)
class RankingParameters:
    """How candidates are ordered.

    Parameters
    ----------
    bed_state_limit_minutes
        A report of beds older than this counts as no report.
    order
        The criteria, the most important first; one left out plays no part in the order but is still told as a reason.
        The default puts partners first whatever they are able to do. Where ability must come first, as in a green
        channel, give it first.

    Raises
    ------
    NegativeQuantityError
        When the limit is below 0 or not a finite number.
    """

    bed_state_limit_minutes: float
    order: tuple[Criterion, ...] = (
        Criterion.PARTNERSHIP,
        Criterion.ABILITY,
        Criterion.TRAVEL,
        Criterion.LOAD,
        Criterion.DUTY,
    )

    def __post_init__(self) -> None:
        check_minutes("limit for the age of a bed state", self.bed_state_limit_minutes)


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a place in the order, as a code with its value; see `ReasonCode`."""

    code: ReasonCode
    value: float | tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class RankedCandidate:
    """A candidate with its place, counted from 1, and one reason for each criterion."""

    candidate: Candidate
    position: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class _Judgement:
    """Place by one criterion, smaller is better, with the reason for it."""

    place: tuple[float, ...]
    reason: Reason


def rank(candidates: Iterable[Candidate], parameters: RankingParameters) -> list[RankedCandidate]:
    """Order the candidates by the criteria in the order that the parameters give.

    Partnership
        Partners before others.
    Ability
        Able, then not known, then lacking. Nobody is left out, neither the lacking, since the list may be wrong, nor
        an able one for being far or full.
    Travel
        Shorter first, not known last.
    Load
        Open cases for each open bed, less first; then those whose beds are not known or were reported too long ago;
        then those without an open bed. The latter two by open cases.
    Duty
        Somebody on duty, then not known, then nobody.

    Equal candidates are ordered by key, so the order of the input never matters.

    Raises
    ------
    DuplicateCandidateError
        When two candidates have the same key.

    Examples
    --------
    >>> near = Candidate("near", True, 20, open_beds=2, bed_state_age_minutes=15, open_cases=6, able_by=("cath-lab",))
    >>> quiet = Candidate("quiet", True, 20, open_beds=4, bed_state_age_minutes=15, open_cases=2, able_by=("cath-lab",))
    >>> unsure = Candidate("unsure", True, 5, open_beds=9, bed_state_age_minutes=15, open_cases=0)
    >>> ranked = rank([unsure, near, quiet], RankingParameters(bed_state_limit_minutes=120))
    >>> [entry.candidate.key for entry in ranked]
    ['quiet', 'near', 'unsure']
    >>> [(reason.code.value, reason.value) for reason in ranked[0].reasons[:4]]
    [('partner', None), ('able', ('cath-lab',)), ('travel', 20), ('load', 0.5)]
    """
    offered = list(candidates)
    _check_keys(offered)
    judged = [(candidate, _judged(candidate, parameters)) for candidate in offered]

    def place(entry: tuple[Candidate, Mapping[Criterion, _Judgement]]) -> tuple[tuple[tuple[float, ...], ...], str]:
        candidate, judgements = entry
        return tuple(judgements[criterion].place for criterion in parameters.order), candidate.key

    return [
        RankedCandidate(candidate, position, tuple(judgement.reason for judgement in judgements.values()))
        for position, (candidate, judgements) in enumerate(sorted(judged, key=place), start=1)
    ]


def _judged(candidate: Candidate, parameters: RankingParameters) -> Mapping[Criterion, _Judgement]:
    criteria = dict.fromkeys((*parameters.order, *Criterion))
    return {criterion: _JUDGES[criterion](candidate, parameters) for criterion in criteria}


def _by_partnership(candidate: Candidate, _parameters: RankingParameters) -> _Judgement:
    if candidate.is_partner:
        return _Judgement((0,), Reason(ReasonCode.PARTNER))
    return _Judgement((1,), Reason(ReasonCode.NOT_PARTNER))


def _by_ability(candidate: Candidate, _parameters: RankingParameters) -> _Judgement:
    if candidate.ability is Ability.ABLE:
        return _Judgement((0,), Reason(ReasonCode.ABLE, candidate.able_by))
    if candidate.ability is Ability.NOT_KNOWN:
        return _Judgement((1,), Reason(ReasonCode.ABILITY_NOT_KNOWN))
    return _Judgement((2,), Reason(ReasonCode.LACKING, candidate.lacks))


def _by_travel(candidate: Candidate, _parameters: RankingParameters) -> _Judgement:
    if candidate.travel_minutes is None:
        return _Judgement((math.inf,), Reason(ReasonCode.TRAVEL_NOT_KNOWN))
    return _Judgement((candidate.travel_minutes,), Reason(ReasonCode.TRAVEL, candidate.travel_minutes))


def _by_load(candidate: Candidate, parameters: RankingParameters) -> _Judgement:
    beds, age, cases = candidate.open_beds, candidate.bed_state_age_minutes, candidate.open_cases
    if beds is None:
        return _Judgement((1, cases), Reason(ReasonCode.BEDS_NOT_KNOWN, cases))
    if age is None or age > parameters.bed_state_limit_minutes:
        return _Judgement((1, cases), Reason(ReasonCode.BEDS_OUTDATED, age))
    if beds == 0:
        return _Judgement((2, cases), Reason(ReasonCode.NO_OPEN_BED, cases))
    return _Judgement((0, cases / beds), Reason(ReasonCode.LOAD, cases / beds))


def _by_duty(candidate: Candidate, _parameters: RankingParameters) -> _Judgement:
    if candidate.is_on_duty is None:
        return _Judgement((1,), Reason(ReasonCode.DUTY_NOT_KNOWN))
    if candidate.is_on_duty:
        return _Judgement((0,), Reason(ReasonCode.ON_DUTY))
    return _Judgement((2,), Reason(ReasonCode.NOBODY_ON_DUTY))


def _check_keys(candidates: list[Candidate]) -> None:
    for key, times in Counter(candidate.key for candidate in candidates).items():
        if times > 1:
            message = f"The key {key!r} stands for {times} candidates; give each its own, since it decides ties."
            raise DuplicateCandidateError(message, given=key, times=times)


_JUDGES: Mapping[Criterion, Callable[[Candidate, RankingParameters], _Judgement]] = {
    Criterion.PARTNERSHIP: _by_partnership,
    Criterion.ABILITY: _by_ability,
    Criterion.TRAVEL: _by_travel,
    Criterion.LOAD: _by_load,
    Criterion.DUTY: _by_duty,
}
