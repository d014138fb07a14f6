"""What categories of points are called, in the language of the page."""

from __future__ import annotations

import datetime

from lianyi.exchanges.category_lists import category_book
from lianyi.pages.names import in_language


def category_word(code: str) -> str:
    """Return what a category is called; a code that no list has any more is shown as it is."""
    words = category_book().words(code)
    return code if words is None else in_language(words.zh, words.en)


def category_choices(day: datetime.date, *, of_difficulties: bool) -> list[tuple[str, str]]:
    """Return the categories in force on a day: those of work, or those of difficulties."""
    codes = category_book().on(day).codes(of_difficulties=of_difficulties)
    return [(code, category_word(code)) for code in codes]
