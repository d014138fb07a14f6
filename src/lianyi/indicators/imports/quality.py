"""The tables of quality control: cases, their actions, and the checks that were signed elsewhere.

A table brings cases as far as their actions are done. That an action worked is signed here, by somebody who neither
owned nor did it; only the program's own installer loads checks that were signed before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from lianyi.accounts.access import scoped_for
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.roles import Permission
from lianyi.indicators.commands.quality import note_quality_event
from lianyi.indicators.imports.values_reading import NODE, PERIOD, nodes_within, refine_period
from lianyi.indicators.models import (
    ChartFinding,
    QualityAction,
    QualityCase,
    QualityCheck,
    QualityState,
    QualityVerdict,
    SignalSide,
)
from lianyi.indicators.quality_machine import WRITE
from lianyi.indicators.quality_rulebook import quality_book
from lianyi.indicators.queries import quality as queries
from lianyi.indicators.values_definitions import versions_of
from lianyi.indicators.values_periods import period_code
from lianyi.methods.process_control import Signal
from lianyi.partnerships.import_columns import choices_of
from lianyi.partnerships.table_shapes import Reference, Shape, exporter, kind_of, plain, rows_by
from lianyi.registry.imports.declaring import PROVENANCE, choice, code, day, text, whole
from lianyi.registry.imports.kinds import RowAction, RowPlan, register_table_kind
from lianyi.registry.imports.planning import Decided, Problems, Values
from lianyi.registry.imports.refusals import column_named, refusal, register_refusals
from lianyi.tabular.columns import Column
from lianyi.tabular.rows import ParsedRow

MOST_ACTIONS: Final = 99
RULES: Final = [(each.words, each.words) for each in Signal if each is not Signal.NONE]
REFUSALS = {
    "quality-indicator": (
        "“{given}” is no indicator for such a period. The list of indicators names all.",
        "“{given}”不是该周期的指标，请查看指标目录。",
    ),
    "quality-cause": (
        "“{given}” is no kind of cause. The form of a case names all.",
        "“{given}”不是原因分类，请查看问题页面上的分类。",
    ),
    "quality-case-moves-here": (
        "the case {given} is under way here; its steps are taken on its page.",
        "质控问题 {given} 已在系统中办理，请在页面上操作。",
    ),
    "quality-checked-here": (
        (
            "a table does not sign that an action worked: load the case up to “action done”, and let somebody who "
            "neither owned nor did it check it here."
        ),
        "表格不能代替效果核查：请导入至“措施已完成”，再由责任人和执行人以外的人员在系统中核查。",
    ),
    "quality-incomplete": (
        "the state needs {given} as well.",
        "该状态还需填写：{given}。",
    ),
    "quality-case-twice": (
        "a case of this unit, indicator and side is open already: {given}.",
        "该单位该指标同一方向已有未结的质控问题：{given}。",
    ),
}
_SIGNED: Final = (QualityState.CHECKING, QualityState.WORKED, QualityState.NOT_WORKED, QualityState.CLOSED)
_OWNED: Final = tuple(
    state for state in QualityState if state not in (QualityState.OPEN, QualityState.DISMISSED, QualityState.CLOSED)
)
_CAUSED: Final = tuple(state for state in _OWNED if state is not QualityState.OWNED)
_OVER: Final = (QualityState.CLOSED, QualityState.DISMISSED)
CASE_COLUMNS: tuple[Column, ...] = (
    code("code", "Code", "代码", 48, required=True),
    NODE,
    code("indicator_code", "Indicator code", "指标代码", 64, required=True),
    PERIOD,
    choice("side", "Side of the signal", "信号方向", choices_of(SignalSide.choices), required=True),
    choice("rule", "Rule of the signal", "信号规则", choices_of(RULES), required=True),
    choice("state", "State", "状态", choices_of(QualityState.choices), required=True),
    day("opened_on", "Opened on", "立项日期", required=True),
    text("owner_words", "Owner", "责任人", 100),
    day("due_on", "Due on", "完成期限"),
    code("cause_kind", "Kind of cause", "原因分类", 24),
    text("cause", "Cause", "原因", 4000),
    day("closed_on", "Closed on", "结案日期"),
    PROVENANCE,
)
_CASE_CODE = code("case_code", "Code of the case", "质控问题代码", 48, required=True)
ACTION_COLUMNS: tuple[Column, ...] = (
    _CASE_CODE,
    whole("number", "Number", "序号", required=True, most=MOST_ACTIONS),
    text("what", "What is done", "整改措施", 400, required=True),
    text("owner_words", "Who does it", "执行人", 100, required=True),
    day("due_on", "Due on", "完成期限", required=True),
    day("done_on", "Done on", "完成日期"),
    text("evidence", "Evidence that it is done", "完成依据", 4000),
    text("dropped_because", "Why it was dropped", "不再执行的原因", 400),
    PROVENANCE,
)
CHECK_COLUMNS: tuple[Column, ...] = (
    _CASE_CODE,
    day("checked_on", "Checked on", "核查日期", required=True),
    choice("verdict", "Verdict", "结论", choices_of(QualityVerdict.choices), required=True),
    choice("finding", "What the chart said", "控制图结果", choices_of(ChartFinding.choices), required=True),
    whole("points", "Periods since the action", "整改后时期数", required=True, most=999),
    text("words", "What the check found", "核查情况", 4000, required=True),
    text("signed_by", "Signed by", "核查人", 100, required=True),
    PROVENANCE,
)


def _refine_case(row: ParsedRow, values: Values) -> Problems:
    problems = refine_period(row, values)
    if problems:
        return problems
    values["signal_start"] = values.pop("period_start")
    values["indicator"] = given = str(row.values["indicator_code"])
    versions = versions_of(given)
    if not versions or str(versions[0].period) != values["period"]:
        return (refusal("quality-indicator", column_named(CASE_COLUMNS, "indicator_code"), given=given),)
    kind = values.get("cause_kind")
    if kind and quality_book().cause_words(str(kind)) is None:
        return (refusal("quality-cause", column_named(CASE_COLUMNS, "cause_kind"), given=kind),)
    return ()


def _check_case(actor: Actor, decided: Decided) -> Problems:
    if decided.plan.action is RowAction.UNCHANGED:
        return ()
    values = decided.plan.values
    if decided.kept is not None:
        return (refusal("quality-case-moves-here", column_named(CASE_COLUMNS, "code"), given=values["code"]),)
    state = values["state"]
    if state in _SIGNED and not actor.is_service:
        return (refusal("quality-checked-here", column_named(CASE_COLUMNS, "state")),)
    for name in _missing(values, state):
        return (refusal("quality-incomplete", column_named(CASE_COLUMNS, name), given=name),)
    if state in _OVER:
        return ()
    rows = QualityCase.objects.filter(
        node_id=values["node_id"], indicator=values["indicator"], side=values["side"]
    ).exclude(state__in=_OVER)
    known = rows.values_list("code", flat=True).first()
    return () if known is None else (refusal("quality-case-twice", column_named(CASE_COLUMNS, "code"), given=known),)


def _missing(values: Mapping[str, Any], state: Any) -> list[str]:  # noqa: ANN401 - a state as it was read
    wanted = [
        *(("owner_words", "due_on") if state in _OWNED else ()),
        *(("cause_kind", "cause") if state in _CAUSED else ()),
        *(("closed_on",) if state in _OVER else ()),
    ]
    return [name for name in wanted if not values.get(name)]


def _after_cases(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    for plan in plans:
        if plan.action is RowAction.CREATE:
            row = QualityCase.objects.get(code=plan.values["code"])
            note_quality_event(context, row, "import", "", {}).save()


def _exported_cases(actor: Actor) -> Iterable[Mapping[str, object]]:
    plain_names = ("code", "side", "rule", "state", "opened_on", "due_on", "cause_kind", "cause", "closed_on")
    for row in queries.cases(actor).order_by("code"):
        yield {
            **{name: getattr(row, name) for name in (*plain_names, "provenance")},
            "unit_code": row.node.code,
            "indicator_code": row.indicator,
            "period": period_code(row.period, row.signal_start),
            "owner_words": row.owner_words or (str(row.owner) if row.owner else ""),
        }


def _cases_to_write(actor: Actor, codes: Collection[str]) -> Mapping[str, int]:
    rows = QualityCase.objects.filter(code__in=list(codes))
    return dict(scoped_for(actor, rows, Permission.parse(WRITE)).values_list("code", "pk"))


def _check_action(_actor: Actor, decided: Decided) -> Problems:
    values = decided.plan.values
    if decided.plan.action is RowAction.UNCHANGED:
        return ()
    given = decided.plan.row.values["case_code"]
    if decided.kept is not None:
        return (refusal("quality-case-moves-here", column_named(ACTION_COLUMNS, "case_code"), given=given),)
    if bool(values.get("done_on")) is not bool(values.get("evidence")):
        name = "evidence" if values.get("done_on") else "done_on"
        return (refusal("quality-incomplete", column_named(ACTION_COLUMNS, name), given=name),)
    if values.get("done_on") and values.get("dropped_because"):
        name = "dropped_because"
        return (refusal("quality-incomplete", column_named(ACTION_COLUMNS, name), given="done_on"),)
    return ()


def _check_check(actor: Actor, decided: Decided) -> Problems:
    if decided.plan.action is RowAction.UNCHANGED or actor.is_service:
        return ()
    return (refusal("quality-checked-here", column_named(CHECK_COLUMNS, "verdict")),)


def register() -> None:
    """Register the tables: cases, then what belongs to them."""
    register_refusals(REFUSALS)
    kept = ("code", "side", "rule", "state", "opened_on", "owner_words", "due_on", "cause_kind", "cause", "closed_on")
    cases = Shape(
        "quality_cases",
        CASE_COLUMNS,
        QualityCase,
        ("code",),
        ("code",),
        plain(*kept, "provenance"),
        (Reference("unit_code", "node_id", nodes_within),),
        rows_by("code", QualityCase),
        _exported_cases,
        refine=_refine_case,
        check=_check_case,
        after=_after_cases,
    )
    register_table_kind(kind_of(cases, WRITE, ("Quality control cases", "质控问题")))
    of_case = Reference("case_code", "case_id", _cases_to_write)
    for name, columns, model, key, check, title in (
        ("quality_actions", ACTION_COLUMNS, QualityAction, "number", _check_action, ("Corrective actions", "整改措施")),
        (
            "quality_checks",
            CHECK_COLUMNS,
            QualityCheck,
            "checked_on",
            _check_check,
            ("Checks of actions", "整改效果核查"),
        ),
    ):
        names = [column.name for column in columns if column.name != "case_code"]
        shape = Shape(
            name,
            columns,
            model,
            ("case_id", key),
            ("case_code", key),
            plain(*names),
            (of_case,),
            rows_by("case_id", model),
            exporter(
                lambda model=model, key=key: model._default_manager.order_by("case__code", key),  # type: ignore[misc]
                {**{each: each for each in names}, "case_code": "case__code"},
            ),
            check=check,
        )
        register_table_kind(kind_of(shape, WRITE, title))
