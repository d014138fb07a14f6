"""What reports register when the application starts: who reaches them, and what is said."""

from __future__ import annotations

from lianyi.accounts.access import register_scope
from lianyi.pages.action_names import register_action_names
from lianyi.pages.errors import register_error_texts
from lianyi.partnerships.scopes import rule_of_agreement
from lianyi.reports.models import KeptReport, ReportSchedule
from lianyi.reports.texts import ACTION_NAMES, ERROR_TEXTS


def register() -> None:
    for model in (KeptReport, ReportSchedule):
        register_scope(model, rule_of_agreement("agreement_id"))
    register_action_names(ACTION_NAMES)
    register_error_texts(ERROR_TEXTS)
