"""The five cases as tables: whole, consistent, and true to the reports."""

from __future__ import annotations

import datetime
import filecmp
import re
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from lianyi.cases import case_folders
from lianyi.rules import codes_of, load_rule_sets
from tests.cases.contract import CHOICES, CODES, COLUMNS, KEYS, REFERENCES, by_key, every_row, rows, tables
from tests.cases.reports import CASES, REPORT_OF, TOLD

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLE_NAME_ZH = re.compile(r"样例[\u4e00-\u9fff·]+ \d{2,3}")
SAMPLE_NAME_EN = re.compile(r"Sample [A-Z][A-Za-z0-9' -]+ \d{2,3}")
DAY_COLUMN = re.compile(r"_(on|from|to|at)$|^since$|^until$")


def day(text):
    return datetime.date.fromisoformat(text)


def span(row):
    """Return the days of a posting as they stand: real where they are known."""
    return day(row["arrived_on"] or row["starts_on"]), day(row["left_on"] or row["ends_on"])


def case_file(case):
    folder = next(folder for folder in case_folders() if folder.name == case)
    return tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))


def test_what_the_cases_share_is_loaded_first_and_every_folder_is_there():
    assert [folder.name for folder in case_folders()] == ["shared", *CASES]
    assert all(folder.is_dir() for folder in case_folders())


def test_every_file_is_a_table_with_the_agreed_columns():
    for folder in case_folders():
        for file in folder.glob("*.csv"):
            header = file.read_text(encoding="utf-8").splitlines()[0]
            expected = COLUMNS[file.stem].replace("*", "").split()
            assert header.split(",") == [*expected, "provenance"], file


def test_rows_fill_what_is_required_and_say_where_they_come_from():
    faults = [
        (folder, kind, column, row)
        for folder, kind, row in every_row()
        for column in COLUMNS[kind].split()
        if column.endswith("*") and not row[column.rstrip("*")]
    ]
    assert faults == []
    assert {row["provenance"] for _folder, _kind, row in every_row()} == {"reported", "sample"}


def test_reported_rows_name_their_source():
    faults = [row for _folder, _kind, row in every_row() if row["provenance"] == "reported" and row.get("source") == ""]
    assert faults == []


def test_natural_keys_are_unique_over_all_folders():
    for kind, key in KEYS.items():
        found = Counter(tuple(row[name] for name in key) for row in rows(kind))
        assert [entry for entry, times in found.items() if times > 1] == [], kind


def test_references_resolve():
    known = {kind: set(by_key(kind)) for kind in KEYS}
    faults = [
        (folder, kind, columns, row)
        for folder, kind, row in every_row()
        for columns, (target, _key) in REFERENCES.get(kind, {}).items()
        if row[columns[-1]] and tuple(row[name] for name in columns) not in known[target]
    ]
    assert faults == []


@pytest.mark.parametrize("kind", ["places", "institutions", "postings"])
def test_parents_and_predecessors_stand_before_those_who_name_them(kind):
    column = "predecessor_code" if kind == "postings" else "parent_code"
    owner = KEYS[kind][:-1]
    seen = set()
    for row in rows(kind):
        where = tuple(row[name] for name in owner)
        assert not row[column] or (*where, row[column]) in seen, row
        seen.add((*where, row["code"]))


def test_only_choices_and_codes_of_the_reference_lists_are_used():
    allowed = {place: set(words.split()) for place, words in CHOICES.items()}
    allowed |= {place: set(codes_of(name)) for place, name in CODES.items()}
    faults = [
        (kind, column, row[column])
        for (kind, column), words in allowed.items()
        for row in rows(kind)
        if row[column] and row[column] not in words
    ]
    assert faults == []
    listed = {code for duty in rows("duties") for code in duty["specialties"].split(";") if code}
    assert listed <= set(codes_of("specialties"))


