"""Indicators in performance assessments: accepted values of the period are taken, a typed number is marked."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lianyi.accounts.models import OrganisationNode
from lianyi.indicators.commands import performance as commands
from lianyi.indicators.commands import values as value_commands
from lianyi.indicators.commands.values import NewSheet
from lianyi.indicators.errors import SheetStepRefusedError
from lianyi.indicators.models import IndicatorSheet, PerformanceAssessment
from lianyi.indicators.performance_checks import FindingEntry
from lianyi.indicators.performance_errors import PerformanceFindingsRefusedError
from lianyi.indicators.performance_indicators import accepted_numbers
from lianyi.indicators.performance_machine import Party
from lianyi.indicators.performance_rulebook import scheme_of
from lianyi.indicators.performance_snapshot import snapshot_of
from lianyi.indicators.values_checks import ValueEntry
from lianyi.indicators.values_periods import parse_period
from tests.cast import Scene, acting_as, actor_for, day
from tests.dispatch.page_parts import client_of, page_of, send, version_in, words
from tests.indicators.performance_story import Assessing, assessing
from tests.indicators.values_story import entry, said_of_all

pytestmark = pytest.mark.django_db
MONITORING = "county-community-monitoring-2024"
VISITS, SHARE = "county-primary-visit-share", "primary-visit-share"
FAMILY = "county-community"


@pytest.fixture
def story(scene: Scene) -> Assessing:
    return assessing(scene)


def county_sheet(
    story: Assessing, period: str = "2025", visits: tuple[int, int] = (600, 1000), last: str = "accept"
) -> IndicatorSheet:
    """The county reports its share of primary visits, and says of everything else that it is not available."""
    county = OrganisationNode.objects.get(pk=story.scene.county.pk)
    clerk = actor_for(f"county-clerk-{period}", county.pk, "indicator_analyst")
    above = actor_for(f"province-analyst-{period}", county.parent_id or 0, "indicator_analyst")
    kind, start = parse_period(period)
    new = NewSheet(node=county, family=FAMILY, period=kind, period_start=start)
    row = value_commands.start_sheet(acting_as(clerk), new)
    said = [entry(code, each) for code, each in {**said_of_all(row, "not counted here"), VISITS: visits}.items()]
    value_commands.save_values(acting_as(clerk), row, said, row.version)
    value_commands.take_sheet_step(acting_as(clerk), row, "submit", row.version)
    for name in ("check", "accept"):
        if last in (name, "accept"):
            value_commands.take_sheet_step(acting_as(above), row, name, row.version)
    return row


def round_of_2025(story: Assessing, scheme: str = MONITORING) -> PerformanceAssessment:
    return story.begun(scheme, period_from=day("2025-01-01"), period_to=day("2025-12-31"))


def saved(story: Assessing, row: PerformanceAssessment, *entries: FindingEntry) -> None:
    commands.save_findings(acting_as(story.scene.office_shan), row, Party.ASSESSED, entries, row.version)


def test_the_accepted_value_of_the_period_is_taken_with_its_version_and_the_way_to_it(story: Assessing) -> None:
    sheet = county_sheet(story)
    row = round_of_2025(story)
    saved(story, row, FindingEntry(SHARE))
    found, value = row.findings.get(item=SHARE), sheet.values.get(code=VISITS)
    assert (found.value, found.source, found.rows) == (Decimal("0.6000"), "accepted", 1)
    kept = snapshot_of(row, "money")["findings"][0]["taken_from"]
    assert (kept["indicator"], kept["version"], kept["numerator"], kept["denominator"]) == (VISITS, 1, "600", "1000")
    assert (kept["periods"], kept["values"]) == (["2025"], [value.pk])
    reader = actor_for("county-viewer", story.scene.county.pk, "assessor")
    page = page_of(client_of(reader), "indicators:performance", row.pk)
    assert value.get_absolute_url() in page
    assert "60 % accepted value of an indicator, 1 row" in words(page)
    elsewhere = page_of(client_of(story.scene.office_shan), "indicators:performance", row.pk)
    assert value.get_absolute_url() not in elsewhere, "no page leads to what its reader may not open"


def test_what_is_not_accepted_or_of_another_period_is_not_taken(story: Assessing) -> None:
    county_sheet(story, last="check")
    row = round_of_2025(story)
    assert accepted_numbers(row, scheme_of(row)) == {}
    other = story.begun(MONITORING, period_from=day("2025-02-01"), period_to=day("2026-01-31"))
    assert accepted_numbers(other, scheme_of(other)) == {}, "the year does not lie within it"
    saved(story, row, FindingEntry(SHARE))
    assert not row.findings.filter(item=SHARE).exists(), "missing is not zero"


def test_a_typed_number_counts_instead_and_is_marked(story: Assessing) -> None:
    county_sheet(story)
    row = round_of_2025(story)
    client = client_of(story.scene.office_shan)
    page = page_of(client, "indicators:performance-scores", row.pk, "assessed")
    assert "Accepted value of the indicator: 60 % (Primary share of visits within the county, 2025, definition 1)" in (
        words(page)
    )
    sent = {f"v-{SHARE}": "58%", "expected_version": version_in(page)}
    assert send(client, "indicators:performance-scores", row.pk, "assessed", **sent).status_code == 302
    found = row.findings.get(item=SHARE)
    assert (found.value, found.source, found.taken_from) == (Decimal("0.58"), "typed", {})
    assert "58 % entered by a person" in words(page_of(client, "indicators:performance", row.pk))


def test_agreeing_takes_the_value_again_and_another_number_has_its_reason(story: Assessing) -> None:
    county_sheet(story)
    row = round_of_2025(story)
    saved(story, row, FindingEntry(SHARE))
    for name in ("self_score", "submit"):
        story.step(row, name, story.scene.office_shan)
    client = client_of(story.scorer)
    version = version_in(page_of(client, "indicators:performance-scores", row.pk, "outside"))
    agreed = {f"agree-{SHARE}": "on", "expected_version": version}
    assert send(client, "indicators:performance-scores", row.pk, "outside", **agreed).status_code == 302
    assert row.findings.get(item=SHARE, side="outside").source == "accepted"
    row.refresh_from_db()
    with pytest.raises(PerformanceFindingsRefusedError) as refused:
        commands.save_findings(
            acting_as(story.scorer), row, Party.OUTSIDE, [FindingEntry(SHARE, value=Decimal("0.55"))], row.version
        )
    assert refused.value.problems[SHARE].params["reason"] == "performance-difference"


def test_a_corrected_value_does_not_change_what_a_round_took(story: Assessing) -> None:
    sheet = county_sheet(story)
    row = round_of_2025(story)
    saved(story, row, FindingEntry(SHARE))
    above = actor_for("province-analyst-again", story.scene.county.parent_id or 0, "indicator_analyst")
    value_commands.take_sheet_step(acting_as(above, "wrong year"), sheet, "reopen", sheet.version)
    said = [ValueEntry(VISITS, Decimal(500), Decimal(1000))]
    value_commands.save_values(acting_as(above, "wrong year"), sheet, said, sheet.version)
    kept = snapshot_of(row, "money")["findings"][0]
    assert (kept["value"], kept["taken_from"]["numerator"], kept["taken_from"]["states"]) == (
        "0.6",
        "600",
        ["accepted"],
    )
    with pytest.raises(SheetStepRefusedError):
        value_commands.take_sheet_step(acting_as(above), sheet, "accept", sheet.version)


def test_growth_may_fall_below_nothing_and_rise_above_double(story: Assessing) -> None:
    row = round_of_2025(story, "tiered-care-2015")
    for number, points in (("-0.25", 0), ("1.40", 1)):
        saved(story, row, FindingEntry("down-growth", value=Decimal(number)))
        assert row.findings.get(item="down-growth").value == Decimal(number), points
    with pytest.raises(PerformanceFindingsRefusedError) as refused:
        saved(story, row, FindingEntry("down-growth", value=Decimal("-1.2")))
    assert refused.value.problems["down-growth"].params["least"] == "-1"
