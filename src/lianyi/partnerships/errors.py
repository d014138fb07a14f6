"""Reasons why something about a partnership is refused."""

from __future__ import annotations

from lianyi.accounts.errors import StateRefusedError
from lianyi.errors import InvalidInputError


class AgreementIncompleteError(InvalidInputError):
    """The agreement lacks what it needs to be put in force; the message lists what."""

    code = "agreement-incomplete"


class AgreementStateError(StateRefusedError):
    """The agreement's state does not allow this step."""

    code = "agreement-state"


class DocumentRefusedError(InvalidInputError):
    """The uploaded document is too large or not of an accepted kind."""

    code = "document-refused"


class DutyPeriodError(InvalidInputError):
    """A duty's days do not lie within its agreement's term."""

    code = "duty-period"