def test_days_are_days_in_order():
    order = (
        ("starts_on", "ends_on"),
        ("valid_from", "valid_to"),
        ("arrived_on", "left_on"),
        ("started_on", "finished_on"),
    )
    for _folder, _kind, row in every_row():
        days = {name: day(text) for name, text in row.items() if DAY_COLUMN.search(name) and text and ":" not in text}
        assert [pair for pair in order if set(pair) <= set(days) and days[pair[0]] > days[pair[1]]] == [], row


def test_rule_sets_exist_and_are_in_force_when_the_agreement_starts():
    book = load_rule_sets()
    named = [row for row in rows("agreements") if row["rule_set"]]
    assert named
    for row in named:
        assert book.require_valid(row["rule_set"], day(row["starts_on"])).id == row["rule_set"]


def test_an_agreement_has_parties_on_both_sides_and_a_duty():
    sides, duties = defaultdict(set), {row["agreement_code"] for row in rows("duties")}
    for row in rows("agreement_parties"):
        sides[row["agreement_code"]].add(row["side"])
    for row in rows("agreements"):
        found = sides[row["code"]]
        assert {"supporting", "supported"} <= found or found == {"mutual"} or "organiser" in found, row["code"]
        assert row["code"] in duties


def test_what_belongs_to_an_agreement_lies_within_its_term():
    terms = {row["code"]: (day(row["starts_on"]), day(row["ends_on"])) for row in rows("agreements")}
    for kind in ("postings", "batches", "duties"):
        for row in rows(kind):
            start, end = terms[row["agreement_code"]]
            first = day(row["starts_on"] or str(start))
            last = day(row.get("ends_on") or row.get("due_on") or str(end))
            assert start <= first <= last <= end, row


def test_the_steps_of_a_cycle_follow_one_another():
    steps = defaultdict(list)
    for row in rows("cycle_steps"):
        steps[row["agreement_code"]].append(row)
    assert set(steps) == {row["code"] for row in rows("agreements")}
    for found in steps.values():
        places = [(int(row["cycle"]) - 1) * 6 + int(row["step"]) for row in found]
        assert places == list(range(1, len(found) + 1))
        assert all(before["finished_on"] <= after["started_on"] for before, after in pairwise(found))
        assert all(row["finished_on"] for row in found[:-1])


def test_nobody_is_posted_to_two_places_at_once_or_to_their_own_institution():
    spans = defaultdict(list)
    for row in rows("postings"):
        assert row["staff_institution_code"] != row["to_institution_code"], row
        spans[row["staff_institution_code"], row["staff_code"]].append(span(row))
    clashes = [
        (person, before, after)
        for person, found in spans.items()
        for before, after in pairwise(sorted(found))
        if after[0] <= before[1]
    ]
    assert clashes == []


def test_nobody_is_posted_while_unavailable():
    postings = rows("postings")
    for row in rows("staff_unavailabilities"):
        own = [
            posting
            for posting in postings
            if (posting["staff_institution_code"], posting["staff_code"])
            == (row["institution_code"], row["staff_code"])
        ]
        assert not [one for one in own if span(one)[0] <= day(row["ends_on"]) and day(row["starts_on"]) <= span(one)[1]]


def test_both_ends_of_a_posting_are_parties_or_sites_of_its_agreement():
    parties = set(by_key("agreement_parties"))
    for row in rows("postings"):
        assert (row["agreement_code"], row["staff_institution_code"]) in parties, row
        assert (row["agreement_code"], row["to_institution_code"]) in parties, row


def test_absences_lie_within_the_stay():
    postings = by_key("postings")
    for row in rows("posting_absences"):
        first, last = span(postings[row["agreement_code"], row["posting_code"]])
        assert first <= day(row["starts_on"]) <= day(row["ends_on"]) <= last, row


def test_home_departments_keep_their_least_number_of_staff():
    least = {key: int(row["minimum_staff_on_duty"] or 0) for key, row in by_key("departments").items()}
    home = {key: (key[0], row["department_code"]) for key, row in by_key("staff").items()}
    people, away = Counter(home.values()), defaultdict(list)
    for row in rows("postings"):
        away[home[row["staff_institution_code"], row["staff_code"]]].append(span(row))
    for department, spans in away.items():
        busiest = max(sum(start <= first <= end for start, end in spans) for first, _last in spans)
        assert people[department] - busiest >= least.get(department, 0), department


