"""The tables of assessments: what was assessed on which day, and the result of each item."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db.models import Q, QuerySet

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.growth.assessment_times import TimesReader, times_by_item, times_reader
from lianyi.growth.assessments_authority import WRITE, kind_for, may_on, may_start
from lianyi.growth.assessments_checks import (
    LARGEST_VALUE,
    ItemEntry,
    check_assessment,
    problem_of_item,
    problem_of_times,
)
from lianyi.growth.commands.assessments import note_event, results_of
from lianyi.growth.models import (
    AssessmentItem,
    AssessmentKind,
    AssessmentState,
    CapabilityAssessment,
    ItemResultState,
    ItemSource,
)
from lianyi.growth.rulebook import checklist_book, checklist_of, frozen
from lianyi.partnerships.import_columns import choices_of
from lianyi.partnerships.models import Agreement
from lianyi.partnerships.table_shapes import Reference, Shape, exporter, institutions_known, kind_of, plain, rows_by
from lianyi.registry.imports.declaring import INSTITUTION_CODE, PROVENANCE, choice, code, day, text, whole
from lianyi.registry.imports.kinds import RowAction, RowPlan, register_table_kind
from lianyi.registry.imports.planning import Decided, Problems, Values
from lianyi.registry.imports.refusals import column_named, refusal, register_refusals
from lianyi.registry.imports.refused_checks import said
from lianyi.registry.models import Department
from lianyi.tabular.columns import Column, ColumnKind
from lianyi.tabular.rows import ParsedRow

REFUSALS = {
    "assessment-kind": (
        "the affiliation in which you act makes it another kind ({said}). Correct it, or leave it to that side.",
        "按您当前的身份，这是另一种评估（{said}）。请改正，或由对方导入。",
    ),
    "assessment-not-drafted": (
        "a table brings drafts only; submit, check and finish them on their pages. A final one is opened again there.",
        "表格只能导入草稿，提交、核对和定稿请在页面上进行；已定稿的请先在页面上重新打开。",
    ),
    "assessment-counted-elsewhere": (
        "whether a value is counted from referrals is told by the page of the items, not by a table. Fill it in there.",
        "数值是否由转诊记录统计，由评估项目页面确定，不能由表格填写。请在该页面填写。",
    ),
    "assessment-start": (
        "you may not assess this institution or department. Ask its office, or name the agreement.",
        "您不能评估该机构或科室，请联系其负责部门，或填写所依据的协议。",
    ),
}
LARGEST_COUNT = 1_000_000
_ASSESSMENT_CODE = code("assessment_code", "Assessment code", "评估编号", 32, required=True)
ASSESSMENT_COLUMNS: tuple[Column, ...] = (
    code("code", "Code", "编号", 32, required=True),
    INSTITUTION_CODE,
    code("department_code", "Department code", "科室代码", 32),
    code("agreement_code", "Agreement code", "协议代码", 32),
    code("checklist", "Checklist", "评估标准", 64, required=True),
    day("assessed_on", "Assessed on", "评估日期", required=True),
    choice("kind", "Kind", "类型", choices_of(AssessmentKind.choices), required=True),
    choice("state", "State", "状态", choices_of(AssessmentState.choices)),
    text("assessed_by", "Assessed by", "评估人", 200),
    text("note", "Note", "备注", 1000),
    PROVENANCE,
)
ITEM_COLUMNS: tuple[Column, ...] = (
    _ASSESSMENT_CODE,
    code("item", "Item", "项目代码", 64, required=True),
    choice("result", "Result", "结果", choices_of(ItemResultState.choices), required=True),
    Column("value", "Measured value", "测量值", ColumnKind.DECIMAL, minimum=0, maximum=LARGEST_VALUE),
    text("evidence", "Evidence", "依据", 400),
    choice("source", "Where the value comes from", "数值来源", choices_of(ItemSource.choices)),
    whole("cases", "Patients counted", "统计患者数", most=LARGEST_COUNT),
    Column("low", "Lower limit (95 %)", "95%区间下限", ColumnKind.DECIMAL, minimum=0, maximum=LARGEST_VALUE),
    Column("high", "Upper limit (95 %)", "95%区间上限", ColumnKind.DECIMAL, minimum=0, maximum=LARGEST_VALUE),
    day("counted_since", "Counted since", "统计起始日期"),
    day("counted_until", "Counted until", "统计截止日期"),
    PROVENANCE,
)
_ITEM_FIELDS = (
    *("item", "result", "value", "evidence", "source", "cases", "low", "high", "counted_since", "counted_until"),
    "provenance",
)


def _agreements(actor: Actor, codes: Collection[str]) -> Mapping[str, int]:
    rows = scoped(actor, Agreement.objects.filter(code__in=list(codes)))
    return dict(rows.values_list("code", "pk"))


def _assessments(actor: Actor, codes: Collection[str]) -> Mapping[str, int]:
    rows = scoped(actor, CapabilityAssessment.objects.filter(code__in=list(codes)))
    return dict(rows.values_list("code", "pk"))


def _refine_assessment(row: ParsedRow, values: Values) -> Problems:
    given = row.values.get("department_code")
    if given is None:
        return ()
    found = Department.objects.filter(institution_id=values["institution_id"], code=given).first()
    if found is None:
        return (refusal("not-in-reach", column_named(ASSESSMENT_COLUMNS, "department_code"), given=given),)
    values["department_id"] = found.pk
    return ()


def _refine_item(_row: ParsedRow, values: Values) -> Problems:
    for name in ("value", "low", "high"):
        if values.get(name) is not None:
            values[name] = float(values[name])
    return ()


def _check_assessment(actor: Actor, decided: Decided) -> Problems:
    if decided.plan.action is RowAction.UNCHANGED:
        return ()
    kept = None if decided.kept is None else CapabilityAssessment.objects.get(pk=decided.kept["pk"])
    row = kept or CapabilityAssessment()
    was_draft = kept is None or kept.state == AssessmentState.DRAFT
    for name, value in decided.plan.values.items():
        setattr(row, name, value)
    if not actor.is_service:
        if not was_draft or row.state != AssessmentState.DRAFT:
            return (refusal("assessment-not-drafted", column_named(ASSESSMENT_COLUMNS, "state")),)
        if not may_start(actor, row.institution_id, row.department_id, row.agreement):
            return (refusal("assessment-start", column_named(ASSESSMENT_COLUMNS, "institution_code")),)
        own = kind_for(actor, row.institution_id)
        if row.kind != own:
            return (refusal("assessment-kind", column_named(ASSESSMENT_COLUMNS, "kind"), said=own),)
    return said(lambda: check_assessment(row, checklist_book()))


def _check_item(actor: Actor, decided: Decided) -> Problems:
    values = decided.plan.values
    if decided.plan.action is RowAction.UNCHANGED:
        return ()
    row = CapabilityAssessment.objects.get(pk=values["assessment_id"])
    if not actor.is_service and (row.state != AssessmentState.DRAFT or not may_on(actor, WRITE, row)):
        return (refusal("assessment-not-drafted", column_named(ITEM_COLUMNS, "assessment_code")),)
    kept_source = (decided.kept or {}).get("source", ItemSource.TYPED)
    if not actor.is_service and values.get("source", kept_source) != kept_source:
        return (refusal("assessment-counted-elsewhere", column_named(ITEM_COLUMNS, "source")),)
    checklist = checklist_of(row)
    item = checklist.item(str(values["item"]))
    entry = ItemEntry(values["item"], values["result"], values.get("value"), values.get("evidence") or "")
    problem = problem_of_item(item, entry)
    if problem is None and item is not None and item.counted and not actor.is_service:
        problem = problem_of_times(item, entry, times_by_item(actor, row, checklist).get(item.id))

    def refuse() -> None:
        if problem is not None:
            raise problem

    return said(refuse)


def _exported_items(actor: Actor) -> Iterable[Mapping[str, object]]:
    """Read the items within reach; a value of few patients goes only to those who read the hospital's referrals."""
    rows = AssessmentItem.objects.exclude(assessment__state=AssessmentState.WITHDRAWN)
    readers: dict[int, TimesReader] = {}
    for each in scoped(actor, rows.select_related("assessment")).order_by("assessment__code", "pk"):
        about = each.assessment
        reader = readers.setdefault(about.institution_id, times_reader(actor, about.institution_id))
        line = {"assessment_code": about.code, **{name: getattr(each, name) for name in _ITEM_FIELDS}}
        item = checklist_of(about).item(each.item) if each.source == ItemSource.REFERRALS else None
        if item is not None and reader.hides(item, each):
            line |= dict.fromkeys(("value", "cases", "low", "high"))
        yield line


