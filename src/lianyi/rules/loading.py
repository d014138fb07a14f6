"""The book of all rule sets: those of the package and those that a bureau adds in directories of its own."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from lianyi.rules.dated import added_files, refuse_doubles, shipped_files, with_id
from lianyi.rules.errors import (
    ExpiredRuleSetError,
    NoApplicableRuleSetError,
    OverlappingRuleSetsError,
)
from lianyi.rules.parsing import parse_rule_set

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from lianyi.rules.schema import RuleSet


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rule sets, sorted by id; ids are unique and no two sets claim the same programme, place and day.

    Raises
    ------
    DuplicateRuleSetError, OverlappingRuleSetsError
        Naming the files, when the sets given break these laws.
    """

    rule_sets: tuple[RuleSet, ...]

    def __post_init__(self) -> None:
        refuse_doubles(self.rule_sets, "a rule set")
        for one, other in combinations(self.rule_sets, 2):
            _refuse_overlap(one, other)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(rule_set.id for rule_set in self.rule_sets)

    def get(self, rule_set_id: str) -> RuleSet:
        """Return the rule set with this id, in force or not.

        Raises
        ------
        UnknownRuleSetError
            Naming the id and the nearest known ids.
        """
        return with_id(self.rule_sets, rule_set_id, "rule set")

    def require_valid(self, rule_set_id: str, on: date) -> RuleSet:
        """Return the rule set with this id if it is in force on a day.

        Raises
        ------
        UnknownRuleSetError
            When there is no such id.
        ExpiredRuleSetError
            Naming the id and its validity.
        """
        rule_set = self.get(rule_set_id)
        if not rule_set.is_valid_on(on):
            message = (
                f"The rule set {rule_set_id!r} is in force {rule_set.validity}, not on {on}; "
                "choose a set for that day, or add a file with the rules that hold now."
            )
            raise ExpiredRuleSetError(
                message,
                rule_set=rule_set_id,
                validity=rule_set.validity,
                valid_from=rule_set.valid_from,
                valid_to=rule_set.valid_to,
                on=on,
            )
        return rule_set

    def of_programme(self, programme_kind: str) -> tuple[RuleSet, ...]:
        """Return all sets of a programme kind, of every place and time."""
        return tuple(rule_set for rule_set in self.rule_sets if rule_set.programme_kind == programme_kind)

    def applicable(self, programme_kind: str, jurisdiction: str, on: date) -> RuleSet:
        """Return the set of the most specific jurisdiction that covers the place and is in force on the day.

        Raises
        ------
        NoApplicableRuleSetError
            Naming the sets of the programme with place and validity.
        """
        fitting = [
            rule_set
            for rule_set in self.of_programme(programme_kind)
            if rule_set.is_valid_on(on) and rule_set.jurisdiction.covers(jurisdiction)
        ]
        if not fitting:
            raise self._nothing_applicable(programme_kind, jurisdiction, on)
        # The jurisdictions that cover one place are nested, so the longest code is the most specific.
        return max(fitting, key=lambda rule_set: len(rule_set.jurisdiction.code))

    def _nothing_applicable(self, programme_kind: str, jurisdiction: str, on: date) -> NoApplicableRuleSetError:
        known = "; ".join(
            f"{rule_set.id} ({rule_set.jurisdiction.code}, {rule_set.validity})"
            for rule_set in self.of_programme(programme_kind)
        )
        kinds = ", ".join(sorted({rule_set.programme_kind for rule_set in self.rule_sets}))
        there_is = f"of this programme there are: {known}" if known else f"the programmes with rules are: {kinds}"
        message = (
            f"No rule set of the programme {programme_kind!r} is in force in {jurisdiction} on {on}; {there_is}. "
            "Add a file with the rules that hold there."
        )
        return NoApplicableRuleSetError(message, programme=programme_kind, jurisdiction=jurisdiction, on=on)


def load_rule_sets(extra_directories: Sequence[Path] = ()) -> RuleBook:
    """Read the rule sets of the package and every ``*.toml`` file of the directories named.

    Raises
    ------
    RuleDirectoryError
        When a directory is not there.
    RuleFileError
        When a file breaks the schema.
    DuplicateRuleSetError, OverlappingRuleSetsError
        When two files contradict one another; a file added never replaces another silently.
    """
    sets = [parse_rule_set(name, content) for name, content in shipped_files("programmes")]
    sets += [parse_rule_set(str(path), path.read_bytes()) for path in added_files(extra_directories)]
    return RuleBook(tuple(sorted(sets, key=lambda rule_set: rule_set.id)))


def _refuse_overlap(one: RuleSet, other: RuleSet) -> None:
    if one.programme_kind != other.programme_kind or one.jurisdiction.code != other.jurisdiction.code:
        return
    earlier, later = sorted((one, other), key=lambda rule_set: rule_set.valid_from)
    if earlier.is_valid_on(later.valid_from):
        message = (
            f"{one.file} ({one.id}, {one.validity}) and {other.file} ({other.id}, {other.validity}) both hold for "
            f"{one.programme_kind} in {one.jurisdiction.code}; end one before the other begins, or give the added one "
            "the narrower jurisdiction it is meant for."
        )
        raise OverlappingRuleSetsError(message, rule_sets=(one.id, other.id), files=(one.file, other.file))
