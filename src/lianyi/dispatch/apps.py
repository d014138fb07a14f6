from __future__ import annotations

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "lianyi.dispatch"

    def ready(self) -> None:
        from lianyi.dispatch import (  # noqa: PLC0415 - models exist only now
            counters,
            donor_limits,
            donor_texts,
            error_texts,
            home,
            imports,
            needs_gaps,
            needs_home,
            needs_imports,
            needs_texts,
            needs_work,
            pairing_home,
            pairing_words,
            pool_home,
            pool_imports,
            pool_scopes,
            pool_texts,
            queries,
            rounds_counter,
            rounds_home,
            rounds_imports,
            rounds_texts,
            scenario_words,
            scopes,
            shell_warnings,
            site_conditions,
            texts,
        )
        from lianyi.dispatch.models import PostingKind  # noqa: PLC0415
        from lianyi.partnerships.queries import register_flow_source, register_timeline_source  # noqa: PLC0415
        from lianyi.partnerships.term_users import register_term_user  # noqa: PLC0415
        from lianyi.partnerships.words import register_flow_words  # noqa: PLC0415

        scopes.register()
        pool_scopes.register()
        needs_imports.register()
        pool_imports.register()
        site_conditions.register()
        donor_limits.register()
        donor_texts.register()
        imports.register()
        counters.register()
        texts.register()
        error_texts.register()
        home.register()
        needs_texts.register()
        pool_texts.register()
        needs_gaps.register()
        needs_work.register()
        needs_home.register()
        pool_home.register()
        scenario_words.register()
        pairing_words.register()
        pairing_home.register()
        rounds_imports.register()
        rounds_counter.register()
        rounds_texts.register()
        rounds_home.register()
        shell_warnings.register()
        register_flow_words({kind.value: kind.label for kind in PostingKind})
        register_flow_source(queries.flows)
        register_timeline_source(queries.timeline_entries)
        register_term_user(queries.codes_outside_term)
