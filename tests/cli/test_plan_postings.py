"""`lianyi plan postings`: a folder of tables in, postings, reasons and a summary out."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from lianyi.operations.planning.posting_files import TABLES as COLUMNS

RULES = """
[horizon]
first_day = 2027-01-01
periods = 4
months_per_period = 3

[people]
rest_months = 3
senior_title = "associate_senior"

[rules]
donor_total = "hard"
handover = 2
"""
TABLES = {
    "people": (
        "id,donor,specialties,title,available_from,available_to,unavailable,longest_months,refuses,partner,couple\n"
        "Wang,Sanjia,03.04,senior,,,,6,,,\n"
        "Li,Sanjia,03.04; 04.01,intermediate,2027-Q3,,,12,,,\n"
        "Zhao,Renji,04.01,associate_senior,2026-05-01,2027-08-31,2027-Q2,,,Qian,apart\n"
        "Qian,Renji,04.01,3,,,,,Ceheng,,\n"
    ),
    "needs": (
        "id,recipient,department,specialty,heads,from,to,least_title,priority,least_months,why\n"
        "N1,Ceheng,心内科,03.04,1,,,,2,6,no cardiologist\n"
        "N2,Ceheng,外科,04.01,,2027-Q1,2027-Q1,,1,,\n"
        "N3,Wangmo,神经外科,04.03,1,2027-Q1,2027-Q2,senior,1,3,\n"
        "N3,Wangmo,神经外科,04.03,2,2027-Q3,2027-Q3,senior,1,3,\n"
    ),
    "donors": "id,staff,most_away,most_away_by_specialty\nSanjia,100,1,03.04=1\nRenji,,,\n",
    "recipients": "id,altitude_m,hardship,needs_senior\nCeheng,800,1,0\nWangmo,,,\n",
    "pairs": (
        "donor,recipient,travel_hours,status,is_new\n"
        "Sanjia,Ceheng,3,fixed,\nRenji,Ceheng,5,,1\nRenji,Wangmo,5,,\nSanjia,Wangmo,2,forbidden,\n"
    ),
}


@pytest.fixture
def plan(lianyi, tmp_path):
    """Write the tables and plan; return the answer of the command and the folder of the results."""

    def run(*more, rules=RULES, **tables):
        folder, out = tmp_path / "in", tmp_path / "out"
        folder.mkdir(exist_ok=True)
        (folder / "rules.toml").write_text(rules, encoding="utf-8")
        for name, text in {**TABLES, **tables}.items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        return lianyi("plan", "postings", folder, "--out", out, "--seed", "3", *more), out

    return run


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def planned(plan):
    def run(*more, **tables):
        answer, out = plan("--json", *more, **tables)
        assert answer.exit_code == 0, answer.stderr
        return json.loads(answer.stdout), out, answer.stderr

    return run


def test_the_postings_are_told_with_periods_days_and_months(planned):
    _summary, out, _told = planned()
    first, second, third = rows_of(out / "postings.csv")
    assert first == {
        "person": "Li",
        "donor": "Sanjia",
        "need": "N1",
        "recipient": "Ceheng",
        "department": "心内科",
        "specialty": "03.04",
        "first": "2027-Q3",
        "last": "2027-Q4",
        "first_day": "2027-07-01",
        "last_day": "2027-12-31",
        "months": "6",
        "locked": "0",
        "months_short": "0",
    }
    assert (second["person"], second["first"], second["last"]) == ("Wang", "2027-Q1", "2027-Q2")
    assert (third["person"], third["need"], third["last_day"]) == ("Zhao", "N2", "2027-03-31")


def test_what_nobody_can_ever_meet_is_told_before_planning_and_with_what_would_fix_it(planned):
    summary, out, told = planned()
    assert "Nobody in the pool can ever serve the need N3: no one has the specialty and the title." in told
    assert "How many people are needed is not known and planned as one: N2." in told
    [row] = rows_of(out / "unmet.csv")
    assert (row["need"], row["missing"], row["reason"]) == ("N3", "4", "nobody_qualified")
    assert row["periods"] == "2027-Q1=1; 2027-Q2=1; 2027-Q3=2"
    assert row["fixes"] == "one_more_person Renji 4: 1 missing"
    assert (summary["hopeless_needs"], summary["number_unknown"]) == (["N3"], ["N2"])


def test_the_summary_tells_each_goal_with_value_bound_and_gap(planned):
    summary, out, _told = planned()
    assert summary == json.loads((out / "summary.json").read_text(encoding="utf-8"))
    levels = {level["goal"]: (level["value"], level["bound"], level["gap"]) for level in summary["levels"]}
    assert levels["need"] == (4.0, 4.0, 0.0)
    # Two journeys of three hours there and back, one of five, ten for the new pair, fifteen months of hardship 1.
    assert levels["cost"] == (6 + 6 + 10 + 10 + 15, 47.0, 0.0)
    assert summary["is_optimal"]
    assert (summary["people_times_periods_wanted"], summary["people_times_periods_missing"]) == (9, 4)
    prices = {rule["rule"]: rule["price"] for rule in summary["rules"]}
    assert (prices["donor_total"], prices["handover"], prices["senior"]) == (None, 2.0, 3.0)


def test_without_json_the_goals_and_the_open_needs_stand_in_tables(plan):
    answer, _out = plan()
    assert answer.exit_code == 0
    lines = [line.split() for line in answer.stdout.splitlines()]
    assert ["need", "4", "4", "0.00%", "optimal"] in lines
    assert ["N3", "4", "nobody_qualified"] in lines


def test_in_stages_the_sum_of_all_goals_has_value_and_bound(plan, planned):
    exact, _out, _told = planned()
    summary, _out, _told = planned("--staged")
    values = {level["goal"]: level["value"] for level in exact["levels"]}
    total = 100 * values["need"] + 50 * values["shortfall"] + values["burden"] + values["cost"] + values["postings"]
    found = summary["sum"]
    assert (found["value"], found["bound"], found["gap"]) == (pytest.approx(total), pytest.approx(total), 0.0)
    assert found["steps"][-1]["value"] == pytest.approx(total)
    assert (exact["sum"], summary["is_optimal"], summary["levels"][0]["bound"]) == (None, True, None)
    answer, _out = plan("--staged")
    assert ["sum", f"{total:.9g}", f"{total:.9g}", "0.00%", "optimal"] in [
        line.split() for line in answer.stdout.splitlines()
    ]


def test_a_conflict_names_the_limit_and_the_other_need(planned):
    needs = TABLES["needs"] + "N4,Ceheng,外科,04.01,1,2027-Q3,2027-Q4,,1,6,\n"
    summary, out, _told = planned(needs=needs)
    [row] = [row for row in rows_of(out / "unmet.csv") if row["need"] == "N4"]
    assert row["reason"] == "conflict"
    assert row["conflict_is_smallest"] == "1"
    assert set(row["conflict"].split("; ")) <= {
        *("donor_total Sanjia", "need N1", "one_at_a_time Li", "most_postings Li"),
        *("one_at_a_time Wang", "most_postings Wang", "donor_specialty Sanjia/03.04"),
    }
    assert "need N1" in row["conflict"]
    assert {"kind": "one_more_person", "rule": None, "subject": "Renji", "amount": 0, "missing_after": 0} in next(
        each["fixes"] for each in summary["unmet"] if each["need"] == "N4"
    )


def test_a_published_plan_is_repaired_and_the_changes_are_told(planned):
    published = "person,need,first,last,locked\nZhao,N2,2027-Q1,2027-Q1,1\nSun,N1,2027-Q1,2027-Q2,\n"
    _summary, out, _told = planned(published=published)
    changes = {row["person"]: row for row in rows_of(out / "changes.csv")}
    assert set(changes) == {"Sun", "Wang", "Li"}
    assert (changes["Sun"]["kind"], changes["Sun"]["before"]) == ("dropped_out", "N1 2027-Q1 to 2027-Q2")
    wang = changes["Wang"]
    assert (wang["kind"], wang["worse_goal"], wang["worse_now"], wang["worse_then"]) == ("new", "need", "4", "8")
    assert [row["locked"] for row in rows_of(out / "postings.csv")] == ["0", "0", "1"]


def test_the_same_folder_and_seed_give_the_same_files(planned):
    _summary, out, _told = planned()
    files = {path.name: path.read_bytes() for path in out.iterdir()}
    planned()
    assert {path.name: path.read_bytes() for path in out.iterdir()} == files
    assert set(files) == {"postings.csv", "unmet.csv", "summary.json"}


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ({"rules": "[horizon]\nperiods = 4\n"}, "rules.toml: [horizon] first_day is None; give a day without quotes"),
        ({"rules": RULES + "weather = 3\n"}, "rules.toml: [rules] has weather, which is not known"),
        ({"rules": RULES.replace('"hard"', '"soft"')}, "[rules] donor_total is “soft”; give 'hard' or a price"),
        ({"rules": RULES.replace("periods = 4", "periods = 4.5")}, "[horizon] periods is “4.5”"),
        ({"rules": RULES.replace('"associate_senior"', '"professor"')}, "senior_title is “professor”"),
        ({"rules": RULES + '\n[goals]\norder = ["fame"]\n'}, "[goals] order is ['fame']"),
        ({"rules": RULES + '\n[terms]\nmay_run_past_end = "yes"\n'}, "give true or false"),
        ({"rules": RULES + '\n[prices]\ntravel_hour = "two"\n'}, "[prices] travel_hour is “two”"),
        ({"rules": "horizon"}, "rules.toml is no TOML file"),
        ({"people": "id,donor\nWang,Sanjia\n"}, "specialties"),
        ({"people": TABLES["people"].replace("senior,,,,6", "boss,,,,6")}, "people.csv, row 2: title is “boss”"),
        ({"people": TABLES["people"].replace("2027-Q3", "summer")}, "row 3: available_from is “summer”"),
        ({"people": TABLES["people"].replace(",6,", ",2,")}, "row 2: longest_months is “2”"),
        ({"people": TABLES["people"].replace("Renji,04.01,3", "Huaxi,04.01,3")}, "Qian names the donor “Huaxi”"),
        ({"people": TABLES["people"] + "Sun,Renji,05,,,,,,,Qian,together\nQin,Renji,05,,,,,,,Sun,near\n"}, "“near”"),
        ({"needs": TABLES["needs"].replace("2,2027-Q3", "2,2027-Q2")}, "row 5: from is “2027-Q2”; another row"),
        ({"needs": TABLES["needs"].replace("2,2027-Q3", ",2027-Q3")}, "row 5: heads is “”"),
        ({"needs": TABLES["needs"].replace("1,,,,2,6", "1.5,,,,2,6")}, "row 2: heads is “1.5”; a whole number"),
        ({"needs": TABLES["needs"].replace("2,2027-Q3,2027-Q3,senior", "2,2027-Q3,2027-Q3,none")}, "must say the same"),
        ({"needs": TABLES["needs"].replace("2027-Q1,2027-Q1", "2028-01-01,")}, "row 3: from is “2028-01-01”"),
        ({"donors": TABLES["donors"].replace("03.04=1", "03.04:1")}, "row 2: most_away_by_specialty is “03.04:1”"),
        ({"recipients": "id,needs_senior\nCeheng,2\nWangmo,\n"}, "row 2: needs_senior is “2”"),
        ({"recipients": "id,team_titles\nCeheng,senior=1; boss=2\nWangmo,\n"}, "row 2: team_titles is “boss=2”"),
        ({"recipients": "id,team_titles\nCeheng,senior=150%\nWangmo,\n"}, "row 2: team_titles is “senior=150%”"),
        ({"recipients": "id,team_least,team_most\nCeheng,3,2\nWangmo,,\n"}, "The team rule Ceheng has most 2"),
        ({"pairs": TABLES["pairs"].replace("fixed", "close")}, "row 2: status is “close”; give one of allowed, fixed"),
        ({"published": "person,need,first,last\nWang,N1,2026-07-01,2027-Q1\n"}, "row 2: first is “2026-07-01”"),
    ],
)
def test_what_cannot_be_used_is_told_with_file_row_and_column(plan, tables, told):
    answer, out = plan(**tables)
    assert answer.exit_code == 1
    assert told in answer.stderr
    assert not out.exists()


def test_a_folder_without_a_table_is_told(plan, lianyi, tmp_path):
    _answer, out = plan()
    (tmp_path / "in" / "needs.csv").unlink()
    answer = lianyi("plan", "postings", tmp_path / "in", "--out", out)
    assert (answer.exit_code, "has no file needs.csv" in answer.stderr) == (1, True)
    answer = lianyi("plan", "postings", tmp_path / "nowhere", "--out", out)
    assert (answer.exit_code, "is no folder" in answer.stderr) == (1, True)


def test_hard_rules_that_contradict_one_another_are_named(plan):
    people = "id,donor,specialties,title\nWang,Sanjia,03.04,senior\n"
    needs = "id,recipient,specialty,heads\nN1,Ceheng,03.04,1\nN2,Ceheng,03.04,1\n"
    answer, _out = plan(rules=RULES + 'need = "hard"\n', people=people, needs=needs)
    assert answer.exit_code == 1
    assert "need N1 (So many people of the specialty and title are there as are wanted.)" in answer.stderr
    assert "need N2" in answer.stderr


def test_the_documentation_names_every_column_of_every_table():
    page = Path(__file__).resolve().parents[2] / "docs" / "methods" / "posting-plans.md"
    text = page.read_text(encoding="utf-8")
    for name, columns in COLUMNS.items():
        told = re.search(rf"^`{name}\.csv`.*?\n\n", text, re.DOTALL | re.MULTILINE)[0]
        assert [column.name for column in columns if f"`{column.name}`" not in told] == []
        starred = set(re.findall(r"`(\w+)`\*", told))
        assert starred == {column.name for column in columns if column.required}


def test_learners_old_teams_and_the_weight_of_notice_are_read(plan):
    tables = {
        "needs": TABLES["needs"]
        .replace(",why\n", ",why,training\n")
        .replace("\n", ",\n")
        .replace("training,", "training")
        + "N4,Sanjia,心内科,03.04,1,,,,1,3,seats to learn,1\n",
        "people": TABLES["people"] + "Wei,Ceheng,03.04,junior,,,,,,,\n",
        "donors": TABLES["donors"] + "Ceheng,,1,\n",
        "recipients": TABLES["recipients"] + "Sanjia,,,\n",
        "pairs": (
            "donor,recipient,travel_hours,status,old_team,keeps_seniors\n"
            "Sanjia,Ceheng,3,fixed,Li; Wang,1\nCeheng,Sanjia,3,,,\n"
        ),
    }
    answer, out = plan(rules=RULES + "\n[goals]\nnotice_weights = [3, 1]\n", **tables)
    assert answer.exit_code == 0, answer.stderr
    assert ("Wei", "N4") in {(row["person"], row["need"]) for row in rows_of(out / "postings.csv")}
    wrong, _out = plan(rules=RULES + "\n[goals]\nnotice_weights = 3\n")
    assert wrong.exit_code != 0
    assert "notice_weights is 3; give numbers such as [3, 2, 1]" in wrong.stderr


def test_team_sizes_and_titles_are_read_and_what_a_plan_lacks_of_them_is_told(planned):
    recipients = "id,team_least,team_most,team_titles\nCeheng,1,1,senior=1; associate_senior=50%\nWangmo,,,\n"
    needs = "id,recipient,specialty,heads\nN1,Ceheng,03.04,1\nN2,Ceheng,04.01,1\n"
    summary, out, _told = planned(recipients=recipients, needs=needs, rules=RULES + 'headcount = "hard"\n')
    for quarter in range(4):
        there = [
            row for row in rows_of(out / "postings.csv") if row["first"][-1] <= str(quarter + 1) <= row["last"][-1]
        ]
        assert len(there) == 1
    assert {each["rule"] for each in summary["breaches"]} == {"title_mix"}
    prices = {each["rule"]: each["price"] for each in summary["rules"]}
    assert (prices["headcount"], prices["title_mix"]) == (None, 3.0)


def test_shorter_terms_at_a_price_are_told_with_the_months_that_they_lack(planned):
    people = "id,donor,specialties,title,longest_months\nWang,Sanjia,03.04,senior,3\n"
    needs = "id,recipient,specialty,heads,from,to,least_months\nN1,Ceheng,03.04,1,2027-Q1,2027-Q1,6\n"
    summary, out, _told = planned(people=people, needs=needs)
    assert rows_of(out / "postings.csv") == []
    summary, out, _told = planned(people=people, needs=needs, rules=RULES + "least_term = 0.5\n")
    assert [(row["person"], row["months"], row["months_short"]) for row in rows_of(out / "postings.csv")] == [
        ("Wang", "3", "3")
    ]
    assert [(each["rule"], each["amount"]) for each in summary["breaches"]] == [("least_term", 3)]


PUBLISHED = "person,need,first,last,locked\nWang,N1,2027-Q1,2027-Q2,\nZhao,N2,2027-Q1,2027-Q1,\n"


def test_what_was_lost_is_brought_back_and_the_rest_stays(planned):
    summary, out, told = planned("--repair", published=PUBLISHED.replace("Zhao", "Sun"))
    assert {(row["person"], row["need"]) for row in rows_of(out / "postings.csv")} == {("Wang", "N1"), ("Zhao", "N2")}
    assert [(row["person"], row["kind"]) for row in rows_of(out / "changes.csv")] == [
        ("Sun", "dropped_out"),
        ("Zhao", "new"),
    ]
    assert summary["repair"] == {
        "scope": "needs",
        "weighted_lost": 0.0,
        "least_weighted_lost": 0.0,
        "changed": 2.0,
        "least_changed": 2.0,
        "is_least": True,
    }
    assert "people changed, by their notice, 2 (proved to be the least)" in told


def test_a_repair_fills_what_was_not_open_when_the_plan_was_published(planned):
    then = "need,periods\nN1,2027-Q3=1; 2027-Q4=1\n"
    _summary, out, _told = planned("--repair", published=PUBLISHED.partition("Zhao")[0], published_unmet=then)
    assert [(row["person"], row["need"]) for row in rows_of(out / "postings.csv")] == [("Wang", "N1"), ("Zhao", "N2")]


def test_a_repair_without_a_published_plan_is_refused(plan):
    answer, _out = plan("--repair")
    assert answer.exit_code != 0
    assert "holds no published.csv" in answer.stderr


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--staged", "--repair"), "give one of them"),
        (("--solvers", "2"), "are for --staged"),
        (("--rounds", "2", "3"), "are for --staged"),
        (("--staged", "--solvers", "0"), "not in the range"),
        (("--staged", "--rounds", "0", "3"), "not in the range"),
    ],
)
def test_options_that_contradict_one_another_are_refused(plan, options, told):
    answer, _out = plan(*options)
    assert answer.exit_code != 0
    assert told in answer.stderr


def test_two_solvers_and_counted_rounds_make_the_same_plan_again(planned):
    options = ("--staged", "--solvers", "2", "--rounds", "2", "2")
    first, _out, _told = planned(*options)
    second, _out, _told = planned(*options)
    assert first == second


def test_the_share_of_the_need_that_stays_open_is_told_with_what_no_plan_fills(planned):
    for way in ((), ("--staged",)):
        summary, _out, told = planned(*way)
        assert summary["coverage"] == {
            "weighted_wanted": 13.0,
            "weighted_missing": 4.0,
            "missing_share": 4.0 / 13.0,
            "least_missing_share": 4.0 / 13.0,
        }
        assert "30.77% of the weighted need stays open; 30.77% at least in any plan." in told
