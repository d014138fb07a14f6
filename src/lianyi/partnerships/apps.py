from __future__ import annotations

from django.apps import AppConfig


class PartnershipsConfig(AppConfig):
    name = "lianyi.partnerships"

    def ready(self) -> None:
        from lianyi.pages.home import register_home_panel, register_home_provider  # noqa: PLC0415 - see below
        from lianyi.partnerships import action_names, error_texts, home, imports, scopes  # noqa: PLC0415 - models exist only now

        scopes.register()
        error_texts.register()
        action_names.register()
        imports.register()
        register_home_panel(home.panels)
        register_home_provider(home.items)
