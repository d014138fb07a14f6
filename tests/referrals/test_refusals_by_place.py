"""Refusals by institution and reason: counted, veiled beside the tables with their totals, shown and taken along."""

from __future__ import annotations

import csv
import datetime
import io

from django.urls import reverse

from lianyi.referrals.statistics_place_lines import shown_refusals
from lianyi.referrals.statistics_queries import Answer, AnswerKind
from lianyi.referrals.statistics_refusals import Refusals, refusals_of
from lianyi.referrals.statistics_veil import DrawnVeil, OpenVeil, ShownShare
from tests.dispatch.page_parts import client_of, page_of, words
from tests.referrals.small_world import SmallWorld

PAGE = "referrals:statistics"
SPRING = {"first": "2026-04", "last": "2026-06"}
TITLE = "Refusals by institution and reason"
NOON = datetime.datetime(2026, 4, 1, 12, tzinfo=datetime.UTC)
JIA, LIN = 1, 2


def cohort(numbers: dict[int, dict[str, int]], accepted: int) -> list[Answer]:
    """Return so many refusals of each place for each reason, and as many acceptances of each place as said."""
    rows: list[Answer] = []

    def add(place: int, kind: AnswerKind, reason: str = "") -> None:
        rows.append(Answer(len(rows) + 1, NOON, kind, "live", reason, "urgent", place, NOON, NOON, 0))

    for place, by_reason in numbers.items():
        for _one in range(accepted):
            add(place, AnswerKind.ACCEPTED)
        for reason, number in by_reason.items():
            for _one in range(number):
                add(place, AnswerKind.DECLINED, reason)
    return rows


# 甲 declined 8 of 18, 邻 12 of 22; "no bed" 11 times, "no specialist" 9 times.
SPREAD = {JIA: {"no_bed": 6, "no_specialist": 2}, LIN: {"no_bed": 5, "no_specialist": 7}}
BY_PLACE = {JIA: ShownShare(8, 18), LIN: ShownShare(12, 22)}
BY_REASON = {"no_bed": 11, "no_specialist": 9}
WHOLE = ShownShare(20, 40)


def counted() -> Refusals:
    return refusals_of(cohort(SPREAD, accepted=10))


def test_refusals_are_counted_by_place_and_reason_the_commonest_reason_first() -> None:
    found = counted()
    assert (found.institution_ids, found.reasons) == ((JIA, LIN), ("no_bed", "no_specialist"))
    assert (found.counts, found.judged) == ([[6, 2], [5, 7]], (18, 22))
    legs = found.legs_by_key()
    assert (len(legs["refusal-no_bed-1"]), len(legs["refusals-of-2"])) == (6, 12)


def test_a_place_that_declined_nobody_has_no_row() -> None:
    found = refusals_of(cohort({JIA: {"no_bed": 1}, LIN: {}}, accepted=3))
    assert (found.institution_ids, found.judged) == ((JIA,), (4,))


def test_who_reads_the_cases_sees_every_cell() -> None:
    shown = shown_refusals(counted(), BY_PLACE, BY_REASON, WHOLE, OpenVeil())
    assert shown is not None
    assert [(row.cells, row.declined) for row in shown.rows] == [
        ((6, 2), ShownShare(8, 18)),
        ((5, 7), ShownShare(12, 22)),
    ]
    assert shown.totals == (11, 9)


def test_one_small_cell_hides_every_cell_that_would_betray_it() -> None:
    # 2 is small; 6 stands in its row, 7 in its column, and 5 is then alone in both of theirs.
    shown = shown_refusals(counted(), BY_PLACE, BY_REASON, WHOLE, DrawnVeil(5))
    assert shown is not None
    assert [row.cells for row in shown.rows] == [(None, None), (None, None)]
    assert (shown.totals, [row.declined for row in shown.rows]) == ((11, 9), [ShownShare(8, 18), ShownShare(12, 22)])


