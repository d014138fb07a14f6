"""What the applications put before the review of a partnership: numbers that speak for or against how it works.

An application registers one source for each matter that it can count; partnerships know nothing of what is behind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from lianyi.accounts.actors import Actor
from lianyi.methods.periods import DateSpan
from lianyi.partnerships.models import Agreement

Text = str | Promise


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One matter and how often; None is a number that is hidden because it is small."""

    text: Text
    number: int | None


@dataclass(frozen=True, slots=True)
class ReviewPart:
    """One heading of the review, with what it counts and the page that says more."""

    title: Text
    note: Text
    lines: Sequence[ReviewLine]
    url: str


# Returns None where the reader may count nothing of the matter.
ReviewSource = Callable[[Actor, Agreement, DateSpan], ReviewPart | None]
_SOURCES: list[ReviewSource] = []


def register_review_source(source: ReviewSource) -> None:
    """Let an application speak in the review; once, when it starts."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def review_parts(actor: Actor, agreement: Agreement, span: DateSpan) -> list[ReviewPart]:
    """Return what the applications say about an agreement for some days, each in its own part."""
    found = (source(actor, agreement, span) for source in _SOURCES)
    return [part for part in found if part is not None]