def _after_assessments(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    """Write a line of history for each assessment that a table wrote, and freeze those that came as final."""
    codes = [plan.values["code"] for plan in plans if plan.action in (RowAction.CREATE, RowAction.UPDATE)]
    for row in CapabilityAssessment.objects.filter(code__in=codes):
        note_event(context, row, "start", AssessmentState.DRAFT, {}).save()
        if row.is_final and not row.frozen:
            CapabilityAssessment.objects.filter(pk=row.pk).update(frozen=frozen(checklist_book().get(row.checklist)))


def _after_items(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    ids = {plan.values["assessment_id"] for plan in plans if plan.action in (RowAction.CREATE, RowAction.UPDATE)}
    for row in CapabilityAssessment.objects.filter(pk__in=ids).prefetch_related("items"):
        note_event(context, row, "items", row.state, results_of(row)).save()


def _own_drafts() -> QuerySet[CapabilityAssessment, CapabilityAssessment]:
    return CapabilityAssessment.objects.filter(~Q(state=AssessmentState.WITHDRAWN)).order_by("code")


def register() -> None:
    """Register the two tables; the items after what they belong to."""
    register_refusals(REFUSALS)
    names = ("code", "checklist", "assessed_on", "kind", "state", "assessed_by", "note", "provenance")
    assessments = Shape(
        "capability_assessments",
        ASSESSMENT_COLUMNS,
        CapabilityAssessment,
        ("code",),
        ("code",),
        plain(*names),
        (
            Reference("institution_code", "institution_id", institutions_known),
            Reference("agreement_code", "agreement_id", _agreements),
        ),
        rows_by("code", CapabilityAssessment),
        exporter(
            _own_drafts,
            {
                **{name: name for name in names},
                "institution_code": "institution__code",
                "department_code": "department__code",
                "agreement_code": "agreement__code",
            },
        ),
        refine=_refine_assessment,
        check=_check_assessment,
        after=_after_assessments,
    )
    register_table_kind(kind_of(assessments, WRITE, ("Assessments by checklist", "按标准评估")))
    items = Shape(
        "assessment_items",
        ITEM_COLUMNS,
        AssessmentItem,
        ("assessment_id", "item"),
        ("assessment_code", "item"),
        plain(*_ITEM_FIELDS),
        (Reference("assessment_code", "assessment_id", _assessments),),
        rows_by("assessment_id", AssessmentItem),
        _exported_items,
        refine=_refine_item,
        check=_check_item,
        after=_after_items,
    )
    register_table_kind(kind_of(items, WRITE, ("Items of assessments", "评估项目结果")))
