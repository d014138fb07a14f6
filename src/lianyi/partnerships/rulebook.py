"""The rule sets of this installation: those of the package and those that a bureau added in its own folders."""

from __future__ import annotations

import functools

from django.conf import settings

from lianyi.pages.names import in_language
from lianyi.rules import RuleBook, load_rule_sets


@functools.cache
def rule_book() -> RuleBook:
    """Return every rule set; files are read once, so a new file needs a restart of the site."""
    return load_rule_sets(settings.LIANYI_RULES_DIRECTORIES)


def rule_set_title(rule_set: str) -> str:
    """Return the title of a rule set in the active language, or its id when this installation no longer has it."""
    if rule_set not in rule_book().ids:
        return rule_set
    title = rule_book().get(rule_set).title
    return in_language(title.zh, title.en)
