"""Shapes of the scope rules of growth: by the institution that learns (G1) and the parties of the agreement (G2)."""

from __future__ import annotations

from lianyi.accounts.access import RelationPath, ScopeRule
from lianyi.accounts.roles import Family
from lianyi.partnerships.scopes import AGREEMENT_TARGET


def of_technique(prefix: str) -> ScopeRule:
    return ScopeRule(
        family=Family.GROWTH,
        nodes=(f"{prefix}institution_id",),
        relations=(RelationPath(AGREEMENT_TARGET, f"{prefix}agreement_id"),),
    )
