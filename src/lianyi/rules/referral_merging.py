"""A policy that says only what it changes: its values laid over those of a policy that comes with the package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeGuard

# By what the entries of a list are known; a list that is not named here is replaced as a whole.
_KEY_OF_ENTRIES = {
    "packet": "code",
    "milestones": "code",
    "conditions": "code",
    "standards": "id",
    "measures": "id",
    "items": "code",
    "kinds": "code",
    "grounds": "code",
}
# A policy that is based on another says itself what it is, where and when it holds and where its numbers come from.
_NEVER_INHERITED = frozenset(
    {"id", "title", "jurisdiction", "is_default", "valid_from", "valid_to", "source", "confidence", "note"}
)
_LEFT_OUT = "left_out"

Values = Mapping[str, object]


def values_over(base: Values, own: Values) -> dict[str, object]:
    """Return the values of a policy that is based on another.

    Tables are joined key by key. Entries of a list with the code or id of an entry of the base are joined with it in
    its place, or take it away with ``left_out = true``; new ones come after. Everything else that is given replaces
    what the base has.
    """
    inherited = {key: value for key, value in base.items() if key not in _NEVER_INHERITED}
    return _joined(inherited, own)


def _joined(base: Values, own: Values) -> dict[str, object]:
    joined = dict(base)
    for key, value in own.items():
        joined[key] = _joined_value(key, base[key], value) if key in base else value
    return joined


def _joined_value(key: str, base: object, own: object) -> object:
    if isinstance(base, Mapping) and isinstance(own, Mapping):
        return _joined(base, own)
    if key in _KEY_OF_ENTRIES and _is_list_of_tables(base) and _is_list_of_tables(own):
        return _joined_entries(_KEY_OF_ENTRIES[key], base, own)
    return own


def _joined_entries(name: str, base: Sequence[Values], own: Sequence[Values]) -> list[Values]:
    known = [entry[name] for entry in base]
    changes: dict[object, Values] = {}
    further: list[Values] = []
    for entry in own:
        key = entry.get(name)
        # An entry given twice stays in the list, so that the parser refuses it.
        if isinstance(key, str) and key in known and key not in changes:
            changes[key] = entry
        else:
            further.append(entry)
    kept = [entry for entry in base if changes.get(entry[name], {}).get(_LEFT_OUT) is not True]
    return [*(_joined(entry, changes.get(entry[name], {})) for entry in kept), *further]


def _is_list_of_tables(value: object) -> TypeGuard[Sequence[Values]]:
    return isinstance(value, list) and all(isinstance(entry, Mapping) for entry in value)
