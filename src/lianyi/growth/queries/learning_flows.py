"""Who learned what from whom, gathered from attendance, mentors, cases of techniques and secondments.

Each kind is read within the asker's reach with a fixed number of queries. Who taught is the teacher's institution where
the teacher is on record, else whoever gave the course, else the only institution that supports under the agreement.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q
from django.urls import reverse

from lianyi.accounts.access import decide, scoped, scoped_for
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Permission
from lianyi.dispatch.models import Posting, PostingKind, PostingState
from lianyi.growth import learning_subjects as subjects
from lianyi.growth.learning_ends import End
from lianyi.growth.mentor_levels import standing_of
from lianyi.growth.models import (
    Attendance,
    CasePart,
    Course,
    DepartmentTechnique,
    MentorGoal,
    MentorPair,
    ReturnCheck,
    ReturnOutcome,
    SecondmentGoal,
    SessionKind,
    SessionState,
    SupervisionLevel,
    TechniqueCase,
    TrainingCertificate,
)
from lianyi.growth.queries.training import countable
from lianyi.methods.learning_flows import Passage, Way
from lianyi.methods.periods import DateSpan
from lianyi.partnerships.models import AgreementParty

SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class Behind:
    """The record behind a passage, and in a word what came of it."""

    code: str
    url: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the asker wants to see; ``agreement_id`` None for all within reach."""

    today: datetime.date
    agreement_id: int | None = None

    def of(self, lookup: str) -> Q:
        return Q() if self.agreement_id is None else Q(**{lookup: self.agreement_id})


def passages(actor: Actor, asked: Asked) -> list[Passage]:
    """Return everything within reach in which somebody learned something from somebody."""
    helpers = _only_helpers(asked)
    return [
        *_sessions(actor, asked, helpers),
        *_mentors(actor, asked),
        *_techniques(actor, asked, helpers),
        *_secondments(actor, asked),
    ]


