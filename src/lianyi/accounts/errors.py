"""Reasons why an account, a permission or a command is refused."""

from __future__ import annotations

from lianyi.errors import LianyiError


class NotPermittedError(LianyiError):
    """The acting person may not do this. ``params['reason']`` is the class of the reason."""

    code = "not-permitted"


class NotFoundInScopeError(LianyiError):
    """The row does not exist, or the asker may not know that it does: the answer is the same."""

    code = "not-found"


class StaleVersionError(LianyiError):
    """Somebody else saved the record in between; ``params`` hold both versions."""

    code = "stale-version"


class CommandKeyReusedError(LianyiError):
    """One command key was sent for two different commands."""

    code = "command-key-reused"


class StateRefusedError(LianyiError):
    """The record's state does not allow this step."""

    code = "state-refused"


class SeparationOfDutiesError(LianyiError):
    """The same person may not do both steps."""

    code = "separation-of-duties"


class AuditChainBrokenError(LianyiError):
    """The audit trail was changed behind the program's back."""

    code = "audit-chain-broken"


class PasswordRefusedError(LianyiError):
    """The password does not meet the policy; the message lists the rules it breaks."""

    code = "password-refused"
