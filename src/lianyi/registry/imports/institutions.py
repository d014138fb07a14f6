"""The table of institutions."""

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
from lianyi.registry.authority import SECOND_LEVEL_FIELDS, holds_second_level
from lianyi.registry.imports import lookups
from lianyi.registry.imports.declaring import POSITION, PROVENANCE, choice, code, day, listed, text, yes_no
from lianyi.registry.imports.kinds import RowAction, RowPlan, TableKind
from lianyi.registry.imports.lines import depths_and_cycles
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
from lianyi.registry.models import Institution
from lianyi.registry.other_names import SEPARATOR, listed_names, split_second_names
from lianyi.tabular.columns import Choice
from lianyi.tabular.rows import ParsedRow

_LONGEST_NAME = 200
COLUMNS = (
    code("code", "Institution code", "机构代码", 32, required=True, aliases=("机构编码", "医疗机构代码")),
    text(
        "name_zh",
        "Chinese name",
        "机构名称",
        _LONGEST_NAME,
        required=True,
        aliases=("名称", "中文名称", "医疗机构名称"),
    ),
    text("name_en", "English name", "英文名称", _LONGEST_NAME),
    text("alias", "Other name", "别名", _LONGEST_NAME, aliases=("第二名称", "又名")),
    listed("kind", "Kind", "机构类别", "institution_kinds", required=True),
    choice(
        "tier",
        "Tier",
        "级别",
        (
            Choice("tertiary", "Tertiary", "三级", ("三级医院",)),
            Choice("secondary", "Secondary", "二级", ("二级医院",)),
            Choice("primary", "Primary", "一级", ("一级医院",)),
            Choice("ungraded", "Ungraded", "未定级", ("未评级",)),
        ),
    ),
    choice(
        "grade",
        "Grade",
        "等次",
        (
            Choice("A", "Grade A", "甲等", ("甲",)),
            Choice("B", "Grade B", "乙等", ("乙",)),
            Choice("C", "Grade C", "丙等", ("丙",)),
            Choice("none", "No grade", "未定等", ("未评等",)),
        ),
    ),
    choice(
        "ownership",
        "Owner",
        "所有制",
        (
            Choice("public", "Public", "公立", ("国有", "政府办")),
            Choice("collective", "Collective", "集体"),
            Choice("private", "Private", "民营", ("私立", "社会办")),
            Choice("other", "Other", "其他"),
        ),
    ),
    code("place_code", "Place code", "区划代码", 12, required=True, aliases=("行政区划代码", "所在地代码")),
    code("parent_code", "Code of the institution above", "上级机构代码", 32, aliases=("上级机构编码",)),
    text("address", "Address", "地址", 300),
    *POSITION,
    day("opened_on", "Opened on", "开业日期"),
    day("closed_on", "Closed on", "关闭日期"),
    yes_no("is_open_24_hours", "Open 24 hours", "24小时开放"),
    PROVENANCE,
)
_CODE, _PLACE, _PARENT = (column_named(COLUMNS, name) for name in ("code", "place_code", "parent_code"))
_FIELDS = (
    *("code", "name_zh", "name_en", "alias", "kind", "tier", "grade", "ownership", "address"),
    *("opened_on", "closed_on", "is_open_24_hours", "provenance"),
)


def _among(wanted: Sequence[Values]) -> QuerySet[Institution, Any]:
    return Institution.objects.filter(code__in=[values["code"] for values in wanted])


_STORE = RowStore(
    Institution,
    ("code",),
    ("code",),
    COLUMNS,
    _among,
    "registry.institution.import",
    beside=frozenset({PARENT_IN_FILE}),
    compare=same_but_for_position,
)


@dataclass(frozen=True, slots=True)
class _Lookups:
    """What the rows of one file refer to, and how far the actor reaches."""

    places: Mapping[str, tuple[int, str]]
    places_in_reach: frozenset[int]
    institutions: Mapping[str, int]
    institutions_in_reach: frozenset[int]
    codes_in_file: frozenset[str]
    may_regrade: bool


def _lookups(actor: Actor, rows: Sequence[ParsedRow]) -> _Lookups:
    permission = "registry.decide"
    places = lookups.places_by_code(lookups.given_codes(rows, "place_code"))
    codes_in_file = lookups.given_codes(rows, "code")
    known = {
        code: pk
        for chunk in lookups.chunks(codes_in_file | lookups.given_codes(rows, "parent_code"))
        for code, pk in Institution.objects.filter(code__in=chunk).values_list("code", "pk")
    }
    return _Lookups(
        places=places,
        places_in_reach=frozenset(lookups.in_reach(actor, permission, {pk for pk, _level in places.values()})),
        institutions=known,
        institutions_in_reach=frozenset(lookups.in_reach(actor, permission, set(known.values()))),
        codes_in_file=frozenset(codes_in_file),
        may_regrade=holds_second_level(actor),
    )


def plan_institutions(actor: Actor, rows: Sequence[ParsedRow]) -> list[RowPlan]:
    """Plan institutions; the institution above may stand anywhere in the same file.

    A second name that stands in brackets behind the first is kept as other name.
    """
    rows = [_with_second_names(row) for row in rows]
    found = _lookups(actor, rows)
    reader = FieldReader(Institution, {name: name for name in _FIELDS})
    plans = plan_rows(_STORE, rows, lambda row: _resolve(row, reader, found), lambda each: _check(each, found))
    plans = _refuse_bad_lines(plans)
    return refuse_below_refused(plans, _PARENT, known_parents=found.institutions)


