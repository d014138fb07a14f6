"""The table of the pool: who may be sent within which limits, as an office keeps it in a workbook."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext, creation_facts, entry_of, record_many, snapshot
from lianyi.accounts.records import save_changes
from lianyi.dispatch.commands.pool import HARDEST, MOST_METRES, MOST_MONTHS
from lianyi.dispatch.models import PoolEvent, PoolMember, PoolPreference, PoolStanding
from lianyi.dispatch.pool_queries import keeps_pool, members
from lianyi.partnerships.import_columns import choices_of
from lianyi.partnerships.table_shapes import institutions_known, plain
from lianyi.registry.imports import lookups
from lianyi.registry.imports.declaring import INSTITUTION_CODE, PROVENANCE, choice, code, day, text, whole, yes_no
from lianyi.registry.imports.kinds import RowAction, RowPlan, TableKind, register_table_kind
from lianyi.registry.imports.planning import (
    FieldReader,
    Problems,
    RowStore,
    Values,
    order_problems,
    plan_rows,
    with_action,
)
from lianyi.registry.imports.refusals import column_named, refusal, register_refusals
from lianyi.tabular.columns import Column
from lianyi.tabular.rows import ParsedRow

PERMISSION = "dispatch.write"
ACTION = "dispatch.pool.import"
WISHES = "wishes"
REFUSALS = {
    "wish-both-ways": (
        "“{given}” is both preferred and refused. Choose one of the two.",
        "“{given}”同时填在“愿意去”和“不去”中，请只保留一项。",
    ),
}
_FIELDS = ("standing", "longest_term_months", "highest_altitude_m", "hardest_hardship", "not_before", "not_after")
COLUMNS: tuple[Column, ...] = (
    INSTITUTION_CODE,
    code("staff_code", "Staff number", "工号", 32, required=True),
    choice("standing", "Standing", "是否可派", choices_of(PoolStanding.choices)),
    whole("longest_term_months", "Longest term in months", "最长月数", most=MOST_MONTHS),
    whole("highest_altitude_m", "Highest altitude in metres", "最高海拔（米）", most=MOST_METRES),
    whole("hardest_hardship", "Hardest hardship level", "最艰苦等级", most=HARDEST),
    day("not_before", "Not before", "不早于"),
    day("not_after", "Not after", "不晚于"),
    yes_no("has_family_limit", "Ask before planning", "安排前先征询"),
    text("preferred_codes", "Would rather go to (codes)", "愿意去的机构编码", 2000),
    text("refused_codes", "Will not go to (codes)", "不去的机构编码", 2000),
    PROVENANCE,
)
_WISH_COLUMNS = (
    ("preferred_codes", PoolPreference.Kind.PREFERRED),
    ("refused_codes", PoolPreference.Kind.REFUSED),
)
_SEPARATORS = re.compile(r"[\s,;，；、]+")


def _codes(value: object) -> list[str]:
    return [each for each in _SEPARATORS.split(str(value or "")) if each]


def _among(wanted: Sequence[Values]) -> QuerySet[PoolMember, Any]:
    return PoolMember.objects.filter(staff_id__in={values["staff_id"] for values in wanted})


def _plan(actor: Actor, rows: Sequence[ParsedRow]) -> list[RowPlan]:
    codes = lookups.given_codes(rows, "institution_code")
    homes = lookups.institutions_in_reach(actor, PERMISSION, codes) if keeps_pool(actor) else {}
    staff = lookups.staff_of(set(homes.values()))
    named = {each for row in rows for column, _kind in _WISH_COLUMNS for each in _codes(row.values.get(column))}
    known = institutions_known(actor, named)
    reader = FieldReader(PoolMember, plain(*_FIELDS, "has_family_limit", "provenance"))
    kept = _wishes_of(PoolMember.objects.filter(staff_id__in=set(staff.values())))

    def resolve(row: ParsedRow) -> tuple[Values, Problems]:
        values = reader.read(row)
        home = homes.get(str(row.values["institution_code"]))
        if home is None:
            return values, (refusal("not-in-reach", INSTITUTION_CODE, given=row.values["institution_code"]),)
        person = staff.get((home, str(row.values["staff_code"])))
        if person is None:
            column = column_named(COLUMNS, "staff_code")
            return values, (refusal("not-in-reach", column, given=row.values["staff_code"]),)
        values["staff_id"] = person
        if values.get("longest_term_months") == 0:
            values["longest_term_months"] = None
        return values, (*order_problems(row, COLUMNS, "not_before", "not_after"), *_read_wishes(row, values, known))

    def compare(before: Mapping[str, Any], values: Values) -> tuple[str, ...]:
        now = kept.get(before["pk"], {})
        changed = [name for name, value in values.items() if name != WISHES and before[name] != value]
        wishes = values.get(WISHES, {})
        return (*changed, *((WISHES,) if any(now.get(kind, ()) != keys for kind, keys in wishes.items()) else ()))

    return plan_rows(_store(compare), rows, resolve)


def _store(compare: Any) -> RowStore:  # noqa: ANN401 - as RowStore has it
    return RowStore(
        PoolMember,
        ("staff_id",),
        ("institution_code", "staff_code"),
        COLUMNS,
        _among,
        ACTION,
        beside=frozenset({WISHES}),
        compare=compare,
    )


def _read_wishes(row: ParsedRow, values: Values, known: Mapping[str, int]) -> Problems:
    """Read the recipients named; a column that is not in the file changes nothing."""
    wishes: dict[str, tuple[int, ...]] = {}
    for name, kind in _WISH_COLUMNS:
        if name not in row.values:
            continue
        given = _codes(row.values[name])
        unknown = [each for each in given if each not in known]
        if unknown:
            return (refusal("not-in-reach", column_named(COLUMNS, name), given=unknown[0]),)
        wishes[kind] = tuple(sorted({known[each] for each in given}))
    twice = set(_codes(row.values.get("preferred_codes"))) & set(_codes(row.values.get("refused_codes")))
    if twice:
        return (refusal("wish-both-ways", column_named(COLUMNS, "refused_codes"), given=min(twice)),)
    if wishes:
        values[WISHES] = wishes
    return ()


def _wishes_of(rows: QuerySet[PoolMember, Any]) -> dict[int, dict[str, tuple[int, ...]]]:
    found: defaultdict[int, defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    wishes = PoolPreference.objects.filter(member__in=rows).order_by("institution_id")
    for member_id, kind, institution_id in wishes.values_list("member_id", "kind", "institution_id"):
        found[member_id][kind].append(institution_id)
    return {pk: {kind: tuple(keys) for kind, keys in kinds.items()} for pk, kinds in found.items()}


def _apply(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    """Write new entries all at once and changed ones one by one, each with its history."""
    created = with_action(plans, RowAction.CREATE)
    rows = [PoolMember(**{name: value for name, value in plan.values.items() if name != WISHES}) for plan in created]
    PoolMember.objects.bulk_create(rows, batch_size=1000)
    wishes = [each for row, plan in zip(rows, created, strict=True) for each in _preferences(row, plan)]
    PoolPreference.objects.bulk_create(wishes, batch_size=1000)
    facts = [creation_facts(row) for row in rows]
    _note(
        context,
        [PoolEvent(member=row, after=fact, to_state=row.standing) for row, fact in zip(rows, facts, strict=True)],
    )
    record_many(context, [entry_of(ACTION, row, None, fact) for row, fact in zip(rows, facts, strict=True)])
    for plan in with_action(plans, RowAction.UPDATE):
        _change(context, plan)


def _preferences(row: PoolMember, plan: RowPlan) -> list[PoolPreference]:
    wishes = plan.values.get(WISHES, {})
    return [PoolPreference(member=row, institution_id=key, kind=kind) for kind, keys in wishes.items() for key in keys]


def _change(context: CommandContext, plan: RowPlan) -> None:
    row = PoolMember.objects.get(staff_id=plan.values["staff_id"])
    changes = {name: value for name, value in plan.values.items() if name not in (WISHES, "staff_id")}
    before, standing = {**snapshot(row, changes), **_named(row)}, row.standing
    wishes = plan.values.get(WISHES, {})
    # An institution moves from one kind of wish to the other: what the file names goes first.
    row.preferences.filter(kind__in=list(wishes)).delete()
    row.preferences.filter(institution_id__in=[key for keys in wishes.values() for key in keys]).delete()
    PoolPreference.objects.bulk_create(_preferences(row, plan))
    save_changes(row, changes, row.version)
    after = {**snapshot(row, changes), **_named(row)}
    event = PoolEvent(member=row, from_state=standing, to_state=row.standing, before=before, after=after)
    _note(context, [event])
    record_many(context, [entry_of(ACTION, row, before, after)])


def _named(row: PoolMember) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {kind.value: [] for kind in PoolPreference.Kind}
    for kind, name in row.preferences.order_by("institution__code").values_list("kind", "institution__code"):
        found[kind].append(name)
    return found


def _note(context: CommandContext, events: Sequence[PoolEvent]) -> None:
    now = timezone.now()
    for event in events:
        event.step, event.recorded_at, event.on_behalf = "import", now, True
        event.user_id, event.acting_role = context.actor.user_id, context.actor.role
    PoolEvent.objects.bulk_create(events, batch_size=1000)


def _export(actor: Actor) -> Iterable[Mapping[str, Any]]:
    """Give the entries that the reader keeps, and of nobody else."""
    rows = members(actor)
    wishes: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
    named = PoolPreference.objects.filter(member__in=rows).order_by("institution__code")
    for member_id, kind, name in named.values_list("member_id", "kind", "institution__code"):
        wishes[member_id, kind].append(name)
    for row in rows.iterator():
        yield {
            "institution_code": row.staff.institution.code,
            "staff_code": row.staff.code,
            **{name: getattr(row, name) for name in (*_FIELDS, "has_family_limit", "provenance")},
            **{column: " ".join(wishes[row.pk, kind]) or None for column, kind in _WISH_COLUMNS},
        }


def register() -> None:
    """Register the table; once, when the application starts."""
    register_refusals(REFUSALS)
    register_table_kind(
        TableKind(
            name="pool",
            title_en="Pool",
            title_zh="派驻人员库",
            columns=COLUMNS,
            key=("institution_code", "staff_code"),
            permission=PERMISSION,
            plan=_plan,
            apply=_apply,
            export=_export,
        )
    )
