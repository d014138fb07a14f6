"""The board: where bars stand, what the gaps are, who sees what, and at what cost."""

from __future__ import annotations

import datetime
import re

import pytest
from django.utils import timezone

from lianyi.dispatch import board_queries, commands, queries
from lianyi.dispatch.board import (
    BAR_HEIGHT,
    LABEL_WIDTH,
    MOST_BARS,
    MOST_SITES,
    WIDTH,
    Board,
    BoardRows,
    fitted,
    lay_out,
    pages_of_sites,
    window_of,
)
from lianyi.dispatch.board_queries import Site
from lianyi.dispatch.models import Posting
from lianyi.methods.periods import DateSpan
from tests.cast import Scene, acting_as, day
from tests.dispatch.page_parts import client_of, many_postings, page_of, queries_for, words

TODAY = day("2024-06-15")


def board_of(scene: Scene, first: str = "2024-01-01", months: int = 12, today: datetime.date = TODAY) -> Board:
    window = window_of(months, day(first), today)
    rows = queries.overlapping(scene.office_jia, window.span)
    shown = list(rows.order_by("to_institution__code", "specialty", "starts_on", "pk"))
    stretches = board_queries.stretches(rows)
    ids = [row.pk for row in shown]
    absences = board_queries.absences_within(ids, window.span)
    gathered = BoardRows(board_queries.sites_of(rows), shown, absences, stretches, absences)
    return lay_out(gathered, window, today)


@pytest.mark.parametrize(("months", "first"), [(3, "2024-05-01"), (12, "2024-03-01"), (24, "2023-12-01")])
def test_a_window_begins_a_little_before_today_and_has_whole_months(months: int, first: str) -> None:
    window = window_of(months, None, TODAY)
    assert window.span.start == day(first)
    assert (window.span.end + datetime.timedelta(days=1)).day == 1


def test_a_length_that_is_not_offered_gives_a_year() -> None:
    assert window_of(7, None, TODAY).months == 12


def test_days_are_spread_over_the_whole_width() -> None:
    window = window_of(12, day("2024-01-01"), TODAY)
    assert window.x(day("2024-01-01")) == LABEL_WIDTH
    assert window.x(day("2025-01-01")) == WIDTH


def test_bars_stand_at_the_real_days_and_are_cut_at_the_window(scene: Scene) -> None:
    agreement = scene.agreement(starts_on="2023-01-01")
    scene.stayed(agreement, scene.ding, "2023-12-01", "2024-02-10")
    board = board_of(scene)
    [bar] = board.sites[0].bars
    assert bar.days == DateSpan(day("2023-12-01"), day("2024-02-10"))
    assert (bar.box.x, bar.box.height) == (LABEL_WIDTH, BAR_HEIGHT)
    assert bar.box.x + bar.box.width == board.window.x(day("2024-02-11"))


def test_people_of_one_specialty_who_overlap_stand_in_different_lanes(scene: Scene) -> None:
    agreement = scene.agreement()
    scene.published(agreement, scene.an, "2024-01-01", "2024-03-31")
    scene.published(agreement, scene.cai, "2024-04-01", "2024-06-30")
    scene.published(agreement, scene.bo, "2024-03-01", "2024-04-30")
    [group] = board_of(scene).sites[0].groups
    lanes = {bar.posting.staff.name_zh: bar.box.y for bar in group.bars}
    assert lanes["样例甲"] == lanes["样例丙"]
    assert lanes["样例乙"] > lanes["样例甲"]


def test_the_presence_row_shows_the_days_with_nobody_within_the_term(scene: Scene) -> None:
    agreement = scene.agreement(starts_on="2024-02-01")
    row = scene.stayed(agreement, scene.ding, "2024-02-01", "2024-04-30")
    commands.add_absence(acting_as(scene.office_jia), row, day("2024-03-10"), day("2024-03-12"), "sick")
    scene.published(agreement, scene.an, "2024-08-01", "2024-12-31")
    site = board_of(scene).sites[0]
    assert [gap.title for gap in site.gaps] == [
        "Nobody on site from 2024-03-10 to 2024-03-12 (3 days)",
        "Nobody on site from 2024-05-01 to 2024-07-31 (92 days)",
    ]
    # Days to come are not counted: 3 in March, and 1 May to 15 June.
    assert site.gap_days == 3 + 46
    assert [gap.is_ahead for gap in site.gaps] == [False, False]


def test_presence_is_asked_only_within_the_term_of_an_agreement(scene: Scene) -> None:
    agreement = scene.agreement(starts_on="2024-03-01", ends_on="2024-10-31")
    scene.stayed(agreement, scene.ding, "2024-03-01", "2024-10-31")
    board = board_of(scene, today=day("2025-01-01"))
    [term] = board.sites[0].terms
    assert (term.x, term.x + term.width) == (board.window.x(day("2024-03-01")), board.window.x(day("2024-11-01")))
    assert board.sites[0].gaps == ()


def test_a_gap_to_come_is_said_as_nobody_planned(scene: Scene) -> None:
    agreement = scene.agreement()
    row = scene.published(agreement, scene.ding, "2024-01-01", "2024-09-30")
    scene.step(row, "arrive", "2024-01-01")
    [gap] = board_of(scene).sites[0].gaps
    assert (gap.title, gap.is_ahead) == ("Nobody planned from 2024-10-01 to 2024-12-31 (92 days)", True)


def test_who_came_before_the_planned_day_is_there_from_the_arrival_on(scene: Scene) -> None:
    agreement = scene.agreement(starts_on="2024-06-01")
    row = scene.published(agreement, scene.ding, "2024-07-01", "2024-12-31")
    scene.step(row, "arrive", "2024-06-01")
    assert board_of(scene).sites[0].gaps == ()


