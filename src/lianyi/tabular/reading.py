"""Read whatever people send as a table, by what its bytes are and never by what its name says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from lianyi.tabular.errors import (
    EmptyFileError,
    FileTooLargeError,
    NotATableError,
    UnreadableFileError,
)
from lianyi.tabular.html_files import read_html
from lianyi.tabular.sheets import DEFAULT_LIMITS, ReadingLimits, Workbook
from lianyi.tabular.spreadsheet_xml_files import read_spreadsheet_xml
from lianyi.tabular.text_files import decode_text, read_text_table
from lianyi.tabular.workbook_files import read_old_workbook, read_zipped_workbook

_OLE_SIGNATURE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP_SIGNATURES: Final = (b"PK\x03\x04", b"PK\x05\x06")
_OTHER_FORMATS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"{\\rtf", "an RTF text document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"MIME-Version:", "a web archive (MHTML)"),
)
_HEAD_BYTES: Final = 65_536
_HTML_TAGS: Final = re.compile(r"<(?:!doctype\s+html|html|table|body|meta)\b", re.IGNORECASE)
_SPREADSHEET_XML: Final = "urn:schemas-microsoft-com:office:spreadsheet"
_HOW_TO_MEND: Final = "Open it where it came from and save it as .xlsx, or as .csv in UTF-8."


def read_tables(source: bytes | Path, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> Workbook:
    """Read all visible sheets of a table file.

    Parameters
    ----------
    source
        The bytes of the file, or where it lies.
    name
        What the file is called, for messages only: an extension proves nothing.
    limits
        Most bytes, unpacked bytes, rows and cells that are read.

    Raises
    ------
    TableFileError
        One subclass for each reason; no other exception comes out, whatever the bytes are.
    """
    data = _bytes_of(source, name, limits)
    if not data.strip(b"\x00\t\n\r ") or data in {b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"}:
        raise EmptyFileError(f"{name} is empty. Fill in the template and send it again.", name=name)
    if data.startswith(_OLE_SIGNATURE):
        return read_old_workbook(data, name, limits)
    if data.startswith(_ZIP_SIGNATURES):
        return read_zipped_workbook(data, name, limits)
    for signature, what in _OTHER_FORMATS:
        if data.startswith(signature):
            raise NotATableError(f"{name} is {what}, not a table. {_HOW_TO_MEND}", name=name, found=what)
    return _read_text(data, name, limits)


def _bytes_of(source: bytes | Path, name: str, limits: ReadingLimits) -> bytes:
    if isinstance(source, bytes):
        size = len(source)
    else:
        try:
            size = source.stat().st_size
        except OSError as error:
            raise _unreadable(name, error) from error
    if size > limits.maximum_bytes:
        raise FileTooLargeError(
            f"{name} has {size:,} bytes; at most {limits.maximum_bytes:,} are read. Split it into several files.",
            name=name,
            bytes=size,
            maximum_bytes=limits.maximum_bytes,
        )
    if isinstance(source, bytes):
        return source
    try:
        return source.read_bytes()
    except OSError as error:
        raise _unreadable(name, error) from error


def _unreadable(name: str, error: OSError) -> UnreadableFileError:
    reason = error.strerror or str(error)
    return UnreadableFileError(
        f"{name} cannot be opened: {reason}. Check the path and the permissions.", name=name, reason=reason
    )


def _read_text(data: bytes, name: str, limits: ReadingLimits) -> Workbook:
    # Byte order marks are skipped here because decoding depends on what kind of text it is.
    head = data[:_HEAD_BYTES].replace(b"\x00", b"").decode("latin-1").lstrip("\xef\xbb\xbf\xff\xfe\t\n\r ")
    if head.startswith("<"):
        if _SPREADSHEET_XML in head:
            return read_spreadsheet_xml(data, name, limits)
        if _HTML_TAGS.search(head):
            return read_html(data, name, limits)
        if head.startswith("<?xml"):
            raise NotATableError(f"{name} is an XML document, not a table. {_HOW_TO_MEND}", name=name, found="XML")
    return read_text_table(decode_text(data, name), name, limits)
