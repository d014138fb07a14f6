"""Every reading about mentors and apprentices, within the asker's reach."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from lianyi.accounts.access import get_in_scope, nodes_in_reach, scoped, scoped_for
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Act, Permission
from lianyi.growth.mentor_authority import side_among
from lianyi.growth.mentor_levels import GoalStanding, standings_of
from lianyi.growth.models import (
    LevelDecision,
    LevelState,
    LogbookLine,
    LogbookState,
    MentorGoal,
    MentorGoalCorrection,
    MentorPair,
)
from lianyi.partnerships.evidence import EvidenceKind
from lianyi.partnerships.models import Agreement, Duty

_PEOPLE = ("mentor__institution", "mentor__department", "apprentice__institution", "apprentice__department")
_OF_GOAL = (
    "pair__agreement",
    "pair__mentor__institution",
    "pair__apprentice__institution",
    "pair__apprentice__department",
    "technique__department",
)


def pairs(actor: Actor) -> QuerySet[MentorPair, Any]:
    """Return the pairs within reach with how many cases are confirmed, and when the last was done."""
    rows = scoped(actor, MentorPair.objects.select_related("agreement", *_PEOPLE))
    confirmed = Q(goals__lines__state=LogbookState.CONFIRMED)
    return rows.annotate(
        goal_count=Count("goals", distinct=True),
        line_count=Count("goals__lines", filter=confirmed, distinct=True),
        last_done_on=Max("goals__lines__done_on", filter=confirmed),
    ).order_by("-starts_on", "code")


def pairs_with_levels(actor: Actor) -> QuerySet[MentorPair, Any]:
    """Return the pairs within reach with the levels of their goals, the latest first."""
    rows = scoped(actor, MentorPair.objects.select_related("agreement", *_PEOPLE))
    return rows.prefetch_related("goals__levels").order_by("-starts_on", "code")


def corrections(actor: Actor, row: MentorPair) -> list[MentorGoalCorrection]:
    """Return what was corrected about the goals of a pair, the latest first."""
    found = scoped(actor, MentorGoalCorrection.objects.filter(goal__pair=row))
    return list(found.select_related("goal__technique", "user").order_by("-pk"))


def pair(actor: Actor, pk: int) -> MentorPair:
    """Return one pair.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, MentorPair.objects.select_related("agreement", "duty", *_PEOPLE), pk)


def goals(actor: Actor) -> QuerySet[MentorGoal, Any]:
    rows = scoped(actor, MentorGoal.objects.select_related(*_OF_GOAL))
    return rows.prefetch_related("lines", "levels").order_by("pair_id", "number")


def goal(actor: Actor, pk: int) -> MentorGoal:
    return get_in_scope(actor, MentorGoal.objects.select_related(*_OF_GOAL), pk)


def lines(actor: Actor, row: MentorPair) -> list[LogbookLine]:
    """Return the logbook of a pair, latest first."""
    found = scoped(actor, LogbookLine.objects.filter(goal__pair=row))
    related = found.select_related("goal__technique", "goal__pair__mentor", "goal__pair__apprentice", "written_by")
    return list(related.select_related("answered_by", "goal__technique").order_by("-done_on", "-pk"))


def line(actor: Actor, pk: int) -> LogbookLine:
    rows = LogbookLine.objects.select_related(
        "goal__pair__mentor", "goal__pair__apprentice", "goal__pair__agreement", "goal__technique__department"
    )
    return get_in_scope(actor, rows, pk)


def decisions(actor: Actor, row: MentorPair) -> list[LevelDecision]:
    found = scoped(actor, LevelDecision.objects.filter(goal__pair=row))
    return list(
        found.select_related("goal__technique", "proposed_by", "signed_by", "signed_by_staff").order_by("since", "pk")
    )


def decision(actor: Actor, pk: int) -> LevelDecision:
    rows = LevelDecision.objects.select_related(
        "goal__pair__mentor", "goal__pair__apprentice", "goal__pair__agreement", "goal__technique__department"
    )
    return get_in_scope(actor, rows, pk)


def standings(actor: Actor, today: datetime.date) -> list[GoalStanding]:
    """Return where every apprentice within reach stands with every goal."""
    return standings_of(goals(actor), today)


def agreements_to_pair_under(actor: Actor) -> QuerySet[Agreement, Any]:
    rows = Agreement.objects.exclude(state=Agreement.State.DRAFT)
    return scoped_for(actor, rows, Permission.parse("training.write")).order_by("-starts_on", "code")


def pair_duties(agreement: Agreement) -> QuerySet[Duty, Any]:
    return agreement.duties.filter(evidence_kind=EvidenceKind.MENTOR_PAIRS).order_by("code")


def lines_to_answer(actor: Actor) -> list[LogbookLine]:
    """Return the lines that wait for the actor's confirmation, with two queries however many there are."""
    rows = scoped(actor, LogbookLine.objects.filter(state=LogbookState.WRITTEN), Act.WRITE)
    others = rows.exclude(written_by_id=actor.user_id).select_related("goal__pair__mentor", "goal__pair__apprentice")
    found = list(others.order_by("done_on", "pk"))
    covered = _covered(actor, (each.goal.pair for each in found))
    sides = [side_among(actor, each.goal.pair, covered.__contains__) for each in found]
    return [each for each, side in zip(found, sides, strict=True) if side not in ("", each.written_side)]


def levels_to_sign(actor: Actor) -> list[LevelDecision]:
    """Return the levels that wait for the actor's signature: as a third person of the apprentice's institution."""
    rows = scoped(actor, LevelDecision.objects.filter(state=LevelState.PROPOSED), Act.DECIDE)
    others = rows.exclude(proposed_by_id=actor.user_id).select_related("goal__pair__mentor", "goal__pair__apprentice")
    found = list(others.order_by("since", "pk"))
    covered = _covered(actor, (each.goal.pair for each in found))
    return [
        each
        for each in found
        if _is_third(actor, each.goal.pair) and each.goal.pair.apprentice.institution_id in covered
    ]


def _is_third(actor: Actor, pair: MentorPair) -> bool:
    return actor.user_id not in (pair.mentor.user_id, pair.apprentice.user_id)


def _covered(actor: Actor, pairs: Iterable[MentorPair]) -> frozenset[int]:
    """Return which of the institutions of mentors and apprentices the actor covers."""
    ids = {person.institution_id for pair in pairs for person in (pair.mentor, pair.apprentice)}
    return frozenset(nodes_in_reach(actor).filter(pk__in=ids).values_list("pk", flat=True)) if ids else frozenset()


def overdue_goals(actor: Actor, today: datetime.date) -> list[GoalStanding]:
    """Return the goals of pairs that go on whose day has passed without the level wanted."""
    rows = goals(actor).filter(due_on__lt=today, pair__ended_on__isnull=True)
    return [each for each in standings_of(rows, today) if each.is_overdue]
