"""Who reaches which posting: home and receiving institutions (G1), and the parties of its agreement (G2).

A need is reached by whoever covers the institution or the place that asks (G1); once it is open for help under an
agreement, the parties of that agreement read it too (G2).
Scenarios of a plan and pairing plans are reached by whoever covers the institution or place that plans (G1); the
other parties of the agreements see what is handed over to them, not what is tried out. Of a pairing plan that asks for
wishes an institution sees its own wishes, and with them the plan's name, days and other side.

Rounds with everything about them are reached by the parties of their agreement (G2).
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Model

from lianyi.accounts.access import READING, RelationPath, ScopeRule, register_scope
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


def _of_need(prefix: str) -> ScopeRule:
    return ScopeRule(
        family=Family.DISPATCH,
        nodes=(f"{prefix}institution_id", f"{prefix}place_id"),
        relations=(RelationPath(AGREEMENT_TARGET, f"{prefix}agreement_id", READING),),
    )


def _of_scenario(prefix: str) -> ScopeRule:
    return ScopeRule(family=Family.DISPATCH, nodes=(f"{prefix}owner_id",), person_level=True)


def _of_rounds(prefix: str) -> ScopeRule:
    return ScopeRule(family=Family.DISPATCH, relations=(RelationPath(AGREEMENT_TARGET, f"{prefix}agreement_id"),))


# No person stands in a pairing plan.
def _of_pairing(prefix: str) -> ScopeRule:
    return ScopeRule(family=Family.DISPATCH, nodes=(f"{prefix}owner_id",))


# Read by the office that plans, and each institution's by itself.
def _of_wishes(prefix: str) -> ScopeRule:
    return ScopeRule(family=Family.DISPATCH, nodes=(f"{prefix}plan__owner_id", f"{prefix}institution_id"))


# A search belongs to a scenario, to rounds or to a pairing plan; the other ways lead nowhere.
_OF_RUN = ScopeRule(
    family=Family.DISPATCH,
    nodes=("scenario__owner_id", "pairing__owner_id"),
    relations=(RelationPath(AGREEMENT_TARGET, "programme__agreement_id"),),
    person_level=True,
)

_TO_AGREEMENT: Mapping[type[Model], str] = {
    models.RoundProgramme: "",
    models.RoundCrew: "programme__",
    models.RoundStop: "programme__",
    models.RoundWay: "programme__",
    models.RoundClosure: "stop__programme__",
    models.RoundPlan: "programme__",
    models.RoundVisit: "stop__programme__",
    models.RoundVisitEvent: "visit__stop__programme__",
}


def register() -> None:
    register_scope(models.PlanScenario, _of_scenario(""))
    for part in (models.PlanLine, models.UnmetNeed):
        register_scope(part, _of_scenario("scenario__"))
    register_scope(models.PairingPlan, _of_pairing(""))
    register_scope(models.PairingMark, _of_pairing("plan__"))
    register_scope(models.PlannedPair, _of_pairing("plan__"))
    register_scope(models.PairingWishes, _of_wishes(""))
    register_scope(models.PairingWishStatement, _of_wishes("wishes__"))
    register_scope(models.PlanRun, _OF_RUN)
    register_scope(models.Need, _of_need(""))
    register_scope(models.NeedEvent, _of_need("need__"))
    register_scope(models.DismissedProposal, ScopeRule(family=Family.DISPATCH, nodes=("institution_id", "place_id")))
    register_scope(models.Posting, _of_posting(""))
    for model in (models.PostingEvent, models.PostingAbsence, models.PostingApproval):
        register_scope(model, _of_posting("posting__"))
    for model_of_rounds, prefix in _TO_AGREEMENT.items():
        register_scope(model_of_rounds, _of_rounds(prefix))
    for group in (models.Batch, models.Team):
        register_scope(
            group,
            ScopeRule(family=Family.DISPATCH, relations=(RelationPath(AGREEMENT_TARGET, "agreement_id"),)),
        )
