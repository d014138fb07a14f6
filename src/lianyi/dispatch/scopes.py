"""Who reaches which posting: home and receiving institutions (G1), and the parties of its agreement (G2)."""

from __future__ import annotations

from lianyi.accounts.access import RelationPath, ScopeRule, register_scope
from lianyi.accounts.roles import Family
from lianyi.dispatch import models
from lianyi.partnerships.scopes import AGREEMENT_TARGET


def _of_posting(prefix: str) -> ScopeRule:
    return ScopeRule(
        family=Family.DISPATCH,
        nodes=(f"{prefix}from_institution_id", f"{prefix}to_institution_id"),
        relations=(RelationPath(AGREEMENT_TARGET, f"{prefix}agreement_id"),),
        person_level=True,
    )


def register() -> None:
    register_scope(models.Posting, _of_posting(""))
    for model in (models.PostingEvent, models.PostingAbsence, models.PostingApproval):
        register_scope(model, _of_posting("posting__"))
    for group in (models.Batch, models.Team):
        register_scope(
            group,
            ScopeRule(family=Family.DISPATCH, relations=(RelationPath(AGREEMENT_TARGET, "agreement_id"),)),
        )
