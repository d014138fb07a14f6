"""Files as people send them, made byte by byte: old workbooks, patched archives, open documents."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Sequence

import xlsxwriter

_SECTOR = 512
_END_OF_CHAIN = 0xFFFFFFFE
_FREE = 0xFFFFFFFF
_FAT_SECTOR = 0xFFFFFFFD


def workbook(rows: Sequence[Sequence[object]], *, hidden: Sequence[str] = ()) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"strings_to_formulas": False, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("Sheet")
        for row_index, row in enumerate(rows):
            for column_index, cell in enumerate(row):
                if cell is not None:
                    sheet.write(row_index, column_index, cell)
        for name in hidden:
            book.add_worksheet(name).hide()
    return stream.getvalue()


def patched(archive: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """Put every part of the archive through `change`."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
    return stream.getvalue()


def open_document(table: str, *, mimetype: str = "application/vnd.oasis.opendocument.spreadsheet") -> bytes:
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="Sheet">{table}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        target.writestr("mimetype", mimetype)
        target.writestr("META-INF/manifest.xml", manifest)
        target.writestr("content.xml", content)
    return stream.getvalue()


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _cell_record(row: int, column: int, cell: str | float) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(cell, str):
        return _record(0x0204, place + struct.pack("<HB", len(cell), 1) + cell.encode("utf-16-le"))
    return _record(0x0203, place + struct.pack("<d", cell))


def old_workbook(rows: Sequence[Sequence[str | float]], *, encrypted: bool = False) -> bytes:
    """Make a BIFF8 workbook (.xls) of one sheet in a compound file."""
    begin = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 0x0600)
    sheet_begin = struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 0x0600)
    password = _record(0x002F, struct.pack("<HHHH", 1, 1, 1, 1) + bytes(46)) if encrypted else b""
    globals_before = _record(0x0809, begin) + password
    sheet_name = struct.pack("<BB", 5, 0) + b"Sheet"
    bound_sheet_length = 4 + 6 + len(sheet_name)
    offset = len(globals_before) + bound_sheet_length + 4
    stream = globals_before + _record(0x0085, struct.pack("<IBB", offset, 0, 0) + sheet_name) + _record(0x000A)
    stream += _record(0x0809, sheet_begin)
    stream += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    for row_index, row in enumerate(rows):
        for column_index, cell in enumerate(row):
            stream += _cell_record(row_index, column_index, cell)
    stream += _record(0x000A)
    return _compound_file("Workbook", stream)


def encrypted_new_workbook() -> bytes:
    """Make what becomes of an .xlsx with a password: a compound file around an encrypted stream."""
    return _compound_file("EncryptedPackage", bytes(4096))


def _compound_file(name: str, stream: bytes) -> bytes:
    stream = stream.ljust(max(4096, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    sectors = len(stream) // _SECTOR
    chain = [*range(3, sectors + 2), _END_OF_CHAIN]
    table = [_FAT_SECTOR, _END_OF_CHAIN, *chain]
    table += [_FREE] * (_SECTOR // 4 - len(table))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, _END_OF_CHAIN, 0, _END_OF_CHAIN, 0)
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    directory = _directory_entry("Root Entry", 5, 1, _END_OF_CHAIN, 0) + _directory_entry(
        name, 2, _FREE, 2, len(stream)
    )
    return header + struct.pack(f"<{len(table)}I", *table) + directory.ljust(_SECTOR, b"\0") + stream


def _directory_entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    encoded = (name + "\0").encode("utf-16-le")
    entry = encoded.ljust(64, b"\0") + struct.pack("<HBBIII", len(encoded), kind, 1, _FREE, _FREE, child)
    return entry + bytes(36) + struct.pack("<IQ", start, size)
