"""The tables of capability cycles: cycles, gaps, lines of their plans."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db.models import Model

from lianyi.accounts.access import scoped, scoped_for
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Permission
from lianyi.growth.commands.cycles import WRITE, keeps_cycles
from lianyi.growth.cycles_checks import check_gap, check_line
from lianyi.growth.cycles_gathering import gap_of_item, key_of_item
from lianyi.growth.imports.assessments import said
from lianyi.growth.models import (
    CapabilityAssessment,
    CapabilityCycle,
    CapabilityGap,
    GapOrigin,
    GapPlanLine,
    HelpKind,
    LineState,
    OwnerSide,
)
from lianyi.growth.rulebook import checklist_of
from lianyi.growth.scoring import by_item
from lianyi.partnerships.import_columns import AGREEMENT_CODE, SPECIALTY, choices_of
from lianyi.partnerships.models import Agreement, Duty
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
from lianyi.registry.models import Department
from lianyi.rules.checklists import MOST_PRIORITY
from lianyi.tabular.columns import Column, ColumnKind
from lianyi.tabular.rows import ParsedRow

REFUSALS = {
    "gap-of-nothing": (
        "give the assessment and the item, or the institution with words, priority, distance and day.",
        "请填写评估编号和项目代码，或填写机构、差距内容、权重、差距程度和日期。",
    ),
    "gap-item-met": (
        "the item “{given}” is no gap in this assessment: it is met, not applicable or not assessed.",
        "在该评估中，项目“{given}”不是差距：已达标、不适用或未评估。",
    ),
}
_CYCLE = whole("cycle", "Cycle", "轮次", required=True, most=99)
_GAP = code("gap_code", "Gap code", "差距编号", 16, required=True)
CYCLE_COLUMNS: tuple[Column, ...] = (
    AGREEMENT_CODE,
    _CYCLE,
    text("aim", "What this cycle is for", "本轮目标", 1000),
    day("review_due_on", "Review due on", "复评应完成日期"),
    PROVENANCE,
)
GAP_COLUMNS: tuple[Column, ...] = (
    AGREEMENT_CODE,
    _CYCLE,
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
    PROVENANCE,
)
LINE_COLUMNS: tuple[Column, ...] = (
    AGREEMENT_CODE,
    _CYCLE,
    _GAP,
    whole("number", "Number", "序号", required=True, most=99),
    choice("kind", "Kind of help", "帮扶方式", choices_of(HelpKind.choices), required=True),
    text("what", "What is planned", "计划内容", 300, required=True),
    choice("owner_side", "Side that sees to it", "负责方", choices_of(OwnerSide.choices), required=True),
    text("owner", "Who sees to it", "负责人", 120),
    day("due_on", "Due on", "完成期限", required=True),
    code("duty_code", "Duty code", "职责代码", 32),
    text("target", "Target in words", "目标", 200),
    Column("target_value", "Target value", "目标值", ColumnKind.DECIMAL, minimum=0),
    choice("state", "State", "状态", choices_of(LineState.choices)),
    day("ended_on", "Done or dropped on", "完成或取消日期"),
    text("ended_note", "What was done, or why it was dropped", "完成情况或取消原因", 1000),
    PROVENANCE,
)


def _agreements(actor: Actor, codes: Collection[str]) -> Mapping[str, int]:
    if not actor.is_service and not keeps_cycles(actor.role):
        return {}
    rows = scoped_for(actor, Agreement.objects.filter(code__in=list(codes)), Permission.parse(WRITE))
    return dict(rows.values_list("code", "pk"))


def _assessments(actor: Actor, codes: Collection[str]) -> Mapping[str, int]:
    rows = scoped(actor, CapabilityAssessment.objects.filter(code__in=list(codes)))
    return dict(rows.values_list("code", "pk"))


_OF_AGREEMENT = Reference("agreement_code", "agreement_id", _agreements)


def _refine_cycle(row: ParsedRow, values: Values) -> Problems:
    values["number"] = row.values["cycle"]
    return ()


def _cycle_of(row: ParsedRow, values: Values, columns: tuple[Column, ...]) -> Problems:
    """Replace agreement and number by the cycle that they name."""
    agreement = values.pop("agreement_id")
    found = CapabilityCycle.objects.filter(agreement_id=agreement, number=int(str(row.values["cycle"]))).first()
    if found is None:
        return (refusal("not-in-reach", column_named(columns, "cycle"), given=row.values["cycle"]),)
    values["cycle_id"] = found.pk
    return ()


def _refine_gap(row: ParsedRow, values: Values) -> Problems:
    problems = (*_cycle_of(row, values, GAP_COLUMNS), *specialty_problems(row, values, GAP_COLUMNS))
    if problems:
        return problems
    if values.get("assessment_id") is not None and row.values.get("item"):
        return _gap_of_item(row, values)
    weight, distance = row.values.get("weight"), row.values.get("distance")
    wanted = (values.get("institution_id"), values.get("words_zh"), weight, distance, values.get("seen_on"))
    if any(each is None or each == "" for each in wanted):
        return (refusal("gap-of-nothing", column_named(GAP_COLUMNS, "assessment_code")),)
    values.update(
        origin=GapOrigin.BY_HAND.value,
        origin_key=f"hand:{row.values['code']}",
        priority=int(str(weight)) / MOST_PRIORITY,
        distance=float(str(distance)),
    )
    return _department_of(row, values)


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
    names = ("specialty", "profession", "words_zh", "words_en", "priority", "distance", "figure", "seen_on", "item")
    values.update({name: getattr(gap, name) for name in names})
    values.update(
        origin=gap.origin.value,
        origin_key=key_of_item(assessment, checklist, given),
        institution_id=assessment.institution_id,
        department_id=assessment.department_id,
    )
    return ()


def _refine_line(row: ParsedRow, values: Values) -> Problems:
    agreement = values["agreement_id"]
    problems = _cycle_of(row, values, LINE_COLUMNS)
    if problems:
        return problems
    gap = CapabilityGap.objects.filter(cycle_id=values.pop("cycle_id"), code=row.values["gap_code"]).first()
    if gap is None:
        return (refusal("not-in-reach", column_named(LINE_COLUMNS, "gap_code"), given=row.values["gap_code"]),)
    values["gap_id"] = gap.pk
    if values.get("target_value") is not None:
        values["target_value"] = float(values["target_value"])
    given = row.values.get("duty_code")
    if given is None:
        return ()
    duty = Duty.objects.filter(agreement_id=agreement, code=given).first()
    if duty is None:
        return (refusal("not-in-reach", column_named(LINE_COLUMNS, "duty_code"), given=given),)
    values["duty_id"] = duty.pk
    return ()


def _checking(model: type[Model], check: Callable[[Any], None]) -> Callable[[Actor, Decided], Problems]:
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
    register_table_kind(kind_of(_lines(), WRITE, ("Lines of gap plans", "差距计划")))


def _cycles() -> Shape:
    names = ("aim", "review_due_on", "provenance")
    return Shape(
        "capability_cycles",
        CYCLE_COLUMNS,
        CapabilityCycle,
        ("agreement_id", "number"),
        ("agreement_code", "cycle"),
        plain(*names),
        (_OF_AGREEMENT,),
        rows_by("agreement_id", CapabilityCycle),
        exporter(
            lambda: CapabilityCycle.objects.order_by("agreement__code", "number"),
            {"agreement_code": "agreement__code", "cycle": "number", **plain(*names)},
        ),
        refine=_refine_cycle,
        check=_checking(CapabilityCycle, _nothing),
    )


def _gaps() -> Shape:
    names = ("code", "item", "profession", "words_zh", "words_en", "seen_on", "provenance")
    return Shape(
        "capability_gaps",
        GAP_COLUMNS,
        CapabilityGap,
        ("cycle_id", "code"),
        ("agreement_code", "cycle", "code"),
        plain(*names),
        (
            _OF_AGREEMENT,
            Reference("assessment_code", "assessment_id", _assessments),
            Reference("institution_code", "institution_id", institutions_known),
        ),
        rows_by("cycle_id", CapabilityGap),
        exporter(
            lambda: CapabilityGap.objects.order_by("cycle__agreement__code", "cycle__number", "code"),
            {
                "agreement_code": "cycle__agreement__code",
                "cycle": "cycle__number",
                "assessment_code": "assessment__code",
                "institution_code": "institution__code",
                "department_code": "department__code",
                **plain(*names, "specialty", "distance"),
            },
        ),
        refine=_refine_gap,
        check=_checking(CapabilityGap, check_gap),
    )


def _lines() -> Shape:
    names = (
        *("number", "kind", "what", "owner_side", "owner", "due_on", "target", "target_value", "state"),
        *("ended_on", "ended_note", "provenance"),
    )
    return Shape(
        "gap_plan_lines",
        LINE_COLUMNS,
        GapPlanLine,
        ("gap_id", "number"),
        ("agreement_code", "cycle", "gap_code", "number"),
        plain(*names),
        (_OF_AGREEMENT,),
        rows_by("gap_id", GapPlanLine),
        exporter(
            lambda: GapPlanLine.objects.order_by("gap__cycle__agreement__code", "gap__cycle__number", "gap__code"),
            {
                "agreement_code": "gap__cycle__agreement__code",
                "cycle": "gap__cycle__number",
                "gap_code": "gap__code",
                "duty_code": "duty__code",
                **plain(*names),
            },
        ),
        refine=_refine_line,
        check=_checking(GapPlanLine, check_line),
    )
