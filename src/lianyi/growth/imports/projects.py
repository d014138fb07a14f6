"""The tables of projects: projects, milestones, moves of milestones, money, people."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import override

from lianyi.accounts.access import scoped, scoped_for
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.roles import Permission
from lianyi.errors import InvalidInputError, LianyiError
from lianyi.growth.imports.project_columns import COLUMNS, REFUSALS, TITLES
from lianyi.growth.models import (
    Milestone,
    MilestoneMove,
    Project,
    ProjectMoney,
    ProjectPerson,
    ProjectSide,
    ProjectState,
)
from lianyi.growth.projects_authority import acts_in, side_of
from lianyi.growth.projects_checks import (
    check_milestone,
    check_money,
    check_order,
    check_person,
    check_project,
    check_project_state,
)
from lianyi.pages.errors import message_of
from lianyi.partnerships.models import Duty
from lianyi.partnerships.table_shapes import Reference, Shape, agreements_for, exporter, kind_of, plain, rows_by
from lianyi.registry.imports.kinds import RowAction, RowPlan, register_table_kind
from lianyi.registry.imports.planning import Decided, Problems, Values, order_problems
from lianyi.registry.imports.refusals import column_named, refusal, register_refusals
from lianyi.registry.models import Department, Institution, Staff
from lianyi.rules.project_templates import SigningSide
from lianyi.tabular.problems import CellProblem
from lianyi.tabular.rows import ParsedRow

PERMISSION = "growth.write"
Checked = Callable[[Actor, Decided], Problems]


def _institutions(actor: Actor, codes: Collection[str]) -> dict[str, int]:
    rows = scoped(actor, Institution.objects.filter(code__in=list(codes)))
    return dict(rows.values_list("code", "pk"))


def _projects(actor: Actor, codes: Collection[str]) -> Mapping[str, int]:
    rows = scoped_for(actor, Project.objects.filter(code__in=list(codes)), Permission.parse(PERMISSION))
    return {row.code: row.pk for row in rows if acts_in(actor, row)}


_INSTITUTION = Reference("institution_code", "institution_id", _institutions)
_OF_PROJECT = Reference("project_code", "project_id", _projects)


def _unknown(name: str, row: ParsedRow, column: str) -> Problems:
    return (refusal("not-in-reach", column_named(COLUMNS[name], column), given=row.values[column]),)


def _refine_project(row: ParsedRow, values: Values) -> Problems:
    for column, field, rows in (
        ("department_code", "department_id", Department.objects.filter(institution_id=values["institution_id"])),
        ("duty_code", "duty_id", Duty.objects.filter(agreement_id=values.get("agreement_id") or 0)),
    ):
        given = row.values.get(column)
        if column not in row.values:
            continue
        values[field] = None
        if given is not None:
            values[field] = rows.filter(code=given).values_list("pk", flat=True).first()
            if values[field] is None:
                return _unknown("projects", row, column)
    return order_problems(row, COLUMNS["projects"], "planned_from", "target_on")


def _refine_milestone(row: ParsedRow, values: Values) -> Problems:
    """Keep the days planned now of a milestone on record; a new one is planned as it was agreed."""
    kept = Milestone.objects.filter(project_id=values["project_id"], number=values["number"]).first()
    values["planned_from"] = values["baseline_from"] if kept is None else kept.planned_from
    values["planned_to"] = values["baseline_to"] if kept is None else kept.planned_to
    if values.get("reached_on") is not None:
        values["reached_side"] = ProjectSide.HOME.value if kept is None else kept.reached_side
    if values.get("verified_on") is not None:
        is_authority = values.get("signed_by") == SigningSide.AUTHORITY
        side = (ProjectSide.AUTHORITY if is_authority else ProjectSide.PARTNER).value
        values["verified_side"] = kept.verified_side if kept is not None and kept.verified_side else side
    return order_problems(row, COLUMNS["project_milestones"], "baseline_from", "baseline_to")


def _refine_move(row: ParsedRow, values: Values) -> Problems:
    columns, project = COLUMNS["milestone_moves"], values.pop("project_id")
    milestone = Milestone.objects.filter(project_id=project, number=_number(row, "number")).first()
    if milestone is None:
        return _unknown("milestone_moves", row, "number")
    values["milestone_id"] = milestone.pk
    kept = milestone.moves.filter(moved_on=values["moved_on"], new_to=values["new_to"]).first()
    before = milestone.moves.filter(moved_on__lt=values["moved_on"]).order_by("-moved_on", "-pk").first()
    values["old_to"] = milestone.baseline_to if before is None else before.new_to
    if kept is not None:
        values["old_to"] = kept.old_to
    return order_problems(row, columns, "new_from", "new_to")


def _number(row: ParsedRow, column: str) -> int:
    return int(str(row.values[column]))


def _refine_money(row: ParsedRow, values: Values) -> Problems:
    if row.values.get("corrects_number") is None:
        return ()
    number = _number(row, "corrects_number")
    wrong = ProjectMoney.objects.filter(project_id=values["project_id"], number=number).first()
    if wrong is not None:
        values["corrects_id"] = wrong.pk
        return ()
    # An earlier line of the same file is linked once both are there.
    return () if number < values["number"] else _unknown("project_money", row, "corrects_number")


def _refine_person(row: ParsedRow, values: Values) -> Problems:
    home = values.pop("institution_id")
    staff = Staff.objects.filter(institution_id=home, code=row.values["staff_code"]).first()
    if staff is None:
        return _unknown("project_people", row, "staff_code")
    values["staff_id"] = staff.pk
    return order_problems(row, COLUMNS["project_people"], "starts_on", "ends_on")


def _as_it_would_be(model: type[Model], decided: Decided) -> Any:  # noqa: ANN401 - a row of one of the models
    row = model() if decided.kept is None else model._default_manager.get(pk=decided.kept["pk"])
    for name, value in decided.plan.values.items():
        setattr(row, name, value)
    return row


def asked(model: type[Model], checks: Sequence[Callable[[Any], None]], more: Checked) -> Checked:
    """Ask of a row of a table what the commands ask of what people type, and what only tables must be asked."""

    def check(actor: Actor, decided: Decided) -> Problems:
        if decided.plan.action is RowAction.UNCHANGED:
            return ()
        problems = more(actor, decided)
        if problems:
            return problems
        row = _as_it_would_be(model, decided)
        try:
            for each in checks:
                each(row)
        except LianyiError as error:
            with override("en"):
                english = message_of(error)
            with override("zh-hans"):
                chinese = message_of(error)
            return (CellProblem("refused", {"reason": error.code, "reason_en": english, "reason_zh": chinese}),)
        return ()

    return check


def _project_by_table(actor: Actor, decided: Decided) -> Problems:
    values = decided.plan.values
    if decided.kept is not None:
        if not {"state", "started_on", "ended_on"} & set(decided.changed):
            return ()
        state = Project.objects.values_list("state", flat=True).get(pk=decided.kept["pk"])
        return (refusal("project-state-on-page", column_named(COLUMNS["projects"], "state"), given=state),)
    if actor.is_service or values.get("state", ProjectState.PLANNED) in (ProjectState.PLANNED, ProjectState.RUNNING):
        return ()
    return (refusal("project-state-new", column_named(COLUMNS["projects"], "state")),)


def _milestone_by_table(actor: Actor, decided: Decided) -> Problems:
    """Refuse a table that moves or signs; it may only write milestones and say that new ones are reached."""
    columns, values = COLUMNS["project_milestones"], decided.plan.values
    if values.get("verified_on") is not None and decided.kept is None and not actor.is_service:
        return (refusal("milestone-signed-by-table", column_named(columns, "verified_on")),)
    fixed = {"baseline_from", "baseline_to", "reached_on", "evidence", "evidence_file", "verified_on"}
    if decided.kept is not None and fixed & set(decided.changed):
        return (refusal("milestone-on-page", column_named(columns, "baseline_to")),)
    return ()


def _move_by_table(actor: Actor, decided: Decided) -> Problems:
    columns = COLUMNS["milestone_moves"]
    if decided.kept is not None:
        return (refusal("milestone-move-on-record", column_named(columns, "moved_on")),)
    reached = Milestone.objects.values_list("reached_on", flat=True).get(pk=decided.plan.values["milestone_id"])
    if reached is not None and not actor.is_service:
        return (refusal("milestone-reached-already", column_named(columns, "number")),)
    return ()


def _money_by_table(_actor: Actor, decided: Decided) -> Problems:
    if decided.kept is None:
        return ()
    return (refusal("project-money-on-record", column_named(COLUMNS["project_money"], "number")),)


def _nothing_more(_actor: Actor, _decided: Decided) -> Problems:
    return ()


def _check_move(row: MilestoneMove) -> None:
    check_order(row.new_from, row.new_to, "new_to")


def _moved(_context: CommandContext, plans: Sequence[RowPlan]) -> None:
    """Chain the moves of each milestone that a table wrote, and plan the milestone as the last one says."""
    touched = {plan.values["milestone_id"] for plan in plans if plan.action is RowAction.CREATE}
    for milestone in Milestone.objects.filter(pk__in=touched):
        before = milestone.baseline_to
        for move in milestone.moves.order_by("moved_on", "pk"):
            MilestoneMove.objects.filter(pk=move.pk).update(old_to=before)
            milestone.planned_from, milestone.planned_to = move.new_from, move.new_to
            before = move.new_to
        milestone.save(update_fields=["planned_from", "planned_to"])


def _said_by(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    """Note who said by a table that milestones are reached, so that somebody else signs them."""
    if context.actor.is_service:
        return
    keys = [(plan.values["project_id"], plan.values["number"]) for plan in plans if plan.action is RowAction.CREATE]
    said = Milestone.objects.filter(project_id__in={project for project, _number in keys}, reached_on__isnull=False)
    for row in said.select_related("project"):
        if (row.project_id, row.number) in keys:
            side = side_of(context.actor, row.project).value
            Milestone.objects.filter(pk=row.pk).update(reached_side=side, reached_by_id=context.actor.user_id)


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
        lines = ProjectMoney.objects.filter(project_id=plan.values["project_id"])
        wrong = lines.filter(number=_number(plan.row, "corrects_number"), kind=plan.values["kind"]).first()
        if wrong is None:
            raise InvalidInputError(
                "A line corrects one of the same project and kind.",
                field="corrects",
                reason="project-correction-elsewhere",
            )
        lines.filter(number=plan.values["number"]).update(corrects=wrong)


def _export(
    rows: Callable[[], QuerySet[Any, Any]], name: str, **ways: str
) -> Callable[[Actor], Iterable[Mapping[str, Any]]]:
    """Return an export that reads each column by the field of its name, or by the look-up given for it."""
    return exporter(rows, {column.name: ways.get(column.name, column.name) for column in COLUMNS[name]})


def _fields(name: str, model: type[Model]) -> dict[str, str]:
    own = {field.name for field in model._meta.concrete_fields if not field.is_relation}
    return plain(*(each.name for each in COLUMNS[name] if each.name in own))


def _shapes() -> tuple[Shape, ...]:
    agreement = Reference("agreement_code", "agreement_id", agreements_for(PERMISSION))
    project = {"project_code": "project__code"}
    return (
        Shape(
            "projects", COLUMNS["projects"], Project, ("code",), ("code",), _fields("projects", Project),
            (_INSTITUTION, agreement), rows_by("code", Project),
            _export(
                lambda: Project.objects.order_by("code"), "projects", institution_code="institution__code",
                department_code="department__code", agreement_code="agreement__code", duty_code="duty__code",
            ),
            refine=_refine_project, check=asked(Project, (check_project, check_project_state), _project_by_table),
        ),
        Shape(
            "project_milestones", COLUMNS["project_milestones"], Milestone, ("project_id", "number"),
            ("project_code", "number"), _fields("project_milestones", Milestone), (_OF_PROJECT,),
            rows_by("project_id", Milestone),
            _export(lambda: Milestone.objects.order_by("project__code", "number"), "project_milestones", **project),
            refine=_refine_milestone, check=asked(Milestone, (check_milestone,), _milestone_by_table),
            after=_said_by,
        ),
        Shape(
            "milestone_moves", COLUMNS["milestone_moves"], MilestoneMove, ("milestone_id", "moved_on", "new_to"),
            ("project_code", "number", "moved_on", "new_to"), _fields("milestone_moves", MilestoneMove), (_OF_PROJECT,),
            rows_by("milestone_id", MilestoneMove),
            _export(
                lambda: MilestoneMove.objects.order_by(
                    "milestone__project__code", "milestone__number", "moved_on", "pk"
                ),
                "milestone_moves", project_code="milestone__project__code", number="milestone__number",
            ),
            refine=_refine_move, check=asked(MilestoneMove, (_check_move,), _move_by_table), after=_moved,
        ),
        Shape(
            "project_money", COLUMNS["project_money"], ProjectMoney, ("project_id", "number"),
            ("project_code", "number"), _fields("project_money", ProjectMoney), (_OF_PROJECT,),
            rows_by("project_id", ProjectMoney),
            _export(
                lambda: ProjectMoney.objects.order_by("project__code", "number"), "project_money", **project,
                corrects_number="corrects__number",
            ),
            refine=_refine_money, check=asked(ProjectMoney, (check_money,), _money_by_table),
            after=_corrected,
        ),
        Shape(
            "project_people", COLUMNS["project_people"], ProjectPerson, ("project_id", "staff_id", "starts_on"),
            ("project_code", "institution_code", "staff_code", "starts_on"), _fields("project_people", ProjectPerson),
            (_OF_PROJECT, _INSTITUTION), rows_by("project_id", ProjectPerson),
            _export(
                lambda: ProjectPerson.objects.order_by("project__code", "staff__institution__code", "staff__code"),
                "project_people", **project, institution_code="staff__institution__code", staff_code="staff__code",
            ),
            refine=_refine_person, check=asked(ProjectPerson, (check_person,), _nothing_more),
        ),
    )  # fmt: skip


def register() -> None:
    """Register the tables in the order of loading; once, when the application starts."""
    register_refusals(REFUSALS)
    for shape in _shapes():
        register_table_kind(kind_of(shape, PERMISSION, TITLES[shape.name]))
