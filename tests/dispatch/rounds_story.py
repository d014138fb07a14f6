"""Rounds in one line each: a bus of JIA1 drives to the health centre XIANG and the clinic CUN of the county of SHAN."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from lianyi.accounts.actors import Actor
from lianyi.dispatch import commands
from lianyi.dispatch.commands import NewCrew, NewProgramme, NewRoundPlan, NewStop, VisitRecord
from lianyi.dispatch.models import RoundCrew, RoundPlan, RoundProgramme, RoundStop, RoundVisit
from lianyi.dispatch.rounds_comparison import PlanLine
from lianyi.partnerships.models import Agreement
from lianyi.partnerships.rulebook import rule_book
from lianyi.registry.models import Institution
from tests.cast import Scene, acting_as, day
from tests.dispatch.needs_story import today_and

EIGHT, NOON, FIVE = datetime.time(8), datetime.time(12), datetime.time(17)


def at(text: str) -> datetime.time:
    return datetime.time.fromisoformat(text)


def next_monday(weeks: int = 1) -> datetime.date:
    """Return a Monday so many weeks ahead: at least a week, so that it is never today."""
    today = today_and(0)
    return today + datetime.timedelta(days=7 - today.weekday() + 7 * (weeks - 1))


@dataclass
class Driving:
    """The cast with a programme of rounds that runs now: one bus, two stops, once a month."""

    scene: Scene
    agreement: Agreement
    programme: RoundProgramme
    bus: RoundCrew
    xiang: RoundStop
    cun: RoundStop

    @property
    def office(self) -> Actor:
        return self.scene.office_jia

    def planned(self, stop: RoundStop, on: datetime.date, **more: object) -> RoundVisit:
        """Put a planned visit into the database, also on a day that is over: the plan of the past was made then."""
        return RoundVisit.objects.create(stop=stop, crew=self.bus, day=on, **more)

    def held(self, stop: RoundStop, on: str, **more: object) -> RoundVisit:
        said = VisitRecord(**{"state": "done", "held_on": day(on), **more})  # type: ignore[arg-type]
        return commands.record_unplanned_visit(acting_as(self.office), stop, self.bus, said)

    def record(self, visit: RoundVisit, reason: str = "", actor: Actor | None = None, **said: object) -> RoundVisit:
        context = acting_as(actor or self.office, reason)
        return commands.record_visit(context, visit, VisitRecord(**said), visit.version)  # type: ignore[arg-type]

    def line(self, stop: RoundStop, on: datetime.date, position: int = 1, start: str = "09:00") -> PlanLine:
        arrives = at(start)
        departs = arrives.replace(hour=arrives.hour + stop.service_minutes // 60)
        return PlanLine(stop.pk, self.bus.pk, on, position, arrives, departs, 30)

    def proposed(self, *lines: PlanLine) -> RoundPlan:
        days = [line.day for line in lines]
        new = NewRoundPlan(starts_on=min(days), ends_on=max(days), lines=lines, origin=RoundPlan.Origin.IMPORTED)
        return commands.propose_plan(acting_as(self.office), self.programme, new)

    def taken_over(self, plan: RoundPlan) -> RoundPlan:
        return commands.take_over_plan(acting_as(self.office), plan, plan.version)

    def stop(self, code: str, institution: Institution, **more: object) -> RoundStop:
        new = NewStop(
            code=code,
            place_id=institution.place_id,
            institution_id=institution.pk,
            service_minutes=more.pop("service_minutes", 120),  # type: ignore[arg-type]
            **more,  # type: ignore[arg-type]
        )
        return commands.create_stop(acting_as(self.office), self.programme, new)


def driving(scene: Scene, starts_on: str = "", ends_on: str = "", **more: object) -> Driving:
    start, end = starts_on or today_and(-200).isoformat(), ends_on or today_and(400).isoformat()
    agreement = scene.agreement("JS-NOW", starts_on=start, ends_on=end)
    facts = {"required_visits": 1, "period": "month", **more}
    new = NewProgramme(
        code="BUS",
        name_zh="样例流动医院",
        name_en="Sample mobile hospital",
        kind="mobile_hospital",
        starts_on=day(start),
        ends_on=day(end),
        **facts,  # type: ignore[arg-type]
    )
    office = scene.office_jia
    programme = commands.create_programme(acting_as(office), rule_book(), agreement, new)
    team = commands.create_team(acting_as(office), agreement, commands.NewTeam("T1", "样例巡诊队", "Sample crew"))
    crew = NewCrew(team_id=team.pk, start_id=scene.jia.pk, day_starts_at=EIGHT, day_ends_at=FIVE, skills="03 20")
    bus = commands.create_crew(acting_as(office), programme, crew)
    story = Driving(scene, agreement, programme, bus, None, None)  # type: ignore[arg-type]
    story.xiang = story.stop("X", scene.xiang)
    story.cun = story.stop("C", scene.cun)
    return story
