"""The questions of the referral form, read from a policy file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lianyi.rules.parsing import read_words
from lianyi.rules.referral_policy import PacketItem, PacketKind, ReferralDirection, ReferralUrgency
from lianyi.rules.schema import ReferenceItem

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from lianyi.rules.tables import Table

_CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_ITEM_KEYS = (
    "code",
    "zh",
    "en",
    "kind",
    "unit",
    "minimum",
    "maximum",
    "choices",
    "required_for",
    "urgencies",
    "directions",
    "conditions",
    "except_conditions",
    "help",
    "is_identifying",
)


def read_packet(table: Table, conditions: Collection[str]) -> tuple[PacketItem, ...]:
    """Return the items of a policy in the order of the file; codes are those of its conditions."""
    entries = table.tables("packet", _ITEM_KEYS, named_by="code")
    codes = read_codes(entries)
    return tuple(_item(code, entry, conditions) for code, entry in zip(codes, entries, strict=True))


def read_codes(entries: Sequence[Table]) -> tuple[str, ...]:
    """Return the codes of the entries of a list, each used once."""
    codes: list[str] = []
    for entry in entries:
        code = entry.text("code")
        if not _CODE.fullmatch(code):
            raise entry.refuse("code", repr(code), "small letters and digits joined by underscores")
        if code in codes:
            raise entry.refuse("code", repr(code), "a code not used before in this list")
        codes.append(code)
    return tuple(codes)


def read_code_among(entry: Table, key: str, known: Collection[str]) -> str:
    """Return a code that stands elsewhere in the file."""
    code = entry.text(key)
    if code not in known:
        raise entry.refuse(key, repr(code), ", ".join(known))
    return code


def _item(code: str, entry: Table, conditions: Collection[str]) -> PacketItem:
    item = PacketItem(
        code=code,
        name=read_words(entry),
        kind=entry.choice("kind", PacketKind),
        unit=read_words(entry.table("unit", ("zh", "en"))) if "unit" in entry else None,
        minimum=entry.optional_number("minimum"),
        maximum=entry.optional_number("maximum"),
        choices=_choices(entry),
        required_for=_urgencies(entry, "required_for"),
        urgencies=_urgencies(entry, "urgencies"),
        directions=entry.texts("directions", ReferralDirection),
        conditions=entry.texts("conditions", conditions),
        except_conditions=entry.texts("except_conditions", conditions),
        help=read_words(entry.table("help", ("zh", "en"))) if "help" in entry else None,
        is_identifying=entry.boolean("is_identifying") if "is_identifying" in entry else False,
    )
    _check_kind(entry, item)
    _check_scope(entry, item)
    return item


def _choices(entry: Table) -> tuple[ReferenceItem, ...]:
    choices = entry.optional_tables("choices", ("code", "zh", "en"), named_by="code")
    return tuple(
        ReferenceItem(code=code, zh=choice.text("zh"), en=choice.text("en"))
        for code, choice in zip(read_codes(choices), choices, strict=True)
    )


def _urgencies(entry: Table, key: str) -> tuple[ReferralUrgency, ...]:
    return tuple(ReferralUrgency(urgency) for urgency in entry.texts(key, ReferralUrgency))


def _check_kind(entry: Table, item: PacketItem) -> None:
    if item.kind is PacketKind.CHOICE and not item.choices:
        raise entry.refuse("choices", "nothing", "a list of choices, which an item of kind choice needs")
    if item.kind is not PacketKind.CHOICE and item.choices:
        raise entry.refuse("choices", f"{len(item.choices)} choices", "choices only where kind is choice")
    for key in ("unit", "minimum", "maximum"):
        if item.kind is not PacketKind.NUMBER and key in entry:
            raise entry.refuse(key, "a value", f"a {key} only where kind is number")
    if item.minimum is not None and item.maximum is not None and item.maximum < item.minimum:
        raise entry.refuse("maximum", repr(item.maximum), f"{item.minimum} (minimum) or more")


def _check_scope(entry: Table, item: PacketItem) -> None:
    for urgency in item.required_for:
        if item.urgencies and urgency not in item.urgencies:
            raise entry.refuse("required_for", repr(str(urgency)), "urgencies at which the item is asked")
    if item.conditions and item.except_conditions:
        raise entry.refuse("except_conditions", repr(list(item.except_conditions)), "either conditions or exceptions")
