from __future__ import annotations

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "lianyi.dispatch"

    def ready(self) -> None:
        from lianyi.dispatch import counters, home, queries, scopes, texts  # noqa: PLC0415 - models exist only now
        from lianyi.partnerships.queries import register_flow_source, register_timeline_source  # noqa: PLC0415

        scopes.register()
        counters.register()
        texts.register()
        home.register()
        register_flow_source(queries.flows)
        register_timeline_source(queries.timeline_entries)
