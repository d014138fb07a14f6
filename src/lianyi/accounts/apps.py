from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lianyi.accounts"

    def ready(self) -> None:
        from lianyi.accounts import scopes  # noqa: PLC0415 - models exist only now

        scopes.register()
