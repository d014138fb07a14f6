"""The page of an agreement about growth: what was promised and delivered, and what grows under it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lianyi.accounts.access import decide, require
from lianyi.growth.queries.cycles import agreement as agreement_of
from lianyi.growth.sections import of_agreement as sections_under
from lianyi.pages.requests import acting, page
from lianyi.pages.sections import filled, note_sections
from lianyi.partnerships.evidence import EvidenceKind
from lianyi.partnerships.views.parts import agreement_context, promise_context

KINDS = frozenset(
    {
        EvidenceKind.TRAINING_SESSIONS,
        EvidenceKind.FREE_CLINICS,
        EvidenceKind.PERSONS_SECONDED_UP,
        EvidenceKind.MENTOR_PAIRS,
        EvidenceKind.TECHNIQUES_INDEPENDENT,
        EvidenceKind.PROJECT_MILESTONES,
    }
)


@require_safe
@page
def of_agreement(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = agreement_of(actor, pk)
    require(actor, "growth.read", row)
    sections = sections_under(actor, row)
    note_sections(request, sections)
    context = {
        **agreement_context(request, row, "growth:agreement"),
        **promise_context(actor, row, KINDS),
        "sections": filled(sections),
        "empty_sections": [each for each in sections if not each.total],
        # Whoever may only count training sees its figures instead of its people.
        "may_count_training": decide(actor, "training.count").allowed or decide(actor, "training.read").allowed,
    }
    return render(request, "growth/agreement.html", context)
