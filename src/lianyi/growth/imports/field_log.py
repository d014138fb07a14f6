"""The table of the field log: one row for each posting and day; a day on record is corrected on its page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from lianyi.accounts.actors import Actor
from lianyi.dispatch.models import Posting
from lianyi.errors import LianyiError
from lianyi.growth.field_log_rules import COUNTS, MOST, MOST_TEACHING_MINUTES, check_entry, may_log
from lianyi.growth.imports.training import counts_in, refused_in_words
from lianyi.growth.models.field_log import FieldLogEntry
from lianyi.growth.queries.field_log import entries, standing
from lianyi.growth.training_checks import PEOPLE_KEYS
from lianyi.partnerships.import_columns import AGREEMENT_CODE
from lianyi.partnerships.table_shapes import Reference, Shape, agreements_for, kind_of, plain
from lianyi.registry.imports.declaring import PROVENANCE, code, day, text, whole
from lianyi.registry.imports.kinds import RowAction, register_table_kind
from lianyi.registry.imports.planning import Decided, Problems, Values
from lianyi.registry.imports.refusals import column_named, refusal, register_refusals
from lianyi.tabular.rows import ParsedRow

PERMISSION = "training.write"
COLUMNS = (
    AGREEMENT_CODE,
    code("posting_code", "Posting number", "派驻编号", 40, required=True),
    day("day", "Day", "日期", required=True),
    whole("outpatients", "Outpatients", "门诊人次", most=MOST),
    whole("ward_rounds", "Ward rounds", "查房次数", most=MOST),
    whole("operations", "Operations", "手术例数", most=MOST),
    whole("teaching_minutes", "Minutes of teaching", "带教分钟", most=MOST_TEACHING_MINUTES),
    text("people", "Patients by sex and age", "按性别年龄人数", 400),
    text("words", "In words", "文字说明", 1000),
    PROVENANCE,
)
REFUSALS = {
    "field-log-recorded": (
        "this day has an entry (version {number}); correct it on its page, where both stay readable.",
        "该日已有记录（第 {number} 版），请在其页面更正，原记录会保留。",
    ),
    "field-log-not-yours": (
        "“{given}” is not a posting whose log you write.",
        "您不能登记派驻“{given}”的日志。",
    ),
}


def _among(wanted: Sequence[Values]) -> QuerySet[FieldLogEntry, Any]:
    rows = FieldLogEntry.objects.filter(posting_id__in={values["posting_id"] for values in wanted})
    return standing(rows).order_by("pk")


def _refine(row: ParsedRow, values: Values) -> Problems:
    agreement, given = values.pop("agreement_id"), row.values["posting_code"]
    posting = Posting.objects.filter(agreement_id=agreement, code=given).values_list("pk", flat=True).first()
    if posting is None:
        return (refusal("not-in-reach", column_named(COLUMNS, "posting_code"), given=given),)
    values["posting_id"] = posting
    if "people" in row.values:
        people = counts_in(str(row.values["people"] or ""), PEOPLE_KEYS)
        if people is None:
            return (refusal("training-counts", column_named(COLUMNS, "people"), given=row.values["people"]),)
        values["people"] = people
    return ()


def _check(actor: Actor, decided: Decided) -> Problems:
    if decided.plan.action is RowAction.UNCHANGED:
        return ()
    posting = Posting.objects.select_related("staff", "team__leader").get(pk=decided.plan.values["posting_id"])
    if not may_log(actor, posting):
        return (refusal("field-log-not-yours", given=posting.code),)
    if decided.kept is not None:
        number = FieldLogEntry.objects.get(pk=decided.kept["pk"]).number
        return (refusal("field-log-recorded", number=number),)
    try:
        check_entry(FieldLogEntry(**decided.plan.values))
    except LianyiError as error:
        return (refused_in_words(error),)
    return ()


def _export(actor: Actor) -> Iterable[Mapping[str, Any]]:
    for row in entries(actor).order_by("posting__agreement__code", "posting__code", "day"):
        yield {
            "agreement_code": row.posting.agreement.code,
            "posting_code": row.posting.code,
            **{name: getattr(row, name) for name in ("day", *COUNTS, "words", "provenance")},
            "people": "; ".join(f"{name}={count}" for name, count in row.people.items()) or None,
        }


def register() -> None:
    """Register the table; once, when the application starts."""
    register_refusals(REFUSALS)
    shape = Shape(
        "field_log",
        COLUMNS,
        FieldLogEntry,
        ("posting_id", "day"),
        ("agreement_code", "posting_code", "day"),
        plain("day", *COUNTS, "words", "provenance"),
        (Reference("agreement_code", "agreement_id", agreements_for(PERMISSION)),),
        _among,
        _export,
        refine=_refine,
        check=_check,
    )
    register_table_kind(kind_of(shape, PERMISSION, ("Field log", "工作日志")))
