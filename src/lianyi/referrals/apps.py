from __future__ import annotations

from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "lianyi.referrals"

    def ready(self) -> None:
        from lianyi.referrals import error_texts, scopes  # noqa: PLC0415 - models exist only now

        scopes.register()
        error_texts.register()
