"""What a problem is called in the reader's language."""

from __future__ import annotations

from lianyi.pages.names import in_language
from lianyi.referrals.models import Journey
from lianyi.referrals.problems import OTHER
from lianyi.rules import common_problems


def problem_name(code: str) -> str:
    """Return the name of a code of the pick list in the reader's language; any other code as it stands."""
    found = next((each for each in common_problems() if each.code == code), None)
    return code if found is None else in_language(found.zh, found.en)


def problem_words(journey: Journey) -> str:
    """Return the problem as people read it: its name, and what was written beside it."""
    text = journey.problem_text.strip()
    name = "" if journey.problem_code == OTHER and text else problem_name(journey.problem_code)
    return " · ".join(dict.fromkeys(part for part in (name, text) if part))


def codes_named(part: str) -> list[str]:
    """Return the codes of the pick list whose name holds some words, in either language."""
    wanted = part.strip().lower()
    return [each.code for each in common_problems() if wanted and (wanted in each.zh or wanted in each.en.lower())]
