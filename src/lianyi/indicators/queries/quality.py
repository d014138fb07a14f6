"""Every reading of quality control within the asker's reach: the figures that charts and funnels are made of."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from lianyi.accounts.access import get_in_scope, nodes_in_reach, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.accounts.models import Affiliation, NodeKind, OrganisationNode, User
from lianyi.accounts.roles import Act, Permission, Role, role_holds
from lianyi.indicators.counted_veil import CountVeil, count_veil
from lianyi.indicators.models import (
    ChartRebase,
    IndicatorValue,
    PeriodKind,
    QualityAction,
    QualityCase,
    QualityCheck,
    QualityEvent,
    QualityState,
    SheetState,
    ValueSource,
)
from lianyi.indicators.quality_machine import TO_DO
from lianyi.indicators.quality_series import Figure, Rebased
from lianyi.indicators.values_levels import levels_of_institution, levels_of_place
from lianyi.registry.models import Institution, Place
from lianyi.rules.indicators import ReporterLevel

# What somebody above the reporter has accepted; the rest may still change.
SETTLED = (SheetState.ACCEPTED, SheetState.LOCKED)
CHARTED_PERIODS = (PeriodKind.MONTH, PeriodKind.QUARTER)


def settled_values(actor: Actor) -> QuerySet[IndicatorValue, Any]:
    """Return the monthly and quarterly values within reach that were accepted or locked."""
    rows = IndicatorValue.objects.filter(sheet__state__in=SETTLED, sheet__period__in=CHARTED_PERIODS)
    return scoped(actor, rows)


def charted_codes(actor: Actor) -> list[tuple[str, str, int, datetime.date]]:
    """Return each indicator with a kind of period, in how many units it has settled values, and the newest period."""
    rows = settled_values(actor).order_by("code", "sheet__period").values("code", "sheet__period")
    counted = rows.annotate(units=Count("node_id", distinct=True), newest=Max("period_start"))
    return [(row["code"], row["sheet__period"], row["units"], row["newest"]) for row in counted]


def figures(
    actor: Actor, code: str, period: str, first: datetime.date, nodes: Iterable[int] | None = None
) -> list[Figure]:
    """Return the settled figures of an indicator from a period on, those of a newer definition after the older.

    What was counted and would tell of a few patients is missing for whoever reads no cases.
    """
    rows = settled_values(actor).filter(code=code, sheet__period=period, period_start__gte=first)
    if nodes is not None:
        rows = rows.filter(node_id__in=list(nodes))
    veil = count_veil(actor)
    names = ("pk", "node_id", "definition_version", "period_start", "numerator", "denominator", "provenance", "source")
    ordered = rows.order_by("node_id", "period_start", "definition_version").values_list(*names)
    return [Figure(*found) for *found, source in ordered if not _is_hidden(veil, code, found, source)]


def _is_hidden(veil: CountVeil, code: str, found: Sequence[Any], source: str) -> bool:
    if not veil.least or source != ValueSource.COUNTED:
        return False
    _pk, _node, version, _start, numerator, denominator, _provenance = found
    value = IndicatorValue(
        code=code, definition_version=version, numerator=numerator, denominator=denominator, source=source
    )
    return veil.hides_value(value)


def may_see_point(actor: Actor, row: QualityCase) -> bool:
    """Tell whether the point that opened a case is no count of a few patients that the actor may not see."""
    if not count_veil(actor).least:
        return True
    hidden = IndicatorValue.objects.filter(
        node_id=row.node_id, code=row.indicator, period_start=row.signal_start, source=ValueSource.COUNTED
    )
    return not any(count_veil(actor).hides_value(each) for each in hidden)


def newest_start(actor: Actor, code: str, period: str, node_id: int) -> datetime.date | None:
    """Return the newest settled period of a unit."""
    rows = settled_values(actor).filter(code=code, sheet__period=period, node_id=node_id)
    found: datetime.date | None = rows.aggregate(newest=Max("period_start"))["newest"]
    return found


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit as the wall sorts and filters it."""

    node: OrganisationNode
    levels: frozenset[ReporterLevel]

    @property
    def path(self) -> str:
        return self.node.path


def unit_facts(node_ids: Iterable[int]) -> dict[int, UnitFacts]:
    """Return what is known of units by their keys, in three queries however many they are."""
    wanted = list(node_ids)
    nodes = OrganisationNode.objects.filter(pk__in=wanted)
    institutions = {
        pk: levels_of_institution(*found)
        for pk, *found in Institution.objects.filter(pk__in=wanted).values_list("pk", "kind", "tier", "place__level")
    }
    places = {
        pk: levels_of_place(level) for pk, level in Place.objects.filter(pk__in=wanted).values_list("pk", "level")
    }
    return {
        node.pk: UnitFacts(
            node, (institutions if node.kind == NodeKind.INSTITUTION else places).get(node.pk, frozenset())
        )
        for node in nodes
    }


def places_above(paths: Iterable[str]) -> list[OrganisationNode]:
    """Return the places in which units with these paths lie, the largest first."""
    prefixes = {path[: at + 1] for path in paths for at, letter in enumerate(path) if letter == "/"}
    return list(OrganisationNode.objects.filter(kind=NodeKind.PLACE, path__in=prefixes).order_by("path"))


