"""Gaps as they show themselves: items of assessments that are not met, and figures that other applications tell."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.functional import Promise

from lianyi.accounts.access import nodes_in_reach
from lianyi.accounts.actors import Actor
from lianyi.growth.assessment_times import is_small
from lianyi.growth.models import AssessmentItem, CapabilityAssessment, GapOrigin
from lianyi.growth.queries import assessments as assessment_queries
from lianyi.growth.rulebook import checklist_of
from lianyi.growth.scoring import by_item, distance_of
from lianyi.methods.capability import GapParts, rank_gaps
from lianyi.partnerships.need_sources import ProposedNeed, need_sources
from lianyi.registry.models import Institution
from lianyi.rules import Checklist, ChecklistItem, GapRanking, ItemUnit
from lianyi.rules.checklists import MOST_PRIORITY
from lianyi.rules.gap_ranking import FIGURE_ORIGINS

LONGEST_WORDS = 400
# Nothing, near, far, nothing of it: the steps in which a distance is said by hand.
COARSE = (0.0, 0.33, 0.66, 1.0)
# Figures of work and of cases are what stands behind a gap as its need; a shortfall of readiness is a gap itself.
NEED_ORIGINS = (GapOrigin.WISN_GAP, GapOrigin.REFERRED_AWAY, GapOrigin.TRANSFER_BACK)
Key = tuple[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundGap:
    """A gap as it is found now, before anybody keeps it."""

    origin: GapOrigin
    key: str
    institution: Institution
    words_zh: str
    words_en: str
    priority: float
    distance: float
    seen_on: datetime.date
    department_id: int | None = None
    specialty: str = ""
    profession: str = ""
    figure: float | None = None
    need: float | None = 0.0
    need_zh: str = ""
    need_en: str = ""
    assessment: CapabilityAssessment | None = None
    item: str = ""
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class Silent:
    """A source that says nothing, and why."""

    origin: str
    why: str | Promise


@dataclass(frozen=True, slots=True)
class Figures:
    """What other applications tell about some institutions, by origin; silent ones with their reason."""

    proposals: Mapping[str, Sequence[ProposedNeed]]
    silent: Sequence[Silent] = field(default_factory=tuple)

    def by_key(self, origin: str) -> Mapping[str, ProposedNeed]:
        return {f"{origin}:{each.key}": each for each in self.proposals.get(origin, ())}


def figures_for(actor: Actor, institutions: Iterable[Institution]) -> Figures:
    """Ask every source of needs that the ranking knows, and keep what is about these institutions."""
    wanted = {each.pk for each in institutions}
    sources = need_sources()
    proposals: dict[str, Sequence[ProposedNeed]] = {}
    silent = []
    for name in FIGURE_ORIGINS:
        if name not in sources:
            continue
        found = sources[name].find(actor)
        proposals[name] = [
            each for each in found.proposals if each.institution is not None and each.institution.pk in wanted
        ]
        if found.why_nothing and not proposals[name]:
            silent.append(Silent(name, found.why_nothing))
    return Figures(proposals, tuple(silent))


def gaps_for(
    actor: Actor, institutions: Sequence[Institution], ranking: GapRanking, figures: Figures
) -> list[FoundGap]:
    """Return what is missing at some institutions, the first in order first."""
    needs = _needs_of(figures, ranking)
    finals = assessment_queries.finals_of(actor, [each.pk for each in institutions])
    found = [*_of_assessments(finals), *_of_figures(figures, ranking)]
    seen = institutions_seen(actor, institutions)
    with_needs = [_with_need(each, needs, seen) for each in found]
    ranked = rank_gaps(
        [GapParts(each.key, each.priority, each.distance, each.need or 0.0) for each in with_needs],
        ranking.gap_weights,
    )
    by_key = {each.key: each for each in with_needs}
    return [by_key[each.code] for each in ranked]


def _of_assessments(rows: Sequence[CapabilityAssessment]) -> Iterator[FoundGap]:
    """Yield the unmet items of the newest final assessment of each unit and series of checklists."""
    newest: dict[tuple[int, int | None, str], CapabilityAssessment] = {}
    for row in rows:
        newest[row.institution_id, row.department_id, checklist_of(row).series] = row
    for row in newest.values():
        checklist, items = checklist_of(row), by_item(row.items.all())
        for item in checklist.items:
            distance = distance_of(item, items.get(item.id))
            if distance:
                yield gap_of_item(row, checklist, item, items.get(item.id))


def key_of_item(row: CapabilityAssessment, checklist: Checklist, item_id: str) -> str:
    return f"item:{row.institution_id}:{row.department_id or ''}:{checklist.series}:{item_id}"


def gap_of_item(
    row: CapabilityAssessment, checklist: Checklist, item: ChecklistItem, found: AssessmentItem | None
) -> FoundGap:
    """Return the gap that an item is, as an assessment found it."""
    value = None if found is None or is_small(item, found) else found.value
    zh, en = _value_words(item, value)
    return FoundGap(
        origin=GapOrigin.ITEM,
        key=key_of_item(row, checklist, item.id),
        institution=row.institution,
        department_id=row.department_id,
        specialty=item.specialty or (row.department.specialty if row.department else "") or checklist.specialty,
        profession=item.profession,
        words_zh=f"{checklist.title.zh}：{item.name.zh}{zh}"[:LONGEST_WORDS],
        words_en=f"{checklist.title.en}: {item.name.en}{en}"[:LONGEST_WORDS],
        priority=1.0 if item.required else item.priority / MOST_PRIORITY,
        distance=told_distance(item, found) or 0.0,
        figure=value,
        seen_on=row.assessed_on,
        assessment=row,
        item=item.id,
        is_sample=row.is_sample,
    )


def told_distance(item: ChecklistItem, found: AssessmentItem | None) -> float | None:
    """Return how far an item lies from its criterion; of a value of few patients only coarsely, so that it is not told.

    A gap is read by everybody who follows the agreement, the value by those who read the referrals.
    """
    distance = distance_of(item, found)
    if distance is None or found is None or not is_small(item, found):
        return distance
    return next(each for each in COARSE if distance <= each)


def _value_words(item: ChecklistItem, value: float | None) -> tuple[str, str]:
    if value is None or item.unit is None:
        return "", ""
    shown = f"{100 * value:.4g}%" if item.unit is ItemUnit.SHARE else f"{value:g}"
    limits = (("不低于", "at least", item.least), ("不超过", "at most", item.most), ("小于", "below", item.below))
    asked = [(zh, en, limit) for zh, en, limit in limits if limit is not None]
    said = [f"{100 * limit:.4g}%" if item.unit is ItemUnit.SHARE else f"{limit:g}" for _zh, _en, limit in asked]
    zh = "，".join(f"要求{word}{number}" for (word, _en, _limit), number in zip(asked, said, strict=True))
    en = ", ".join(f"{word} {number} asked" for (_zh, word, _limit), number in zip(asked, said, strict=True))
    return f"（现为{shown}，{zh}）", f" (now {shown}, {en})"


def _of_figures(figures: Figures, ranking: GapRanking) -> Iterator[FoundGap]:
    for origin, proposals in figures.proposals.items():
        for each in proposals:
            if each.institution is not None:
                yield FoundGap(
                    origin=GapOrigin(origin),
                    key=f"{origin}:{each.key}",
                    institution=each.institution,
                    department_id=None if each.department is None else each.department.pk,
                    specialty=each.specialty,
                    profession=each.profession,
                    words_zh=each.words_zh[:LONGEST_WORDS],
                    words_en=each.words_en[:LONGEST_WORDS],
                    priority=ranking.figures[origin].priority / MOST_PRIORITY,
                    distance=distance_of_figure(origin, each.figure, ranking),
                    figure=float(each.figure),
                    seen_on=each.counted_on,
                    is_sample=each.is_sample,
                )


def distance_of_figure(origin: str, figure: float, ranking: GapRanking) -> float:
    """Return how far a figure is from nothing, by the figure that the ranking takes as the whole."""
    return min(1.0, max(0.0, figure / ranking.figures[origin].whole))


@dataclass(frozen=True, slots=True)
class _Need:
    origin: str
    share: float
    zh: str
    en: str


def _needs_of(figures: Figures, ranking: GapRanking) -> Mapping[Key, Sequence[_Need]]:
    """Return the figures that stand behind the gaps of a specialty, by institution and specialty."""
    needs: dict[Key, list[_Need]] = {}
    for origin in NEED_ORIGINS:
        for each in figures.proposals.get(origin, ()):
            if each.institution is not None and each.specialty:
                share = distance_of_figure(origin, each.figure, ranking)
                needs.setdefault((each.institution.pk, each.specialty), []).append(
                    _Need(origin, share, each.words_zh, each.words_en)
                )
    return needs


def institutions_seen(actor: Actor, institutions: Sequence[Institution]) -> Collection[int]:
    """Return those of some institutions whose work, staff and cases the actor reads: the own, those of the region."""
    wanted = {each.pk for each in institutions}
    if actor.is_service or actor.covers_everything:
        return wanted
    return set(nodes_in_reach(actor).filter(pk__in=wanted).values_list("pk", flat=True))


def _with_need(gap: FoundGap, needs: Mapping[Key, Sequence[_Need]], seen: Collection[int]) -> FoundGap:
    """Put the largest other figure of the same specialty behind a gap; a figure is no need of itself.

    Whoever does not read the figures of the institution knows of no need: that is unknown, not zero.
    """
    behind = [each for each in needs.get((gap.institution.pk, gap.specialty), ()) if each.origin != gap.origin]
    if not gap.specialty or not behind:
        is_unknown = gap.origin is GapOrigin.ITEM and gap.specialty and gap.institution.pk not in seen
        return replace(gap, need=None) if is_unknown else gap
    behind.sort(key=lambda each: (-each.share, each.origin))
    return replace(
        gap,
        need=behind[0].share,
        need_zh="；".join(each.zh for each in behind)[:LONGEST_WORDS],
        need_en="; ".join(each.en for each in behind)[:LONGEST_WORDS],
    )
