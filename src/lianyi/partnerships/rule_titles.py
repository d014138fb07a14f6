"""Titles of rule sets in the reader's language."""

from __future__ import annotations

from lianyi.pages.names import in_language
from lianyi.partnerships.rulebook import rule_book


def rule_set_title(rule_set: str) -> str:
    """Return the title of a rule set in the active language, or its id when this installation no longer has it."""
    if rule_set not in rule_book().ids:
        return rule_set
    title = rule_book().get(rule_set).title
    return in_language(title.zh, title.en)
