"""Indicators over small tables, counted by hand; missing is not zero; refusals name what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.analysis.indicators import (
    FrameEngine,
    IndicatorResult,
    Part,
    RunWish,
    duckdb_engine,
    rows_behind,
    run_indicator,
)
from lianyi.analysis.indicators.engines import _module, postgresql_engine
from lianyi.analysis.indicators.errors import (
    EngineAddressError,
    EngineNotInstalledError,
    IndicatorCellError,
    IndicatorColumnError,
    IndicatorFolderError,
    IndicatorPeriodError,
    IndicatorTableError,
    LookupNotUniqueError,
    NoQueryError,
)
from lianyi.rules.indicator_parsing import parse_indicators
from lianyi.rules.indicators import IndicatorDefinition, definition_version

VISITS = """county_code,visited_on,is_primary,visits,tcm_visits
520325,2025-01-01,yes,30,3
520325,2025-01-31,no,60,6
520325,2025-02-01,yes,10,0
530627,2025-01-15,no,40,
530627,2024-12-31,yes,7,1
140406,2025-02-28,yes,,2
,2025-01-10,yes,5,5
520325,,yes,9,9
"""
TIMES = """hospital,arrived_at,opened_at,route
A,2025-01-31 23:50,2025-02-01 00:50,ambulance
A,2025-01-03 10:00,2025-01-03 11:40,self
A,2025-01-04T10:00:30,2025-01-04T11:30:30,transfer
A,2025-01-05 10:00,,transfer
B,2025-01-06 10:00,2025-01-06 11:00,self
"""
LOCAL = """family = "local"
title = {{ zh = "本地", en = "Local" }}
valid_from = 2020-01-01
[source]
zh = "本地"
en = "Local"
confidence = "local"
[[indicators]]
code = "local-one"
name = {{ zh = "本地指标", en = "Local indicator" }}
numerator = {{ zh = "分子", en = "Numerator" }}
{denominator}
unit = "{unit}"
direction = "up"
levels = ["county"]
period = "month"
obtained = "query"
[indicators.query.numerator]
{query}
"""
OVER = 'denominator = { zh = "分母", en = "Denominator" }'
TIME_ROWS = 'table = "times"\nreporter = "hospital"\ndate = "arrived_at"\n'


def local(query: str, unit: str = "minutes", denominator: str = "") -> IndicatorDefinition:
    text = LOCAL.format(query=query, unit=unit, denominator=OVER if denominator else "")
    text += f"[indicators.query.denominator]\n{denominator}\n" if denominator else ""
    (found,) = parse_indicators("local.toml", text.encode())
    return found


def county(code: str) -> IndicatorDefinition:
    return definition_version(f"county-{code}", 1)


def run(folder: Path, definition: IndicatorDefinition, tables: dict[str, str], **wish: Any) -> IndicatorResult:
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    with duckdb_engine(folder) as engine:
        return run_indicator(definition, engine, RunWish(**wish))


def values(result: IndicatorResult) -> dict[tuple[str, str], tuple[Any, ...]]:
    return {(row.reporter, row.period.label): (row.numerator, row.denominator, row.value) for row in result.rows}


def test_shares_are_counted_as_by_hand_and_what_is_missing_is_not_zero(tmp_path: Path) -> None:
    result = run(tmp_path, county("primary-visit-share"), {"visits": VISITS})
    assert values(result) == {
        ("520325", "2024"): (None, None, None),
        ("520325", "2025"): (40, 100, 40),
        ("530627", "2024"): (7, 7, 100),
        ("530627", "2025"): (0, 40, 0),
        ("140406", "2024"): (None, None, None),
        ("140406", "2025"): (None, None, None),
    }
    states = {(row.reporter, row.period.label): row.state.value for row in result.rows}
    assert states["530627", "2025"] == "reported"
    assert states["140406", "2025"] == "missing"
    assert result.left_out.rows_without_reporter == 2
    assert result.left_out.rows_without_day == 2
    assert result.left_out.rows_without_figure == 2


def test_periods_end_with_their_last_day(tmp_path: Path) -> None:
    result = run(tmp_path, county("primary-visit-share"), {"visits": VISITS}, period="2024")
    assert values(result) == {("530627", "2024"): (7, 7, 100)}


def test_coverage_counts_all_who_should_report_and_the_whole_is_that_of_those_who_did(tmp_path: Path) -> None:
    units = "reporter\n520325\n530627\n140406\n500240\n"
    result = run(tmp_path, county("primary-visit-share"), {"visits": VISITS, "units": units}, period="2025")
    (year,) = result.periods
    assert (year.reporters_with_data, year.reporters, year.coverage) == (2, 4, 0.5)
    assert (year.numerator, year.denominator, year.value) == (40, 140, pytest.approx(100 * 40 / 140))
    assert [row.state.value for row in result.rows if row.reporter == "500240"] == ["missing"]
    assert result.reporters_are_known


def test_who_reported_that_there_was_nothing_is_counted_with_zero(tmp_path: Path) -> None:
    tables = {"visits": VISITS, "reporting": "table,reporter,period\nvisits,500240,2025\nother,130300,2025\n"}
    found = values(run(tmp_path, county("primary-visit-share"), tables, period="2025"))
    assert found["500240", "2025"] == (0, 0, None)
    assert ("130300", "2025") not in found


def test_growth_is_told_against_the_period_before(tmp_path: Path) -> None:
    admissions = (
        "insured_county_code,discharged_on,is_in_county,admissions,cost_yuan\n"
        "520325,2023-12-31,yes,2,12000.00\n520325,2024-01-01,yes,1,6500.50\n520325,2024-06-30,yes,3,19500\n"
        "520325,2024-07-01,no,5,99999\n"
    )
    cost = run(tmp_path, county("admission-cost"), {"admissions": admissions})
    assert values(cost)["520325", "2024"] == (26000.5, 4, 6500.125)
    growth = values(run(tmp_path, county("admission-cost-growth"), {"admissions": admissions}, period="2024"))
    assert growth["520325", "2024"] == (6500.125, 6000, pytest.approx(100 * (6500.125 / 6000 - 1)))


def test_a_doctor_counts_from_183_days_of_the_year_whoever_sent_and_however_often(tmp_path: Path) -> None:
    tables = {
        "postings": "kind,staff_institution_code,staff_code,to_institution_code,arrived_on,left_on\n"
        # 183 days of 2024, in two stays; the same number at another hospital is another person.
        "team,H1,A,T1,2024-01-01,2024-03-31\nteam,H1,A,T1,2024-07-01,2024-09-30\nteam,H2,A,T1,2024-01-01,2024-06-30\n"
        # 182 days are too few; 2025 has 181; a nurse, a junior and somebody who studies up do not count.
        "team,H1,B,T1,2024-01-01,2024-06-30\nteam,H1,C,T1,2024-07-02,2025-06-30\nteam,H1,N,T1,2024-01-01,\n"
        "team,H1,J,T1,2024-01-01,\nsecondment_up,H1,D,T1,2024-01-01,\nteam,H1,E,T1,2024-02-01,\n"
        # Ended before it began; a village with a longer code lies in the same county.
        "team,H1,D,T1,2024-12-01,2024-01-01\nteam,H1,F,V1,2023-01-01,\n",
        "institutions": "code,kind,tier,place_code\nH1,general_hospital,secondary,520300\n"
        "H2,general_hospital,tertiary,520000\nT1,township_health_centre,primary,520325100\n"
        "V1,village_clinic,primary,520325100201\n",
        "staff": "institution_code,code,profession,title_rank\nH1,A,doctor,intermediate\nH2,A,doctor,senior\n"
        "H1,B,doctor,senior\nH1,C,doctor,senior\nH1,D,doctor,senior\nH1,E,doctor,associate_senior\n"
        "H1,F,doctor,senior\nH1,N,nurse,senior\nH1,J,doctor,junior\n",
        "place_populations": "place_code,year,group,persons\n520325,2024,resident,400000\n520325,2024,registered,1\n"
        "520325100,2024,resident,30000\n",
        "places": "code,level\n520325,county\n520325100,township\n",
    }
    result = run(tmp_path, county("stationed-doctors"), tables, period="2024")
    # A of H1 (91 + 92), E and F; A of H2 stayed for 182 days, C for 183.
    assert values(result) == {("520325", "2024"): (4, 400000, pytest.approx(0.1))}
    with duckdb_engine(tmp_path) as engine:
        behind = rows_behind(county("stationed-doctors"), engine, Part.NUMERATOR, period="2024", reporter="520325")
        nobody = rows_behind(county("stationed-doctors"), engine, Part.NUMERATOR, period="2024", reporter="140406")
    people = {
        (row[behind.columns.index("staff_institution_code")], row[behind.columns.index("staff_code")])
        for row in behind.rows
    }
    assert people == {("H1", "A"), ("H1", "C"), ("H1", "E"), ("H1", "F")}
    assert (behind.total, nobody.total) == (5, 0)


def test_what_lasts_needs_periods(tmp_path: Path) -> None:
    tables = {"postings": "kind,staff_institution_code,staff_code,to_institution_code,arrived_on,left_on\n"}
    with pytest.raises(IndicatorPeriodError, match="--period 2025"):
        run(tmp_path, county("stationed-doctors"), tables)


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("mean", (60 + 100 + 90) / 3),
        ("median", 90),
        ("sum", 250),
        ('quantile"\nquantile = 0.9\n#"', 98),
    ],
)
def test_times_between_two_moments(tmp_path: Path, measure: str, expected: float) -> None:
    measured = (
        f'{TIME_ROWS}measure = "{measure}"\ninterval = {{ from = "arrived_at", to = "opened_at", in = "minutes" }}'
    )
    result = run(tmp_path, local(measured), {"times": TIMES}, period="2025-01")
    assert values(result)["A", "2025-01"] == (pytest.approx(expected), None, pytest.approx(expected))
    assert result.left_out.rows_without_figure == 1


def test_shares_within_a_limit_with_either_of_two_conditions_and_an_interval(tmp_path: Path) -> None:
    within = (
        'where = [{ interval = { from = "arrived_at", to = "opened_at", in = "minutes" }, is = "at_most", value = 90 },'
    )
    routes = ", ".join(f'{{ column = "route", is = "equals", value = "{route}" }}' for route in ("self", "transfer"))
    either = f"{{ any = [{routes}] }}]"
    rows = f'{TIME_ROWS}measure = "rows"\n'
    share = local(rows + within + either, "percent", rows + 'where = [{ column = "opened_at", is = "given" }]')
    result = run(tmp_path, share, {"times": TIMES}, confidence=0.95)
    assert values(result)["A", "2025-01"] == (1, 3, pytest.approx(100 / 3))
    interval = next(row.interval for row in result.rows if row.reporter == "A")
    assert interval is not None
    # Wilson, 1 of 3.
    assert (interval.low, interval.high) == (pytest.approx(6.149, abs=0.001), pytest.approx(79.234, abs=0.001))


@pytest.mark.parametrize(
    ("condition", "counted"),
    [
        ('column = "route", is = "differs", value = "self"', 3),
        ('column = "route", is = "among", values = ["self", "ambulance"]', 2),
        ('column = "route", is = "not_among", values = ["self", "ambulance"]', 2),
        ('column = "opened_at", is = "missing"', 1),
        ('column = "opened_at", is = "given"', 3),
        ('interval = { from = "arrived_at", to = "opened_at", in = "minutes" }, is = "below", value = 90', 1),
        ('interval = { from = "arrived_at", to = "opened_at", in = "minutes" }, is = "above", value = 90', 1),
        ('interval = { from = "arrived_at", to = "opened_at", in = "minutes" }, is = "at_least", value = 90', 2),
        ('interval = { from = "arrived_at", to = "opened_at", in = "days" }, is = "equals", value = 1', 1),
        ('column = "route", is = "equals", than = "hospital"', 0),
    ],
)
def test_every_comparison_counts_what_it_says(tmp_path: Path, condition: str, counted: int) -> None:
    definition = local(f'{TIME_ROWS}measure = "rows"\nwhere = [{{ {condition} }}]', "count")
    assert values(run(tmp_path, definition, {"times": TIMES}))["A", "2025-01"][0] == counted


def test_an_indicator_can_be_told_by_another_column(tmp_path: Path) -> None:
    definition = local(f'{TIME_ROWS}measure = "rows"', "count")
    by_route = run(tmp_path, definition, {"times": TIMES}, by="route")
    assert values(by_route)["transfer", "2025-01"][0] == 2
    with pytest.raises(IndicatorColumnError, match="sites"):
        run(tmp_path, definition, {"times": TIMES}, by="sites.county")


def test_frames_of_pandas_and_polars_and_files_of_two_kinds_tell_the_same(tmp_path: Path) -> None:
    from_csv = values(run(tmp_path, county("primary-visit-share"), {"visits": VISITS}))
    frame = pd.read_csv(tmp_path / "visits.csv", dtype={"county_code": "string"}, parse_dates=["visited_on"])
    (tmp_path / "typed").mkdir()
    frame.to_parquet(tmp_path / "typed" / "visits.parquet")
    frames = [frame, pl.read_csv(tmp_path / "visits.csv", schema_overrides={"county_code": pl.String})]
    for each in frames:
        assert values(run_indicator(county("primary-visit-share"), FrameEngine({"visits": each}))) == from_csv
    assert values(run(tmp_path / "typed", county("primary-visit-share"), {})) == from_csv


def test_a_table_of_an_older_spreadsheet_is_read(tmp_path: Path) -> None:
    text = VISITS.replace(",yes,", ",是,").replace(",no,", ",否,")
    (tmp_path / "visits.csv").write_text(text, encoding="gb18030")
    with duckdb_engine(tmp_path) as engine:
        assert values(run_indicator(county("primary-visit-share"), engine))["520325", "2025"] == (40, 100, 40)


@given(order=st.permutations(range(8)))
def test_the_order_of_the_rows_changes_nothing(order: list[int]) -> None:
    lines = VISITS.splitlines()[1:]
    columns = VISITS.splitlines()[0].split(",")

    def frame(chosen: list[str]) -> pl.DataFrame:
        cells = [[cell or None for cell in line.split(",")] for line in chosen]
        return pl.DataFrame(cells, schema=dict.fromkeys(columns, pl.String), orient="row")

    definition = county("primary-visit-share")
    shuffled = run_indicator(definition, FrameEngine({"visits": frame([lines[index] for index in order])}))
    assert shuffled == run_indicator(definition, FrameEngine({"visits": frame(lines)}))


@given(visits=st.lists(st.one_of(st.none(), st.integers(0, 10**9)), min_size=1, max_size=12))
def test_rows_without_a_figure_are_counted_as_such_and_add_nothing(visits: list[int | None]) -> None:
    rows = len(visits)
    frame = pl.DataFrame(
        {
            "county_code": ["520325"] * rows,
            "visited_on": ["2025-03-31"] * rows,
            "is_primary": [True] * rows,
            "visits": pl.Series(visits, dtype=pl.Int64),
        }
    )
    (row,) = run_indicator(county("primary-visit-share"), FrameEngine({"visits": frame})).rows
    known = [each for each in visits if each is not None]
    assert row.numerator == (sum(known) if known else None)
    assert row.state == ("missing" if not known else "undefined" if sum(known) == 0 else "reported")


@pytest.mark.parametrize(
    ("old", "new", "error", "words"),
    [
        ("is_primary", "primary", IndicatorColumnError, "no column is_primary.*primary is meant"),
        ("2025-01-31", "31.1.2025", IndicatorCellError, "visited_on.*31.1.2025.*2025-03-31"),
        ("2025-02-28", "2025-02-30", IndicatorCellError, "2025-02-30"),
        (",60,", ",sixty,", IndicatorCellError, "visits.*sixty"),
        (",no,40", ",perhaps,40", IndicatorCellError, "is_primary.*perhaps.*yes or no"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_with_column_cell_and_what_is_expected(
    tmp_path: Path, old: str, new: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        run(tmp_path, county("primary-visit-share"), {"visits": VISITS.replace(old, new)})


def test_a_missing_table_and_a_missing_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(IndicatorTableError, match=r"no table visits; there are: times.*visits\.csv"):
        run(tmp_path, county("primary-visit-share"), {"times": TIMES})
    with pytest.raises(IndicatorFolderError, match="no folder"), duckdb_engine(tmp_path / "nowhere"):
        pass
    (tmp_path / "times.parquet").write_bytes(b"")
    with pytest.raises(IndicatorFolderError, match="hold one table"), duckdb_engine(tmp_path):
        pass


def test_a_lookup_that_finds_two_rows_is_refused(tmp_path: Path) -> None:
    query = (
        'table = "times"\nmeasure = "rows"\nreporter = "hospitals.county"\ndate = "arrived_at"\n'
        'lookups = [{ table = "hospitals", keys = { hospital = "code" } }]'
    )
    tables = {"times": TIMES, "hospitals": "code,county\nA,1\nB,2\n"}
    assert values(run(tmp_path, local(query, "count"), tables))["1", "2025-01"][0] == 4
    with pytest.raises(LookupNotUniqueError, match="A 2 times"):
        run(tmp_path, local(query, "count"), tables | {"hospitals": "code,county\nA,1\nA,3\n"})


def test_what_is_judged_or_uploaded_has_no_query(tmp_path: Path) -> None:
    for code in ("unified-management", "premature-mortality"):
        with pytest.raises(NoQueryError, match=f"county-{code}"):
            run(tmp_path, county(code), {})


@pytest.mark.parametrize("text", ["2025-13", "25", "2025-Q5", "2025..2024", "last year", "2025-02"])
def test_a_period_that_cannot_be_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(IndicatorPeriodError):
        run(tmp_path, county("primary-visit-share"), {"visits": VISITS}, period=text)


def test_engines_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(EngineNotInstalledError, match=r"pip install lianyi\[spark\]"):
        _module("a_module_that_is_not_there", "lianyi[spark]", "Spark")
    with (
        pytest.raises(EngineAddressError, match="does not answer"),
        postgresql_engine(tmp_path, "postgresql://127.0.0.1:1/nothing?connect_timeout=2"),
    ):
        pass


def test_what_lasts_is_counted_over_any_number_of_periods() -> None:
    postings = pd.DataFrame(
        {
            "to_institution_code": ["A"],
            "arrived_on": ["2000-01-31"],
            "left_on": ["2029-12-01"],
            "kind": ["team"],
        }
    )
    definition = definition_version("dispatch-person-days", 1)
    result = run_indicator(definition, FrameEngine({"postings": postings}), RunWish(period="2000..2029"))
    assert len(result.rows) == 360
    assert [row.numerator for row in (result.rows[0], result.rows[1], result.rows[-1])] == [1, 29, 1]
