"""Pages of performance assessments: the list, a round as a sheet, both scores, the paper, the schemes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Permission, role_holds
from lianyi.indicators.models import PerformanceAssessment, PerformanceState
from lianyi.indicators.performance_authority import acts_as, gave_scores
from lianyi.indicators.performance_machine import DECIDE, WRITE, Party, steps_from
from lianyi.indicators.performance_numbers import CountedNumber, RowsLink, counted_numbers, rows_links
from lianyi.indicators.performance_paper import paper_of
from lianyi.indicators.performance_ranks import standing_of
from lianyi.indicators.performance_rulebook import scheme_book, scheme_of
from lianyi.indicators.performance_sheet import Behind, Sheet, SheetLine, sheet_of
from lianyi.indicators.performance_snapshot import check_snapshot
from lianyi.indicators.performance_texts import STEP_WORDS
from lianyi.indicators.performance_veil import veil_for
from lianyi.indicators.performance_words import (
    CONFIDENCE_TONES,
    CONFIDENCE_WORDS,
    METHOD_WORDS,
    STATE_TONES,
    points_word,
    rule_word,
    scheme_title,
    words_of,
)
from lianyi.indicators.queries import performance as queries
from lianyi.indicators.queries.values import values_by_id
from lianyi.indicators.tables.performance import ComparisonTable, PerformanceFilter, PerformanceTable
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.documents import pdf_response
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, page
from lianyi.rules.assessment_schemes import AssessmentScheme


def performance_crumbs(row: PerformanceAssessment | None = None) -> list[Crumb]:
    crumbs = [Crumb(pgettext("of partnerships", "Performance assessments"), reverse("indicators:performances"))]
    if row is not None:
        crumbs.append(Crumb(row.code, row.get_absolute_url()))
    return crumbs


def title_of(row: PerformanceAssessment) -> str:
    about = name_of(row.institution) if row.alliance is None else name_of(row.alliance)
    return f"{about} · {row.period_from} – {row.period_to}"


@require_safe
@page
def round_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "assessment.read")
    begins = any(role_holds(actor.role, Permission.parse(each)) for each in (WRITE, DECIDE))
    return list_response(
        request,
        table_class=PerformanceTable,
        rows=queries.rounds(actor),
        filterset_class=PerformanceFilter,
        title=pgettext("of partnerships", "Performance assessments"),
        export_name="performance-assessments",
        template="indicators/performances.html",
        context={
            "may_begin": begins,
            "may_import": decide(actor, WRITE).allowed,
            "import_url": f"{reverse('registry:imports')}?kind=performance_findings",
        },
    )


@require_safe
@page
def schemes(request: HttpRequest) -> HttpResponse:
    """Show every scheme with its source and how well it is supported."""
    require(acting(request), "assessment.read")
    today = timezone.localdate()
    rows = [_scheme(each, holds=each.is_valid_on(today)) for each in scheme_book().schemes]
    context = {"title": _("Assessment schemes"), "breadcrumbs": performance_crumbs(), "schemes": rows}
    return render(request, "indicators/performance_schemes.html", context)


def _scheme(scheme: AssessmentScheme, *, holds: bool) -> dict[str, Any]:
    return {
        "row": scheme,
        "title": scheme_title(scheme),
        "holds": holds,
        "method": METHOD_WORDS[scheme.method],
        "points": points_word(scheme.known_points),
        "confidence": CONFIDENCE_WORDS[scheme.confidence],
        "tone": CONFIDENCE_TONES[scheme.confidence],
        "first_day": CONFIDENCE_WORDS[scheme.first_day],
        "document": "" if scheme.document is None else scheme.document.number,
        "document_confidence": "" if scheme.document is None else CONFIDENCE_WORDS[scheme.document.confidence],
        "grading": None
        if scheme.grading is None
        else (words_of(scheme.grading.name), scheme.grading, CONFIDENCE_WORDS[scheme.grading.confidence]),
        "dimensions": [
            (
                words_of(each.name),
                [
                    (item, words_of(item.requirement), rule_word(item), CONFIDENCE_WORDS[item.confidence],
                     CONFIDENCE_TONES[item.confidence])
                    for item in scheme.in_dimension(each.code)
                ],
            )
            for each in scheme.dimensions
        ],
    }  # fmt: skip


def shown_sheet(actor: Actor, row: PerformanceAssessment) -> Sheet:
    """Return the round as the actor reads it; rows are opened as far as the actor may read the duties."""
    scheme = scheme_of(row)
    numbers = counted_numbers(row, scheme)
    behind = Behind(
        queries.evidence_of(actor, row),
        queries.objections_of(actor, row),
        _links(actor, row, numbers),
        veil_for(actor, row),
    )
    return sheet_of(row, scheme, behind)


def _links(
    actor: Actor, row: PerformanceAssessment, numbers: Mapping[str, CountedNumber]
) -> dict[str, Sequence[RowsLink]]:
    """Return by item the pages of what stands behind its number, as far as the actor may open them."""
    links: dict[str, Sequence[RowsLink]] = {item: rows_links(actor, found) for item, found in numbers.items()}
    taken = {each.item: each.taken_from for each in row.findings.all() if each.taken_from}
    readable = values_by_id(actor, {pk for facts in taken.values() for pk in facts["values"]})
    for item, facts in taken.items():
        links[item] = [
            RowsLink(f"{value.code} {period}", value.get_absolute_url())
            for pk, period in zip(facts["values"], facts["periods"], strict=True)
            if (value := readable.get(pk)) is not None
        ]
    return links


@require_safe
@page
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a round: what it comes to, item by item, and what may be done with it."""
    actor = acting(request)
    row = queries.round_of(actor, pk)
    scheme = scheme_of(row)
    is_assessed, is_outside = acts_as(actor, Party.ASSESSED, row), acts_as(actor, Party.OUTSIDE, row)
    steps = [each for each in steps_from(row.state) if acts_as(actor, each.party, row)]
    context = {
        "title": title_of(row),
        "breadcrumbs": performance_crumbs(),
        "round": row,
        "state_tone": STATE_TONES[row.state],
        "scheme_title": scheme_title(scheme),
        "scheme": scheme,
        "sheet": shown_sheet(actor, row),
        "pieces": _pieces(actor, row, scheme),
        "steps": steps,
        "may_change": is_assessed and row.state == PerformanceState.DRAFT,
        "scores_as": _scores_as(row, is_assessed=is_assessed, is_outside=is_outside),
        "may_object": is_assessed and row.state == PerformanceState.OPEN and _in_time(row),
        "may_answer": is_outside and row.state == PerformanceState.OPEN and not gave_scores(actor, row),
        "is_own_scorer": is_outside and row.state == PerformanceState.OPEN and gave_scores(actor, row),
        "standing": standing_of(row, scheme, queries.frozen_beside(actor, row)) if row.is_frozen else None,
        "check": check_snapshot(row) if row.is_frozen else None,
        "events": [
            {"row": each, "word": STEP_WORDS.get(each.step, each.step)} for each in queries.events_of(actor, row)
        ],
    }
    return render(request, "indicators/performance.html", context)