def test_what_the_other_tables_hide_is_hidden_here_too() -> None:
    # Nothing is small, but above the refusals of 邻 are hidden, and with them all refusals and every reason. A hidden
    # total needs a hidden cell in its line, or the cells would add up to it: 5 and 7 are the smallest of theirs.
    found = refusals_of(cohort({JIA: {"no_bed": 6, "no_specialist": 8}, LIN: {"no_bed": 5, "no_specialist": 7}}, 10))
    by_place = {JIA: ShownShare(14, 24), LIN: ShownShare(None, 22)}
    by_reason = dict.fromkeys(("no_bed", "no_specialist"))
    shown = shown_refusals(found, by_place, by_reason, ShownShare(None, None), DrawnVeil(5))
    assert shown is not None
    # The rarer reason stands second.
    assert (shown.reasons, [row.cells for row in shown.rows]) == (("no_specialist", "no_bed"), [(8, 6), (None, None)])
    assert [row.declined.numerator for row in shown.rows] == [14, None]


def test_a_table_that_would_betray_a_total_above_is_left_out() -> None:
    # 邻 gave one reason only: hiding its 9 hides its total, which stands in the table of places.
    found = refusals_of(cohort({JIA: {"no_bed": 2, "no_specialist": 9}, LIN: {"no_bed": 9}}, accepted=10))
    by_place = {JIA: ShownShare(11, 21), LIN: ShownShare(9, 19)}
    told = {"no_bed": 11, "no_specialist": 9}
    assert shown_refusals(found, by_place, told, WHOLE, DrawnVeil(5)) is None


def test_the_page_shows_the_table_with_shares_and_intervals(world: SmallWorld) -> None:
    # 甲 declined C (no bed) and E (no specialist) of A B BB D G C E F: 2 of 8, Wilson 7.1 to 59.1 per cent.
    text = words(page_of(client_of(world.story.coordinator), PAGE, **SPRING))
    assert f"{TITLE} Institution no bed no specialist" in text
    assert "甲市第一医院 1 1 2 8 25.0 % few cases 7.1 – 59.1 %" in text
    # Of all ten answers that were due: Wilson for 2 of 10 is 5.7 to 51.0 per cent.
    assert "All of them 1 1 2 10 20.0 % few cases 5.7 – 51.0 %" in text


def test_each_cell_opens_its_cases(world: SmallWorld) -> None:
    client = client_of(world.story.coordinator)
    key = f"refusal-no_bed-{world.scene.jia.pk}"
    assert f"statistics/{key}/" in page_of(client, PAGE, **SPRING)
    html = page_of(client, "referrals:statistics-rows", key, **SPRING)
    assert world.legs["C"].request.journey.number in html
    assert world.legs["E"].request.journey.number not in html


def test_who_only_counts_sees_no_small_cell_and_no_link(world: SmallWorld) -> None:
    html = page_of(client_of(world.scene.office_jia), PAGE, **SPRING)
    assert "statistics/refusal-" not in html
    assert "甲市第一医院 1 1" not in words(html)
    assert "it would betray a number that is hidden there" in words(html) or f"{TITLE} Institution" in words(html)


def test_with_a_filter_the_table_stays_away_from_who_only_counts(world: SmallWorld) -> None:
    assert TITLE not in words(page_of(client_of(world.scene.office_jia), PAGE, **SPRING, direction="up"))


def test_the_table_is_taken_along_cell_by_cell(world: SmallWorld) -> None:
    client = client_of(world.story.coordinator)
    response = client.get(reverse(PAGE), {**SPRING, "export": "csv"})
    content = response.getvalue() if response.streaming else response.content
    rows = [row for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"))) if row["Group of figures"] == TITLE]
    told = {row["Measure"]: (row["Numerator"], row["Denominator"]) for row in rows}
    assert told == {
        "甲市第一医院 · no bed": ("1", "2"),
        "甲市第一医院 · no specialist present": ("1", "2"),
        "甲市第一医院, declined of all answers due": ("2", "8"),
        "All of them, declined of all answers due": ("2", "10"),
    }
