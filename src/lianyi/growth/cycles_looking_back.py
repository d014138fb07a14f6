"""What the gaps of a cycle are found to be now: by the newest final assessment, or by the figure that showed them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.growth.assessment_times import is_small
from lianyi.growth.commands.cycle_plans import GapNow
from lianyi.growth.cycles_gathering import Figures, distance_of_figure, figures_for, key_of_item, told_distance
from lianyi.growth.models import CapabilityAssessment, CapabilityGap, GapOrigin
from lianyi.growth.queries import assessments as assessment_queries
from lianyi.growth.rulebook import checklist_of
from lianyi.growth.scoring import by_item
from lianyi.referrals.policies import COUNTRY, policy_book
from lianyi.rules import GapRanking

COUNTS_PATIENTS = (GapOrigin.REFERRED_AWAY, GapOrigin.TRANSFER_BACK)


def gaps_now(actor: Actor, gaps: Sequence[CapabilityGap], ranking: GapRanking) -> list[GapNow]:
    """Return what each gap is now; one that nobody assessed again, or whose source says nothing, stays unknown."""
    institutions = {each.institution_id: each.institution for each in gaps}
    figures = figures_for(actor, institutions.values())
    finals = assessment_queries.finals_of(actor, institutions)
    return [
        _by_item(each, finals) if each.origin == GapOrigin.ITEM else gap_by_figure(each, figures, ranking)
        for each in gaps
    ]


def _by_item(gap: CapabilityGap, finals: Sequence[CapabilityAssessment]) -> GapNow:
    """Look at the newest final assessment that is later than the day on which the gap was seen."""
    unknown = GapNow(gap_id=gap.pk, distance=None)
    for row in reversed(finals):
        if row.assessed_on <= gap.seen_on or row.institution_id != gap.institution_id:
            continue
        checklist = checklist_of(row)
        item = checklist.item(gap.item)
        if item is None or key_of_item(row, checklist, gap.item) != gap.origin_key:
            continue
        found = by_item(row.items.all()).get(gap.item)
        distance = told_distance(item, found)
        if distance is not None:
            value = None if found is None or is_small(item, found) else found.value
            return GapNow(gap_id=gap.pk, distance=distance, figure=value, assessment=row)
    return unknown


def gap_by_figure(gap: CapabilityGap, figures: Figures, ranking: GapRanking) -> GapNow:
    """Look for the same figure of a later day. A source that speaks and does not name it any more shows it closed.

    Not so where it counts patients: there a small count is hidden, so it only shows that fewer are left.
    """
    unknown = GapNow(gap_id=gap.pk, distance=None)
    if gap.origin not in ranking.figures or gap.origin not in figures.proposals:
        return unknown
    found = figures.by_key(gap.origin).get(gap.origin_key)
    if found is not None:
        if found.counted_on <= gap.seen_on:
            return unknown
        return GapNow(
            gap_id=gap.pk,
            distance=distance_of_figure(gap.origin, found.figure, ranking),
            figure=float(found.figure),
        )
    speaks_later = any(each.counted_on > gap.seen_on for each in figures.proposals[gap.origin])
    if not speaks_later:
        return unknown
    if gap.origin in COUNTS_PATIENTS:
        return GapNow(gap_id=gap.pk, distance=min(gap.distance, _most_hidden(gap.origin, ranking)))
    return GapNow(gap_id=gap.pk, distance=0.0, figure=0.0)


def _most_hidden(origin: str, ranking: GapRanking) -> float:
    """Return the distance of the largest count that is hidden."""
    small = policy_book().default_on(timezone.localdate(), COUNTRY).limits.small_cell - 1
    return distance_of_figure(origin, small, ranking)
