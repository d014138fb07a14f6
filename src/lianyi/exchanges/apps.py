from __future__ import annotations

import importlib
import pkgutil

from django.apps import AppConfig


class ExchangesConfig(AppConfig):
    name = "lianyi.exchanges"

    def ready(self) -> None:
        """Let every subject register its scopes, tables, counters, texts and what it shows on the home page."""
        from lianyi.exchanges import starting  # noqa: PLC0415 - models exist only now

        for module in sorted(each.name for each in pkgutil.iter_modules(starting.__path__)):
            importlib.import_module(f"lianyi.exchanges.starting.{module}").register()
