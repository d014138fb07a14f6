"""Load the founding cases through the same import and the same commands that people use."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from lianyi.accounts.models import CommandReceipt
from lianyi.cases import case_folders
from lianyi.dispatch.imports import settle_imported_postings
from lianyi.operations.acting import service_context
from lianyi.operations.console import Progress
from lianyi.operations.errors import CaseFileError
from lianyi.partnerships.commands import put_in_force
from lianyi.partnerships.models import Agreement
from lianyi.registry.imports.running import import_folder

CASE_FILE = "case.toml"
KEY_PREFIX = "demo:"


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What ``case.toml`` says; ``drafts`` are postings, as AGREEMENT/POSTING, that stay plans."""

    folder: Path
    id: str
    title: str
    agreements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LoadedCase:
    id: str
    title: str
    agreements: tuple[str, ...]
    was_loaded: bool


def read_cases() -> tuple[list[Path], list[CaseFacts]]:
    """Return the folders that the cases stand on, and the cases."""
    folders = case_folders()
    shared = [folder for folder in folders if not (folder / CASE_FILE).is_file()]
    return shared, [read_case(folder) for folder in folders if folder not in shared]


def read_case(folder: Path) -> CaseFacts:
    """Read the file that names a case and its agreements.

    Raises
    ------
    CaseFileError
    """
    path = folder / CASE_FILE
    try:
        facts = tomllib.loads(path.read_text(encoding="utf-8"))
        return CaseFacts(folder, facts["id"], facts["title"]["zh"], tuple(facts["agreements"]))
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise CaseFileError(
            f"{path} cannot be used ({error}). It needs id, title.zh and agreements.", file=str(path)
        ) from error


def is_loaded(case: CaseFacts) -> bool:
    """Tell whether the case is there: it is loaded in one transaction, so its last agreement tells for all."""
    return Agreement.objects.filter(code__in=case.agreements).count() == len(case.agreements)


def is_demo() -> bool:
    """Tell whether this database was made by the demo."""
    return CommandReceipt.objects.filter(key__startswith=KEY_PREFIX).exists()


def load_shared(folder: Path, progress: Progress) -> None:
    with transaction.atomic():
        import_folder(service_context(), folder, lambda _kind, done, total: progress(done, total))


def load_case(case: CaseFacts, progress: Progress) -> LoadedCase:
    """Import the tables of a case, put its agreements in force, publish its postings: whole or not at all."""
    if is_loaded(case):
        return LoadedCase(case.id, case.title, case.agreements, was_loaded=False)
    with transaction.atomic():
        import_folder(service_context(), case.folder, lambda _kind, done, total: progress(done, total))
        for code in case.agreements:
            agreement = Agreement.objects.get(code=code)
            put_in_force(service_context(f"{KEY_PREFIX}in-force:{code}"), agreement, agreement.version)
            settle_imported_postings(service_context(), agreement)
    return LoadedCase(case.id, case.title, case.agreements, was_loaded=True)
