"""The book of all referral policies: those of the package and those that a bureau adds in folders of its own."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from lianyi.rules.dated import added_files, refuse_doubles, shipped_files, with_id
from lianyi.rules.errors import (
    ExpiredRuleSetError,
    NoApplicableRuleSetError,
    OverlappingRuleSetsError,
    RuleFileError,
)
from lianyi.rules.referral_merging import values_over
from lianyi.rules.referral_parsing import parse_referral_policy
from lianyi.rules.tables import values_of_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from lianyi.rules.referral_policy import ReferralPolicy

FOLDER = "referral_policies"
"""The folder of policies in the package, and in each directory that a bureau names."""


@dataclass(frozen=True, slots=True)
class ReferralPolicyBook:
    """All referral policies, sorted by id; ids are unique and a place has one default on a day.

    Raises
    ------
    DuplicateRuleSetError, OverlappingRuleSetsError
        Naming the files, when the policies given break these laws.
    """

    policies: tuple[ReferralPolicy, ...]

    def __post_init__(self) -> None:
        refuse_doubles(self.policies, "a referral policy")
        for one, other in combinations(self.policies, 2):
            _refuse_overlap(one, other)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(policy.id for policy in self.policies)

    def get(self, policy_id: str) -> ReferralPolicy:
        """Return the policy with this id, in force or not.

        Raises
        ------
        UnknownRuleSetError
            Naming the id and the nearest known ids.
        """
        return with_id(self.policies, policy_id, "referral policy", reason="referral-policy")

    def valid_on(self, policy_id: str, day: date) -> ReferralPolicy:
        """Return the policy with this id if it is in force on a day.

        Raises
        ------
        UnknownRuleSetError
            When there is no such id.
        ExpiredRuleSetError
            Naming the id and its validity.
        """
        policy = self.get(policy_id)
        if policy.is_valid_on(day):
            return policy
        message = (
            f"The referral policy {policy_id!r} is in force {policy.validity}, not on {day}; "
            "choose a policy for that day, or add a file with the numbers that hold now."
        )
        if day < policy.valid_from:
            raise ExpiredRuleSetError(
                message, reason="referral-policy-not-yet", rule_set=policy_id, valid_from=policy.valid_from, on=day
            )
        raise ExpiredRuleSetError(
            message, reason="referral-policy-over", rule_set=policy_id, valid_to=policy.valid_to, on=day
        )

    def default_on(self, day: date, jurisdiction: str) -> ReferralPolicy:
        """Return the default of the most specific jurisdiction that covers the place and is in force on the day.

        Raises
        ------
        NoApplicableRuleSetError
            Naming the defaults there are, with place and validity.
        """
        defaults = [policy for policy in self.policies if policy.is_default]
        fitting = [
            policy for policy in defaults if policy.is_valid_on(day) and policy.jurisdiction.covers(jurisdiction)
        ]
        if fitting:
            # The jurisdictions that cover one place are nested, so the longest code is the most specific.
            return max(fitting, key=lambda policy: len(policy.jurisdiction.code))
        known = "; ".join(f"{policy.id} ({policy.jurisdiction.code}, {policy.validity})" for policy in defaults)
        message = (
            f"No referral policy is in force in {jurisdiction} on {day}; the defaults are: {known or 'none'}. "
            "Add a file with the numbers that hold there."
        )
        raise NoApplicableRuleSetError(message, reason="referral-policy", jurisdiction=jurisdiction, on=day)


def load_referral_policies(directories: Sequence[Path] = ()) -> ReferralPolicyBook:
    """Read the policies of the package and every ``referral_policies/*.toml`` of the directories named.

    Raises
    ------
    RuleDirectoryError
        When a directory is not there; the folder inside it may be missing.
    RuleFileError
        When a file breaks the schema, or is based on a policy that does not come with the package.
    DuplicateRuleSetError, OverlappingRuleSetsError
        When two files contradict one another; a file added never replaces another silently.
    """
    shipped_values = _shipped_values()
    shipped = [parse_referral_policy(file, values) for file, values in shipped_values.items()]
    bases = {policy.id: shipped_values[policy.file] for policy in shipped}
    added = [
        parse_referral_policy(str(path), _with_base(str(path), values_of_file(str(path), path.read_bytes()), bases))
        for path in added_files(directories, FOLDER)
    ]
    return ReferralPolicyBook(tuple(sorted([*shipped, *added], key=lambda policy: policy.id)))


def _shipped_values() -> dict[str, dict[str, object]]:
    return {name: values_of_file(name, content) for name, content in shipped_files(FOLDER)}


def _with_base(
    file: str, values: Mapping[str, object], bases: Mapping[str, Mapping[str, object]]
) -> Mapping[str, object]:
    if "based_on" not in values:
        return values
    base = values["based_on"]
    if not isinstance(base, str) or base not in bases:
        accepted = f"a policy that comes with the package: {', '.join(bases)}"
        raise RuleFileError(file=file, place="based_on", given=repr(base), accepted=accepted)
    return values_over(bases[base], values)


def _refuse_overlap(one: ReferralPolicy, other: ReferralPolicy) -> None:
    if not (one.is_default and other.is_default) or one.jurisdiction.code != other.jurisdiction.code:
        return
    earlier, later = sorted((one, other), key=lambda policy: policy.valid_from)
    if earlier.is_valid_on(later.valid_from):
        message = (
            f"{one.file} ({one.id}, {one.validity}) and {other.file} ({other.id}, {other.validity}) are both the "
            f"default of {one.jurisdiction.code}; end one before the other begins, give the added one the narrower "
            "jurisdiction it is meant for, or mark it is_default = false for agreements that name it."
        )
        raise OverlappingRuleSetsError(message, rule_sets=(one.id, other.id), files=(one.file, other.file))
