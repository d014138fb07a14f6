"""Who reaches which row of the referrals.

The sender's own people by affiliation (G1); everybody else by the relation that a step of the table opened (G3), and
people posted to a party through that party (G4). Agreements open no case.
"""

from __future__ import annotations

from django.db.models import Model

from lianyi.accounts.access import RelationPath, ScopeRule, register_scope
from lianyi.accounts.roles import Family
from lianyi.partnerships.scopes import AGREEMENT_TARGET
from lianyi.referrals import models
from lianyi.referrals.targets import (
    CASE_TARGET,
    CONSULTATION_ASK_TARGET,
    CONSULTATION_TARGET,
    IDENTITY_TARGET,
    JOURNEY_TARGET,
    LEG_TARGET,
    PATHWAY_TARGET,
    RECORD_TARGET,
)


def _path(target: str, lookup: str) -> RelationPath:
    return RelationPath(target, lookup, serves_assigned=True)


def _of_leg(prefix: str) -> ScopeRule:
    return ScopeRule(
        family=Family.REFERRAL,
        nodes=(f"{prefix}from_institution_id",),
        relations=(_path(LEG_TARGET, f"{prefix}id"),),
        person_level=True,
    )


def _of_case(prefix: str, target: str) -> ScopeRule:
    return ScopeRule(
        family=Family.REFERRAL,
        nodes=(f"{prefix}from_institution_id",),
        relations=(_path(target, f"{prefix}id"),),
        person_level=True,
    )


def _of_journey(prefix: str) -> ScopeRule:
    return ScopeRule(
        family=Family.REFERRAL,
        nodes=(f"{prefix}origin_institution_id",),
        relations=(_path(JOURNEY_TARGET, f"{prefix}id"),),
        person_level=True,
    )


def _of_consultation(prefix: str, target: str) -> ScopeRule:
    return ScopeRule(
        family=Family.CONSULTATION,
        nodes=(f"{prefix}from_institution_id",),
        relations=(_path(target, f"{prefix}id"),),
        person_level=True,
    )


def _of_institution(family: Family, lookup: str) -> ScopeRule:
    return ScopeRule(family=family, nodes=(lookup,))


def register() -> None:
    """Tell the access function; once, when the application starts."""
    _register_legs()
    _register_requests()
    _register_journeys()
    _register_consultations()
    _register_desks()


def _register_legs() -> None:
    register_scope(models.Leg, _of_leg(""))
    model: type[Model]
    for model in (
        models.LegEvent,
        models.Question,
        models.Message,
        models.Clock,
        models.ClosingProposal,
        models.MergeConflict,
        models.CapabilityFinding,
        models.BroughtResult,
        models.GuestLink,
    ):
        register_scope(model, _of_leg("leg__"))
    for model in (models.ClockPause, models.Escalation):
        register_scope(model, _of_leg("clock__leg__"))


def _register_requests() -> None:
    register_scope(models.Request, _of_case("", CASE_TARGET))
    register_scope(
        models.Milestone,
        ScopeRule(
            family=Family.REFERRAL,
            nodes=("request__from_institution_id",),
            relations=(_path(CASE_TARGET, "request_id"), _path(PATHWAY_TARGET, "request_id")),
            person_level=True,
        ),
    )
    for model in (models.Packet, models.ReturnPlan, models.ReturnNeed):
        register_scope(model, _of_case("request__", CASE_TARGET))
    register_scope(models.Attachment, _of_case("request__", RECORD_TARGET))


def _register_journeys() -> None:
    register_scope(models.Journey, _of_journey(""))
    register_scope(models.RecoveryStage, _of_journey("journey__"))
    register_scope(
        models.PatientIdentity,
        ScopeRule(
            family=Family.REFERRAL,
            nodes=("journey__origin_institution_id",),
            relations=(_path(JOURNEY_TARGET, "journey_id"), _path(IDENTITY_TARGET, "journey_id")),
            person_level=True,
        ),
    )
    register_scope(
        models.FollowUp,
        ScopeRule(
            family=Family.REFERRAL,
            nodes=("institution_id",),
            relations=(_path(JOURNEY_TARGET, "journey_id"),),
            person_level=True,
        ),
    )


def _register_consultations() -> None:
    register_scope(models.Consultation, _of_consultation("", CONSULTATION_ASK_TARGET))
    model: type[Model]
    for model in (models.ConsultationEvent, models.Opinion):
        register_scope(model, _of_consultation("consultation__", CONSULTATION_ASK_TARGET))
    register_scope(models.ConsultationClock, _of_consultation("consultation__", CONSULTATION_ASK_TARGET))
    for model in (models.ConsultationClockPause, models.ConsultationCall):
        register_scope(model, _of_consultation("clock__consultation__", CONSULTATION_ASK_TARGET))
    register_scope(models.ConsultationPacket, _of_consultation("consultation__", CONSULTATION_TARGET))


def _register_desks() -> None:
    """Register what belongs to an institution and to no case: its notices, rosters, devices, partners and terms."""
    register_scope(models.Notice, _of_institution(Family.REFERRAL, "institution_id"))
    register_scope(models.Webhook, _of_institution(Family.ADMIN, "institution_id"))
    register_scope(models.DutyRoster, _of_institution(Family.GREEN_DUTY, "institution_id"))
    register_scope(models.Delivery, _of_institution(Family.ADMIN, "notice__institution_id"))
    register_scope(models.DutySlot, _of_institution(Family.GREEN_DUTY, "roster__institution_id"))
    # The person's own devices need no scope; whoever administers the person may block a lost one.
    register_scope(models.OfflineDevice, _of_institution(Family.ADMIN, "affiliation__node_id"))
    register_scope(models.ExternalPartner, _of_institution(Family.REFERRAL, "kept_by_id"))
    register_scope(
        models.ReferralTerms,
        ScopeRule(family=Family.AGREEMENT, relations=(RelationPath(AGREEMENT_TARGET, "agreement_id"),)),
    )
