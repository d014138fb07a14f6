"""The tables of mentors: pairs, goals, logbook, levels, in and out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import override

from lianyi.accounts.access import scoped, scoped_for
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.records import Provenance
from lianyi.accounts.roles import Permission
from lianyi.errors import LianyiError
from lianyi.growth.commands.logbooks import check_line, link_lines_to_cases
from lianyi.growth.commands.mentors import check_goal, check_level, check_pair
from lianyi.growth.models import (
    DepartmentTechnique,
    LevelDecision,
    LevelState,
    LogbookLine,
    LogbookSide,
    LogbookState,
    MentorGoal,
    MentorPair,
    SupervisionLevel,
)
from lianyi.pages.errors import message_of
from lianyi.partnerships.import_columns import AGREEMENT_CODE, choices_of
from lianyi.partnerships.models import Duty
from lianyi.partnerships.table_shapes import Reference, Shape, agreements_for, exporter, kind_of, plain, rows_by
from lianyi.registry.imports.declaring import PROVENANCE, choice, code, day, text, whole
from lianyi.registry.imports.kinds import RowAction, RowPlan, register_table_kind
from lianyi.registry.imports.planning import Decided, Problems, Values
from lianyi.registry.imports.refusals import column_named, refusal, register_refusals
from lianyi.registry.models import Staff
from lianyi.tabular.columns import Column
from lianyi.tabular.problems import CellProblem
from lianyi.tabular.rows import ParsedRow

PERMISSION = "training.write"
_PAIR = code("pair_code", "Number of the pair", "结对编号", 40, required=True)
_GOAL = whole("goal_number", "Goal", "目标序号", required=True, most=999)
_LEVEL = choice("level", "Level", "层级", choices_of(SupervisionLevel.choices), required=True)
COLUMNS: dict[str, tuple[Column, ...]] = {
    "mentor_pairs": (
        AGREEMENT_CODE,
        code("code", "Number", "编号", 40, required=True),
        code("duty_code", "Duty code", "职责代码", 32),
        code("mentor_institution_code", "Mentor (institution code)", "带教人机构代码", 32, required=True),
        code("mentor_code", "Mentor (staff number)", "带教人工号", 32, required=True),
        code("apprentice_institution_code", "Apprentice (institution code)", "学员机构代码", 32, required=True),
        code("apprentice_code", "Apprentice (staff number)", "学员工号", 32, required=True),
        day("starts_on", "From", "开始日期", required=True),
        day("planned_to", "Planned to", "计划结束日期"),
        day("ended_on", "Ended on", "结束日期"),
        text("end_reason", "Why it ended", "结束原因", 2000),
        PROVENANCE,
    ),
    "mentor_goals": (
        _PAIR,
        whole("number", "Goal", "目标序号", required=True, most=999),
        code("technique_code", "Technique number", "技术编号", 40),
        text("words", "Goal in words", "目标（文字）", 200),
        _LEVEL,
        day("due_on", "Due on", "期限", required=True),
        PROVENANCE,
    ),
    "logbook_lines": (
        _PAIR,
        _GOAL,
        day("done_on", "Done on", "日期", required=True),
        _LEVEL,
        whole("count", "Cases", "例数", required=True, most=200),
        text("remark", "Remark", "备注", 300),
        choice("written_side", "Written by the", "填写方", choices_of(LogbookSide.choices), required=True),
        day("answered_on", "Confirmed on", "确认日期"),
        PROVENANCE,
    ),
    "mentor_levels": (
        _PAIR,
        _GOAL,
        _LEVEL,
        day("since", "From", "起始日期", required=True),
        code("signer_institution_code", "Signed by (institution code)", "签字人机构代码", 32),
        code("signer_code", "Signed by (staff number)", "签字人工号", 32),
        day("answered_on", "Signed on", "签字日期", required=True),
        PROVENANCE,
    ),
}
TITLES = {
    "mentor_pairs": ("Mentors and apprentices", "师带徒结对"),
    "mentor_goals": ("Goals of apprentices", "学员目标"),
    "logbook_lines": ("Lines of logbooks", "带教手册"),
    "mentor_levels": ("Levels of apprentices", "学员层级"),
}
REFUSALS = {
    "mentor-signed-by-table": (
        "is confirmed or signed by another person on the page; a table brings in only what was reported or is sample.",
        "须由另一人在页面上确认或签字；表格只能导入报道或样例性质的记录。",
    ),
    "mentor-signer": (
        "“{given}” is the mentor or the apprentice; a third person signs.",
        "“{given}”是带教人或学员本人，须由第三人签字。",
    ),
    "mentor-signer-missing": (
        "name who signed: institution and staff number.",
        "请填写签字人的机构代码和工号。",
    ),
    "mentor-on-record": (
        "stands on record otherwise; change it on the page of the pair.",
        "已有不同的记录，请在结对页面上修改。",
    ),
}


def _pairs(actor: Actor, codes: Collection[str]) -> Mapping[str, int]:
    rows = MentorPair.objects.filter(code__in=list(codes))
    return dict(scoped_for(actor, rows, Permission.parse(PERMISSION)).values_list("code", "pk"))


def _unknown(kind: str, name: str, given: Mapping[str, Any]) -> CellProblem:
    return refusal("not-in-reach", column_named(COLUMNS[kind], name), given=given[name])


def _staff(row: ParsedRow, kind: str, who: str, problems: list[CellProblem]) -> int | None:
    given = row.values
    people = Staff.objects.filter(institution__code=given[f"{who}_institution_code"], code=given[f"{who}_code"])
    pk = people.values_list("pk", flat=True).first()
    if pk is None:
        problems.append(_unknown(kind, f"{who}_code", given))
    return pk


def _refine_pair(row: ParsedRow, values: Values) -> Problems:
    problems: list[CellProblem] = []
    values["mentor_id"] = _staff(row, "mentor_pairs", "mentor", problems)
    values["apprentice_id"] = _staff(row, "mentor_pairs", "apprentice", problems)
    if row.values.get("duty_code"):
        duties = Duty.objects.filter(agreement_id=values["agreement_id"], code=row.values["duty_code"])
        values["duty_id"] = duties.values_list("pk", flat=True).first()
        if values["duty_id"] is None:
            problems.append(_unknown("mentor_pairs", "duty_code", row.values))
    return tuple(problems)


def _refine_goal(row: ParsedRow, values: Values) -> Problems:
    if row.values.get("technique_code"):
        rows = DepartmentTechnique.objects.filter(code=row.values["technique_code"])
        values["technique_id"] = rows.values_list("pk", flat=True).first()
        if values["technique_id"] is None:
            return (_unknown("mentor_goals", "technique_code", row.values),)
    return ()


def _goal_of(row: ParsedRow, values: Values, kind: str) -> Problems:
    """Replace the pair and the number by the goal that they name."""
    pair_id = values.pop("pair_id")
    where: dict[str, Any] = {"pair_id": pair_id, "number": row.values["goal_number"]}
    values["goal_id"] = MentorGoal.objects.filter(**where).values_list("pk", flat=True).first()
    return () if values["goal_id"] is not None else (_unknown(kind, "goal_number", row.values),)


def _refine_line(row: ParsedRow, values: Values) -> Problems:
    problems = _goal_of(row, values, "logbook_lines")
    if values.get("answered_on") is None:
        values.pop("answered_on", None)
        return problems
    values["state"] = LogbookState.CONFIRMED.value
    return problems


def _refine_level(row: ParsedRow, values: Values) -> Problems:
    values["state"] = LevelState.SIGNED.value
    if problems := _goal_of(row, values, "mentor_levels"):
        return problems
    if _is_signed_on_its_page(row, values):
        return ()
    if not row.values.get("signer_code") or not row.values.get("signer_institution_code"):
        return (refusal("mentor-signer-missing", column_named(COLUMNS["mentor_levels"], "signer_code")),)
    found: list[CellProblem] = []
    signer = _staff(row, "mentor_levels", "signer", found)
    problems = tuple(found)
    values["signed_by_staff_id"] = signer
    if not problems:
        people = MentorGoal.objects.values_list("pair__mentor_id", "pair__apprentice_id").get(pk=values["goal_id"])
        if signer in people:
            column = column_named(COLUMNS["mentor_levels"], "signer_code")
            return (refusal("mentor-signer", column, given=row.values["signer_code"]),)
    return problems


def _is_signed_on_its_page(row: ParsedRow, values: Values) -> bool:
    """Tell whether the level stands on record, signed on its page by whom the table names, or it names nobody."""
    said = {name: values[name] for name in ("goal_id", "since", "level")}
    kept = LevelDecision.objects.filter(**said, state=LevelState.SIGNED, signed_by__isnull=False).first()
    if kept is None or kept.signed_by_id is None:
        return False
    if not row.values.get("signer_code"):
        return True
    where = {"institution__code": row.values.get("signer_institution_code"), "code": row.values["signer_code"]}
    return Staff.objects.filter(**where, user_id=kept.signed_by_id).exists()


def _checking(kind: str, model: type[Model], check: Callable[[Any], None]) -> Callable[[Actor, Decided], Problems]:
    """Ask of a row of a table what the commands ask of what people type."""

    def run(_actor: Actor, decided: Decided) -> Problems:
        if decided.plan.action is RowAction.UNCHANGED:
            return ()
        column = column_named(COLUMNS[kind], COLUMNS[kind][0].name)
        if decided.kept is not None:
            return (refusal("mentor-on-record", column),)
        values = decided.plan.values
        if "answered_on" in values and values.get("provenance", Provenance.RECORDED) == Provenance.RECORDED:
            return (refusal("mentor-signed-by-table", column_named(COLUMNS[kind], "answered_on")),)
        row = model()
        for name, value in values.items():
            setattr(row, name, value)
        try:
            check(row)
        except LianyiError as error:
            with override("en"):
                english = message_of(error)
            with override("zh-hans"):
                chinese = message_of(error)
            return (CellProblem("refused", {"reason": error.code, "reason_en": english, "reason_zh": chinese}),)
        return ()

    return run


def _standing_lines(wanted: Sequence[Values]) -> QuerySet[LogbookLine, Any]:
    rows = LogbookLine.objects.filter(goal_id__in={values["goal_id"] for values in wanted})
    return rows.filter(state__in=(LogbookState.WRITTEN, LogbookState.CONFIRMED)).order_by("pk")


def _signed_levels(wanted: Sequence[Values]) -> QuerySet[LevelDecision, Any]:
    rows = LevelDecision.objects.filter(goal_id__in={values["goal_id"] for values in wanted})
    return rows.filter(state=LevelState.SIGNED).order_by("pk")


def _export_levels(actor: Actor) -> Iterable[Mapping[str, Any]]:
    """Return every signed level with the person who signed; whoever signed on the page is found by their account."""
    found = scoped(actor, LevelDecision.objects.filter(state=LevelState.SIGNED))
    related = found.select_related("goal__pair__apprentice", "signed_by_staff__institution")
    rows = list(related.order_by("goal__pair__code", "since", "pk"))
    people = Staff.objects.filter(user_id__in={row.signed_by_id for row in rows if row.signed_by_id is not None})
    by_account = {each.user_id: each for each in people.select_related("institution").order_by("-pk")}
    for row in rows:
        signer = row.signed_by_staff or by_account.get(row.signed_by_id)
        yield {
            "pair_code": row.goal.pair.code,
            "goal_number": row.goal.number,
            "level": row.level,
            "since": row.since,
            "signer_institution_code": None if signer is None else signer.institution.code,
            "signer_code": None if signer is None else signer.code,
            "answered_on": row.answered_on,
            "provenance": row.provenance,
        }


def _link_lines(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    """Link what came confirmed to the cases of its technique, where they are the same event."""
    goals = {plan.values["goal_id"] for plan in plans if plan.action is RowAction.CREATE}
    link_lines_to_cases(context, LogbookLine.objects.filter(goal_id__in=goals))


def _export_lines(actor: Actor) -> Iterable[Mapping[str, Any]]:
    fields = {
        "pair_code": "goal__pair__code",
        "goal_number": "goal__number",
        **plain("done_on", "level", "count", "remark", "written_side", "answered_on", "provenance"),
    }
    rows = scoped(actor, LogbookLine.objects.filter(state__in=(LogbookState.WRITTEN, LogbookState.CONFIRMED)))
    for found in rows.order_by("goal__pair__code", "done_on", "pk").values_list(*fields.values()):
        yield dict(zip(fields, found, strict=True))


def register() -> None:
    """Register the tables in the order of loading; once, when the application starts."""
    register_refusals(REFUSALS)
    agreement = Reference("agreement_code", "agreement_id", agreements_for(PERMISSION))
    pair = Reference("pair_code", "pair_id", _pairs)
    shapes = (
        Shape(
            "mentor_pairs", COLUMNS["mentor_pairs"], MentorPair, ("code",), ("code",),
            plain("code", "starts_on", "planned_to", "ended_on", "end_reason", "provenance"), (agreement,),
            rows_by("code", MentorPair),
            exporter(
                lambda: MentorPair.objects.order_by("agreement__code", "code"),
                {
                    "agreement_code": "agreement__code", "duty_code": "duty__code",
                    "mentor_institution_code": "mentor__institution__code", "mentor_code": "mentor__code",
                    "apprentice_institution_code": "apprentice__institution__code",
                    "apprentice_code": "apprentice__code",
                    **plain("code", "starts_on", "planned_to", "ended_on", "end_reason", "provenance"),
                },
            ),
            refine=_refine_pair, check=_checking("mentor_pairs", MentorPair, check_pair),
        ),
        Shape(
            "mentor_goals", COLUMNS["mentor_goals"], MentorGoal, ("pair_id", "number"), ("pair_code", "number"),
            plain("number", "words", "level", "due_on", "provenance"), (pair,), rows_by("pair_id", MentorGoal),
            exporter(
                lambda: MentorGoal.objects.order_by("pair__code", "number"),
                {
                    "pair_code": "pair__code", "technique_code": "technique__code",
                    **plain("number", "words", "level", "due_on", "provenance"),
                },
            ),
            refine=_refine_goal, check=_checking("mentor_goals", MentorGoal, check_goal),
        ),
        Shape(
            "logbook_lines", COLUMNS["logbook_lines"], LogbookLine, ("goal_id", "done_on", "level"),
            ("pair_code", "goal_number", "done_on", "level"),
            plain("done_on", "level", "count", "remark", "written_side", "answered_on", "provenance"), (pair,),
            _standing_lines, _export_lines,
            refine=_refine_line, check=_checking("logbook_lines", LogbookLine, check_line), after=_link_lines,
        ),
        Shape(
            "mentor_levels", COLUMNS["mentor_levels"], LevelDecision, ("goal_id", "since", "level"),
            ("pair_code", "goal_number", "since", "level"), plain("level", "since", "answered_on", "provenance"),
            (pair,), _signed_levels, _export_levels,
            refine=_refine_level, check=_checking("mentor_levels", LevelDecision, check_level),
        ),
    )  # fmt: skip
    for shape in shapes:
        register_table_kind(kind_of(shape, PERMISSION, TITLES[shape.name]))