def test_an_arrival_that_nobody_recorded_is_no_presence_in_the_past(scene: Scene) -> None:
    agreement = scene.agreement()
    scene.published(agreement, scene.ding, "2024-06-01", "2024-12-31")
    gaps = board_of(scene).sites[0].gaps
    assert [gap.title for gap in gaps] == ["Nobody on site from 2024-01-01 to 2024-06-15 (167 days)"]


def test_drafts_are_drawn_but_nobody_relies_on_them(scene: Scene) -> None:
    agreement = scene.agreement()
    scene.draft(agreement, scene.ding, "2024-01-01", "2024-12-31")
    site = board_of(scene).sites[0]
    assert (len(site.bars), site.presence, site.gaps) == (1, None, ())


def test_absences_are_hatched_over_the_bar(scene: Scene) -> None:
    row = scene.stayed(scene.agreement(), scene.ding, "2024-02-01", "2024-04-30")
    commands.add_absence(acting_as(scene.office_jia), row, day("2024-03-10"), day("2024-03-19"), "home_leave")
    board = board_of(scene)
    [hatch] = board.sites[0].bars[0].hatches
    assert (hatch.x, hatch.x + hatch.width) == (
        board.window.x(day("2024-03-10")),
        board.window.x(day("2024-03-20")),
    )


def test_pages_of_institutions_hold_only_so_many_bars() -> None:
    sites = [Site(number, f"S{number:03d}", "样例", "", 50) for number in range(5)]
    assert [[site.pk for site in found] for found in pages_of_sites(sites)] == [[0, 1], [2, 3], [4]]
    villages = [Site(number, f"S{number:03d}", "样例", "", 1) for number in range(45)]
    assert [len(found) for found in pages_of_sites(villages)] == [MOST_SITES, MOST_SITES, 5]
    assert [len(found) for found in pages_of_sites([Site(1, "S", "样例", "", MOST_BARS * 9)])] == [1]


def test_text_is_cut_to_the_room_it_has() -> None:
    assert fitted("样例甲 · 在岗", 200) == "样例甲 · 在岗"
    assert fitted("样例甲 · 在岗", 50) == "样例甲…"
    assert fitted("样例甲", 5) == ""


def test_the_board_shows_every_bar_as_a_link_and_the_same_as_a_table(scene: Scene) -> None:
    agreement = scene.agreement()
    row = scene.stayed(agreement, scene.ding, "2024-02-01", "2024-04-30")
    html = page_of(client_of(scene.office_jia), "dispatch:board", **{"from": "2024-01", "months": "12"})
    assert f'<a href="/dispatch/postings/{row.pk}/" class="bar-link"><title>{row.code} · 样例丁 · ended' in html
    assert "2024-02-01 – 2024-04-30" in words(html)
    assert "style=" not in re.sub(r"<head>.*?</head>", "", html, flags=re.DOTALL)
    assert "<script>" not in html


def test_the_board_moves_by_half_a_window_and_keeps_the_filter(scene: Scene) -> None:
    scene.stayed(scene.agreement(), scene.ding, "2024-02-01", "2024-04-30")
    html = page_of(client_of(scene.office_jia), "dispatch:board", **{"from": "2024-01", "months": "12", "kind": "team"})
    assert 'href="?kind=team&amp;months=12&amp;from=2023-07"' in html
    assert 'href="?kind=team&amp;months=12&amp;from=2024-07"' in html


@pytest.mark.parametrize(
    ("name", "hit", "miss"),
    [
        ("q", "样例丁", "样例甲"),
        ("agreement", "JS-2024", "XX"),
        ("institution", "SHAN", "XIANG"),
        ("specialty", "04", "05"),
        ("kind", "team", "executive_dean"),
        ("state", "ended", "planned"),
    ],
)
def test_the_board_filters(scene: Scene, name: str, hit: str, miss: str) -> None:
    scene.stayed(scene.agreement(), scene.ding, "2024-02-01", "2024-04-30")
    client = client_of(scene.office_jia)
    window = {"from": "2024-01", "months": "12"}
    assert 'class="bar-link"' in page_of(client, "dispatch:board", **window, **{name: hit})
    assert 'class="bar-link"' not in page_of(client, "dispatch:board", **window, **{name: miss})


def test_an_outsider_with_the_same_role_sees_an_empty_board(scene: Scene) -> None:
    scene.stayed(scene.agreement(), scene.ding, "2024-02-01", "2024-04-30")
    html = page_of(client_of(scene.office_lin), "dispatch:board", **{"from": "2024-01"})
    assert "No posting falls into these months." in html
    assert "样例丁" not in html


def test_a_month_that_is_none_is_refused_with_what_is_expected(scene: Scene) -> None:
    response = client_of(scene.office_jia).get("/dispatch/board/", {"from": "June"})
    assert response.status_code == 422
    assert "year-month" in response.content.decode()


def test_the_number_of_queries_does_not_grow_with_the_postings(scene: Scene) -> None:
    agreement = scene.agreement()
    client = client_of(scene.office_jia)
    many_postings(scene, agreement, 30)
    query = {"from": "2024-01", "months": "12"}
    few = queries_for(client, "dispatch:board", **query)
    many_postings(scene, agreement, 300)
    assert Posting.objects.count() == 330
    assert queries_for(client, "dispatch:board", **query) == few


def test_today_is_marked_when_it_lies_in_the_window(scene: Scene) -> None:
    scene.stayed(scene.agreement(), scene.ding, "2024-02-01", "2024-04-30")
    today = timezone.localdate()
    assert board_of(scene, f"{today:%Y-%m}-01", today=today).today_x is not None
    assert board_of(scene, "2024-01-01", today=today).today_x is None
