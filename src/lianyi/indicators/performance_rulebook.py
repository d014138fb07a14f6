"""The schemes of an installation, and the scheme of a round: of a frozen one as it was, else as it stands."""

from __future__ import annotations

import functools

from django.conf import settings

from lianyi.indicators.models.performance import PerformanceAssessment
from lianyi.rules.assessment_schemes import (
    AssessmentScheme,
    SchemeBook,
    load_assessment_schemes,
    parse_assessment_scheme,
)


@functools.cache
def scheme_book() -> SchemeBook:
    """Return every scheme; files are read once, so a new file needs a restart of the site."""
    return load_assessment_schemes(settings.LIANYI_RULES_DIRECTORIES)


def scheme_of(row: PerformanceAssessment) -> AssessmentScheme:
    """Return the scheme of a round.

    Raises
    ------
    UnknownRuleSetError
        When an open round names a scheme that is not there any more.
    """
    if row.snapshot:
        kept = row.snapshot["scheme"]
        return parsed_scheme(kept["file"], kept["text"])
    return scheme_book().get(row.scheme)


@functools.lru_cache(maxsize=64)
def parsed_scheme(file: str, text: str) -> AssessmentScheme:
    return parse_assessment_scheme(file, text.encode())
