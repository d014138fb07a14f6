"""The rule files of the survey: those of the package, or of a bureau that set its own."""

from __future__ import annotations

import functools
from datetime import date

from django.conf import settings

from lianyi.rules import (
    ReadinessThresholds,
    ReadinessThresholdsBook,
    ResourceGroups,
    ResourceGroupsBook,
    ResourceStandardBook,
    load_readiness_thresholds,
    load_resource_groups,
    load_resource_standards,
)


@functools.cache
def _groups_book() -> ResourceGroupsBook:
    return load_resource_groups(settings.LIANYI_RULES_DIRECTORIES)


def groups_on(day: date) -> ResourceGroups:
    """Return what counts as which resource on a day.

    Raises
    ------
    NoApplicableRuleSetError
    """
    return _groups_book().on(day)


@functools.cache
def standard_book() -> ResourceStandardBook:
    """Return every standard; files are read once, so a new file needs a restart of the site."""
    return load_resource_standards(settings.LIANYI_RULES_DIRECTORIES)


@functools.cache
def _thresholds_book() -> ReadinessThresholdsBook:
    return load_readiness_thresholds(settings.LIANYI_RULES_DIRECTORIES)


def thresholds_on(day: date) -> ReadinessThresholds:
    """Return how ready services must be on a day.

    Raises
    ------
    NoApplicableRuleSetError
    """
    return _thresholds_book().on(day)
