"""What somebody attended of a course: sessions and minutes, from the sessions that were held and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lianyi.growth.models.training import Attendance, Course, Enrolment, SessionState, TrainingSession

Identity = tuple[int | None, str, str]


@dataclass(frozen=True, slots=True)
class Attended:
    """What one person attended; sessions for which nobody noted this person are unknown, not missed."""

    sessions_held: int
    sessions_attended: int
    sessions_missed: int
    minutes: int

    @property
    def sessions_unknown(self) -> int:
        return self.sessions_held - self.sessions_attended - self.sessions_missed

    def reaches(self, least_percent: int) -> bool:
        """Tell whether enough of the sessions held were attended; without any session nothing is reached."""
        return self.sessions_attended > 0 and self.sessions_attended * 100 >= least_percent * self.sessions_held


def attended_of(course: Course, enrolments: Sequence[Enrolment]) -> dict[int, Attended]:
    """Return what each enrolled person attended, with two queries for all of them."""
    held = dict(
        TrainingSession.objects.filter(course=course, state=SessionState.HELD).values_list("pk", "held_minutes")
    )
    present: dict[Identity, list[int]] = {}
    missed: dict[Identity, int] = {}
    for row in Attendance.objects.filter(session_id__in=held):
        if row.is_present:
            present.setdefault(row.identity, []).append(held[row.session_id] or 0)
        else:
            missed[row.identity] = missed.get(row.identity, 0) + 1
    return {
        each.pk: Attended(
            sessions_held=len(held),
            sessions_attended=len(present.get(each.identity, ())),
            sessions_missed=missed.get(each.identity, 0),
            minutes=sum(present.get(each.identity, ())),
        )
        for each in enrolments
    }
