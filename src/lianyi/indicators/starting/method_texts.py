"""The texts of the methods' refusals, registered when the application starts."""

from __future__ import annotations

from lianyi.indicators.method_texts import METHOD_TEXTS
from lianyi.pages.errors import register_error_texts


def register() -> None:
    register_error_texts(METHOD_TEXTS)
