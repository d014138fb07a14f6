"""The demonstration: a database with the five cases and a login for each part in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from lianyi.accounts.models import CommandReceipt, User
from lianyi.config import Config
from lianyi.operations import sqlite_copies
from lianyi.operations.console import Progress, Stage
from lianyi.operations.database_facts import pending_migrations
from lianyi.operations.demo_cases import LoadedCase, is_demo, is_loaded, load_case, load_shared, read_cases
from lianyi.operations.demo_logins import LOGINS_FILE, DemoLogin, make_logins
from lianyi.operations.demo_referrals import play_referrals
from lianyi.operations.errors import NotADemoError
from lianyi.operations.initialising import initialise
from lianyi.operations.site_lock import held_site
from lianyi.registry.models import Institution


@dataclass(frozen=True, slots=True)
class Demo:
    """What stands ready. The password is the one of every login."""

    cases: tuple[LoadedCase, ...]
    logins: tuple[DemoLogin, ...]
    password: str
    logins_file: str


def prepare_demo(config: Config, wanted_password: str, stage: Stage) -> Demo:
    """Bring the installation up to this version and load what is not there yet.

    A second time changes nothing, but writes the sample duty rosters further where they end soon.

    Raises
    ------
    NotADemoError
        When the database holds institutions or users that the demo did not make.
    """
    initialise()
    _require_demo_or_empty(config)
    cases = _load_cases(stage)
    with stage("Making the logins") as progress:
        logins, password = make_logins(config.home, wanted_password, progress)
    with stage("Playing sample patients") as progress:
        _play_patients(progress)
    return Demo(tuple(cases), tuple(logins), password, str(config.home / LOGINS_FILE))


def _play_patients(progress: Progress) -> None:
    _shared, cases = read_cases()
    for number, case in enumerate(cases, start=1):
        play_referrals(case.folder)
        progress(number, len(cases))


def _load_cases(stage: Stage) -> list[LoadedCase]:
    shared, cases = read_cases()
    if not all(is_loaded(case) for case in cases):
        for folder in shared:
            with stage("Loading places") as progress:
                load_shared(folder, progress)
    loaded = []
    for case in cases:
        with stage(f"Loading {case.title}") as progress:
            loaded.append(load_case(case, progress))
    return loaded


def _require_demo_or_empty(config: Config) -> None:
    if is_demo():
        return
    if Institution.objects.exists() or User.objects.filter(is_service=False).exists():
        raise _not_a_demo(config)


def _not_a_demo(config: Config) -> NotADemoError:
    return NotADemoError(
        f"The database {config.database.without_secret()} holds records that the demo did not make, and the demo does "
        "not mix its samples with them. Set LIANYI_HOME to an empty folder for the demo.",
        database=config.database.without_secret(),
    )


def reset_demo(config: Config) -> None:
    """Throw away the database of an earlier demo and its logins.

    Raises
    ------
    NotADemoError
        When it is another database, or one on a server.
    SiteRunningError
    """
    if not config.database.is_embedded:
        raise NotADemoError(
            "Only an embedded database can be reset. Drop and create the PostgreSQL database yourself.",
            database=config.database.without_secret(),
        )
    target = Path(config.database.name)
    if not target.exists():
        return
    with held_site(config.home, "reset"):
        _require_resettable(config)
        connection.close()
        sqlite_copies.remove(target)
        (config.home / LOGINS_FILE).unlink(missing_ok=True)


def _require_resettable(config: Config) -> None:
    """Accept a demo, also one of an older version, and a database in which there is nothing."""
    tables = connection.introspection.table_names()
    if not tables or (CommandReceipt._meta.db_table in tables and is_demo()):
        return
    if pending_migrations():
        raise _not_a_demo(config)
    _require_demo_or_empty(config)
