"""The limits of the checks: of the package, or of a bureau that set its own."""

from __future__ import annotations

import functools
from datetime import date

from django.conf import settings

from lianyi.rules import QualityLimits, QualityLimitsBook, load_quality_limits


@functools.cache
def limits_book() -> QualityLimitsBook:
    """Return every set of limits; files are read once, so a new file needs a restart of the site."""
    return load_quality_limits(settings.LIANYI_RULES_DIRECTORIES)


def limits_on(day: date) -> QualityLimits:
    """Return the limits that hold on a day.

    Raises
    ------
    NoApplicableRuleSetError
    """
    return limits_book().on(day)
