"""Mentors and apprentices: the list, one pair, what each apprentice does alone, the rows behind a duty."""

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
from lianyi.growth.mentor_authority import (
    may_answer,
    may_propose_level,
    may_sign_level,
    may_write_logbook,
)
from lianyi.growth.mentor_levels import GoalStanding, standings_of
from lianyi.growth.mentor_texts import LEVEL_TONES, LOGBOOK_TONES, goal_word
from lianyi.growth.mentor_timeline import over_time
from lianyi.growth.models import (
    LevelDecision,
    LevelState,
    LogbookLine,
    LogbookState,
    MentorGoalCorrection,
    MentorPair,
    SupervisionLevel,
)
from lianyi.growth.queries import mentors as queries
from lianyi.growth.tables.mentors import MentorEvidenceTable, MentorPairFilter, MentorPairTable
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, log_list_reading, log_reading, page
from lianyi.partnerships import queries as partnerships
from lianyi.partnerships.promises import accounts_of


def mentor_crumbs(row: MentorPair | None = None) -> list[Crumb]:
    crumbs = [Crumb(_("Mentors and apprentices"), reverse("growth:mentors"))]
    if row is not None:
        crumbs.append(Crumb(pair_title(row), row.get_absolute_url()))
    return crumbs


def pair_title(row: MentorPair) -> str:
    return f"{name_of(row.mentor)} → {name_of(row.apprentice)}"


@require_safe
@page
def pair_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "training.read")
    return list_response(
        request,
        table_class=MentorPairTable,
        rows=queries.pairs(actor),
        filterset_class=MentorPairFilter,
        title=_("Mentors and apprentices"),
        export_name="mentor-pairs",
        template="growth/mentors.html",
        context={
            "may_write": decide(actor, "training.write").allowed,
            "import_url": f"{reverse('registry:imports')}?kind=mentor_pairs",
        },
    )


@require_safe
@page
def timeline(request: HttpRequest) -> HttpResponse:
    """Show who was paired when, with the levels that were signed, for the pairs that the filter leaves."""
    actor = acting(request)
    require(actor, "training.read")
    filterset = MentorPairFilter(request.GET, queryset=queries.pairs_with_levels(actor), request=request)
    pairs = list(filterset.qs) if filterset.is_valid() else []
    if pairs:
        log_list_reading(request, MentorPair, len(pairs))
    context = {
        "title": _("Who was paired when"),
        "picture": over_time(pairs, timezone.localdate()),
        "filterset": filterset,
        "filters_whole_page": True,
        "breadcrumbs": mentor_crumbs(),
    }
    return render(request, "growth/mentor_timeline.html", context)


@require_safe
@page
def pair(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a pair: goals with the level that holds, the logbook, the levels over time."""
    actor = acting(request)
    row = queries.pair(actor, pk)
    log_reading(request, row)
    today = timezone.localdate()
    found = standings_of(queries.goals(actor).filter(pair=row), today)
    decisions = queries.decisions(actor, row)
    goes_on = row.ended_on is None
    context = {
        "title": pair_title(row),
        "pair": row,
        "goals": [standing_line(each) for each in found],
        "lines": [_line(actor, each) for each in queries.lines(actor, row)],
        "decisions": [_decision(actor, each) for each in decisions],
        "corrections": [_correction(each) for each in queries.corrections(actor, row)],
        "may_write": goes_on and decide(actor, "training.write", row).allowed,
        "may_log": bool(found) and may_write_logbook(actor, row),
        "may_propose": goes_on and may_propose_level(actor, row),
        "breadcrumbs": mentor_crumbs(),
    }
    return render(request, "growth/mentor_pair.html", context)


def _correction(row: MentorGoalCorrection) -> dict[str, Any]:
    """Return a correction with what it changed, levels in words."""
    levels = dict(SupervisionLevel.choices)
    changed = [name for name in row.before if row.before[name] != row.after.get(name)]
    told = [
        tuple(str(levels[said[name]] if name == "level" else said[name]) for said in (row.before, row.after))
        for name in changed
    ]
    return {"row": row, "word": goal_word(row.goal), "changes": told}


def standing_line(each: GoalStanding) -> dict[str, Any]:
    """Return a goal as the pages show it, with the rungs of supervision as cells."""
    levels = list(SupervisionLevel)
    reached = -1 if each.decision is None else levels.index(SupervisionLevel(each.decision.level))
    wanted = levels.index(SupervisionLevel(each.goal.level))
    cells = [
        {
            "word": str(level.label),
            "mark": "reached" if at <= reached else ("next" if at == wanted else "open"),
            "below": str(each.decision.since) if each.decision is not None and at == reached else "",
        }
        for at, level in enumerate(levels)
    ]
    return {"standing": each, "goal": each.goal, "word": goal_word(each.goal), "cells": cells}


def _line(actor: Actor, row: LogbookLine) -> dict[str, Any]:
    waits = row.state == LogbookState.WRITTEN
    return {
        "row": row,
        "word": goal_word(row.goal),
        "tone": LOGBOOK_TONES[row.state],
        "may_answer": waits and may_answer(actor, row),
        "may_take_back": row.state in (LogbookState.WRITTEN, LogbookState.CONFIRMED)
        and may_write_logbook(actor, row.goal.pair),
    }


def _decision(actor: Actor, row: LevelDecision) -> dict[str, Any]:
    return {
        "row": row,
        "word": goal_word(row.goal),
        "tone": LEVEL_TONES[row.state],
        "signer": row.signed_by or row.signed_by_staff,
        "may_sign": row.state == LevelState.PROPOSED and may_sign_level(actor, row),
    }


@require_safe
@page
def alone(request: HttpRequest) -> HttpResponse:
    """Show what each apprentice can now do alone, and how far they are with the rest."""
    actor = acting(request)
    require(actor, "training.read")
    found = queries.standings(actor, timezone.localdate())
    if found:
        log_list_reading(request, MentorPair, len({each.goal.pair_id for each in found}))
    people: dict[int, dict[str, Any]] = {}
    for each in found:
        person = each.goal.pair.apprentice
        entry = people.setdefault(person.pk, {"person": person, "alone": [], "others": []})
        entry["alone" if each.is_alone else "others"].append(standing_line(each))
    context = {
        "title": _("What each apprentice does alone"),
        "people": sorted(people.values(), key=lambda each: (each["person"].institution.code, each["person"].code)),
        "alone": sum(each.is_alone for each in found),
        "total": len(found),
        "breadcrumbs": mentor_crumbs(),
    }
    return render(request, "growth/mentor_alone.html", context)


@require_safe
@page
def evidence(request: HttpRequest, pk: int, first_day: str) -> HttpResponse:
    """Show the pairs behind what was counted for a duty in one of its periods."""
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
        table_class=MentorEvidenceTable,
        rows=queries.pairs(actor).filter(pk__in=ids),
        title=f"{name_of(duty, 'title')} · {period.label}",
        export_name=f"mentor-evidence-{duty.code}-{first_day}",
        template="growth/mentor_evidence.html",
        context={
            "period": period,
            "detail": {} if period.evidence is None else period.evidence.detail,
            "breadcrumbs": mentor_crumbs(),
        },
    )
