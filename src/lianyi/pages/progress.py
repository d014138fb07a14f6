"""Promised against delivered, as web/progress.html draws it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

WHOLE = 100


@dataclass(frozen=True, slots=True)
class Progress:
    """One promise and what came of it. ``delivered`` is None where nothing measures it yet; that is not zero.

    ``expected`` is what should be there by now, when the promise says so; it decides between "on course" and "behind".
    """

    label: str
    promised: Decimal
    delivered: Decimal | None
    unit: str = ""
    expected: Decimal | None = None
    url: str = ""

    @property
    def percent(self) -> int | None:
        """Whole percent delivered, rounded down so that 99.6 % never reads as met."""
        if self.delivered is None or self.promised <= 0:
            return None
        return int(self.delivered * WHOLE / self.promised)

    @property
    def bar_percent(self) -> int:
        return min(WHOLE, max(0, self.percent or 0))

    @property
    def tone(self) -> str:
        if self.delivered is None:
            return "neutral"
        if self.delivered >= self.promised:
            return "good"
        if self.expected is None:
            return "info"
        return "info" if self.delivered >= self.expected else "warning"

    @property
    def word(self) -> str:
        if self.delivered is None:
            return _("not measured yet")
        if self.delivered >= self.promised:
            return _("met")
        if self.expected is None:
            return _("under way")
        return _("on course") if self.delivered >= self.expected else _("behind")
