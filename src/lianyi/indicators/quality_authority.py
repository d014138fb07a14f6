"""Who owns a quality control case, and who is independent enough to check whether its action worked."""

from __future__ import annotations

from lianyi.accounts.access import decide, require, serves
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError, SeparationOfDutiesError
from lianyi.indicators.models.quality import QualityAction, QualityCase
from lianyi.indicators.quality_machine import WRITE, By, QualityStep, quality_steps_from


def owns(actor: Actor, row: QualityCase | QualityAction) -> bool:
    """Tell whether somebody owns a case or an action.

    That is the person named; where only words name somebody, whoever writes for the unit.
    """
    if actor.is_service:
        return True
    if row.owner_id is not None:
        return row.owner_id == actor.user_id
    node_id = row.case.node_id if isinstance(row, QualityAction) else row.node_id
    return serves(actor, node_id)


def is_independent(actor: Actor, row: QualityCase) -> bool:
    """Tell whether somebody may check a case: neither its owner nor who owned, did or reported one of its actions."""
    if row.owner_id is not None and row.owner_id == actor.user_id:
        return False
    actions = QualityAction.objects.filter(case=row)
    own = actions.filter(owner_id=actor.user_id) | actions.filter(done_by_id=actor.user_id)
    if own.exists():
        return False
    # Whoever said the cause or agreed on the action in the owner's place judges no work of their own either.
    return not row.events.filter(user_id=actor.user_id, step__in=("find_cause", "agree")).exists()


def stands_right(actor: Actor, step: QualityStep, row: QualityCase) -> bool:
    """Tell whether the actor stands where a step asks it, whatever the role."""
    if step.by is By.OWNER:
        return owns(actor, row)
    if step.by is By.CHECKER and row.checker_id != actor.user_id:
        return False
    return step.by is By.ANYBODY or is_independent(actor, row)


def may_take(actor: Actor, step: QualityStep, row: QualityCase) -> bool:
    """Tell whether the page offers a step: exactly where the command would take it."""
    return not step.is_automatic and decide(actor, step.permission, row).allowed and stands_right(actor, step, row)


def steps_for(actor: Actor, row: QualityCase) -> list[QualityStep]:
    return [step for step in quality_steps_from(row.state) if may_take(actor, step, row)]


def require_step(actor: Actor, step: QualityStep, row: QualityCase) -> None:
    """Refuse unless the actor may take the step.

    Raises
    ------
    NotPermittedError, SeparationOfDutiesError
    """
    require(actor, step.permission, row)
    if stands_right(actor, step, row):
        return
    if step.by is By.OWNER:
        raise_not_owner()
    raise SeparationOfDutiesError(
        "Whoever owns the case, said the cause, or owned or did an action does not check it; the check is signed by "
        "the person who took it up.",
        reason="own-quality-case",
        case=row.code,
    )


def raise_not_owner() -> None:
    """Refuse whoever does not own the case or the action.

    Raises
    ------
    NotPermittedError
    """
    raise NotPermittedError(
        "The owner says the cause and what was done. Hand the case over where the owner is away.",
        reason="quality-owner",
        permission=WRITE,
    )
