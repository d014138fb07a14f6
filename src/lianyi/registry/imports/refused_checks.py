"""A check of the commands put to a row of a table, its refusal told as that of the row."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import override

from lianyi.errors import LianyiError
from lianyi.pages.errors import message_of
from lianyi.registry.imports.planning import Problems
from lianyi.tabular.problems import CellProblem


def said(check: Callable[[], object]) -> Problems:
    """Run a check of the commands and tell its refusal as that of a row, in both languages."""
    try:
        check()
    except LianyiError as error:
        with override("en"):
            english = message_of(error)
        with override("zh-hans"):
            chinese = message_of(error)
        return (CellProblem("refused", {"reason": error.code, "reason_en": english, "reason_zh": chinese}),)
    return ()
