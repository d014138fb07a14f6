"""What the problem of a journey is: a code of the pick list or of ICD-10, or "other" with words; never words as a code.

Referrals are counted and found by this code, and a second live referral for the same problem is warned of by it.
"""

from __future__ import annotations

import re
import unicodedata

from lianyi.referrals.errors import FactsRefusedError
from lianyi.rules import common_problems

# A problem that no code is known for; the words beside it say what it is.
OTHER = "other"
# A code of ICD-10 as hospitals here write it: I21, I21.3, I21.900x001; GB/T 14396 adds a cross or a star.
_ICD_10 = re.compile(r"[A-Z]\d[0-9A-Z](\.[0-9X]{1,8})?[+*]?")


def as_kept(code: str) -> str:
    """Bring a code to the form in which it is kept: full-width letters, blanks and case make no other problem."""
    plain = "".join(unicodedata.normalize("NFKC", code).split())
    return plain.lower() if plain.lower() in _listed() else plain.upper()


def _listed() -> set[str]:
    return {OTHER, *(each.code for each in common_problems())}


def checked_problem(code: str, words: str) -> str:
    """Return the code as it is kept.

    Raises
    ------
    FactsRefusedError
        When there is no code, the code is of no list, or "other" comes without words.
    """
    kept = as_kept(code)
    if not kept or (kept == OTHER and not words.strip()):
        raise FactsRefusedError(
            "Say what the problem is: choose it from the list, give its ICD-10 code, or choose another one and write "
            "it in words.",
            field="problem_code",
            reason="problem-missing",
        )
    if kept in _listed() or _ICD_10.fullmatch(kept):
        return kept
    raise FactsRefusedError(
        f"'{code.strip()}' is no code of a problem. Choose it from the list or give a code of ICD-10 such as I21; for "
        "anything else leave the code empty and write the problem in words.",
        field="problem_code",
        reason="problem-unknown",
        given=code.strip(),
    )


def code_of(picked: str, typed: str, words: str) -> str:
    """Return the code that a form gives: picked from the list, typed, or "other" where only words say it."""
    return picked or as_kept(typed) or (OTHER if words.strip() else "")
