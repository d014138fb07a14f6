"""Workbooks: .xlsx and .ods (zipped XML), .xls (BIFF). Formulas are never run: the stored result is read.

The reader holds each sheet as a full rectangle in memory, so the rectangle is measured in the packed file before it is
asked to read; and it works in a process of its own (see `workbook_reader_process`).
"""

from __future__ import annotations

import io
import pickle
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

from lxml import etree

from lianyi.tabular.columns import Cell
from lianyi.tabular.errors import (
    BrokenFileError,
    FileTooLargeError,
    NotATableError,
    PasswordProtectedError,
)
from lianyi.tabular.sheets import (
    ReadingLimits,
    SheetData,
    Workbook,
    refuse_too_many_cells,
    refuse_too_many_rows,
)

_READER: Final = Path(__file__).with_name("workbook_reader_process.py")
_ENCRYPTED_STREAM: Final = "EncryptedPackage".encode("utf-16-le")
_WORKBOOK_BEGIN: Final = re.compile(rb"\x09\x08[\x08\x10]\x00\x00[\x05\x06]\x05\x00")
_PASSWORD_RECORD: Final = 0x2F
_RECORDS_BEFORE_PASSWORD: Final = 5
_CHUNK_BYTES: Final = 1 << 20
_OVERLAP_BYTES: Final = 512
_CELL_REFERENCE: Final = re.compile(rb"<(?:\w+:)?(?:c|row)\s(?:[^<>]*?\s)?r\s*=\s*[\"']([A-Za-z]*)([0-9]+)[\"']")
# The reader makes room for as many entries as a part says it has, before it reads one.
_ENTRY_COUNT: Final = re.compile(rb"<[^<>]*?[cC]ount\s*=\s*[\"']([0-9]{1,30})")
_ENCRYPTED_FLAG: Final = 0x1
_ODS_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_ODS_CELLS: Final = (f"{_ODS_TABLE}table-cell", f"{_ODS_TABLE}covered-table-cell")
_ODS_VALUE_TYPES: Final = (
    "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type",
    "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type",
)


