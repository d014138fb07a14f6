"""Recognition and thanks: written down, changed, taken back."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lianyi.accounts.access import covers, require
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.records import Provenance
from lianyi.errors import InvalidInputError
from lianyi.exchanges.commands.writing import as_wanted, changed, made, require_reason, require_words
from lianyi.exchanges.models import Recognition, RecognitionKind

RECOGNITION_FIELDS = (
    *("kind", "given_on", "to_staff_id", "to_words", "what_for_zh", "what_for_en", "given_by_id", "gift"),
    "handed_over_on",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecognition:
    """To whom, what for, by whom, and what was handed over."""

    code: str
    kind: str
    given_on: datetime.date
    given_by_id: int
    agreement_id: int | None = None
    visit_id: int | None = None
    to_staff_id: int | None = None
    to_words: str = ""
    what_for_zh: str = ""
    what_for_en: str = ""
    gift: str = ""
    handed_over_on: datetime.date | None = None
    provenance: str = Provenance.RECORDED


@command("exchanges.recognition.give")
def give_recognition(context: CommandContext, new: NewRecognition) -> Recognition:
    """Write recognition or thanks down: by whoever acts for the institution that gives it."""
    require(context.actor, "visit.write")
    require_giver(context, new.given_by_id)
    if Recognition.objects.filter(code=new.code).exists():
        raise InvalidInputError(
            f"'{new.code}' stands here already; choose another code.",
            field="code",
            reason="exchange-code-taken",
            given=new.code,
        )
    row = Recognition(**{name: getattr(new, name) for name in NewRecognition.__dataclass_fields__})
    if row.visit is not None:
        require(context.actor, "visit.read", row.visit)
        row.agreement = row.visit.agreement
    elif row.agreement is not None:
        require(context.actor, "visit.read", row.agreement)
    check_recognition(row)
    return made(context, "exchanges.recognition.give", row)


def require_giver(context: CommandContext, institution_id: int) -> None:
    """Refuse unless the actor acts for the institution that gives.

    Raises
    ------
    NotPermittedError
    """
    if not covers(context.actor, institution_id):
        raise NotPermittedError(
            "Recognition is written down by whoever acts for the institution that gives it.",
            reason="recognition-giver",
            permission="visit.write",
        )


def check_recognition(row: Recognition) -> None:
    """Refuse what no recognition can say.

    Raises
    ------
    InvalidInputError
    """
    if row.kind not in RecognitionKind.values:
        raise InvalidInputError(
            f"'{row.kind}' is not on the list.", field="kind", reason="exchange-code-unknown", given=row.kind
        )
    if row.to_staff_id is None and not row.to_words.strip():
        raise InvalidInputError("Say to whom it is given.", field="to_words", reason="recognition-to-nobody")
    require_words("what_for_zh", row.what_for_zh, row.what_for_en)


@command("exchanges.recognition.change")
def change_recognition(
    context: CommandContext, row: Recognition, changes: Mapping[str, Any], expected_version: int
) -> Recognition:
    require(context.actor, "visit.write", row)
    require_giver(context, row.given_by_id)
    wanted = as_wanted(row, changes, RECOGNITION_FIELDS)
    require_giver(context, wanted.given_by_id)
    check_recognition(wanted)
    return changed(context, "exchanges.recognition.change", row, changes, expected_version)


@command("exchanges.recognition.take_back")
def take_back_recognition(context: CommandContext, row: Recognition, expected_version: int) -> Recognition:
    """Take back what was written in error; it stays on record."""
    require(context.actor, "visit.write", row)
    require_giver(context, row.given_by_id)
    require_reason(context, "take_back")
    return changed(context, "exchanges.recognition.take_back", row, {"is_void": True}, expected_version)
