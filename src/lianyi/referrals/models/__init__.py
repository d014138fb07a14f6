"""What is kept of referrals, by subject."""

from __future__ import annotations

from lianyi.referrals.models.cases import Attachment, Journey, Milestone, Packet, PatientIdentity, Request, Sex
from lianyi.referrals.models.clocks import Clock, ClockPause, Escalation
from lianyi.referrals.models.consultation_clocks import (
    Awaited,
    ConsultationCall,
    ConsultationClock,
    ConsultationClockPause,
)
from lianyi.referrals.models.consultations import (
    Consultation,
    ConsultationEvent,
    ConsultationPacket,
    ConsultationState,
    Opinion,
)
from lianyi.referrals.models.duty import DutyRoster, DutySlot
from lianyi.referrals.models.legs import ClosingProposal, Leg, LegEvent, MergeConflict, Message, Question
from lianyi.referrals.models.notices import Delivery, Notice, Webhook, WorkerHeartbeat
from lianyi.referrals.models.offline import OfflineDevice
from lianyi.referrals.models.partners import ExternalPartner, GuestLink
from lianyi.referrals.models.results import NONE_BROUGHT, BroughtResult
from lianyi.referrals.models.returns import CapabilityFinding, FollowUp, RecoveryStage, ReturnNeed, ReturnPlan
from lianyi.referrals.models.settings import NumberSeries, ReferralTerms

__all__ = [
    "NONE_BROUGHT",
    "Attachment",
    "Awaited",
    "BroughtResult",
    "CapabilityFinding",
    "Clock",
    "ClockPause",
    "ClosingProposal",
    "Consultation",
    "ConsultationCall",
    "ConsultationClock",
    "ConsultationClockPause",
    "ConsultationEvent",
    "ConsultationPacket",
    "ConsultationState",
    "Delivery",
    "DutyRoster",
    "DutySlot",
    "Escalation",
    "ExternalPartner",
    "FollowUp",
    "GuestLink",
    "Journey",
    "Leg",
    "LegEvent",
    "MergeConflict",
    "Message",
    "Milestone",
    "Notice",
    "NumberSeries",
    "OfflineDevice",
    "Opinion",
    "Packet",
    "PatientIdentity",
    "Question",
    "RecoveryStage",
    "ReferralTerms",
    "Request",
    "ReturnNeed",
    "ReturnPlan",
    "Sex",
    "Webhook",
    "WorkerHeartbeat",
]
