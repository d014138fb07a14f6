"""The pages of counting: a person counts a sheet, sees what differs, and opens the rows behind a figure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from lianyi.accounts.models import OrganisationNode, ReadEvent
from lianyi.indicators.commands import values as value_commands
from lianyi.indicators.models import IndicatorSheet
from lianyi.indicators.values_checks import ValueEntry
from tests.cast import acting_as, actor_for
from tests.dispatch.page_parts import client_of, page_of, queries_for, send, status_of, version_in, words
from tests.indicators.counted_story import ACCEPTANCE, SESSIONS, Counting, counting
from tests.referrals.conftest import world, written_once  # noqa: F401 - the small world of the referrals
from tests.referrals.small_world import SmallWorld

pytestmark = pytest.mark.django_db
REFUSAL = "referral-refusal"


@pytest.fixture
def story(world: SmallWorld) -> Iterator[Counting]:  # noqa: F811
    """The small world, whose scene is that of the sheets."""
    return counting(world.scene)


@pytest.fixture
def sheet(story: Counting) -> IndicatorSheet:
    """What JIA1 reports of referrals in April 2026, counted by the analyst of its city."""
    analyst = actor_for("city-analyst", story.scene.city.pk, "indicator_analyst")
    row = story.sheet("referral", "2026-04", OrganisationNode.objects.get(pk=story.scene.jia.pk), analyst)
    story.counted(row, analyst)
    return row


@pytest.fixture
def analyst(story: Counting) -> Client:
    return client_of(actor_for("city-reader", story.scene.city.pk, "indicator_analyst"))


@pytest.fixture
def coordinator(story: Counting) -> Client:
    return client_of(actor_for("jia-desk", story.scene.jia.pk, "referral_coordinator"))


def rows_url(sheet: IndicatorSheet, code: str, part: str) -> str:
    return reverse("indicators:counted-rows", args=[sheet.pk, code, part])


def test_a_person_counts_a_sheet_and_sees_what_differs(story: Counting) -> None:
    story.session("T1", "2024-05-03")
    row = story.growth_sheet()
    row = value_commands.save_values(acting_as(story.clerk), row, [ValueEntry(SESSIONS, Decimal(4))], row.version)
    client = client_of(story.clerk)
    assert "Count from records" in page_of(client, "indicators:sheet", row.pk)
    assert send(client, "indicators:sheet-count", row.pk).status_code == 302
    text = words(page_of(client, "indicators:sheet", row.pk))
    assert "1 of 1 indicator was found in the records." in text
    assert "The records of this site say otherwise: see the counted figure." in text
    assert "Use this figure" in text
    assert send(client, "indicators:sheet-take-count", row.pk, SESSIONS).status_code == 302
    text = words(page_of(client, "indicators:sheet", row.pk))
    assert "counted from records" in text
    assert "say otherwise" not in text
    value = words(page_of(client, "indicators:value", row.values.get(code=SESSIONS).pk))
    assert "Rows of the numerator" in value
    assert "Corrections" in value


def test_the_rows_behind_a_figure_are_those_that_were_counted(story: Counting) -> None:
    for code, day in (("T1", "2024-05-03"), ("T2", "2024-05-09"), ("T3", "2024-06-01")):
        story.session(code, day)
    row = story.growth_sheet()
    story.counted(row)
    client = client_of(story.clerk)
    html = client.get(rows_url(row, SESSIONS, "numerator")).content.decode()
    text = words(html)
    assert "2 rows are counted by the records of now." in text
    assert "2024-05-09" in text
    assert "2024-06-01" not in text
    assert "山县人民医院" in text or "SHAN" in text
    assert client.get(rows_url(row, SESSIONS, "denominator")).status_code == 404
    story.session("T4", "2024-05-10")
    assert "It was 2 when it was last counted" in words(
        client.get(rows_url(row, SESSIONS, "numerator")).content.decode()
    )


def test_who_reads_cases_opens_them_and_the_reading_is_noted(
    sheet: IndicatorSheet,
    coordinator: Client,
    world: SmallWorld,  # noqa: F811
) -> None:
    before = ReadEvent.objects.count()
    html = coordinator.get(rows_url(sheet, ACCEPTANCE, "numerator")).content.decode()
    assert "5 rows are counted by the records of now." in words(html)
    # A and B are closed and their days of grace are over: they are counted, and not opened any more.
    opened = {each for each in "ABDGH" if f'"{world.legs[each].get_absolute_url()}"' in html}
    assert opened == {"D", "G", "H"}
    assert "emergency" in words(html)
    assert "2 of them are not yours to open." in words(html)
    event = ReadEvent.objects.latest("pk")
    assert (ReadEvent.objects.count(), event.rows, event.object_type) == (before + 1, 3, "referrals.leg")
    refused = words(coordinator.get(rows_url(sheet, REFUSAL, "numerator")).content.decode())
    assert "1 row is counted by the records of now." in refused


def test_who_reads_no_cases_sees_counts_and_no_small_ones(sheet: IndicatorSheet, analyst: Client) -> None:
    text = words(analyst.get(rows_url(sheet, ACCEPTANCE, "denominator")).content.decode())
    assert "10 rows are counted by the records of now." in text
    assert "10 of them are not yours to open." in text
    assert "None of these rows lies within your reach." in text
    text = words(analyst.get(rows_url(sheet, REFUSAL, "numerator")).content.decode())
    assert "Fewer than 5 cases stand behind this" in text
    assert "1 row" not in text
    page = words(page_of(analyst, "indicators:sheet", sheet.pk))
    assert "hidden: few cases" in page
    value = words(page_of(analyst, "indicators:value", sheet.values.get(code=REFUSAL).pk))
    assert "hidden: few cases" in value
    assert "10.0 %" not in value


def test_the_form_of_figures_leaves_out_what_is_hidden_and_saving_it_changes_nothing(
    sheet: IndicatorSheet, analyst: Client
) -> None:
    before = sheet.values.get(code=REFUSAL).figures
    html = page_of(analyst, "indicators:sheet-figures", sheet.pk)
    assert f'name="n-{REFUSAL}"' not in html
    assert f'name="n-{ACCEPTANCE}"' in html
    assert "not shown here" in words(html)
    sent = {f"n-{ACCEPTANCE}": "5", f"d-{ACCEPTANCE}": "10", "expected_version": version_in(html)}
    kept = {each.code: each for each in sheet.values.all()}
    for name in re.findall(r'name="([nd]-[a-z0-9-]+)"', html):
        value = kept.get(name[2:])
        figure = None if value is None else value.numerator if name[0] == "n" else value.denominator
        sent[name] = "" if figure is None else str(figure)
    assert send(analyst, "indicators:sheet-figures", sheet.pk, **sent).status_code == 302
    assert sheet.values.get(code=REFUSAL).figures == before


def test_what_is_hidden_on_the_page_is_not_in_the_file(sheet: IndicatorSheet, analyst: Client) -> None:
    answer = analyst.get(reverse("indicators:values"), {"code": REFUSAL, "export": "csv"})
    (line,) = list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert (line["Value"], line["Numerator"], line["Denominator"]) == ("", "", "")
    answer = analyst.get(rows_url(sheet, ACCEPTANCE, "denominator"), {"export": "csv"})
    assert len(list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))) == 0


def test_somebody_elsewhere_finds_no_rows(story: Counting, sheet: IndicatorSheet) -> None:
    client = client_of(story.stranger)
    assert client.get(rows_url(sheet, ACCEPTANCE, "numerator")).status_code == 404
    assert status_of(client, "indicators:sheet", sheet.pk) == 404


def test_the_page_of_rows_asks_no_more_queries_for_more_rows(story: Counting) -> None:
    story.session("T0", "2024-05-01")
    row = story.growth_sheet()
    story.counted(row)
    client = client_of(story.clerk)
    one = queries_for(client, "indicators:counted-rows", row.pk, SESSIONS, "numerator")
    for number in range(1, 20):
        story.session(f"T{number}", f"2024-05-{number + 1:02d}")
    assert queries_for(client, "indicators:counted-rows", row.pk, SESSIONS, "numerator") <= one + 1
