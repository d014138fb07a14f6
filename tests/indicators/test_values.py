"""Sheets and values: what is refused, what is doubted, who may take which step, what a correction leaves behind."""

from __future__ import annotations

import datetime

import pytest

from lianyi.accounts.access import scoped
from lianyi.accounts.errors import NotPermittedError, SeparationOfDutiesError, StaleVersionError
from lianyi.errors import InvalidInputError
from lianyi.indicators.commands import values as commands
from lianyi.indicators.errors import SheetStepRefusedError, SheetValuesRefusedError
from lianyi.indicators.models import IndicatorSheet, IndicatorValue, SheetState
from lianyi.indicators.starting.values import items as home_items
from lianyi.indicators.values_checks import Doubt, doubts_of
from lianyi.indicators.values_completeness import Arrival, Asked, board_of
from lianyi.indicators.values_definitions import value_of
from lianyi.indicators.values_levels import levels_of_unit, reported_by
from lianyi.indicators.values_machine import SHEET_STEPS
from lianyi.indicators.values_periods import parse_period, period_code
from tests.cast import acting_as, actor_for, day
from tests.indicators.values_story import (
    BED_FAMILY,
    BEDS,
    COUNT,
    FAMILY,
    JUDGED,
    MINUTES,
    SHARE,
    USUAL,
    Reporting,
    entry,
    said_of_all,
)

pytestmark = pytest.mark.django_db


def test_a_value_follows_from_its_figures_and_nothing_else(story: Reporting) -> None:
    row = story.filled(story.begun(), {SHARE: (5, 80), COUNT: 120, MINUTES: (1500, 100)})
    found = {each.code: value_of(each) for each in row.values.all()}
    assert found == {SHARE: 6.25, COUNT: 120.0, MINUTES: 15.0}
    assert {each.provenance for each in row.values.all()} == {"reported"}, "a number typed by hand is no record"


def test_missing_is_not_zero_and_not_available_is_a_state_with_its_reason(story: Reporting) -> None:
    row = story.filled(story.begun(), {SHARE: (0, 80), COUNT: "the register was lost"})
    assert value_of(story.value(row, SHARE)) == 0.0
    lost = story.value(row, COUNT)
    assert (lost.numerator, lost.is_available, value_of(lost)) == (None, False, None)
    assert not row.values.filter(code=MINUTES).exists()
    with pytest.raises(InvalidInputError) as refused:
        story.step(row, "submit", story.clerk)
    assert refused.value.params["codes"] == [MINUTES]


def test_nothing_to_divide_by_gives_no_value_and_no_error(story: Reporting) -> None:
    row = story.filled(story.begun(), {SHARE: (0, 0)})
    assert value_of(story.value(row, SHARE)) is None


@pytest.mark.parametrize(
    ("code", "said", "reason"),
    [
        (SHARE, (81, 80), "numerator-above-denominator"),
        (SHARE, (-1, 80), "figure-range"),
        (SHARE, 5, "denominator-missing"),
        (MINUTES, (10, 0), "nothing-to-divide-by"),
        (COUNT, (5, 10), "denominator-not-asked"),
        (JUDGED, 1, "indicator-not-on-sheet"),
    ],
)
def test_a_figure_that_cannot_be_keeps_all_of_the_sheet_back(
    story: Reporting, code: str, said: tuple[int, int] | int, reason: str
) -> None:
    row = story.begun()
    with pytest.raises(SheetValuesRefusedError) as refused:
        story.filled(row, {**{each: USUAL[each] for each in USUAL if each != code}, code: said})
    assert {each: problem.params["reason"] for each, problem in refused.value.problems.items()} == {code: reason}
    assert not row.values.exists()


def test_beds_may_be_used_more_than_there_are_where_the_definition_says_so(story: Reporting) -> None:
    row = story.filled(story.begun("2024-Q1", family=BED_FAMILY), {BEDS: (4500, 4000)})
    assert value_of(story.value(row, BEDS)) == 112.5


def test_what_is_judged_names_its_evidence(story: Reporting) -> None:
    row = story.begun(actor=story.analyst, node=story.county)
    with pytest.raises(SheetValuesRefusedError) as refused:
        story.filled(row, {JUDGED: 1}, actor=story.analyst)
    assert refused.value.problems[JUDGED].params["reason"] == "judged-without-evidence"
    said = [entry(JUDGED, 1, "charter of 3 May seen")]
    commands.save_values(acting_as(story.analyst), row, said, row.version)
    assert value_of(story.value(row, JUDGED)) == 1.0


def test_a_jump_against_the_own_past_needs_a_word(story: Reporting) -> None:
    for month, visits in enumerate((100, 104, 98, 101, 97, 103), start=1):
        story.submitted(f"2023-{month:02d}", {**USUAL, COUNT: visits})
    row = story.filled(story.begun("2023-07"), {**USUAL, COUNT: 1010})
    rows = list(row.values.all())
    (doubt,) = doubts_of(row, rows)[story.value(row, COUNT).pk]
    assert (doubt.kind, doubt.facts["least"], doubt.facts["most"]) == ("jump", 97.0, 104.0)
    with pytest.raises(InvalidInputError) as refused:
        story.step(row, "submit", story.clerk)
    assert (refused.value.params["reason"], refused.value.params["codes"]) == ("doubts-without-word", [COUNT])
    commands.save_values(acting_as(story.clerk), row, [entry(COUNT, 1010, "mass check of the schools")], row.version)
    assert story.step(row, "submit", story.clerk).state == SheetState.SUBMITTED


