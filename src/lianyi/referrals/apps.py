from __future__ import annotations

from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "lianyi.referrals"

    def ready(self) -> None:
        from lianyi.referrals import (  # noqa: PLC0415 - models exist only now
            action_names,
            consultation_home,
            consultation_words,
            counters,
            error_texts,
            home,
            need_proposals,
            notice_words,
            reviewing,
            scopes,
            shell_marks,
        )

        scopes.register()
        action_names.register()
        notice_words.register()
        counters.register()
        reviewing.register()
        shell_marks.register()
        error_texts.register()
        home.register()
        need_proposals.register()
        consultation_home.register()
        consultation_words.register()
