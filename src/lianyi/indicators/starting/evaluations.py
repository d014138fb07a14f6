"""What evaluations register when the application starts."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import ngettext

from lianyi.accounts.access import READING, RelationPath, ScopeRule, decide, register_scope
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Family
from lianyi.indicators import models
from lianyi.indicators.evaluation_authority import published_or_worked_on, reads_unpublished
from lianyi.indicators.evaluation_machine import DOING, WRITE
from lianyi.indicators.evaluation_texts import ACTION_NAMES, ERROR_TEXTS
from lianyi.indicators.models import EvaluationState
from lianyi.indicators.queries import evaluations as queries
from lianyi.pages.action_names import register_action_names
from lianyi.pages.errors import register_error_texts
from lianyi.pages.home import HomeItem, register_home_provider
from lianyi.partnerships.scopes import AGREEMENT_TARGET

_LOOKUPS = {
    models.Evaluation: "",
    models.EvaluationUnit: "evaluation__",
    models.EvaluationResult: "evaluation__",
    models.EvaluationEvent: "evaluation__",
}


def register() -> None:
    for model, prefix in _LOOKUPS.items():
        register_scope(
            model,
            ScopeRule(
                family=Family.INDICATOR,
                nodes=(f"{prefix}node_id",),
                # Parties of the agreement read what is published; asking and computing is the place's own.
                relations=(RelationPath(AGREEMENT_TARGET, f"{prefix}agreement_id", acts=READING),),
                confidential=published_or_worked_on(prefix),
            ),
        )
    register_scope(models.EvaluationTable, ScopeRule(family=Family.INDICATOR, nodes=("node_id",)))
    register_error_texts(ERROR_TEXTS)
    register_action_names(ACTION_NAMES)
    register_home_provider(items)


def items(actor: Actor) -> list[HomeItem]:
    """Return the evaluations that wait for the actor's review, and the own ones that wait to be published."""
    if actor.is_service or not reads_unpublished(actor):
        return []
    found = []
    mine = models.EvaluationEvent.objects.filter(user_id=actor.user_id, step__in=DOING).values("evaluation__code")
    rows = queries.evaluations(actor)
    waiting = rows.filter(state=EvaluationState.COMPUTED).exclude(code__in=mine).count()
    if waiting:
        text = ngettext("Evaluation waits for your review", "Evaluations wait for your review", waiting)
        found.append(HomeItem(text, f"{reverse('indicators:evaluations')}?state=computed", waiting, tone="warning"))
    if decide(actor, WRITE).allowed:
        reviewed = rows.filter(state=EvaluationState.REVIEWED).count()
        if reviewed:
            text = ngettext("Reviewed evaluation to publish", "Reviewed evaluations to publish", reviewed)
            found.append(HomeItem(text, f"{reverse('indicators:evaluations')}?state=reviewed", reviewed, tone="info"))
    return found
