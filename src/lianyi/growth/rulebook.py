"""The rule files of growth: checklists and the ranking of gaps, of the package or of a bureau that set its own."""

from __future__ import annotations

import functools
from datetime import date

from django.conf import settings

from lianyi.growth.models import CapabilityAssessment
from lianyi.rules import (
    Checklist,
    ChecklistBook,
    GapRanking,
    GapRankingBook,
    load_checklists,
    load_gap_rankings,
    parse_checklist,
)


@functools.cache
def checklist_book() -> ChecklistBook:
    """Return every checklist; files are read once, so a new file needs a restart of the site."""
    return load_checklists(settings.LIANYI_RULES_DIRECTORIES)


@functools.cache
def _rankings() -> GapRankingBook:
    return load_gap_rankings(settings.LIANYI_RULES_DIRECTORIES)


def ranking_on(day: date) -> GapRanking:
    """Return the ranking of gaps that holds on a day.

    Raises
    ------
    NoApplicableRuleSetError
    """
    return _rankings().on(day)


def checklist_of(row: CapabilityAssessment) -> Checklist:
    """Return the checklist of an assessment: as it was when it became final, else as it stands.

    Raises
    ------
    UnknownRuleSetError
        When an open assessment names a checklist that is not there any more.
    """
    if row.frozen:
        return _parsed(row.frozen["file"], row.frozen["text"])
    return checklist_book().get(row.checklist)


@functools.lru_cache(maxsize=64)
def _parsed(file: str, text: str) -> Checklist:
    return parse_checklist(file, text.encode())


def frozen(checklist: Checklist) -> dict[str, str]:
    """Return what a final assessment keeps of its checklist."""
    return {"file": checklist.file, "text": checklist.text}