def read_zipped_workbook(data: bytes, name: str, limits: ReadingLimits) -> Workbook:
    """Read .xlsx (also .xlsm) or .ods after measuring it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            file_format = _format_of(archive, name)
            _refuse_too_large(archive, name, limits)
            _measure(archive, name, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError, RuntimeError) as error:
        raise _broken(name, str(error)) from error
    return _read(data, file_format, name, limits)


def read_old_workbook(data: bytes, name: str, limits: ReadingLimits) -> Workbook:
    """Read .xls; its sheets have at most 65,536 rows and 256 columns."""
    if _ENCRYPTED_STREAM in data or _has_password_record(data):
        raise _protected(name)
    return _read(data, "xls", name, limits)


def _has_password_record(data: bytes) -> bool:
    """Whether a password record stands among the first records of the workbook, before anything is encrypted."""
    begin = _WORKBOOK_BEGIN.search(data)
    position = begin.start() if begin else len(data)
    for _ in range(_RECORDS_BEFORE_PASSWORD):
        if position + 4 > len(data):
            return False
        kind, length = struct.unpack_from("<HH", data, position)
        if kind == _PASSWORD_RECORD:
            return True
        position += 4 + length
    return False


def _broken(name: str, reason: str) -> BrokenFileError:
    return BrokenFileError(
        f"{name} is a workbook that cannot be read ({reason}). It may be cut off or damaged: open it, save it as .xlsx "
        "and send it again.",
        name=name,
        reason=reason,
    )


def _format_of(archive: zipfile.ZipFile, name: str) -> str:
    parts = {part.lower() for part in archive.namelist()}
    if "xl/workbook.xml" in parts:
        return "xlsx"
    if "content.xml" in parts:
        return _open_document_format(archive, name)
    what = "a binary workbook (.xlsb)" if "xl/workbook.bin" in parts else "an archive or a document, not a workbook"
    raise NotATableError(f"{name} is {what}. Save the table as .xlsx, or as .csv in UTF-8.", name=name, found=what)


def _open_document_format(archive: zipfile.ZipFile, name: str) -> str:
    manifest = archive.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in archive.namelist() else b""
    if b"encryption-data" in manifest or archive.getinfo("content.xml").flag_bits & _ENCRYPTED_FLAG:
        raise _protected(name)
    mimetype = archive.read("mimetype") if "mimetype" in archive.namelist() else b""
    if b"spreadsheet" not in mimetype:
        raise NotATableError(
            f"{name} is an OpenDocument file, but no spreadsheet. Save the table as .ods or .xlsx.",
            name=name,
            found="OpenDocument",
        )
    return "ods"


def _protected(name: str) -> PasswordProtectedError:
    return PasswordProtectedError(
        f"{name} is protected by a password. Remove the password in the spreadsheet program and save it again.",
        name=name,
    )


def _refuse_too_large(archive: zipfile.ZipFile, name: str, limits: ReadingLimits) -> None:
    unpacked = sum(part.file_size for part in archive.infolist())
    if unpacked > limits.maximum_unpacked_bytes:
        raise FileTooLargeError(
            f"{name} unpacks to {unpacked:,} bytes; at most {limits.maximum_unpacked_bytes:,} are read. Remove "
            "pictures and formats, or split it.",
            name=name,
            bytes=unpacked,
            maximum_bytes=limits.maximum_unpacked_bytes,
        )


def _measure(archive: zipfile.ZipFile, name: str, limits: ReadingLimits) -> None:
    """Refuse sheets whose outermost cell lies too far out.

    Every part is looked at, for a workbook may keep its sheets under any name; reading also proves the checksums.
    """
    for part in archive.infolist():
        with archive.open(part) as stream:
            chunks = _checked_chunks(cast("io.BufferedIOBase", stream), limits)
            measure = _outermost_open_document_cell if part.filename == "content.xml" else _outermost_cell
            rows, width = measure(chunks)
        refuse_too_many_rows(rows, name, limits)
        refuse_too_many_cells(rows, width, name, limits)


def _checked_chunks(stream: io.BufferedIOBase, limits: ReadingLimits) -> Iterator[bytes]:
    kept = b""
    while chunk := stream.read(_CHUNK_BYTES):
        for count in _ENTRY_COUNT.findall(kept + chunk):
            if int(count) > limits.maximum_cells:
                message = f"it claims {int(count):,} entries"
                raise ValueError(message)
        kept = chunk[-_OVERLAP_BYTES:]
        yield chunk


def _outermost_cell(chunks: Iterator[bytes]) -> tuple[int, int]:
    row, letters, kept = 0, {b"A"}, b""
    for chunk in chunks:
        text = kept + chunk
        for name, number in _CELL_REFERENCE.findall(text):
            letters.add(name)
            row = max(row, int(number))
        kept = text[-_OVERLAP_BYTES:]
    return row, max(map(_column_number, letters))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _outermost_open_document_cell(chunks: Iterator[bytes]) -> tuple[int, int]:
    """Rows and cells stand for many when they are repeated; blank ones at the end count for nothing."""
    row = last_row = widest = cell = last_cell = 0
    for element in _elements(chunks):
        if element.tag in _ODS_CELLS:
            cell += _repeated(element, "columns")
            if any(element.get(attribute) for attribute in _ODS_VALUE_TYPES):
                last_cell = cell
        elif element.tag == f"{_ODS_TABLE}table-row":
            row += _repeated(element, "rows")
            last_row = max(last_row, row) if last_cell else last_row
            widest, cell, last_cell = max(widest, last_cell), 0, 0
            element.clear()
        elif element.tag == f"{_ODS_TABLE}table":
            row = 0
    return last_row, widest


def _elements(chunks: Iterator[bytes]) -> Iterator[etree._Element]:
    parser = etree.XMLPullParser(events=("end",), resolve_entities=False, no_network=True)
    try:
        for chunk in chunks:
            parser.feed(chunk)
            for _, element in parser.read_events():
                yield cast("Any", element)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error


def _repeated(element: etree._Element, what: str) -> int:
    written = element.get(f"{_ODS_TABLE}number-{what}-repeated", "1")
    return int(written) if written.isascii() and written.isdigit() else 1


def _read(data: bytes, file_format: str, name: str, limits: ReadingLimits) -> Workbook:
    kind, content = _answer_of_reader(data, name, limits)
    if kind == "password":
        raise _protected(name)
    if kind == "broken":
        raise _broken(name, str(content))
    sheets: list[SheetData] = []
    hidden: list[str] = []
    for sheet_name, is_visible, rows in cast("list[tuple[str, bool, list[list[Cell]]]]", content):
        if not is_visible:
            hidden.append(sheet_name)
            continue
        refuse_too_many_rows(len(rows), name, limits)
        refuse_too_many_cells(len(rows), max(map(len, rows), default=0), name, limits)
        sheets.append(SheetData(sheet_name, rows))
    if not sheets:
        raise NotATableError(
            f"{name} is a workbook without a visible sheet. Show the sheet with the table and save it again.",
            name=name,
            found="no visible sheet",
        )
    return Workbook(tuple(sheets), file_format, hidden_sheet_names=tuple(hidden))


def _answer_of_reader(data: bytes, name: str, limits: ReadingLimits) -> tuple[str, object]:
    """Let a process of its own read the workbook: a damaged file may end or hang whatever reads it."""
    command = [sys.executable, "-I", str(_READER), str(limits.maximum_memory_bytes), str(limits.maximum_seconds)]
    try:
        finished = subprocess.run(  # noqa: S603 (our own script, no part of the file is an argument)
            command, input=data, capture_output=True, timeout=2 * limits.maximum_seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _broken(name, f"reading took longer than {limits.maximum_seconds} seconds") from error
    if finished.returncode != 0:
        raise _broken(name, "its inner structure is damaged, or it needs too much memory")
    return cast("tuple[str, object]", pickle.loads(finished.stdout))  # noqa: S301 (written by our own script)