def _only_helpers(asked: Asked) -> Mapping[int, int]:
    """Return the supporting institution of those agreements that have exactly one."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    rows = AgreementParty.objects.filter(asked.of("agreement_id"), side=AgreementParty.Side.SUPPORTING)
    for agreement_id, institution_id in rows.values_list("agreement_id", "institution_id"):
        found[agreement_id].add(institution_id)
    return {agreement_id: min(ids) for agreement_id, ids in found.items() if len(ids) == 1}


_ATTENDED = (
    *("session_id", "session__code", "session__agreement_id", "session__course_id", "session__course__organiser_id"),
    *("session__kind", "session__technique_code", "session__specialty", "session__held_on"),
    *("session__teacher_id", "session__teacher__institution_id", "session__teacher__department_id"),
    *("session__teacher_name", "staff_id", "staff__institution_id", "staff__department_id"),
    *("name", "institution_name", "provenance"),
)


def _sessions(actor: Actor, asked: Asked, helpers: Mapping[int, int]) -> Iterator[Passage]:
    """Yield everybody who came to a session that was held; a free clinic treats people and teaches nobody."""
    came = Attendance.objects.filter(asked.of("session__agreement_id"), is_present=True)
    held = came.filter(session__state=SessionState.HELD).exclude(session__kind=SessionKind.FREE_CLINIC)
    rows = [
        dict(zip(_ATTENDED, row, strict=True)) for row in countable(actor, held).order_by("pk").values_list(*_ATTENDED)
    ]
    courses = Course.objects.in_bulk({row["session__course_id"] for row in rows if row["session__course_id"]})
    certified = _certified(actor, asked)
    codes = subjects.technique_codes() if any(row["session__technique_code"] for row in rows) else None
    codes = codes or subjects.TechniqueCodes({})
    for row in rows:
        course = courses.get(row["session__course_id"])
        person = (row["staff_id"], row["name"], row["institution_name"])
        reached_on = certified.get((row["session__course_id"], *person))
        yield Passage(
            way=Way.SESSION if course is None else Way.COURSE,
            subject=subjects.of_course(course)
            if course is not None
            else codes.of_session(row["session__technique_code"], row["session__specialty"], row["session__kind"]),
            giver=_teacher(row, helpers),
            learner=End(
                row["staff__institution_id"],
                row["staff__department_id"],
                row["staff_id"],
                row["institution_name"],
                row["name"],
            ),
            person=person,
            span=DateSpan(row["session__held_on"], row["session__held_on"]),
            row=Behind(row["session__code"], reverse("growth:session", args=[row["session_id"]]))
            if course is None
            else Behind(course.code, course.get_absolute_url()),
            reached_on=reached_on,
            is_sample=row["provenance"] == SAMPLE,
        )


def _teacher(row: Mapping[str, Any], helpers: Mapping[int, int]) -> End:
    if row["session__teacher_id"] is not None:
        return End(
            row["session__teacher__institution_id"], row["session__teacher__department_id"], row["session__teacher_id"]
        )
    giver = row["session__course__organiser_id"] or helpers.get(row["session__agreement_id"])
    return End(giver, person_words=row["session__teacher_name"])


def _certified(actor: Actor, asked: Asked) -> dict[tuple[Any, ...], datetime.date]:
    """Return when whose certificate of which course was given; revoked ones do not count."""
    rows = TrainingCertificate.objects.filter(asked.of("enrolment__course__agreement_id"), revoked_at__isnull=True)
    found = countable(actor, rows).values_list(
        "enrolment__course_id",
        "enrolment__staff_id",
        "enrolment__name",
        "enrolment__institution_name",
        "issued_on",
    )
    return {(course_id, *person): issued_on for course_id, *person, issued_on in found}


def _mentors(actor: Actor, asked: Asked) -> Iterator[Passage]:
    """Yield each goal of each pair, and a pair without goals as it stands."""
    with_people = ("mentor", "apprentice")
    goals = countable(actor, MentorGoal.objects.filter(asked.of("pair__agreement_id")))
    related = goals.select_related("technique__department", *(f"pair__{name}" for name in with_people))
    told = set()
    for goal in related.prefetch_related("lines", "levels").order_by("pk"):
        standing = standing_of(goal, asked.today)
        decision = standing.decision
        levels = list(SupervisionLevel)
        is_there = decision is not None and not standing.lacks_logbook
        is_reached = is_there and levels.index(SupervisionLevel(decision.level)) >= levels.index(  # type: ignore[union-attr]
            SupervisionLevel(goal.level)
        )
        told.add(goal.pair_id)
        yield _pair(
            goal.pair,
            asked.today,
            subject=subjects.of_mentor_goal(goal),
            outcome=str(SupervisionLevel(decision.level).label) if decision is not None else "",
            reached_on=decision.since if decision is not None and is_reached else None,
        )
    pairs = countable(actor, MentorPair.objects.filter(asked.of("agreement_id")).exclude(pk__in=told))
    for pair in pairs.select_related(*with_people).order_by("pk"):
        yield _pair(pair, asked.today, subject=subjects.NOTHING_NAMED)


def _pair(
    pair: MentorPair,
    today: datetime.date,
    *,
    subject: subjects.Subject,
    outcome: str = "",
    reached_on: datetime.date | None = None,
) -> Passage:
    mentor, apprentice = pair.mentor, pair.apprentice
    return Passage(
        way=Way.MENTOR,
        subject=subject,
        giver=End(mentor.institution_id, mentor.department_id, mentor.pk),
        learner=End(apprentice.institution_id, apprentice.department_id, apprentice.pk),
        person=(apprentice.pk, "", ""),
        span=DateSpan(pair.starts_on, max(pair.ended_on or today, pair.starts_on)),
        row=Behind(pair.code, pair.get_absolute_url(), outcome),
        reached_on=reached_on,
        is_sample=pair.provenance == SAMPLE,
    )


_CASE = (
    *("technique_id", "done_on", "part", "local_staff_id", "technique__agreement_id", "provenance"),
    *("posting__from_institution_id", "posting__from_department_id", "posting__staff_id"),
)


def _techniques(actor: Actor, asked: Asked, helpers: Mapping[int, int]) -> Iterator[Passage]:
    """Yield each case in which a local person took part beside somebody who teaches; one taken back is none."""
    standing = Q(reverses__isnull=True, reversed_by__isnull=True) & asked.of("technique__agreement_id")
    rows = list(
        scoped(actor, TechniqueCase.objects.filter(standing, done_on__lte=asked.today))
        .exclude(part=CasePart.NONE)
        .order_by("done_on", "pk")
        .values_list(*_CASE)
    )
    techniques = DepartmentTechnique.objects.select_related("department").in_bulk({row[0] for row in rows})
    learned = {pk: subjects.of_technique(row) for pk, row in techniques.items()}
    alone: dict[tuple[int, int | None], datetime.date] = {}
    for technique_id, done_on, part, local_id, *_rest in rows:
        if part == CasePart.ALONE:
            alone.setdefault((technique_id, local_id), done_on)
    for technique_id, done_on, part, local_id, agreement_id, provenance, *teacher in rows:
        if part == CasePart.ALONE:
            continue
        row = techniques[technique_id]
        yield Passage(
            way=Way.TECHNIQUE,
            subject=learned[technique_id],
            giver=End(*teacher) if teacher[0] is not None else End(helpers.get(agreement_id)),
            learner=End(row.institution_id, row.department_id, local_id),
            person=None if local_id is None else (local_id, "", ""),
            span=DateSpan(done_on, done_on),
            row=Behind(row.code, row.get_absolute_url(), str(row.get_state_display())),
            reached_on=alone.get((technique_id, local_id)),
            is_sample=provenance == SAMPLE,
        )


_UNREAL = (PostingState.DRAFT, PostingState.CANCELLED, PostingState.VOID)


def _secondments(actor: Actor, asked: Asked) -> Iterator[Passage]:
    """Yield each goal of everybody who was away to learn, and the field of those for whom no goal was written."""
    act = "training.read" if decide(actor, "training.read").allowed else "training.count"
    away = Posting.objects.filter(
        asked.of("agreement_id"), kind=PostingKind.SECONDMENT_UP, arrived_on__isnull=False, arrived_on__lte=asked.today
    ).exclude(state__in=_UNREAL)
    rows = scoped_for(actor, away.select_related("staff"), Permission.parse(act)).prefetch_related(
        Prefetch("secondment_goals", SecondmentGoal.objects.filter(is_withdrawn=False)),
        Prefetch("return_checks", ReturnCheck.objects.order_by("months")),
    )
    found = list(rows.order_by("pk"))
    typed = any(goal.technique_code for row in found for goal in row.secondment_goals.all())
    codes = subjects.technique_codes() if typed else subjects.TechniqueCodes({})
    for row in found:
        goals = [codes.of_secondment(goal) for goal in row.secondment_goals.all()]
        for subject in goals or [subjects.of_specialty(row.specialty)]:
            yield _secondment(row, subject, asked.today)


def _secondment(row: Posting, subject: subjects.Subject, today: datetime.date) -> Passage:
    assert row.arrived_on is not None  # noqa: S101 - asked for
    checks = list(row.return_checks.all())
    last = checks[-1] if checks else None
    is_reached = last is not None and last.outcome == ReturnOutcome.INDEPENDENT
    return Passage(
        way=Way.SECONDMENT,
        subject=subject,
        giver=End(row.to_institution_id, row.to_department_id),
        learner=End(row.from_institution_id, row.from_department_id, row.staff_id),
        person=(row.staff_id, "", ""),
        span=DateSpan(row.arrived_on, max(row.left_on or today, row.arrived_on)),
        row=Behind(
            row.code,
            reverse("growth:secondment", args=[row.pk]),
            "" if last is None else str(ReturnOutcome(last.outcome).label),
        ),
        reached_on=last.checked_on if last is not None and is_reached else None,
        is_sample=row.provenance == SAMPLE,
    )