def _pieces(actor: Actor, row: PerformanceAssessment, scheme: AssessmentScheme) -> list[tuple[Any, str]]:
    """Return every piece of evidence with the numbers of the items that it supports."""
    numbers = {each.id: at for at, each in enumerate(scheme.items, start=1)}
    return [
        (each, ", ".join(str(numbers[item]) for item in each.items if item in numbers))
        for each in queries.evidence_of(actor, row)
    ]


def _scores_as(row: PerformanceAssessment, *, is_assessed: bool, is_outside: bool) -> str:
    if is_assessed and row.state == PerformanceState.DRAFT:
        return Party.ASSESSED
    return Party.OUTSIDE if is_outside and row.state == PerformanceState.SUBMITTED else ""


def _in_time(row: PerformanceAssessment) -> bool:
    return row.objections_until is None or timezone.localdate() <= row.objections_until


@require_safe
@page
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Show both scores of every item beside one another."""
    actor = acting(request)
    row = queries.round_of(actor, pk)
    found = shown_sheet(actor, row)
    lines = [_compared(each.name, line) for each in found.dimensions for line in each.lines]
    return list_response(
        request,
        table_class=ComparisonTable,
        rows=lines,
        title=_("Self-score and outside score"),
        export_name=f"performance-{row.code}",
        template="indicators/performance_compare.html",
        context={
            "breadcrumbs": performance_crumbs(row),
            "round": row,
            "about": title_of(row),
            "differences": sum(1 for each in found.lines if each.outside.differs),
            "sheet": found,
        },
    )


def _compared(dimension: str, line: SheetLine) -> dict[str, Any]:
    return {
        "number": line.number,
        "dimension": dimension,
        "requirement": line.requirement,
        "own": line.own.score,
        "own_found": line.own.found,
        "outside": line.outside.score,
        "outside_found": line.outside.found,
        "differs": _("yes") if line.outside.differs else "",
        "reason": line.outside.reason,
        "final": line.final.score,
    }


@require_safe
@page
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the round as a page for print."""
    actor = acting(request)
    row = queries.round_of(actor, pk)
    found = paper_of(row, title_of(row), shown_sheet(actor, row))
    context = {"title": found.title, "breadcrumbs": performance_crumbs(row), "round": row, "paper": found}
    return render(request, "indicators/performance_paper.html", context)


@require_safe
@page
def paper_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.round_of(actor, pk)
    found = paper_of(row, title_of(row), shown_sheet(actor, row))
    return pdf_response("indicators/documents/performance.typ", found.as_document(), f"performance-{row.code}")
