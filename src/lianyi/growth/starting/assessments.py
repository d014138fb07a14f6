"""What assessments register when the application starts."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import ngettext

from lianyi.accounts.access import RelationPath, ScopeRule, decide, register_scope, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Act, Family
from lianyi.growth import models
from lianyi.growth.assessments_machine import AUTHORING
from lianyi.growth.imports import assessments as imports
from lianyi.growth.texts_assessments import ACTION_NAMES, ERROR_TEXTS
from lianyi.pages.action_names import register_action_names
from lianyi.pages.errors import register_error_texts
from lianyi.pages.home import HomeItem, register_home_provider
from lianyi.partnerships.models import Agreement
from lianyi.partnerships.queries import TimelineEntry, register_timeline_source
from lianyi.partnerships.scopes import AGREEMENT_TARGET

_LOOKUPS = {
    models.CapabilityAssessment: "",
    models.AssessmentItem: "assessment__",
    models.AssessmentEvent: "assessment__",
}


def register() -> None:
    for model, prefix in _LOOKUPS.items():
        register_scope(
            model,
            ScopeRule(
                family=Family.GROWTH,
                nodes=(f"{prefix}institution_id",),
                relations=(RelationPath(AGREEMENT_TARGET, f"{prefix}agreement_id"),),
            ),
        )
    register_error_texts(ERROR_TEXTS)
    register_action_names(ACTION_NAMES)
    register_home_provider(items)
    register_timeline_source(timeline_entries)
    imports.register()


def items(actor: Actor) -> list[HomeItem]:
    """Return the assessments that wait to be checked or made final by the actor, who wrote none of them."""
    if not decide(actor, "growth.decide").allowed:
        return []
    waiting = models.CapabilityAssessment.objects.filter(
        state__in=(models.AssessmentState.SUBMITTED, models.AssessmentState.CHECKED)
    )
    own = models.AssessmentEvent.objects.filter(user_id=actor.user_id, step__in=AUTHORING).values("assessment_id")
    rows = scoped(actor, waiting.exclude(pk__in=own), Act.DECIDE)
    if actor.department_node_id is not None:
        rows = rows.filter(department_id=actor.department_node_id)
    count = rows.count()
    if not count:
        return []
    text = ngettext("Assessment waits to be checked", "Assessments wait to be checked", count)
    return [HomeItem(text, f"{reverse('growth:assessments')}?waiting=yes", count, tone="warning")]


def timeline_entries(actor: Actor, agreement: Agreement) -> list[TimelineEntry]:
    """Return the final assessments under an agreement for its time line."""
    rows = scoped(
        actor,
        models.CapabilityAssessment.objects.filter(agreement=agreement, state=models.AssessmentState.FINAL),
    )
    return [
        TimelineEntry(
            row.assessed_on,
            "day",
            "other",
            f"{row.institution.name_zh}{row.department.name_zh if row.department else ''}完成评估（{row.code}）",
            f"{row.institution.name_en or row.institution.name_zh} was assessed by a checklist ({row.code})",
            row.provenance,
        )
        for row in rows.select_related("institution", "department")
    ]
