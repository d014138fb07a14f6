"""Nothing that the referral desk does stands in the audit trail as a bare code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

import lianyi.referrals
from lianyi.pages.action_names import action_name
from lianyi.referrals.machine import BY_NAME

HOME = Path(lianyi.referrals.__file__).parent
# Where each stands in a call: the name of a command, the action of an event of the trail.
PLACES = {"command": 0, "record": 1}


def actions_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        place = PLACES.get(node.func.id) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None
        if place is None or len(node.args) <= place:  # type: ignore[attr-defined]
            continue
        given = node.args[place]  # type: ignore[attr-defined]
        if isinstance(given, ast.Constant) and isinstance(given.value, str):
            yield given.value


ACTIONS = sorted({action for path in HOME.rglob("*.py") for action in actions_in(path)})


def test_the_search_finds_the_commands() -> None:
    assert len(ACTIONS) > 80
    assert {"referrals.request.draft", "referrals.offline.fact", "referrals.follow_up.void"} <= set(ACTIONS)


@pytest.mark.parametrize("action", ACTIONS)
def test_each_action_has_a_name(action: str) -> None:
    with translation.override("en"):
        assert action_name(action) != action


@pytest.mark.parametrize("step", sorted(BY_NAME))
def test_each_step_of_a_case_has_a_name(step: str) -> None:
    with translation.override("en"):
        assert action_name(f"referrals.leg.{step}") != f"referrals.leg.{step}"
