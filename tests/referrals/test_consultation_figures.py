"""The figures of consultations, counted by hand from a few cases, and who sees how much of them."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.urls import reverse

from lianyi.methods.periods import month_span
from lianyi.pages.values import NOTHING
from lianyi.referrals.consultation_figure_lines import FigureLine, open_lines, veiled_lines
from lianyi.referrals.consultation_figure_queries import Counting, counted_rows
from lianyi.referrals.consultation_figures import ConsultationFigures, figures_of
from lianyi.referrals.consulting import tick
from lianyi.referrals.models import Consultation
from tests.cast import actor_for
from tests.dispatch.page_parts import client_of, page_of, status_of, words
from tests.referrals import consulting_story as tale
from tests.referrals.story import Story
from tests.referrals.test_consultation_clocks import HOUR, MINUTE, START

LATER = START + datetime.timedelta(days=6)


@pytest.fixture
def counted(story: Story) -> dict[str, Consultation]:
    """Five that are judged and two that are not: in time, late, after a question, declined, silent; back, open."""
    with time_machine.travel(START, tick=False) as wall:
        rows = {
            "quick": tale.asked(story, urgency="urgent"),
            "late": tale.asked(story, urgency="urgent"),
            "asked-back": tale.asked(story),
            "declined": tale.asked(story),
            "silent": tale.asked(story, urgency="urgent"),
            "taken-back": tale.asked(story),
            "open": tale.asked(story),
        }
        wall.shift(30 * MINUTE)
        tale.step(rows["quick"], "accept", story.duty_jia)
        tale.step(rows["asked-back"], "ask_information", story.duty_jia, text="样例提问")
        wall.shift(30 * MINUTE)
        tale.step(rows["declined"], "decline", story.duty_jia, reason_code="no_specialist")
        tale.step(rows["taken-back"], "cancel", story.doctor_shan, reason_code="improved")
        wall.shift(2 * HOUR)
        tale.step(rows["late"], "accept", story.duty_jia)
        tale.step(rows["asked-back"], "supply", story.doctor_shan, text="样例回答")
        wall.shift(10 * MINUTE)
        tale.step(rows["asked-back"], "accept", story.duty_jia)
        tale.step(rows["asked-back"], "sign_opinion", story.duty_jia, opinion="样例意见")
        tale.step(rows["asked-back"], "read", story.doctor_shan)
        tale.step(rows["asked-back"], "close", story.doctor_shan, followed="partly", text="样例原因")
        while rows["silent"].state == "asked":
            rows["silent"].refresh_from_db()
            if rows["silent"].next_call_at is not None:
                wall.move_to(max(rows["silent"].next_call_at, START + 4 * HOUR))
                tick(rows["silent"].next_call_at)
    return rows


def figures(story: Story) -> ConsultationFigures:
    return figures_of(Counting(counted_rows(story.duty_jia), month_span(2026, 11), LATER))


def ids(rows: dict[str, Consultation], *names: str) -> list[int]:
    return sorted(rows[name].pk for name in names)


def share(found: ConsultationFigures, key: str) -> tuple[list[int], list[int]]:
    figure = next(each for each in found.shares if each.key == key)
    return sorted(figure.numerator), sorted(figure.denominator)


def test_what_was_asked_and_answered_is_counted_with_the_cases(story: Story, counted: dict[str, Consultation]) -> None:
    found = figures(story)
    judged = ids(counted, "quick", "late", "asked-back", "declined", "silent")
    assert sorted(found.asked) == ids(counted, *counted)
    assert share(found, "accepted") == (ids(counted, "quick", "late", "asked-back"), judged)
    assert share(found, "answered") == (ids(counted, "quick", "late", "asked-back", "declined"), judged)
    assert share(found, "in-time") == (ids(counted, "quick", "asked-back", "declined"), judged)
    assert share(found, "in-time-urgent") == (ids(counted, "quick"), ids(counted, "quick", "late", "silent"))
    assert share(found, "in-time-emergency") == ([], [])
    assert share(found, "followed") == (ids(counted, "asked-back"), ids(counted, "asked-back"))
    assert list(found.signed) == ids(counted, "asked-back")


def test_times_are_net_of_the_pauses(story: Story, counted: dict[str, Consultation]) -> None:
    found = figures(story)
    # 30, 60 and 180 minutes, and 190 less the pause of 150.
    assert (found.answer_minutes.count, found.answer_minutes.median.minutes) == (4, 50.0)
    assert (found.opinion_minutes.count, found.opinion_minutes.median.minutes) == (1, 40.0)


def test_a_share_has_both_counts_and_its_interval(story: Story, counted: dict[str, Consultation]) -> None:
    line = next(each for each in open_lines(figures(story)) if each.key == "in-time")
    # Wilson's interval for 3 of 5.
    assert (line.numerator, line.denominator, line.value) == (3, 5, "60.0 %")
    assert (line.interval, line.is_small) == ("23.1 – 88.2 %", True)


def test_nothing_counted_has_no_value(story: Story) -> None:
    lines = open_lines(figures(story))
    assert next(each.value for each in lines if each.key == "in-time") == NOTHING
    assert next(each.numerator for each in lines if each.key == "asked") == 0


def test_a_month_counts_only_its_own_steps(story: Story, counted: dict[str, Consultation]) -> None:
    found = figures_of(Counting(counted_rows(story.duty_jia), month_span(2026, 10), LATER))
    assert (found.asked, found.answer_minutes.count) == ((), 0)


def by_measure(lines: list[FigureLine]) -> dict[str, FigureLine]:
    return {each.measure: each for each in lines}


def test_who_sees_counts_only_sees_no_small_ones(story: Story, counted: dict[str, Consultation]) -> None:
    lines = by_measure(veiled_lines(figures(story), 5))
    assert lines["Consultations asked"].numerator == 7
    for measure in ("Answered with yes or no", "Answered in time", "Opinions signed"):
        assert (lines[measure].is_hidden, lines[measure].numerator) == (True, None)
    assert not any(each.key for each in lines.values())


def test_only_the_own_institutions_are_counted(story: Story, counted: dict[str, Consultation]) -> None:
    assert counted_rows(story.duty_lin).count() == 0
    assert counted_rows(story.doctor_shan).count() == 7
    office = actor_for("counting-lin", story.scene.lin.pk, "lead_office")
    assert counted_rows(office).count() == 0


def test_the_page_shows_them_and_opens_the_rows(story: Story, counted: dict[str, Consultation]) -> None:
    with time_machine.travel(LATER, tick=True):
        client = client_of(story.duty_jia)
        html = page_of(client, "referrals:statistics")
        assert "Consultations asked 7" in words(html)
        assert "/referrals/consultations/counted/in-time/" in html
        rows = page_of(client, "referrals:consultations-counted", "in-time")
        assert counted["late"].number in rows
        assert counted["open"].number not in rows
        assert status_of(client, "referrals:consultations-counted", "no-such") == 404
        assert counted["late"].number not in page_of(
            client, "referrals:consultations-counted", "in-time", first="2026-01", last="2026-02"
        )


def test_a_direction_is_no_part_of_a_consultation(story: Story, counted: dict[str, Consultation]) -> None:
    with time_machine.travel(LATER, tick=True):
        html = words(page_of(client_of(story.duty_jia), "referrals:statistics", direction="up"))
    assert "With this filter the consultations are left out." in html
    assert "Consultations asked" not in html


def test_the_consultation_shows_its_clocks(story: Story, counted: dict[str, Consultation]) -> None:
    with time_machine.travel(LATER, tick=True):
        text = words(page_of(client_of(story.duty_jia), "referrals:consultation", counted["asked-back"].pk))
        late = words(page_of(client_of(story.duty_jia), "referrals:consultation", counted["late"].pk))
    assert "3 h 10 min 2 h 30 min 40 min in time" in text
    assert "3 h 0 min 0 min 3 h 0 min over time" in late


@pytest.mark.parametrize("number", ["99999999999999999999999", "0", "-1", "x"])
def test_a_number_that_names_no_record_finds_nothing(story: Story, number: str) -> None:
    address = reverse("referrals:consultations-counted", args=["asked"])
    assert client_of(story.duty_jia).get(f"{address}?agreement={number}").status_code == 404
