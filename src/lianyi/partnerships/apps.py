from __future__ import annotations

from django.apps import AppConfig


class PartnershipsConfig(AppConfig):
    name = "lianyi.partnerships"

    def ready(self) -> None:
        from lianyi.partnerships import scopes  # noqa: PLC0415 - models exist only now

        scopes.register()
