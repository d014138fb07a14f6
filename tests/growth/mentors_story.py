"""Mentors in one line each: 样例甲 of JIA1, posted to SHAN, teaches a doctor of its emergency department."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from lianyi.accounts.actors import Actor
from lianyi.growth.commands import growth_corrections, logbooks, mentors
from lianyi.growth.models import LevelDecision, LogbookLine, MentorGoal, MentorPair
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Staff
from tests.cast import Scene, acting_as, day, make_staff
from tests.growth.techniques_story import Learning, learning


@dataclass
class Mentoring:
    """The cast of techniques with a pair of the year 2024 and one goal: the technique, alone by the end of the year."""

    learning: Learning
    pair: MentorPair
    goal: MentorGoal = field(init=False)

    @property
    def office(self) -> Actor:
        return self.learning.office

    @property
    def home(self) -> Actor:
        return self.learning.home

    def add_goal(self, **more: Any) -> MentorGoal:
        facts = {"level": "alone", "due_on": day("2024-12-31"), "technique": self.learning.technique, **more}
        return mentors.add_goal(acting_as(self.office), self.pair, mentors.NewGoal(**facts))

    def wrote(self, on: str, level: str, count: int = 1, actor: Actor | None = None, **more: Any) -> LogbookLine:
        new = logbooks.NewLine(done_on=day(on), level=level, count=count)
        return logbooks.write_line(acting_as(actor or self.home), more.pop("goal", self.goal), new)

    def confirmed(self, on: str, level: str, count: int = 1, **more: Any) -> LogbookLine:
        row = self.wrote(on, level, count, **more)
        return logbooks.confirm_line(acting_as(self.office), row, row.version)

    def full_logbook(self) -> None:
        self.confirmed("2024-01-15", "observe", 2)
        self.confirmed("2024-02-05", "assist", 2)
        self.confirmed("2024-03-04", "direct", 5)

    def proposed(self, level: str = "alone", since: str = "2024-04-01", actor: Actor | None = None) -> LevelDecision:
        return mentors.propose_level(acting_as(actor or self.office), self.goal, level, day(since))

    def signed(self, level: str = "alone", since: str = "2024-04-01") -> LevelDecision:
        row = self.proposed(level, since)
        return mentors.sign_level(acting_as(self.learning.head), row, row.version)


def mentoring(scene: Scene) -> Mentoring:
    taught = learning(scene)
    new = mentors.NewPair(mentor=scene.an, apprentice=taught.local, starts_on=day("2024-01-02"))
    story = Mentoring(taught, mentors.create_pair(acting_as(taught.office), taught.agreement, new))
    story.goal = story.add_goal()
    return story


def mentors_of(scene: Scene, agreement: Agreement) -> list[Model]:
    """Return a pair with a goal that was corrected, a line of the logbook and a level that waits."""
    local: Staff = make_staff(scene.shan, "S9", "秘密学员", department=scene.shan_emergency)
    new = mentors.NewPair(mentor=scene.an, apprentice=local, starts_on=day("2024-01-02"))
    pair = mentors.create_pair(acting_as(scene.office_jia), agreement, new)
    wanted = mentors.NewGoal(level="observe", due_on=day("2024-12-31"), words="秘密目标")
    goal = mentors.add_goal(acting_as(scene.office_jia), pair, wanted)
    right = mentors.NewGoal(level="observe", due_on=day("2024-11-30"), words="秘密目标")
    goal = growth_corrections.correct_goal(acting_as(scene.office_jia, "秘密更正"), goal, right, goal.version)
    seen = logbooks.NewLine(done_on=day("2024-02-05"), level="observe", remark="秘密备注")
    line = logbooks.write_line(acting_as(scene.office_shan), goal, seen)
    level = mentors.propose_level(acting_as(scene.office_jia), goal, "observe", day("2024-03-01"))
    return [pair, goal, line, level, goal.corrections.get()]
