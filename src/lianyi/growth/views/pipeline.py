"""The pipeline: the board by stage, the list, one project with its way, partners, approvals, gains and spread."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.accounts.access import decide, require
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.dispatch.views.parts import asked_day
from lianyi.growth.models import EthicsApproval, Innovation, InnovationPartner, InnovationState, InnovationStep
from lianyi.growth.pipeline_authority import may_on_innovation
from lianyi.growth.pipeline_machine import pipeline_steps_from
from lianyi.growth.pipeline_stages import stages_on
from lianyi.growth.pipeline_texts import STATE_TONES, STEP_WORDS, stage_word
from lianyi.growth.projects_authority import writes_projects
from lianyi.growth.queries import pipeline as queries
from lianyi.growth.spread import spread_of
from lianyi.growth.tables.pipeline import InnovationFilter, InnovationTable, StageEvidenceTable, UseEvidenceTable
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.names import in_language, name_of
from lianyi.pages.requests import acting, page
from lianyi.partnerships import queries as partnerships
from lianyi.partnerships.promises import accounts_of


def pipeline_crumbs(row: Innovation | None = None) -> list[Crumb]:
    crumbs = [Crumb(_("Pipeline"), reverse("growth:pipeline"))]
    if row is not None:
        crumbs.append(Crumb(name_of(row, "title"), row.get_absolute_url()))
    return crumbs


@require_safe
@page
def board(request: HttpRequest) -> HttpResponse:
    """Show the projects that the filter leaves in columns, one for each stage."""
    actor = acting(request)
    require(actor, "growth.read")
    today = timezone.localdate()
    filterset = InnovationFilter(request.GET, queryset=queries.innovations(actor), request=request)
    rows = list(filterset.qs) if filterset.is_valid() else []
    catalogue = stages_on(today)
    columns = [
        {
            "name": in_language(each.name.zh, each.name.en),
            "needs": in_language(each.needs.zh, each.needs.en),
            "may_skip": each.may_skip,
            "cards": [_card(row, today) for row in rows if row.stage == each.id],
        }
        for each in catalogue.stages
    ]
    context = {
        "title": _("Pipeline"),
        "columns": columns,
        "any": bool(rows),
        "filterset": filterset,
        "filters_whole_page": True,
        "may_write": writes_projects(actor),
        "import_url": f"{reverse('registry:imports')}?kind=innovations",
        "query": request.GET.urlencode(),
        "source": catalogue.source,
    }
    return render(request, "growth/pipeline.html", context)


def _card(row: Any, today: datetime.date) -> dict[str, Any]:  # noqa: ANN401 - a project with the counts of its query
    stage = stages_on(today).stage(row.stage)
    at_risk = stage is not None and stage.needs_approval and row.state == InnovationState.RUNNING
    return {
        "row": row,
        "tone": STATE_TONES[row.state],
        "approval_over": at_risk and (row.approved_to is None or row.approved_to < today),
    }


@require_safe
@page
def innovation_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "growth.read")
    return list_response(
        request,
        table_class=InnovationTable,
        rows=queries.innovations(actor),
        filterset_class=InnovationFilter,
        title=_("Projects of the pipeline"),
        export_name="pipeline",
        context={"breadcrumbs": pipeline_crumbs()},
    )


@require_safe
@page
def innovation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one project on its way."""
    actor = acting(request)
    row = queries.innovation(actor, pk)
    today = timezone.localdate()
    steps, approvals = queries.steps(actor, row), queries.approvals(actor, row)
    partners, gains = queries.partners(actor, row), queries.gains(actor, row)
    uses = queries.uses(actor, row.uses.all(), today)
    may_write = may_on_innovation(actor, "growth.write", row)
    context = {
        "title": name_of(row, "title"),
        "innovation": row,
        "tone": STATE_TONES[row.state],
        "stage": stage_word(row.stage),
        "way": _way(row, steps, today),
        "history": [{"row": each, "word": STEP_WORDS[each.step], "stage": stage_word(each.stage)} for each in steps],
        "partners": partners,
        "share": sum(each.share_percent for each in _now(partners, today)),
        "approvals": [{"row": each, "standing": _standing(each, today)} for each in approvals],
        "approval_missing": _approval_missing(row, approvals, today),
        "gains": [{"row": each, "stage": stage_word(each.stage)} for each in gains],
        "gain_sums": queries.gain_sums(gains),
        "uses": uses,
        "in_use": sum(not each.is_over for each in uses),
        "picture": spread_of(uses, today),
        "today": today,
        "may_write": may_write,
        "steps": _steps(row, today) if may_write else [],
        "sees_people": decide(actor, "staff.read").allowed,
        "breadcrumbs": pipeline_crumbs(),
    }
    return render(request, "growth/innovation.html", context)


