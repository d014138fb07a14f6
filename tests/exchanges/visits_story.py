"""Visits in one line each: JIA1 supports SHAN and comes to see it; points are raised, and somebody does something."""

from __future__ import annotations

from dataclasses import dataclass

from lianyi.accounts.actors import Actor
from lianyi.accounts.models import User
from lianyi.exchanges import commands
from lianyi.exchanges.commands import ActionFacts, HeldDays, NewAction, NewPoint, NewVisit, Ownership
from lianyi.exchanges.models import Action, ExchangeVisit, Point
from lianyi.exchanges.queries import actions as action_queries
from lianyi.exchanges.standing import standing, with_standing
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Staff
from tests.cast import Scene, acting_as, actor_for
from tests.dispatch.needs_story import today_and

AGO = -100


@dataclass
class Visiting:
    """The cast with an agreement that runs now and a symposium held a while ago at SHAN."""

    scene: Scene
    agreement: Agreement
    visit: ExchangeVisit
    chief_shan: Actor
    head_jia: Actor
    member: Staff
    posted: Actor

    @property
    def jia(self) -> Actor:
        return self.scene.office_jia

    @property
    def shan(self) -> Actor:
        return self.scene.office_shan

    def planned(self, code: str, starts: int, **more: object) -> ExchangeVisit:
        facts = {
            "code": code,
            "kind": "inspection",
            "title_zh": f"样例走访{code}",
            "title_en": f"Sample visit {code}",
            "starts_on": today_and(starts),
            "ends_on": today_and(starts),
            "host": self.scene.shan,
            "guest": self.scene.jia,
            "agreement": self.agreement,
            **more,
        }
        return commands.plan_visit(acting_as(self.jia), NewVisit(**facts))  # type: ignore[arg-type]

    def held(self, code: str, starts: int) -> ExchangeVisit:
        row = self.planned(code, starts)
        return self.take(row, "hold", self.jia, days=HeldDays(row.starts_on, row.ends_on))

    def take(
        self, row: ExchangeVisit, step: str, actor: Actor, reason: str = "", days: HeldDays | None = None
    ) -> ExchangeVisit:
        row.refresh_from_db()
        return commands.take_visit_step(acting_as(actor, reason), row, step, row.version, days)

    def raised(self, visit: ExchangeVisit | None = None, actor: Actor | None = None, **more: object) -> Point:
        at = visit or self.visit
        facts: dict[str, object] = {
            "kind": "problem",
            "category": "staff",
            "statement_zh": "样例：急诊医生不足",
            "raised_on": at.starts_on,
            "raised_by_institution_id": self.scene.jia.pk,
            "institution_id": self.scene.shan.pk,
            **more,
        }
        return commands.raise_point(acting_as(actor or self.jia), at, NewPoint(**facts))  # type: ignore[arg-type]

    def difficulty(self, actor: Actor | None = None, **more: object) -> Point:
        facts = {
            "kind": "difficulty",
            "category": "difficulty_housing",
            "statement_zh": "秘密：宿舍漏水",
            "raised_by_staff_id": self.member.pk,
            "institution_id": None,
            **more,
        }
        return self.raised(actor=actor or self.shan, **facts)

    def ownership(self, due: int = 30, **more: object) -> Ownership:
        facts = {"owner_id": self.scene.shan.pk, "due_on": today_and(due), "supporter_id": self.scene.jia.pk, **more}
        return Ownership(**facts)  # type: ignore[arg-type]

    def made(self, point: Point | None = None, due: int = 30, actor: Actor | None = None, **more: object) -> Action:
        row = point or self.raised()
        owner = more.pop("ownership", self.ownership(due))
        new = NewAction(title_zh="样例：招聘两名医生", ownership=owner, **more)  # type: ignore[arg-type]
        return commands.make_action(acting_as(actor or self.jia), row, new, row.version)

    def step(self, row: Action, name: str, actor: Actor, reason: str = "", **facts: object) -> Action:
        row.refresh_from_db()
        said = ActionFacts(**facts)  # type: ignore[arg-type]
        return commands.take_action_step(acting_as(actor, reason), row, name, said, row.version)

    def done(self, row: Action, on: int = -10) -> Action:
        return self.step(row, "finish", self.shan, done_on=today_and(on), evidence="录用名单")

    def closed(self, row: Action, on: int = -10) -> Action:
        self.done(row, on)
        self.step(row, "verify", self.jia, check_words="已查看名单和排班")
        return self.step(row, "close", self.jia)

    def stands(self, row: Action) -> str:
        return str(standing(with_standing(Action.objects.all()).get(pk=row.pk)))

    def seen_by(self, actor: Actor, row: Action) -> Action:
        return action_queries.action(actor, row.pk)


def visiting(scene: Scene) -> Visiting:
    agreement = scene.agreement("JS-NOW", starts_on=today_and(-300).isoformat(), ends_on=today_and(400).isoformat())
    chief = actor_for("chief-shan", scene.shan.pk, "supported_office")
    head = actor_for("head-jia", scene.jia.pk, "department_head", scene.emergency.pk)
    posted = actor_for("posted-an", scene.jia.pk, "posted_staff", scene.emergency.pk)
    Staff.objects.filter(pk=scene.an.pk).update(user=User.objects.get(username="posted-an"))
    scene.an.refresh_from_db()
    story = Visiting(scene, agreement, None, chief, head, scene.an, posted)  # type: ignore[arg-type]
    story.visit = story.held("SYMP", AGO)
    return story
