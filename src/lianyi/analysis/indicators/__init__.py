"""Indicators computed by their definitions over tables: files, data frames, PostgreSQL or Spark.

A definition's query is compiled through Ibis, so the same definition runs unchanged on each engine.

>>> from lianyi.analysis.indicators import FrameEngine, RunWish, run_indicator
>>> from lianyi.rules.indicators import definition_version
>>> visits = {
...     "county_code": ["520325", "520325", "520325"],
...     "visited_on": ["2025-01-31", "2025-02-01", "2025-12-31"],
...     "is_primary": ["yes", "no", "yes"],
...     "visits": [30, 60, 10],
... }
>>> import pandas
>>> engine = FrameEngine({"visits": pandas.DataFrame(visits)})
>>> result = run_indicator(definition_version("county-primary-visit-share", 1), engine)
>>> [(row.reporter, row.period.label, row.numerator, row.denominator, row.value) for row in result.rows]
[('520325', '2025', 40, 100, 40.0)]
"""

from __future__ import annotations

from lianyi.analysis.indicators.engines import (
    DuckDBEngine,
    Engine,
    EngineKind,
    FrameEngine,
    PostgreSQLEngine,
    SparkEngine,
    duckdb_engine,
    postgresql_engine,
    spark_engine,
)
from lianyi.analysis.indicators.periods import Period, Span
from lianyi.analysis.indicators.results import IndicatorResult, IndicatorRow, PeriodSummary, RowsBehind, ValueState
from lianyi.analysis.indicators.running import Part, RunWish, rows_behind, rows_counted, run_indicator

__all__ = [
    "DuckDBEngine",
    "Engine",
    "EngineKind",
    "FrameEngine",
    "IndicatorResult",
    "IndicatorRow",
    "Part",
    "Period",
    "PeriodSummary",
    "PostgreSQLEngine",
    "RowsBehind",
    "RunWish",
    "Span",
    "SparkEngine",
    "ValueState",
    "duckdb_engine",
    "postgresql_engine",
    "rows_behind",
    "rows_counted",
    "run_indicator",
    "spark_engine",
]
