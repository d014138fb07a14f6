"""What the results of every plan of pairs or postings share: goals, rules, conflicts, what would fix a need."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np

from lianyi.methods.goal_search import Level, Worse
from lianyi.methods.location.limits import StopReason
from lianyi.methods.rule_conflicts import Conflict
from lianyi.operations.working_folder import replace_durably

Document = dict[str, Any]
RuleT_contra = TypeVar("RuleT_contra", bound=StrEnum, contravariant=True)


class Summed(Protocol):
    """A plan of which only the weighted sum of its goals has a bound."""

    @property
    def value(self) -> float: ...
    @property
    def bound(self) -> float: ...
    @property
    def gap(self) -> float: ...
    @property
    def stop_reason(self) -> StopReason: ...


class StepMade(Protocol):
    """A step of a search, and the sum after it."""

    @property
    def name(self) -> str: ...
    @property
    def value(self) -> float: ...


class Fix(Protocol):
    """A change that was tried for an open need."""

    @property
    def kind(self) -> StrEnum: ...
    @property
    def rule(self) -> StrEnum | None: ...
    @property
    def subject(self) -> str: ...
    @property
    def amount(self) -> float: ...
    @property
    def missing_after(self) -> int: ...


class Breach(Protocol):
    """A rule that a plan breaks."""

    @property
    def rule(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def amount(self) -> float: ...
    @property
    def what(self) -> str: ...


class Prices(Protocol[RuleT_contra]):
    """Rules that may say whether one is hard, and its price otherwise."""

    def is_hard(self, rule: RuleT_contra) -> bool: ...
    def price_of(self, rule: RuleT_contra) -> float: ...


RuleT = TypeVar("RuleT", bound=StrEnum)


def write_summary(document: Document, out: Path) -> None:
    """Write summary.json, whole or not at all."""
    made = out / ".summary.json.part"
    made.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    replace_durably(made, out / "summary.json")


def level_with_bound(level: Level[Any]) -> Document:
    """Tell a goal and what is proved of it; a bound that is not known is empty."""
    return {
        "goal": level.goal.value,
        "value": level.value,
        "bound": _known(level.bound),
        "gap": _known(level.gap),
        "stop_reason": level.stop_reason.value,
    }


def level_alone(level: Level[Any]) -> Document:
    """Tell a goal where only the sum of all goals has a bound."""
    return {"goal": level.goal.value, "value": level.value, "bound": None, "gap": None, "stop_reason": None}


def sum_of_goals(plan: Summed, steps: Iterable[StepMade]) -> Document:
    """Tell the weighted sum of all goals, its bound, and how it fell."""
    return {
        "value": plan.value,
        "bound": plan.bound,
        "gap": _known(plan.gap),
        "stop_reason": plan.stop_reason.value,
        "steps": [{"step": step.name, "value": step.value} for step in steps],
    }


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None


def rules_told(rules: Prices[RuleT], sentences: Mapping[RuleT, str]) -> list[Document]:
    """Tell each rule with its sentence and its price, empty where it is hard."""
    return [
        {"rule": rule.value, "sentence": sentence, "price": None if rules.is_hard(rule) else rules.price_of(rule)}
        for rule, sentence in sentences.items()
    ]


def breaches_told(breaches: Iterable[Breach], apart_from: StrEnum) -> list[Document]:
    """Tell the rules that are broken, but for the one that is told elsewhere."""
    return [
        {"rule": str(each.rule), "subject": each.subject, "amount": each.amount, "what": each.what}
        for each in breaches
        if each.rule != apart_from
    ]


def why_open(
    conflict: Conflict | None, fixes: Iterable[Fix], barred: Mapping[Any, Iterable[str]] | None = None
) -> Document:
    """Tell who is barred from an open need by what, which rules contradict one another, and what would fix it."""
    return {
        "barred": {} if barred is None else {bar.value: list(ids) for bar, ids in barred.items()},
        "conflict": []
        if conflict is None
        else [{"rule": clause.rule.value, "subject": clause.subject} for clause in conflict.clauses],
        "conflict_is_smallest": None if conflict is None else conflict.is_smallest,
        "fixes": [
            {
                "kind": fix.kind.value,
                "rule": fix.rule.value if fix.rule else None,
                "subject": fix.subject,
                "amount": fix.amount,
                "missing_after": fix.missing_after,
            }
            for fix in fixes
        ],
    }


def why_open_in_cells(told: Document) -> Document:
    """Return the same as texts, for the cells of a table."""
    fixes = (
        f"{each['kind']} {each['rule'] + ' ' if each['rule'] else ''}{each['subject']} {each['amount']:g}: "
        f"{each['missing_after']} missing"
        for each in told["fixes"]
    )
    return {
        "barred": "; ".join(f"{bar}={','.join(ids)}" for bar, ids in told["barred"].items()),
        "conflict": "; ".join(f"{each['rule']} {each['subject']}".strip() for each in told["conflict"]),
        "fixes": "; ".join(fixes),
    }


def worse_told(worse: Worse[Any] | None) -> Document:
    """Tell which goal would be worse otherwise, in three cells."""
    return {
        "worse_goal": worse.goal.value if worse else None,
        "worse_now": worse.now if worse else None,
        "worse_then": worse.then if worse else None,
    }
