"""Every reading about mentors and apprentices, within the asker's reach."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from lianyi.accounts.access import get_in_scope, scoped, scoped_for
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Permission
from lianyi.growth.mentor_authority import may_answer, may_sign_level
from lianyi.growth.mentor_levels import GoalStanding, standings_of
from lianyi.growth.models import LevelDecision, LevelState, LogbookLine, LogbookState, MentorGoal, MentorPair
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
    """Return the lines that wait for the actor's confirmation."""
    rows = scoped(actor, LogbookLine.objects.filter(state=LogbookState.WRITTEN))
    found = rows.select_related("goal__pair__mentor", "goal__pair__apprentice").order_by("done_on", "pk")
    return [row for row in found if may_answer(actor, row)]


def levels_to_sign(actor: Actor) -> list[LevelDecision]:
    rows = scoped(actor, LevelDecision.objects.filter(state=LevelState.PROPOSED))
    found = rows.select_related("goal__pair__mentor", "goal__pair__apprentice").order_by("since", "pk")
    return [row for row in found if may_sign_level(actor, row)]
