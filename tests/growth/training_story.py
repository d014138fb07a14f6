"""Training in one line each: JIA1 teaches the people of SHAN under an agreement that runs now."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from lianyi.accounts.actors import Actor
from lianyi.growth.commands import training, training_people
from lianyi.growth.commands.training import NewCourse, NewSession, SessionAsHeld
from lianyi.growth.commands.training_people import Person
from lianyi.growth.models import Course, Enrolment, TrainingSession
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Staff
from tests.cast import Scene, acting_as, actor_for, make_staff
from tests.dispatch.needs_story import today_and


@dataclass
class Teaching:
    """The cast with a course of JIA1 for SHAN: two of its staff and one without a record are enrolled."""

    scene: Scene
    agreement: Agreement
    course: Course
    learner: Staff
    other: Staff
    learner_actor: Actor

    @property
    def office(self) -> Actor:
        return self.scene.office_jia

    def session(self, code: str, on: datetime.date | None = None, **more: object) -> TrainingSession:
        facts = {
            "kind": "lesson",
            "title": f"课 {code}",
            "day": on or today_and(-1),
            "minutes": 90,
            "institution_id": self.scene.shan.pk,
            "course_id": self.course.pk,
            **more,
        }
        if facts["kind"] == "free_clinic":
            facts["course_id"] = None
        new = NewSession(code=code, **facts)  # type: ignore[arg-type]
        return training.plan_session(acting_as(self.office), self.agreement, new)

    def held(self, code: str, on: datetime.date | None = None, **more: object) -> TrainingSession:
        day = on or today_and(-1)
        minutes = int(str(more.pop("held_minutes", 90)))
        counts = {name: more.pop(name) for name in ("people_seen", "people", "services") if name in more}
        said = SessionAsHeld(held_on=day, held_minutes=minutes, **counts)  # type: ignore[arg-type]
        return self.step(self.session(code, day, **more), "hold", said)

    def step(
        self,
        row: TrainingSession,
        name: str,
        said: SessionAsHeld | None = None,
        reason: str = "",
        actor: Actor | None = None,
    ) -> TrainingSession:
        context = acting_as(actor or self.office, reason)
        return training.take_session_step(context, row, name, said or SessionAsHeld(), row.version)

    def enrolled(self, staff: Staff | None = None, name: str = "", institution: str = "") -> Enrolment:
        person = Person(staff_id=None if staff is None else staff.pk, name=name, institution_name=institution)
        # The people of SHAN are enrolled by their own office; that of JIA1 does not reach their records.
        office = self.office if staff is None else self.scene.office_shan
        return training_people.enrol(acting_as(office), self.course, person)

    def came(self, row: TrainingSession, *people: Enrolment, were_there: bool = True) -> None:
        seen = [
            (Person(staff_id=each.staff_id, name=each.name, institution_name=each.institution_name), were_there)
            for each in people
        ]
        training_people.record_attendance(acting_as(self.office), row, seen)

    def tested(self, moment: str, points: dict[Enrolment, str], reason: str = "") -> None:
        scores = {row.pk: Decimal(text) for row, text in points.items()}
        context = acting_as(self.office, reason)
        training_people.record_results(context, self.course, moment, today_and(-1), scores)


def teaching(scene: Scene, **more: object) -> Teaching:
    agreement = scene.agreement("JS-NOW", starts_on=today_and(-200).isoformat(), ends_on=today_and(400).isoformat())
    facts = {"test_maximum": Decimal(100), "pass_mark": Decimal(60), "least_attendance_percent": 80, **more}
    new = NewCourse(
        code="ECG",
        organiser_id=scene.jia.pk,
        title_zh="样例心电图课程",
        title_en="Sample ECG course",
        kind="taught",
        starts_on=today_and(-60),
        ends_on=today_and(-1),
        **facts,  # type: ignore[arg-type]
    )
    course = training.create_course(acting_as(scene.office_jia), agreement, new)
    learner = make_staff(scene.shan, "L1", "样例学员一", department=scene.shan_emergency)
    other = make_staff(scene.shan, "L2", "样例学员二", department=scene.shan_emergency)
    actor = actor_for("learner", scene.shan.pk, "referring_clinician")
    Staff.objects.filter(pk=learner.pk).update(user_id=actor.user_id)
    learner.refresh_from_db()
    return Teaching(scene, agreement, course, learner, other, actor)
