"""The rows of this site as tables: what the contract asks for, counted by hand, and nobody's name."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator

import pyarrow as pa
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker

from lianyi.analysis.indicators import FrameEngine, Part, RunWish, rows_behind, run_indicator
from lianyi.indicators.recorded.frames import RecordedFrames, batches_of, counting_engine, schema_of
from lianyi.indicators.recorded.table import CHUNK, chunks, first_of_each
from lianyi.indicators.recorded.tables import recorded_tables
from lianyi.methods.periods import DateSpan
from lianyi.referrals.models import Leg, PatientIdentity
from lianyi.rules.indicator_tables import indicator_tables
from lianyi.rules.indicators import definition_version, indicator_definitions
from tests.referrals.conftest import world, written_once  # noqa: F401 - the small world of the referrals
from tests.referrals.small_world import SmallWorld

pytestmark = pytest.mark.django_db
APRIL = DateSpan(datetime.date(2026, 4, 1), datetime.date(2026, 4, 30))
# Those of the small world that 甲市 (JIA1) was asked in April, as its head tells them.
ASKED_OF_JIA = "A B D E F G H I K"


def counted(code: str, period: str, engine: FrameEngine | None = None) -> dict[str, tuple[float | None, float | None]]:
    result = run_indicator(definition_version(code, 1), engine or counting_engine(), RunWish(period=period))
    return {row.reporter: (row.numerator, row.denominator) for row in result.rows}


def test_of_rows_with_the_same_key_the_first_is_taken_wherever_a_chunk_ends() -> None:
    rows = [(key, step) for key in range(3 * CHUNK // 2) for step in ("came", "came again")]
    found = [row for some in chunks(first_of_each(rows)) for row in some]
    assert found == [(key, "came") for key in range(3 * CHUNK // 2)]


def test_every_recorded_table_has_the_columns_of_the_contract_and_no_other() -> None:
    told = {each.name: {column.name for column in each.columns} for each in indicator_tables().values()}
    recorded = {each.name for each in indicator_tables().values() if each.is_recorded}
    assert set(recorded_tables()) == recorded
    assert {name: set(table.columns) for name, table in recorded_tables().items()} == {
        name: told[name] for name in recorded
    }


def test_columns_said_to_be_unrecorded_stay_empty(world: SmallWorld) -> None:  # noqa: F811
    frames = RecordedFrames()
    for name in recorded_tables():
        columns = indicator_tables()[name].columns
        unrecorded = [each.name for each in columns if not each.is_recorded]
        assert all(frames[name][column].null_count == frames[name].num_rows for column in unrecorded)


def test_referrals_of_a_month_are_those_counted_by_hand(world: SmallWorld) -> None:  # noqa: F811
    assert counted("referral-acceptance", "2026-04")["JIA1"] == (5, 10)
    assert counted("referral-refusal", "2026-04")["JIA1"] == (1, 10)
    assert counted("referral-arrival", "2026-04")["JIA1"] == (3, 5)
    assert counted("referral-feedback-7-days", "2026-04")["JIA1"] == (1, 4)
    assert counted("referral-feedback-14-days", "2026-04")["JIA1"] == (2, 4)
    assert counted("referral-down-rate", "2026-04")["JIA1"] == (1, 2)
    assert counted("referral-green-channel-answer", "2026-04")["JIA1"] == (1, 3)


def test_the_rows_behind_a_number_are_the_cases_of_the_small_world(world: SmallWorld) -> None:  # noqa: F811
    behind = rows_behind(
        definition_version("referral-acceptance", 1),
        counting_engine(APRIL),
        Part.NUMERATOR,
        reporter="JIA1",
        period="2026-04",
    )
    at = behind.columns.index("record_id")
    assert {row[at] for row in behind.rows} == world.ids("A B D G H")


def test_who_came_back_and_was_referred_again_is_known_without_a_name(world: SmallWorld) -> None:  # noqa: F811
    assert counted("referral-return-30-days", "2026-04")["JIA1"] == (1, 1)
    names = set(PatientIdentity.objects.values_list("name", flat=True))
    written = {
        str(value)
        for table in recorded_tables().values()
        if table.is_of_patients
        for row in RecordedFrames()[table.name].to_pylist()
        for value in row.values()
    }
    assert names
    assert not names & written


def test_who_sends_and_who_sends_back_is_counted_by_the_sender(world: SmallWorld) -> None:  # noqa: F811
    # A B D E F G H I K went to JIA1, and J was asked of two at once; BB came back down.
    assert counted("referral-up-count", "2026-04")["SHAN"] == (11, None)
    assert counted("referral-down-count", "2026-04")["JIA1"] == (1, None)


def test_times_of_chest_pain_stand_at_sender_and_receiver(world: SmallWorld) -> None:  # noqa: F811
    assert counted("chest-pain-ecg-mean", "2026-04")["JIA1"] == (9, None)
    (row,) = [each for each in RecordedFrames()["chest_pain"].to_pylist() if each["institution_code"] == "JIA1"]
    assert row["ecg_sent_ahead"] is True
    assert (row["wire_at"], row["route"]) == (datetime.datetime(2026, 4, 15, 10, 10), "transfer")  # noqa: DTZ001


def test_a_span_gives_the_same_numbers_as_everything(world: SmallWorld) -> None:  # noqa: F811
    for definition in indicator_definitions():
        if definition.family.id == "referral" and definition.period == "month":
            narrow = counted(definition.code, "2026-04", counting_engine(APRIL))
            assert narrow == counted(definition.code, "2026-04"), definition.code


def test_the_number_of_queries_does_not_grow_with_the_rows(world: SmallWorld) -> None:  # noqa: F811
    for name, table in recorded_tables().items():
        with CaptureQueriesContext(connection) as captured:
            rows = sum(batch.num_rows for batch in batches_of(table, None))
        assert len(captured) <= 8, (name, rows)
    assert Leg.objects.count() > 8


@pytest.fixture(scope="module")
def written_legs(written_once: SmallWorld, django_db_blocker: DjangoDbBlocker) -> Iterator[pa.Table]:  # noqa: F811
    with django_db_blocker.unblock():
        yield RecordedFrames()["referrals"]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, 2**32))
def test_the_order_of_rows_changes_nothing(written_legs: pa.Table, seed: int) -> None:
    order = list(range(written_legs.num_rows))
    random.Random(seed).shuffle(order)  # noqa: S311 - an order, no secret
    for code in ("referral-acceptance", "referral-answer-emergency-median", "referral-completeness"):
        one = counted(code, "2026-04", FrameEngine({"referrals": written_legs}))
        assert one == counted(code, "2026-04", FrameEngine({"referrals": written_legs.take(order)}))


def test_what_nobody_recorded_stays_missing_and_is_no_zero() -> None:
    empty = {name: schema_of(table).empty_table() for name, table in recorded_tables().items()}
    assert counted("growth-training-sessions", "2026-04", FrameEngine(empty)) == {}
