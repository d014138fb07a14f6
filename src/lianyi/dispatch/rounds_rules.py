"""How often rules ask for rounds: the requirements of the rule sets that count rounds in a period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lianyi.dispatch.models import RoundPeriod
from lianyi.rules import Measure, Requirement, RuleBook, RuleSet

SEPARATOR = "/"


@dataclass(frozen=True, slots=True)
class FrequencyRule:
    """One requirement: so many visits in every week, month or quarter."""

    key: str
    rule_set: RuleSet
    requirement: Requirement
    visits: int
    period: str


def key_of(rule_set: RuleSet, requirement: Requirement) -> str:
    """Return what a programme names a requirement by."""
    return f"{rule_set.id}{SEPARATOR}{requirement.id}"


def frequency_rules(book: RuleBook) -> Iterator[FrequencyRule]:
    """Yield every rule of this installation that says how often rounds are made."""
    for rule_set_id in book.ids:
        rule_set = book.get(rule_set_id)
        for each in rule_set.requirements_for(Measure.ROUNDS_PER_PERIOD):
            period = "" if each.period is None else str(each.period.value)
            if each.minimum is not None and period in RoundPeriod.values:
                yield FrequencyRule(key_of(rule_set, each), rule_set, each, int(each.minimum), period)


def rule_of(book: RuleBook, key: str) -> FrequencyRule | None:
    """Return the rule that a programme names, or None where this installation does not have it."""
    return next((rule for rule in frequency_rules(book) if rule.key == key), None)
