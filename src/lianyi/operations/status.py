"""What an installation is and how it is, in one look."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.db import DatabaseError
from django.utils import timezone

import lianyi
from lianyi.accounts.models import ChainHead, User
from lianyi.config import Config
from lianyi.dispatch.models import Posting
from lianyi.operations.backup import last_backup
from lianyi.operations.database_facts import applied_migrations, pending_migrations
from lianyi.operations.initialising import has_browser_assets
from lianyi.operations.rule_files import describe_rule_sets
from lianyi.operations.site_lock import holder_of_site
from lianyi.partnerships.models import Agreement, Alliance
from lianyi.referrals import heartbeat
from lianyi.registry.models import Department, Institution, Place, Staff

COUNTED = (Place, Institution, Department, Staff, Alliance, Agreement, Posting)


def read_status(config: Config) -> dict[str, Any]:
    """Return the state of the installation; a database that cannot be reached is part of it, not an error."""
    holder = holder_of_site(config.home)
    disk = shutil.disk_usage(_nearest_folder(config.home))
    return {
        "version": lianyi.__version__,
        "home": str(config.home),
        "time_zone": str(config.time_zone),
        "language": config.language,
        "now": timezone.localtime().isoformat(timespec="seconds"),
        "database": _database(config),
        "static_files": has_browser_assets(),
        "served": None if holder is None else asdict(holder),
        "disk_free_bytes": disk.free,
        "last_backup": last_backup(config),
        "rule_sets": describe_rule_sets(config.rules_directories),
    }


def _nearest_folder(path: Path) -> Path:
    """Return the folder itself or, where it is not made yet, the one above that is."""
    return next(folder for folder in (path, *path.parents) if folder.is_dir())


def _database(config: Config) -> dict[str, Any]:
    known: dict[str, Any] = {"address": config.database.without_secret(), "engine": config.database.engine}
    try:
        pending = pending_migrations()
        known |= {"is_reachable": True, "migrations_applied": len(applied_migrations()), "migrations_pending": pending}
        if not pending:
            known |= {"rows": _counts(), "audit": _audit(), "worker": _worker()}
    except DatabaseError as error:
        known |= {"is_reachable": False, "error": str(error).strip()}
    return known


def _counts() -> dict[str, int]:
    counts = {model._meta.label_lower: model._default_manager.count() for model in COUNTED}
    return counts | {User._meta.label_lower: User.objects.filter(is_service=False).count()}


def _audit() -> dict[str, Any]:
    head = ChainHead.objects.filter(pk=1).first() or ChainHead(pk=1)
    return {"events": head.sequence, "last_hash": head.hash}


def _worker() -> dict[str, Any]:
    """Return when the worker last turned; it writes that into the database, wherever it runs."""
    found = heartbeat.last_beat()
    now = timezone.now()
    return {
        "last_turn": None if found is None else timezone.localtime(found.beat_at).isoformat(timespec="seconds"),
        "seconds_ago": None if found is None else round((now - found.beat_at).total_seconds()),
        "is_turning": not heartbeat.is_late(found, now),
        "handled": 0 if found is None else found.handled,
    }
