"""The worker counts the sheets that are due: begun where the records tell of something, once a day, until submitted."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.urls import reverse

from lianyi.accounts.models import OrganisationNode
from lianyi.indicators.commands import values as value_commands
from lianyi.indicators.commands.values import NewAssignment
from lianyi.indicators.models import IndicatorSheet, RecordCount
from lianyi.indicators.queries.counted import newest_counts, progress_of
from lianyi.operations.counting import DueCounter
from tests.cast import Scene, acting_as, day
from tests.dispatch.page_parts import client_of, words
from tests.indicators.counted_story import SESSIONS, Counting, counting

pytestmark = pytest.mark.django_db
JUNE_3, JUNE_4 = datetime.date(2024, 6, 3), datetime.date(2024, 6, 4)


@pytest.fixture
def story(scene: Scene) -> Counting:
    told = counting(scene)
    for node in (told.shan, OrganisationNode.objects.get(pk=scene.xiang.pk)):
        new = NewAssignment(node=node, family="growth", period="month", starts_on=day("2024-01-01"), due_days=10)
        value_commands.assign_reporting(acting_as(told.above), new)
    return told


def count_on(today: datetime.date, counter: DueCounter | None = None) -> int:
    with time_machine.travel(f"{today} 03:00+00:00", tick=False):
        return (counter or DueCounter()).count(today)


def test_a_sheet_is_begun_where_the_records_tell_of_something(story: Counting) -> None:
    story.session("T1", "2024-05-03")
    assert count_on(JUNE_3) == 1
    row = IndicatorSheet.objects.get()
    assert (row.node_id, row.period_start, row.state) == (story.shan.pk, day("2024-05-01"), "draft")
    assert row.values.get(code=SESSIONS).source == "counted"
    assert row.events.first().user.is_service


def test_once_a_day_is_enough_whoever_looks_again(story: Counting) -> None:
    story.session("T1", "2024-05-03")
    counter = DueCounter()
    assert (count_on(JUNE_3, counter), count_on(JUNE_3, counter), count_on(JUNE_3)) == (1, 0, 0)
    assert count_on(JUNE_4, counter) == 1
    assert RecordCount.objects.count() == 2


def test_what_is_found_later_is_in_the_count_of_the_next_day(story: Counting) -> None:
    story.session("T1", "2024-05-03")
    count_on(JUNE_3)
    story.session("T2", "2024-05-30")
    count_on(JUNE_4)
    row = IndicatorSheet.objects.get()
    assert row.values.get(code=SESSIONS).numerator == 2
    assert row.values.get(code=SESSIONS).changes.count() == 1


def test_a_sheet_that_was_submitted_is_left_alone(story: Counting) -> None:
    story.session("T1", "2024-05-03")
    count_on(JUNE_3)
    row = IndicatorSheet.objects.get()
    IndicatorSheet.objects.filter(pk=row.pk).update(state="submitted")
    story.session("T2", "2024-05-04")
    assert count_on(JUNE_4) == 0
    assert newest_counts(row)[SESSIONS].numerator == 1


def test_where_nothing_is_on_record_nothing_is_begun(story: Counting) -> None:
    assert count_on(JUNE_3) == 0
    assert not IndicatorSheet.objects.exists()


def test_the_board_tells_how_many_sheets_were_counted(story: Counting) -> None:
    story.session("T1", "2024-05-03")
    story.sheet("growth", "2024-05", OrganisationNode.objects.get(pk=story.scene.xiang.pk), story.above)
    count_on(JUNE_3)
    found = progress_of(story.above, "growth", "month", day("2024-05-01"))
    assert (found.sheets, found.counted) == (2, 1)
    address = reverse("indicators:completeness")
    asked = {"family": "growth", "period": "month", "last": "2024-05"}
    text = words(client_of(story.above).get(address, asked).content.decode())
    assert "1 of 2 sheets of 2024-05 were counted from records" in text
    assert progress_of(story.stranger, "growth", "month", day("2024-05-01")).sheets == 0
