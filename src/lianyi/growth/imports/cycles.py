"""The tables of capability cycles: cycles, gaps, lines of their plans."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from django.db.models import Model

from lianyi.accounts.access import scoped, scoped_for
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Permission
from lianyi.growth.commands.cycles import WRITE, keeps_cycles
from lianyi.growth.cycles_checks import check_gap
from lianyi.growth.cycles_gathering import gap_of_item, key_of_item
from lianyi.growth.models import (
    CapabilityAssessment,
    CapabilityCycle,
    CapabilityGap,
    GapOrigin,
)
from lianyi.growth.rulebook import checklist_of
from lianyi.growth.scoring import by_item
from lianyi.partnerships.import_columns import AGREEMENT_CODE, SPECIALTY, choices_of
from lianyi.partnerships.models import Agreement
from lianyi.partnerships.table_shapes import (
    Reference,
    Shape,
    exporter,
    institutions_known,
    kind_of,
    plain,
    rows_by,
    specialty_problems,
)
from lianyi.registry.imports.declaring import PROVENANCE, choice, code, day, listed, text, whole
from lianyi.registry.imports.kinds import RowAction, register_table_kind
from lianyi.registry.imports.planning import Decided, Problems, Values
from lianyi.registry.imports.refusals import column_named, refusal, register_refusals
from lianyi.registry.imports.refused_checks import said
from lianyi.registry.models import Department
from lianyi.rules.checklists import MOST_PRIORITY
from lianyi.tabular.columns import Column, ColumnKind
from lianyi.tabular.rows import ParsedRow

REFUSALS = {
    "gap-of-nothing": (
        "give the assessment and the item, or the institution with words, priority, distance and day.",
        "请填写评估编号和项目代码，或填写机构、差距内容、权重、差距程度和日期。",
    ),
    "gap-moved-unsaid": ("a place given by hand needs its reason.", "人工指定位次须填写调整原因。"),
    "gap-gathered": (
        "gaps of figures, and those that the last cycle left, are gathered on the page of the cycle, not by a table.",
        "由数据得出的差距和上轮遗留的差距在周期页面汇总，不能由表格填写。",
    ),
    "gap-item-met": (
        "the item “{given}” is no gap in this assessment: it is met, not applicable or not assessed.",
        "在该评估中，项目“{given}”不是差距：已达标、不适用或未评估。",
    ),
}
CYCLE = whole("cycle", "Cycle", "轮次", required=True, most=99)
GAP = code("gap_code", "Gap code", "差距编号", 16, required=True)
CYCLE_COLUMNS: tuple[Column, ...] = (
    AGREEMENT_CODE,
    CYCLE,
    text("aim", "What this cycle is for", "本轮目标", 1000),
    day("review_due_on", "Review due on", "复评应完成日期"),
    PROVENANCE,
)
GAP_COLUMNS: tuple[Column, ...] = (
    AGREEMENT_CODE,
    CYCLE,
    code("code", "Code", "编号", 16, required=True),
    code("assessment_code", "Assessment code", "评估编号", 32),
    code("item", "Item", "项目代码", 64),
    code("institution_code", "Institution code", "机构代码", 32),
    code("department_code", "Department code", "科室代码", 32),
    SPECIALTY,
    listed("profession", "Profession", "专业类别", "professions"),
    text("words_zh", "What is missing", "差距内容", 400),
    text("words_en", "The same in English", "英文内容", 400),
    whole("weight", "Weight from 1 to 3", "权重（1至3）", most=MOST_PRIORITY),
    Column("distance", "Distance from 0 to 1", "差距程度（0至1）", ColumnKind.DECIMAL, minimum=0, maximum=1),
    day("seen_on", "Seen on", "发现日期"),
    choice("origin", "Where it was seen", "差距来源", choices_of(GapOrigin.choices)),
    text("origin_key", "Key of the origin", "来源键", 160),
    Column("figure", "Figure", "数值", ColumnKind.DECIMAL, minimum=0),
    Column("need", "Need behind it from 0 to 1", "需求程度（0至1）", ColumnKind.DECIMAL, minimum=0, maximum=1),
    text("need_zh", "Need in Chinese", "需求说明", 400),
    text("need_en", "Need in English", "需求说明（英文）", 400),
    code("carried_from", "Gap of the last cycle that it comes from", "上轮差距编号", 16),
    whole("moved_to", "Place given by hand", "人工指定位次", most=999),
    text("moved_because", "Why it was moved", "调整原因", 1000),
    PROVENANCE,
)


def _agreements(actor: Actor, codes: Collection[str]) -> Mapping[str, int]:
    if not actor.is_service and not keeps_cycles(actor.role):
        return {}
    rows = scoped_for(actor, Agreement.objects.filter(code__in=list(codes)), Permission.parse(WRITE))
    return dict(rows.values_list("code", "pk"))


def assessments_known(actor: Actor, codes: Collection[str]) -> Mapping[str, int]:
    rows = scoped(actor, CapabilityAssessment.objects.filter(code__in=list(codes)))
    return dict(rows.values_list("code", "pk"))


OF_AGREEMENT = Reference("agreement_code", "agreement_id", _agreements)


def _refine_cycle(row: ParsedRow, values: Values) -> Problems:
    values["number"] = row.values["cycle"]
    return ()


def cycle_of(row: ParsedRow, values: Values, columns: tuple[Column, ...]) -> Problems:
    """Replace agreement and number by the cycle that they name."""
    agreement = values.pop("agreement_id")
    found = CapabilityCycle.objects.filter(agreement_id=agreement, number=int(str(row.values["cycle"]))).first()
    if found is None:
        return (refusal("not-in-reach", column_named(columns, "cycle"), given=row.values["cycle"]),)
    values["cycle_id"] = found.pk
    return ()


def _refine_gap(row: ParsedRow, values: Values) -> Problems:
    problems = (*cycle_of(row, values, GAP_COLUMNS), *specialty_problems(row, values, GAP_COLUMNS))
    if problems:
        return problems
    problems = (*_numbers(values), *_carried(row, values))
    if problems:
        return problems
    is_of_item = values.get("assessment_id") is not None and row.values.get("item")
    if is_of_item and values.get("carried_from_id") is None:
        return _gap_of_item(row, values)
    weight, distance = row.values.get("weight"), row.values.get("distance")
    wanted = (values.get("institution_id"), values.get("words_zh"), weight, distance, values.get("seen_on"))
    if any(each is None or each == "" for each in wanted):
        return (refusal("gap-of-nothing", column_named(GAP_COLUMNS, "assessment_code")),)
    if not values.get("origin") or values["origin"] == GapOrigin.BY_HAND:
        values.update(
            origin=GapOrigin.BY_HAND.value, origin_key=values.get("origin_key") or f"hand:{row.values['code']}"
        )
    elif not values.get("origin_key"):
        return (refusal("gap-of-nothing", column_named(GAP_COLUMNS, "origin_key")),)
    values.update(
        priority=int(str(weight)) / MOST_PRIORITY,
        distance=float(str(distance)),
    )
    return _department_of(row, values)


def _numbers(values: Values) -> Problems:
    """Turn numbers into those that are kept; a place is given with its reason only."""
    for name in ("figure", "need"):
        if values.get(name) is not None:
            values[name] = float(values[name])
    if values.get("moved_to") is not None and not (values.get("moved_because") or "").strip():
        return (refusal("gap-moved-unsaid", column_named(GAP_COLUMNS, "moved_because")),)
    return ()


def _carried(row: ParsedRow, values: Values) -> Problems:
    given = row.values.get("carried_from")
    if given is None:
        return ()
    cycle = CapabilityCycle.objects.get(pk=values["cycle_id"])
    former = CapabilityGap.objects.filter(
        cycle__agreement_id=cycle.agreement_id, cycle__number=cycle.number - 1, code=given
    ).first()
    if former is None:
        return (refusal("not-in-reach", column_named(GAP_COLUMNS, "carried_from"), given=given),)
    values["carried_from_id"] = former.pk
    return ()


def _department_of(row: ParsedRow, values: Values) -> Problems:
    given = row.values.get("department_code")
    if given is None:
        return ()
    found = Department.objects.filter(institution_id=values["institution_id"], code=given).first()
    if found is None:
        return (refusal("not-in-reach", column_named(GAP_COLUMNS, "department_code"), given=given),)
    values["department_id"] = found.pk
    return ()


def _gap_of_item(row: ParsedRow, values: Values) -> Problems:
    """Take what an assessment found of an item, as gathering does."""
    rows = CapabilityAssessment.objects.select_related("institution", "department").prefetch_related("items")
    assessment = rows.get(pk=values["assessment_id"])
    checklist, given = checklist_of(assessment), str(row.values["item"])
    item, found = checklist.item(given), by_item(assessment.items.all()).get(given)
    if item is None:
        return (refusal("not-in-reach", column_named(GAP_COLUMNS, "item"), given=given),)
    gap = gap_of_item(assessment, checklist, item, found)
    if not gap.distance:
        return (refusal("gap-item-met", column_named(GAP_COLUMNS, "item"), given=given),)
    if (
        "need" not in values
        and not CapabilityGap.objects.filter(cycle=values["cycle_id"], code=values["code"]).exists()
    ):
        # What stands behind it is seen by those who gather, not by a table.
        values["need"] = None
    names = ("specialty", "profession", "words_zh", "words_en", "priority", "distance", "figure", "seen_on", "item")
    values.update({name: getattr(gap, name) for name in names})
    values.update(
        origin=gap.origin.value,
        origin_key=key_of_item(assessment, checklist, given),
        institution_id=assessment.institution_id,
        department_id=assessment.department_id,
    )
    return ()


def _check_gap(actor: Actor, decided: Decided) -> Problems:
    """Ask of a gap what the commands ask; what a figure showed or the last cycle left comes in by them only."""
    values, kept = decided.plan.values, decided.kept
    if decided.plan.action is RowAction.UNCHANGED:
        return ()
    told = ("origin", "origin_key", "figure", "need", "carried_from_id")
    is_by_hand = values.get("origin") in (GapOrigin.BY_HAND, GapOrigin.ITEM) and not values.get("carried_from_id")
    changes_it = kept is None or any(name in values and kept.get(name) != values[name] for name in told)
    if not actor.is_service and not is_by_hand and changes_it:
        return (refusal("gap-gathered", column_named(GAP_COLUMNS, "origin")),)
    return checking(CapabilityGap, check_gap)(actor, decided)


def checking(model: type[Model], check: Callable[[Any], None]) -> Callable[[Actor, Decided], Problems]:
    """Ask of a row of a table what the commands ask of what people type."""

    def run(_actor: Actor, decided: Decided) -> Problems:
        if decided.plan.action is RowAction.UNCHANGED:
            return ()
        row = model() if decided.kept is None else model._default_manager.get(pk=decided.kept["pk"])
        for name, value in decided.plan.values.items():
            setattr(row, name, value)
        return said(lambda: check(row))

    return run


def _nothing(_row: CapabilityCycle) -> None:
    """Everything about a cycle is asked where its columns are read."""


def register() -> None:
    """Register the tables in the order of loading."""
    register_refusals(REFUSALS)
    register_table_kind(kind_of(_cycles(), WRITE, ("Capability cycles", "能力建设周期")))
    register_table_kind(kind_of(_gaps(), WRITE, ("Capability gaps", "能力差距")))


def _cycles() -> Shape:
    names = ("aim", "review_due_on", "provenance")
    return Shape(
        "capability_cycles",
        CYCLE_COLUMNS,
        CapabilityCycle,
        ("agreement_id", "number"),
        ("agreement_code", "cycle"),
        plain(*names),
        (OF_AGREEMENT,),
        rows_by("agreement_id", CapabilityCycle),
        exporter(
            lambda: CapabilityCycle.objects.order_by("agreement__code", "number"),
            {"agreement_code": "agreement__code", "cycle": "number", **plain(*names)},
        ),
        refine=_refine_cycle,
        check=checking(CapabilityCycle, _nothing),
    )


_EXPORTED = (
    *("code", "item", "specialty", "profession", "words_zh", "words_en", "distance", "seen_on", "origin", "origin_key"),
    *("figure", "need", "need_zh", "need_en", "moved_to", "moved_because", "provenance"),
)


def _exported_gaps(actor: Actor) -> Iterable[Mapping[str, Any]]:
    named = ("cycle__agreement", "assessment", "institution", "department", "carried_from")
    rows = scoped(actor, CapabilityGap.objects.select_related(*named))
    for each in rows.order_by("cycle__agreement__code", "cycle__number", "code"):
        yield {
            "agreement_code": each.cycle.agreement.code,
            "cycle": each.cycle.number,
            "assessment_code": None if each.assessment is None else each.assessment.code,
            "institution_code": each.institution.code,
            "department_code": None if each.department is None else each.department.code,
            "weight": round(each.priority * MOST_PRIORITY),
            "carried_from": None if each.carried_from is None else each.carried_from.code,
            **{name: getattr(each, name) for name in _EXPORTED},
        }


def _gaps() -> Shape:
    names = (
        *("code", "item", "profession", "words_zh", "words_en", "seen_on", "origin", "origin_key", "figure", "need"),
        *("need_zh", "need_en", "moved_to", "moved_because", "provenance"),
    )
    return Shape(
        "capability_gaps",
        GAP_COLUMNS,
        CapabilityGap,
        ("cycle_id", "code"),
        ("agreement_code", "cycle", "code"),
        plain(*names),
        (
            OF_AGREEMENT,
            Reference("assessment_code", "assessment_id", assessments_known),
            Reference("institution_code", "institution_id", institutions_known),
        ),
        rows_by("cycle_id", CapabilityGap),
        _exported_gaps,
        refine=_refine_gap,
        check=_check_gap,
    )
