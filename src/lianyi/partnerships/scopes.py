"""Who reaches which row of the partnerships: the parties (G2), and those who answer for a party's region (G1)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from lianyi.accounts.access import READING, RelationPath, ScopeRule, register_scope
from lianyi.accounts.models import OrganisationNode
from lianyi.accounts.roles import Family
from lianyi.partnerships import models
from lianyi.partnerships.relations import AGREEMENT_TARGET, ASKED_TARGET

__all__ = ["AGREEMENT_TARGET", "register", "rule_of_agreement"]


def _with_a_party_among(lookup: str) -> Any:  # noqa: ANN401 - a function from nodes to a condition
    def condition(nodes: QuerySet[OrganisationNode, Any]) -> Q:
        # Sites are places of work, not parties: a village clinic does not open the whole scheme to its township.
        # Whoever was named and has not confirmed only reads; see ``relations``.
        parts = models.AgreementParty.objects.filter(institution_id__in=nodes.values("pk"), confirmed_at__isnull=False)
        parts = parts.exclude(side="site")
        return Q(**{f"{lookup}__in": parts.values("agreement_id")})

    return condition


def rule_of_agreement(lookup: str) -> ScopeRule:
    """Return who reaches what belongs to an agreement: its parties, those asked to be one, those above them."""
    return ScopeRule(
        family=Family.AGREEMENT,
        relations=(RelationPath(AGREEMENT_TARGET, lookup), RelationPath(ASKED_TARGET, lookup, acts=READING)),
        through=_with_a_party_among(lookup),
    )


def _alliances_with_a_member_among(nodes: QuerySet[OrganisationNode, Any]) -> Q:
    memberships = models.AllianceMembership.objects.filter(institution_id__in=nodes.values("pk"))
    return Q(pk__in=memberships.values("alliance_id"))


def _memberships_of_alliances_among(nodes: QuerySet[OrganisationNode, Any]) -> Q:
    memberships = models.AllianceMembership.objects.filter(institution_id__in=nodes.values("pk"))
    return Q(alliance_id__in=memberships.values("alliance_id"))


def register() -> None:
    register_scope(models.Agreement, rule_of_agreement("pk"))
    for model in (models.AgreementParty, models.Duty, models.CycleStep, models.TimelineFact):
        register_scope(model, rule_of_agreement("agreement_id"))
    register_scope(
        models.Alliance,
        ScopeRule(family=Family.AGREEMENT, nodes=("lead_id",), through=_alliances_with_a_member_among),
    )
    register_scope(
        models.AllianceMembership,
        ScopeRule(family=Family.AGREEMENT, nodes=("institution_id",), through=_memberships_of_alliances_among),
    )
