"""Figures counted from records: missing is not zero, what people typed stays, and a recount only adds."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.models import OrganisationNode
from lianyi.errors import InvalidInputError
from lianyi.indicators.commands import counted as commands
from lianyi.indicators.commands import values as value_commands
from lianyi.indicators.counted_figures import figures_of, is_countable
from lianyi.indicators.models import CountedValue, IndicatorSheet, IndicatorValueChange, RecordCount
from lianyi.indicators.queries.counted import newest_counts
from lianyi.indicators.values_checks import ValueEntry, doubts_of
from lianyi.indicators.values_definitions import indicator_book
from tests.cast import Scene, acting_as
from tests.indicators.counted_story import ACCEPTANCE, SESSIONS, Counting, counting

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(scene: Scene) -> Counting:
    return counting(scene)


def test_what_the_records_say_becomes_the_value_that_nobody_gave(story: Counting) -> None:
    story.session("T1", "2024-05-03")
    story.session("T2", "2024-05-31")
    story.session("T3", "2024-05-20", state="cancelled")
    story.session("T4", "2024-06-01")
    row = story.growth_sheet()
    count = story.counted(row)
    value = row.values.get(code=SESSIONS)
    assert (value.numerator, value.source, value.provenance) == (Decimal(2), "counted", "recorded")
    counted = newest_counts(row)[SESSIONS]
    assert (counted.numerator_rows, counted.rows_seen, counted.units_with_figure, counted.units) == (2, 3, 1, 1)
    assert count.facts == {"asked": 1, "given": 1, "new": 1}
    assert row.events.last().step == "count"


def test_where_no_row_tells_of_it_the_figure_is_missing_and_where_rows_do_it_is_zero(story: Counting) -> None:
    empty = story.growth_sheet("2024-04")
    story.counted(empty)
    assert newest_counts(empty)[SESSIONS].state == "missing"
    assert not empty.values.exists()
    story.session("T1", "2024-05-03", state="cancelled")
    row = story.growth_sheet("2024-05")
    story.counted(row)
    assert row.values.get(code=SESSIONS).numerator == 0


def test_a_typed_figure_stays_and_the_difference_is_a_doubt(story: Counting) -> None:
    story.session("T1", "2024-05-03")
    row = story.growth_sheet()
    said = [ValueEntry(SESSIONS, Decimal(4))]
    row = value_commands.save_values(acting_as(story.clerk), row, said, row.version)
    story.counted(row)
    value = row.values.get(code=SESSIONS)
    assert (value.numerator, value.source) == (Decimal(4), "typed")
    assert [doubt.kind for doubt in doubts_of(row, [value])[value.pk]] == ["counted"]
    with pytest.raises(InvalidInputError) as refused:
        value_commands.take_sheet_step(acting_as(story.clerk), row, "submit", row.version)
    assert refused.value.params["reason"] in ("values-missing", "doubts-without-word")


def test_a_counted_figure_is_taken_over_by_a_person_and_what_was_given_stays_on_record(story: Counting) -> None:
    story.session("T1", "2024-05-03")
    row = story.growth_sheet()
    row = value_commands.save_values(acting_as(story.clerk), row, [ValueEntry(SESSIONS, Decimal(4))], row.version)
    story.counted(row)
    row.refresh_from_db()
    row = commands.take_count(acting_as(story.clerk), row, SESSIONS, row.version)
    value = row.values.get(code=SESSIONS)
    assert (value.numerator, value.source) == (Decimal(1), "counted")
    change = IndicatorValueChange.objects.get(value=value)
    assert (change.before["numerator"], change.before["source"], change.reason) == (
        "4.0000", "typed", "counted from records",
    )  # fmt: skip
    assert not doubts_of(row, [value])


def test_a_recount_adds_a_row_only_where_something_changed(story: Counting) -> None:
    story.session("T1", "2024-05-03")
    row = story.growth_sheet()
    story.counted(row)
    story.counted(row)
    assert RecordCount.objects.filter(sheet=row).count() == 2
    assert CountedValue.objects.filter(sheet=row).count() == 1
    story.session("T2", "2024-05-04")
    story.counted(row)
    assert [each.numerator for each in CountedValue.objects.filter(sheet=row).order_by("pk")] == [1, 2]
    value = row.values.get(code=SESSIONS)
    assert value.numerator == 2
    assert value.changes.get().before["numerator"] == "1.0000"


def test_a_word_beside_a_counted_figure_does_not_make_it_a_typed_one(story: Counting) -> None:
    story.session("T1", "2024-05-03")
    row = story.growth_sheet()
    story.counted(row)
    row.refresh_from_db()
    said = [ValueEntry(SESSIONS, Decimal(1), note="开放日")]
    row = value_commands.save_values(acting_as(story.clerk), row, said, row.version)
    value = row.values.get(code=SESSIONS)
    assert (value.note, value.source) == ("开放日", "counted")
    value_commands.save_values(acting_as(story.clerk), row, [ValueEntry(SESSIONS, Decimal(2))], row.version)
    assert row.values.get(code=SESSIONS).source == "typed"


def test_one_row_of_sample_data_makes_the_figure_a_sample(story: Counting) -> None:
    story.session("T1", "2024-05-03")
    story.session("T2", "2024-05-04", provenance="sample")
    row = story.growth_sheet()
    story.counted(row)
    assert newest_counts(row)[SESSIONS].sample_rows == 1
    assert row.values.get(code=SESSIONS).provenance == "sample"


def test_a_sheet_that_was_submitted_is_only_counted_beside(story: Counting) -> None:
    row = story.growth_sheet()
    said = [ValueEntry(code, unavailable_because="样例") for code in value_commands.definitions_on(row)]
    row = value_commands.save_values(acting_as(story.clerk), row, said, row.version)
    row = value_commands.take_sheet_step(acting_as(story.clerk), row, "submit", row.version)
    story.session("T1", "2024-05-03")
    story.counted(row)
    assert row.values.get(code=SESSIONS).unavailable_because == "样例"
    assert newest_counts(row)[SESSIONS].numerator == 1


def test_a_sheet_submitted_while_it_was_counted_keeps_its_figures(story: Counting) -> None:
    story.session("T1", "2024-05-03")
    row = story.growth_sheet()
    figures = figures_of([row])[row.node_id]
    IndicatorSheet.objects.filter(pk=row.pk).update(state="submitted")
    commands.keep_counts(acting_as(story.clerk), row, figures)
    assert not row.values.exists()
    assert newest_counts(row)[SESSIONS].numerator == 1


def test_who_may_not_write_the_sheet_counts_nothing(story: Counting) -> None:
    row = story.growth_sheet()
    figures = figures_of([row])[row.node_id]
    with pytest.raises(NotPermittedError):
        commands.keep_counts(acting_as(story.stranger), row, figures)
    assert not RecordCount.objects.exists()


def test_what_the_site_does_not_record_is_not_counted_to_zero() -> None:
    book = indicator_book()
    countable = {code for code in book.codes if is_countable(book.versions(code)[-1])}
    assert {SESSIONS, ACCEPTANCE, "dispatch-people", "chest-pain-ecg-mean", "county-village-ecg"} <= countable
    assert (
        not {"chest-pain-ecg-ahead", "stroke-thrombolysis", "county-tcm-visit-share", "medicine-value-share"}
        & countable
    )


def test_many_sheets_are_counted_with_the_queries_of_one(story: Counting) -> None:
    row = story.growth_sheet()
    with CaptureQueriesContext(connection) as one:
        figures_of([row])
    other = story.sheet("growth", "2024-05", OrganisationNode.objects.get(pk=story.scene.xiang.pk), story.analyst)
    for number in range(30):
        story.session(f"T{number}", f"2024-05-{number + 1:02d}")
    with CaptureQueriesContext(connection) as two:
        found = figures_of([row, other])
    assert len(two) - len(one) <= 2, "what kind of unit the second one is"
    assert found[row.node_id][0].numerator == 30
    assert found[other.node_id][0].state == "missing"
