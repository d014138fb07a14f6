"""Tables of batches, teams, postings and absences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext, entry_of, record_many
from lianyi.dispatch.authority import plans as plans_at_all
from lianyi.dispatch.commands import publish_postings
from lianyi.dispatch.import_changes import IN_FILE, differing, note_changes
from lianyi.dispatch.import_columns import COLUMNS, REFUSALS, TITLES
from lianyi.dispatch.models import Batch, Need, Posting, PostingAbsence, PostingEvent, PostingState, Team
from lianyi.partnerships.models import Agreement
from lianyi.partnerships.table_shapes import (
    Reference,
    Shape,
    agreements_for,
    exporter,
    kind_of,
    plain,
    rows_by,
    specialty_problems,
)
from lianyi.registry.imports import lookups
from lianyi.registry.imports.kinds import RowAction, RowPlan, TableKind, register_table_kind
from lianyi.registry.imports.planning import (
    Decided,
    FieldReader,
    Problems,
    RowStore,
    Values,
    apply_rows,
    plan_rows,
    with_action,
)
from lianyi.registry.imports.refusals import column_named, refusal, register_refusals
from lianyi.registry.models import Institution, Staff
from lianyi.tabular.problems import CellProblem
from lianyi.tabular.rows import ParsedRow

PERMISSION = "dispatch.write"


@dataclass(frozen=True, slots=True)
class _People:
    """Staff and institutions that the rows of one file name."""

    homes: Mapping[str, int]
    staff: Mapping[tuple[int, str], int]
    departments_of_staff: Mapping[int, tuple[int | None, str]]
    sites: Mapping[str, int]
    site_departments: Mapping[tuple[int, str], int]
    site_needs: Mapping[tuple[int, str], int]


@dataclass(frozen=True, slots=True)
class _Groups:
    """Agreements and what they have already: batches, teams, postings, by agreement and code."""

    agreements: Mapping[str, int]
    batches: Mapping[tuple[int, int], int]
    teams: Mapping[tuple[int, str], int]
    postings: Mapping[tuple[int, str], int]
    in_file: frozenset[tuple[str, str]]


def _people_of(actor: Actor, rows: Sequence[ParsedRow], home_column: str) -> _People:
    homes = lookups.institutions_in_reach(actor, "staff.read", lookups.given_codes(rows, home_column))
    staff = lookups.staff_of(set(homes.values()))
    own = {
        pk: (department_id, specialty)
        for chunk in lookups.chunks(set(staff.values()))
        for pk, department_id, specialty in Staff.objects.filter(pk__in=chunk).values_list(
            "pk", "department_id", "specialty"
        )
    }
    codes = lookups.given_codes(rows, "to_institution_code")
    sites = {
        code: pk
        for chunk in lookups.chunks(codes)
        for code, pk in scoped(actor, Institution.objects.filter(code__in=chunk)).values_list("code", "pk")
    }
    needs = scoped(actor, Need.objects.filter(institution_id__in=set(sites.values())))
    named = {(site, code): pk for site, code, pk in needs.values_list("institution_id", "code", "pk")}
    return _People(homes, staff, own, sites, lookups.departments_of(set(sites.values())), named)


def _planned_agreements(actor: Actor, codes: Collection[str]) -> Mapping[str, int]:
    """Look up the agreements whose plan the actor writes; posted people write no plan."""
    return agreements_for(PERMISSION)(actor, codes) if plans_at_all(actor) else {}


def _groups_of(actor: Actor, rows: Sequence[ParsedRow]) -> _Groups:
    agreements = _planned_agreements(actor, lookups.given_codes(rows, "agreement_code"))
    ids = list(agreements.values())

    def by_code(model: type[Model], code: str) -> dict[tuple[int, Any], int]:
        found = model._default_manager.filter(agreement_id__in=ids)
        return {(agreement_id, key): pk for agreement_id, key, pk in found.values_list("agreement_id", code, "pk")}

    in_file = {(str(row.values.get("agreement_code")), str(row.values.get("code"))) for row in rows}
    return _Groups(
        agreements, by_code(Batch, "number"), by_code(Team, "code"), by_code(Posting, "code"), frozenset(in_file)
    )


def _unknown(kind: str, row: ParsedRow, column: str) -> CellProblem:
    return refusal("not-in-reach", column_named(COLUMNS[kind], column), given=row.values[column])


def _resolve_posting(row: ParsedRow, reader: FieldReader, people: _People, groups: _Groups) -> tuple[Values, Problems]:
    values = reader.read(row)
    problems: list[CellProblem] = []
    agreement_id = groups.agreements.get(str(row.values["agreement_code"]))
    if agreement_id is None:
        return values, (_unknown("postings", row, "agreement_code"),)
    values["agreement_id"] = agreement_id
    problems += _set_person(row, values, people)
    problems += _set_site(row, values, people)
    problems += _set_group(row, values, groups, agreement_id)
    problems += _date_problems(row)
    problems += specialty_problems(row, values, COLUMNS["postings"])
    same = "to_institution_id" in values and values.get("from_institution_id") == values["to_institution_id"]
    if same:
        problems.append(refusal("same-institution", given=row.values["to_institution_code"]))
    return values, tuple(problems)


def _set_person(row: ParsedRow, values: Values, people: _People) -> Iterable[CellProblem]:
    home = people.homes.get(str(row.values["staff_institution_code"]))
    if home is None:
        return [_unknown("postings", row, "staff_institution_code")]
    staff_id = people.staff.get((home, str(row.values["staff_code"])))
    if staff_id is None:
        return [_unknown("postings", row, "staff_code")]
    department_id, specialty = people.departments_of_staff[staff_id]
    values.update(staff_id=staff_id, from_institution_id=home, from_department_id=department_id)
    if not values.get("specialty"):
        values["specialty"] = specialty
    return []


def _set_site(row: ParsedRow, values: Values, people: _People) -> Iterable[CellProblem]:
    site = people.sites.get(str(row.values["to_institution_code"]))
    if site is None:
        return [_unknown("postings", row, "to_institution_code")]
    values["to_institution_id"] = site
    if "need_code" in row.values:
        need = row.values["need_code"]
        values["need_id"] = None if need is None else people.site_needs.get((site, str(need)))
        if need is not None and values["need_id"] is None:
            return [_unknown("postings", row, "need_code")]
    code = row.values.get("to_department_code")
    if code is None:
        values["to_department_id"] = None
    elif (site, str(code)) in people.site_departments:
        values["to_department_id"] = people.site_departments[site, str(code)]
    else:
        return [_unknown("postings", row, "to_department_code")]
    return []


def _set_group(row: ParsedRow, values: Values, groups: _Groups, agreement_id: int) -> Iterable[CellProblem]:
    for column, field, known in (
        ("batch_number", "batch_id", groups.batches),
        ("team_code", "team_id", groups.teams),
        ("predecessor_code", "predecessor_id", groups.postings),
    ):
        if column not in row.values:
            continue
        code: Any = row.values[column]
        pk = known.get((agreement_id, code))
        if code is None or pk is not None:
            values[field] = pk
        elif column == "predecessor_code" and (str(row.values["agreement_code"]), str(code)) in groups.in_file:
            values[IN_FILE] = str(code)
        else:
            yield _unknown("postings", row, column)


def _date_problems(row: ParsedRow) -> Iterable[CellProblem]:
    first, last = row.values["starts_on"], row.values["ends_on"]
    if last < first:  # type: ignore[operator]
        yield refusal("dates-out-of-order", first=first, last=last)
    came, went = row.values.get("arrived_on"), row.values.get("left_on")
    if went is not None and (came is None or went < came):  # type: ignore[operator]
        yield refusal("left-before-arrival", last=went)
    for name in ("arrived_on", "left_on"):
        day = row.values.get(name)
        if day is not None and day > timezone.localdate():  # type: ignore[operator]
            yield refusal("not-on-record-yet", column_named(COLUMNS["postings"], name), given=day)


def _check_posting(decided: Decided) -> Problems:
    kept = decided.kept
    if kept is None or decided.plan.action is not RowAction.UPDATE:
        return ()
    state = Posting.objects.values_list("state", flat=True).get(pk=kept["pk"])
    if state == PostingState.DRAFT:
        return ()
    return (refusal("posting-published", given=decided.plan.values["code"], state=state),)


_POSTINGS = RowStore(
    Posting,
    ("agreement_id", "code"),
    ("agreement_code", "code"),
    COLUMNS["postings"],
    rows_by("agreement_id", Posting),
    "dispatch.posting.import",
    beside=frozenset({IN_FILE}),
    compare=differing,
)


def _plan_postings(actor: Actor, rows: Sequence[ParsedRow]) -> list[RowPlan]:
    reader = FieldReader(
        Posting,
        plain("code", "kind", "specialty", "starts_on", "ends_on", "arrived_on", "left_on", "tasks", "provenance"),
    )
    people, groups = _people_of(actor, rows, "staff_institution_code"), _groups_of(actor, rows)
    return plan_rows(_POSTINGS, rows, lambda row: _resolve_posting(row, reader, people, groups), check=_check_posting)


def _apply_postings(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    plain_plans = [
        RowPlan(plan.row, plan.action, {k: v for k, v in plan.values.items() if k != IN_FILE}, plan.existing_id)
        for plan in plans
    ]
    former = Posting.objects.in_bulk([plan.existing_id for plan in with_action(plans, RowAction.UPDATE)])
    apply_rows(_POSTINGS, context, plain_plans)
    note_changes(context, former, plain_plans)
    created = with_action(plans, RowAction.CREATE)
    rows = _rows_by_key(created)
    _link_predecessors(context, created, rows)
    now = timezone.now()
    PostingEvent.objects.bulk_create(
        [
            PostingEvent(
                posting=row,
                step="draft",
                from_state=PostingState.DRAFT,
                to_state=PostingState.DRAFT,
                happened_on=row.starts_on,
                recorded_at=now,
                user_id=context.actor.user_id,
                acting_role=context.actor.role,
            )
            for row in rows.values()
        ],
        batch_size=1000,
    )


def _rows_by_key(plans: Sequence[RowPlan]) -> dict[tuple[int, str], Posting]:
    codes: defaultdict[int, list[str]] = defaultdict(list)
    for plan in plans:
        codes[plan.values["agreement_id"]].append(plan.values["code"])
    rows: dict[tuple[int, str], Posting] = {}
    for agreement_id, wanted in codes.items():
        for chunk in lookups.chunks(wanted):
            for row in Posting.objects.filter(agreement_id=agreement_id, code__in=chunk):
                rows[agreement_id, row.code] = row
    return rows


def _link_predecessors(
    context: CommandContext, plans: Sequence[RowPlan], rows: Mapping[tuple[int, str], Posting]
) -> None:
    linked, entries = [], []
    for plan in plans:
        code = plan.values.get(IN_FILE)
        if code is None:
            continue
        agreement_id = plan.values["agreement_id"]
        row, before = rows[agreement_id, plan.values["code"]], rows.get((agreement_id, code))
        if before is None:
            continue
        row.predecessor = before
        linked.append(row)
        entries.append(entry_of("dispatch.posting.link", row, None, {"predecessor_id": before.pk}))
    Posting.objects.bulk_update(linked, ["predecessor"], batch_size=500)
    record_many(context, entries)


def _export_postings(actor: Actor) -> Iterable[Mapping[str, Any]]:
    names = {
        "agreement_code": "agreement__code",
        **plain("code", "kind"),
        "staff_institution_code": "from_institution__code",
        "staff_code": "staff__code",
        "to_institution_code": "to_institution__code",
        "to_department_code": "to_department__code",
        "specialty": "specialty",
        "batch_number": "batch__number",
        "team_code": "team__code",
        "predecessor_code": "predecessor__code",
        "need_code": "need__code",
        **plain("starts_on", "ends_on", "arrived_on", "left_on", "tasks", "provenance"),
    }
    rows = Posting.objects.exclude(state=PostingState.VOID).order_by("agreement__code", "code")
    return exporter(lambda: rows, names)(actor)


def _refine_absence(row: ParsedRow, values: Values) -> Problems:
    postings = Posting.objects.filter(agreement_id=values.pop("agreement_id"), code=row.values["posting_code"])
    posting = postings.exclude(arrived_on__isnull=True).first()
    if posting is None or posting.arrived_on is None:
        return (_unknown("posting_absences", row, "posting_code"),)
    values["posting_id"] = posting.pk
    last = posting.left_on or posting.ends_on
    if not posting.arrived_on <= values["starts_on"] <= values["ends_on"] <= last:
        return (refusal("absence-outside-stay", first=posting.arrived_on, last=last),)
    return ()


def _refine_team(row: ParsedRow, values: Values) -> Problems:
    number = row.values.get("batch_number")
    if number is not None:
        batch = Batch.objects.filter(agreement_id=values["agreement_id"], number=int(str(number))).first()
        if batch is None:
            return (_unknown("teams", row, "batch_number"),)
        values["batch_id"] = batch.pk
    code = row.values.get("leader_staff_code")
    if code is not None:
        home = Q(institution__code=row.values.get("leader_institution_code") or "")
        leader = Staff.objects.filter(home, code=code).first()
        if leader is None:
            return (_unknown("teams", row, "leader_staff_code"),)
        values["leader_id"] = leader.pk
    return ()


def _absences(wanted: Sequence[Values]) -> QuerySet[PostingAbsence, Any]:
    return PostingAbsence.objects.filter(posting_id__in={values["posting_id"] for values in wanted}, is_void=False)


def _shapes() -> tuple[Shape, ...]:
    agreement = Reference("agreement_code", "agreement_id", _planned_agreements)
    return (
        Shape(
            "batches",
            COLUMNS["batches"],
            Batch,
            ("agreement_id", "number"),
            ("agreement_code", "number"),
            plain("number", "name_zh", "name_en", "starts_on", "ends_on", "provenance"),
            (agreement,),
            rows_by("agreement_id", Batch),
            exporter(
                lambda: Batch.objects.order_by("agreement__code", "number"),
                {
                    "agreement_code": "agreement__code",
                    **plain("number", "name_zh", "name_en", "starts_on", "ends_on", "provenance"),
                },
            ),
        ),
        Shape(
            "teams",
            COLUMNS["teams"],
            Team,
            ("agreement_id", "code"),
            ("agreement_code", "code"),
            plain("code", "name_zh", "name_en", "provenance"),
            (agreement,),
            rows_by("agreement_id", Team),
            exporter(
                lambda: Team.objects.order_by("agreement__code", "code"),
                {
                    "agreement_code": "agreement__code",
                    **plain("code", "name_zh", "name_en"),
                    "batch_number": "batch__number",
                    "leader_institution_code": "leader__institution__code",
                    "leader_staff_code": "leader__code",
                    "provenance": "provenance",
                },
            ),
            refine=_refine_team,
        ),
    )


def _absence_shape() -> Shape:
    return Shape(
        "posting_absences",
        COLUMNS["posting_absences"],
        PostingAbsence,
        ("posting_id", "starts_on"),
        ("agreement_code", "posting_code", "starts_on"),
        plain("starts_on", "ends_on", "kind", "provenance"),
        (Reference("agreement_code", "agreement_id", _planned_agreements),),
        _absences,
        exporter(
            lambda: PostingAbsence.objects.filter(is_void=False).order_by(
                "posting__agreement__code", "posting__code", "starts_on"
            ),
            {
                "agreement_code": "posting__agreement__code",
                "posting_code": "posting__code",
                **plain("starts_on", "ends_on", "kind", "provenance"),
            },
        ),
        refine=_refine_absence,
    )


def register() -> None:
    """Register every kind of table of this application."""
    register_refusals(REFUSALS)
    for shape in _shapes():
        register_table_kind(kind_of(shape, PERMISSION, TITLES[shape.name]))
    register_table_kind(
        TableKind(
            name="postings",
            title_en=TITLES["postings"][0],
            title_zh=TITLES["postings"][1],
            columns=COLUMNS["postings"],
            key=("agreement_code", "code"),
            permission=PERMISSION,
            plan=_plan_postings,
            apply=_apply_postings,
            export=_export_postings,
        )
    )
    absences = _absence_shape()
    register_table_kind(kind_of(absences, PERMISSION, TITLES[absences.name]))


def settle_imported_postings(context: CommandContext, agreement: Agreement) -> Agreement:
    """Publish the lines that a table brought in, with the arrivals and leavings that it told.

    Lines that still wait for somebody's approval and have not arrived stay drafts.
    """
    drafts = agreement.postings.filter(state=PostingState.DRAFT)
    if agreement.approvals:
        drafts = drafts.filter(arrived_on__isnull=False)
    ids = list(drafts.values_list("pk", flat=True))
    return publish_postings(context, agreement, ids) if ids else agreement
