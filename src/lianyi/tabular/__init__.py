"""Read and write the tables that people exchange: files as they really are, templates, returned workbooks, exports.

The way of a file: `read_tables` (bytes to sheets), `find_table` (which sheet, which header), `parse_sheet` (rows to
values and problems), `write_returned_workbook` (what is wrong, told in the sender's language). Imports no Django.
"""

from __future__ import annotations

from lianyi.tabular.cells import parse_cell, split_bracketed_name
from lianyi.tabular.columns import Cell, Choice, Column, ColumnKind, Language, Value
from lianyi.tabular.header import HeaderMatch, UnknownHeading, find_header, find_table
from lianyi.tabular.problems import CellProblem, IgnoredReason, ignored_text, problem_of, problem_text
from lianyi.tabular.reading import read_tables
from lianyi.tabular.returned_writing import write_returned_workbook
from lianyi.tabular.rows import IgnoredRow, ParsedRow, ParsedTable, ParseOptions, parse_sheet
from lianyi.tabular.sheets import ReadingLimits, SheetData, Workbook
from lianyi.tabular.template_writing import write_template
from lianyi.tabular.writing import write_table

__all__ = [
    "Cell",
    "CellProblem",
    "Choice",
    "Column",
    "ColumnKind",
    "HeaderMatch",
    "IgnoredReason",
    "IgnoredRow",
    "Language",
    "ParseOptions",
    "ParsedRow",
    "ParsedTable",
    "ReadingLimits",
    "SheetData",
    "UnknownHeading",
    "Value",
    "Workbook",
    "find_header",
    "find_table",
    "ignored_text",
    "parse_cell",
    "parse_sheet",
    "problem_of",
    "problem_text",
    "read_tables",
    "split_bracketed_name",
    "write_returned_workbook",
    "write_table",
    "write_template",
]
