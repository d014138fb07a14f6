"""What a script may rely on when a command of Lianyi ends."""

from __future__ import annotations

from typing import Final

from lianyi.accounts.errors import AuditChainBrokenError
from lianyi.errors import LianyiError
from lianyi.operations.errors import BackupDamagedError

DONE: Final = 0
REFUSED: Final = 1
WRONG_USAGE: Final = 2
PROBLEMS_FOUND: Final = 3
NOT_INTACT: Final = 4

MEANINGS: Final = {
    DONE: "done",
    REFUSED: "refused or failed; the message says why and how to mend it",
    WRONG_USAGE: "wrong usage: unknown command, option or argument",
    PROBLEMS_FOUND: "the checks ran and found problems",
    NOT_INTACT: "the audit trail or a backup is not intact",
}


def exit_code_of(error: LianyiError) -> int:
    """Return the code with which a command ends that was refused with this error."""
    return NOT_INTACT if isinstance(error, AuditChainBrokenError | BackupDamagedError) else REFUSED
