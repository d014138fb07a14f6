"""Tables of facts about places: who lives there, and how codes gave way to others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.registry.imports import lookups
from lianyi.registry.imports.declaring import PROVENANCE, SOURCE, choice, code, day, whole, year
from lianyi.registry.imports.kinds import RowPlan, TableKind
from lianyi.registry.imports.planning import FieldReader, Problems, RowStore, Values, apply_rows, plan_rows
from lianyi.registry.imports.refusals import column_named, refusal
from lianyi.registry.models import Place, PlacePopulation, PlaceSuccession
from lianyi.tabular.columns import Choice
from lianyi.tabular.rows import ParsedRow

POPULATION_COLUMNS = (
    code("place_code", "Place code", "区划代码", 12, required=True, aliases=("行政区划代码",)),
    year("year", "Year", "年份"),
    choice(
        "group",
        "Group",
        "人群",
        (
            Choice("resident", "Residents", "常住人口"),
            Choice("registered", "Registered population", "户籍人口"),
            Choice("aged_65_plus", "Residents aged 65 and over", "65岁及以上常住人口"),
        ),
    ),
    whole("persons", "Persons", "人数", required=True, most=10_000_000_000),
    SOURCE,
    PROVENANCE,
)
SUCCESSION_COLUMNS = (
    code("predecessor_code", "Code given up", "原区划代码", 12, required=True),
    code("successor_code", "Code that follows", "现区划代码", 12, required=True),
    choice(
        "kind",
        "Kind",
        "变更类型",
        (
            Choice("recoded", "Code changed", "代码变更"),
            Choice("renamed", "Renamed", "更名"),
            Choice("merged", "Merged into", "并入"),
            Choice("split", "Split into", "拆分"),
        ),
        required=True,
    ),
    day("effective_on", "Effective on", "变更日期", required=True),
)


def _among_populations(wanted: Sequence[Values]) -> QuerySet[PlacePopulation, Any]:
    return PlacePopulation.objects.filter(
        place_id__in={values["place_id"] for values in wanted}, year__in={values["year"] for values in wanted}
    )


_POPULATIONS = RowStore(
    PlacePopulation,
    ("place_id", "year", "group"),
    ("place_code", "year", "group"),
    POPULATION_COLUMNS,
    _among_populations,
    "registry.place_population.import",
)


def plan_populations(actor: Actor, rows: Sequence[ParsedRow]) -> list[RowPlan]:
    known = lookups.places_by_code(lookups.given_codes(rows, "place_code"))
    reach = lookups.in_reach(actor, "registry.write", {pk for pk, _level in known.values()})
    names = ("year", "persons", "source", "provenance")
    reader = FieldReader(PlacePopulation, {name: name for name in names})

    def resolve(row: ParsedRow) -> tuple[Values, Problems]:
        values = reader.read(row)
        values["group"] = row.values.get("group") or PlacePopulation.Group.RESIDENT.value
        place = known.get(str(row.values["place_code"]))
        if place is None or place[0] not in reach:
            column = column_named(POPULATION_COLUMNS, "place_code")
            return values, (refusal("not-in-reach", column, given=row.values["place_code"]),)
        values["place_id"] = place[0]
        return values, ()

    return plan_rows(_POPULATIONS, rows, resolve)


def export_populations(actor: Actor) -> Iterable[Mapping[str, Any]]:
    rows = scoped(actor, PlacePopulation.objects.select_related("place"))
    for row in rows.order_by("place__code", "group", "year").iterator():
        yield {
            "place_code": row.place.code,
            "year": row.year,
            "group": row.group,
            "persons": row.persons,
            "source": row.source,
            "provenance": row.provenance,
        }


def _among_successions(wanted: Sequence[Values]) -> QuerySet[PlaceSuccession, Any]:
    return PlaceSuccession.objects.filter(predecessor_id__in={values["predecessor_id"] for values in wanted})


_SUCCESSIONS = RowStore(
    PlaceSuccession,
    ("predecessor_id", "successor_id", "effective_on"),
    ("predecessor_code", "successor_code", "effective_on"),
    SUCCESSION_COLUMNS,
    _among_successions,
    "registry.place_succession.import",
)


def plan_successions(actor: Actor, rows: Sequence[ParsedRow]) -> list[RowPlan]:
    known = lookups.places_by_code(lookups.given_codes(rows, "predecessor_code", "successor_code"))
    reach = lookups.in_reach(actor, "registry.decide", {pk for pk, _level in known.values()})
    ended = set(Place.objects.filter(pk__in=reach, valid_to__isnull=False).values_list("pk", flat=True))

    def resolve(row: ParsedRow) -> tuple[Values, Problems]:
        values: Values = {"kind": row.values["kind"], "effective_on": row.values["effective_on"]}
        problems = []
        for side in ("predecessor", "successor"):
            column = column_named(SUCCESSION_COLUMNS, f"{side}_code")
            place = known.get(str(row.values[column.name]))
            if place is None or (side == "predecessor" and place[0] not in reach):
                problems.append(refusal("not-in-reach", column, given=row.values[column.name]))
            else:
                values[f"{side}_id"] = place[0]
        return values, (*problems, *_succession_problems(row, values, ended))

    return plan_rows(_SUCCESSIONS, rows, resolve)


def _succession_problems(row: ParsedRow, values: Values, ended: set[int]) -> Problems:
    before, after = values.get("predecessor_id"), values.get("successor_id")
    if before is not None and before == after:
        column = column_named(SUCCESSION_COLUMNS, "successor_code")
        return (refusal("same-place", column, given=row.values["successor_code"]),)
    ends = values["kind"] != PlaceSuccession.Kind.RENAMED
    if ends and before is not None and after is not None and before not in ended:
        column = column_named(SUCCESSION_COLUMNS, "predecessor_code")
        given, day_of_change = row.values["predecessor_code"], values["effective_on"]
        return (refusal("predecessor-not-ended", column, given=given, effective_on=day_of_change),)
    return ()


def export_successions(actor: Actor) -> Iterable[Mapping[str, Any]]:
    rows = scoped(actor, PlaceSuccession.objects.select_related("predecessor", "successor"))
    for row in rows.order_by("effective_on", "pk").iterator():
        yield {
            "predecessor_code": row.predecessor.code,
            "successor_code": row.successor.code,
            "kind": row.kind,
            "effective_on": row.effective_on,
        }


KINDS = (
    TableKind(
        "place_populations",
        "Populations of places",
        "区划人口",
        POPULATION_COLUMNS,
        _POPULATIONS.key_columns,
        "registry.write",
        plan_populations,
        partial(apply_rows, _POPULATIONS),
        export_populations,
    ),
    TableKind(
        "place_successions",
        "Changes of place codes",
        "区划变更",
        SUCCESSION_COLUMNS,
        _SUCCESSIONS.key_columns,
        "registry.decide",
        plan_successions,
        partial(apply_rows, _SUCCESSIONS),
        export_successions,
    ),
)
