"""What one row of the table of steps says."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise

from lianyi.accounts.roles import Act
from lianyi.referrals.states import LegState as L
from lianyi.referrals.states import Side

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table.

    Parameters
    ----------
    rule
        Number of the row in the design; several rows share one where its state column names several states.
    from_states
        Empty for the row that begins a leg.
    to_state
        A state, ``HELD_FROM`` for the state before the pause, or ``SAME``.
    sides
        Who may take the step.
    acts
        Which permission on referrals is enough; ``acts_down`` replaces it for transfers back, which clinicians of
        the lower unit answer.
    guards, effects
        Names of the functions in ``guards`` and ``effects``.
    reasons
        The list that a reason must come from; a text is asked as well. None where none is asked.
    asks
        Facts that the step cannot do without.
    takes
        Facts that may be given.
    is_fact
        Something that happened in the world: recorded even when it comes late.
    needs_flag
        Whether the flag "cancellation asked" must stand (True), must not stand (False), or may (None).
    is_told_late
        Keeps a fact from a device without network that no longer fits the case. It is offered to nobody and taken
        only for what was entered without network.
    """

    rule: str
    name: str
    label: Text
    from_states: tuple[L, ...]
    to_state: str
    sides: tuple[Side, ...]
    acts: tuple[Act, ...] = (Act.WRITE, Act.DECIDE)
    acts_down: tuple[Act, ...] = (Act.WRITE, Act.DECIDE)
    guards: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    reasons: type[TextChoices] | None = None
    asks: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    is_fact: bool = False
    needs_flag: bool | None = False
    is_told_late: bool = False
