"""The rows that a counted figure is made of, found by the query that counted them, as far as a reader may open them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.growth.models import ReturnCheck, TechniqueCase
from lianyi.indicators.counted_figures import reporter_of, span_read
from lianyi.indicators.models import CountedValue, IndicatorSheet
from lianyi.indicators.recorded.table import PATIENT_KEY, PROVENANCE, RECORD_ID
from lianyi.indicators.recorded.tables import recorded_tables
from lianyi.indicators.values_definitions import indicator_book
from lianyi.indicators.values_periods import period_code
from lianyi.indicators.values_texts import words_of
from lianyi.pages.names import in_language
from lianyi.referrals.models import BroughtResult, Leg, Request
from lianyi.referrals.states import Direction
from lianyi.registry.models import Institution, YearlyWorkload
from lianyi.rules.indicator_queries import QueryPart
from lianyi.rules.indicator_tables import indicator_tables
from lianyi.rules.indicators import IndicatorDefinition

MOST_ROWS: Final = 2000
_HIDDEN: Final = frozenset({RECORD_ID, PATIENT_KEY, "reporter", "period", PROVENANCE})
_INSTITUTIONS: Final = frozenset(
    {
        "institution_code",
        "to_institution_code",
        "staff_institution_code",
        "sender_code",
        "receiver_code",
        "stop_code",
        "asking_code",
        "consulted_code",
    }
)
_WORDS: Final[Mapping[str, Mapping[str, str | Promise]]] = {
    "direction": {each.value: each.label for each in Direction},
    "urgency": {
        "emergency": gettext_lazy("emergency"),
        "urgent": gettext_lazy("urgent"),
        "elective": gettext_lazy("routine"),
    },
}


@dataclass(frozen=True, slots=True)
class ShownColumn:
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row with its cells by column, and the page of what it stands for; empty where it has none."""

    url: str
    cells: Mapping[str, Any]
    is_sample: bool


@dataclass(frozen=True, slots=True)
class ShownRows:
    """The rows of one part. ``total`` counts all of them, ``rows`` are those of the first that the reader may open."""

    part: QueryPart
    model: type[Model]
    is_of_patients: bool
    columns: tuple[ShownColumn, ...]
    rows: tuple[ShownRow, ...]
    total: int

    @property
    def beyond_reach(self) -> int:
        """How many of the rows looked at are not the reader's to open."""
        return min(self.total, MOST_ROWS) - len(self.rows)

    @property
    def is_cut(self) -> bool:
        return self.total > MOST_ROWS


def shown_rows(actor: Actor, sheet: IndicatorSheet, counted: CountedValue, part_name: str) -> ShownRows:
    """Return the rows of a numerator or a denominator as they are now."""
    from lianyi.analysis.indicators import Part, rows_behind  # noqa: PLC0415 - the engines take a second to load
    from lianyi.indicators.recorded.frames import counting_engine  # noqa: PLC0415

    definition = indicator_book().version(counted.code, counted.definition_version)
    part, table = _part(definition, part_name), recorded_tables()
    found = rows_behind(
        definition,
        counting_engine(span_read([definition], sheet.period, sheet.period_start)),
        Part(part_name),
        reporter=reporter_of(sheet.node, definition),
        period=period_code(sheet.period, sheet.period_start),
        limit=MOST_ROWS,
    )
    rows: list[dict[str, Any]] = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    rows.sort(key=lambda row: (str(row[part.date]), row[RECORD_ID]))
    told = [name for name in found.columns if name not in _HIDDEN and any(row[name] is not None for row in rows)]
    columns = _columns(part, told)
    model = table[part.table].model
    urls = _openable(actor, model, [row[RECORD_ID] for row in rows])
    institutions = _names(rows, [column.name for column in columns])
    return ShownRows(
        part=part,
        model=model,
        is_of_patients=table[part.table].is_of_patients,
        columns=tuple(columns),
        rows=tuple(
            ShownRow(
                urls[row[RECORD_ID]],
                {column.name: _cell(model, column.name, row[column.name], institutions) for column in columns},
                row[PROVENANCE] == "sample",
            )
            for row in rows
            if row[RECORD_ID] in urls
        ),
        total=found.total,
    )


def _part(definition: IndicatorDefinition, name: str) -> QueryPart:
    query = definition.query
    part = None if query is None else query.numerator if name == "numerator" else query.denominator
    if part is None:
        message = f"{definition.code} counts no {name}"
        raise LookupError(message)
    return part


def _columns(part: QueryPart, names: Sequence[str]) -> list[ShownColumn]:
    """Return columns in the words of the contract, first those that the query reads; keys that only join stay away."""
    from lianyi.analysis.indicators.compiling import asked_of  # noqa: PLC0415

    known, tables = indicator_tables(), {lookup.name: lookup.table for lookup in part.lookups}
    keys = {f"{lookup.name}.{there}" for lookup in part.lookups for _here, there in lookup.keys}
    asked, found = asked_of(part), []
    for name in sorted((name for name in names if name not in keys), key=lambda each: each not in asked):
        lookup, dot, own = name.partition(".")
        column = known[tables[lookup] if dot else part.table].column(own if dot else name)
        found.append(ShownColumn(name, name if column is None else words_of(column.words)))
    return found


def _openable(actor: Actor, model: type[Model], keys: Sequence[int]) -> dict[int, str]:
    """Return of the rows that the reader may open the address of their page, empty where there is none."""
    rows = scoped(actor, model._default_manager.filter(pk__in=set(keys)))
    if model is Request:
        legs = scoped(actor, Leg.objects.filter(request_id__in=rows.values("pk"))).order_by("-pk")
        of_requests = {leg.request_id: leg.get_absolute_url() for leg in legs}
        return {pk: of_requests.get(pk, "") for pk in rows.values_list("pk", flat=True)}
    if related := _RELATED.get(model):
        rows = rows.select_related(related)
    return {row.pk: _address(getattr(row, related) if related else row) for row in rows}


_RELATED: Final[Mapping[type[Model], str]] = {
    TechniqueCase: "technique",
    ReturnCheck: "posting",
    YearlyWorkload: "institution",
    BroughtResult: "leg",
}


def _address(row: Any) -> str:  # noqa: ANN401 - a row of any application
    return str(row.get_absolute_url()) if hasattr(row, "get_absolute_url") else ""


def _names(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> dict[str, str]:
    """Return the names of the institutions that the rows name by code, with one query."""
    wanted = {row[column] for row in rows for column in columns if column.rpartition(".")[2] in _INSTITUTIONS}
    found = Institution.objects.filter(code__in=wanted - {None}).values_list("code", "name_zh", "name_en")
    return {code: in_language(zh, en) for code, zh, en in found}


def _cell(model: type[Model], name: str, value: Any, institutions: Mapping[str, str]) -> Any:  # noqa: ANN401
    """Return a cell in words: choices as the pages name them, moments without seconds."""
    own = name.rpartition(".")[2]
    if value is None:
        return None
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if own in _INSTITUTIONS:
        return institutions.get(value, value)
    if own in _WORDS:
        return str(_WORDS[own].get(value, value))
    field = next((each for each in model._meta.get_fields() if each.name == name), None)
    choices = dict(getattr(field, "choices", None) or ())
    return str(choices.get(value, value)) if choices else value
