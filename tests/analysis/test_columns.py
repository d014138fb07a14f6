"""Columns come out of any data frame alike."""

from __future__ import annotations

import math

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from lianyi.analysis.columns import ColumnNumberError, TableColumnError, TableKindError, column_names, labels, numbers

MONTHS = {"county": ["Ceheng", "Shizhu", "Ceheng"], "cases": [4, None, 6]}


@pytest.mark.parametrize("table", [MONTHS, pd.DataFrame(MONTHS), pl.DataFrame(MONTHS), pa.table(MONTHS)])
def test_any_table_gives_the_same_columns_and_keeps_what_is_missing(table):
    cases = numbers(table, "cases")

    assert (cases[0], math.isnan(cases[1]), cases[2]) == (4.0, True, 6.0)
    assert labels(table, "county").tolist() == ["Ceheng", "Shizhu", "Ceheng"]
    assert list(column_names(table)) == ["county", "cases"]


def test_a_column_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(TableColumnError, match=r"no column deaths\. It has: county, cases"):
        numbers(MONTHS, "deaths")


def test_a_word_among_numbers_is_told_with_its_record():
    with pytest.raises(ColumnNumberError, match="Record 2: “many” in the column cases"):
        numbers({"cases": [1, "many", 3]}, "cases")


def test_what_is_no_table_is_refused():
    with pytest.raises(TableKindError, match="int is no table"):
        labels(7, "cases")
