"""Signing opinions, and telling whether one still says what was signed."""

from __future__ import annotations

import datetime
import hashlib
import json
from dataclasses import dataclass

from django.utils.crypto import constant_time_compare

from lianyi.accounts.audit import CommandContext, plain, record
from lianyi.referrals.models import Consultation, Opinion

CODE_LENGTH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody is about to sign."""

    part: Opinion.Part
    text: str
    specialty: str = ""
    adds_to: Opinion | None = None


def digest_of(opinion: Opinion) -> str:
    """Return the SHA-256 over everything that was signed: the words, who signed, when, and what it belongs to."""
    facts = {
        "consultation": opinion.consultation.number,
        "part": opinion.part,
        "specialty": opinion.specialty,
        "text": opinion.text,
        "signed_by": opinion.signed_by_id,
        "signed_at": plain(opinion.signed_at),
        "adds_to": "" if opinion.adds_to is None else opinion.adds_to.sha256,
    }
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def is_as_signed(opinion: Opinion) -> bool:
    """Tell whether the row still says what was signed; an addendum also needs the opinion it adds to."""
    own = constant_time_compare(opinion.sha256, digest_of(opinion))
    return own and (opinion.adds_to is None or is_as_signed(opinion.adds_to))


def check_code(opinion: Opinion) -> str:
    """Return the beginning of the digest, as it stands on paper to be compared by eye."""
    start = opinion.sha256[:CODE_LENGTH].upper()
    return " ".join(start[at : at + 4] for at in range(0, CODE_LENGTH, 4))


def sign(context: CommandContext, row: Consultation, draft: Draft, at: datetime.datetime) -> Opinion:
    """Keep an opinion with its digest; from here on it is not changed."""
    opinion = Opinion(
        consultation=row,
        part=draft.part,
        specialty=draft.specialty,
        text=draft.text.strip(),
        signed_by_id=context.actor.user_id,
        signed_at=at,
        adds_to=draft.adds_to,
    )
    opinion.sha256 = digest_of(opinion)
    opinion.save()
    # The trail holds the digest, which tells later whether the words were changed, and not the words.
    record(
        context,
        "referrals.opinion.sign",
        opinion,
        before=None,
        after={"consultation": row.number, "part": opinion.part, "sha256": opinion.sha256},
    )
    return opinion
