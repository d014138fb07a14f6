"""The rule sets of an installation and whether they hold today."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils import timezone

from lianyi.rules import load_rule_sets


def describe_rule_sets(directories: Sequence[Path]) -> list[dict[str, Any]]:
    """Return every rule set with its validity, those of the directories among them.

    Raises
    ------
    RuleFileError, RuleDirectoryError, DuplicateRuleSetError, OverlappingRuleSetsError
    """
    today = timezone.localdate()
    return [
        {
            "id": rule_set.id,
            "programme": rule_set.programme_kind,
            "jurisdiction": rule_set.jurisdiction.code,
            "title": rule_set.title.en,
            "valid_from": rule_set.valid_from,
            "valid_to": rule_set.valid_to,
            "is_in_force": rule_set.is_valid_on(today),
            "confidence": rule_set.confidence.value,
            "requirements": len(rule_set.requirements),
            "file": rule_set.file,
        }
        for rule_set in load_rule_sets(directories).rule_sets
    ]
