"""Who reaches what of the pool: whoever covers the home hospital; of an asking, the receiving unit that asked.

These rules say which rows an affiliation reaches. Which roles may read them at all, and that everybody may read what is
their own, stands in ``pool_queries``: limits are for the person, the office of the home hospital and the planner.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from lianyi.accounts.access import ScopeRule, register_scope
from lianyi.accounts.models import OrganisationNode
from lianyi.accounts.roles import Family
from lianyi.dispatch import models
from lianyi.dispatch.models import CandidacyOrigin
from lianyi.dispatch.pool_machine import OPEN_TO_RECEIVER


def _asked_by(nodes: QuerySet[OrganisationNode, Any]) -> Q:
    return Q(origin=CandidacyOrigin.ASKED, to_institution_id__in=nodes.values("pk"))


def _of_an_asking(nodes: QuerySet[OrganisationNode, Any]) -> Q:
    asked = Q(candidacy__origin=CandidacyOrigin.ASKED, candidacy__to_institution_id__in=nodes.values("pk"))
    return asked & Q(step__in=OPEN_TO_RECEIVER)


def register() -> None:
    of_staff = "staff__institution_id"
    couple = ("proposer__institution_id", "partner__institution_id")
    register_scope(models.PoolMember, ScopeRule(family=Family.DISPATCH, nodes=(of_staff,), person_level=True))
    register_scope(
        models.PoolPreference, ScopeRule(family=Family.DISPATCH, nodes=(f"member__{of_staff}",), person_level=True)
    )
    register_scope(models.PoolCouple, ScopeRule(family=Family.DISPATCH, nodes=couple, person_level=True))
    register_scope(
        models.Candidacy,
        ScopeRule(family=Family.DISPATCH, nodes=("home_institution_id",), through=_asked_by, person_level=True),
    )
    register_scope(
        models.PoolEvent,
        ScopeRule(
            family=Family.DISPATCH,
            nodes=(
                f"member__{of_staff}",
                *(f"couple__{lookup}" for lookup in couple),
                "candidacy__home_institution_id",
            ),
            through=_of_an_asking,
            person_level=True,
        ),
    )
