"""What became of the results that came with a patient, as a case page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.referrals.handling import may_handle
from lianyi.referrals.models import BroughtResult, Leg
from lianyi.referrals.policies import policy_of
from lianyi.referrals.sides import sides_of
from lianyi.referrals.states import Direction, Side
from lianyi.rules.schema import Words


@dataclass(frozen=True, slots=True)
class ShownResult:
    """One row with the words of its codes; ``valid_days`` is None for a kind that the policy no longer knows."""

    row: BroughtResult
    kind: Words | None
    ground: Words | None
    valid_days: int | None

    @property
    def is_too_old(self) -> bool:
        """Whether the result was older than the policy lets it count when the receiver decided."""
        if self.row.done_on is None or self.valid_days is None:
            return False
        return (self.row.decided_on - self.row.done_on).days > self.valid_days


def results_of(actor: Actor, leg: Leg) -> list[ShownResult]:
    """Return what stands of a case within reach, in the order in which it was written."""
    rows = scoped(actor, BroughtResult.objects.filter(leg=leg, corrected_by__isnull=True))
    rule = policy_of(leg.request.policy).recognition
    shown = []
    for row in rows.exclude(use=BroughtResult.Use.MISTAKEN).order_by("id"):
        kind = None if rule is None else rule.kind(row.kind)
        ground = None if rule is None else rule.ground(row.ground)
        shown.append(
            ShownResult(
                row,
                None if kind is None else kind.name,
                None if ground is None else ground.name,
                None if kind is None else kind.valid_days,
            )
        )
    return shown


def may_record_results(actor: Actor, leg: Leg) -> bool:
    """Tell whether the reader may say what became of the results: somebody of the hospital that has the patient."""
    is_here = leg.arrived_at is not None and leg.request.direction != Direction.DOWN
    knows_a_rule = policy_of(leg.request.policy).recognition is not None
    return is_here and knows_a_rule and Side.RECEIVER in sides_of(actor, leg) and may_handle(actor, leg)