def _with_second_names(row: ParsedRow) -> ParsedRow:
    """Return a row whose name is the first one only, and whose other name holds the others, as far as there is room."""
    written = split_second_names(str(row.values.get("name_zh") or ""))
    listed = listed_names(str(row.values.get("alias") or ""))
    others = SEPARATOR.join(dict.fromkeys((*written.others, *listed)))
    if not written.others or len(others) > _LONGEST_NAME:
        return row
    return replace(row, values={**row.values, "name_zh": written.name, "alias": others})


def _resolve(row: ParsedRow, reader: FieldReader, found: _Lookups) -> tuple[Values, Problems]:
    position, problems_of_position = read_position(row, COLUMNS)
    values = {**reader.read(row), **position}
    problems = [*problems_of_position, *order_problems(row, COLUMNS, "opened_on", "closed_on")]
    place = found.places.get(str(row.values["place_code"]))
    if place is None:
        problems.append(refusal("not-in-reach", _PLACE, given=row.values["place_code"]))
    else:
        values["place_id"] = place[0]
    if "parent_code" in row.values:
        parent = row.values["parent_code"]
        if parent is None:
            values["parent_id"] = None
        elif str(parent) in found.institutions:
            values["parent_id"] = found.institutions[str(parent)]
        elif str(parent) in found.codes_in_file:
            values[PARENT_IN_FILE] = str(parent)
        else:
            problems.append(refusal("not-in-reach", _PARENT, given=parent))
    return values, tuple(problems)


def _check(decided: Decided, found: _Lookups) -> Problems:
    """Refuse what is out of reach, and what only a higher level decides."""
    values, kept, row = decided.plan.values, decided.kept, decided.plan.row
    if kept is not None and kept["pk"] not in found.institutions_in_reach:
        return (refusal("not-in-reach", _CODE, given=values["code"]),)
    problems = []
    is_moved = kept is None or "place_id" in decided.changed
    if is_moved and values["place_id"] not in found.places_in_reach:
        problems.append(refusal("not-in-reach", _PLACE, given=row.values["place_code"]))
    above = values.get("parent_id")
    is_placed = kept is None or "parent_id" in decided.changed
    if is_placed and above is not None and above not in found.institutions_in_reach:
        problems.append(refusal("not-in-reach", _PARENT, given=row.values["parent_code"]))
    if kept is not None and not found.may_regrade:
        problems += [
            refusal("needs-second-level", column_named(COLUMNS, name), given=values[name], current=kept[name])
            for name in sorted(SECOND_LEVEL_FIELDS & set(decided.changed))
        ]
    return tuple(problems)


def _refuse_bad_lines(plans: list[RowPlan]) -> list[RowPlan]:
    """Refuse parents that would stand below their own branch, and lines that are too long."""
    above = {
        plan.values["code"]: str(plan.row.values["parent_code"] or "")
        for plan in plans
        if plan.action is not RowAction.REFUSE and "parent_code" in plan.row.values
    }
    if not any(above.values()):
        return plans
    on_record = Institution.objects.filter(parent__isnull=False).values_list("code", "parent__code")
    depths = depths_and_cycles({**dict(on_record), **above})
    for position, plan in enumerate(plans):
        code_here = str(plan.values.get("code"))
        if plan.action is RowAction.REFUSE or not above.get(code_here):
            continue
        depth = depths[code_here]
        if depth is None:
            problem = refusal("cycle", _PARENT, given=above[code_here])
        elif depth > nodes.MAXIMUM_DEPTH:
            problem = refusal("too-deep", _PARENT, given=above[code_here], maximum=nodes.MAXIMUM_DEPTH)
        else:
            continue
        plans[position] = plan.refused(problem)
    return plans


def apply_institutions(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    made = create_in_tree(_STORE, context, plans, ("place_id", "parent_id"), _node)
    updates = [
        replace(plan, values=with_parent_key(plan.values, made)) for plan in with_action(plans, RowAction.UPDATE)
    ]
    moved: set[int] = set()
    for batch in batches(updates, UPDATE_BATCH):
        written = update_batch(_STORE, context, batch)
        write_change_events(context, written)
        _rename(written)
        moved |= {each.row.pk for each in written if {"place_id", "parent_id"} & set(each.after)}
    nodes.replant_institutions(moved)


def _node(values: Mapping[str, Any], above: Mapping[int, OrganisationNode]) -> OrganisationNode:
    parent = values.get("parent_id")
    return nodes.new_institution_node(
        above[values["place_id"]],
        None if parent is None else above[parent],
        values["code"],
        values["name_zh"],
        values.get("name_en", ""),
    )


def _rename(written: Sequence[Written]) -> None:
    renamed = [each.row for each in written if {"name_zh", "name_en"} & set(each.after)]
    nodes.rename_nodes({row.pk: (row.code, row.name_zh, row.name_en) for row in renamed})


def export_institutions(actor: Actor) -> Iterable[Mapping[str, Any]]:
    rows = scoped(actor, Institution.objects.select_related("place", "parent"))
    for row in rows.order_by("code").iterator():
        yield {
            **{name: getattr(row, name) for name in _FIELDS},
            "place_code": row.place.code,
            "parent_code": None if row.parent is None else row.parent.code,
            **exported_position(row),
        }


KINDS = (
    TableKind(
        "institutions",
        "Institutions",
        "机构",
        COLUMNS,
        ("code",),
        "registry.decide",
        plan_institutions,
        apply_institutions,
        export_institutions,
    ),
)