def test_the_figure_of_a_place_stands_beside_the_sum_of_its_institutions(story: Reporting) -> None:
    story.submitted()
    row = story.filled(
        story.begun(actor=story.analyst, node=story.county), {SHARE: (5, 100), COUNT: 140}, actor=story.analyst
    )
    doubts = doubts_of(row, list(row.values.all()))
    (doubt,) = doubts[story.value(row, COUNT).pk]
    assert doubt == Doubt("sum", {"figure": "numerator", "whole": 140.0, "sum": 100.0, "units": 1})
    assert list(doubts) == [story.value(row, COUNT).pk]


def test_a_sheet_walks_to_its_lock_and_every_other_step_is_refused(story: Reporting) -> None:
    row = story.submitted()
    for name, state in (("check", SheetState.CHECKED), ("accept", SheetState.ACCEPTED), ("lock", SheetState.LOCKED)):
        assert story.step(row, name).state == state
    assert [each.step for each in row.events.all()] == ["start", "fill", "submit", "check", "accept", "lock"]
    refused = []
    for state in SheetState:
        IndicatorSheet.objects.filter(pk=row.pk).update(state=state)
        row.refresh_from_db()
        for step in SHEET_STEPS:
            if state not in step.from_states:
                with pytest.raises(SheetStepRefusedError):
                    story.step(row, step.name, story.above, "reason")
                refused.append((state, step.name))
    assert len(refused) == len(SheetState) * len(SHEET_STEPS) - sum(len(each.from_states) for each in SHEET_STEPS)


def test_whoever_gave_the_figures_neither_checks_nor_accepts_them(story: Reporting) -> None:
    row = story.filled(story.begun(actor=story.analyst), USUAL, actor=story.analyst)
    story.step(row, "submit", story.clerk)
    with pytest.raises(SeparationOfDutiesError):
        story.step(row, "check", story.analyst)
    story.step(row, "check", story.above)
    with pytest.raises(SeparationOfDutiesError):
        story.step(row, "accept", story.analyst)
    assert story.step(row, "accept", story.above).state == SheetState.ACCEPTED


def test_the_unit_does_not_check_itself_and_a_stranger_reads_nothing(story: Reporting) -> None:
    row = story.submitted()
    for actor in (story.colleague, story.stranger):
        with pytest.raises(NotPermittedError):
            story.step(row, "check", actor)
    assert scoped(story.colleague, IndicatorValue.objects.all()).count() == len(USUAL)
    assert scoped(story.stranger, IndicatorValue.objects.all()).count() == 0
    with pytest.raises(NotPermittedError):
        story.begun("2024-06", story.stranger)


def test_a_township_centre_checks_its_village_clinic(story: Reporting) -> None:
    scene = story.scene
    doctor = actor_for("xiang-doctor", scene.xiang.pk, "village_clinician")
    assert [str(each) for each in levels_of_unit(scene.cun.node)] == ["village"]
    assert reported_by(scene.cun.node, FAMILY, "month", day("2024-05-31")) == []
    row = IndicatorSheet.objects.create(
        node=scene.cun.node, family=FAMILY, period="month", period_start=day("2024-05-01"), state=SheetState.SUBMITTED
    )
    assert story.step(row, "check", doctor).state == SheetState.CHECKED


def test_what_was_read_changes_with_a_reason_and_keeps_what_it_was(story: Reporting) -> None:
    row = story.submitted()
    with pytest.raises(InvalidInputError):
        story.step(row, "send_back")
    story.step(row, "send_back", reason="count the visits of May again")
    with pytest.raises(InvalidInputError) as refused:
        story.filled(row, {COUNT: 110})
    assert refused.value.params["reason"] == "change-without-reason"
    row.refresh_from_db()
    story.filled(row, {COUNT: 110}, "the night clinic was forgotten")
    (change,) = story.value(row, COUNT).changes.all()
    assert (change.before["numerator"], change.after["numerator"]) == ("100.0000", "110.0000") or (
        change.before["numerator"],
        change.after["numerator"],
    ) == ("100.0000", "110")
    assert change.reason == "the night clinic was forgotten"
    with pytest.raises(SheetValuesRefusedError) as emptied:
        commands.save_values(acting_as(story.clerk, "x"), row, [entry(COUNT, "")], row.version)
    assert emptied.value.problems[COUNT].params["reason"] == "value-emptied"


def test_a_locked_sheet_is_opened_again_with_a_reason_only(story: Reporting) -> None:
    row = story.locked()
    with pytest.raises(SheetStepRefusedError):
        story.filled(row, {COUNT: 101})
    with pytest.raises(InvalidInputError):
        story.step(row, "reopen")
    assert story.step(row, "reopen", reason="double counting found").state == SheetState.DRAFT


