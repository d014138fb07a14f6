"""The rule sets of this installation: those of the package and those that a bureau added in its own folders."""

from __future__ import annotations

import functools

from django.conf import settings

from lianyi.rules import RuleBook, load_rule_sets


@functools.cache
def rule_book() -> RuleBook:
    """Return every rule set; files are read once, so a new file needs a restart of the site."""
    return load_rule_sets(settings.LIANYI_RULES_DIRECTORIES)
