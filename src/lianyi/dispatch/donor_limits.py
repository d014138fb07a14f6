"""Limits of sending hospitals: their scope, their table, who sees them, and what a plan reads of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from lianyi.accounts.access import (
    NODE_TARGET,
    READING,
    RelationPath,
    ScopeRule,
    nodes_in_reach,
    register_scope,
    scoped,
)
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Family
from lianyi.dispatch import donor_specialties
from lianyi.dispatch.authority import plans as plans_at_all
from lianyi.dispatch.models import DonorLimits
from lianyi.dispatch.models.donors import MOST_PEOPLE
from lianyi.partnerships.models import AgreementParty
from lianyi.partnerships.table_shapes import Reference, Shape, exporter, kind_of, plain, rows_by
from lianyi.registry.imports import lookups
from lianyi.registry.imports.declaring import INSTITUTION_CODE, PROVENANCE, whole
from lianyi.registry.imports.kinds import register_table_kind
from lianyi.registry.models import Institution
from lianyi.tabular.columns import Column

PERMISSION = "dispatch.write"
COLUMNS: tuple[Column, ...] = (
    INSTITUTION_CODE,
    whole("most_away", "Most people away at a time", "同时外派最多人数", most=MOST_PEOPLE),
    whole("most_seniors_away", "Most of senior title away at a time", "同时外派的高级职称最多人数", most=MOST_PEOPLE),
    donor_specialties.COLUMN,
    whole("most_recipients", "Helps at most so many institutions", "最多支援机构数", most=MOST_PEOPLE),
    PROVENANCE,
)
_SENDING = (AgreementParty.Side.SUPPORTING, AgreementParty.Side.MUTUAL)


def limits_of(actor: Actor, institution_ids: Collection[int]) -> Mapping[int, DonorLimits]:
    """Return what these hospitals can miss, by their keys, as far as it is on record within reach."""
    rows = scoped(actor, DonorLimits.objects.filter(institution_id__in=list(institution_ids)))
    return {row.institution_id: row for row in rows}


def senders(actor: Actor) -> QuerySet[Institution, Any]:
    """Return the hospitals within the actor's own reach that send people under some agreement."""
    named = AgreementParty.objects.filter(side__in=_SENDING).values("institution_id")
    rows = Institution.objects.filter(pk__in=nodes_in_reach(actor).values("pk")).filter(pk__in=named)
    return rows.select_related("donor_limits", "place").order_by("code")


def _institutions(actor: Actor, codes: Collection[str]) -> Mapping[str, int]:
    return lookups.institutions_in_reach(actor, PERMISSION, codes) if plans_at_all(actor) else {}


_FIELDS = plain("most_away", "most_seniors_away", "most_recipients", "provenance")
_AS_STORED = exporter(
    lambda: DonorLimits.objects.order_by("institution__code"),
    {"institution_code": "institution__code", **_FIELDS, **plain(donor_specialties.COLUMN.name)},
)


def _exported(actor: Actor) -> Iterable[Mapping[str, Any]]:
    return (donor_specialties.for_export(row) for row in _AS_STORED(actor))


def register() -> None:
    """Register scope and table; once, when the application starts."""
    partners = RelationPath(NODE_TARGET, "institution_id", READING)
    register_scope(DonorLimits, ScopeRule(Family.DISPATCH, nodes=("institution_id",), relations=(partners,)))
    donor_specialties.register()
    shape = Shape(
        "donor_limits",
        COLUMNS,
        DonorLimits,
        ("institution_id",),
        ("institution_code",),
        _FIELDS,
        (Reference("institution_code", "institution_id", _institutions),),
        rows_by("institution_id", DonorLimits),
        _exported,
        refine=donor_specialties.read_cell,
    )
    register_table_kind(kind_of(shape, PERMISSION, ("Limits of sending hospitals", "派出医院限额")))
