"""Who asks, computes and reviews: the analyst of the place, and somebody else than whoever asked."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q

from lianyi.accounts.access import covers, decide
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.roles import Permission, role_holds
from lianyi.indicators.evaluation_machine import DOING, READ, REVIEW, WRITE, EvaluationStep, steps_from
from lianyi.indicators.models import Evaluation, EvaluationEvent, EvaluationState


def reads_unpublished(actor: Actor) -> bool:
    """Tell whether the role works on evaluations; all others read what is published."""
    return actor.is_service or any(role_holds(actor.role, Permission.parse(each)) for each in (WRITE, REVIEW))


def published_or_worked_on(prefix: str) -> Callable[[Actor], Q]:
    """Return the condition of what an actor may know of, for rows that hang on an evaluation by ``prefix``."""

    def condition(actor: Actor) -> Q:
        return Q() if reads_unpublished(actor) else Q(**{f"{prefix}state": EvaluationState.PUBLISHED})

    return condition


def may_ask(actor: Actor, node_id: int) -> bool:
    """Tell whether the actor may ask about a place or institution: an analyst whose affiliation covers it."""
    if actor.is_service:
        return True
    return role_holds(actor.role, Permission.parse(WRITE)) and covers(actor, node_id)


def writes(actor: Actor, row: Evaluation) -> bool:
    return may_ask(actor, row.node_id) and decide(actor, WRITE, row).allowed


def worked_on(actor: Actor, row: Evaluation) -> bool:
    """Tell whether the person asked, changed, fixed or computed this version or a former one."""
    events = EvaluationEvent.objects.filter(evaluation__code=row.code, user_id=actor.user_id, step__in=DOING)
    return events.exists()


def may_review(actor: Actor, row: Evaluation) -> bool:
    """Tell whether the role reviews: another analyst of the place, or an outside assessor who reads it."""
    return writes(actor, row) or (decide(actor, REVIEW, row).allowed and decide(actor, READ, row).allowed)


def may_take(actor: Actor, step: EvaluationStep, row: Evaluation) -> bool:
    """Tell whether the actor may take this step, whatever state the evaluation is in."""
    if step.by_another:
        return may_review(actor, row) and not worked_on(actor, row)
    return writes(actor, row)


def steps_for(actor: Actor, row: Evaluation) -> list[EvaluationStep]:
    """Return the steps that the actor may take now."""
    return [step for step in steps_from(row.state) if may_take(actor, step, row)]


def require_writer(actor: Actor, row: Evaluation) -> None:
    """Refuse unless the actor is the analyst of the place.

    Raises
    ------
    NotPermittedError
    """
    if not writes(actor, row):
        raise NotPermittedError(
            "The indicator analyst of the place asks the question, chooses units for comparison and computes.",
            reason="evaluation-analyst",
            permission=WRITE,
        )


def reads_exact(actor: Actor, row: Evaluation) -> bool:
    """Tell whether small counts are shown as they are: to those who write indicators or review over the place."""
    if actor.is_service:
        return True
    holds = any(role_holds(actor.role, Permission.parse(each)) for each in ("indicator.write", REVIEW))
    return holds and covers(actor, row.node_id)
