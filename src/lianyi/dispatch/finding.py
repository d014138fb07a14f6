"""What a rule asks beside what was done: one verdict on one year, batch, person or site."""

from __future__ import annotations

from dataclasses import dataclass, field

from lianyi.methods.periods import DateSpan
from lianyi.rules import Requirement


@dataclass(frozen=True, slots=True)
class Finding:
    """One requirement judged for one year, batch, person or site.

    ``is_met`` is None while it cannot be judged: the period still runs and is not met yet, or nothing measures it.
    """

    requirement: Requirement
    subject: str
    measured: float | None
    is_met: bool | None
    posting_ids: tuple[int, ...] = ()
    gaps: tuple[DateSpan, ...] = ()
    detail: dict[str, object] = field(default_factory=dict)
