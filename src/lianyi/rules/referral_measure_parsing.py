"""The rule of recognition and the shares of a policy, read from its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lianyi.rules.parsing import read_identifier, read_last_day, read_words
from lianyi.rules.referral_measures import Recognition, RepeatGround, ResultKind, ShareCount, ShareMeasure
from lianyi.rules.referral_packet import read_code_among, read_codes
from lianyi.rules.schema import Confidence

if TYPE_CHECKING:
    from collections.abc import Collection

    from lianyi.rules.tables import Table

_MEASURE_KEYS = (
    "id", "zh", "en", "condition", "counts", "needs", "target_share", "valid_from", "valid_to", "confidence", "source",
    "note",
)  # fmt: skip


def read_recognition(table: Table) -> Recognition | None:
    """Return the rule of recognition of a policy, None where it has none."""
    if "recognition" not in table:
        return None
    own = table.table("recognition", ("kinds", "grounds", "source", "confidence", "note"))
    kinds = own.tables("kinds", ("code", "zh", "en", "valid_days"), named_by="code")
    grounds = own.tables("grounds", ("code", "zh", "en"), named_by="code")
    return Recognition(
        kinds=tuple(
            ResultKind(code, read_words(entry), _valid_days(entry))
            for code, entry in zip(read_codes(kinds), kinds, strict=True)
        ),
        grounds=tuple(
            RepeatGround(code, read_words(entry)) for code, entry in zip(read_codes(grounds), grounds, strict=True)
        ),
        source=own.text("source"),
        confidence=own.choice("confidence", Confidence),
        note=own.optional_text("note") or "",
    )


def _valid_days(entry: Table) -> int:
    days = entry.integer("valid_days")
    if days == 0:
        raise entry.refuse("valid_days", "0", "a whole number of 1 or more; leave the kind out if it is not recognised")
    return days


def read_measures(table: Table, conditions: Collection[str]) -> tuple[ShareMeasure, ...]:
    """Return the shares that a policy names, each id once."""
    measures: list[ShareMeasure] = []
    for entry in table.optional_tables("measures", _MEASURE_KEYS, named_by="id"):
        measure = _measure(entry, conditions)
        if measure.id in [each.id for each in measures]:
            raise entry.refuse("id", repr(measure.id), "an id not used before in this list")
        measures.append(measure)
    return tuple(measures)


def _measure(entry: Table, conditions: Collection[str]) -> ShareMeasure:
    counts = entry.choice("counts", ShareCount)
    target = entry.optional_number("target_share")
    if target is not None and not 0 < target <= 1:
        raise entry.refuse("target_share", repr(target), "a share above 0, up to 1")
    if (counts is ShareCount.NOT_RECORDED) != ("needs" in entry):
        raise entry.refuse("needs", "present" if "needs" in entry else "nothing", "a text exactly where not_recorded")
    return ShareMeasure(
        id=read_identifier(entry),
        name=read_words(entry),
        condition=read_code_among(entry, "condition", conditions),
        counts=counts,
        needs=read_words(entry.table("needs", ("zh", "en"))) if "needs" in entry else None,
        target_share=target,
        valid_from=entry.day("valid_from"),
        valid_to=read_last_day(entry),
        confidence=entry.choice("confidence", Confidence),
        source=entry.text("source"),
        note=entry.optional_text("note") or "",
    )
