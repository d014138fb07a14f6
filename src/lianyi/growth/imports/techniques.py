"""The tables of techniques and of their cases, in and out."""

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
from lianyi.dispatch.models import Posting
from lianyi.errors import LianyiError
from lianyi.growth.commands.logbooks import link_lines_to_cases
from lianyi.growth.commands.technique_cases import check_case
from lianyi.growth.commands.techniques import check_technique, note_of, take_names_of_catalogue
from lianyi.growth.models import (
    CasePart,
    DepartmentTechnique,
    LogbookLine,
    TechniqueCase,
    TechniqueState,
    TechniqueStep,
)
from lianyi.growth.technique_authority import may_write
from lianyi.pages.errors import message_of
from lianyi.partnerships.import_columns import AGREEMENT_CODE, choices_of
from lianyi.partnerships.models import Duty
from lianyi.partnerships.table_shapes import (
    Reference,
    Shape,
    agreements_for,
    institutions_known,
    kind_of,
    plain,
    rows_by,
)
from lianyi.registry.imports.declaring import INSTITUTION_CODE, PROVENANCE, choice, code, day, text, whole
from lianyi.registry.imports.kinds import RowAction, RowPlan, register_table_kind
from lianyi.registry.imports.planning import Decided, Problems, Values
from lianyi.registry.imports.refusals import column_named, refusal, register_refusals
from lianyi.registry.models import Department, Staff
from lianyi.tabular.columns import Column
from lianyi.tabular.problems import CellProblem
from lianyi.tabular.rows import ParsedRow

PERMISSION = "growth.write"
SIGNED_FIELDS = ("ready_on", "independent_from", "proposed_by_staff_id", "signed_by_staff_id")
TECHNIQUE_COLUMNS: tuple[Column, ...] = (
    AGREEMENT_CODE,
    code("code", "Number", "编号", 40, required=True),
    INSTITUTION_CODE,
    code("department_code", "Department code", "科室代码", 32, required=True),
    code("item", "Technique of the catalogue", "目录技术代码", 60),
    text("name_zh", "Chinese name", "名称", 100),
    text("name_en", "English name", "英文名称", 100),
    code("duty_code", "Duty code", "职责代码", 32),
    code("duty_agreement_code", "Agreement of the duty, where another", "职责所属协议代码（如为其他协议）", 32),
    day("chosen_on", "Chosen on", "选定日期", required=True),
    text("reason", "Why this technique", "选择理由", 2000),
    day("ready_on", "Preconditions confirmed on", "条件确认日期"),
    day("independent_from", "Done alone from", "独立开展日期"),
    code("proposer_institution_code", "Proposed by (institution code)", "提出人机构代码", 32),
    code("proposer_code", "Proposed by (staff number)", "提出人工号", 32),
    code("signer_code", "Signed by (staff number)", "签字人工号", 32),
    PROVENANCE,
)
CASE_COLUMNS: tuple[Column, ...] = (
    code("technique_code", "Technique number", "技术编号", 40, required=True),
    day("done_on", "Done on", "日期", required=True),
    choice("part", "Part of the local person", "本院人员参与方式", choices_of(CasePart.choices), required=True),
    code("local_staff_code", "Local person (staff number)", "本院人员工号", 32),
    code("posting_code", "Posting of the teacher", "带教派驻编号", 40),
    whole("count", "Cases", "例数", required=True, most=200),
    whole("complications", "Cases with complications", "并发症例数", most=200),
    text("note", "Note", "备注", 300),
    PROVENANCE,
)
REFUSALS = {
    "technique-signed-by-table": (
        "is signed by two people on the page of the technique; a table brings in only what was reported or is sample.",
        "须由两人在技术页面上签字；表格只能导入报道或样例性质的签字记录。",
    ),
    "technique-signed-incomplete": (
        "a signature needs the day, the person of the side that teaches and another of the home side.",
        "签字须同时有日期、带教方人员和本院另一人员。",
    ),
    "technique-worked-on": (
        "has steps on record; change it on its page.",
        "已有办理记录，请在其页面上修改。",
    ),
    "technique-case-on-record": (
        "these people have another number on record for the day ({given}); take it back on the page of the technique.",
        "同一天同一人员已有记录（{given}例）；请先在技术页面撤回再登记。",
    ),
}


def _techniques(actor: Actor, codes: Collection[str]) -> Mapping[str, int]:
    rows = DepartmentTechnique.objects.filter(code__in=list(codes))
    found = scoped_for(actor, rows.select_related("department"), Permission.parse(PERMISSION))
    return {row.code: row.pk for row in found if may_write(actor, row)}


