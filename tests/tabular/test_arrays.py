"""Tables as arrays: what is read, what is refused with its row, and what comes back after writing."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.tabular import errors
from lianyi.tabular.arrays import ArrayColumn, iter_arrays, read_arrays, unique_ids, write_arrays

ID = ArrayColumn("id")
PEOPLE = ArrayColumn("population", "number", minimum=0, description="the number of residents")


def table(folder, text, name="table.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def lists(arrays):
    return {name: values.tolist() for name, values in arrays.items()}


def refusal(folder, text, *columns):
    with pytest.raises(errors.LianyiError) as caught:
        read_arrays(table(folder, text), columns)
    return caught.value


def test_columns_are_read_by_their_headings_in_any_order(tmp_path):
    path = table(tmp_path, "Population , note, Id\n12.5,x,0011\n7,,NA\n")
    assert lists(read_arrays(path, [ID, PEOPLE])) == {"id": ["0011", "NA"], "population": [12.5, 7.0]}


def test_a_chinese_table_of_an_old_spreadsheet_is_read(tmp_path):
    path = table(tmp_path, '编号;人口\n册亨;１２３\n望谟;"1,234"\n', encoding="gb18030")
    found = read_arrays(path, [ArrayColumn("编号"), ArrayColumn("人口", "number")])
    assert lists(found) == {"编号": ["册亨", "望谟"], "人口": [123.0, 1234.0]}


def test_an_optional_column_may_be_absent_or_have_empty_cells(tmp_path):
    path = table(tmp_path, "id,beds\nA,\nB,3\n")
    columns = [ID, ArrayColumn("beds", "number", required=False), ArrayColumn("note", required=False)]
    found = read_arrays(path, columns)
    assert list(found) == ["id", "beds"]
    assert np.isnan(found["beds"][0])
    assert found["beds"][1] == 3


def test_lines_above_the_headings_and_blank_rows_below_the_table_count_for_nothing(tmp_path):
    path = table(tmp_path, "\nsep=;\nid;population\nA;1\nB;2\n;\n;\n")
    assert lists(read_arrays(path, [ID, PEOPLE])) == {"id": ["A", "B"], "population": [1.0, 2.0]}
    assert refusal(tmp_path, "\nid,population\nA,1\nB,many\n", ID, PEOPLE).params["row"] == 4


def test_a_column_that_must_be_there_may_have_gaps(tmp_path):
    column = ArrayColumn("beds", "number", may_have_gaps=True)
    assert np.isnan(read_arrays(table(tmp_path, "id,beds\nA,\nB,3\n"), [column])["beds"][0])
    assert isinstance(refusal(tmp_path, "id\nA\n", column), errors.MissingColumnsError)


def test_a_missing_column_is_told_with_what_it_holds_and_what_resembles_it(tmp_path):
    error = refusal(tmp_path, "id,populatoin\nA,1\n", ID, PEOPLE)
    assert isinstance(error, errors.MissingColumnsError)
    assert error.message == (
        "table.csv: columns are missing: population (the number of residents). Found: id, populatoin. "
        "Is “populatoin” meant for population?"
    )


def test_two_columns_of_one_name_are_refused(tmp_path):
    assert isinstance(refusal(tmp_path, "id,ID ,Id\nA,1,2\n", ArrayColumn("iD")), errors.AmbiguousColumnError)


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("", errors.MissingValueError),
        ("  ", errors.MissingValueError),
        ("many", errors.NotANumberError),
        ("inf", errors.NotANumberError),
        ("nan", errors.NotANumberError),
        ("-1", errors.ValueBelowMinimumError),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_with_its_row(tmp_path, cell, kind):
    error = refusal(tmp_path, f"id,population\nA,1\nB,{cell}\n", ID, PEOPLE)
    assert type(error) is kind
    assert "table.csv, row 3: population" in error.message
    assert error.message.endswith("population is the number of residents.")
    assert error.params["row"] == 3


def test_an_id_may_not_be_empty(tmp_path):
    assert isinstance(refusal(tmp_path, "id,population\n,1\n", ID, PEOPLE), errors.MissingValueError)


def test_a_broken_number_is_no_whole_one(tmp_path):
    error = refusal(tmp_path, "pairs\n4\n4.5\n", ArrayColumn("pairs", "whole"))
    assert isinstance(error, errors.NotWholeError)
    assert error.params["row"] == 3
    assert lists(read_arrays(table(tmp_path, "pairs\n4\n5.0\n"), [ArrayColumn("pairs", "whole")])) == {"pairs": [4, 5]}


def test_references_become_rows_of_the_other_table(tmp_path):
    among = np.array(["007", "8", "A"], dtype=object)
    path = table(tmp_path, "demand_id\nA\n007\n 8\n8\n")
    found = read_arrays(path, [ArrayColumn("demand_id", "reference", among=among)])
    assert found["demand_id"].tolist() == [2, 0, 1, 1]


def test_a_reference_to_nothing_is_told_with_its_row(tmp_path):
    among = np.array(["007", "8"], dtype=object)
    error = refusal(tmp_path, "demand_id\n8\n7\n", ArrayColumn("demand_id", "reference", among=among))
    assert isinstance(error, errors.UnknownIdError)
    assert error.message.startswith(
        "table.csv, row 3: demand_id “7” is no id of the other table, which begins with 007"
    )


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=30, unique=True), st.data())
def test_whole_numbers_refer_as_their_texts_do(tmp_path_factory, ids, data):
    among = np.array([str(each) for each in ids], dtype=object)
    chosen = data.draw(st.lists(st.sampled_from(ids), min_size=1))
    path = tmp_path_factory.mktemp("pairs") / "pairs.parquet"
    pa.parquet.write_table(pa.table({"id": pa.array(chosen, pa.int32())}), path)
    found = read_arrays(path, [ArrayColumn("id", "reference", among=among)])
    assert found["id"].tolist() == [ids.index(each) for each in chosen]


def test_ids_that_another_program_made_numbers_are_read_as_texts(tmp_path):
    path = tmp_path / "ids.parquet"
    pa.parquet.write_table(pa.table({"id": [510107.0, 510108.0]}), path)
    assert lists(read_arrays(path, [ID])) == {"id": ["510107", "510108"]}


def test_nan_in_a_parquet_file_is_a_missing_value(tmp_path):
    path = tmp_path / "beds.parquet"
    pa.parquet.write_table(pa.table({"beds": [1.0, float("nan")]}), path)
    assert np.isnan(read_arrays(path, [ArrayColumn("beds", "number", required=False)])["beds"][1])
    with pytest.raises(errors.MissingValueError, match="row 2: beds is empty"):
        read_arrays(path, [ArrayColumn("beds", "number")])


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_what_is_written_comes_back(tmp_path, ending):
    path = tmp_path / f"result.{ending}"
    ids = ["0011", "=1+1", "册亨, 县", "-5"]
    write_arrays(path, {"id": np.array(ids, dtype=object), "access": np.array([0.1, np.nan, 3e-9, -2])})
    found = read_arrays(path, [ID, ArrayColumn("access", "number", required=False)])
    assert found["id"].tolist() == ids
    np.testing.assert_array_equal(found["access"], [0.1, np.nan, 3e-9, -2])


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_stream_gives_the_same_rows_in_pieces(tmp_path, ending):
    path = tmp_path / f"long.{ending}"
    numbers = np.arange(400_000, dtype=np.float64)
    write_arrays(path, {"n": numbers, "padding": np.full(400_000, 0.123456789)})
    pieces = [piece["n"] for piece in iter_arrays(path, [ArrayColumn("n", "number")], 50_000)]
    assert len(pieces) > 1
    np.testing.assert_array_equal(np.concatenate(pieces), numbers)


def test_the_row_of_a_later_piece_is_told(tmp_path):
    rows = "".join(f"{n},{'x' * 40}\n" for n in range(100_000))
    error = refusal(tmp_path, f"n,padding\n{rows}none,x\n", ArrayColumn("n", "number"))
    assert error.params["row"] == 100_002


def test_a_table_without_rows_gives_empty_arrays(tmp_path):
    columns = [ID, PEOPLE, ArrayColumn("note", required=False), ArrayColumn("beds", required=False)]
    found = read_arrays(table(tmp_path, "id,population,note\n"), columns)
    assert lists(found) == {"id": [], "population": [], "note": []}
    assert found["population"].dtype == np.float64


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"", errors.EmptyFileError), (b"id,n\na\n", errors.BrokenFileError), (b"PAR1abc", errors.BrokenFileError)],
)
def test_a_file_that_is_no_table_is_refused(tmp_path, content, kind):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(kind):
        read_arrays(path, [ID])


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(errors.UnreadableFileError, match="cannot be opened"):
        read_arrays(tmp_path / "none.csv", [ID])


def test_an_id_that_stands_twice_is_refused():
    with pytest.raises(errors.DuplicateIdError, match="id: “A” stands in record 1 and again in record 3"):
        unique_ids(np.array(["A", "B", "A"], dtype=object), "id")


def test_a_result_is_written_in_a_known_format_or_not_at_all(tmp_path):
    with pytest.raises(errors.OutputFormatError, match=r"ends in “\.txt”; tables are written as \.csv, \.parquet"):
        write_arrays(tmp_path / "result.txt", {"id": np.array(["A"])})
    with pytest.raises(errors.ArrayLengthError):
        write_arrays(tmp_path / "result.csv", {"id": np.array(["A"]), "n": np.array([1, 2])})
    assert list(tmp_path.iterdir()) == []
