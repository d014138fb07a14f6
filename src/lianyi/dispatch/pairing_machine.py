"""The life of a pairing plan as a table. Whatever is not in the table is refused."""

from __future__ import annotations

from collections.abc import Mapping

from lianyi.dispatch.errors import PairingRefusedError
from lianyi.dispatch.models import ACTIVE_RUNS, PairingPlan
from lianyi.dispatch.models import PairingState as S

# What may be done where a plan stands, and where it stands then.
ACTS: Mapping[str, Mapping[S, S]] = {
    "change": {S.DRAFT: S.DRAFT, S.READY: S.READY},
    "mark": {S.DRAFT: S.DRAFT, S.READY: S.READY},
    "ask_wishes": {S.DRAFT: S.DRAFT, S.READY: S.READY},
    "state_wishes": {S.DRAFT: S.DRAFT, S.READY: S.READY},
    "search": {S.DRAFT: S.DRAFT, S.READY: S.READY},
    "keep_answer": {S.DRAFT: S.READY, S.READY: S.READY},
    "decide": {S.READY: S.KEPT},
    "take_over": {S.KEPT: S.KEPT},
    "open_again": {S.KEPT: S.READY},
    "put_aside": {S.DRAFT: S.PUT_ASIDE, S.READY: S.PUT_ASIDE},
    "take_up": {S.PUT_ASIDE: S.DRAFT},
}
# While a search runs, nobody changes under its hands what it was asked. Institutions state their wishes all the same,
# for they do not see it; the plan then says that it is of before.
NOT_WHILE_SEARCHING = frozenset({"change", "mark", "search", "decide", "put_aside"})


def require_act(plan: PairingPlan, act: str) -> S:
    """Return where the plan stands after an act.

    Raises
    ------
    PairingRefusedError
        Where it stands the act does not follow, or a search is on.
    """
    after = ACTS[act].get(S(plan.state))
    if after is None:
        raise PairingRefusedError(
            f"The pairing plan “{plan.name}” is {plan.state}; that cannot be done with it.",
            reason="pairing-state",
            plan=plan.name,
            state_label=S(plan.state).label,
        )
    if act in NOT_WHILE_SEARCHING and is_searching(plan):
        raise PairingRefusedError(
            f"A search for the pairing plan “{plan.name}” is on. Wait for it, or stop it and keep the best so far.",
            reason="pairing-searching",
            plan=plan.name,
        )
    return after


def is_searching(plan: PairingPlan) -> bool:
    return plan.runs.filter(state__in=ACTIVE_RUNS).exists()


def may(plan: PairingPlan, act: str, *, is_on: bool) -> bool:
    """Tell whether a page offers an act; ``is_on`` says whether a search is."""
    return S(plan.state) in ACTS[act] and not (is_on and act in NOT_WHILE_SEARCHING)
