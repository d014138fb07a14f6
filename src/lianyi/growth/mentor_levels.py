"""What the logbook of a goal holds for each level, and at which level the apprentice works today."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from lianyi.growth.models import LevelDecision, LevelState, LogbookState, MentorGoal
from lianyi.growth.technique_catalogue import ladder_needs, needs_of, technique_book
from lianyi.methods.mentor_levels import (
    Level,
    LevelEvidence,
    LevelNeeds,
    LogbookCases,
    SignedLevel,
    evidence_for,
    level_on,
)


@dataclass(frozen=True, slots=True)
class GoalStanding:
    """One goal with the level that holds today, what the logbook has for it, and what it has for the level wanted."""

    goal: MentorGoal
    decision: LevelDecision | None
    behind: LevelEvidence | None
    wanted: LevelEvidence
    is_overdue: bool

    @property
    def lacks_logbook(self) -> bool:
        """Whether lines behind the signed level were taken back since."""
        return self.behind is not None and not self.behind.is_enough

    @property
    def is_alone(self) -> bool:
        return self.decision is not None and self.decision.level == Level.ALONE and not self.lacks_logbook


def level_needs(goal: MentorGoal) -> LevelNeeds:
    """Return how many cases the levels ask for: those of the technique, or of a technique of the department's own."""
    if goal.technique is not None:
        needs = needs_of(goal.technique)
    else:
        needs = ladder_needs(technique_book().own_on(goal.pair.starts_on))
    return LevelNeeds(needs.observed, needs.assisted, needs.supervised)


def confirmed_cases(goal: MentorGoal) -> list[LogbookCases]:
    """Return the confirmed lines of a goal. Reads ``goal.lines``; a list of goals has them fetched beforehand."""
    return [
        LogbookCases(Level(line.level), line.count) for line in goal.lines.all() if line.state == LogbookState.CONFIRMED
    ]


def evidence_of(goal: MentorGoal, level: str) -> LevelEvidence:
    return evidence_for(Level(level), confirmed_cases(goal), level_needs(goal))


def standing_of(goal: MentorGoal, today: datetime.date) -> GoalStanding:
    """Return where an apprentice stands with a goal."""
    signed = {row.pk: row for row in goal.levels.all() if row.state == LevelState.SIGNED}
    found = level_on((SignedLevel(row.pk, row.since, Level(row.level)) for row in signed.values()), today)
    decision = None if found is None else signed[found.key]
    behind = None if decision is None else evidence_of(goal, decision.level)
    reached = decision is not None and _order(decision.level) >= _order(goal.level)
    is_overdue = goal.due_on < today and not reached and goal.pair.ended_on is None
    return GoalStanding(goal, decision, behind, evidence_of(goal, goal.level), is_overdue)


def standings_of(goals: Iterable[MentorGoal], today: datetime.date) -> list[GoalStanding]:
    return [standing_of(goal, today) for goal in goals]


def _order(level: str) -> int:
    return list(Level).index(Level(level))
