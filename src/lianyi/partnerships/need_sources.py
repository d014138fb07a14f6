"""Where needs for people show themselves: applications register what they find, whoever plans postings gathers it.

An application beside dispatch must not know it, and dispatch must not know that application; both know this.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from lianyi.accounts.actors import Actor
from lianyi.registry.models import Department, Institution, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedNeed:
    """People who seem to be wanted, with the figure that says so in words of both languages.

    ``figure`` is what proposals of one source are ranked by, the largest first. ``people`` is None where the figure
    does not tell how many are wanted. ``key`` stays the same while it is about the same thing.
    """

    key: str
    place: Place
    institution: Institution | None
    specialty: str
    profession: str
    figure: int
    people: int | None
    words_zh: str
    words_en: str
    counted_on: datetime.date
    department: Department | None = None
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What a source found for one reader, or why it cannot say anything."""

    proposals: tuple[ProposedNeed, ...] = ()
    why_nothing: str | Promise = ""


@dataclass(frozen=True, slots=True)
class NeedSource:
    """One kind of evidence: its name, what it finds, the page with the figures behind it, and who may open that."""

    name: str
    find: Callable[[Actor], Found]
    url_name: str
    may_open: Callable[[Actor], bool]


_SOURCES: dict[str, NeedSource] = {}


def register_need_source(source: NeedSource) -> None:
    """Let an application propose needs; once, when it starts."""
    if source.name in _SOURCES:
        raise ValueError(f"The source of needs '{source.name}' is registered already.")
    _SOURCES[source.name] = source


def need_sources() -> dict[str, NeedSource]:
    return dict(_SOURCES)
