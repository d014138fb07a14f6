"""The steps that people take with a technique, as a table. Whatever is not in the table is refused.

What cases prove (seen, assisted, done under supervision) and what time makes (sustained, lapsed) is computed and no
step. That the department does it alone takes two people: one of the side that teaches proposes, another of the home
side signs.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.growth.models import TechniqueState as S
from lianyi.methods.technique_ladder import Rung


class TechniqueSide(StrEnum):
    """Who takes a step: either side, those who teach, or those whose department learns."""

    EITHER = "either"
    TEACHING = "teaching"
    HOME = "home"


@dataclass(frozen=True, slots=True)
class TechniqueStepRule:
    """One row of the table: from where to where, by whose permission and side, on which evidence."""

    name: str
    label: str | Promise
    from_states: tuple[S, ...]
    to_state: S | None
    """None leaves the state as it is."""
    permission: str
    side: TechniqueSide = TechniqueSide.EITHER
    evidence: Rung | None = None
    """The rung that the cases must have reached."""
    asks_preconditions: bool = False
    asks_day: bool = False
    needs_reason: bool = False
    by_another: bool = False
    """Whoever proposed does not take this step."""


TECHNIQUE_STEPS: tuple[TechniqueStepRule, ...] = (
    TechniqueStepRule(
        "confirm_ready",
        _("Confirm the preconditions"),
        (S.LEARNING,),
        None,
        "growth.write",
        asks_preconditions=True,
        asks_day=True,
    ),
    TechniqueStepRule(
        "propose",
        _("Propose as done alone"),
        (S.LEARNING,),
        S.PROPOSED,
        "growth.write",
        side=TechniqueSide.TEACHING,
        evidence=Rung.SUPERVISED,
        asks_day=True,
    ),
    TechniqueStepRule(
        "sign",
        _("Sign that the department does it alone"),
        (S.PROPOSED,),
        S.SIGNED,
        "growth.decide",
        side=TechniqueSide.HOME,
        evidence=Rung.SUPERVISED,
        by_another=True,
    ),
    TechniqueStepRule(
        "refuse",
        _("Not yet alone"),
        (S.PROPOSED,),
        S.LEARNING,
        "growth.decide",
        side=TechniqueSide.HOME,
        needs_reason=True,
        by_another=True,
    ),
    TechniqueStepRule(
        "take_back",
        _("Take back the proposal"),
        (S.PROPOSED,),
        S.LEARNING,
        "growth.write",
        side=TechniqueSide.TEACHING,
        needs_reason=True,
    ),
    TechniqueStepRule(
        "revoke",
        _("Take back the signature"),
        (S.SIGNED,),
        S.LEARNING,
        "growth.decide",
        side=TechniqueSide.HOME,
        needs_reason=True,
    ),
    TechniqueStepRule(
        "put_aside",
        pgettext_lazy("step of a technique", "Put aside"),
        (S.LEARNING, S.PROPOSED, S.SIGNED),
        S.PUT_ASIDE,
        "growth.write",
        needs_reason=True,
    ),
    TechniqueStepRule("take_up", _("Take up again"), (S.PUT_ASIDE,), S.LEARNING, "growth.write"),
)
TECHNIQUE_STEP_BY_NAME = {step.name: step for step in TECHNIQUE_STEPS}


def technique_steps_from(state: str) -> tuple[TechniqueStepRule, ...]:
    """Return the steps that the table has for a state."""
    return tuple(step for step in TECHNIQUE_STEPS if state in step.from_states)


def state_after(step: TechniqueStepRule, state: str, *, is_signed: bool) -> S:
    """Return the state to which a step leads; what was signed is signed again when it is taken up."""
    if step.name == "take_up" and is_signed:
        return S.SIGNED
    return S(state) if step.to_state is None else step.to_state
