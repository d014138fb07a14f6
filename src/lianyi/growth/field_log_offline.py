"""The field log as a kind of entry that devices write without network: what its form needs, and how one is done."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, NoReturn

from django.utils import timezone
from django.utils.translation import gettext as _

from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.dispatch.models import Posting
from lianyi.growth.commands.field_log import NewEntry, write_entry
from lianyi.growth.field_log_rules import COUNTS, LONGEST_WORDS, MOST, FieldLogRefusedError
from lianyi.growth.field_log_texts import counts_in_both, people_in_both
from lianyi.growth.models.field_log import LogSource
from lianyi.growth.queries.field_log import logged_since, postings_to_log
from lianyi.growth.training_authority import keeps_training
from lianyi.growth.training_checks import PEOPLE_KEYS
from lianyi.referrals.offline_extensions import OfflineKind, register_offline_kind

KIND = "field_log"
DAYS_BACK = datetime.timedelta(days=14)


def register() -> None:
    register_offline_kind(OfflineKind(KIND, do, lists))


def lists(actor: Actor) -> Mapping[str, Any] | None:
    """Return the actor's own postings, and the team's, with the days of the last two weeks that have an entry."""
    since = timezone.localdate() - DAYS_BACK
    postings = [] if keeps_training(actor) else postings_to_log(actor, since)
    if not postings:
        return None
    logged = logged_since(postings, since)
    return {
        "postings": [_posting(row, logged[row.pk]) for row in postings],
        "counts": counts_in_both(),
        "people": people_in_both(),
        "most": MOST,
        "longest": LONGEST_WORDS,
    }


def _posting(row: Posting, logged: Mapping[str, int]) -> dict[str, Any]:
    person, site = row.staff, row.to_institution
    return {
        "id": row.pk,
        "zh": f"{person.name_zh} · {site.name_zh}",
        "en": f"{person.name_en or person.name_zh} · {site.name_en or site.name_zh}",
        "first": None if row.arrived_on is None else row.arrived_on.isoformat(),
        "last": "" if row.left_on is None else row.left_on.isoformat(),
        "logged": dict(sorted(logged.items())),
    }


def do(context: CommandContext, content: Mapping[str, Any]) -> str:
    """Write one entry; tell its writer when it stands beside another for the same day."""
    posting = _posting_named(context.actor, content.get("posting"))
    row = write_entry(context, posting, _entry(content))
    if not row.is_beside:
        return ""
    return _("Another entry for %(day)s had arrived before. Both are kept, this one counts.") % {"day": row.day}


def _posting_named(actor: Actor, key: object) -> Posting:
    found = {row.pk: row for row in postings_to_log(actor, datetime.date.min)}
    if not isinstance(key, int) or key not in found:
        raise FieldLogRefusedError("The posting is not one whose log you write.", field="posting", reason="posting")
    return found[key]


def _entry(content: Mapping[str, Any]) -> NewEntry:
    counts, people = _counts(content.get("counts"), COUNTS), _counts(content.get("people"), PEOPLE_KEYS)
    words, follows = content.get("words", ""), content.get("follows", 0)
    if not isinstance(words, str) or "\x00" in words or type(follows) is not int or follows < 0:
        _refuse()
    try:
        day = datetime.date.fromisoformat(str(content.get("day")))
    except ValueError:
        _refuse()
    return NewEntry(day=day, **counts, people=people, words=words, follows=follows, source=LogSource.OFFLINE)


def _counts(given: object, known: tuple[str, ...]) -> dict[str, int]:
    if (
        not isinstance(given, dict)
        or set(given) - set(known)
        or any(type(count) is not int for count in given.values())
    ):
        _refuse()
    return dict(given)


def _refuse() -> NoReturn:
    raise FieldLogRefusedError("The entry of the device cannot be read.", reason="content")
