"""What relation grants (G3) of a case are made on.

A candidate receiver gets the leg and the case without identity (tier T1); acceptance opens the record with identity
and the journey (tier T2).
"""

from __future__ import annotations

LEG_TARGET = "referrals.leg"
CASE_TARGET = "referrals.case"
RECORD_TARGET = "referrals.record"
JOURNEY_TARGET = "referrals.journey"
# The short form for whoever drives the patient: who it is, and the moments of the way; neither packet nor files.
IDENTITY_TARGET = "referrals.identity"
PATHWAY_TARGET = "referrals.pathway"
# What the expert side sees of a consultation when it is asked, and the content it sees once it has accepted.
CONSULTATION_ASK_TARGET = "referrals.consultation_ask"
CONSULTATION_TARGET = "referrals.consultation"
LEG_BASIS = "referrals.leg"
CONSULTATION_BASIS = "referrals.consultation"
