"""Names that stand in the records in Chinese and in English, in the language of the page."""

from __future__ import annotations

from django.utils.translation import get_language


def page_is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def in_language(chinese: str, english: str) -> str:
    """Return the text in the page's language, or in the other one when it was never given."""
    first, second = (chinese, english) if page_is_chinese() else (english, chinese)
    return first or second


def name_of(row: object, stem: str = "name") -> str:
    """Return ``name_zh`` or ``name_en`` (``stem`` may be "title", "summary", "statement") of a row.

    A row that keeps no names in two languages is shown by its own text.
    """
    if row is None:
        return ""
    chinese, english = getattr(row, f"{stem}_zh", None), getattr(row, f"{stem}_en", None)
    if chinese is None and english is None:
        return str(row)
    return in_language(chinese or "", english or "")