def _refine_technique(row: ParsedRow, values: Values) -> Problems:
    """Resolve department, duty and the people who signed."""
    columns, given = TECHNIQUE_COLUMNS, row.values
    problems: list[CellProblem] = []
    wards = Department.objects.filter(institution_id=values["institution_id"], code=given["department_code"])
    values["department_id"] = wards.values_list("pk", flat=True).first()
    if values["department_id"] is None:
        problems.append(_unknown(columns, "department_code", given))
    if given.get("duty_code"):
        duties = Duty.objects.filter(code=given["duty_code"])
        other = given.get("duty_agreement_code")
        where = {"agreement__code": other} if other else {"agreement_id": values["agreement_id"]}
        duties = duties.filter(**where)
        values["duty_id"] = duties.values_list("pk", flat=True).first()
        if values["duty_id"] is None:
            problems.append(_unknown(columns, "duty_code", given))
    values["proposed_by_staff_id"] = _person(
        given, "proposer_code", {"institution__code": given.get("proposer_institution_code")}, problems
    )
    values["signed_by_staff_id"] = _person(given, "signer_code", {"institution_id": values["institution_id"]}, problems)
    # An empty cell says nothing about a signature: those of the pages are none of the table's.
    for name in [name for name in SIGNED_FIELDS if values.get(name) is None]:
        values.pop(name, None)
    if "independent_from" in values:
        values["state"] = TechniqueState.SIGNED.value
    return tuple(problems)


def _person(given: Mapping[str, Any], column: str, where: Mapping[str, Any], problems: list[CellProblem]) -> int | None:
    if not given.get(column):
        return None
    pk = Staff.objects.filter(code=given[column], **where).values_list("pk", flat=True).first()
    if pk is None:
        problems.append(_unknown(TECHNIQUE_COLUMNS, column, given))
    return pk


def _unknown(columns: tuple[Column, ...], name: str, given: Mapping[str, Any]) -> CellProblem:
    return refusal("not-in-reach", column_named(columns, name), given=given[name])


def _signature_problems(row: ParsedRow, values: Mapping[str, Any]) -> Problems:
    """Signatures given now are given on the page, by two people; a table tells of those of before."""
    column = column_named(TECHNIQUE_COLUMNS, "independent_from")
    said = [name for name in SIGNED_FIELDS if name in values]
    if said and values.get("provenance", Provenance.RECORDED) == Provenance.RECORDED:
        return (refusal("technique-signed-by-table", column),)
    signed = [name in values for name in SIGNED_FIELDS if name != "ready_on"]
    is_of_home = row.values.get("proposer_institution_code") == row.values["institution_code"]
    if any(signed) and (not all(signed) or is_of_home):
        return (refusal("technique-signed-incomplete", column),)
    return ()


def _refine_case(row: ParsedRow, values: Values) -> Problems:
    columns, given = CASE_COLUMNS, row.values
    technique = DepartmentTechnique.objects.get(pk=values["technique_id"])
    problems: list[CellProblem] = []
    values["local_staff_id"] = values["posting_id"] = None
    if given.get("local_staff_code"):
        people = Staff.objects.filter(institution_id=technique.institution_id, code=given["local_staff_code"])
        values["local_staff_id"] = people.values_list("pk", flat=True).first()
        if values["local_staff_id"] is None:
            problems.append(_unknown(columns, "local_staff_code", given))
    if given.get("posting_code"):
        postings = Posting.objects.filter(agreement_id=technique.agreement_id, code=given["posting_code"])
        values["posting_id"] = postings.values_list("pk", flat=True).first()
        if values["posting_id"] is None:
            problems.append(_unknown(columns, "posting_code", given))
    return tuple(problems)


def _row_of(model: type[Model], decided: Decided) -> Any:  # noqa: ANN401 - a row of one of the two models
    row = model() if decided.kept is None else model._default_manager.get(pk=decided.kept["pk"])
    for name, value in decided.plan.values.items():
        setattr(row, name, value)
    return row


def _said_by(check: Callable[[], None]) -> Problems:
    """Ask of a row what the commands ask of what people type, and say a refusal in both languages."""
    try:
        check()
    except LianyiError as error:
        with override("en"):
            english = message_of(error)
        with override("zh-hans"):
            chinese = message_of(error)
        return (CellProblem("refused", {"reason": error.code, "reason_en": english, "reason_zh": chinese}),)
    return ()


def _check_technique(_actor: Actor, decided: Decided) -> Problems:
    if decided.plan.action is RowAction.UNCHANGED:
        return ()
    if decided.kept is not None and _was_worked_on(decided.kept["pk"]):
        return (refusal("technique-worked-on", column_named(TECHNIQUE_COLUMNS, "code")),)
    if problems := _signature_problems(decided.plan.row, decided.plan.values):
        return problems
    row = _row_of(DepartmentTechnique, decided)
    take_names_of_catalogue(row)
    decided.plan.values["name_zh"], decided.plan.values["name_en"] = row.name_zh, row.name_en  # type: ignore[index]
    return _said_by(lambda: check_technique(row))


