"""Names that stand in the records in Chinese and in English, in the language of the page."""

from __future__ import annotations

from django.utils.translation import get_language

# About as many letters as an English word has that one Chinese character would stand for.
LATIN_LETTERS_FOR_ONE_CHINESE = 3


def page_is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def in_language(chinese: str, english: str) -> str:
    """Return the text in the page's language, or in the other one when it was never given."""
    first, second = (chinese, english) if page_is_chinese() else (english, chinese)
    return first or second


def language_of(text: str) -> str:
    """Return the language tag of a text that is kept in one language only, told by its letters.

    A Chinese text often names things in Latin letters and an English one seldom in Chinese, so Chinese needs fewer.
    """
    chinese = sum("\u4e00" <= letter <= "\u9fff" for letter in text)
    latin = sum(letter.isascii() and letter.isalpha() for letter in text)
    return "zh-Hans" if chinese and chinese * LATIN_LETTERS_FOR_ONE_CHINESE >= latin else "en"


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
