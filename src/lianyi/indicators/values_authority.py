"""Who fills in a sheet of indicators, and who stands above it."""

from __future__ import annotations

from lianyi.accounts.access import decide
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError
from lianyi.indicators.models import IndicatorSheet, IndicatorSheetEvent
from lianyi.indicators.values_machine import DECIDE, GIVING, SHEET_STEPS, SheetStep, sheet_steps_from

REOPENED = tuple(step.name for step in SHEET_STEPS if step.needs_reason)


def is_giver(actor: Actor, row: IndicatorSheet) -> bool:
    """Tell whether the person began, filled in or submitted the sheet."""
    return IndicatorSheetEvent.objects.filter(sheet=row, user_id=actor.user_id, step__in=GIVING).exists()


def stands_above(actor: Actor, row: IndicatorSheet) -> bool:
    """Tell whether the actor acts for a level above the unit that reports, or decides for the place itself."""
    if actor.is_service or actor.node_id != row.node_id:
        return True
    return decide(actor, DECIDE, row).allowed


def may_take(actor: Actor, step: SheetStep, row: IndicatorSheet) -> bool:
    """Tell whether the actor may take this step of the sheet, whatever state it is in."""
    if not decide(actor, step.permission, row).allowed:
        return False
    if step.from_above and not stands_above(actor, row):
        return False
    return not (step.by_another and is_giver(actor, row))


def require_step(actor: Actor, step: SheetStep, row: IndicatorSheet) -> None:
    """Refuse unless the actor's role and place allow the step.

    Raises
    ------
    NotPermittedError
    """
    if decide(actor, step.permission, row).allowed and (not step.from_above or stands_above(actor, row)):
        return
    raise NotPermittedError(
        "The unit itself fills in and submits a sheet; the level above checks it; the analyst accepts and locks it.",
        reason="sheet-side",
        permission=step.permission,
    )


def steps_for(actor: Actor, row: IndicatorSheet) -> list[SheetStep]:
    """Return the steps that the actor may take now."""
    return [step for step in sheet_steps_from(row.state) if may_take(actor, step, row)]


def was_submitted(row: IndicatorSheet) -> bool:
    """Tell whether somebody has read the figures before: from then on every change needs its reason."""
    return row.events.filter(step="submit").exists()
