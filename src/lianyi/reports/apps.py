from __future__ import annotations

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "lianyi.reports"

    def ready(self) -> None:
        from lianyi.reports import starting  # noqa: PLC0415 - models exist only now

        starting.register()
