"""Text that a spreadsheet would take for a formula, and how it travels through a text file unharmed.

A cell of a text file that begins with = + - @, a tab or a carriage return is run as a formula by spreadsheets. Exports
put one apostrophe before it. Text that already begins with apostrophes before such a character gets one more, so that
taking one away on reading restores every text exactly. Workbooks need none of this: there each text is a text cell.
"""

from __future__ import annotations

import re
from typing import Final

_RISKY: Final = re.compile(r"'*[=+\-@\t\r]")


def guarded(text: str) -> str:
    """Text as it is written into a text file.

    >>> guarded("=1+1"), guarded("plain"), guarded("'=1")
    ("'=1+1", 'plain', "''=1")
    """
    return f"'{text}" if _RISKY.match(text) else text


def unguarded(text: str) -> str:
    """Text as it was before `guarded`.

    >>> unguarded("'=1+1"), unguarded("'plain'")
    ('=1+1', "'plain'")
    """
    return text[1:] if text.startswith("'") and _RISKY.match(text) else text
