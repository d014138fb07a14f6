"""Characters that nobody sees: texts made of them alone, and those that put a text into a misleading order."""

from __future__ import annotations

import unicodedata

# Embeddings, overrides and isolates (Unicode Standard Annex 9): with them a name reads differently than it is kept.
_DIRECTIONS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINES = frozenset("\n\r\t")


def has_visible_characters(text: str) -> bool:
    r"""Tell whether anything of a text can be seen.

    Examples
    --------
    >>> has_visible_characters("山县"), has_visible_characters("\u202e\u200b")
    (True, False)
    """
    return any(unicodedata.category(character)[0] not in "CZ" for character in text)


def unwanted_characters(text: str) -> tuple[str, ...]:
    r"""Return the control characters and changes of direction in a text, each once, as their code points.

    Examples
    --------
    >>> unwanted_characters("a\x07b\u202ec\n")
    ('U+0007', 'U+202E')
    """
    found = dict.fromkeys(
        character
        for character in text
        if character in _DIRECTIONS or (unicodedata.category(character) in ("Cc", "Cs") and character not in _LINES)
    )
    return tuple(f"U+{ord(character):04X}" for character in found)
