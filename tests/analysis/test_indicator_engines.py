"""Every shipped query gives the same answer on DuckDB, PostgreSQL and a Spark cluster of two workers."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lianyi.analysis.indicators import (
    Engine,
    IndicatorResult,
    Part,
    RunWish,
    duckdb_engine,
    postgresql_engine,
    rows_behind,
    run_indicator,
    spark_engine,
)
from lianyi.rules.indicators import IndicatorDefinition, indicator_definitions
from tests.analysis.synthetic_tables import write_tables

pytestmark = pytest.mark.engines

CLUSTER = "local-cluster[2,1,1024]"
SPANS = {"year": "2023..2025", "quarter": "2023-Q4..2025-Q1", "month": "2023-12..2024-04"}
Expected = Callable[[IndicatorDefinition], IndicatorResult]
QUERIES = tuple(each for each in indicator_definitions() if each.query is not None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tables")
    write_tables(made, QUERIES, rows=1500, seed=20260101)
    return made


@pytest.fixture(scope="module")
def duckdb(folder: Path) -> Iterator[Engine]:
    with duckdb_engine(folder) as engine:
        yield engine


@pytest.fixture(scope="module")
def postgresql(folder: Path) -> Iterator[Engine]:
    with postgresql_engine(folder, os.environ["LIANYI_DATABASE"]) as engine:
        yield engine


@pytest.fixture(scope="module")
def spark(folder: Path) -> Iterator[Engine]:
    with spark_engine(folder, CLUSTER) as engine:
        yield engine


@pytest.fixture(scope="module")
def expected(duckdb: Engine) -> Callable[[IndicatorDefinition], IndicatorResult]:
    """What DuckDB tells, asked once for each indicator."""
    return functools.cache(lambda definition: answer(definition, duckdb))


def answer(definition: IndicatorDefinition, engine: Engine) -> IndicatorResult:
    return run_indicator(definition, engine, RunWish(period=SPANS[definition.period.value]))


def told(result: IndicatorResult) -> list[tuple[object, ...]]:
    return [
        (row.reporter, row.period.label, row.numerator, row.denominator, row.value, row.state, row.rows_seen)
        for row in result.rows
    ]


@pytest.mark.parametrize("definition", QUERIES, ids=lambda each: each.code)
def test_the_tables_say_something_about_every_indicator(definition: IndicatorDefinition, expected: Expected) -> None:
    result = expected(definition)
    assert any(row.value for row in result.rows), told(result)[:5]
    assert any(row.state == "reported" for row in result.rows)


@pytest.mark.parametrize("definition", QUERIES, ids=lambda each: each.code)
def test_postgresql_tells_the_same(definition: IndicatorDefinition, expected: Expected, postgresql: Engine) -> None:
    one, other = expected(definition), answer(definition, postgresql)
    assert told(other) == told(one)
    assert other.left_out == one.left_out
    assert [(each.value, each.coverage) for each in other.periods] == [
        (each.value, each.coverage) for each in one.periods
    ]


@pytest.mark.parametrize("definition", QUERIES, ids=lambda each: each.code)
def test_a_spark_cluster_of_two_workers_tells_the_same(
    definition: IndicatorDefinition, expected: Expected, spark: Engine
) -> None:
    one, other = expected(definition), answer(definition, spark)
    assert told(other) == told(one)
    assert other.left_out == one.left_out


@pytest.mark.parametrize("kind", ["postgresql", "spark"])
def test_the_rows_behind_a_number_are_the_same(kind: str, duckdb: Engine, request: pytest.FixtureRequest) -> None:
    other: Engine = request.getfixturevalue(kind)
    definition = next(each for each in QUERIES if each.code == "county-stationed-doctors")
    found = [rows_behind(definition, each, Part.NUMERATOR, period="2024", limit=5000) for each in (duckdb, other)]
    assert found[0].total == found[1].total > 0
    assert sorted(map(str, found[0].rows)) == sorted(map(str, found[1].rows))


def test_the_cluster_has_two_workers(spark: Engine) -> None:
    session = spark._session  # type: ignore[attr-defined]
    driver = 1
    assert len(session.sparkContext._jsc.sc().statusTracker().getExecutorInfos()) - driver == 2
