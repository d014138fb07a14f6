"""Reasons why a command of the command line is refused."""

from __future__ import annotations

from lianyi.errors import ConfigurationError, InvalidInputError, LianyiError


class SiteNotReadyError(ConfigurationError):
    """The database or the static files are not as this version needs them."""

    code = "site-not-ready"


class SiteRunningError(LianyiError):
    """Another process serves the site, restores it, or has its database open."""

    code = "site-running"


class AddressTakenError(ConfigurationError):
    """The address to serve on cannot be used."""

    code = "address-taken"


class ProgramMissingError(ConfigurationError):
    """A program that the command needs is not on PATH."""

    code = "program-missing"


class ProgramFailedError(LianyiError):
    """A program that the command called ended with an error; the message holds what it said."""

    code = "program-failed"


class BackupDamagedError(LianyiError):
    """The backup is not what was written: bytes are missing or changed, or its database does not hold together."""

    code = "backup-damaged"


class BackupUnfitError(LianyiError):
    """The backup is intact but not one for this installation: another engine, or a newer version."""

    code = "backup-unfit"


class TargetExistsError(InvalidInputError):
    """A file stands where one is to be written."""

    code = "target-exists"


class NotADemoError(LianyiError):
    """The database holds records that the demo did not make."""

    code = "not-a-demo"


class CaseFileError(ConfigurationError):
    """A file of a case cannot be used."""

    code = "case-file"


class UnknownNameError(InvalidInputError):
    """There is no user, place, institution or affiliation of that name."""

    code = "unknown-name"


class UnclearNameError(InvalidInputError):
    """The name fits more than one; the message lists them."""

    code = "unclear-name"


class SurveyFileError(InvalidInputError):
    """A file that describes a survey says something that cannot be used."""

    code = "survey-file"


class PlanFileError(InvalidInputError):
    """A file of the folder to plan from says something that cannot be used."""

    code = "plan-file"


class ChartOptionsError(InvalidInputError):
    """Options of a control chart contradict one another, or a rebase has no reason."""

    code = "chart-options"
