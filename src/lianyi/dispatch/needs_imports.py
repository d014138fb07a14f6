"""The table of needs: what an office wrote in a workbook, as drafts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.dispatch.authority import plans as plans_at_all
from lianyi.dispatch.models import Need, NeedEvent, NeedOrigin, NeedPriority, NeedReason, NeedState
from lianyi.partnerships.import_columns import SPECIALTY, choices_of
from lianyi.partnerships.table_shapes import (
    Reference,
    Shape,
    exporter,
    kind_of,
    plain,
    rows_by,
    specialty_problems,
)
from lianyi.registry.imports import lookups
from lianyi.registry.imports.declaring import (
    INSTITUTION_CODE,
    PROVENANCE,
    choice,
    code,
    day,
    listed,
    text,
    whole,
    yes_no,
)
from lianyi.registry.imports.kinds import RowAction, RowPlan, register_table_kind
from lianyi.registry.imports.planning import Decided, Problems, Values, order_problems
from lianyi.registry.imports.refusals import column_named, refusal, register_refusals
from lianyi.registry.models import Department, Institution
from lianyi.tabular.columns import Column
from lianyi.tabular.rows import ParsedRow

PERMISSION = "dispatch.write"
REFUSALS = {
    "need-number": (
        "give a number of people, or “yes” in number_unknown, and not both.",
        "请填写人数，或在“人数未知”栏填“是”，两者只能填一项。",
    ),
    "need-no-draft": (
        "the need “{given}” is no draft any more ({state}); have it sent back before you change it.",
        "需求“{given}”已不是草稿（{state}），请先退回再修改。",
    ),
}
_FIELDS = (
    *("code", "profession", "least_title_rank", "people", "starts_on", "ends_on", "least_term_months"),
    *("reason_code", "reason", "provenance"),
)
COLUMNS: tuple[Column, ...] = (
    INSTITUTION_CODE,
    code("code", "Number", "编号", 40, required=True),
    code("department_code", "Department code", "科室代码", 32),
    SPECIALTY,
    listed("profession", "Profession", "人员类别", "professions"),
    listed("least_title_rank", "Least title", "最低职称", "title_ranks"),
    whole("people", "Number of people", "人数", most=9999),
    yes_no("number_unknown", "Number unknown", "人数未知"),
    day("starts_on", "Wanted from", "需要起始日期"),
    day("ends_on", "Wanted to", "需要截止日期"),
    whole("least_term_months", "Least continuous term in months", "最短连续月数", most=120),
    choice("reason_code", "Why", "需求原因", choices_of(NeedReason.choices)),
    text("reason", "Why, in words", "原因说明", 4000),
    choice("priority", "Priority", "优先级", choices_of(NeedPriority.choices)),
    PROVENANCE,
)


def _institutions(actor: Actor, codes: Collection[str]) -> Mapping[str, int]:
    return lookups.institutions_in_reach(actor, PERMISSION, codes) if plans_at_all(actor) else {}


def _refine(row: ParsedRow, values: Values) -> Problems:
    people, unknown = row.values.get("people"), bool(row.values.get("number_unknown"))
    if people == 0 or (people is None) is not unknown:
        return (refusal("need-number", column_named(COLUMNS, "people")),)
    values["place_id"] = Institution.objects.values_list("place_id", flat=True).get(pk=values["institution_id"])
    if row.values.get("least_term_months") == 0:
        values["least_term_months"] = None
    if row.values.get("priority") is not None:
        values["priority"] = int(str(row.values["priority"]))
    problems = (*_set_department(row, values), *order_problems(row, COLUMNS, "starts_on", "ends_on"))
    if "specialty" in row.values:
        values["specialty"] = ""
        problems += tuple(specialty_problems(row, values, COLUMNS))
    return problems


def _set_department(row: ParsedRow, values: Values) -> Problems:
    if "department_code" not in row.values:
        return ()
    given = row.values["department_code"]
    if given is None:
        values["department_id"] = None
        return ()
    own = Department.objects.filter(institution_id=values["institution_id"], code=str(given))
    found = own.values_list("pk", flat=True).first()
    if found is None:
        return (refusal("not-in-reach", column_named(COLUMNS, "department_code"), given=given),)
    values["department_id"] = found
    return ()


def _check(_actor: Actor, decided: Decided) -> Problems:
    if decided.kept is None or decided.plan.action is not RowAction.UPDATE:
        return ()
    state = Need.objects.values_list("state", flat=True).get(pk=decided.kept["pk"])
    if state == NeedState.DRAFT:
        return ()
    return (refusal("need-no-draft", given=decided.plan.values["code"], state=state),)


def _note(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    """Name who wrote or changed each need by the table: nobody approves what they wrote themselves."""
    written = {
        (plan.values["institution_id"], plan.values["code"]): "draft" if plan.action is RowAction.CREATE else "change"
        for plan in plans
        if plan.action in (RowAction.CREATE, RowAction.UPDATE)
    }
    sites = {site for site, _code in written}
    rows = [row for chunk in lookups.chunks(sites) for row in Need.objects.filter(institution_id__in=chunk)]
    now = timezone.now()
    NeedEvent.objects.bulk_create(
        [
            NeedEvent(
                need=row,
                step=written[row.institution_id, row.code],
                from_state=NeedState.DRAFT,
                to_state=NeedState.DRAFT,
                recorded_at=now,
                user_id=context.actor.user_id,
                acting_role=context.actor.role,
            )
            for row in rows
            if (row.institution_id, row.code) in written
        ],
        batch_size=1000,
    )


def _exported() -> QuerySet[Need]:
    """Return the needs that a table can say: those written by hand, for an institution."""
    unknown = ExpressionWrapper(Q(people__isnull=True), output_field=BooleanField())
    rows = Need.objects.filter(institution__isnull=False, origin=NeedOrigin.BY_HAND).annotate(number_unknown=unknown)
    return rows.order_by("institution__code", "code")


def register() -> None:
    """Register the table; once, when the application starts."""
    register_refusals(REFUSALS)
    shape = Shape(
        "needs",
        COLUMNS,
        Need,
        ("institution_id", "code"),
        ("institution_code", "code"),
        plain(*_FIELDS),
        (Reference("institution_code", "institution_id", _institutions),),
        rows_by("institution_id", Need),
        exporter(
            _exported,
            {
                "institution_code": "institution__code",
                "code": "code",
                "department_code": "department__code",
                "specialty": "specialty",
                **plain("profession", "least_title_rank", "people", "number_unknown", "starts_on", "ends_on"),
                **plain("least_term_months", "reason_code", "reason", "priority", "provenance"),
            },
        ),
        refine=_refine,
        check=_check,
        after=_note,
    )
    register_table_kind(kind_of(shape, PERMISSION, ("Needs", "派驻需求")))
