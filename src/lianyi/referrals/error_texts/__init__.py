"""What refusals about referrals say to people, by subject; each module holds ``TEXTS`` by ``code.reason``."""

from __future__ import annotations

import importlib
import pkgutil

from lianyi.pages.errors import register_error_texts


def register() -> None:
    """Tell the pages; once, when the application starts."""
    for module in sorted(each.name for each in pkgutil.iter_modules(__path__)):
        register_error_texts(importlib.import_module(f"{__name__}.{module}").TEXTS)
