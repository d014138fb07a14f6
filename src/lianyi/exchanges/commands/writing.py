"""What all commands about visits share: a row made or changed, with its line in the trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from lianyi.accounts.audit import CommandContext, creation_facts, snapshot
from lianyi.accounts.records import VersionedRecord, save_changes
from lianyi.errors import InvalidInputError
from lianyi.exchanges.confidence import record_discreetly

Row = TypeVar("Row", bound=VersionedRecord)


def made(context: CommandContext, action: str, row: Row) -> Row:
    """Save a new row and tell the trail."""
    row.save()
    record_discreetly(context, action, row, before=None, after=creation_facts(row))
    return row


def changed(context: CommandContext, action: str, row: Row, changes: Mapping[str, Any], expected_version: int) -> Row:
    """Save changes to a row as it was seen and tell the trail."""
    before = snapshot(row, changes)
    save_changes(row, dict(changes), expected_version)
    record_discreetly(context, action, row, before=before, after=snapshot(row, changes))
    return row


def as_wanted(row: Row, changes: Mapping[str, Any], accepted: Sequence[str]) -> Row:
    """Return the row as it would be, unsaved.

    Raises
    ------
    InvalidInputError
        Naming the fields that cannot be changed.
    """
    unknown = sorted(set(changes) - set(accepted))
    if unknown:
        raise InvalidInputError(
            f"These cannot be changed here: {', '.join(unknown)}.", reason="fields-fixed", fields=unknown
        )
    wanted: Row = type(row)._default_manager.get(pk=row.pk)
    for name, value in changes.items():
        setattr(wanted, name, value)
    return wanted


def require_words(field: str, *texts: str) -> None:
    """Refuse what says nothing in either language.

    Raises
    ------
    InvalidInputError
    """
    if not any(text.strip() for text in texts):
        raise InvalidInputError("Say it in Chinese or in English.", field=field, reason="exchange-no-words")


def require_reason(context: CommandContext, step: object) -> None:
    """Refuse a step without a sentence.

    Raises
    ------
    InvalidInputError
    """
    if not context.reason.strip():
        raise InvalidInputError(
            f"The step '{step}' needs a reason in words.", field="reason", reason="exchange-without-reason", step=step
        )
