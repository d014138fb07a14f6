"""Every reading about techniques, within the asker's reach."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.db.models import Case, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from lianyi.accounts.access import get_in_scope, nodes_in_reach, scoped, scoped_for
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Permission, Role
from lianyi.growth.models import CasePart, DepartmentTechnique, TechniqueCase, TechniqueState, TechniqueStep
from lianyi.growth.technique_authority import may_take
from lianyi.growth.technique_catalogue import least_lapse_months
from lianyi.growth.technique_ladders import Climbed
from lianyi.growth.technique_steps import TechniqueStepRule, technique_steps_from
from lianyi.methods.periods import DateSpan, add_calendar_months
from lianyi.methods.technique_ladder import SUSTAINED_AFTER_MONTHS, CheckState
from lianyi.partnerships.evidence import EvidenceKind
from lianyi.partnerships.models import Agreement, AgreementParty, Duty
from lianyi.partnerships.queries import TimelineEntry
from lianyi.registry.models import Department

LEARNING_SIDES = (AgreementParty.Side.SUPPORTED, AgreementParty.Side.MUTUAL, AgreementParty.Side.SITE)
_SIGNED_STATES = (Agreement.State.IN_FORCE, Agreement.State.TERMINATED)
_BESIDE_A_TEACHER = (CasePart.OBSERVED, CasePart.ASSISTED, CasePart.SUPERVISED)
_WITH = ("agreement", "duty", "institution", "department")


def techniques(actor: Actor) -> QuerySet[DepartmentTechnique, Any]:
    """Return the techniques within reach, with the cases that their ladders need."""
    rows = scoped(actor, DepartmentTechnique.objects.select_related(*_WITH))
    return rows.prefetch_related(Prefetch("cases", TechniqueCase.objects.order_by("done_on", "pk"))).order_by(
        "institution__code", "department__code", "chosen_on", "pk"
    )


def technique(actor: Actor, pk: int) -> DepartmentTechnique:
    """Return one technique.

    Raises
    ------
    NotFoundInScopeError
    """
    rows = DepartmentTechnique.objects.select_related(
        *_WITH, "chosen_by", "proposed_by", "signed_by", "proposed_by_staff", "signed_by_staff"
    )
    return get_in_scope(actor, rows, pk)


def department_of_techniques(actor: Actor, pk: int) -> Department:
    """Return a department of which the asker may read at least one technique.

    Raises
    ------
    NotFoundInScopeError
    """
    rows = Department.objects.select_related("institution")
    if techniques(actor).filter(department_id=pk).exists():
        return rows.get(pk=pk)
    return get_in_scope(actor, rows, pk)


def departments_learning(actor: Actor) -> list[Department]:
    """Return the departments that have a ladder within reach."""
    ids = scoped(actor, DepartmentTechnique.objects.order_by()).values("department_id")
    rows = Department.objects.filter(pk__in=ids).select_related("institution")
    return list(rows.order_by("institution__code", "code"))


def cases(actor: Actor, row: DepartmentTechnique) -> list[TechniqueCase]:
    """Return the cases of a technique, latest first, with those taken back and what took them back."""
    rows = scoped(actor, TechniqueCase.objects.filter(technique=row))
    related = rows.select_related("local_staff", "posting__staff", "recorded_by", "reverses", "reversed_by")
    return list(related.order_by("-done_on", "-pk"))


def case(actor: Actor, pk: int) -> TechniqueCase:
    rows = TechniqueCase.objects.select_related(
        "technique__agreement", "technique__institution", "technique__department", "local_staff", "posting__staff"
    )
    return get_in_scope(actor, rows, pk)


def steps(actor: Actor, row: DepartmentTechnique) -> list[TechniqueStep]:
    return list(scoped(actor, TechniqueStep.objects.filter(technique=row).select_related("user")).order_by("pk"))


def allowed_steps(actor: Actor, row: DepartmentTechnique) -> list[TechniqueStepRule]:
    """Return the steps that the actor could take now; whether the evidence is there is told on the step's page."""
    following = technique_steps_from(row.state)
    if row.ready_on is not None:
        following = tuple(step for step in following if step.name != "confirm_ready")
    return [step for step in following if may_take(actor, row, step)]


def agreements_to_write(actor: Actor) -> QuerySet[Agreement, Any]:
    """Return the agreements under which the actor may write about growth, those in force first named."""
    rows = Agreement.objects.exclude(state=Agreement.State.DRAFT)
    return scoped_for(actor, rows, Permission.parse("growth.write")).order_by("-starts_on", "code")


def learning_departments(actor: Actor, agreement: Agreement) -> QuerySet[Department, Any]:
    """Return the departments of the institutions that learn under an agreement."""
    sides = agreement.parties.filter(side__in=LEARNING_SIDES).values("institution_id")
    rows = Department.objects.filter(institution_id__in=sides, closed_on__isnull=True).select_related("institution")
    if actor.department_node_id is not None and actor.role == "department_head":
        own = rows.filter(pk=actor.department_node_id)
        if own.exists():
            return own
    return rows.order_by("institution__code", "code")


