"""The addresses of these pages: those of each subject, one after the other."""

from __future__ import annotations

import importlib
import pkgutil

from lianyi.indicators import url_lists

app_name = "indicators"
urlpatterns = [
    pattern
    for module in sorted(each.name for each in pkgutil.iter_modules(url_lists.__path__))
    for pattern in importlib.import_module(f"lianyi.indicators.url_lists.{module}").patterns
]
