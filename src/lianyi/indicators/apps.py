from __future__ import annotations

import importlib
import pkgutil

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "lianyi.indicators"

    def ready(self) -> None:
        """Let every subject register its scopes, tables, counters, texts and what it shows on the home page."""
        from lianyi.indicators import starting  # noqa: PLC0415 - models exist only now

        for module in sorted(each.name for each in pkgutil.iter_modules(starting.__path__)):
            importlib.import_module(f"lianyi.indicators.starting.{module}").register()