@require_safe
@page
def stage_evidence(request: HttpRequest, pk: int, first_day: str) -> HttpResponse:
    """Show the completed stages behind what was counted for a duty in one of its periods."""
    rows = queries.completed_stages(acting(request))
    return _evidence(request, pk, first_day, rows, StageEvidenceTable)


@require_safe
@page
def use_evidence(request: HttpRequest, pk: int, first_day: str) -> HttpResponse:
    """Show the institutions behind what was counted for a duty in one of its periods."""
    rows = queries.institutions_in_use(acting(request))
    return _evidence(request, pk, first_day, rows, UseEvidenceTable)


def _evidence(
    request: HttpRequest, pk: int, first_day: str, rows: QuerySet[Any, Any], table_class: type[Any]
) -> HttpResponse:
    duty = partnerships.duty(acting(request), pk)
    today = timezone.localdate()
    [found] = accounts_of([duty], today)
    day = asked_day(first_day, today)
    period = next((each for each in found.periods if each.span.start == day), None)
    if period is None:
        raise NotFoundInScopeError("The duty has no period that begins on this day.", model="DutyPeriod")
    return list_response(
        request,
        table_class=table_class,
        rows=rows.filter(pk__in=() if period.evidence is None else period.evidence.row_ids),
        title=f"{name_of(duty, 'title')} · {period.label}",
        export_name=f"pipeline-{duty.code}-{first_day}",
        context={"breadcrumbs": pipeline_crumbs()},
    )


def _steps(row: Innovation, today: datetime.date) -> list[Any]:
    catalogue = stages_on(today)
    here = catalogue.stage(row.stage)
    unfit = set()
    if here is None or not here.may_skip:
        unfit.add("skip")
    if here is not None and here is catalogue.stages[0]:
        unfit.add("back")
    return [step for step in pipeline_steps_from(row.state) if step.name not in unfit]


def _way(row: Innovation, steps: Sequence[InnovationStep], today: datetime.date) -> list[dict[str, Any]]:
    """Return the stages in order, each with what became of it last."""
    catalogue = stages_on(today)
    last = {each.stage: each for each in steps if each.step in ("complete", "skip")}
    places = {each.id: position for position, each in enumerate(catalogue.stages)}
    here = places.get(row.stage, 0)
    found = []
    for position, stage in enumerate(catalogue.stages):
        done = last.get(stage.id) if position < here or row.state == InnovationState.COMPLETED else None
        standing = "ahead" if done is None else done.step
        if position == here and row.state != InnovationState.COMPLETED:
            standing = "here"
        words = in_language(stage.name.zh, stage.name.en), in_language(stage.needs.zh, stage.needs.en)
        found.append(
            {"name": words[0], "needs": words[1], "standing": standing, "on": None if done is None else done.on}
        )
    return found


def _now(partners: Sequence[InnovationPartner], today: datetime.date) -> list[InnovationPartner]:
    return [each for each in partners if each.starts_on <= today and (each.ends_on is None or each.ends_on >= today)]


def _standing(row: EthicsApproval, today: datetime.date) -> str:
    if row.valid_to < today:
        return "over"
    warned = row.valid_to - datetime.timedelta(days=stages_on(today).warn_days)
    return "soon" if warned <= today else "valid"


def _approval_missing(row: Innovation, approvals: Sequence[EthicsApproval], today: datetime.date) -> bool:
    stage = stages_on(today).stage(row.stage)
    valid = any(each.approved_on <= today <= each.valid_to for each in approvals)
    return stage is not None and stage.needs_approval and row.state == InnovationState.RUNNING and not valid
