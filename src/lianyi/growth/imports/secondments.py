"""The tables of secondments: goals, and checks after the return."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Model

from lianyi.accounts.actors import Actor
from lianyi.dispatch.models import Posting, PostingKind
from lianyi.errors import LianyiError
from lianyi.growth.commands.secondments import check_goal, check_return, may_check, may_keep_secondment
from lianyi.growth.imports.training import refused_in_words
from lianyi.growth.models.secondments import ReturnCheck, ReturnOutcome, SecondmentGoal, WantedLevel
from lianyi.partnerships.import_columns import AGREEMENT_CODE, choices_of
from lianyi.partnerships.table_shapes import Reference, Shape, agreements_for, exporter, kind_of, plain, rows_by
from lianyi.registry.imports.declaring import PROVENANCE, choice, code, day, text, whole
from lianyi.registry.imports.kinds import RowAction, register_table_kind
from lianyi.registry.imports.planning import Decided, Problems, Values
from lianyi.registry.imports.refusals import column_named, refusal, register_refusals
from lianyi.tabular.rows import ParsedRow

PERMISSION = "training.write"
_POSTING = (AGREEMENT_CODE, code("posting_code", "Posting number", "派驻编号", 40, required=True))
GOAL_COLUMNS = (
    *_POSTING,
    whole("number", "Number", "序号", required=True, most=99),
    text("technique_code", "Technique", "技术代码", 64),
    text("words", "Goal in words", "目标", 300),
    choice("level", "Level wanted at home", "期望水平", choices_of(WantedLevel.choices), required=True),
    PROVENANCE,
)
CHECK_COLUMNS = (
    *_POSTING,
    whole("months", "Months after the return", "返院后月数", required=True, most=60),
    day("checked_on", "Checked on", "核查日期", required=True),
    choice("outcome", "What was found", "核查结果", choices_of(ReturnOutcome.choices), required=True),
    text("evidence", "What shows it", "依据", 400, required=True),
    PROVENANCE,
)
REFUSALS = {
    "secondment-not-yours": (
        "“{given}” is not a secondment that you may write about; a return is checked by the home institution.",
        "您不能登记“{given}”：返院核查由派出机构的其他人员进行。",
    ),
    "return-recorded": (
        "this check is on record ({outcome}); correct it on its page, with a reason.",
        "该次核查已登记（{outcome}），请在其页面更正并说明原因。",
    ),
}


def _refine(row: ParsedRow, values: Values) -> Problems:
    agreement = values.pop("agreement_id")
    given = row.values["posting_code"]
    rows = Posting.objects.filter(agreement_id=agreement, code=given, kind=PostingKind.SECONDMENT_UP)
    posting = rows.values_list("pk", flat=True).first()
    if posting is None:
        return (refusal("not-in-reach", column_named(_POSTING, "posting_code"), given=given),)
    values["posting_id"] = posting
    return ()


def _checking(
    model: type[Model], ask: Callable[[Any], None], may_write: Callable[[Actor, Posting], bool]
) -> Callable[[Actor, Decided], Problems]:
    def check(actor: Actor, decided: Decided) -> Problems:
        if decided.plan.action is RowAction.UNCHANGED:
            return ()
        posting = Posting.objects.select_related("staff").get(pk=decided.plan.values["posting_id"])
        if not may_write(actor, posting):
            return (refusal("secondment-not-yours", given=posting.code),)
        if decided.kept is not None and model is ReturnCheck:
            return (refusal("return-recorded", outcome=ReturnCheck.objects.get(pk=decided.kept["pk"]).outcome),)
        row = model() if decided.kept is None else model._default_manager.get(pk=decided.kept["pk"])
        for name, value in decided.plan.values.items():
            setattr(row, name, value)
        try:
            ask(row)
        except LianyiError as error:
            return (refused_in_words(error),)
        return ()

    return check


def _exported(actor: Actor, model: type[Model], columns: tuple[str, ...]) -> Any:  # noqa: ANN401 - rows of an export
    named = {"agreement_code": "posting__agreement__code", "posting_code": "posting__code", **plain(*columns)}
    order = ("posting__agreement__code", "posting__code", "pk")
    return exporter(lambda: model._default_manager.order_by(*order), named)(actor)


def _shape(
    name: str, model: type[Model], key: str, columns: tuple[Any, ...], check: Callable[[Actor, Decided], Problems]
) -> Shape:
    own = tuple(each.name for each in columns if each.name not in ("agreement_code", "posting_code"))
    return Shape(
        name,
        columns,
        model,
        ("posting_id", key),
        ("agreement_code", "posting_code", key),
        plain(*own),
        (Reference("agreement_code", "agreement_id", agreements_for(PERMISSION)),),
        rows_by("posting_id", model),
        lambda actor: _exported(actor, model, own),
        refine=_refine,
        check=check,
    )


def register() -> None:
    """Register the tables in the order of loading; once, when the application starts."""
    register_refusals(REFUSALS)
    goals = _checking(SecondmentGoal, check_goal, may_keep_secondment)
    checks = _checking(ReturnCheck, check_return, may_check)
    for shape, title in (
        (
            _shape("secondment_goals", SecondmentGoal, "number", GOAL_COLUMNS, goals),
            ("Goals of secondments", "进修目标"),
        ),
        (_shape("return_checks", ReturnCheck, "months", CHECK_COLUMNS, checks), ("Checks after a return", "返院核查")),
    ):
        register_table_kind(kind_of(shape, PERMISSION, title))