def test_two_people_at_once_do_not_overwrite_one_another(story: Reporting) -> None:
    row = story.begun()
    same = IndicatorSheet.objects.get(pk=row.pk)
    story.filled(row, {COUNT: 100})
    with pytest.raises(StaleVersionError):
        story.filled(same, {COUNT: 105}, actor=story.colleague)


def test_a_sheet_is_begun_once_for_a_period_that_has_begun(story: Reporting) -> None:
    story.begun()
    with pytest.raises(InvalidInputError) as twice:
        story.begun(actor=story.colleague)
    with pytest.raises(InvalidInputError) as later:
        story.begun("2190-01")
    with pytest.raises(InvalidInputError) as nothing:
        story.begun("2024")
    assert [each.value.params["reason"] for each in (twice, later, nothing)] == [
        "sheet-twice",
        "period-not-begun",
        "nothing-to-report",
    ]


def test_a_duty_stands_once_at_a_time_and_ends(story: Reporting) -> None:
    duty = story.duty()
    with pytest.raises(InvalidInputError) as twice:
        story.duty(starts_on="2024-03-01")
    assert twice.value.params["reason"] == "reporting-twice"
    commands.end_reporting(acting_as(story.analyst), duty, day("2024-02-29"), duty.version)
    assert story.duty(starts_on="2024-03-01").pk != duty.pk
    with pytest.raises(NotPermittedError):
        commands.end_reporting(acting_as(story.clerk), duty, day("2024-01-31"), duty.version)


def test_the_board_counts_who_was_expected_what_came_and_what_came_in_time(story: Reporting) -> None:
    story.duty(starts_on="2024-03-01")
    story.duty(story.scene.xiang.node, starts_on="2024-05-01")
    in_time, late = story.submitted("2024-03"), story.submitted("2024-04")
    in_time.events.filter(step="submit").update(effective_on=day("2024-04-10"))
    late.events.filter(step="submit").update(effective_on=day("2024-05-11"))
    board = board_of(story.analyst, Asked(FAMILY, "month", day("2024-05-01")), day("2024-06-11"))
    arrivals = {line.node.code: [cell.arrival for cell in line.cells[-3:]] for line in board.lines}
    not_asked, overdue = Arrival.NOT_EXPECTED, Arrival.OVERDUE
    assert arrivals == {
        "SHAN": [Arrival.ON_TIME, Arrival.LATE, overdue],
        "XIANG": [not_asked, not_asked, overdue],
    }
    totals = {period_code("month", start): total for start, total in board.by_period}
    assert (totals["2024-03"].expected, totals["2024-03"].received, totals["2024-03"].on_time) == (1, 1, 1)
    assert (totals["2024-04"].expected, totals["2024-04"].received, totals["2024-04"].on_time) == (1, 1, 0)
    assert (totals["2024-05"].expected, totals["2024-05"].received) == (2, 0)
    assert dict(board.uncovered) == {"village_clinic": 1}, "the clinic of the village is asked by nobody"
    on_the_day = board_of(story.analyst, Asked(FAMILY, "month", day("2024-05-01")), day("2024-06-10"))
    assert {line.cells[-1].arrival for line in on_the_day.lines} == {Arrival.WAITING}


def test_the_home_page_says_what_is_due_what_came_back_and_what_waits(story: Reporting) -> None:
    story.duty()
    due = home_items(story.clerk)
    assert len(due) == 2, "the two newest periods"
    assert all(each.url.startswith("/") and "SHAN" in each.url for each in due)
    assert home_items(story.stranger) == []
    row = story.submitted()
    assert [(each.text, each.count) for each in home_items(story.analyst)] == [
        ("Sheet of indicators waits to be checked", 1)
    ]
    story.step(row, "send_back", reason="again")
    assert ("Sheet of indicators came back to you", 1) in [(each.text, each.count) for each in home_items(story.clerk)]


@pytest.mark.parametrize(
    ("text", "kind", "start"),
    [
        ("2024-05", "month", "2024-05-01"),
        ("202405", "month", "2024-05-01"),
        ("2024年5月", "month", "2024-05-01"),
        ("2024-Q2", "quarter", "2024-04-01"),
        ("2024Q4", "quarter", "2024-10-01"),
        ("2024年第三季度", "quarter", "2024-07-01"),
        ("2024", "year", "2024-01-01"),
        ("2024年", "year", "2024-01-01"),
    ],
)
def test_periods_are_read_as_people_and_programs_write_them(text: str, kind: str, start: str) -> None:
    assert parse_period(text) == (kind, datetime.date.fromisoformat(start))


@pytest.mark.parametrize("text", ["", "2024-13", "2024-Q5", "May", "24-05", "2024-00"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        parse_period(text)


def test_all_may_be_said_not_to_be_available(story: Reporting) -> None:
    row = story.begun()
    story.filled(row, said_of_all(row, "flood"))
    assert story.step(row, "submit", story.clerk).state == SheetState.SUBMITTED
