"""What stands in the report of a period, and reports that make themselves beside one that cannot be made."""

from __future__ import annotations

import logging
import uuid

import pytest

from lianyi.accounts.actors import service_actor
from lianyi.accounts.audit import CommandContext
from lianyi.partnerships import commands as partnerships
from lianyi.partnerships.models import Agreement
from lianyi.reports import commands
from lianyi.reports.making import make_due_reports
from lianyi.reports.models import KeptReport
from lianyi.reports.queries import due_reports
from tests.cast import acting_as, day
from tests.reports.test_reports import part, scheduled, texts, told


@pytest.mark.parametrize(
    ("precision", "happened_on", "quarters"),
    [
        ("day", "2022-02-10", {"2022-Q1"}),
        ("month", "2022-05-01", {"2022-Q2"}),
        ("year", "2022-01-01", set()),
    ],
)
def test_what_is_known_to_the_year_only_stands_in_no_quarter(
    scene, two_years, precision: str, happened_on: str, quarters: set[str]
):
    partnerships.record_fact(
        acting_as(scene.office_jia),
        two_years,
        partnerships.NewFact(
            code="F77",
            kind="other",
            happened_on=day(happened_on),
            precision=precision,
            statement_zh="义诊一场。",
            statement_en="A free clinic was held.",
            source="minutes",
        ),
    )
    told_in = {
        f"2022-Q{quarter}"
        for quarter in (1, 2, 3, 4)
        if any("free clinic" in row[1] for row in texts(told(scene, two_years, f"2022-Q{quarter}"), "happenings"))
    }
    assert told_in == quarters
    assert any("free clinic" in row[1] for row in texts(told(scene, two_years, "2022"), "happenings"))
    assert part(told(scene, two_years, "2022"), "happenings").grid is not None


def test_a_report_that_cannot_be_made_keeps_no_other_one_back(scene, two_years, caplog):
    other = scene.agreement(code="LATER", starts_on="2022-01-01", ends_on="2023-12-31")
    for agreement in (two_years, other):
        scheduled(scene, agreement, "year", since="2022-12-31")
    first, second = due_reports(service_actor(), day("2023-02-01"))
    # The key of the first report was used for something else: a command refuses that.
    key = uuid.uuid5(
        uuid.NAMESPACE_OID, f"reports.keep:{first.schedule.agreement_id}:{first.period}:{first.schedule.pk}"
    )
    wanted = commands.Schedule(every="quarter", days_after=5, since=day("2030-01-01"))
    commands.set_schedule(CommandContext(actor=service_actor(), key=str(key)), two_years, wanted, None)

    with caplog.at_level(logging.ERROR):
        assert make_due_reports(day("2023-02-01")) == 1

    assert [row.agreement for row in KeptReport.objects.all()] == [second.schedule.agreement]
    [line] = [each.getMessage() for each in caplog.records]
    assert line.startswith(f"The report 2022 of agreement {first.schedule.agreement_id} was not made")


def test_no_report_is_made_of_a_draft(scene, two_years):
    scheduled(scene, two_years, "year", since="2022-12-31")
    Agreement.objects.filter(pk=two_years.pk).update(state=Agreement.State.DRAFT)

    assert make_due_reports(day("2023-02-01")) == 0
