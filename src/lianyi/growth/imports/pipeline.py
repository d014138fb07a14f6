"""The tables of the pipeline: projects, steps, partners, approvals, gains, institutions, checks of use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet

from lianyi.accounts.access import scoped, scoped_for
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.roles import Permission
from lianyi.errors import InvalidInputError
from lianyi.growth.imports.projects import asked
from lianyi.growth.models import (
    EthicsApproval,
    GainKind,
    Innovation,
    InnovationGain,
    InnovationKind,
    InnovationPartner,
    InnovationState,
    InnovationStep,
    InnovationUse,
    InnovationUseCheck,
    PartnerKind,
)
from lianyi.growth.pipeline_authority import writes_innovations
from lianyi.growth.pipeline_checks import (
    check_approval,
    check_gain,
    check_innovation,
    check_partner,
    check_use,
    check_use_check,
)
from lianyi.growth.pipeline_machine import PIPELINE_STEP_BY_NAME, PIPELINE_STEPS
from lianyi.growth.pipeline_stages import stages_on
from lianyi.growth.projects_checks import check_past
from lianyi.partnerships.import_columns import choices_of
from lianyi.partnerships.models import Duty
from lianyi.partnerships.table_shapes import Reference, Shape, agreements_for, exporter, kind_of, plain, rows_by
from lianyi.registry.imports.declaring import (
    INSTITUTION_CODE,
    PROVENANCE,
    SOURCE,
    choice,
    code,
    day,
    text,
    whole,
    yes_no,
)
from lianyi.registry.imports.kinds import RowAction, RowPlan, register_table_kind
from lianyi.registry.imports.planning import Decided, Problems, Values
from lianyi.registry.imports.refusals import column_named, refusal, register_refusals
from lianyi.registry.models import Department, Institution
from lianyi.tabular.columns import Column, ColumnKind
from lianyi.tabular.rows import ParsedRow

PERMISSION = "growth.write"
_INNOVATION = code("innovation_code", "Code of the pipeline project", "转化项目代码", 32, required=True)
_NUMBER = whole("number", "Number", "序号", required=True, most=999)
_STAGE = code("stage", "Stage", "阶段", 32, required=True)
_STEP_CHOICES = choices_of([(step.name, step.label) for step in PIPELINE_STEPS])
TITLES = {
    "innovations": ("Projects of the pipeline", "转化项目"),
    "innovation_steps": ("Steps in the pipeline", "转化步骤"),
    "innovation_partners": ("Partners in the pipeline", "转化合作方"),
    "ethics_approvals": ("Ethics approvals", "伦理批件"),
    "innovation_gains": ("What the pipeline brought", "转化成效"),
    "innovation_uses": ("Institutions that use results", "成果应用机构"),
    "innovation_use_checks": ("Checks of use", "应用核查"),
}
COLUMNS: dict[str, tuple[Column, ...]] = {
    "innovations": (
        code("code", "Code", "代码", 32, required=True),
        text("title_zh", "Chinese title", "名称", 200, required=True),
        text("title_en", "English title", "英文名称", 200),
        choice("kind", "Kind", "类型", choices_of(InnovationKind.choices), required=True),
        INSTITUTION_CODE,
        code("department_code", "Department code", "科室代码", 32),
        code("agreement_code", "Agreement code", "协议代码", 32),
        code("duty_code", "Duty code", "职责代码", 32),
        day("started_on", "Started on", "开始日期", required=True),
        text("problem_zh", "Clinical problem (Chinese)", "临床问题", 500),
        text("problem_en", "Clinical problem (English)", "临床问题（英文）", 500),
        SOURCE,
        PROVENANCE,
    ),
    "innovation_steps": (
        _INNOVATION,
        _NUMBER,
        day("on", "Day", "日期", required=True),
        _STAGE,
        choice("step", "Step", "步骤", _STEP_CHOICES, required=True),
        text("evidence", "What shows it", "证据", 1000),
        text("reason", "Reason", "原因", 1000),
        PROVENANCE,
    ),
    "innovation_partners": (
        _INNOVATION,
        _NUMBER,
        choice("kind", "Kind", "类型", choices_of(PartnerKind.choices), required=True),
        code("institution_code", "Institution code", "机构代码", 32),
        text("name_zh", "Chinese name", "名称", 200),
        text("name_en", "English name", "英文名称", 200),
        text("part", "Part in it", "分工", 200, required=True),
        Column("share_percent", "Share of rights (%)", "权益比例（%）", ColumnKind.DECIMAL, True, example="40"),
        day("starts_on", "From", "开始日期", required=True),
        day("ends_on", "To", "结束日期"),
        PROVENANCE,
    ),
    "ethics_approvals": (
        _INNOVATION,
        code("approval_number", "Number of the approval", "批件编号", 64, required=True),
        text("committee", "Committee", "伦理委员会", 200, required=True),
        day("approved_on", "Approved on", "批准日期", required=True),
        day("valid_to", "Valid to", "有效期至", required=True),
        PROVENANCE,
    ),
    "innovation_gains": (
        _INNOVATION,
        _NUMBER,
        _STAGE,
        choice("kind", "Kind", "类型", choices_of(GainKind.choices), required=True),
        Column("quantity", "How much", "数量", ColumnKind.DECIMAL, required=True, minimum=Decimal(0), example="120000"),
        day("on", "Day", "日期", required=True),
        text("words", "In words", "说明", 300),
        whole("corrects_number", "Corrects line", "更正序号", most=999),
        PROVENANCE,
    ),
    "innovation_uses": (
        _INNOVATION,
        INSTITUTION_CODE,
        day("first_used_on", "First used on", "首次应用日期", required=True),
        PROVENANCE,
    ),
    "innovation_use_checks": (
        _INNOVATION,
        INSTITUTION_CODE,
        day("checked_on", "Checked on", "核查日期", required=True),
        yes_no("still_used", "Still in use", "仍在使用"),
        text("note", "Note", "备注", 300),
        PROVENANCE,
    ),
}  # fmt: skip
REFUSALS = {
    "pipeline-steps-on-page": (
        "steps of the past are brought by the installer only; take the step on the page of the project.",
        "历史步骤只能由系统安装者导入，请在项目页面上操作。",
    ),
    "pipeline-on-record": (
        "the row is on record and is not changed. Correct it on the page of the project.",
        "该行已登记，不能修改，请在项目页面上更正。",
    ),
}


def _institutions(actor: Actor, codes: Collection[str]) -> dict[str, int]:
    rows = scoped(actor, Institution.objects.filter(code__in=list(codes)))
    return dict(rows.values_list("code", "pk"))


def _innovations(actor: Actor, codes: Collection[str]) -> Mapping[str, int]:
    rows = scoped_for(actor, Innovation.objects.filter(code__in=list(codes)), Permission.parse(PERMISSION))
    return {row.code: row.pk for row in rows if writes_innovations(actor, row.department_id)}


_INSTITUTION = Reference("institution_code", "institution_id", _institutions)
_OF_INNOVATION = Reference("innovation_code", "innovation_id", _innovations)


def _refine_innovation(row: ParsedRow, values: Values) -> Problems:
    """Look the department up, and put a new project at the first stage of its first day."""
    given = row.values.get("department_code")
    if "department_code" in row.values:
        found = Department.objects.filter(institution_id=values["institution_id"], code=str(given))
        values["department_id"] = None if given is None else found.values_list("pk", flat=True).first()
        if given is not None and values["department_id"] is None:
            return (refusal("not-in-reach", column_named(COLUMNS["innovations"], "department_code"), given=given),)
    if "duty_code" in row.values:
        given = row.values["duty_code"]
        duties = Duty.objects.filter(agreement_id=values.get("agreement_id") or 0, code=str(given))
        values["duty_id"] = None if given is None else duties.values_list("pk", flat=True).first()
        if given is not None and values["duty_id"] is None:
            return (refusal("not-in-reach", column_named(COLUMNS["innovations"], "duty_code"), given=given),)
    if not Innovation.objects.filter(code=values["code"]).exists():
        values["stage"] = stages_on(values["started_on"]).stages[0].id
    return ()


def _refine_use_check(row: ParsedRow, values: Values) -> Problems:
    innovation, institution = values.pop("innovation_id"), values.pop("institution_id")
    use = InnovationUse.objects.filter(innovation_id=innovation, institution_id=institution).first()
    if use is None:
        column = column_named(COLUMNS["innovation_use_checks"], "institution_code")
        return (refusal("not-in-reach", column, given=row.values["institution_code"]),)
    values["use_id"] = use.pk
    return ()


def _refine_gain(row: ParsedRow, values: Values) -> Problems:
    given = row.values.get("corrects_number")
    if given is None:
        return ()
    number = int(str(given))
    wrong = InnovationGain.objects.filter(innovation_id=values["innovation_id"], number=number).first()
    if wrong is not None:
        values["corrects_id"] = wrong.pk
    elif number >= values["number"]:
        # Only an earlier line of the same file can still come.
        return (refusal("not-in-reach", column_named(COLUMNS["innovation_gains"], "corrects_number"), given=given),)
    return ()


def _corrected(_context: CommandContext, plans: Sequence[RowPlan]) -> None:
    """Link lines that correct an earlier line of the same file.

    Raises
    ------
    InvalidInputError
        When there is no such line.
    """
    for plan in plans:
        number = plan.row.values.get("corrects_number")
        if plan.action is not RowAction.CREATE or number is None or plan.values.get("corrects_id") is not None:
            continue
        lines = InnovationGain.objects.filter(innovation_id=plan.values["innovation_id"])
        wrong = lines.filter(number=int(str(number))).first()
        if wrong is None:
            raise InvalidInputError(
                "A line corrects another one of the same project.", field="corrects", reason="pipeline-correction"
            )
        lines.filter(number=plan.values["number"]).update(corrects=wrong)


def _anything(_actor: Actor, _decided: Decided) -> Problems:
    return ()


def _only_new(name: str, column: str) -> Callable[[Actor, Decided], Problems]:
    """Refuse a change of a row that is on record."""

    def more(_actor: Actor, decided: Decided) -> Problems:
        return () if decided.kept is None else (refusal("pipeline-on-record", column_named(COLUMNS[name], column)),)

    return more


def _only_installer(actor: Actor, _decided: Decided) -> Problems:
    if actor.is_service:
        return ()
    return (refusal("pipeline-steps-on-page", column_named(COLUMNS["innovation_steps"], "step")),)


def _check_step(row: InnovationStep) -> None:
    check_past(row.on, "on")


def _walked(_context: CommandContext, plans: Sequence[RowPlan]) -> None:
    """Put each project where its steps of the past led."""
    touched = {plan.values["innovation_id"] for plan in plans if plan.action is RowAction.CREATE}
    for row in Innovation.objects.filter(pk__in=touched):
        for each in row.steps.order_by("number"):
            _walk(row, each)
        row.save(update_fields=["stage", "state"])


def _walk(row: Innovation, line: InnovationStep) -> None:
    catalogue, step = stages_on(line.on), PIPELINE_STEP_BY_NAME[line.step]
    row.state = step.to_state.value
    if step.moves_on:
        following = catalogue.after(line.stage)
        row.stage = line.stage if following is None else following.id
        row.state = InnovationState.COMPLETED.value if following is None else row.state
    elif step.name == "back":
        places = [each.id for each in catalogue.stages]
        row.stage = places[max(0, places.index(line.stage) - 1)]


def _fields(name: str, model: type[Model]) -> dict[str, str]:
    own = {field.name for field in model._meta.concrete_fields if not field.is_relation}
    return plain(*(each.name for each in COLUMNS[name] if each.name in own))


def _shape(
    name: str,
    model: type[Model],
    key: tuple[str, ...],
    key_columns: tuple[str, ...],
    **more: Any,  # noqa: ANN401
) -> Shape:
    """Return the short form of a table that hangs on a project; what differs is given by name."""
    ways = {"innovation_code": "innovation__code", "institution_code": "institution__code", **more.pop("ways", {})}
    rows: Callable[[], QuerySet[Any, Any]] = more.pop(
        "rows", lambda: model._default_manager.order_by("innovation__code", "pk")
    )
    checks, further = more.pop("checks"), more.pop("further", _anything)
    return Shape(
        name,
        COLUMNS[name],
        model,
        key,
        key_columns,
        _fields(name, model),
        more.pop("references", (_OF_INNOVATION,)),
        rows_by(key[0], model),
        exporter(rows, {column.name: ways.get(column.name, column.name) for column in COLUMNS[name]}),
        check=asked(model, checks, further),
        **more,
    )


def _shapes() -> tuple[Shape, ...]:
    agreement = Reference("agreement_code", "agreement_id", agreements_for(PERMISSION))
    with_place = (_OF_INNOVATION, _INSTITUTION)
    return (
        _shape(
            "innovations", Innovation, ("code",), ("code",), references=(_INSTITUTION, agreement),
            rows=lambda: Innovation.objects.order_by("code"), checks=(check_innovation,), refine=_refine_innovation,
            ways={
                "department_code": "department__code", "agreement_code": "agreement__code", "duty_code": "duty__code",
            },
        ),
        _shape(
            "innovation_partners", InnovationPartner, ("innovation_id", "number"), ("innovation_code", "number"),
            references=with_place, checks=(check_partner,),
            further=_only_new("innovation_partners", "number"),
        ),
        _shape(
            "ethics_approvals", EthicsApproval, ("innovation_id", "approval_number"),
            ("innovation_code", "approval_number"), checks=(check_approval,),
            further=_only_new("ethics_approvals", "approval_number"),
        ),
        _shape(
            "innovation_uses", InnovationUse, ("innovation_id", "institution_id"),
            ("innovation_code", "institution_code"), references=with_place, checks=(check_use,),
            further=_only_new("innovation_uses", "institution_code"),
        ),
        _shape(
            "innovation_use_checks", InnovationUseCheck, ("use_id", "checked_on"),
            ("innovation_code", "institution_code", "checked_on"), references=with_place, refine=_refine_use_check,
            rows=lambda: InnovationUseCheck.objects.order_by("use__innovation__code", "use__institution__code", "pk"),
            ways={"innovation_code": "use__innovation__code", "institution_code": "use__institution__code"},
            checks=(check_use_check,), further=_only_new("innovation_use_checks", "checked_on"),
        ),
        _shape(
            "innovation_gains", InnovationGain, ("innovation_id", "number"), ("innovation_code", "number"),
            checks=(check_gain,), further=_only_new("innovation_gains", "number"), refine=_refine_gain,
            after=_corrected, ways={"corrects_number": "corrects__number"},
        ),
        _shape(
            "innovation_steps", InnovationStep, ("innovation_id", "number"), ("innovation_code", "number"),
            checks=(_check_step,), further=_only_installer, after=_walked,
        ),
    )  # fmt: skip


def register() -> None:
    """Register the tables in the order of loading; once, when the application starts."""
    register_refusals(REFUSALS)
    for shape in _shapes():
        register_table_kind(kind_of(shape, PERMISSION, TITLES[shape.name]))