def rebases(actor: Actor, code: str, nodes: Iterable[int] | None = None) -> tuple[Rebased, ...]:
    """Return where the charts of an indicator begin anew: what was recorded and not withdrawn."""
    rows = scoped(actor, ChartRebase.objects.filter(indicator=code, withdraws__isnull=True, withdrawn_by__isnull=True))
    if nodes is not None:
        rows = rows.filter(node_id__in=list(nodes))
    return tuple(Rebased(*found) for found in rows.order_by("pk").values_list("node_id", "period_start", "reason"))


def rebase_rows(actor: Actor, code: str, node_id: int) -> list[ChartRebase]:
    """Return every new beginning of a unit's chart, the withdrawn ones too, with what withdrew them."""
    rows = ChartRebase.objects.filter(indicator=code, node_id=node_id, withdraws__isnull=True)
    found = scoped(actor, rows.select_related("user", "withdrawn_by__user"))
    return list(found.order_by("period_start", "pk"))


def rebase(actor: Actor, pk: int) -> ChartRebase:
    """Return one new beginning.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, ChartRebase.objects.select_related("node", "withdrawn_by"), pk)


def unit(actor: Actor, node_id: int) -> OrganisationNode:
    """Return a unit of which the actor may read values, or for which one may act.

    Raises
    ------
    NotFoundInScopeError
    """
    told = scoped(actor, IndicatorValue.objects.filter(node_id=node_id)).values("node_id")
    row = OrganisationNode.objects.filter(Q(pk__in=told) | Q(pk__in=nodes_in_reach(actor)), pk=node_id).first()
    if row is None:
        raise NotFoundInScopeError("There is no such record within your reach.", model="OrganisationNode")
    return row


_CASE_PARTS = ("node", "owner", "checker")


def cases(actor: Actor) -> QuerySet[QualityCase, Any]:
    """Return the cases within reach, with the number of their open actions, the newest first."""
    is_open = Q(actions__done_on__isnull=True, actions__dropped_because="", actions__isnull=False)
    rows = QualityCase.objects.select_related(*_CASE_PARTS).annotate(open_actions=Count("actions", filter=is_open))
    return scoped(actor, rows).order_by("-opened_on", "code")


def case(actor: Actor, pk: int) -> QualityCase:
    """Return one case.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, QualityCase.objects.select_related(*_CASE_PARTS), pk)


def actions_of(actor: Actor, row: QualityCase) -> list[QualityAction]:
    return list(scoped(actor, QualityAction.objects.filter(case=row).select_related("owner", "done_by", "case")))


def action(actor: Actor, pk: int) -> QualityAction:
    """Return one corrective action.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, QualityAction.objects.select_related("case__node", "owner"), pk)


def checks_of(actor: Actor, row: QualityCase) -> list[QualityCheck]:
    return list(scoped(actor, QualityCheck.objects.filter(case=row).select_related("user")).order_by("-pk"))


def events_of_case(actor: Actor, row: QualityCase) -> list[QualityEvent]:
    return list(scoped(actor, QualityEvent.objects.filter(case=row).select_related("user")).order_by("pk"))


def cases_on_chart(actor: Actor, code: str, node_id: int) -> list[QualityCase]:
    """Return the cases about one chart, the newest first."""
    return list(cases(actor).filter(indicator=code, node_id=node_id))


def possible_owners(node: OrganisationNode, today: datetime.date) -> list[User]:
    """Return who may own a case of a unit: people who write indicators there or above it."""
    above = [node.path[: at + 1] for at, letter in enumerate(node.path) if letter == "/"]
    roles = [role for role in Role if role_holds(role, Permission.parse("indicator.write"))]
    rows = Affiliation.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=today),
        Q(node_id=node.pk) | Q(inherits_down=True),
        node__path__in=above,
        role__in=roles,
        valid_from__lte=today,
        user__is_active=True,
        user__is_service=False,
    )
    return list(User.objects.filter(pk__in=rows.values("user_id")).order_by("display_name", "pk"))


def mine_to_do(actor: Actor) -> QuerySet[QualityCase, Any]:
    """Return the cases and those with actions that the person owns and has still to do something about."""
    open_action = QualityAction.objects.filter(owner_id=actor.user_id, done_on__isnull=True, dropped_because="")
    agreed = Q(state=QualityState.ACTION_AGREED, pk__in=open_action.values("case_id"))
    own = Q(owner_id=actor.user_id, state__in=TO_DO)
    return scoped(actor, QualityCase.objects.filter(own | agreed), Act.WRITE)


def to_check(actor: Actor) -> QuerySet[QualityCase, Any]:
    """Return the cases whose check the person may take up, or has taken up."""
    did = QualityAction.objects.filter(Q(owner_id=actor.user_id) | Q(done_by_id=actor.user_id))
    rows = QualityCase.objects.filter(
        Q(state=QualityState.ACTION_DONE) | Q(state=QualityState.CHECKING, checker_id=actor.user_id)
    )
    rows = rows.exclude(owner_id=actor.user_id).exclude(pk__in=did.values("case_id"))
    return scoped(actor, rows, Act.WRITE)


def without_owner(actor: Actor) -> QuerySet[QualityCase, Any]:
    return scoped(actor, QualityCase.objects.filter(state=QualityState.OPEN), Act.WRITE)


def to_close(actor: Actor) -> QuerySet[QualityCase, Any]:
    return scoped(actor, QualityCase.objects.filter(state=QualityState.WORKED), Act.DECIDE)
