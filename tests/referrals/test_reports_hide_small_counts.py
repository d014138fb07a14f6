"""A kept report is read by all parties: no small number of patients stands in it, whoever makes it."""

from __future__ import annotations

import datetime
import json

import pytest

from lianyi.accounts.actors import Actor, service_actor
from lianyi.partnerships.models import Agreement
from lianyi.reports.content import ReportPeriod
from lianyi.reports.making import made_report
from tests.referrals.small_world import SmallWorld

SPRING, YEAR = ReportPeriod(2026, 2), ReportPeriod(2026)


def words_of(actor: Actor, agreement: Agreement, period: ReportPeriod) -> str:
    made = made_report(actor, agreement, period, datetime.date(2026, 7, 1))
    return json.dumps(made.documents["en"], ensure_ascii=False)


@pytest.mark.parametrize("maker", ["coordinator", "service"])
def test_neither_promises_nor_happenings_tell_a_small_number_of_patients(world: SmallWorld, maker: str) -> None:
    scene, agreement = world.scene, world.story.agreement
    scene.duty(agreement, "D90", "referrals_answered_in_time", "0.95", "share", "quarter")
    scene.duty(agreement, "D91", "patients_transferred_back", "2", "patient", "quarter")
    actor = service_actor() if maker == "service" else world.story.coordinator

    said = words_of(actor, agreement, SPRING)
    assert said.count("hidden: few") == 2
    # 6 of 9 were answered in time, 1 patient came back, 11 went up in the year.
    for betraying in ("6/9", "0.6667", "66.67", "66.7", "transfers back within the year", "referrals up within"):
        assert betraying not in said
    assert "within the year" not in words_of(actor, agreement, YEAR)