def test_sample_people_can_be_told_by_their_names():
    for row in rows("staff"):
        assert row["provenance"] == "sample"
        assert SAMPLE_NAME_ZH.fullmatch(row["name_zh"]), row
        assert SAMPLE_NAME_EN.fullmatch(row["name_en"]), row
    names = Counter(row["name_zh"] for row in rows("staff"))
    assert [name for name, times in names.items() if times > 1] == []


def test_sample_institutions_and_invented_villages_say_so_in_their_names():
    invented = [row for row in rows("institutions") if row["provenance"] == "sample"]
    invented += [row for row in rows("places", "zibo-shizhu") if row["provenance"] == "sample"]
    assert [row for row in invented if "样例" not in row["name_zh"] or "ample" not in row["name_en"]] == []


def test_single_postings_are_samples_and_the_continuation_too():
    assert {row["provenance"] for row in rows("postings")} == {"sample"}
    continued = [row for row in rows("agreements") if row["renews_code"]]
    assert {row["renews_code"] for row in continued} == {
        "HC-CH-2021",
        "ZB-SZ-2018",
        "CZ-LC-2019",
        "LPS-SC-2022",
        "SC-GS-2022",
    }
    assert all(row["provenance"] == "sample" and "样例" in row["title_zh"] for row in continued)


def test_no_term_is_called_stated_because_no_report_states_one():
    assert {row["term_is_stated"] for row in rows("agreements")} == {"no"}


@pytest.mark.parametrize("case", CASES)
def test_every_fact_of_the_report_is_on_the_time_line(case):
    source, last_day = REPORT_OF[case]
    facts = [row for row in rows("timeline_facts", case) if row["source"] == source]
    statements = [row["statement_en"].casefold() for row in facts]
    assert [words for words in TOLD[case] if not any(words.casefold() in text for text in statements)] == []
    assert all(row["provenance"] == "reported" and row["statement_zh"] for row in facts)
    assert all(day(row["happened_on"]) <= last_day for row in facts)


def test_the_figures_of_the_reports_stand_as_reported():
    figures = {
        (row["agreement_code"], row["quantity"], row["unit"]): (row["happened_on"], row["precision"])
        for row in rows("timeline_facts")
        if row["quantity"] and row["source"].startswith("Report")
    }
    assert figures == {
        ("HC-CH-2021", "15", "person"): ("2021-05-01", "month"),
        ("HC-CH-2021", "8", "specialty"): ("2021-05-01", "month"),
        ("ZB-SZ-2018", "19", "person"): ("2019-12-01", "month"),
        ("ZB-FVD-2015", "5", "batch"): ("2019-12-01", "month"),
        ("ZB-FVD-2015", "514", "person"): ("2019-12-01", "month"),
        ("ZB-BS-TEAMS", "50", "team"): ("2019-12-01", "month"),
        ("CZ-LC-2019", "24", "hour"): ("2022-01-01", "month"),
        ("CZ-ST-2019", "1", "person"): ("2022-01-01", "month"),
        ("GM-CD-2023", "5", "person"): ("2023-07-19", "day"),
    }


def test_reported_duties_are_those_with_a_figure_in_the_report():
    found = {
        (row["agreement_code"], row["evidence_kind"]): row for row in rows("duties") if row["provenance"] == "reported"
    }
    assert {key: row["quantity"] for key, row in found.items()} == {
        ("HC-CH-2021", "persons_posted"): "15",
        ("HC-CH-2021", "specialties_covered"): "8",
        ("ZB-SZ-2018", "persons_posted"): "19",
        ("ZB-FVD-2015", "persons_posted"): "514",
        ("ZB-FVD-2015", "batches_sent"): "5",
        ("CZ-ST-2019", "persons_posted"): "1",
        ("CZ-LC-SA", "specialties_covered"): "3",
    }


