"""When checks after a return are due, how they stand, and what share works independently."""

from __future__ import annotations

import datetime
import functools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings

from lianyi.dispatch.models import Posting
from lianyi.growth.models.secondments import ReturnCheck, ReturnOutcome
from lianyi.methods.periods import add_calendar_months
from lianyi.methods.proportions import Share
from lianyi.rules.return_checks import ReturnCheckBook, ReturnCheckRule, load_return_checks


class CheckStanding(StrEnum):
    """How a check stands: computed from days, never kept."""

    AHEAD = "ahead"
    DUE = "due"
    LATE = "late"
    DONE = "done"


@functools.cache
def _book() -> ReturnCheckBook:
    return load_return_checks(settings.LIANYI_RULES_DIRECTORIES)


def rule_for(returned_on: datetime.date) -> ReturnCheckRule:
    """Return the rule in force on the day of the return.

    Raises
    ------
    NoApplicableRuleSetError
    """
    return _book().on(returned_on)


@dataclass(frozen=True, slots=True)
class DueCheck:
    """One check of one return: when it is due, and what was found where it was made."""

    posting: Posting
    months: int
    due_on: datetime.date
    opens_on: datetime.date
    standing: CheckStanding
    found: ReturnCheck | None

    @property
    def is_due(self) -> bool:
        """Whether its day has come, made or not."""
        return self.standing in (CheckStanding.DUE, CheckStanding.LATE) or self.found is not None


@dataclass(frozen=True, slots=True)
class ReturnFigure:
    """Of the checks due so many months after the return: how many found what, and how many nobody made."""

    months: int
    due: int
    missing: int
    independent: Share
    outcomes: Mapping[str, int]


def checks_of(posting: Posting, found: Iterable[ReturnCheck], today: datetime.date) -> list[DueCheck]:
    """Return the checks of a secondment that is over, in order; none before its last day is known."""
    if posting.left_on is None:
        return []
    rule = rule_for(posting.left_on)
    known = {each.months: each for each in found}
    return [_due(posting, rule, months, known.get(months), today) for months in sorted({*rule.months, *known})]


def _due(
    posting: Posting, rule: ReturnCheckRule, months: int, found: ReturnCheck | None, today: datetime.date
) -> DueCheck:
    assert posting.left_on is not None  # noqa: S101 - asked before
    due_on = add_calendar_months(posting.left_on, months)
    standing = CheckStanding.DONE if found is not None else _standing(due_on, rule.late_after_days, today)
    opens_on = due_on - datetime.timedelta(days=rule.earliest_days_before)
    return DueCheck(posting, months, due_on, opens_on, standing, found)


def _standing(due_on: datetime.date, late_after_days: int, today: datetime.date) -> CheckStanding:
    if today < due_on:
        return CheckStanding.AHEAD
    return CheckStanding.LATE if (today - due_on).days > late_after_days else CheckStanding.DUE


def figures_of(checks: Sequence[DueCheck]) -> list[ReturnFigure]:
    """Count by months; whoever was not checked is in no share and stands beside it."""
    found = []
    for months in sorted({each.months for each in checks}):
        due = [each for each in checks if each.months == months and each.is_due]
        told = Counter(each.found.outcome for each in due if each.found is not None)
        independent = Share(told[ReturnOutcome.INDEPENDENT], sum(told.values()))
        found.append(ReturnFigure(months, len(due), len(due) - sum(told.values()), independent, dict(told)))
    return found
