"""`lianyi plan rounds`: a folder of tables in, visits, routes, reasons and a summary out."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from lianyi.operations.planning.round_files import TABLES as COLUMNS

RULES = """
[days]
first_day = 2027-03-01
weeks = 2
holidays = [2027-03-08]

[prices]
night = 45
"""
TABLES = {
    "villages": (
        "id,service_minutes,visits,period,least_days,most_days,weekdays,skills,population,last_visit\n"
        "Shan,120,1,week,4,12,,,800,2027-02-25\n"
        "He,90,1,week,,,2;4,,400,\n"
        "Dao,60,2,month,5,,,ultrasound,300,\n"
        "Kong,60,1,week,,,,x-ray,,\n"
    ),
    "teams": (
        "id,home,skills,vehicle,starts,ends,break_minutes,break_from,weekdays,absent\n"
        "Bus,Town,ultrasound,鲁C-0001,08:00,17:00,60,12:00,1;2;3;4;5,2027-03-02; 2027-03-10/2027-03-12\n"
    ),
    "travel": "from,to,minutes,km\nTown,Shan,40,25\nShan,He,15,9\nTown,Dao,30,20\nTown,Kong,10,5\n",
    "closures": "first,last,place,other,why\n2027-03-01,2027-03-03,Shan,He,landslide\n",
}


@pytest.fixture
def plan(lianyi, tmp_path):
    """Write the tables and plan; return the answer of the command and the folder of the results."""

    def run(*more, rules=RULES, **tables):
        folder, out = tmp_path / "in", tmp_path / "out"
        folder.mkdir(exist_ok=True)
        (folder / "rules.toml").write_text(rules, encoding="utf-8")
        for name, text in {**TABLES, **tables}.items():
            if text is not None:
                (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        return lianyi("plan", "rounds", folder, "--out", out, "--seed", "3", "--steps", "4", *more), out

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


def test_visits_routes_misses_and_the_summary_are_written(planned):
    summary, out, told = planned()
    visits = rows_of(out / "visits.csv")
    days = {name: [row["day"] for row in visits if row["village"] == name] for name in ("Shan", "He", "Dao", "Kong")}
    # He has its market on Tuesday and Thursday; the bus is away on the second and from the tenth on.
    assert days["He"] == ["2027-03-04", "2027-03-09"]
    assert days["Shan"] == ["2027-03-04", "2027-03-09"]
    assert (len(days["Dao"]), days["Kong"]) == (1, [])
    assert (summary["visits_due"], summary["visits_planned"], summary["format"]) == (7, 5, 1)
    assert summary == json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert "No plan can hold 1 of 1 visits to Kong in 2027-W09: no_skill (skill Bus x-ray)." in told
    first = [row for row in rows_of(out / "routes.csv") if row["day"] == "2027-03-04"]
    assert [row["what"] for row in first].count("break") == 1
    assert (first[0]["place"], first[0]["departs"], first[0]["vehicle"]) == ("Town", "08:00", "鲁C-0001")
    assert (first[-1]["what"], first[-1]["place"], first[-1]["night"]) == ("end", "Town", "0")
    missed = {(row["village"], row["period"]): (row["reason"], row["fixes"]) for row in rows_of(out / "missed.csv")}
    assert missed == {
        ("Kong", "2027-W09"): ("no_skill", "skill Bus x-ray"),
        ("Kong", "2027-W10"): ("no_skill", "skill Bus x-ray"),
    }


def test_without_json_the_figures_and_the_misses_stand_in_tables(plan):
    answer, _out = plan()
    lines = [line.split() for line in answer.stdout.splitlines()]
    assert ["Kong", "2027-W09", "1", "no_skill"] in lines
    assert ["team_days", "3"] in lines or ["team_days", "2"] in lines
    assert re.search(r"Wrote .*: 5 of 7 visits on \d days of teams\.", answer.stderr)


def test_positions_serve_where_there_is_no_table_of_travel(planned):
    villages = "id,service_minutes,period,longitude,latitude\nShan,60,week,118.1,36.6\nHe,60,week,118.2,36.6\n"
    places = "id,longitude,latitude\nTown,118.0,36.6\n"
    rules = RULES + "\n[travel]\nspeed_km_per_hour = 30\ndetour_factor = 1.5\n"
    summary, _out, _told = planned(villages=villages, places=places, travel=None, closures=None, rules=rules)
    # Twice twice 0.2 degrees of longitude at that latitude, half as much again, at 30 km/h.
    assert summary["travel_km"] == pytest.approx(2 * 2 * 17.85 * 1.5, rel=0.01)
    assert summary["travel_minutes"] == pytest.approx(2 * summary["travel_km"])


def test_villages_are_visited_within_their_hours_and_those_too_short_are_told(planned):
    villages = (
        "id,service_minutes,period,opens,closes\n"
        "Shan,60,week,14:00,\nHe,60,week,,11:00\nDao,60,week,09:00,09:45\nKong,30,week,,\n"
    )
    summary, out, told = planned(villages=villages, closures=None)
    times = {
        (row["village"], row["arrives"] >= "14:00", row["departs"] <= "11:00") for row in rows_of(out / "visits.csv")
    }
    assert {each[:2] for each in times if each[0] == "Shan"} == {("Shan", True)}
    assert {each[::2] for each in times if each[0] == "He"} == {("He", True)}
    assert (summary["visits_due"], summary["visits_planned"]) == (8, 6)
    assert "No plan can hold 1 of 1 visits to Dao in 2027-W09: hours (longer_hours Bus 15 2027-03-01)." in told
    assert {(row["village"], row["reason"]) for row in rows_of(out / "missed.csv")} == {("Dao", "hours")}


def test_a_published_plan_is_changed_as_little_as_possible(planned):
    _summary, out, _told = planned()
    visits = rows_of(out / "visits.csv")
    told = "day,team,village,done\n" + "".join(
        f"{row['day']},{row['team']},{row['village']},{int(row['day'] < '2027-03-05')}\n" for row in visits
    )
    closures = TABLES["closures"] + "2027-03-09,2027-03-09,He,,storm\n"
    rules = RULES + "\n[published]\ntoday = 2027-03-05\n"
    summary, out, _told = planned(published=told, closures=closures, rules=rules)
    again = rows_of(out / "visits.csv")
    assert {row["village"] for row in again if row["status"] == "done"} >= {"He", "Shan"}
    # The bus is away on the other market day of that week; Shan, on the way to He, is visited as before.
    assert [row["village"] for row in again if row["day"] == "2027-03-09"] == ["Shan"]
    assert summary["changed"] == 1
    assert ("He", "no_team_day") in {(row["village"], row["reason"]) for row in rows_of(out / "missed.csv")}


def test_visits_that_take_more_than_all_time_are_told_before(planned):
    villages = "id,service_minutes,period,visits\nShan,300,week,5\nDao,300,week,5\n"
    summary, _out, told = planned(villages=villages)
    assert "The visits due take 6,000 minutes without any travel; all teams together have 2,400." in told
    assert {missed["reason"] for missed in summary["missed"]} <= {"no_time", "spacing", "not_proved"}
    assert summary["coverage"] < 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"villages": "id\nShan\n"}, "service_minutes"),
        ({"villages": "id,service_minutes\nShan,-4\n"}, "-4"),
        (
            {"villages": "id,service_minutes,period\nShan,60,year\n"},
            "villages.csv, row 2: period is “year”; give one of week, month, quarter.",
        ),
        (
            {"villages": "id,service_minutes,weekdays\nShan,60,Monday\n"},
            "villages.csv, row 2: weekdays is “Monday”; give numbers from 1 (Monday) to 7 (Sunday), such as 1;3;5.",
        ),
        (
            {"villages": "id,service_minutes,seasons\nShan,60,2027-04-01/2027-03-01\n"},
            "villages.csv, row 2: seasons is “2027-04-01/2027-03-01”; give first and last day with a slash between",
        ),
        (
            {"villages": "id,service_minutes,last_visit\nShan,60,yesterday\n"},
            "villages.csv, row 2: last_visit is “yesterday”; give a day such as 2027-03-01.",
        ),
        (
            {"villages": "id,service_minutes,opens\nShan,60,nine\n"},
            "villages.csv, row 2: opens is “nine”; give a time of day such as 08:30.",
        ),
        (
            {"villages": "id,service_minutes,opens,closes\nDao,60,,\nShan,60,13:00,12:00\n"},
            "villages.csv, row 3: closes is “12:00”; give a time after 13:00 and up to 24:00.",
        ),
        (
            {"villages": "id,service_minutes,closes\nShan,60,25:00\n"},
            "villages.csv, row 2: closes is “25:00”; give a time after 00:00 and up to 24:00.",
        ),
        (
            {"villages": "id,service_minutes,opens\nShan,60,24:00\n"},
            "villages.csv, row 2: opens is “24:00”; give a time before 24:00.",
        ),
        ({"villages": "id,service_minutes\nBerg,60\n"}, "The place Berg is not in the table of travel times."),
        ({"villages": "id,service_minutes\nShan,60\nShan,60\n"}, "The village Shan stands twice; give each once."),
        (
            {"teams": "id,home,starts\nBus,Town,8 o'clock\n"},
            "teams.csv, row 2: starts is “8 o'clock”; give a time of day such as 08:30.",
        ),
        ({"teams": "id,home,most_nights\nBus,Town,1\n"}, "The team Bus may stay overnight but nowhere"),
        (
            {"closures": "first,last,place\n2027-03-04,2027-03-01,Shan\n"},
            "closures.csv, row 2: last is “2027-03-01”; it must not be before first, 2027-03-04.",
        ),
        ({"travel": None}, "without travel.csv each village needs longitude and latitude, WGS 84"),
        (
            {"published": "day,team,village\n2027-03-01,Bus,Shan\n"},
            "has published.csv; rules.toml must say from which day on it may change: [published] today.",
        ),
        ({"rules": "[days]\nfirst_day = 2027\n"}, "rules.toml: [days] first_day is 2027; give a day without quotes"),
        (
            {"rules": "[days]\nfirst_day = 2027-03-01\nlast_day = 2027-02-01\n"},
            "rules.toml: [days] last_day is “2027-02-01”; give a day after 2027-03-01",
        ),
        ({"rules": "[days]\nfirst_day = 2027-03-01\nweeks = 0\n"}, "rules.toml: [days] weeks is “0”; give 1 or more."),
        (
            {"rules": "[days]\nfirst_day = 2027-03-01\nholidays = 2027-03-02\n"},
            "rules.toml: [days] holidays is “2027-03-02”; give a list of days",
        ),
        ({"rules": RULES + "missed = -1\n"}, "The price table has missed -1.0; give a finite number of 0 or more."),
        ({"rules": RULES + "[fuel]\n"}, "fuel, which is not known"),
        ({"rules": "days"}, "rules.toml is no TOML file in UTF-8"),
    ],
)
def test_what_cannot_be_used_is_refused_with_file_row_and_remedy(plan, changes, message):
    answer, out = plan(**changes)
    assert answer.exit_code != 0
    assert message in answer.stderr
    assert not out.exists()


def test_a_folder_that_is_not_there_is_refused(lianyi, tmp_path):
    answer = lianyi("plan", "rounds", tmp_path / "none", "--out", tmp_path / "out")
    assert answer.exit_code != 0
    assert "is no folder; give the folder that holds villages.csv" in answer.stderr


def test_every_column_stands_in_the_documentation():
    page = (Path(__file__).parents[2] / "docs" / "methods" / "rounds.md").read_text(encoding="utf-8")
    for table, columns in COLUMNS.items():
        assert f"`{table}.csv`" in page
        for column in columns:
            assert f"`{column.name}`" in page
