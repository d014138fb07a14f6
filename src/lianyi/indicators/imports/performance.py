"""The tables of performance assessments: rounds, the scores of their items, and their evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.indicators.commands.performance import note_event
from lianyi.indicators.models import (
    FindingGrade,
    NumberSource,
    PerformanceAssessment,
    PerformanceFinding,
    PerformanceState,
    ScoringSide,
)
from lianyi.indicators.performance_authority import may_start, writes_for
from lianyi.indicators.performance_checks import FindingEntry, check_round, problem_of_entry
from lianyi.indicators.performance_given import given_numbers
from lianyi.indicators.performance_machine import WRITE
from lianyi.indicators.performance_numbers import counted_numbers
from lianyi.indicators.performance_rulebook import scheme_book, scheme_of
from lianyi.indicators.performance_veil import PatientVeil, veil_for
from lianyi.partnerships.import_columns import choices_of
from lianyi.partnerships.models import Agreement
from lianyi.partnerships.table_shapes import Reference, Shape, exporter, institutions_known, kind_of, plain, rows_by
from lianyi.registry.imports.declaring import INSTITUTION_CODE, PROVENANCE, choice, code, day, text, whole
from lianyi.registry.imports.kinds import RowAction, RowPlan, register_table_kind
from lianyi.registry.imports.planning import Decided, Problems, Values
from lianyi.registry.imports.refusals import column_named, refusal, register_refusals
from lianyi.registry.imports.refused_checks import said
from lianyi.tabular.columns import Column, ColumnKind
from lianyi.tabular.rows import ParsedRow

LARGEST = 1_000_000_000
REFUSALS = {
    "performance-not-drafted": (
        "a table brings drafts only; what comes after is done on the pages, and a frozen round stays as it is.",
        "表格只能导入草稿，自评之后的步骤请在页面上进行；已冻结的考核须另建新一轮更正。",
    ),
    "performance-own-side": (
        "a table brings self-scores only; outside scores and answers are given on the pages. Write 'self'.",
        "表格只能导入自评分；外部评分和异议答复请在页面上进行。请填写“自评”。",
    ),
    "performance-start": (
        "you may not begin a round about this institution. Ask its office.",
        "您不能为该机构发起考核，请联系其负责部门。",
    ),
    "performance-counted": (
        "the records of duties give this number; leave the cell empty.",
        "该数值由协议职责的记录统计，请将此格留空。",
    ),
}
ROUND_COLUMNS: tuple[Column, ...] = (
    code("code", "Code", "考核编号", 32, required=True),
    code("scheme", "Scheme", "考核方案", 64, required=True),
    INSTITUTION_CODE,
    code("agreement_code", "Agreement code", "协议代码", 32),
    day("period_from", "Period from", "考核期起", required=True),
    day("period_to", "Period to", "考核期止", required=True),
    day("due_on", "Self-scores due on", "自评截止日期"),
    choice("state", "State", "状态", choices_of(PerformanceState.choices)),
    day("objections_until", "Objections until", "异议截止日期"),
    text("note", "Note", "备注", 1000),
    PROVENANCE,
)
FINDING_COLUMNS: tuple[Column, ...] = (
    code("assessment_code", "Assessment code", "考核编号", 32, required=True),
    code("item", "Item", "考核项目代码", 64, required=True),
    choice("side", "Side", "评分方", choices_of(ScoringSide.choices), required=True),
    choice("grade", "Finding", "评定", choices_of(FindingGrade.choices)),
    Column("value", "Number", "数值", ColumnKind.DECIMAL, minimum=-1, maximum=LARGEST),
    Column("out_of", "Out of", "总数", ColumnKind.DECIMAL, minimum=0, maximum=LARGEST),
    whole("attained", "Cases within the limit", "达标例数", most=LARGEST),
    choice("source", "Where the number comes from", "数值来源", choices_of(NumberSource.choices)),
    whole("rows", "Rows counted", "统计记录数", most=LARGEST),
    text("reason", "Reason in words", "说明", 1000),
    PROVENANCE,
)
_FINDING_FIELDS = ("item", "side", "grade", "value", "out_of", "attained", "source", "rows", "reason", "provenance")


def _agreements(actor: Actor, codes: Collection[str]) -> Mapping[str, int]:
    return dict(scoped(actor, Agreement.objects.filter(code__in=list(codes))).values_list("code", "pk"))


def _rounds(actor: Actor, codes: Collection[str]) -> Mapping[str, int]:
    rows = scoped(actor, PerformanceAssessment.objects.filter(code__in=list(codes)))
    return dict(rows.values_list("code", "pk"))


def _check_round(actor: Actor, decided: Decided) -> Problems:
    if decided.plan.action is RowAction.UNCHANGED:
        return ()
    row = PerformanceAssessment()
    was_draft = True
    if decided.kept is not None:
        row = PerformanceAssessment.objects.get(pk=decided.kept["pk"])
        was_draft = row.state == PerformanceState.DRAFT
    for name, value in decided.plan.values.items():
        setattr(row, name, value)
    if row.state == PerformanceState.FROZEN or (
        not actor.is_service and not (was_draft and row.state == PerformanceState.DRAFT)
    ):
        return (refusal("performance-not-drafted", column_named(ROUND_COLUMNS, "state")),)
    if not actor.is_service and not may_start(actor, row.institution_id):
        return (refusal("performance-start", column_named(ROUND_COLUMNS, "institution_code")),)
    return said(lambda: check_round(row, scheme_book()))


def _check_finding(actor: Actor, decided: Decided) -> Problems:
    values = decided.plan.values
    if decided.plan.action is RowAction.UNCHANGED:
        return ()
    row = PerformanceAssessment.objects.get(pk=values["assessment_id"])
    if row.is_frozen or (not actor.is_service and row.state != PerformanceState.DRAFT):
        return (refusal("performance-not-drafted", column_named(FINDING_COLUMNS, "assessment_code")),)
    scheme = scheme_of(row)
    entry = FindingEntry(
        values["item"],
        values.get("grade") or "",
        values.get("value"),
        values.get("out_of"),
        values.get("attained"),
        values.get("reason") or "",
    )
    if not actor.is_service:
        problems = _problems_of_own(actor, row, values)
        if problems:
            return problems
    problem = problem_of_entry(scheme.item(entry.item), entry, is_counted=False)

    def refuse() -> None:
        if problem is not None:
            raise problem

    return said(refuse)


def _problems_of_own(actor: Actor, row: PerformanceAssessment, values: Mapping[str, Any]) -> Problems:
    """Return why a person may not bring this finding: of another side or house, or with a number that duties give."""
    if values["side"] != ScoringSide.OWN:
        return (refusal("performance-own-side", column_named(FINDING_COLUMNS, "side")),)
    if not writes_for(actor, row.institution_id):
        return (refusal("performance-start", column_named(FINDING_COLUMNS, "assessment_code")),)
    counted = counted_numbers(row, scheme_of(row))
    number = counted.get(str(values["item"]))
    if number is None:
        return ()
    if values.get("value") not in (None, number.value):
        return (refusal("performance-counted", column_named(FINDING_COLUMNS, "value")),)
    return ()


def _exported(actor: Actor) -> Iterable[Mapping[str, Any]]:
    rows = PerformanceFinding.objects.exclude(assessment__state=PerformanceState.WITHDRAWN)
    veils: dict[int, PatientVeil] = {}
    for each in scoped(actor, rows.select_related("assessment__agreement")).order_by("assessment__code", "pk"):
        if each.assessment_id not in veils:
            veils[each.assessment_id] = veil_for(actor, each.assessment)
        if not _is_veiled(each, veils[each.assessment_id]):
            yield {"assessment_code": each.assessment.code, **{name: getattr(each, name) for name in _FINDING_FIELDS}}


def _is_veiled(row: PerformanceFinding, veil: PatientVeil) -> bool:
    """Tell whether a row stays out of a table; with an empty cell in it, an import would take the number away."""
    item = scheme_of(row.assessment).item(row.item)
    if item is None:
        return False
    return veil.hides_number(item, row.value) or veil.hides_cases(item, row.attained, row.out_of)


def _refine_finding(row: ParsedRow, values: Values) -> Problems:
    """Leave what an import of a person does not say to the count of the duties."""
    if row.values.get("source") is None:
        values["source"] = NumberSource.TYPED
    return ()


def _after_rounds(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    codes = [plan.values["code"] for plan in plans if plan.action in (RowAction.CREATE, RowAction.UPDATE)]
    for row in PerformanceAssessment.objects.filter(code__in=codes):
        note_event(context, row, "import", PerformanceState.DRAFT, {}).save()


def _after_findings(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    """Note the change, and take the numbers that duties and indicators give where the table left the cell empty."""
    ids = {plan.values["assessment_id"] for plan in plans if plan.action in (RowAction.CREATE, RowAction.UPDATE)}
    for row in PerformanceAssessment.objects.filter(pk__in=ids):
        given = given_numbers(row, scheme_of(row))
        for item in (*given.counted, *given.accepted):
            number = given.for_entry(FindingEntry(item))
            if number is None:
                continue
            PerformanceFinding.objects.filter(assessment=row, item=item, value__isnull=True).update(
                value=number.value, source=number.source, rows=number.rows, taken_from=number.facts
            )
        note_event(context, row, "import", row.state, {"items": len(plans)}).save()


def _kept_rounds() -> QuerySet[PerformanceAssessment, PerformanceAssessment]:
    return PerformanceAssessment.objects.exclude(state=PerformanceState.WITHDRAWN).order_by("code")


def register() -> None:
    """Register the two tables; scores after the rounds that they belong to."""
    register_refusals(REFUSALS)
    names = (
        *("code", "scheme", "period_from", "period_to", "due_on", "state", "objections_until", "note", "provenance"),
    )
    rounds = Shape(
        "performance_assessments",
        ROUND_COLUMNS,
        PerformanceAssessment,
        ("code",),
        ("code",),
        plain(*names),
        (
            Reference("institution_code", "institution_id", institutions_known),
            Reference("agreement_code", "agreement_id", _agreements),
        ),
        rows_by("code", PerformanceAssessment),
        exporter(
            _kept_rounds,
            {
                **{name: name for name in names},
                "institution_code": "institution__code",
                "agreement_code": "agreement__code",
            },
        ),
        check=_check_round,
        after=_after_rounds,
    )
    register_table_kind(kind_of(rounds, WRITE, ("Performance assessments", "合作绩效考核")))
    findings = Shape(
        "performance_findings",
        FINDING_COLUMNS,
        PerformanceFinding,
        ("assessment_id", "item", "side"),
        ("assessment_code", "item", "side"),
        plain(*_FINDING_FIELDS),
        (Reference("assessment_code", "assessment_id", _rounds),),
        rows_by("assessment_id", PerformanceFinding),
        _exported,
        refine=_refine_finding,
        check=_check_finding,
        after=_after_findings,
    )
    register_table_kind(kind_of(findings, WRITE, ("Scores of performance assessments", "绩效考核评分")))
