"""What a file really is, told by its bytes: PDF, JPEG, PNG, DICOM or plain text, and nothing hidden in it.

Nothing is stripped or mended: a file is kept byte for byte, or refused with the reason.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lianyi.referrals.errors import AttachmentRefusedError

ACCEPTED_WORDS = "PDF, JPEG, PNG, DICOM, plain text"
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNK_OVERHEAD = 12
_PDF_TAIL = 2048
_DICOM_PREAMBLE = 128
_TIFF_HEADS = (b"II*\x00", b"MM\x00*")
# A browser that is talked into reading a file as a page would act on these, wherever in the file they stand.
_MARKUP = re.compile(rb"<\s*(?:script|html|svg|iframe|object|embed)\b|<!doctype\s+html|<\?php", re.IGNORECASE)
_PDF_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)\b")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")

_MARKER, _START_OF_SCAN, _END_OF_IMAGE = 0xFF, 0xDA, 0xD9
_STANDALONE = (0x01, *range(0xD0, 0xD9))


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that is taken: its type on the network and the endings that it may have."""

    content_type: str
    endings: tuple[str, ...]


PDF = FileKind("application/pdf", ("pdf",))
JPEG = FileKind("image/jpeg", ("jpg", "jpeg"))
PNG = FileKind("image/png", ("png",))
DICOM = FileKind("application/dicom", ("dcm", "dicom"))
TEXT = FileKind("text/plain", ("txt",))
KINDS = (PDF, JPEG, PNG, DICOM, TEXT)
ENDINGS = tuple(ending for kind in KINDS for ending in kind.endings)


def kind_of(name: str, content: bytes) -> FileKind:
    """Return what the file is.

    Raises
    ------
    AttachmentRefusedError
        When it is empty, of another kind, not what its name says, broken, or more than one thing at once.
    """
    if not content:
        raise AttachmentRefusedError("The file is empty. Choose another one.", field="file", reason="empty")
    kind = _by_first_bytes(content)
    _check_name(name, kind)
    _STRUCTURE[kind](content)
    if _MARKUP.search(content):
        raise AttachmentRefusedError(
            "The file holds parts of a web page or a program. Print it to a PDF, or take a photo of it.",
            field="file",
            reason="markup-inside",
        )
    return kind


def _by_first_bytes(content: bytes) -> FileKind:
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(_PNG_SIGNATURE):
        return PNG
    if content[_DICOM_PREAMBLE : _DICOM_PREAMBLE + 4] == b"DICM":
        return DICOM
    if _text_of(content) is not None:
        return TEXT
    raise AttachmentRefusedError(
        f"This kind of file is not taken. Accepted: {ACCEPTED_WORDS}.",
        field="file",
        reason="kind-not-taken",
        accepted=ACCEPTED_WORDS,
    )


def _text_of(content: bytes) -> str | None:
    """Return the text in UTF-8, or in the older Chinese encoding; None when it is none."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if _CONTROL.search(text) else text
    return None


def _check_name(name: str, kind: FileKind) -> None:
    _stem, dot, ending = name.strip().rpartition(".")
    # Machines that make DICOM files often give them no ending.
    if not dot or (kind is DICOM and ending.isdigit()):
        return
    if ending.lower() not in kind.endings:
        raise AttachmentRefusedError(
            f"The name ends with .{ending[:10]}, but the content is {kind.content_type}. Expected: .{kind.endings[0]}.",
            field="file",
            reason="not-what-it-says",
            given=f".{ending[:10]}",
            expected=f".{kind.endings[0]}",
        )


def _broken(kind: str) -> AttachmentRefusedError:
    return AttachmentRefusedError(
        f"The {kind} file is not complete or damaged. Send it again, or take a photo.", field="file", reason="broken"
    )


def _more_than_one(kind: str) -> AttachmentRefusedError:
    return AttachmentRefusedError(
        f"Something else is hidden behind the {kind} file. Send a plain picture: switch off moving pictures in the "
        "camera, or take a screenshot.",
        field="file",
        reason="more-than-one",
    )


def _check_pdf(content: bytes) -> None:
    tail = content[-_PDF_TAIL:]
    if b"%%EOF" not in tail or b"startxref" not in tail:
        raise _broken("PDF")
    if tail.rpartition(b"%%EOF")[2].strip(b"\r\n\x00 \t"):
        raise _more_than_one("PDF")
    if _PDF_ACTIVE.search(content):
        raise AttachmentRefusedError(
            "The PDF holds a program or another file. Print it to a PDF again, or take a photo of it.",
            field="file",
            reason="active-pdf",
        )


def _check_jpeg(content: bytes) -> None:
    """Walk the pictures in the file: a telephone may put a second one behind the first, but nothing else."""
    position = 0
    while content[position : position + 3] == b"\xff\xd8\xff":
        position = _end_of_jpeg(content, position + 2)
        while content[position : position + 1] == b"\x00":
            position += 1
    if position != len(content):
        raise _more_than_one("JPEG")


def _end_of_jpeg(content: bytes, position: int) -> int:
    in_scan = False
    while position + 1 < len(content):
        if in_scan and not _is_marker(content, position):
            position = content.find(b"\xff", position + 1)
            if position < 0:
                break
            continue
        if content[position] != _MARKER:
            break
        marker = content[position + 1]
        if marker == _END_OF_IMAGE:
            return position + 2
        if marker in _STANDALONE or marker == _MARKER:
            position += 1 if marker == _MARKER else 2
            continue
        length = int.from_bytes(content[position + 2 : position + 4], "big")
        if length < 2:  # noqa: PLR2004 - the length counts its own two bytes
            break
        in_scan = marker == _START_OF_SCAN
        position += 2 + length
    raise _broken("JPEG")


def _is_marker(content: bytes, position: int) -> bool:
    """Tell whether a byte of the picture's data begins a marker; FF 00 is data, and restarts stand inside it."""
    following = content[position + 1]
    return content[position] == _MARKER and following != 0 and following not in _STANDALONE


def _check_png(content: bytes) -> None:
    position, first = len(_PNG_SIGNATURE), True
    while position + _PNG_CHUNK_OVERHEAD <= len(content):
        length, name = struct.unpack(">I4s", content[position : position + 8])
        body_end = position + 8 + length
        if body_end + 4 > len(content) or (first and name != b"IHDR"):
            raise _broken("PNG")
        if zlib.crc32(content[position + 4 : body_end]) != int.from_bytes(content[body_end : body_end + 4], "big"):
            raise _broken("PNG")
        position, first = body_end + 4, False
        if name == b"IEND":
            if position != len(content):
                raise _more_than_one("PNG")
            return
    raise _broken("PNG")


def _check_dicom(content: bytes) -> None:
    preamble = content[:_DICOM_PREAMBLE]
    # The first 128 bytes are free, and have been used to hide a program; only an empty one or a TIFF head is usual.
    if preamble.strip(b"\x00") and not preamble.startswith(_TIFF_HEADS):
        raise _more_than_one("DICOM")
    if content[_DICOM_PREAMBLE + 4 : _DICOM_PREAMBLE + 6] != b"\x02\x00":
        raise _broken("DICOM")


def _check_text(content: bytes) -> None:
    if content.startswith(b"#!"):
        raise AttachmentRefusedError(
            "The file holds parts of a web page or a program. Print it to a PDF, or take a photo of it.",
            field="file",
            reason="markup-inside",
        )


_STRUCTURE: Mapping[FileKind, Callable[[bytes], None]] = {
    PDF: _check_pdf,
    JPEG: _check_jpeg,
    PNG: _check_png,
    DICOM: _check_dicom,
    TEXT: _check_text,
}
