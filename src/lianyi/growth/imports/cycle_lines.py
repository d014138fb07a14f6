"""The tables of what is planned against gaps, and of what became of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from django.db.models import Model

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.dispatch.models import Need
from lianyi.growth.commands.cycles import WRITE
from lianyi.growth.cycles_checks import check_line
from lianyi.growth.imports.cycles import CYCLE, GAP, OF_AGREEMENT, assessments_known, checking, cycle_of
from lianyi.growth.models import (
    CapabilityGap,
    Course,
    DepartmentTechnique,
    GapOrigin,
    GapPlanLine,
    GapReview,
    HelpKind,
    LineState,
    MentorPair,
    OwnerSide,
    Project,
    ReviewResult,
)
from lianyi.partnerships.import_columns import AGREEMENT_CODE, choices_of
from lianyi.partnerships.models import Duty
from lianyi.partnerships.table_shapes import Reference, Shape, exporter, kind_of, plain, rows_by
from lianyi.registry.imports.declaring import PROVENANCE, choice, code, day, text, whole, yes_no
from lianyi.registry.imports.kinds import RowAction, register_table_kind
from lianyi.registry.imports.planning import Decided, Problems, Values
from lianyi.registry.imports.refusals import column_named, refusal, register_refusals
from lianyi.tabular.columns import Column, ColumnKind
from lianyi.tabular.rows import ParsedRow

REFUSALS = {
    "gap-review-told": (
        "what became of this gap is told by its assessment or its figure; a table changes only whether it goes on.",
        "该差距的结果由评估或数据得出，表格只能更改是否转入下一轮和备注。",
    ),
}
LINE_COLUMNS: tuple[Column, ...] = (
    AGREEMENT_CODE,
    CYCLE,
    GAP,
    whole("number", "Number", "序号", required=True, most=99),
    choice("kind", "Kind of help", "帮扶方式", choices_of(HelpKind.choices), required=True),
    text("what", "What is planned", "计划内容", 300, required=True),
    choice("owner_side", "Side that sees to it", "负责方", choices_of(OwnerSide.choices), required=True),
    text("owner", "Who sees to it", "负责人", 120),
    day("due_on", "Due on", "完成期限", required=True),
    code("duty_code", "Duty code", "职责代码", 32),
    code("course_code", "Carried out by the course", "承担课程代码", 32),
    code("technique_code", "Carried out by the technique", "承担技术编号", 40),
    code("pair_code", "Carried out by the pair", "承担师徒编号", 40),
    code("project_code", "Carried out by the project", "承担建设项目代码", 32),
    code("need_code", "Carried out by the need", "承担人员需求编号", 40),
    text("target", "Target in words", "目标", 200),
    Column("target_value", "Target value", "目标值", ColumnKind.DECIMAL, minimum=0),
    choice("state", "State", "状态", choices_of(LineState.choices)),
    day("ended_on", "Done or dropped on", "完成或取消日期"),
    text("ended_note", "What was done, or why it was dropped", "完成情况或取消原因", 1000),
    PROVENANCE,
)
REVIEW_COLUMNS: tuple[Column, ...] = (
    AGREEMENT_CODE,
    CYCLE,
    GAP,
    day("reviewed_on", "Reviewed on", "复评日期", required=True),
    choice("result", "What became of it", "复评结果", choices_of(ReviewResult.choices), required=True),
    Column(
        "distance_after",
        "Distance after, from 0 to 1",
        "复评差距程度（0至1）",
        ColumnKind.DECIMAL,
        minimum=0,
        maximum=1,
    ),
    Column("figure_after", "Figure after", "复评数值", ColumnKind.DECIMAL, minimum=0),
    code("assessment_code", "Assessment code", "评估编号", 32),
    yes_no("goes_on", "Goes on to the next cycle", "转入下一轮"),
    text("note", "Note", "备注", 1000),
)
_TOLD = ("result", "distance_after", "figure_after", "assessment_id")


def _by_code(model: type[Model]) -> Callable[[Actor, Collection[str]], Mapping[str, int]]:
    """Return how records are found by their codes, as far as the actor reaches them."""

    def find(actor: Actor, codes: Collection[str]) -> Mapping[str, int]:
        rows = scoped(actor, model._default_manager.filter(code__in=list(codes)))
        return dict(rows.values_list("code", "pk"))

    return find


def _gap_of(row: ParsedRow, values: Values, columns: tuple[Column, ...]) -> CapabilityGap | Problems:
    """Replace agreement, cycle and code by the gap that they name."""
    problems = cycle_of(row, values, columns)
    if problems:
        return problems
    gap = CapabilityGap.objects.filter(cycle_id=values.pop("cycle_id"), code=row.values["gap_code"]).first()
    if gap is None:
        return (refusal("not-in-reach", column_named(columns, "gap_code"), given=row.values["gap_code"]),)
    values["gap_id"] = gap.pk
    return gap


def _need_of(row: ParsedRow, gap: CapabilityGap, values: Values) -> Problems:
    given = row.values.get("need_code")
    if given is None:
        return ()
    found = Need.objects.filter(institution_id=gap.institution_id, code=given).first()
    if found is None:
        return (refusal("not-in-reach", column_named(LINE_COLUMNS, "need_code"), given=given),)
    values["posting_need_id"] = found.pk
    return ()


def _refine_line(row: ParsedRow, values: Values) -> Problems:
    agreement = values["agreement_id"]
    gap = _gap_of(row, values, LINE_COLUMNS)
    if not isinstance(gap, CapabilityGap):
        return gap
    if values.get("target_value") is not None:
        values["target_value"] = float(values["target_value"])
    problems = _need_of(row, gap, values)
    if problems:
        return problems
    given = row.values.get("duty_code")
    if given is None:
        return ()
    duty = Duty.objects.filter(agreement_id=agreement, code=given).first()
    if duty is None:
        return (refusal("not-in-reach", column_named(LINE_COLUMNS, "duty_code"), given=given),)
    values["duty_id"] = duty.pk
    return ()


def _refine_review(row: ParsedRow, values: Values) -> Problems:
    found = _gap_of(row, values, REVIEW_COLUMNS)
    if not isinstance(found, CapabilityGap):
        return found
    for name in ("distance_after", "figure_after"):
        if values.get(name) is not None:
            values[name] = float(values[name])
    return ()


def _check_review(actor: Actor, decided: Decided) -> Problems:
    values, kept = decided.plan.values, decided.kept
    if decided.plan.action is RowAction.UNCHANGED or actor.is_service:
        return ()
    gap = CapabilityGap.objects.get(pk=values["gap_id"])
    changes_it = kept is None or any(name in values and kept.get(name) != values[name] for name in _TOLD)
    if gap.origin != GapOrigin.BY_HAND and changes_it:
        return (refusal("gap-review-told", column_named(REVIEW_COLUMNS, "result")),)
    return ()


def register() -> None:
    """Register the two tables, after everything that lines of plans name."""
    register_refusals(REFUSALS)
    register_table_kind(kind_of(_lines(), WRITE, ("Lines of gap plans", "差距计划")))
    register_table_kind(kind_of(_reviews(), WRITE, ("Reviews of gaps", "差距复评")))


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
        (
            OF_AGREEMENT,
            Reference("course_code", "course_id", _by_code(Course)),
            Reference("technique_code", "technique_id", _by_code(DepartmentTechnique)),
            Reference("pair_code", "mentor_pair_id", _by_code(MentorPair)),
            Reference("project_code", "project_id", _by_code(Project)),
        ),
        rows_by("gap_id", GapPlanLine),
        exporter(
            lambda: GapPlanLine.objects.order_by("gap__cycle__agreement__code", "gap__cycle__number", "gap__code"),
            {
                "agreement_code": "gap__cycle__agreement__code",
                "cycle": "gap__cycle__number",
                "gap_code": "gap__code",
                "duty_code": "duty__code",
                "course_code": "course__code",
                "technique_code": "technique__code",
                "pair_code": "mentor_pair__code",
                "project_code": "project__code",
                "need_code": "posting_need__code",
                **plain(*names),
            },
        ),
        refine=_refine_line,
        check=checking(GapPlanLine, check_line),
    )


def _reviews() -> Shape:
    names = ("reviewed_on", "result", "distance_after", "figure_after", "goes_on", "note")
    return Shape(
        "gap_reviews",
        REVIEW_COLUMNS,
        GapReview,
        ("gap_id",),
        ("agreement_code", "cycle", "gap_code"),
        plain(*names),
        (OF_AGREEMENT, Reference("assessment_code", "assessment_id", assessments_known)),
        rows_by("gap_id", GapReview),
        exporter(
            lambda: GapReview.objects.order_by("gap__cycle__agreement__code", "gap__cycle__number", "gap__code"),
            {
                "agreement_code": "gap__cycle__agreement__code",
                "cycle": "gap__cycle__number",
                "gap_code": "gap__code",
                "assessment_code": "assessment__code",
                **plain(*names),
            },
        ),
        refine=_refine_review,
        check=_check_review,
    )
