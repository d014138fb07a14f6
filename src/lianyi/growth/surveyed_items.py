"""Items of the survey of readiness as a beginning of an assessment: what was looked at there is not asked again."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from lianyi.accounts.actors import Actor
from lianyi.growth.models import AssessmentItem, CapabilityAssessment, ItemResultState
from lianyi.pages.names import in_language
from lianyi.rules import Checklist
from lianyi.survey.readiness import GENERAL
from lianyi.survey.readiness_queries import assessments_of


@dataclass(frozen=True, slots=True)
class Surveyed:
    """Unsaved results by item, and the day of the survey; nothing where no item bears the same words."""

    rows: Mapping[str, AssessmentItem]
    day: datetime.date | None = None


def surveyed_items(actor: Actor, row: CapabilityAssessment, checklist: Checklist) -> Surveyed:
    """Return what the last survey of general readiness by the day of the assessment found, as far as the words agree.

    An item of the survey is one of the checklist when domain and words are the same, in either language.
    """
    found = next(
        (
            each
            for each in assessments_of(actor, row.institution)
            if each.service == GENERAL and each.assessed_on <= row.assessed_on
        ),
        None,
    )
    if found is None or row.department_id is not None:
        return Surveyed({})
    known = {(each.domain, each.item.strip().lower()): each.available for each in found.items}
    evidence = in_language("准备度调查", "survey of readiness")
    rows = {}
    for item in checklist.items:
        said = [known.get((item.domain, words.lower())) for words in (item.name.zh, item.name.en)]
        available = next((each for each in said if each is not None), None)
        if available is not None:
            result = ItemResultState.MET if available else ItemResultState.NOT_MET
            rows[item.id] = AssessmentItem(item=item.id, result=result, evidence=f"{evidence} {found.assessed_on}")
    return Surveyed(rows, found.assessed_on if rows else None)
