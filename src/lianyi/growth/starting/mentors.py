"""What mentors and apprentices register when the application starts; their tables come after those of techniques."""

from __future__ import annotations

from lianyi.accounts.access import RelationPath, ScopeRule, register_scope
from lianyi.accounts.roles import Family
from lianyi.growth import mentor_counter, mentor_home, mentor_texts, models
from lianyi.partnerships.scopes import AGREEMENT_TARGET


def _of_pair(prefix: str) -> ScopeRule:
    return ScopeRule(
        family=Family.TRAINING,
        nodes=(f"{prefix}mentor__institution_id", f"{prefix}apprentice__institution_id"),
        relations=(RelationPath(AGREEMENT_TARGET, f"{prefix}agreement_id"),),
        person_level=True,
    )


def register() -> None:
    register_scope(models.MentorPair, _of_pair(""))
    register_scope(models.MentorGoal, _of_pair("pair__"))
    register_scope(models.MentorGoalCorrection, _of_pair("goal__pair__"))
    register_scope(models.LogbookLine, _of_pair("goal__pair__"))
    register_scope(models.LevelDecision, _of_pair("goal__pair__"))
    mentor_counter.register()
    mentor_texts.register()
    mentor_home.register()
