"""Gaps in their order: points by the rule, places given by hand, the reason of each in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lianyi.growth.models import CapabilityGap, GapOrigin, HelpKind
from lianyi.growth.texts_assessments import percent
from lianyi.methods.capability import GapParts, RankedGap, moved_by_hand, rank_gaps
from lianyi.pages.names import in_language, name_of
from lianyi.registry.reference_names import reference_name
from lianyi.rules import GapRanking

BAR_WIDTH = 200


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of the points, as a piece of the bar."""

    part: str
    at: int
    width: int


@dataclass(frozen=True, slots=True)
class GapLine:
    """A gap with its place, its points and why it stands there."""

    gap: CapabilityGap
    rank: int
    rank_by_rule: int
    points: float
    segments: tuple[Segment, ...]
    words: str
    unit: str
    specialty: str
    why: tuple[str, ...]
    need: str

    @property
    def is_moved(self) -> bool:
        return self.gap.moved_to is not None

    @property
    def moved_words(self) -> str:
        """Say who moved it, from which place, and why; a table does not say who."""
        facts = {"place": self.rank_by_rule, "who": self.gap.moved_by, "why": self.gap.moved_because}
        if self.gap.moved_by is None:
            return _("Moved by hand (the rule gives place %(place)s): %(why)s") % facts
        return _("Moved by %(who)s (the rule gives place %(place)s): %(why)s") % facts

    @property
    def asks_for_people(self) -> bool:
        return asks_for_people(self.gap)


def asks_for_people(gap: CapabilityGap) -> bool:
    """Tell whether a gap is one of people: its criterion names a profession, or somebody plans to post people."""
    return bool(gap.profession) or any(line.kind == HelpKind.POSTING for line in gap.lines.all())


def in_order(gaps: Sequence[CapabilityGap], ranking: GapRanking) -> list[GapLine]:
    """Return the gaps in their order; what people moved stands where they put it."""
    ranked = rank_gaps(
        [GapParts(each.code, each.priority, each.distance, each.need or 0.0) for each in gaps], ranking.gap_weights
    )
    by_code, by_rule = {each.code: each for each in gaps}, {each.code: each for each in ranked}
    places = {each.code: each.moved_to for each in gaps if each.moved_to is not None}
    order = moved_by_hand([each.code for each in ranked], places)
    return [_line(by_code[code], by_rule[code], place, ranking) for place, code in enumerate(order, start=1)]


def _line(gap: CapabilityGap, found: RankedGap, place: int, ranking: GapRanking) -> GapLine:
    unit = (
        name_of(gap.institution)
        if gap.department is None
        else f"{name_of(gap.institution)} · {name_of(gap.department)}"
    )
    return GapLine(
        gap=gap,
        rank=place,
        rank_by_rule=found.rank,
        points=round(found.score, 1),
        segments=_segments(found.points),
        words=in_language(gap.words_zh, gap.words_en),
        unit=unit,
        specialty=reference_name("specialties", gap.specialty),
        why=tuple(_why(gap, found, ranking)),
        need=in_language(gap.need_zh, gap.need_en),
    )


def _segments(points: Mapping[str, float]) -> tuple[Segment, ...]:
    segments, at = [], 0
    for part, value in points.items():
        width = round(BAR_WIDTH * value / 100)
        segments.append(Segment(part, at, width))
        at += width
    return tuple(segments)


def _why(gap: CapabilityGap, found: RankedGap, ranking: GapRanking) -> list[str]:
    parts = {
        "priority": _("weight of the criterion %(share)s gives %(points)s points"),
        "distance": _("distance from it %(share)s gives %(points)s points"),
        "need": _("need behind it %(share)s gives %(points)s points"),
    }
    why = [
        text % {"share": percent(getattr(gap, part)), "points": f"{found.points[part]:.1f}"}
        for part, text in parts.items()
        if ranking.gap_weights[part] and (part != "need" or gap.need)
    ]
    if gap.need is None:
        most = ranking.gap_weights["need"] / sum(ranking.gap_weights.values())
        why.append(
            _(
                "need behind it: not seen yet (up to %(points)s points more); the office of the institution sees it "
                "when it gathers the gaps"
            )
            % {"points": f"{100 * most:.1f}"}
        )
    elif not gap.need and gap.origin == GapOrigin.ITEM:
        why.append(_("no figure of work or cases stands behind it"))
    return why
