"""What performance assessments register when the application starts."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from lianyi.accounts.access import RelationPath, ScopeRule, decide, nodes_in_reach, register_scope, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Family
from lianyi.indicators import models
from lianyi.indicators.imports import performance as imports
from lianyi.indicators.models import PerformanceState
from lianyi.indicators.performance_machine import DECIDE, SCORING_EVENTS, WRITE
from lianyi.indicators.performance_texts import ACTION_NAMES, ERROR_TEXTS
from lianyi.pages.action_names import register_action_names
from lianyi.pages.errors import register_error_texts
from lianyi.pages.home import HomeItem, register_home_provider
from lianyi.partnerships.scopes import AGREEMENT_TARGET

_LOOKUPS = {
    models.PerformanceAssessment: "",
    models.PerformanceFinding: "assessment__",
    models.PerformanceEvidence: "assessment__",
    models.PerformanceObjection: "assessment__",
    models.PerformanceEvent: "assessment__",
}


def register() -> None:
    for model, prefix in _LOOKUPS.items():
        register_scope(
            model,
            ScopeRule(
                family=Family.ASSESSMENT,
                nodes=(f"{prefix}institution_id",),
                relations=(RelationPath(AGREEMENT_TARGET, f"{prefix}agreement_id"),),
            ),
        )
    register_error_texts(ERROR_TEXTS)
    register_action_names(ACTION_NAMES)
    register_home_provider(items)
    imports.register()


def items(actor: Actor) -> list[HomeItem]:
    """Return what waits: self-scores and objections of the own house, scores and answers of an assessor."""
    found: list[HomeItem] = []
    if decide(actor, WRITE).allowed:
        found += _of_the_assessed(actor)
    if decide(actor, DECIDE).allowed:
        found += _of_the_assessor(actor)
    return found


def _rounds(actor: Actor, *states: str) -> QuerySet[models.PerformanceAssessment]:
    return scoped(actor, models.PerformanceAssessment.objects.filter(state__in=states))


def _list(waiting: str) -> str:
    return f"{reverse('indicators:performances')}?waiting={waiting}"


def _of_the_assessed(actor: Actor) -> list[HomeItem]:
    own = nodes_in_reach(actor).values("pk")
    drafts = _rounds(actor, PerformanceState.DRAFT, PerformanceState.SELF_SCORED).filter(institution_id__in=own)
    dues = list(drafts.values_list("due_on", flat=True))
    found = []
    if dues:
        text = ngettext("Performance assessment to self-score", "Performance assessments to self-score", len(dues))
        due = min((each for each in dues if each is not None), default=None)
        tone = "bad" if due is not None and due < timezone.localdate() else "info"
        found.append(HomeItem(text, _list("self"), len(dues), tone=tone, due_on=due))
    opened = _rounds(actor, PerformanceState.OPEN).filter(institution_id__in=own)
    days = list(opened.values_list("objections_until", flat=True))
    if days:
        text = ngettext(
            "Performance assessment open for your objections",
            "Performance assessments open for your objections",
            len(days),
        )
        last = min((each for each in days if each is not None), default=None)
        found.append(HomeItem(text, _list("objections"), len(days), tone="warning", due_on=last))
    return found


def _of_the_assessor(actor: Actor) -> list[HomeItem]:
    found = []
    submitted = _rounds(actor, PerformanceState.SUBMITTED).count()
    if submitted:
        text = ngettext(
            "Performance assessment to score from outside", "Performance assessments to score from outside", submitted
        )
        found.append(HomeItem(text, _list("outside"), submitted, tone="warning"))
    mine = models.PerformanceEvent.objects.filter(user_id=actor.user_id, step__in=SCORING_EVENTS)
    waiting = scoped(actor, models.PerformanceObjection.objects.filter(answer=""))
    objections = waiting.exclude(assessment_id__in=mine.values("assessment_id")).count()
    if objections:
        text = ngettext("Objection to a score to answer", "Objections to scores to answer", objections)
        found.append(HomeItem(text, _list("answers"), objections, tone="warning"))
    return found
