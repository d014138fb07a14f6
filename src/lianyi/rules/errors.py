"""Why a rule set or a reference list cannot be used."""

from __future__ import annotations

from lianyi.errors import ConfigurationError, InvalidInputError


class RuleFileError(ConfigurationError):
    """A file of rules or reference data breaks its schema; names file, place, what was given and what is accepted."""

    code = "rule-file"

    def __init__(self, *, file: str, place: str, given: str, accepted: str) -> None:
        message = f"{file}, {place}: given {given}; accepted: {accepted}."
        super().__init__(message, file=file, place=place, given=given, accepted=accepted)


class RuleDirectoryError(ConfigurationError):
    """A directory named for additional rule sets is not there."""

    code = "rule-directory"


class DuplicateRuleSetError(ConfigurationError):
    """Two files carry a rule set with the same id."""

    code = "duplicate-rule-set"


class OverlappingRuleSetsError(ConfigurationError):
    """Two rule sets claim the same programme, the same jurisdiction and the same days."""

    code = "overlapping-rule-sets"


class UnknownRuleSetError(InvalidInputError):
    """There is no rule set with this id."""

    code = "unknown-rule-set"


class ExpiredRuleSetError(InvalidInputError):
    """The rule set is not in force on the day asked about: not yet, or no longer."""

    code = "expired-rule-set"


class NoApplicableRuleSetError(InvalidInputError):
    """No rule set is in force for this programme, jurisdiction and day."""

    code = "no-applicable-rule-set"


class UnknownReferenceError(InvalidInputError):
    """There is no reference list, or no item in it, with this name."""

    code = "unknown-reference"
