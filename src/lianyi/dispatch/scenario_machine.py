"""The life of a scenario as a table. Whatever is not in the table is refused."""

from __future__ import annotations

from collections.abc import Mapping

from lianyi.dispatch.errors import ScenarioRefusedError
from lianyi.dispatch.models import ACTIVE_RUNS, PlanScenario, RunState
from lianyi.dispatch.models import ScenarioState as S

# What may be done where a scenario stands, and where it stands then.
ACTS: Mapping[str, Mapping[S, S]] = {
    "change": {S.DRAFT: S.DRAFT, S.READY: S.READY},
    "search": {S.DRAFT: S.DRAFT, S.READY: S.READY},
    "keep_answer": {S.DRAFT: S.READY, S.READY: S.READY},
    "edit_lines": {S.DRAFT: S.READY, S.READY: S.READY},
    "hand_over": {S.READY: S.PUBLISHED},
    "repair": {S.PUBLISHED: S.PUBLISHED},
    "put_aside": {S.DRAFT: S.PUT_ASIDE, S.READY: S.PUT_ASIDE},
    "take_up": {S.PUT_ASIDE: S.DRAFT},
}
# While a search runs, nobody changes under its hands what it was asked.
NOT_WHILE_SEARCHING = frozenset({"change", "search", "edit_lines", "hand_over", "put_aside"})

RUN_STEPS: Mapping[RunState, tuple[RunState, ...]] = {
    RunState.QUEUED: (RunState.RUNNING, RunState.STOPPED, RunState.FAILED),
    RunState.RUNNING: (RunState.DONE, RunState.STOPPED, RunState.FAILED),
    RunState.STOPPED: (),
    RunState.DONE: (),
    RunState.FAILED: (),
}


def require_act(scenario: PlanScenario, act: str) -> S:
    """Return where the scenario stands after an act.

    Raises
    ------
    ScenarioRefusedError
        Where it stands the act does not follow, or a search is on.
    """
    after = ACTS[act].get(S(scenario.state))
    if after is None:
        raise ScenarioRefusedError(
            f"The scenario “{scenario.name}” is {scenario.state}; that cannot be done with it.",
            reason="scenario-state",
            scenario=scenario.name,
            state_label=S(scenario.state).label,
        )
    if act in NOT_WHILE_SEARCHING and is_searching(scenario):
        raise ScenarioRefusedError(
            f"A search for the scenario “{scenario.name}” is on. Wait for it, or stop it and keep the best so far.",
            reason="scenario-searching",
            scenario=scenario.name,
        )
    return after


def is_searching(scenario: PlanScenario) -> bool:
    return scenario.runs.filter(state__in=ACTIVE_RUNS).exists()


def may(scenario: PlanScenario, act: str, *, is_on: bool) -> bool:
    """Tell whether a page offers an act; ``is_on`` says whether a search is."""
    return S(scenario.state) in ACTS[act] and not (is_on and act in NOT_WHILE_SEARCHING)
