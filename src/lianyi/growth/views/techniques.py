"""Techniques: the list, the ladder of a department, one technique, the catalogue, the rows behind a duty."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.dispatch.views.parts import asked_day
from lianyi.growth.models import DepartmentTechnique, TechniqueCase, TechniqueState, TechniqueStep
from lianyi.growth.queries import techniques as queries
from lianyi.growth.sections import of_department
from lianyi.growth.tables.techniques import TechniqueEvidenceTable, TechniqueTable
from lianyi.growth.technique_authority import may_write
from lianyi.growth.technique_catalogue import (
    ladder_needs,
    listed_of,
    preconditions_in,
    technique_book,
)
from lianyi.growth.technique_checks import checked_preconditions
from lianyi.growth.technique_disclosure import cases_for, reads_exact_cases
from lianyi.growth.technique_filters import TechniqueFilter
from lianyi.growth.technique_ladders import Climbed, TeamStays, climbed, climbed_all
from lianyi.growth.technique_pages import check_lines, ladder_row, months_chart, step_lines
from lianyi.growth.technique_texts import (
    STANDING_TONES,
    STANDING_WORDS,
    STEP_WORDS,
    TEAM_TONES,
    TEAM_WORDS,
    VERDICT_TONES,
    VERDICT_WORDS,
    precondition_word,
    proposer_of,
    rule_words,
    signer_of,
)
from lianyi.growth.views.technique_parts import technique_crumbs
from lianyi.methods.technique_ladder import Rung
from lianyi.pages.listing import list_response
from lianyi.pages.names import in_language, name_of
from lianyi.pages.requests import acting, page
from lianyi.pages.sections import note_sections
from lianyi.partnerships import queries as partnerships
from lianyi.partnerships.promises import accounts_of
from lianyi.registry.reference_names import reference_name

CASES_SHOWN = 20


@require_safe
@page
def technique_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "growth.read")
    rows = queries.techniques(actor)
    return list_response(
        request,
        table_class=TechniqueTable,
        rows=rows,
        filterset_class=TechniqueFilter,
        title=_("Techniques"),
        export_name="techniques",
        template="growth/techniques.html",
        context={
            "may_write": decide(actor, "growth.write").allowed,
            "import_url": f"{reverse('registry:imports')}?kind=techniques",
            "wards": queries.departments_learning(actor),
        },
    )


@require_safe
@page
def ladder(request: HttpRequest, pk: int) -> HttpResponse:
    """Show all techniques of a department on their rungs; it prints as it stands."""
    actor = acting(request)
    department = queries.department_of_techniques(actor, pk)
    rows = queries.techniques(actor).filter(department=department)
    found = climbed_all(rows, timezone.localdate())
    counts = cases_for(actor)
    alone = [each for each in found if each.ladder.reached_on(Rung.INDEPENDENT) is not None]
    sections = of_department(actor, department)
    note_sections(request, sections)
    context = {
        "sections": sections,
        "title": f"{name_of(department.institution)} · {name_of(department)}",
        "department": department,
        "rows": [ladder_row(each, counts) for each in found],
        "total": len(found),
        "alone": len(alone),
        "kept": sum(each.is_kept for each in found),
        "may_write": decide(actor, "growth.write").allowed,
        "breadcrumbs": technique_crumbs(department=department),
        "today": timezone.localdate(),
    }
    return render(request, "growth/ladder.html", context)


@require_safe
@page
def technique(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one technique: rungs, preconditions, signatures, cases month by month, history."""
    actor = acting(request)
    row = queries.technique(actor, pk)
    today = timezone.localdate()
    found = climbed(row, TeamStays(today))
    counts = cases_for(actor)
    writes = may_write(actor, row)
    exact = reads_exact_cases(actor)
    standing, team = found.ladder.standing, found.team
    context = {
        "title": name_of(row),
        "technique": row,
        "picture": ladder_row(found, counts),
        "standing": (STANDING_WORDS[standing], STANDING_TONES[standing]),
        "team": (TEAM_WORDS[team.state], TEAM_TONES[team.state], team.left_on),
        "lapses_on": found.ladder.lapses_on,
        "is_lapsed": found.ladder.is_lapsed,
        "last_alone_on": found.ladder.last_alone_on,
        "lines": step_lines(found, counts),
        "checks": check_lines(found, counts),
        "rule": rule_words(found.needs),
        "catalogue": listed_of(row),
        "preconditions": _preconditions(row, writes=writes and row.chosen_by_id != actor.user_id),
        "proposer": proposer_of(row),
        "signer": signer_of(row),
        "is_signed_without_evidence": _lacks_evidence(row, found),
        "chart": months_chart(row, counts, today, team.left_on),
        **_cases(request, actor, row, exact=exact),
        "reads_exact": exact,
        "events": [
            {"row": each, "word": STEP_WORDS[each.step], "changes": _changes(each)}
            for each in queries.steps(actor, row)
        ],
        "steps": queries.allowed_steps(actor, row),
        "may_write": writes,
        "waits_for_another": row.state == TechniqueState.PROPOSED and row.proposed_by_id == actor.user_id,
        "breadcrumbs": technique_crumbs(row)[:-1],
    }
    return render(request, "growth/technique.html", context)


