"""What other applications show on the page of a record: they register who can tell, and the page asks for its sections.

A section is a short table of another application's own list, with the way to all of it. So the page of an institution
shows its techniques and its visits, and knows of neither.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from lianyi.accounts.access import scope_rules
from lianyi.accounts.actors import Actor
from lianyi.pages.requests import acting, log_list_reading

MOST_ROWS = 5


@dataclass(frozen=True, slots=True)
class PageSection:
    """A heading, the first rows of a list, how many there are in all, and where all of them stand."""

    title: str
    table: Any
    model: type[Model]
    shown: int
    total: int
    url: str


SectionSource = Callable[[Actor, Any], list[PageSection]]


@dataclass
class _Sources:
    by_model: defaultdict[type[Model], list[SectionSource]] = field(default_factory=lambda: defaultdict(list))


_SOURCES = _Sources()


def register_section_source(model: type[Model], source: SectionSource) -> None:
    """Let an application show sections on the page of this kind of record, after those registered before."""
    if source not in _SOURCES.by_model[model]:
        _SOURCES.by_model[model].append(source)


def section(
    title: str, table_class: type[Any], rows: QuerySet[Any, Any], *, columns: Sequence[str], url: str
) -> PageSection:
    """Return the first of ``rows``, which lie within the reader's reach, with some columns of their list."""
    first = list(rows[:MOST_ROWS])
    total = len(first) if len(first) < MOST_ROWS else rows.count()
    hidden = [name for name in table_class.base_columns if name not in columns]
    table = table_class(first, orderable=False, exclude=hidden)
    return PageSection(title, table, rows.model, len(first), total, url)


def filled(sections: Iterable[PageSection]) -> list[PageSection]:
    """Keep the sections that have rows: a page of another application does not list what is not there."""
    return [each for each in sections if each.total]


def note_sections(request: HttpRequest, sections: Iterable[PageSection]) -> None:
    """Put into the log of readings how many rows about persons the sections show."""
    for each in sections:
        rule = scope_rules().get(each.model)
        if each.shown and rule is not None and rule.person_level:
            log_list_reading(request, each.model, each.shown)


def sections_of(request: HttpRequest, row: Model) -> list[PageSection]:
    """Return what other applications show on the page of a record to whoever asks; readings are noted."""
    actor = acting(request)
    found = [each for source in _SOURCES.by_model[type(row)] for each in source(actor, row)]
    note_sections(request, found)
    return found
