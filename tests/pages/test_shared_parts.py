from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from lianyi.accounts.errors import NotPermittedError
from lianyi.errors import InvalidInputError, LianyiError
from lianyi.pages import errors
from lianyi.pages.charts import ChartTable, chart
from lianyi.pages.errors import message_of, register_error_texts, status_of
from lianyi.pages.names import in_language, language_of, name_of
from lianyi.pages.progress import Progress
from lianyi.pages.values import shown
from tests.web.factories import make_node


class OddError(LianyiError):
    code = "odd"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "—"),
        ("", "—"),
        (0, "0"),
        (True, "yes"),
        (Decimal("12.500"), "12.5"),
        (Decimal(1200), "1200"),
        (datetime.date(2024, 5, 1), "2024-05-01"),
        (datetime.datetime(2024, 5, 1, 16, 30, tzinfo=datetime.UTC), "2024-05-02 00:30"),
        (["a", None, 1], "a, —, 1"),
        ({"a": 1}, "a: 1"),
        ([], "—"),
    ],
)
def test_values_are_shown_one_way(value, text):
    with translation.override("en"):
        assert shown(value) == text


def test_a_name_is_given_in_the_language_of_the_page(db):
    node = make_node("H1", "样例医院", "Sample Hospital")
    with translation.override("en"):
        assert (name_of(node), in_language("甲", ""), name_of(None)) == ("Sample Hospital", "甲", "")
    with translation.override("zh-hans"):
        assert name_of(node) == "样例医院"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("惠州日报 2022年1月", "zh-Hans"),
        ("2020年第七次全国人口普查分县数据 (Seventh national census 2020)", "zh-Hans"),
        ("Report, Spring Festival 2022", "en"),
        ("NHC, 2023: press text on the programme 十四五", "en"),
        ("", "en"),
    ],
)
def test_a_text_of_one_language_is_tagged_by_its_letters(text, language):
    assert language_of(text) == language


def test_a_refusal_without_a_text_is_told_in_english():
    assert (message_of(OddError("Odd thing.")), status_of(OddError("Odd thing."))) == ("Odd thing.", 422)


def test_a_refusal_is_told_by_its_code_and_reason(monkeypatch):
    monkeypatch.setattr(errors, "_TEXTS", errors._Texts())
    register_error_texts({"odd": "%(given)s is odd", "odd.very": "%(given)s is very odd on %(day)s"})
    day = datetime.date(2024, 5, 1)
    assert message_of(OddError("x", given="Three")) == "Three is odd"
    assert message_of(OddError("x", given="Three", reason="very", day=day)) == "Three is very odd on 2024-05-01"
    assert message_of(OddError("It lacks a parameter.", reason="very", given="Three")) == "It lacks a parameter."


def test_no_application_changes_the_texts_of_another():
    with pytest.raises(ValueError, match="not-found"):
        register_error_texts({"not-found": "mine"})


def test_statuses_are_those_of_the_reason():
    assert status_of(NotPermittedError("no")) == 403
    assert status_of(InvalidInputError("no")) == 422


@pytest.mark.parametrize(
    ("delivered", "expected", "percent", "word", "tone"),
    [
        (None, None, None, "not measured yet", "neutral"),
        (0, None, 0, "under way", "info"),
        ("9.99", 5, 99, "on course", "info"),
        (4, 5, 40, "behind", "warning"),
        (12, 5, 120, "met", "good"),
    ],
)
def test_a_promise_says_how_it_stands(delivered, expected, percent, word, tone):
    progress = Progress(
        "Visits",
        Decimal(10),
        None if delivered is None else Decimal(delivered),
        expected=None if expected is None else Decimal(expected),
    )
    with translation.override("en"):
        assert (progress.percent, progress.word, progress.tone) == (percent, word, tone)


def test_a_promise_that_nothing_measures_shows_no_bar():
    with translation.override("en"):
        page = render_to_string("web/progress.html", {"progress": Progress("Visits", Decimal(10), None, "visits")})
    assert "<progress" not in page
    assert "promised 10 visits" in page


def test_a_chart_carries_its_option_and_its_figures():
    drawn = chart(
        "flows", {"series": [{"name": "</script>"}]}, title="Flows", table=ChartTable(["Year"], [[2024], [None]])
    )
    page = render_to_string("web/chart.html", {"chart": drawn})
    assert 'id="flows" class="chart-canvas chart-medium" data-chart="flows-data" role="img" aria-label="Flows"' in page
    assert "\\u003C/script\\u003E" in page
    assert "<td>2024</td></tr><tr><td>—</td>" in page


def test_a_chart_of_unknown_height_is_refused():
    with pytest.raises(ValueError, match="short, medium, tall"):
        chart("x", {}, title="x", table=ChartTable([], []), height="huge")


@pytest.mark.parametrize(("provenance", "word"), [("sample", "sample"), ("reported", "reported"), ("recorded", "")])
def test_sample_and_reported_facts_are_marked(provenance, word):
    with translation.override("en"):
        page = render_to_string("web/sample_mark.html", {"provenance": provenance})
    assert (f">{word}</span>" in page) is bool(word)
