"""Sheets counted from referrals: as on paper, and with few patients hidden from whoever reads no cases."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lianyi.accounts.models import OrganisationNode
from lianyi.indicators.counted_figures import countable_of
from lianyi.indicators.counted_veil import CountVeil, count_veil
from lianyi.indicators.models import IndicatorSheet
from lianyi.indicators.queries.counted import newest_counts
from tests.cast import actor_for
from tests.indicators.counted_story import ACCEPTANCE, Counting, counting
from tests.referrals.conftest import world, written_once  # noqa: F401 - the small world of the referrals
from tests.referrals.small_world import SmallWorld

pytestmark = pytest.mark.django_db


def referral_sheet(world: SmallWorld, period: str = "2026-04") -> tuple[Counting, IndicatorSheet]:  # noqa: F811
    told = counting(world.scene)
    analyst = actor_for("city-analyst", world.scene.city.pk, "indicator_analyst")
    node = OrganisationNode.objects.get(pk=world.scene.jia.pk)
    row = told.sheet("referral", period, node, analyst)
    told.counted(row, analyst)
    return told, row


def test_the_referrals_of_a_hospital_are_counted_as_on_paper(world: SmallWorld) -> None:  # noqa: F811
    _told, row = referral_sheet(world)
    counted = newest_counts(row)
    assert set(counted) == {each.code for each in countable_of(row)}
    assert counted[ACCEPTANCE].figures == (5, 10)
    assert (counted[ACCEPTANCE].numerator_rows, counted[ACCEPTANCE].denominator_rows) == (5, 10)
    assert counted["referral-answer-emergency-median"].figures == (Decimal(17), None)
    # Nobody was sent down to JIA1, so nothing tells of transfers back by others.
    assert counted["referral-return-30-days"].figures == (1, 1)


def test_few_patients_are_hidden_from_who_reads_no_cases(world: SmallWorld) -> None:  # noqa: F811
    _told, row = referral_sheet(world)
    counted = newest_counts(row)
    watcher = actor_for("city-watcher", world.scene.city.pk, "indicator_analyst")
    clinician = actor_for("jia-coordinator", world.scene.jia.pk, "referral_coordinator")
    assert count_veil(watcher).least == 5
    assert count_veil(watcher).hides_counted(counted["referral-refusal"])
    assert not count_veil(watcher).hides_counted(counted[ACCEPTANCE])
    assert count_veil(watcher).hides_counted(counted["referral-answer-emergency-median"]), "made of two patients"
    assert count_veil(watcher).hides_value(row.values.get(code="referral-refusal"))
    assert count_veil(clinician) == CountVeil()
