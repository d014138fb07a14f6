"""Every reading about the pipeline, within the asker's reach."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce

from lianyi.accounts.access import get_in_scope, scoped, scoped_for
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Permission
from lianyi.growth.models import (
    EthicsApproval,
    GainKind,
    Innovation,
    InnovationGain,
    InnovationPartner,
    InnovationState,
    InnovationStep,
    InnovationUse,
    InnovationUseCheck,
)
from lianyi.growth.pipeline_checks import PIPELINE_DUTIES
from lianyi.growth.pipeline_stages import stages_on
from lianyi.methods.periods import add_calendar_months
from lianyi.partnerships.models import Agreement, Duty
from lianyi.partnerships.queries import TimelineEntry

_RELATED = ("institution", "department", "agreement", "duty")
WRITE = Permission.parse("growth.write")


def innovations(actor: Actor) -> QuerySet[Innovation, Any]:
    """Return the projects within reach with the last day of their approvals and how many institutions use them now."""
    rows = scoped(actor, Innovation.objects.select_related(*_RELATED))
    checks = InnovationUseCheck.objects.filter(use=OuterRef("pk")).order_by("-checked_on")
    stopped = InnovationUse.objects.alias(last=Subquery(checks.values("still_used")[:1])).filter(last=False)
    uses = InnovationUse.objects.filter(innovation=OuterRef("pk")).exclude(pk__in=stopped.values("pk"))
    in_use = uses.order_by().values("innovation").annotate(n=Count("pk")).values("n")
    return rows.annotate(
        approved_to=Max("approvals__valid_to"),
        use_count=Coalesce(Subquery(in_use), 0),
        last_step_on=Max("steps__on"),
    ).order_by("code")


def innovation(actor: Actor, pk: int) -> Innovation:
    """Return one project.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, Innovation.objects.select_related(*_RELATED), pk)


def steps(actor: Actor, row: Innovation) -> list[InnovationStep]:
    return list(scoped(actor, InnovationStep.objects.filter(innovation=row)).select_related("user").order_by("number"))


def completed_stages(actor: Actor) -> QuerySet[InnovationStep, Any]:
    """Return the stages within reach that were completed."""
    rows = scoped(actor, InnovationStep.objects.filter(step="complete"))
    return rows.select_related("innovation__institution").order_by("on", "pk")


def institutions_in_use(actor: Actor) -> QuerySet[InnovationUse, Any]:
    """Return the first uses within reach."""
    rows = scoped(actor, InnovationUse.objects.all())
    return rows.select_related("innovation", "institution").order_by("first_used_on", "pk")


def duties_for_pipeline(agreements: Iterable[Agreement]) -> list[Duty]:
    """Return the duties of agreements that count stages, or institutions that use results."""
    rows = Duty.objects.filter(agreement__in=list(agreements), evidence_kind__in=PIPELINE_DUTIES)
    return list(rows.select_related("agreement").order_by("agreement__code", "code"))


def partners(actor: Actor, row: Innovation) -> list[InnovationPartner]:
    found = scoped(actor, InnovationPartner.objects.filter(innovation=row))
    return list(found.select_related("institution").order_by("number"))


def partner(actor: Actor, pk: int) -> InnovationPartner:
    return get_in_scope(actor, InnovationPartner.objects.select_related("innovation", "institution"), pk)


def approvals(actor: Actor, row: Innovation) -> list[EthicsApproval]:
    return list(scoped(actor, EthicsApproval.objects.filter(innovation=row)).order_by("approved_on"))


def gains(actor: Actor, row: Innovation) -> list[InnovationGain]:
    found = scoped(actor, InnovationGain.objects.filter(innovation=row))
    return list(found.select_related("corrected_by", "corrects").order_by("number"))


def gain(actor: Actor, pk: int) -> InnovationGain:
    return get_in_scope(actor, InnovationGain.objects.select_related("innovation"), pk)


