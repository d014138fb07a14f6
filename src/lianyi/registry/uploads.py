"""Files between their preview and their import: kept in the installation's own folder, bound to who sent them.

Each lies under a random name beside a small note of who sent it and what it is. It goes as soon as it is imported or
discarded; what was forgotten goes after a day.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError

SECONDS_KEPT = 24 * 3600
_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Upload:
    """One kept file. ``affiliation_id`` is how the sender acted: another of their roles may not use it."""

    token: str
    kind: str
    file_name: str
    user_id: int
    affiliation_id: int | None

    @property
    def path(self) -> Path:
        return _folder() / f"{self.token}.table"

    @property
    def note_path(self) -> Path:
        return _folder() / f"{self.token}.json"


def _folder() -> Path:
    return Path(settings.CONFIG.home) / "documents" / "imports"


def keep_upload(actor: Actor, kind: str, file: UploadedFile[bytes]) -> Upload:
    """Keep a file until it is imported or discarded."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _drop_forgotten(folder)
    upload = Upload(secrets.token_hex(16), kind, file.name or "", actor.user_id, actor.affiliation_id)
    for path in (upload.path, upload.note_path):
        path.touch(mode=0o600)
    with upload.path.open("wb") as kept:
        for chunk in file.chunks():
            kept.write(chunk)
    upload.note_path.write_text(json.dumps(asdict(upload)), encoding="utf-8")
    return upload


def kept_upload(actor: Actor, token: str) -> Upload:
    """Return a kept file of the acting person.

    Raises
    ------
    NotFoundInScopeError
        When there is none, or it is somebody else's.
    """
    note = _folder() / f"{token}.json"
    if _TOKEN.fullmatch(token) and note.is_file():
        upload = Upload(**json.loads(note.read_text(encoding="utf-8")))
        if (upload.user_id, upload.affiliation_id) == (actor.user_id, actor.affiliation_id):
            return upload
    raise NotFoundInScopeError(
        "There is no such uploaded file of yours any more. Upload it again.", reason="upload", model="Upload"
    )


def drop_upload(upload: Upload) -> None:
    for path in (upload.path, upload.note_path):
        path.unlink(missing_ok=True)


def _drop_forgotten(folder: Path) -> None:
    oldest = timezone.now().timestamp() - SECONDS_KEPT
    for path in folder.iterdir():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
