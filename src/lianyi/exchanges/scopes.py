"""Who reaches which row: hosts and guests, the parties of the agreement, owners; and who knows of difficulties."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet

from lianyi.accounts.access import RelationPath, ScopeRule, register_scope
from lianyi.accounts.actors import Actor
from lianyi.accounts.models import OrganisationNode
from lianyi.accounts.roles import Family
from lianyi.exchanges import models
from lianyi.exchanges.beside import visits_beside
from lianyi.exchanges.confidence import known_actions, known_points
from lianyi.partnerships.relations import AGREEMENT_TARGET

_LINES = (models.ProgrammeLine, models.VisitParticipant, models.Contribution)


def register() -> None:
    register_scope(models.ExchangeVisit, _of_visit(""))
    for model in (models.VisitEvent, models.VisitInstitution, *_LINES):
        register_scope(model, _of_visit("visit__"))
    register_scope(models.Point, _of_point(""))
    register_scope(models.PointEvent, _of_point("point__"))
    register_scope(models.Action, _of_action(""))
    register_scope(models.ActionEvent, _of_action("action__"))
    register_scope(
        models.Recognition,
        ScopeRule(
            family=Family.VISIT,
            nodes=("given_by_id", "to_staff__institution_id"),
            relations=(RelationPath(AGREEMENT_TARGET, "agreement_id"),),
        ),
    )


def _rule(visit: str, nodes: tuple[str, ...], confidential: Callable[[Actor], Q] | None = None) -> ScopeRule:
    """Return the rule of rows to whose visit ``visit`` leads; further hosts and guests reach them like the first."""

    def through(reached: QuerySet[OrganisationNode, Any]) -> Q:
        return Q(**{f"{visit}pk__in": visits_beside(reached)})

    return ScopeRule(
        family=Family.VISIT,
        nodes=nodes,
        relations=(RelationPath(AGREEMENT_TARGET, f"{visit}agreement_id"),),
        through=through,
        confidential=confidential,
    )


def _of_visit(visit: str) -> ScopeRule:
    return _rule(visit, (f"{visit}host_id", f"{visit}guest_id"))


def _of_point(point: str) -> ScopeRule:
    nodes = (
        *("visit__host_id", "visit__guest_id", "institution_id", "raised_by_institution_id"),
        "raised_by_staff__institution_id",
    )
    return _rule(f"{point}visit__", tuple(f"{point}{each}" for each in nodes), known_points(point))


def _of_action(action: str) -> ScopeRule:
    nodes = ("owner_id", "supporter_id", "point__visit__host_id", "point__visit__guest_id")
    lookups = tuple(f"{action}{each}" for each in nodes)
    return _rule(f"{action}point__visit__", lookups, known_actions(action))
