"""The one file of a backup: a gzip-compressed tar with the parts and, last, a manifest with the digest of each.

The manifest comes last so that it tells the digest of what was written, not of what was meant to be.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

from lianyi.operations.console import Progress
from lianyi.operations.errors import BackupDamagedError, BackupUnfitError

FORMAT: Final = "lianyi-backup"
FORMAT_VERSION: Final = 1
MANIFEST: Final = "manifest.json"
DOCUMENTS: Final = "documents"
KEY_PART: Final = "secret-key"
_CHUNK: Final = 1024 * 1024
_LARGEST_MANIFEST: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """One file inside the archive."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says about itself. ``rows`` counts every table of the database inside."""

    lianyi: str
    taken_at: str
    engine: str
    database_part: str
    migrations: tuple[str, ...]
    rows: Mapping[str, int]
    audit_events: int
    audit_hash: str
    parts: tuple[Part, ...]
    format: str = FORMAT
    format_version: int = FORMAT_VERSION

    @property
    def has_secret_key(self) -> bool:
        return any(part.name == KEY_PART for part in self.parts)

    @property
    def documents(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.name.startswith(f"{DOCUMENTS}/"))


class _Digesting(io.RawIOBase):
    """A file that is read once, digested on the way."""

    def __init__(self, source: IO[bytes], count: Callable[[int], None]) -> None:
        self._source = source
        self._count = count
        self._sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._source.read(size)
        self._sha256.update(chunk)
        self._count(len(chunk))
        return chunk

    def hexdigest(self) -> str:
        return self._sha256.hexdigest()


class _Counter:
    """How many bytes went by, of how many."""

    def __init__(self, total: int, progress: Progress) -> None:
        self._done = 0
        self._total = total
        self._progress = progress

    def add(self, size: int) -> None:
        self._done += size
        self._progress(min(self._done, self._total), self._total)


def write_archive(
    target: Path, files: Mapping[str, Path], manifest_of: Callable[[tuple[Part, ...]], Manifest], progress: Progress
) -> Manifest:
    """Write the files under their names and the manifest after them."""
    counter = _Counter(sum(path.stat().st_size for path in files.values()), progress)
    with tarfile.open(target, "w:gz", format=tarfile.PAX_FORMAT) as archive:
        parts = tuple(_add(archive, name, path, counter) for name, path in files.items())
        manifest = manifest_of(parts)
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode("utf-8")
        archive.addfile(_header(MANIFEST, len(text)), io.BytesIO(text))
    return manifest


def _add(archive: tarfile.TarFile, name: str, path: Path, counter: _Counter) -> Part:
    with path.open("rb") as file:
        source = _Digesting(file, counter.add)
        header = _header(name, path.stat().st_size)
        archive.addfile(header, source)
        return Part(name, header.size, source.hexdigest())


def _header(name: str, size: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size = size
    header.mode = 0o600
    return header


def read_archive(source: Path, folder: Path, progress: Progress) -> Manifest:
    """Unpack an archive into a folder and return its manifest, every digest compared.

    Raises
    ------
    BackupDamagedError
        When a byte is missing or changed, or a file is there that the manifest does not name.
    BackupUnfitError
        When it was written in a form that this version does not know.
    """
    try:
        found, text = _unpack(source, folder, progress)
    except (tarfile.TarError, zlib.error, EOFError, gzip.BadGzipFile, UnicodeError, ValueError) as error:
        raise _damaged(source, f"it cannot be unpacked ({error or type(error).__name__})") from error
    if text is None:
        raise _damaged(source, "it has no manifest; it was cut off, or is not a backup of Lianyi")
    manifest = _manifest_of(source, text)
    if {part.name: part for part in manifest.parts} != found:
        wrong = sorted({part.name for part in set(manifest.parts) ^ set(found.values())})
        raise _damaged(source, f"these parts are not as they were written: {', '.join(wrong)}")
    return manifest


def _unpack(source: Path, folder: Path, progress: Progress) -> tuple[dict[str, Part], bytes | None]:
    found: dict[str, Part] = {}
    text: bytes | None = None
    with source.open("rb") as raw:
        counter = _Counter(source.stat().st_size, progress)
        counted = io.BufferedReader(_Counted(raw, counter.add), _CHUNK)
        with gzip.GzipFile(fileobj=counted) as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isreg() else None
                if content is None or text is not None or member.name in found:
                    raise tarfile.ReadError(f"an entry that no backup holds: {member.name}")
                if member.name == MANIFEST:
                    text = content.read(_LARGEST_MANIFEST)
                else:
                    found[member.name] = _extract(member, content, folder)
            # Only at the very end does gzip compare its own check sum, which also guards the manifest.
            while stream.read(_CHUNK):
                pass
    return found, text


class _Counted(io.RawIOBase):
    """A raw file that tells how many bytes were read from it."""

    def __init__(self, source: IO[bytes], count: Callable[[int], None]) -> None:
        self._source = source
        self._count = count

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any writable buffer
        chunk = self._source.read(len(buffer))
        buffer[: len(chunk)] = chunk
        self._count(len(chunk))
        return len(chunk)


def _extract(member: tarfile.TarInfo, content: IO[bytes], folder: Path) -> Part:
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts:
        raise tarfile.ReadError(f"an entry that leads out of the folder: {member.name}")
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    sha256 = hashlib.sha256()
    target.touch(mode=0o600)
    with target.open("wb") as file:
        while chunk := content.read(_CHUNK):
            sha256.update(chunk)
            file.write(chunk)
    return Part(member.name, target.stat().st_size, sha256.hexdigest())


def _manifest_of(source: Path, text: bytes) -> Manifest:
    try:
        facts = json.loads(text)
        form = (facts["format"], facts["format_version"])
        if form != (FORMAT, FORMAT_VERSION):
            raise BackupUnfitError(
                f"{source} is written in the form {form[0]} {form[1]}; this version reads {FORMAT} {FORMAT_VERSION}. "
                "Restore it with the version of Lianyi that made it.",
                given=form,
            )
        parts = tuple(Part(**part) for part in facts.pop("parts"))
        return Manifest(**{**facts, "migrations": tuple(facts["migrations"])}, parts=parts)
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(source, f"its manifest cannot be read ({error})") from error


def _damaged(source: Path, what: str) -> BackupDamagedError:
    return BackupDamagedError(f"{source} is not intact: {what}. Use another copy of it.", file=str(source))


def files_below(folder: Path, prefix: str) -> Sequence[tuple[str, Path]]:
    """Return every file below a folder with its name inside the archive, in a fixed order."""
    if not folder.is_dir():
        return []
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return [(f"{prefix}/{path.relative_to(folder).as_posix()}", path) for path in found]
