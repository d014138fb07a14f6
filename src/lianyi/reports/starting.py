"""What reports register when the application starts: who reaches them, and what is said."""

from __future__ import annotations

from lianyi.accounts.access import RelationPath, ScopeRule, register_scope
from lianyi.accounts.roles import Family
from lianyi.pages.action_names import register_action_names
from lianyi.pages.errors import register_error_texts
from lianyi.partnerships.relations import AGREEMENT_TARGET
from lianyi.partnerships.scopes import rule_of_agreement
from lianyi.reports.models import (
    KeptPlaceReport,
    KeptReport,
    KeptVisitReport,
    ReportBatch,
    ReportBatchLine,
    ReportSchedule,
)
from lianyi.reports.texts import ACTION_NAMES, ERROR_TEXTS


def register() -> None:
    for model in (KeptReport, ReportSchedule):
        register_scope(model, rule_of_agreement("agreement_id"))
    # It tells of all visits of the partnership: a further guest of this one alone does not read it.
    register_scope(
        KeptVisitReport,
        ScopeRule(
            family=Family.VISIT,
            nodes=("visit__host_id", "visit__guest_id"),
            relations=(RelationPath(AGREEMENT_TARGET, "visit__agreement_id"),),
        ),
    )
    register_scope(KeptPlaceReport, ScopeRule(family=Family.INDICATOR, nodes=("place_id",)))
    register_scope(ReportBatch, ScopeRule(family=Family.AGREEMENT, nodes=("place_id",)))
    register_scope(ReportBatchLine, ScopeRule(family=Family.AGREEMENT, nodes=("batch__place_id",)))
    register_action_names(ACTION_NAMES)
    register_error_texts(ERROR_TEXTS)
