"""indicator export-data: the rows of the sample site as a folder of tables, and every definition counted over them."""

from __future__ import annotations

import json

import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet
import pytest

from lianyi.analysis.indicators import RunWish, duckdb_engine, run_indicator
from lianyi.rules.indicator_tables import is_recorded
from lianyi.rules.indicators import definition_version, indicator_definitions
from tests.cli.test_demo import demo, rows  # noqa: F401 - the sample site

SPAN = "2010..2026"


@pytest.fixture(scope="module")
def exported(demo, tmp_path_factory):  # noqa: F811
    installation, _told = demo
    folder = tmp_path_factory.mktemp("exported") / "tables"
    told = json.loads(installation.done("indicator", "export-data", "--out", folder, "--json").stdout)
    return installation, folder, told


@pytest.fixture(scope="module")
def engine(exported):
    with duckdb_engine(exported[1]) as opened:
        yield opened


def counted(engine, code, part="numerator"):
    """Return the figures of an indicator that are more than nothing, by who reports and when."""
    found = run_indicator(definition_version(code, 1), engine, RunWish(period=SPAN))
    figures = {(row.reporter, row.period.label): getattr(row, part) for row in found.rows}
    return {key: figure for key, figure in figures.items() if figure}


def said(installation, statement):
    return {(unit, period): number for unit, period, number in rows(installation, statement)}


def test_every_table_is_written_and_those_that_no_site_records_are_told(exported):
    _installation, folder, told = exported
    assert {path.stem for path in folder.iterdir()} == set(told["tables"])
    assert told["not_recorded_here"] == [
        "admissions", "discharges", "fund_spending", "medicines", "prescriptions", "staff_incomes",
    ]  # fmt: skip
    assert {name: pa_parquet.read_metadata(folder / f"{name}.parquet").num_rows for name in told["tables"]} == told[
        "tables"
    ]


def test_every_definition_that_the_site_can_count_runs_over_the_folder(engine):
    countable = [each for each in indicator_definitions() if is_recorded(each)]
    with_values = [
        each.code
        for each in countable
        if any(row.value is not None for row in run_indicator(each, engine, RunWish(period=SPAN)).rows)
    ]
    assert len(countable) >= 57
    assert len(with_values) >= 34


def test_rounds_held_are_those_of_the_database(exported, engine):
    held = said(
        exported[0],
        "select coalesce(i.code, p.code), strftime('%Y', v.held_on) || '-Q' || ((strftime('%m', v.held_on) + 2) / 3),"
        " count(*) from dispatch_roundvisit v join dispatch_roundstop s on s.id = v.stop_id"
        " left join registry_institution i on i.node_id = s.institution_id"
        " join registry_place p on p.node_id = s.place_id"
        " where v.state in ('done', 'shortened') group by 1, 2",
    )
    assert counted(engine, "dispatch-round-visits") == held
    assert sum(held.values()) > 50


def test_cases_done_alone_are_those_of_the_database(exported, engine):
    statement = (
        "select i.code, strftime('%Y', c.done_on) || '-Q' || ((strftime('%m', c.done_on) + 2) / 3), sum(c.count)"
        " from growth_techniquecase c join growth_departmenttechnique t on t.id = c.technique_id"
        " join registry_institution i on i.node_id = t.institution_id where c.reverses_id is null and c.id not in"
        " (select reverses_id from growth_techniquecase where reverses_id is not null){} group by 1, 2"
    )
    alone = said(exported[0], statement.format(" and c.part = 'alone'"))
    assert counted(engine, "growth-local-share") == alone
    assert counted(engine, "growth-local-share", "denominator") == said(exported[0], statement.format(""))


def test_postings_that_ended_are_those_of_the_database(exported, engine):
    ended = said(
        exported[0],
        "select i.code, strftime('%Y', p.left_on), count(*) from dispatch_posting p"
        " join registry_institution i on i.node_id = p.to_institution_id where p.kind <> 'secondment_up'"
        " and p.state <> 'void' and p.left_on is not null and p.arrived_on is not null group by 1, 2",
    )
    assert counted(engine, "dispatch-six-months", "denominator") == ended


def test_referrals_sent_are_those_of_the_database(exported, engine):
    # Moments of the database are those of Greenwich; the months of indicators are those of Shanghai.
    sent = said(
        exported[0],
        "select i.code, strftime('%Y-%m', e.occurred_at, '+8 hours'), count(*) from referrals_legevent e"
        " join referrals_leg l on l.id = e.leg_id join registry_institution i on i.node_id = l.to_institution_id"
        " where e.step = 'send' and e.from_state = 'draft' and l.state <> 'entered-in-error' group by 1, 2",
    )
    assert counted(engine, "referral-acceptance", "denominator") == sent
    assert sum(sent.values()) >= 10


def test_patients_are_keys_and_nobody_by_name(exported):
    installation, folder, told = exported
    names = {name for (name,) in rows(installation, "select name from referrals_patientidentity")}
    names |= {name for (name,) in rows(installation, "select number from referrals_journey")}
    content = b"".join((folder / f"{name}.parquet").read_bytes() for name in told["tables"])
    assert names
    assert not [name for name in names if name.encode() in content]
    keys = pa_parquet.read_table(folder / "referrals.parquet")["patient_key"].to_pylist()
    assert all(len(key) == 16 for key in keys)
    assert "record_id" not in pa_parquet.read_schema(folder / "referrals.parquet").names


def test_a_period_as_text_tables_counts_the_same(exported, engine, tmp_path):
    exported[0].done("indicator", "export-data", "--out", tmp_path / "one", "--period", "2026", "--format", "csv")
    whole = {key: figure for key, figure in counted(engine, "growth-local-share").items() if key[1] >= "2026"}
    with duckdb_engine(tmp_path / "one") as opened:
        assert counted(opened, "growth-local-share") == whole
    cases = pa_csv.read_csv(tmp_path / "one" / "technique_cases.csv")
    assert {str(day)[:4] for day in cases["done_on"].to_pylist()} == {"2026"}


def test_tables_of_two_days_are_not_mixed(exported):
    installation, folder, _told = exported
    refused = installation.run("indicator", "export-data", "--out", folder)
    assert refused.returncode == 1
    assert "no empty folder" in refused.stderr