def gain_sums(lines: Iterable[InnovationGain]) -> list[tuple[str, Decimal]]:
    """Return what was brought by kind, without the lines that were corrected."""
    counted = [line for line in lines if not hasattr(line, "corrected_by")]
    sums = [(kind, sum((line.quantity for line in counted if line.kind == kind), Decimal(0))) for kind in GainKind]
    return [(str(kind.label), whole) for kind, whole in sums if whole]


@dataclass(frozen=True, slots=True)
class Use:
    """An institution that uses it, with its checks, the day on which the next is due, and whether it still does."""

    row: InnovationUse
    checks: tuple[InnovationUseCheck, ...]
    check_due_on: datetime.date | None

    @property
    def last(self) -> InnovationUseCheck | None:
        return self.checks[-1] if self.checks else None

    @property
    def is_over(self) -> bool:
        return self.last is not None and not self.last.still_used


def uses(actor: Actor, rows: QuerySet[InnovationUse, Any], today: datetime.date) -> list[Use]:
    """Return institutions with their checks in the order of their first days."""
    in_order = Prefetch("checks", InnovationUseCheck.objects.order_by("checked_on"))
    found = scoped(actor, rows).select_related("institution", "innovation").prefetch_related(in_order)
    months = stages_on(today).check_months
    return [_use(each, months) for each in found.order_by("first_used_on", "pk")]


def _use(row: InnovationUse, months: int) -> Use:
    checks = tuple(row.checks.all())
    if checks and not checks[-1].still_used:
        return Use(row, checks, None)
    since = checks[-1].checked_on if checks else row.first_used_on
    return Use(row, checks, add_calendar_months(since, months))


def use(actor: Actor, pk: int) -> InnovationUse:
    return get_in_scope(actor, InnovationUse.objects.select_related("innovation", "institution"), pk)


def checks_due(actor: Actor, today: datetime.date) -> list[Use]:
    """Return the institutions whose use is to be checked by now, of projects that the actor may write."""
    mine = scoped_for(actor, Innovation.objects.all(), WRITE)
    rows = InnovationUse.objects.filter(innovation__in=mine.values("pk"))
    return [each for each in uses(actor, rows, today) if each.check_due_on is not None and each.check_due_on <= today]


def approvals_running_out(actor: Actor, today: datetime.date) -> list[Innovation]:
    """Return the running projects, not beyond their trial, whose last approval ends soon or has ended."""
    catalogue = stages_on(today)
    until = today + datetime.timedelta(days=catalogue.warn_days)
    trials = [position for position, each in enumerate(catalogue.stages) if each.needs_approval]
    last = max(trials, default=-1)
    stages = [each.id for each in catalogue.stages[: last + 1]]
    rows = scoped_for(actor, Innovation.objects.filter(state=InnovationState.RUNNING, stage__in=stages), WRITE)
    return list(rows.annotate(approved_to=Max("approvals__valid_to")).filter(approved_to__lte=until).order_by("code"))


def timeline_entries(actor: Actor, agreement: Agreement) -> list[TimelineEntry]:
    """Return for the time line which stages were completed, and which institutions began to use what."""
    entries = []
    done = scoped(actor, InnovationStep.objects.filter(innovation__agreement=agreement, step="complete"))
    for each in done.select_related("innovation"):
        stage = stages_on(each.on).stage(each.stage)
        zh, en = (each.stage, each.stage) if stage is None else (stage.name.zh, stage.name.en)
        row = each.innovation
        entries.append(
            _entry(each.on, f"{row.title_zh}：完成{zh}", f"{row.title_en or row.title_zh}: {en} completed", each)
        )
    used = scoped(actor, InnovationUse.objects.filter(innovation__agreement=agreement))
    for one in used.select_related("innovation", "institution"):
        row, place = one.innovation, one.institution
        zh = f"{row.title_zh}：{place.name_zh}首次应用"
        en = f"{row.title_en or row.title_zh}: first used at {place.name_en or place.name_zh}"
        entries.append(_entry(one.first_used_on, zh, en, one))
    return entries


def _entry(day: datetime.date, zh: str, en: str, row: InnovationStep | InnovationUse) -> TimelineEntry:
    return TimelineEntry(day, "day", "technique", zh, en, row.provenance)
