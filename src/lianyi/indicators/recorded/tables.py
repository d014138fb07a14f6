"""Every table that this site fills, with the kinds of its columns in the order of its rows."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Final

from lianyi.dispatch.models import Posting, RoundVisit
from lianyi.growth.models import DepartmentTechnique, ReturnCheck, TechniqueCase, TrainingSession
from lianyi.indicators.recorded import growth_rows as growth
from lianyi.indicators.recorded import pathway_rows as pathways
from lianyi.indicators.recorded import referral_rows as referrals
from lianyi.indicators.recorded import registry_rows as registry
from lianyi.indicators.recorded.table import ColumnKind, RecordedTable
from lianyi.referrals.models import BroughtResult, Consultation, Leg, Request
from lianyi.registry.models import Institution, Place, PlacePopulation, Staff, YearlyWorkload

TEXT, WHOLE, DAY = ColumnKind.TEXT, ColumnKind.WHOLE, ColumnKind.DAY
MOMENT, YES_NO = ColumnKind.MOMENT, ColumnKind.YES_NO
_REFERRALS: Final = {
    "accepted_at": MOMENT,
    "answered_at": MOMENT,
    "arrived_at": MOMENT,
    "declined_at": MOMENT,
    "direction": TEXT,
    "feedback_received_at": MOMENT,
    "has_duplicate_test": YES_NO,
    "has_recovered": YES_NO,
    "is_green_channel": YES_NO,
    "items_present": WHOLE,
    "items_required": WHOLE,
    "onward_at": MOMENT,
    "receiver_code": TEXT,
    "requested_at": MOMENT,
    "sender_code": TEXT,
    "transferred_back_at": MOMENT,
    "urgency": TEXT,
}
_CHEST_PAIN: Final = {
    "arrived_at": MOMENT,
    "blood_drawn_at": MOMENT,
    "cath_lab_called_at": MOMENT,
    "cath_lab_ready_at": MOMENT,
    "ecg_read_at": MOMENT,
    "ecg_sent_ahead": YES_NO,
    "first_contact_at": MOMENT,
    "first_ecg_at": MOMENT,
    "institution_code": TEXT,
    "is_stemi": YES_NO,
    "left_at": MOMENT,
    "needle_at": MOMENT,
    "past_ccu": YES_NO,
    "past_emergency": YES_NO,
    "route": TEXT,
    "troponin_at": MOMENT,
    "wire_at": MOMENT,
}
_POSTINGS: Final = {
    "agreement_code": TEXT,
    "arrived_on": DAY,
    "code": TEXT,
    "kind": TEXT,
    "left_on": DAY,
    "staff_code": TEXT,
    "staff_institution_code": TEXT,
    "to_institution_code": TEXT,
}
_STROKE: Final = {
    "arrived_at": MOMENT,
    "assessed_at": MOMENT,
    "institution_code": TEXT,
    "kind": TEXT,
    "needle_at": MOMENT,
    "tests_done_at": MOMENT,
}
_VISITS: Final = {
    "county_code": TEXT,
    "is_primary": YES_NO,
    "tcm_visits": WHOLE,
    "visited_on": TEXT,
    "visits": WHOLE,
}


@functools.cache
def recorded_tables() -> Mapping[str, RecordedTable]:
    """Return the tables by their names."""
    return {each.name: each for each in (*_of_registry(), *_of_growth(), *_of_patients())}


def _of_registry() -> tuple[RecordedTable, ...]:
    return (
        RecordedTable(
            "institutions", Institution, dict.fromkeys(("code", "kind", "place_code", "tier"), TEXT),
            registry.institutions,
        ),
        RecordedTable("places", Place, dict.fromkeys(("code", "level"), TEXT), registry.places),
        RecordedTable(
            "place_populations", PlacePopulation,
            {"group": TEXT, "persons": WHOLE, "place_code": TEXT, "year": TEXT}, registry.place_populations,
        ),
        RecordedTable(
            "staff", Staff, dict.fromkeys(("code", "institution_code", "profession", "title_rank"), TEXT),
            registry.staff,
        ),
        RecordedTable("visits", YearlyWorkload, _VISITS, registry.visits),
        RecordedTable(
            "village_posts", Institution,
            {"counted_on": DAY, "county_code": TEXT, "has_ecg_device": YES_NO, "institution_code": TEXT},
            registry.village_posts,
        ),
    )  # fmt: skip


def _of_growth() -> tuple[RecordedTable, ...]:
    return (
        RecordedTable("postings", Posting, _POSTINGS, growth.postings),
        RecordedTable(
            "return_checks", ReturnCheck, dict.fromkeys(("agreement_code", "outcome", "posting_code"), TEXT),
            growth.return_checks,
        ),
        RecordedTable(
            "round_visits", RoundVisit, {"held_on": DAY, "state": TEXT, "stop_code": TEXT}, growth.round_visits
        ),
        RecordedTable(
            "technique_cases", TechniqueCase,
            {"complications": WHOLE, "count": WHOLE, "done_on": DAY, "part": TEXT, "technique_code": TEXT},
            growth.technique_cases,
        ),
        RecordedTable(
            "techniques", DepartmentTechnique,
            {"code": TEXT, "independent_from": DAY, "institution_code": TEXT, "is_kept_after_year": YES_NO},
            growth.techniques,
        ),
        RecordedTable(
            "training_sessions", TrainingSession, {"held_on": DAY, "institution_code": TEXT, "state": TEXT},
            growth.training_sessions,
        ),
    )  # fmt: skip


def _of_patients() -> tuple[RecordedTable, ...]:
    return (
        RecordedTable("referrals", Leg, _REFERRALS, referrals.referrals, is_of_patients=True),
        RecordedTable(
            "transfers_back", Leg, {"returned_at": MOMENT, "sender_code": TEXT, "transferred_at": MOMENT},
            referrals.transfers_back, is_of_patients=True,
        ),
        RecordedTable(
            "consultations", Consultation,
            {"answered_at": MOMENT, "asked_at": MOMENT, "asking_code": TEXT, "consulted_code": TEXT, "kind": TEXT},
            referrals.consultations, is_of_patients=True,
        ),
        RecordedTable(
            "test_results", BroughtResult, {"decided_on": DAY, "institution_code": TEXT, "use": TEXT},
            referrals.test_results, is_of_patients=True,
        ),
        RecordedTable("chest_pain", Request, _CHEST_PAIN, pathways.chest_pain, is_of_patients=True),
        RecordedTable("stroke", Request, _STROKE, pathways.stroke, is_of_patients=True),
    )  # fmt: skip
