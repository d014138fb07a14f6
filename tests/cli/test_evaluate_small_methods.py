"""`lianyi evaluate drg`, `rates` and `rank`: words, JSON, and what is refused."""

from __future__ import annotations

import json

import pytest

CASES = (
    "hospital,drg,cases,cost,days,deaths,low\n"
    "Ceheng,A,80,8800,6.6,1,1\n"
    "Ceheng,B,20,19000,11.4,2,0\n"
    "Shizhu,A,40,8000,,0,1\n"
)
REGION = "hospital,drg,cases,cost,days\nall,A,700,8000,6\nall,B,300,20000,12\n"
COUNTS = "county,events,years,expected\nCeheng,14,400,10\nShizhu,0,120,2\nZibo,,300,3\n"
COUNTIES = (
    "county,kept,days,cases\nCeheng,0.9,5,200\nShizhu,0.8,9,90\nZibo,0.7,7,9\nHuicheng,0.5,4,55\nAnlong,0.65,6,60\n"
)
DRG = ("--hospital", "hospital", "--group", "drg", "--cases", "cases", "--cost", "cost")


@pytest.fixture
def file(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def document_of(answer):
    assert answer.exit_code == 0, answer.stderr
    return json.loads(answer.stdout)


def test_drg_gives_the_indices_of_the_worked_example(lianyi, file):
    cases, region = file("C.csv", CASES), file("R.csv", REGION)
    whole = (*DRG, "--days", "days", "--deaths", "deaths", "--low-risk", "low", "--region", region)
    found = document_of(lianyi("evaluate", "drg", cases, *whole, "--json"))
    ceheng = found["rows"][0]
    assert [round(ceheng[name], 6) for name in ("case_mix_index", "cost_index", "time_index")] == [
        0.896552,
        1.07,
        1.07,
    ]
    assert (found["table"], found["compared_with"], found["region_mean_cost"]) == ("C.csv", "another table", 11_600)
    words = lianyi("evaluate", "drg", cases, *whole)
    assert "Ceheng    100    2       89.7          0.8966  1.0700      1.0700      1 of 80 (0.22 to 6.75 %)" in (
        words.stdout
    )
    assert "Note: Cases not in the time index" in words.stderr


def test_drg_reads_totals_of_all_cases(lianyi, file):
    totals = CASES.replace(",8800,", ",704000,").replace(",19000,", ",380000,").replace(",8000,", ",320000,")
    mean = document_of(lianyi("evaluate", "drg", file("C.csv", CASES), *DRG, "--json"))
    total = document_of(lianyi("evaluate", "drg", file("T.csv", totals), *DRG, "--amounts", "total", "--json"))
    assert [row["case_mix_index"] for row in total["rows"]] == pytest.approx(
        [row["case_mix_index"] for row in mean["rows"]]
    )


def test_drg_tells_the_record_that_cannot_be(lianyi, file):
    answer = lianyi("evaluate", "drg", file("C.csv", CASES.replace("A,80", "A,-80")), *DRG)
    assert answer.exit_code == 1
    assert "Record 1: the number of cases is -80" in answer.stderr


def test_rates_stand_with_limits_in_words_and_as_json(lianyi, file):
    counts = file("F.csv", COUNTS)
    usual = ("--events", "events", "--person-time", "years", "--name", "county", "--per", "1000")
    found = document_of(lianyi("evaluate", "rates", counts, *usual, "--json"))
    first = found["rows"][0]
    assert (first["value"], round(first["interval"]["low"], 3), round(first["interval"]["high"], 3)) == (
        35,
        19.135,
        58.724,
    )
    words = lianyi("evaluate", "rates", counts, *usual).stdout
    assert words.splitlines()[0] == "rate per 1,000; limits: exact (Garwood 1936)"
    assert "Zibo    -       300    -      -" in words
    assert words.splitlines()[-1].startswith("all     14      520    26.92")


def test_shares_and_ratios_need_their_own_column(lianyi, file):
    counts = file("F.csv", COUNTS)
    share = document_of(lianyi("evaluate", "rates", counts, "--events", "events", "--total", "years", "--json"))
    assert (share["kind"], share["rows"][0]["value"]) == ("share", 0.035)
    ratio = document_of(
        lianyi(
            "evaluate", "rates", counts, "--events", "events", "--expected", "expected", "--method", "byar", "--json"
        )
    )
    assert (ratio["kind"], ratio["rows"][0]["value"]) == ("observed over expected", 1.4)
    for wrong in ((), ("--total", "years", "--expected", "expected")):
        answer = lianyi("evaluate", "rates", counts, "--events", "events", *wrong)
        assert (answer.exit_code, "Give exactly one of" in answer.stderr) == (2, True)


def test_a_standard_population_needs_names_and_person_time(lianyi, file):
    counts = file("F.csv", COUNTS)
    answer = lianyi("evaluate", "rates", counts, "--events", "events", "--total", "years", "--standard", "expected")
    assert (answer.exit_code, "rows of one name are its age bands" in answer.stderr) == (2, True)
    bands = file("B.csv", "county,events,people,standard\nCeheng,3,100,2\nCeheng,5,300,6\nCeheng,1,50,1\n")
    columns = ("--events", "events", "--person-time", "people", "--name", "county", "--standard", "standard")
    found = document_of(lianyi("evaluate", "rates", bands, *columns, "--per", "1000", "--json"))
    assert (found["rows"][0]["value"], found["rows"][0]["crude"]) == (pytest.approx(20), pytest.approx(20))


def test_rank_withholds_places_with_the_reason(lianyi, file):
    counties = file("T.csv", COUNTIES)
    usual = ("--unit", "county", "--criteria", "kept:up,days:down")
    words = lianyi("evaluate", "rank", counties, *usual, "--cases", "cases")
    assert words.exit_code == 0
    assert words.stdout.splitlines()[-1] == (
        "No places are given. Units with fewer than 20 cases: 1. Their place would be chance."
    )
    assert "TOPSIS, fixed  TOPSIS, entropy  RSR, fixed" in words.stdout
    found = document_of(
        lianyi("evaluate", "rank", counties, *usual, "--cases", "cases", "--least-cases", "9", "--json")
    )
    assert found["ranks"]["given"]
    assert found["rows"][0]["place_topsis_fixed"] == 1


def test_rank_shows_fixed_weights_beside_those_of_entropy(lianyi, file):
    answer = lianyi(
        "evaluate", "rank", file("T.csv", COUNTIES), "--unit", "county", "--criteria", "kept:up,days:down",
        "--weights", "0.7,0.3",
    )  # fmt: skip
    lines = answer.stdout.splitlines()
    assert lines[0].split() == ["criterion", "better", "fixed", "weight", "entropy", "weight"]
    assert lines[1].split() == ["kept", "up", "0.7000", "0.3293"]
    assert "Note: Entropy gives days 67% of the weight" in answer.stderr


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--criteria", "kept:up,days"), 2, "“days” should be a column and its direction"),
        (("--criteria", "kept:better"), 2, "“kept:better” should be a column and its direction"),
        (("--criteria", "kept:up", "--weights", "much"), 2, "“much” should be numbers with commas"),
        (("--criteria", "kept:up", "--weights", "1,2"), 1, "1 criteria and 2 weights"),
        (("--criteria", "nights:down"), 1, "columns are missing: nights"),
    ],
)
def test_rank_says_what_is_wrong_with_its_options(lianyi, file, options, code, told):
    answer = lianyi("evaluate", "rank", file("T.csv", COUNTIES), "--unit", "county", *options)
    assert answer.exit_code == code
    assert told in answer.stderr
