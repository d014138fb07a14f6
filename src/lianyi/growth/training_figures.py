"""Figures of training: sessions by kind, people at free clinics by sex and age, what courses changed.

A reader who only sees counts gets small ones hidden, and no change of so few that one of them could be known by it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from lianyi.accounts.access import decide
from lianyi.accounts.actors import Actor
from lianyi.dispatch.rounds_disclosure import SmallCounts, watched_counts
from lianyi.growth.models.training import (
    Attendance,
    Course,
    Enrolment,
    SessionKind,
    SessionState,
    TestMoment,
    TestResult,
    TrainingSession,
)
from lianyi.growth.queries.training import countable
from lianyi.growth.training_checks import AGE_BANDS, SEXES
from lianyi.methods.disclosure import ShownTable, hide_small_cells_in_table
from lianyi.methods.paired_change import Measured, PairedChange, paired_change, share_reaching
from lianyi.methods.proportions import Share, is_small_cell


@dataclass(frozen=True, slots=True)
class CourseChange:
    """What the test of a course says: the change over pairs, the share reaching the mark before and after."""

    course: Course
    change: PairedChange
    reached_before: Share
    reached_after: Share
    pairs: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class KindFigure:
    """Sessions of one kind that were held; ``came`` counts attendances that were noted."""

    kind: SessionKind
    sessions: int
    minutes: int
    came: int


@dataclass(frozen=True, slots=True)
class ClinicFigure:
    """People seen at free clinics by age and sex as they may be shown, and clinics of which nobody counted."""

    clinics: int
    not_counted: int
    without_sex_and_age: int
    shown: ShownTable


def small_counts_of_training(actor: Actor) -> SmallCounts:
    """Return how counts of people are shown: exact for those who read training, else small ones hidden."""
    return SmallCounts() if decide(actor, "training.read").allowed else watched_counts()


def change_of(course: Course, measured: Sequence[Measured]) -> CourseChange:
    """Judge the tests of a course; ``measured`` has one pair for each person enrolled."""
    mark = float(course.pass_mark or 0)
    pairs = tuple((before, after) for before, after in measured if before is not None and after is not None)
    return CourseChange(
        course,
        paired_change(measured),
        share_reaching([before for before, _after in measured], mark),
        share_reaching([after for _before, after in measured], mark),
        pairs,
    )


def changes_of(courses: Sequence[Course]) -> list[CourseChange]:
    """Judge the tests of many courses with two queries."""
    tested = [course for course in courses if course.test_maximum is not None]
    ids = [course.pk for course in tested]
    scores: defaultdict[int, dict[str, float]] = defaultdict(dict)
    for enrolment_id, moment, score in TestResult.objects.filter(enrolment__course_id__in=ids).values_list(
        "enrolment_id", "moment", "score"
    ):
        scores[enrolment_id][moment] = float(score)
    measured: defaultdict[int, list[Measured]] = defaultdict(list)
    standing = Enrolment.objects.filter(course_id__in=ids).order_by("pk")
    for pk, course_id, is_withdrawn in standing.values_list("pk", "course_id", "is_withdrawn"):
        if pk in scores or not is_withdrawn:
            measured[course_id].append((scores[pk].get(TestMoment.BEFORE), scores[pk].get(TestMoment.AFTER)))
    return [change_of(course, measured[course.pk]) for course in tested]


def shown_changes(actor: Actor) -> list[CourseChange]:
    """Return the changes of courses that the actor may be shown."""
    threshold = small_counts_of_training(actor).threshold
    found = changes_of(list(countable(actor, Course.objects.select_related("agreement")).order_by("starts_on", "code")))
    return [each for each in found if each.change.pairs and not is_small_cell(each.change.pairs, threshold)]


def kinds_held(actor: Actor) -> list[KindFigure]:
    """Count the sessions held of each kind, with what they took and how many came."""
    rows = countable(actor, TrainingSession.objects.filter(state=SessionState.HELD))
    found: dict[str, list[int]] = {kind.value: [0, 0] for kind in SessionKind}
    ids: dict[int, str] = {}
    for pk, kind, minutes in rows.values_list("pk", "kind", "held_minutes"):
        ids[pk] = kind
        found[kind][0] += 1
        found[kind][1] += minutes or 0
    came: defaultdict[str, int] = defaultdict(int)
    for session_id in Attendance.objects.filter(is_present=True, session__in=rows).values_list("session_id", flat=True):
        came[ids[session_id]] += 1
    return [KindFigure(SessionKind(kind), both[0], both[1], came[kind]) for kind, both in found.items()]


def clinics_held(actor: Actor) -> ClinicFigure:
    """Sum the people seen at free clinics; a clinic without a count is told, not read as nobody."""
    rows = countable(actor, TrainingSession.objects.filter(state=SessionState.HELD, kind=SessionKind.FREE_CLINIC))
    counts = list(rows.values_list("people_seen", "people"))
    told = [people for _seen, people in counts if people]
    grid = [[sum(people.get(f"{sex}_{band}", 0) for people in told) for sex in SEXES] for band in AGE_BANDS]
    return ClinicFigure(
        clinics=len(counts),
        not_counted=sum(seen is None for seen, _people in counts),
        without_sex_and_age=sum((seen or 0) - sum(people.values()) for seen, people in counts),
        shown=hide_small_cells_in_table(grid, small_counts_of_training(actor).threshold),
    )
