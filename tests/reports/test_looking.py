"""That the looking itself sees what is wrong: a page that is empty, a word that runs over the edge."""

from __future__ import annotations

from lianyi.reports.content import Cell, Fact, Grid, Part, Report
from tests.reports.looking import assert_prints_well, looked_at


def report_of(*parts: Part, subtitle: str = "Jia supports Shan") -> dict[str, object]:
    return Report(
        title="Report",
        subtitle=subtitle,
        marks=(),
        facts=(Fact("Place", "Shan"),),
        parts=parts,
        limits_title="Limits",
        limits=("none",),
    ).as_document()


def rows(text: str, count: int) -> Part:
    line = tuple(Cell(text) for _number in range(6))
    return Part(key="rows", title="Rows", grid=Grid(("a", "b", "c", "d", "e", "f"), (line,) * count))


def test_a_word_that_cannot_break_is_seen_where_it_runs_over_the_edge() -> None:
    assert looked_at(report_of(subtitle="W" * 200), "en").runs_over() == [0]


def test_a_code_that_cannot_break_is_seen_where_it_lies_over_the_next_cell() -> None:
    facts = (Fact("7" * 40, "Shan People's Hospital"),)
    report = {**report_of(), "facts": [{"label": each.label, "value": each.value} for each in facts]}

    assert looked_at(report, "en").overlapping


def test_dates_and_codes_stay_in_their_cells() -> None:
    cells = ("LPS-I-2022/6", "Strengthen techniques under the support team of the district", "2026-12-15", "2026-11-10")
    grid = Grid(("Number", "What was raised", "Due on", "Done on"), (tuple(Cell(each) for each in cells),) * 3)

    assert_prints_well(report_of(Part(key="rows", title="Rows", grid=grid)), "en", most_pages=1)


def test_long_words_in_both_languages_stay_inside_the_page() -> None:
    for language, text in (("en", "Orthopaedic reconstruction and rehabilitation"), ("zh-hans", "骨科重建与康复" * 9)):
        assert_prints_well(report_of(rows(text, 4)), language, most_pages=2)


def test_a_table_of_many_rows_goes_on_over_pages_with_its_heading_on_each() -> None:
    found = looked_at(report_of(rows("Shan", 120)), "en")

    assert found.pages > 2
    assert found.runs_over() == []
    assert found.text.count("a b c d e f") >= found.pages - 1