def _changes(step: TechniqueStep) -> list[tuple[str, str]]:
    """Return what a correction changed, before and after."""
    before, after = step.facts.get("before", {}), step.facts.get("after", {})
    return [(before[name], after.get(name, "")) for name in before if before[name] != after.get(name)]


def _lacks_evidence(row: DepartmentTechnique, found: Climbed) -> bool:
    """Tell whether it was signed and the cases that it rested on were taken back since."""
    return row.state == TechniqueState.SIGNED and found.ladder.reached_on(Rung.INDEPENDENT) is None


def _preconditions(row: DepartmentTechnique, *, writes: bool) -> list[dict[str, Any]]:
    return [
        {
            "key": each.need.key,
            "word": precondition_word(each.need),
            "verdict": VERDICT_WORDS[each.verdict.state],
            "tone": VERDICT_TONES[each.verdict.state],
            "has": each.verdict.has,
            "needs": each.verdict.needs,
            "attestation": each.attestation,
            "may_attest": writes and each.may_be_attested,
        }
        for each in checked_preconditions(row, timezone.localdate())
    ]


def _cases(request: HttpRequest, actor: Actor, row: DepartmentTechnique, *, exact: bool) -> dict[str, Any]:
    """Return the latest cases, or all of them when they are asked for."""
    found = queries.cases(actor, row) if exact else []
    shown = found if "all" in request.GET else found[:CASES_SHOWN]
    return {"cases": [_case(actor, each) for each in shown], "more_cases": len(found) - len(shown)}


def _case(actor: Actor, row: TechniqueCase) -> dict[str, Any]:
    taken_back_by = getattr(row, "reversed_by", None)
    return {
        "row": row,
        "local": name_of(row.local_staff),
        "teacher": name_of(row.posting.staff) if row.posting is not None else "",
        "is_reverse": row.reverses_id is not None,
        "taken_back": taken_back_by,
        "may_take_back": row.reverses_id is None and taken_back_by is None and decide(actor, "growth.write").allowed,
    }


@require_safe
@page
def catalogue(request: HttpRequest) -> HttpResponse:
    """Show what every technique of the catalogue asks for, and where that comes from."""
    require(acting(request), "growth.read")
    today = timezone.localdate()
    entries = [
        {
            "name": in_language(each.technique.title.zh, each.technique.title.en),
            "id": each.technique.id,
            "fields": [reference_name("specialties", code) for code in each.technique.specialties],
            "preconditions": [precondition_word(need) for need in preconditions_in(each)],
            "rule": rule_words(ladder_needs(each.technique.ladder)),
            "note": each.technique.note,
            "source": each.catalogue.source,
            "confidence": each.catalogue.confidence,
            "catalogue": in_language(each.catalogue.title.zh, each.catalogue.title.en),
            "valid_from": each.catalogue.valid_from,
        }
        for each in technique_book().on(today).values()
    ]
    context = {
        "title": _("Catalogue of techniques"),
        "entries": entries,
        "own": rule_words(ladder_needs(technique_book().own_on(today))),
        "breadcrumbs": technique_crumbs(),
    }
    return render(request, "growth/catalogue.html", context)


@require_safe
@page
def evidence(request: HttpRequest, pk: int, first_day: str) -> HttpResponse:
    """Show the techniques behind what was counted for a duty in one of its periods."""
    actor = acting(request)
    duty = partnerships.duty(actor, pk)
    day = asked_day(first_day, timezone.localdate())
    [found] = accounts_of([duty], timezone.localdate())
    period = next((each for each in found.periods if each.span.start == day), None)
    if period is None:
        raise NotFoundInScopeError("The duty has no period that begins on this day.", model="DutyPeriod")
    ids = () if period.evidence is None else period.evidence.row_ids
    return list_response(
        request,
        table_class=TechniqueEvidenceTable,
        rows=queries.techniques(actor).filter(pk__in=ids),
        title=f"{name_of(duty, 'title')} · {period.label}",
        export_name=f"technique-evidence-{duty.code}-{first_day}",
        template="growth/technique_evidence.html",
        context={
            "period": period,
            "detail": {} if period.evidence is None else period.evidence.detail,
            "breadcrumbs": technique_crumbs(),
        },
    )