def _was_worked_on(pk: int) -> bool:
    return TechniqueStep.objects.filter(technique_id=pk).exclude(step="import").exists()


def _check_case(_actor: Actor, decided: Decided) -> Problems:
    if decided.plan.action is RowAction.UNCHANGED:
        return ()
    if decided.kept is not None:
        kept = TechniqueCase.objects.get(pk=decided.kept["pk"])
        return (refusal("technique-case-on-record", column_named(CASE_COLUMNS, "count"), given=kept.count),)
    return _said_by(lambda: check_case(_row_of(TechniqueCase, decided)))


def _note_techniques(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    codes = [plan.values["code"] for plan in plans if plan.action in (RowAction.CREATE, RowAction.UPDATE)]
    rows = DepartmentTechnique.objects.filter(code__in=codes).order_by("pk")
    steps = [note_of(context, row, "import", "", row.chosen_on) for row in rows]
    TechniqueStep.objects.bulk_create(steps, batch_size=1000)


def _link_cases(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    """Link the lines of logbooks that say the same event as a case that the table brought."""
    new = [plan.values for plan in plans if plan.action is RowAction.CREATE]
    said = {"goal__technique_id__in": {values["technique_id"] for values in new}}
    link_lines_to_cases(context, LogbookLine.objects.filter(**said, done_on__in={each["done_on"] for each in new}))


def _standing_cases(wanted: Sequence[Values]) -> QuerySet[TechniqueCase, Any]:
    rows = TechniqueCase.objects.filter(technique_id__in={values["technique_id"] for values in wanted})
    return rows.filter(reverses__isnull=True, reversed_by__isnull=True).order_by("pk")


def _export_techniques(actor: Actor) -> Iterable[Mapping[str, Any]]:
    fields = {
        **plain("code", "item", "name_zh", "name_en", "chosen_on", "reason", "ready_on", "independent_from"),
        "provenance": "provenance",
        "agreement_code": "agreement__code",
        "institution_code": "institution__code",
        "department_code": "department__code",
        "duty_code": "duty__code",
        "duty_agreement_code": "duty__agreement__code",
        "proposer_institution_code": "proposed_by_staff__institution__code",
        "proposer_code": "proposed_by_staff__code",
        "signer_code": "signed_by_staff__code",
    }
    rows = scoped(actor, DepartmentTechnique.objects.order_by("agreement__code", "code"))
    for *found, state in rows.values_list(*fields.values(), "state"):
        row = dict(zip(fields, found, strict=True))
        # What is only proposed is no signature.
        yield row if state == TechniqueState.SIGNED else {**row, "independent_from": None}


def _export_cases(actor: Actor) -> Iterable[Mapping[str, Any]]:
    fields = {
        "technique_code": "technique__code",
        **plain("done_on", "part", "count", "complications", "note", "provenance"),
        "local_staff_code": "local_staff__code",
        "posting_code": "posting__code",
    }
    rows = scoped(actor, TechniqueCase.objects.filter(reverses__isnull=True, reversed_by__isnull=True))
    for found in rows.order_by("technique__code", "done_on", "pk").values_list(*fields.values()):
        yield dict(zip(fields, found, strict=True))


def register() -> None:
    """Register the tables in the order of loading; once, when the application starts."""
    register_refusals(REFUSALS)
    agreement = Reference("agreement_code", "agreement_id", agreements_for(PERMISSION))
    institution = Reference("institution_code", "institution_id", institutions_known)
    techniques = Shape(
        "techniques",
        TECHNIQUE_COLUMNS,
        DepartmentTechnique,
        ("code",),
        ("code",),
        plain(
            "code", "item", "name_zh", "name_en", "chosen_on", "reason", "ready_on", "independent_from", "provenance"
        ),
        (agreement, institution),
        rows_by("code", DepartmentTechnique),
        _export_techniques,
        refine=_refine_technique,
        check=_check_technique,
        after=_note_techniques,
    )
    cases = Shape(
        "technique_cases",
        CASE_COLUMNS,
        TechniqueCase,
        ("technique_id", "done_on", "part", "local_staff_id", "posting_id"),
        ("technique_code", "done_on", "part", "local_staff_code", "posting_code"),
        plain("done_on", "part", "count", "complications", "note", "provenance"),
        (Reference("technique_code", "technique_id", _techniques),),
        _standing_cases,
        _export_cases,
        refine=_refine_case,
        check=_check_case,
        after=_link_cases,
    )
    register_table_kind(kind_of(techniques, PERMISSION, ("Techniques of departments", "科室新技术")))
    register_table_kind(kind_of(cases, PERMISSION, ("Cases of techniques", "新技术例次")))
