"""Who reaches which row: host and guest, the parties of the agreement, owners; and who knows of difficulties at all."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q

from lianyi.accounts.access import RelationPath, ScopeRule, register_scope
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Family
from lianyi.exchanges import models
from lianyi.exchanges.confidence import known_actions, known_points
from lianyi.partnerships.relations import AGREEMENT_TARGET


def register() -> None:
    register_scope(models.ExchangeVisit, _of_visit(""))
    for model in (models.VisitEvent, models.ProgrammeLine, models.VisitParticipant, models.Contribution):
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


def _rule(agreement: str, nodes: tuple[str, ...], confidential: Callable[[Actor], Q] | None = None) -> ScopeRule:
    relations = (RelationPath(AGREEMENT_TARGET, agreement),)
    return ScopeRule(family=Family.VISIT, nodes=nodes, relations=relations, confidential=confidential)


def _of_visit(visit: str) -> ScopeRule:
    return _rule(f"{visit}agreement_id", (f"{visit}host_id", f"{visit}guest_id"))


def _of_point(point: str) -> ScopeRule:
    nodes = (
        *("visit__host_id", "visit__guest_id", "institution_id", "raised_by_institution_id"),
        "raised_by_staff__institution_id",
    )
    return _rule(f"{point}visit__agreement_id", tuple(f"{point}{each}" for each in nodes), known_points(point))


def _of_action(action: str) -> ScopeRule:
    nodes = ("owner_id", "supporter_id", "point__visit__host_id", "point__visit__guest_id")
    lookups = tuple(f"{action}{each}" for each in nodes)
    return _rule(f"{action}point__visit__agreement_id", lookups, known_actions(action))
