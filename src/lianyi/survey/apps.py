from __future__ import annotations

from django.apps import AppConfig


class SurveyConfig(AppConfig):
    name = "lianyi.survey"

    def ready(self) -> None:
        from lianyi.survey import imports, page_setup, scopes  # noqa: PLC0415 - models exist only now

        scopes.register()
        imports.register()
        page_setup.register()