def technique_duties(actor: Actor, agreement: Agreement) -> QuerySet[Duty, Any]:
    """Return the duties about techniques of this agreement, then those of others that support the same institutions."""
    learners = agreement.parties.filter(side__in=LEARNING_SIDES).values("institution_id")
    others = AgreementParty.objects.filter(institution_id__in=learners, side__in=LEARNING_SIDES).values("agreement_id")
    rows = scoped(actor, Duty.objects.filter(agreement_id__in=others, agreement__state__in=_SIGNED_STATES))
    own_first = Case(When(agreement=agreement, then=0), default=1)
    found = rows.filter(evidence_kind=EvidenceKind.TECHNIQUES_INDEPENDENT).select_related("agreement")
    return found.order_by(own_first, "agreement__code", "code")


def waiting_for_signature(actor: Actor) -> list[DepartmentTechnique]:
    """Return the techniques that wait for the actor's signature: as the home side, with two queries."""
    rows = DepartmentTechnique.objects.filter(state=TechniqueState.PROPOSED).exclude(proposed_by_id=actor.user_id)
    waiting = scoped_for(actor, rows, Permission.parse("growth.decide"))
    if not actor.is_service:
        waiting = waiting.filter(institution_id__in=nodes_in_reach(actor).values("pk"))
    if actor.role == Role.DEPARTMENT_HEAD:
        waiting = waiting.filter(department_id=actor.department_node_id)
    return list(waiting.order_by("institution__code", "department__code", "chosen_on", "pk"))


def checks_due(found: list[Climbed], today: datetime.date, within_days: int) -> list[Climbed]:
    """Return the techniques of which a check after 6 or 12 months falls due within so many days."""
    last = today + datetime.timedelta(days=within_days)
    return [
        each
        for each in found
        if any(check.state is CheckState.PENDING and check.due_on <= last for check in each.ladder.checks)
    ]


def near_a_check(actor: Actor, today: datetime.date, within_days: int) -> QuerySet[DepartmentTechnique, Any]:
    """Return the signed techniques of which a check can fall due within so many days; the ladder then tells.

    A check falls due 6 or 12 months after the department stood alone. That day is the one that was signed, or the
    latest of those on which the rungs below were proved, so one of them lies as far back.
    """
    spans = [_as_far_back(today, months, within_days) for months in SUSTAINED_AFTER_MONTHS]
    proved = _within("done_on", spans) & Q(technique_id=OuterRef("pk"), part__in=_BESIDE_A_TEACHER)
    days = [_within(name, spans) for name in ("independent_from", "ready_on", "chosen_on")]
    rows = techniques(actor).filter(state=TechniqueState.SIGNED)
    return rows.filter(days[0] | days[1] | days[2] | Q(Exists(TechniqueCase.objects.filter(proved))))


def _as_far_back(today: datetime.date, months: int, within_days: int) -> DateSpan:
    """Return the days from which so many months end within the next days; months of unequal length leave some room."""
    room = datetime.timedelta(days=3)
    first = add_calendar_months(today, -months)
    return DateSpan(first - room, first + datetime.timedelta(days=within_days) + room)


def _within(lookup: str, spans: Sequence[DateSpan]) -> Q:
    found = Q(pk__in=[])
    for span in spans:
        found |= Q(**{f"{lookup}__range": (span.start, span.end)})
    return found


def may_have_lapsed(actor: Actor, today: datetime.date) -> QuerySet[DepartmentTechnique, Any]:
    """Return the signed techniques without a case done alone for as long as the shortest rule says."""
    since = add_calendar_months(today, -least_lapse_months())
    alone = TechniqueCase.objects.filter(technique_id=OuterRef("pk"), part=CasePart.ALONE, done_on__gt=since)
    # What takes a case back has its day and part: together they count nothing. A join would walk through all cases.
    counted = Sum(Case(When(reverses__isnull=True, then=1), default=-1))
    standing = alone.order_by().values("technique_id").annotate(standing=counted).values("standing")
    rows = techniques(actor).filter(state=TechniqueState.SIGNED, independent_from__lte=since)
    return rows.annotate(alone_since=Coalesce(Subquery(standing), 0)).filter(alone_since__lte=0)


def timeline_entries(actor: Actor, agreement: Agreement) -> list[TimelineEntry]:
    """Return on which days techniques were chosen and from when they were done alone."""
    entries = []
    for row in scoped(actor, DepartmentTechnique.objects.filter(agreement=agreement)):
        chinese, english = row.name_zh, row.name_en or row.name_zh
        entries.append(
            TimelineEntry(
                row.chosen_on,
                "day",
                "technique",
                f"选定新技术：{chinese}",
                f"Technique chosen: {english}",
                row.provenance,
            )
        )
        if row.state == TechniqueState.SIGNED and row.independent_from is not None:
            entries.append(
                TimelineEntry(
                    row.independent_from,
                    "day",
                    "technique",
                    f"科室独立开展：{chinese}",
                    f"Done alone by the department: {english}",
                    row.provenance,
                )
            )
    return entries
