"""`lianyi plan pairing`: a folder of tables in, pairs, reasons and a summary out, which the next plans can read."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest

from lianyi.operations.planning.pairing_files import TABLES as COLUMNS

RULES = """
[rules]
donor_total = "hard"
team = 2

[burden]
steps = [1.0, 1.5]
"""
TABLES = {
    "donors": "id,staff,most_away,most_recipients\nSanjia,1000,3,2\nRenji,500,,1\n",
    "recipients": "id,most_donors,least_donors,least_coverage\nCeheng,2,1,0.5\nWangmo,2,1,\n",
    "strengths": (
        "donor,specialty,people,level\nSanjia,03.04,2,0.9\nSanjia,04.01,2,0.8\nRenji,03.04,1,0.6\nRenji,04.01,,0.7\n"
    ),
    "needs": (
        "id,recipient,specialty,heads,priority,least_level,why\n"
        "N1,Ceheng,03.04,2,2,0.8,no cardiologist\n"
        "N2,Ceheng,04.01,1,1,,\nN3,Wangmo,03.04,,1,,\n,Wangmo,04.03,1,1,,\nN5,Wangmo,04.01,2,1,,\n"
    ),
    "pairs": (
        "donor,recipient,status,travel_hours,tie_years,least_team,donor_rank,recipient_rank\n"
        "Sanjia,Ceheng,,3,2,1,2,2\nSanjia,Wangmo,,4,,,1,1\nRenji,Ceheng,,5,,,1,1\nRenji,Wangmo,forbidden,5,,,,\n"
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
        return lianyi("plan", "pairing", folder, "--out", out, "--seed", "3", *more), out

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


def test_each_pair_tells_its_people_what_they_meet_and_why_this_donor(planned):
    _summary, out, _told = planned()
    pairs = {(row["donor"], row["recipient"]): row for row in rows_of(out / "pairs.csv")}
    assert set(pairs) == {("Renji", "Ceheng"), ("Sanjia", "Ceheng"), ("Sanjia", "Wangmo")}
    assert pairs["Sanjia", "Ceheng"] == {
        "donor": "Sanjia",
        "recipient": "Ceheng",
        "status": "fixed",
        "policy": "allowed",
        "travel_hours": "3",
        "least_team": "1",
        "tie_years": "2",
        "is_new": "0",
        "locked": "0",
        "people": "2",
        "people_by_specialty": "03.04=2",
        "meets": "N1: 2 of 2 03.04, level 0.9",
        "why": "best",
        "worse_goal": "need",
        "worse_now": "3",
        "worse_then": "5",
        "instead": "",
    }


def test_open_needs_tell_their_reason_and_what_would_fix_them(planned):
    summary, out, told = planned()
    assert "No donor can ever meet the need Wangmo/04.03: none has the specialty." in told
    assert "How many people are needed is not known and planned as one: N3." in told
    unmet = {row["need"]: row for row in rows_of(out / "unmet.csv")}
    assert unmet["Wangmo/04.03"]["reason"] == "nobody_has_it"
    assert unmet["Wangmo/04.03"]["fixes"] == "one_more_person Sanjia/04.03 1: 0 missing"
    assert (unmet["N3"]["conflict"], unmet["N3"]["conflict_is_smallest"]) == (
        "donor_specialty Sanjia/03.04; need N1",
        "1",
    )
    assert "allow_pair Renji/Wangmo 1: 0 missing" in unmet["N3"]["fixes"]
    assert unmet["N3"]["barred"] == "forbidden=Renji"
    assert summary["hopeless_needs"] == ["Wangmo/04.03"]
    assert (summary["people_wanted"], summary["people_missing"]) == (7, 3)
    [sanjia, renji] = summary["burden"]
    assert (sanjia["people"], renji["people_per_1000_staff"]) == (3, 2.0)


def test_the_summary_tells_each_goal_with_value_bound_and_gap(planned):
    summary, out, _told = planned()
    assert summary == json.loads((out / "summary.json").read_text(encoding="utf-8"))
    levels = {level["goal"]: (level["value"], level["bound"], level["gap"]) for level in summary["levels"]}
    assert levels["need"] == (3.0, 3.0, 0.0)
    # Two there and back from three hours, one from four, one from five; two pairs are new.
    assert levels["cost"] == (12 + 8 + 10 + 20, 50.0, 0.0)
    assert summary["is_optimal"]
    prices = {rule["rule"]: rule["price"] for rule in summary["rules"]}
    assert (prices["donor_total"], prices["team"], prices["least_donors"]) == (None, 2.0, 3.0)


def test_without_json_the_goals_and_the_open_needs_stand_in_tables(plan):
    answer, _out = plan()
    assert answer.exit_code == 0
    lines = [line.split() for line in answer.stdout.splitlines()]
    assert ["need", "3", "3", "0.00%", "optimal"] in lines
    assert ["Wangmo", "N3", "1", "conflict"] in lines


def test_the_sum_of_all_goals_has_value_and_bound_in_blocks(planned, plan):
    exact, _out, _told = planned()
    summary, out, _told = planned("--blocks")
    values = {level["goal"]: level["value"] for level in exact["levels"]}
    total = 100 * values["need"] + 2 * values["burden"] + values["match"] + 0.1 * (values["cost"] + values["pairs"])
    found = summary["sum"]
    assert (found["value"], found["bound"]) == (pytest.approx(total), pytest.approx(total))
    assert (exact["sum"], summary["is_optimal"], summary["levels"][0]["bound"]) == (None, True, None)
    assert len(rows_of(out / "unmet.csv")) == 3
    answer, _out = plan("--blocks")
    assert any(line.split()[:2] == ["sum", f"{total:.9g}"] for line in answer.stdout.splitlines())


def test_a_plan_is_published_and_changed_when_a_donor_withdraws(planned):
    _summary, out, _told = planned()
    published = (out / "pairs.csv").read_text(encoding="utf-8")
    _summary, out, _told = planned(published=published)
    assert rows_of(out / "changes.csv") == []
    fewer = {name: TABLES[name].replace("Renji", "Huaxi") for name in ("donors", "strengths", "pairs")}
    summary, out, _told = planned(published=published, **fewer)
    changes = {(row["donor"], row["recipient"]): row for row in rows_of(out / "changes.csv")}
    assert {key: row["kind"] for key, row in changes.items()} == {
        ("Renji", "Ceheng"): "donor_gone",
        ("Huaxi", "Ceheng"): "begun",
    }
    assert (changes["Renji", "Ceheng"]["before"], changes["Huaxi", "Ceheng"]["after"]) == ("04.01=1", "04.01=1")
    assert changes["Huaxi", "Ceheng"]["worse_goal"] == "need"
    assert summary["changes"][0]["recipient"] == "Ceheng"


def test_a_locked_pair_stays_and_says_so(planned):
    published = "donor,recipient,people_by_specialty,locked\nRenji,Ceheng,04.01=2,1\n"
    _summary, out, _told = planned(published=published)
    [row] = [row for row in rows_of(out / "pairs.csv") if row["donor"] == "Renji"]
    assert (row["why"], row["locked"], row["people_by_specialty"]) == ("locked", "1", "04.01=2")


def test_stable_pairs_are_made_where_they_are_asked_for_and_blocking_ones_told(planned):
    limited = TABLES["recipients"].replace("Ceheng,2", "Ceheng,1")
    summary, out, _told = planned(recipients=limited)
    assert rows_of(out / "blocking.csv") == [{"donor": "Renji", "recipient": "Ceheng"}]
    assert summary["blocking_pairs"] == rows_of(out / "blocking.csv")
    summary, out, _told = planned(recipients=limited, rules=RULES + "\n[preferences]\nstable = true\n")
    assert {(row["donor"], row["recipient"]) for row in rows_of(out / "pairs.csv")} == {
        ("Renji", "Ceheng"),
        ("Sanjia", "Wangmo"),
    }
    assert (summary["stable_pairs_asked_for"], summary["blocking_pairs"]) == (True, [])


def test_the_pairs_are_those_of_a_posting_plan(planned, lianyi, tmp_path):
    _summary, out, _told = planned()
    folder = tmp_path / "postings"
    folder.mkdir()
    shutil.copy(out / "pairs.csv", folder / "pairs.csv")
    # The same donors, recipients and needs; people are added, and a rules.toml with the periods.
    for name in ("donors", "recipients"):
        (folder / f"{name}.csv").write_text(TABLES[name], encoding="utf-8")
    needs = TABLES["needs"].replace("\n,Wangmo", "\nN4,Wangmo")
    (folder / "needs.csv").write_text(needs, encoding="utf-8")
    people = "id,donor,specialties\nWang,Sanjia,03.04\nLi,Sanjia,03.04\nZhao,Renji,04.01\nQian,Sanjia,04.01\n"
    (folder / "people.csv").write_text(people, encoding="utf-8")
    horizon = "[horizon]\nfirst_day = 2027-01-01\nperiods = 2\n"
    (folder / "rules.toml").write_text(horizon, encoding="utf-8")
    answer = lianyi("plan", "postings", folder, "--out", tmp_path / "sent", "--json")
    assert answer.exit_code == 0, answer.stderr
    sent = {(row["person"], row["donor"], row["need"]) for row in rows_of(tmp_path / "sent" / "postings.csv")}
    assert sent == {
        ("Wang", "Sanjia", "N1"),
        ("Li", "Sanjia", "N1"),
        ("Zhao", "Renji", "N2"),
        ("Qian", "Sanjia", "N5"),
    }


def test_the_same_folder_and_seed_give_the_same_files(planned):
    _summary, out, _told = planned()
    files = {path.name: path.read_bytes() for path in out.iterdir()}
    planned()
    assert {path.name: path.read_bytes() for path in out.iterdir()} == files
    assert set(files) == {"pairs.csv", "unmet.csv", "blocking.csv", "summary.json"}


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ({"rules": "[horizon]\nperiods = 4\n"}, "rules.toml: rules.toml has horizon, which is not known"),
        ({"rules": "[rules]\nweather = 3\n"}, "rules.toml: [rules] has weather, which is not known"),
        ({"rules": "[rules]\nlocked = 3\n"}, "rules.toml: [rules] has locked, which is not known"),
        ({"rules": "rules = 3\n"}, "rules.toml: rules is “3”; give it as a table [rules]"),
        ({"rules": RULES.replace('"hard"', '"soft"')}, "[rules] donor_total is “soft”; give 'hard' or a price"),
        ({"rules": '[goals]\norder = ["fame"]\n'}, "[goals] order is ['fame']"),
        ({"rules": '[prices]\ntravel_hour = "two"\n'}, "[prices] travel_hour is “two”"),
        ({"rules": '[burden]\nsteps = "one"\n'}, "[burden] steps is “one”; give a list of numbers"),
        ({"rules": "[burden]\nsteps = [2, 1]\n"}, "give rising numbers"),
        ({"rules": '[preferences]\nstable = "yes"\n'}, "[preferences] stable is “yes”; give true or false"),
        ({"rules": "rules"}, "rules.toml is no TOML file"),
        ({"donors": "staff\n100\n"}, "id"),
        ({"donors": TABLES["donors"].replace("500,,1", "500,,1.5")}, "donors.csv, row 3: most_recipients is “1.5”"),
        ({"donors": TABLES["donors"] + "Renji,1,,\n"}, "The donor Renji stands twice"),
        ({"recipients": TABLES["recipients"].replace("0.5", "5")}, "Ceheng has least_coverage 5.0; give a number from"),
        ({"strengths": TABLES["strengths"] + "Huaxi,03.04,1,1\n"}, "names the donor “Huaxi”, which is not listed"),
        ({"strengths": TABLES["strengths"].replace("0.9", "strong")}, "strengths.csv"),
        (
            {"needs": TABLES["needs"] + "N1,Ceheng,04.01,1,2,0.8,\n"},
            "row 7: specialty is “04.01”; all rows of the need",
        ),
        ({"needs": TABLES["needs"].replace("Wangmo,04.03", "Anlong,04.03")}, "names the recipient “Anlong”"),
        ({"pairs": TABLES["pairs"].replace("forbidden", "close")}, "row 5: status is “close”; give one of allowed"),
        ({"pairs": TABLES["pairs"] + "Sanjia,Ceheng,,1,,,,\n"}, "The pair Sanjia and Ceheng stands twice"),
        ({"published": "donor,recipient\nSanjia,Ceheng\nSanjia,Ceheng\n"}, "row 3: recipient is “Ceheng”; the pair"),
        (
            {"published": "donor,recipient,people_by_specialty\nSanjia,Ceheng,03.04:2\n"},
            "published.csv, row 2: people_by_specialty is “03.04:2”",
        ),
        ({"published": "donor,recipient,locked\nRenji,Wangmo,1\n"}, "The locked pair Renji and Wangmo is forbidden"),
        ({"published": "donor,recipient,locked\nRenji,Ceheng,2\n"}, "row 2: locked is “2”; give 1 for yes"),
    ],
)
def test_what_cannot_be_used_is_told_with_file_row_and_column(plan, tables, told):
    answer, out = plan(**tables)
    assert answer.exit_code == 1
    assert told in answer.stderr
    assert not out.exists()


def test_a_folder_without_a_table_is_told(plan, lianyi, tmp_path):
    _answer, out = plan()
    (tmp_path / "in" / "strengths.csv").unlink()
    answer = lianyi("plan", "pairing", tmp_path / "in", "--out", out)
    assert (answer.exit_code, "has no file strengths.csv" in answer.stderr) == (1, True)
    answer = lianyi("plan", "pairing", tmp_path / "nowhere", "--out", out)
    assert (answer.exit_code, "is no folder" in answer.stderr) == (1, True)


def test_hard_rules_that_contradict_one_another_are_named(plan):
    answer, _out = plan(rules='[rules]\nneed = "hard"\n')
    assert answer.exit_code == 1
    assert "need Wangmo/04.03 (So many people of the specialty come as are wanted.)" in answer.stderr


def test_the_documentation_names_every_column_of_every_table():
    page = Path(__file__).resolve().parents[2] / "docs" / "methods" / "pairing-plans.md"
    text = page.read_text(encoding="utf-8")
    for name, columns in COLUMNS.items():
        told = re.search(rf"^`{name}\.csv`.*?\n\n", text, re.DOTALL | re.MULTILINE)[0]
        assert [column.name for column in columns if f"`{column.name}`" not in told] == []
        starred = set(re.findall(r"`(\w+)`\*", told))
        assert starred == {column.name for column in columns if column.required}
