"""The forms that a bureau hands on: those of the package, what is refused, and which version holds on a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from lianyi.rules.errors import DuplicateRuleSetError, OverlappingRuleSetsError, RuleFileError
from lianyi.rules.form_tables import FormLayout, load_form_tables, parse_form_table
from lianyi.rules.indicators import load_indicators

TODAY = date(2026, 11, 1)
FORM = """
id = "{id}"
form = "{form}"
title = {{ zh = "表", en = "Form" }}
valid_from = {day}
source = "a test"
confidence = "local"
layout = "{layout}"
period = "year"

[[columns]]
fill = "{fill}"
zh = "列"
en = "Column"
"""


def text(**more: str) -> str:
    facts = {"id": "one", "form": "test", "day": "2025-01-01", "layout": "postings", "fill": "persons", **more}
    return FORM.format(**facts)


def test_every_form_of_the_package_asks_for_indicators_that_there_are() -> None:
    known = {each.code: each for each in load_indicators().definitions}
    forms = load_form_tables().on(TODAY)

    assert [each.form for each in forms] == [
        "basic-public-health",
        "county-community-monitoring",
        "essential-medicines",
        "stationing",
    ]
    for form in forms:
        for code in form.indicators:
            assert known[code].period == form.period, code


def test_the_county_form_has_the_fourteen_numbers_of_its_document() -> None:
    form = load_form_tables().of("county-community-monitoring", TODAY)

    assert form is not None
    assert {row.number for row in form.rows} == {str(number) for number in range(1, 15)}
    assert form.layout is FormLayout.INDICATORS


def test_no_form_of_the_package_passes_for_an_official_one() -> None:
    assert all(each.confidence != "sourced" for each in load_form_tables().tables)


def test_a_form_holds_from_its_day_until_the_next_version(tmp_path: Path) -> None:
    folder = tmp_path / "form_tables"
    folder.mkdir()
    (folder / "a.toml").write_text(text(id="one", form="stationing", day="2026-06-01"), encoding="utf-8")
    book = load_form_tables((tmp_path,))

    before, after = book.of("stationing", date(2026, 5, 31)), book.of("stationing", date(2026, 6, 1))
    assert before is not None
    assert after is not None
    assert (before.id, after.id) == ("stationing-proposal-2025", "one")
    assert book.of("stationing", date(2019, 1, 1)) is None
    assert book.of("gossip", TODAY) is None


@pytest.mark.parametrize(
    ("second", "error"),
    [({"id": "one", "day": "2025-02-01"}, DuplicateRuleSetError), ({"id": "two"}, OverlappingRuleSetsError)],
)
def test_two_files_of_one_form_are_told_apart(tmp_path: Path, second: dict[str, str], error: type[Exception]) -> None:
    folder = tmp_path / "form_tables"
    folder.mkdir()
    (folder / "a.toml").write_text(text(), encoding="utf-8")
    (folder / "b.toml").write_text(text(**second), encoding="utf-8")

    with pytest.raises(error):
        load_form_tables((tmp_path,))


@pytest.mark.parametrize(
    ("broken", "place"),
    [
        (text(fill="gossip"), "fill"),
        (text(layout="indicators", fill="value"), "rows"),
        (text() + '[[rows]]\nindicator = "county-tcm-visit-share"\n', "rows"),
        (text(layout="units", fill="indicator"), "indicator"),
        (text(layout="units", fill="unit") + 'indicator = "county-tcm-visit-share"\n', "indicator"),
    ],
)
def test_a_fault_names_its_place(broken: str, place: str) -> None:
    with pytest.raises(RuleFileError) as caught:
        parse_form_table("a.toml", broken.encode())

    assert place in str(caught.value)
