"""The dated rules of quality control of this installation, read once: kinds of causes and targets."""

from __future__ import annotations

import datetime
import functools

from django.conf import settings

from lianyi.rules.quality_control import IndicatorTarget, QualityControlBook, load_quality_control


@functools.cache
def _book(directories: tuple[object, ...]) -> QualityControlBook:
    return load_quality_control(directories)  # type: ignore[arg-type]


def quality_book() -> QualityControlBook:
    """Return every file of rules; files are read once, so a new file needs a restart of the site."""
    return _book(tuple(settings.LIANYI_RULES_DIRECTORIES))


def target_on(indicator: str, day: datetime.date) -> IndicatorTarget | None:
    """Return the target of an indicator that is known on a day."""
    return quality_book().on(day).target_of(indicator)


def cause_codes(day: datetime.date) -> tuple[str, ...]:
    """Return the kinds of causes that hold on a day."""
    return tuple(each.code for each in quality_book().on(day).causes)
