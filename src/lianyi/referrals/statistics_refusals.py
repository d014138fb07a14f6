"""Refusals by reason and receiving institution at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lianyi.referrals.statistics_queries import Answer, AnswerKind

OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Refusals:
    """The legs declined by each institution for each reason; None stands for partners outside.

    ``judged`` is how many answers, refusals and silences each institution has, the whole that refusals are of.
    """

    institution_ids: tuple[int | None, ...]
    reasons: tuple[str, ...]
    legs: tuple[tuple[tuple[int, ...], ...], ...]
    judged: tuple[int, ...]

    @property
    def counts(self) -> list[list[int]]:
        return [[len(legs) for legs in row] for row in self.legs]

    def legs_by_key(self) -> Mapping[str, tuple[int, ...]]:
        """Return the legs of each cell, of each institution and of each reason, by the name in an address."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for institution_id, row in zip(self.institution_ids, self.legs, strict=True):
            for reason, legs in zip(self.reasons, row, strict=True):
                found[cell_key(reason, institution_id)] += legs
                found[place_key(institution_id)] += legs
        return {key: tuple(legs) for key, legs in found.items()}


def cell_key(reason: str, institution_id: int | None) -> str:
    return f"refusal-{reason}-{OUTSIDE if institution_id is None else institution_id}"


def place_key(institution_id: int | None) -> str:
    return f"refusals-of-{OUTSIDE if institution_id is None else institution_id}"


def refusals_of(judged: Sequence[Answer]) -> Refusals:
    """Count refusals by place and reason; a place that declined nobody has no row, the commonest reason comes first."""
    by_cell: defaultdict[tuple[int | None, str], list[int]] = defaultdict(list)
    answers: defaultdict[int | None, int] = defaultdict(int)
    by_reason: defaultdict[str, int] = defaultdict(int)
    for each in judged:
        answers[each.receiver_id] += 1
        if each.kind is AnswerKind.DECLINED:
            by_cell[each.receiver_id, each.reason].append(each.leg_id)
            by_reason[each.reason] += 1
    places = sorted({place for place, _reason in by_cell}, key=lambda place: place or 0)
    reasons = sorted(by_reason, key=lambda reason: (-by_reason[reason], reason))
    return Refusals(
        institution_ids=tuple(places),
        reasons=tuple(reasons),
        legs=tuple(tuple(tuple(by_cell.get((place, reason), ())) for reason in reasons) for place in places),
        judged=tuple(answers[place] for place in places),
    )
