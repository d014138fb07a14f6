"""One line of a table of figures, and the words that all such lines share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from lianyi.pages.values import NOTHING
from lianyi.referrals.statistics_veil import ShownShare, Veil

# Below this many cases the interval says more than the share; the page says so.
FEW_CASES = 20
PERCENT, RATIO = "%", ""
MINUTES = pgettext_lazy("unit", "min")
Names = Mapping[int | None, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One figure. A number that is None was hidden or does not exist; ``key`` names the rows behind it."""

    measure: str
    numerator: int | None = None
    denominator: int | None = None
    value: float | None = None
    unit: str | Promise = ""
    low: float | None = None
    high: float | None = None
    note: str = ""
    key: str = ""
    is_hidden: bool = False

    @property
    def is_small(self) -> bool:
        return self.unit == PERCENT and self.denominator is not None and 0 < self.denominator < FEW_CASES

    @property
    def value_text(self) -> str:
        return number_text(self.value, self.unit)

    @property
    def interval_text(self) -> str:
        if self.low is None and self.high is None:
            return NOTHING
        if self.high is None:
            return f"≥ {number_text(self.low, self.unit)}"
        if self.low is None:
            return f"≤ {number_text(self.high, self.unit)}"
        return f"{number_text(self.low, '')} – {number_text(self.high, self.unit)}"


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    lines: tuple[Line, ...]


def number_text(value: float | None, unit: str | Promise) -> str:
    if value is None:
        return NOTHING
    return f"{value:.1f} {unit}".strip()


def share_line(measure: str, shown: ShownShare, *, key: str = "", note: str = "") -> Line:
    """Return a share with its interval; nothing of it where it is hidden, no value where there was no case."""
    share = shown.share
    interval = None if share is None else share.interval()
    return Line(
        measure=measure,
        numerator=shown.numerator,
        denominator=shown.denominator,
        value=None if share is None or share.value is None else share.value * 100,
        unit=PERCENT,
        low=None if interval is None else interval.low * 100,
        high=None if interval is None else interval.high * 100,
        note=note,
        key=key,
        is_hidden=shown.is_hidden,
    )


def count_text(number: int, veil: Veil) -> str:
    """Return a number that stands for itself; one that is hidden is small, and no more is said."""
    return f"< {veil.threshold}" if veil.count(number) is None else str(number)


def key_of(key: str, veil: Veil) -> str:
    """Return under which name the rows behind a figure open: none where the reader sees counts only."""
    return "" if veil.hides else key


def count_line(measure: str, number: int | None, key: str = "", note: str = "") -> Line:
    return Line(measure=measure, numerator=number, key=key, note=note, is_hidden=number is None)


def target_text(target_share: float | None, percent: float | None) -> str:
    """Say whether a share reached its target; nothing where there is no target or no share to be seen."""
    if target_share is None or percent is None:
        return ""
    reached = _("reached") if percent >= target_share * 100 else _("not reached")
    return _("target %(target)s: %(reached)s") % {"target": f"≥ {target_share * 100:g} %", "reached": reached}
