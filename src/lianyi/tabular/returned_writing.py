"""The workbook that goes back: every row as it was given, and what is wrong with it in the sender's language."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from lianyi.tabular.columns import Cell, Language
from lianyi.tabular.errors import SheetTooLongError
from lianyi.tabular.header import HeaderMatch, column_letters
from lianyi.tabular.problems import CellProblem, ignored_text, problem_text, problems_text
from lianyi.tabular.rows import IgnoredRow
from lianyi.tabular.sheets import SheetData
from lianyi.tabular.workbook_styles import LONGEST_CELL, MOST_ROWS, Styles, is_exact_number, new_workbook

PROBLEM_HEADING: Final = "Problem / 问题"
_FIRST_SPREADSHEET_YEAR: Final = 1900
_PROBLEM_WIDTH: Final = 70
_CELL_WIDTH: Final = 16
_TEXTS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "data": "Returned",
        "summary": "Summary",
        "title": "What has to be mended",
        "bad_rows": "Rows with a problem",
        "problems": "Problems",
        "kinds": "Problems by column, with the first of each",
        "ignored": "Rows not read",
        "unknown": "Headings not known, their columns are not read",
        "row": "Row {number}",
        "how": "Mend the coloured cells on the first sheet, save, and send this workbook again. "
        f"The column “{PROBLEM_HEADING}” may stay.",
        "cut": "… [the rest is cut off: a cell holds 32,767 characters]",
    },
    "zh-hans": {
        "data": "退回修改",
        "summary": "小结",
        "title": "需要修改的内容",
        "bad_rows": "有问题的行数",
        "problems": "问题总数",
        "kinds": "各列的问题（附首例）",
        "ignored": "未导入的行",
        "unknown": "无法识别的列名（该列未导入）",
        "row": "第 {number} 行",
        "how": f"请在第一张表中修改着色的单元格，保存后重新上传本文件；“{PROBLEM_HEADING}”一列可以保留。",
        "cut": "……（以下截断：单元格最多 32767 个字符）",
    },
}


def write_returned_workbook(
    sheet: SheetData,
    header: HeaderMatch,
    problems: Mapping[int, Sequence[CellProblem]],
    language: Language,
    ignored: Sequence[IgnoredRow] = (),
) -> bytes:
    """Write the sheet as it was read, one more column with the reasons, bad cells coloured, and a summary.

    Parameters
    ----------
    sheet, header
        What was read.
    problems
        For each bad row, by its number in the file, what is wrong.
    ignored
        Rows that were not read as records; they are listed on the summary sheet.

    Raises
    ------
    SheetTooLongError
        A text table had more rows than a workbook sheet holds.
    """
    if len(sheet.rows) > MOST_ROWS:
        raise SheetTooLongError(
            f"“{sheet.name}” has {len(sheet.rows):,} rows; a workbook sheet holds {MOST_ROWS:,}. "
            "Split the file and import the parts.",
            rows=len(sheet.rows),
            maximum_rows=MOST_ROWS,
        )
    stream = io.BytesIO()
    with new_workbook(stream, constant_memory=True) as workbook:
        styles = Styles(workbook)
        _write_rows(workbook.add_worksheet(_TEXTS[language]["data"]), sheet, header, problems, language, styles)
        summary = _summary_lines(header, problems, ignored, language)
        _write_summary(workbook, summary, language, styles)
    return stream.getvalue()


def _write_rows(
    target: Worksheet,
    sheet: SheetData,
    header: HeaderMatch,
    problems: Mapping[int, Sequence[CellProblem]],
    language: Language,
    styles: Styles,
) -> None:
    width = max(map(len, sheet.rows), default=0)
    target.set_column(0, max(width - 1, 0), _CELL_WIDTH)
    target.set_column(width, width, _PROBLEM_WIDTH)
    target.freeze_panes(header.row_number, 0)
    cut = _TEXTS[language]["cut"]
    for index, row in enumerate(sheet.rows):
        row_problems = problems.get(index + 1, ())
        bad = {header.positions[problem.column] for problem in row_problems if problem.column in header.positions}
        for position in range(max(len(row), max(bad, default=-1) + 1)):
            cell = row[position] if position < len(row) else None
            if position in bad:
                _write_bad_cell(target, (index, position), cell, styles, cut)
            else:
                _write_cell(target, (index, position), cell, styles, cut)
        if index == header.row_index:
            target.write_string(index, width, PROBLEM_HEADING, styles.required_header)
        elif row_problems:
            target.write_string(index, width, _fitting(problems_text(row_problems, language), cut), styles.problem)


def _write_cell(target: Worksheet, place: tuple[int, int], cell: Cell, styles: Styles, cut: str) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        target.write_boolean(*place, cell)
    elif isinstance(cell, int | float) and is_exact_number(cell):
        target.write_number(*place, cell)
    elif isinstance(cell, date | time | timedelta) and _is_countable(cell):
        style = styles.moment if isinstance(cell, datetime) else styles.date if isinstance(cell, date) else styles.time
        target.write_datetime(*place, cell, style)
    else:
        target.write_string(*place, _fitting(str(cell), cut), styles.text)


def _write_bad_cell(target: Worksheet, place: tuple[int, int], cell: Cell, styles: Styles, cut: str) -> None:
    if cell is None or cell == "":
        target.write_blank(*place, None, styles.bad_text)
    elif isinstance(cell, bool):
        target.write_boolean(*place, cell, styles.bad_number)
    elif isinstance(cell, int | float) and is_exact_number(cell):
        target.write_number(*place, cell, styles.bad_number)
    elif isinstance(cell, date | time | timedelta) and _is_countable(cell):
        is_moment = isinstance(cell, datetime)
        style = styles.bad_moment if is_moment else styles.bad_date if isinstance(cell, date) else styles.bad_time
        target.write_datetime(*place, cell, style)
    else:
        target.write_string(*place, _fitting(str(cell), cut), styles.bad_text)


def _is_countable(cell: date | time | timedelta) -> bool:
    """Whether a spreadsheet, which counts days from 1900, can say it."""
    if isinstance(cell, timedelta):
        return cell >= timedelta(0)
    if isinstance(cell, time):
        return cell.tzinfo is None
    return cell.year >= _FIRST_SPREADSHEET_YEAR and (not isinstance(cell, datetime) or cell.tzinfo is None)


def _fitting(text: str, cut: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - len(cut)] + cut


def _summary_lines(
    header: HeaderMatch,
    problems: Mapping[int, Sequence[CellProblem]],
    ignored: Sequence[IgnoredRow],
    language: Language,
) -> list[tuple[str, str]]:
    """Pairs of what is counted or named, and its number or sentence."""
    texts = _TEXTS[language]
    every = [problem for number in sorted(problems) for problem in problems[number]]
    counts = Counter((problem.column, problem.code) for problem in every)
    first = {(problem.column, problem.code): problem for problem in reversed(every)}
    bad_rows = sum(1 for found in problems.values() if found)
    lines = [(texts["bad_rows"], str(bad_rows)), (texts["problems"], str(len(every))), ("", "")]
    if counts:
        lines.append((texts["kinds"], ""))
        lines += [(str(count), problem_text(first[kind], language)) for kind, count in counts.most_common()]
    if header.unknown:
        lines += [("", ""), (texts["unknown"], "")]
        lines += [(column_letters(heading.position), heading.text) for heading in header.unknown]
    if ignored:
        lines += [("", ""), (texts["ignored"], str(len(ignored)))]
        lines += [
            (texts["row"].format(number=row.row_number), ignored_text(row.reason, row.given, language))
            for row in ignored
        ]
    return lines


def _write_summary(
    workbook: xlsxwriter.Workbook, lines: Sequence[tuple[str, str]], language: Language, styles: Styles
) -> None:
    texts = _TEXTS[language]
    target = workbook.add_worksheet(texts["summary"])
    target.set_column(0, 0, 44)
    target.set_column(1, 1, 100)
    target.write_string(0, 0, texts["title"], styles.title)
    target.write_string(1, 0, texts["how"])
    for row, (name, text) in enumerate(lines[: MOST_ROWS - 3], start=3):
        target.write_string(row, 0, _fitting(name, ""), styles.wrapped)
        target.write_string(row, 1, _fitting(text, ""), styles.wrapped)
