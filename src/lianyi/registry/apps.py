from __future__ import annotations

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "lianyi.registry"

    def ready(self) -> None:
        from lianyi.registry import page_setup, scopes  # noqa: PLC0415 - models exist only now
        from lianyi.registry.imports import registered  # noqa: PLC0415 - models exist only now

        scopes.register()
        registered.register()
        page_setup.register()