def test_huicheng_sent_15_people_in_the_eight_fields_and_others_since_may_2021():
    sent = [row for row in rows("postings") if row["agreement_code"] == "HC-CH-2021" and row["kind"] == "team"]
    assert len({(row["staff_institution_code"], row["staff_code"]) for row in sent}) == len(sent) == 15
    duty = by_key("duties")["HC-CH-2021", "D02"]
    assert set(duty["specialties"].split(";")) < {row["specialty"] for row in sent}
    assert min(row["arrived_on"] for row in sent).startswith("2021-05")


def test_zibo_sent_19_people_to_all_three_levels():
    kinds = {row["code"]: row["kind"] for row in rows("institutions")}
    sent = [row for row in rows("postings") if row["agreement_code"] == "ZB-SZ-2018" and row["kind"] == "team"]
    assert len(sent) == 19
    assert {"township_health_centre", "community_health_centre"} < {kinds[row["to_institution_code"]] for row in sent}
    assert max(row["arrived_on"] for row in sent) < "2019-11-29"


def test_zibo_sent_514_first_village_doctors_in_five_batches():
    sent = [
        row
        for row in rows("postings")
        if row["kind"] == "first_village_doctor" and row["agreement_code"].startswith("ZB")
    ]
    assert len({(row["staff_institution_code"], row["staff_code"]) for row in sent}) == len(sent) == 514
    assert sorted(Counter(row["batch_number"] for row in sent)) == ["1", "2", "3", "4", "5"]
    assert max(row["arrived_on"] for row in sent) < "2019-12"


def test_boshan_has_50_teams():
    assert len([row for row in rows("teams") if row["agreement_code"] == "ZB-BS-TEAMS"]) == 50


def test_the_demonstration_is_alive_late_in_2026():
    today = datetime.date(2026, 11, 22)
    on_site = [row for row in rows("postings") if row["arrived_on"] and span(row)[0] <= today <= span(row)[1]]
    assert Counter(row["agreement_code"] for row in on_site if row["kind"] != "secondment_up") == {
        "HC-CH-2026": 6,
        "ZB-SZ-2026": 8,
        "CZ-LC-2026": 3,
        "CZ-ST-2019": 1,
        "GM-CD-2023": 2,
        "SC-GS-2026": 5,
        "LPS-SC-2026": 1,
    }
    early = [row for row in rows("postings") if row["left_on"] and row["left_on"] < row["ends_on"]]
    assert {"HC-CH-2026", "ZB-SZ-2026", "CZ-LC-2026", "SC-GS-2026"} <= {row["agreement_code"] for row in early}
    assert [row for row in rows("postings") if not row["arrived_on"] and day(row["starts_on"]) <= today] == []


@pytest.mark.parametrize("case", CASES)
def test_the_case_file_says_what_the_case_is(case):
    facts = case_file(case)
    assert (facts["id"], facts["reported"]) == (case, REPORT_OF[case][1])
    assert facts["report_month"] == facts["reported"].strftime("%Y-%m")
    assert all(facts[name][language] for name in ("title", "summary") for language in ("zh", "en"))
    assert "\n" not in facts["summary"]["zh"] + facts["summary"]["en"]
    assert sorted(facts["agreements"]) == sorted(row["code"] for row in rows("agreements", case))


def test_lines_that_wait_for_approval_have_not_begun():
    asking = {row["code"] for row in rows("agreements") if row["approvals"]}
    assert asking == {"HC-CH-2026"}
    waiting = [row for row in rows("postings") if row["agreement_code"] in asking and not row["arrived_on"]]
    assert len(waiting) == 6


def test_the_script_that_wrote_the_large_tables_writes_them_again(tmp_path):
    subprocess.run([sys.executable, str(ROOT / "tools" / "make_case_data.py"), str(tmp_path)], check=True)
    written = sorted(file.name for file in tmp_path.iterdir())
    committed = next(folder for folder in case_folders() if folder.name == "zibo-shizhu")
    same, changed, missing = filecmp.cmpfiles(tmp_path, committed, written, shallow=False)
    assert (sorted(same), changed, missing) == (written, [], [])
    assert len(written) == 15


def test_no_table_is_empty():
    assert [place for place, found in tables().items() if not found] == []
