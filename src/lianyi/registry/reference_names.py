"""What codes of the reference lists are called, in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from lianyi.pages.names import in_language
from lianyi.rules import load_reference


@cache
def _words(list_name: str) -> Mapping[str, tuple[str, str]]:
    return {item.code: (item.zh, item.en) for item in load_reference(list_name)}


def reference_name(list_name: str, code: str | None) -> str:
    """Return the code's name; a code that the list no longer has is shown as it is."""
    if not code:
        return ""
    words = _words(list_name).get(code)
    return code if words is None else in_language(*words)


def reference_choices(list_name: str) -> list[tuple[str, str]]:
    """Return every code with its name, in the order of the list."""
    return [(code, in_language(*words)) for code, words in _words(list_name).items()]


def numbered_choices(list_name: str) -> list[tuple[str, str]]:
    """Return every code with code and name: for lists whose codes people know by heart, as the specialties."""
    return [(code, f"{code} {name}") for code, name in reference_choices(list_name)]
