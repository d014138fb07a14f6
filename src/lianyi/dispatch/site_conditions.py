"""Altitude and hardship of recipients: their scope, their table, and what a plan reads of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from lianyi.accounts.access import NODE_TARGET, READING, RelationPath, ScopeRule, register_scope, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Family
from lianyi.dispatch.authority import plans as plans_at_all
from lianyi.dispatch.commands.pool import HARDEST, MOST_METRES
from lianyi.dispatch.models import SiteConditions
from lianyi.partnerships.table_shapes import Reference, Shape, exporter, kind_of, plain, rows_by
from lianyi.registry.imports import lookups
from lianyi.registry.imports.declaring import INSTITUTION_CODE, PROVENANCE, whole
from lianyi.registry.imports.kinds import register_table_kind
from lianyi.tabular.columns import Column

PERMISSION = "dispatch.write"
COLUMNS: tuple[Column, ...] = (
    INSTITUTION_CODE,
    whole("altitude_m", "Altitude in metres", "海拔（米）", most=MOST_METRES),
    whole("hardship", "Hardship level", "艰苦等级", most=HARDEST),
    PROVENANCE,
)


def conditions_of(actor: Actor, institution_ids: Collection[int]) -> Mapping[int, SiteConditions]:
    """Return what is on record about these institutions, by their keys."""
    rows = scoped(actor, SiteConditions.objects.filter(institution_id__in=list(institution_ids)))
    return {row.institution_id: row for row in rows}


def _institutions(actor: Actor, codes: Collection[str]) -> Mapping[str, int]:
    return lookups.institutions_in_reach(actor, PERMISSION, codes) if plans_at_all(actor) else {}


def register() -> None:
    """Register scope and table; once, when the application starts."""
    partners = RelationPath(NODE_TARGET, "institution_id", READING)
    register_scope(SiteConditions, ScopeRule(Family.DISPATCH, nodes=("institution_id",), relations=(partners,)))
    fields = plain("altitude_m", "hardship", "provenance")
    shape = Shape(
        "site_conditions",
        COLUMNS,
        SiteConditions,
        ("institution_id",),
        ("institution_code",),
        fields,
        (Reference("institution_code", "institution_id", _institutions),),
        rows_by("institution_id", SiteConditions),
        exporter(
            lambda: SiteConditions.objects.order_by("institution__code"),
            {"institution_code": "institution__code", **fields},
        ),
    )
    register_table_kind(kind_of(shape, PERMISSION, ("Conditions of recipients", "受援机构条件")))
