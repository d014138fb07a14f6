"""The table of places: the administrative tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.models import OrganisationNode
from lianyi.registry import nodes
from lianyi.registry.changing import stands_above
from lianyi.registry.imports import lookups
from lianyi.registry.imports.declaring import (
    POSITION,
    PROVENANCE,
    choice,
    code,
    day,
    text,
)
from lianyi.registry.imports.kinds import RowAction, RowPlan, TableKind
from lianyi.registry.imports.planning import (
    UPDATE_BATCH,
    Decided,
    FieldReader,
    Problems,
    RowStore,
    Values,
    Written,
    batches,
    order_problems,
    plan_rows,
    refuse_below_refused,
    update_batch,
    with_action,
)
from lianyi.registry.imports.positions import (
    exported_position,
    read_position,
    same_but_for_position,
)
from lianyi.registry.imports.refusals import column_named, refusal
from lianyi.registry.imports.tree_rows import (
    PARENT_IN_FILE,
    create_in_tree,
    with_parent_key,
    write_change_events,
)
from lianyi.registry.models import Place, PlaceLevel
from lianyi.tabular.columns import Choice
from lianyi.tabular.rows import ParsedRow

_LEVELS = (
    Choice("country", "Country", "国家"),
    Choice("province", "Province", "省级", ("省", "自治区", "直辖市", "省（自治区、直辖市）")),
    Choice("prefecture", "Prefecture or city", "地市级", ("地级市", "地级", "市", "州", "盟")),
    Choice("county", "County or district", "县级", ("县", "区", "县区", "县（市、区）")),
    Choice("township", "Township or street", "乡镇级", ("乡镇", "街道", "乡镇街道", "乡级")),
    Choice("village", "Village or community", "村级", ("村", "社区", "村居", "村（居）")),
)
PLACE_COLUMNS = (
    code("code", "Place code", "区划代码", 12, required=True, aliases=("行政区划代码", "代码")),
    text("name_zh", "Chinese name", "名称", 100, required=True, aliases=("区划名称", "中文名称")),
    text("name_en", "English name", "英文名称", 100),
    choice("level", "Level", "级别", _LEVELS, required=True),
    code("parent_code", "Code of the place above", "上级区划代码", 12, aliases=("上级代码",)),
    day("valid_from", "Valid from", "生效日期"),
    day("valid_to", "Valid to", "失效日期"),
    *POSITION,
    PROVENANCE,
)

_PARENT = column_named(PLACE_COLUMNS, "parent_code")


def _among_places(wanted: Sequence[Values]) -> QuerySet[Place, Any]:
    return Place.objects.filter(code__in=[values["code"] for values in wanted])


_PLACES = RowStore(
    Place,
    ("code",),
    ("code",),
    PLACE_COLUMNS,
    _among_places,
    "registry.place.import",
    beside=frozenset({PARENT_IN_FILE}),
    compare=same_but_for_position,
)


@dataclass(frozen=True, slots=True)
class _PlaceLookups:
    """What the rows of one file refer to. ``reach`` are the keys of the places within reach."""

    known: Mapping[str, tuple[int, str]]
    rows: Mapping[str, ParsedRow]
    reach: frozenset[int]
    may_add_roots: bool


def plan_places(actor: Actor, rows: Sequence[ParsedRow]) -> list[RowPlan]:
    """Plan the tree: parents may stand anywhere in the file; who stands below a refused row is refused too."""
    known = lookups.places_by_code(lookups.given_codes(rows, "code", "parent_code"))
    reach = lookups.in_reach(actor, "registry.decide", {pk for pk, _level in known.values()})
    rows_by_code = {str(row.values.get("code")): row for row in rows}
    found = _PlaceLookups(known, rows_by_code, frozenset(reach), actor.is_service)
    names = ("code", "name_zh", "name_en", "level", "valid_from", "valid_to", "provenance")
    reader = FieldReader(Place, {name: name for name in names})
    plans = plan_rows(
        _PLACES, rows, lambda row: _resolve_place(row, reader, found), lambda each: _check_place(each, found)
    )
    return refuse_below_refused(_refuse_levels_of_parts(plans), _PARENT)


def _resolve_place(row: ParsedRow, reader: FieldReader, found: _PlaceLookups) -> tuple[Values, Problems]:
    position, problems_of_position = read_position(row, PLACE_COLUMNS)
    values = {**reader.read(row), **position}
    problems = [*problems_of_position, *order_problems(row, PLACE_COLUMNS, "valid_from", "valid_to")]
    if "parent_code" not in row.values:
        return values, tuple(problems)
    parent = row.values["parent_code"]
    if parent is None:
        values["parent_id"] = None
        return values, tuple(problems)
    code_above = str(parent)
    level_above: object = None
    if code_above in found.known:
        values["parent_id"], level_above = found.known[code_above]
    elif code_above in found.rows:
        values[PARENT_IN_FILE] = code_above
    else:
        return values, (*problems, refusal("not-in-reach", _PARENT, given=code_above))
    if code_above in found.rows:
        level_above = found.rows[code_above].values.get("level") or level_above
    level = str(values["level"])
    if level_above is not None and not stands_above(str(level_above), level):
        problems.append(refusal("level-not-above", _PARENT, given=code_above, parent_level=level_above, level=level))
    return values, tuple(problems)


def _check_place(decided: Decided, found: _PlaceLookups) -> Problems:
    """Refuse what is out of reach: the place itself, and the place above where a new or moved one would stand."""
    values, kept = decided.plan.values, decided.kept
    code_column = column_named(PLACE_COLUMNS, "code")
    if kept is not None and kept["pk"] not in found.reach:
        return (refusal("not-in-reach", code_column, given=values["code"]),)
    if PARENT_IN_FILE in values or (kept is not None and "parent_id" not in decided.changed):
        return ()
    above = values.get("parent_id")
    if above is None:
        return () if found.may_add_roots else (refusal("root-not-allowed", _PARENT),)
    if above not in found.reach:
        return (refusal("not-in-reach", _PARENT, given=decided.plan.row.values["parent_code"]),)
    return ()


def _refuse_levels_of_parts(plans: list[RowPlan]) -> list[RowPlan]:
    """Refuse a level that is not above the levels of the parts on record which this file does not mention."""
    updated = {plan.existing_id: position for position, plan in enumerate(plans) if plan.action is RowAction.UPDATE}
    mentioned = {plan.existing_id for plan in plans}
    for chunk in lookups.chunks([pk for pk in updated if pk is not None]):
        for child, above, level in Place.objects.filter(parent_id__in=chunk).values_list("pk", "parent_id", "level"):
            position = updated[above]
            new_level = plans[position].values["level"]
            if child not in mentioned and not stands_above(new_level, level):
                column = column_named(PLACE_COLUMNS, "level")
                given = plans[position].values["code"]
                problem = refusal("level-not-above", column, given=given, parent_level=new_level, level=level)
                plans[position] = plans[position].refused(problem)
    return plans


def apply_places(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    made = create_in_tree(_PLACES, context, plans, ("parent_id",), _place_node)
    updates = [
        replace(plan, values=with_parent_key(plan.values, made)) for plan in with_action(plans, RowAction.UPDATE)
    ]
    for batch in batches(updates, UPDATE_BATCH):
        written = update_batch(_PLACES, context, batch)
        write_change_events(context, written)
        _follow(written)


def _place_node(values: Mapping[str, Any], above: Mapping[int, OrganisationNode]) -> OrganisationNode:
    parent = values.get("parent_id")
    return nodes.new_place_node(
        None if parent is None else above[parent], values["code"], values["name_zh"], values.get("name_en", "")
    )


def _follow(written: Sequence[Written]) -> None:
    """Let the nodes follow: names in one go, moves from the highest down since each moves all below it."""
    renamed = [each.row for each in written if {"name_zh", "name_en"} & set(each.after)]
    nodes.rename_nodes({row.pk: (row.code, row.name_zh, row.name_en) for row in renamed})
    moved = [each.row for each in written if "parent_id" in each.after]
    for row in sorted(moved, key=lambda place: PlaceLevel.values.index(place.level)):
        node = OrganisationNode.objects.get(pk=row.pk)
        above = None if row.parent_id is None else OrganisationNode.objects.get(pk=row.parent_id)
        nodes.move_place_node(node, above)


def export_places(actor: Actor) -> Iterable[Mapping[str, Any]]:
    for place in scoped(actor, Place.objects.select_related("parent")).order_by("node__path").iterator():
        yield {
            "code": place.code,
            "name_zh": place.name_zh,
            "name_en": place.name_en,
            "level": place.level,
            "parent_code": None if place.parent is None else place.parent.code,
            "valid_from": place.valid_from,
            "valid_to": place.valid_to,
            **exported_position(place),
            "provenance": place.provenance,
        }


KINDS = (
    TableKind(
        "places",
        "Places",
        "行政区划",
        PLACE_COLUMNS,
        ("code",),
        "registry.decide",
        plan_places,
        apply_places,
        export_places,
    ),
)
