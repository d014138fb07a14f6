"""What training registers when the application starts."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from lianyi.accounts.access import RelationPath, ScopeRule, decide, register_scope, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Act, Family
from lianyi.growth import training_counters
from lianyi.growth.imports import cycle_lines as line_imports
from lianyi.growth.imports import training as imports
from lianyi.growth.models import training as models
from lianyi.growth.queries.training import countable, tests_missing
from lianyi.growth.queries.training_own import teaching
from lianyi.growth.training_authority import keeps_training
from lianyi.growth.training_texts import ACTIONS, REFUSALS
from lianyi.pages.action_names import register_action_names
from lianyi.pages.errors import register_error_texts
from lianyi.pages.home import HomeItem, register_home_provider
from lianyi.partnerships.models import Agreement
from lianyi.partnerships.queries import TimelineEntry, register_timeline_source
from lianyi.partnerships.scopes import AGREEMENT_TARGET


def _rule(agreement: str, *nodes: str, person_level: bool = False) -> ScopeRule:
    relations = (RelationPath(AGREEMENT_TARGET, f"{agreement}agreement_id"),)
    return ScopeRule(family=Family.TRAINING, nodes=nodes, relations=relations, person_level=person_level)


def register() -> None:
    register_scope(models.Course, _rule("", "organiser_id"))
    register_scope(models.TrainingSession, _rule("", "institution_id"))
    register_scope(models.TrainingSessionEvent, _rule("session__", "session__institution_id"))
    register_scope(models.Enrolment, _rule("course__", "course__organiser_id", person_level=True))
    register_scope(models.Attendance, _rule("session__", "session__institution_id", person_level=True))
    register_scope(models.AttendanceCode, _rule("session__", "session__institution_id"))
    register_scope(models.CodeTry, ScopeRule(family=Family.AUDIT, person_level=True))
    register_scope(
        models.TestResult, _rule("enrolment__course__", "enrolment__course__organiser_id", person_level=True)
    )
    register_scope(
        models.TrainingCertificate, _rule("enrolment__course__", "enrolment__course__organiser_id", person_level=True)
    )
    imports.register()
    # After courses, techniques, pairs and projects, which lines of gap plans name: a folder is loaded in this order.
    line_imports.register()
    training_counters.register()
    register_error_texts(REFUSALS)
    register_action_names(ACTIONS)
    register_home_provider(home_items)
    register_timeline_source(timeline_entries)


def home_items(actor: Actor) -> list[HomeItem]:
    """Return what of training waits for the actor: sessions of today, sessions not recorded, tests missing."""
    today = timezone.localdate()
    found = []
    mine = [each for each in teaching(actor, today) if each.day == today]
    if mine:
        text = ngettext("Training session that you teach today", "Training sessions that you teach today", len(mine))
        found.append(HomeItem(text, mine[0].get_absolute_url(), len(mine), tone="info"))
    if not keeps_training(actor) or not decide(actor, "training.write").allowed:
        return found
    over = models.TrainingSession.objects.filter(state=models.SessionState.PLANNED, day__lt=today)
    if count := scoped(actor, over, Act.WRITE).count():
        text = ngettext(
            "Training session is over and not recorded", "Training sessions are over and not recorded", count
        )
        found.append(HomeItem(text, f"{reverse('growth:sessions')}?unrecorded=yes", count, tone="warning"))
    missing = list(tests_missing(actor, today).values_list("course_id", flat=True))
    if missing:
        text = ngettext(
            "Person has no second test after a course", "People have no second test after a course", len(missing)
        )
        found.append(HomeItem(text, reverse("growth:course", args=[min(missing)]), len(missing), tone="warning"))
    return found


def timeline_entries(actor: Actor, agreement: Agreement) -> Iterable[TimelineEntry]:
    """Return each free clinic, and for each course that it began: counts and titles, nobody by name."""
    clinics = countable(actor, models.TrainingSession.objects.filter(agreement=agreement))
    for row in clinics.filter(state=models.SessionState.HELD, kind=models.SessionKind.FREE_CLINIC):
        if row.held_on is not None:
            yield TimelineEntry(
                row.held_on, "day", "clinic", f"义诊：{row.title}", f"Free clinic: {row.title}", row.provenance
            )
    for course in countable(
        actor, models.Course.objects.filter(agreement=agreement, sessions__state="held")
    ).distinct():
        yield TimelineEntry(
            course.starts_on,
            "day",
            "training",
            f"培训：{course.title_zh}",
            f"Training: {course.title_en or course.title_zh}",
            course.provenance,
            until=course.ends_on,
        )
