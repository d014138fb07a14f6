"""What people do in the pool in one line each: doctors An and Bo of JIA1 have logins, Office Jia keeps the pool."""

from __future__ import annotations

from dataclasses import dataclass

from lianyi.accounts.actors import Actor
from lianyi.accounts.models import User
from lianyi.dispatch import commands, pool_queries
from lianyi.dispatch.models import Candidacy, PoolMember
from lianyi.operations.users import link_staff
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Staff
from tests.cast import Scene, acting_as, actor_for, as_service
from tests.dispatch.needs_story import today_and


@dataclass
class Pooling:
    """The cast with an agreement that runs now, two doctors who sign in, a planner and colleagues without a part."""

    scene: Scene
    agreement: Agreement
    an: Actor
    bo: Actor
    planner: Actor
    head: Actor
    colleague: Actor

    @property
    def office(self) -> Actor:
        return self.scene.office_jia

    def entered(self, staff: Staff, actor: Actor | None = None, **entry: object) -> PoolMember:
        new = commands.PoolEntry(**entry)  # type: ignore[arg-type]
        return commands.enter_pool(acting_as(actor or self.office), staff, new)

    def invited(self, staff: Staff, days: int = 7, **more: object) -> Candidacy:
        new = commands.NewInvitation(staff=staff, answer_by=today_and(days), **more)  # type: ignore[arg-type]
        return commands.invite(acting_as(self.office), new)

    def applied(self, **more: object) -> Candidacy:
        return commands.apply_for(acting_as(self.an), self.scene.an, commands.NewApplication(**more))  # type: ignore[arg-type]

    def asked(self, **more: object) -> Candidacy:
        """Return what Office Shan asks JIA1 for: an emergency doctor, answered within ten days."""
        facts: dict[str, object] = {
            "receiver": self.scene.shan,
            "home": self.scene.jia,
            "answer_by": today_and(10),
            "specialty": "20",
            "profession": "doctor",
            **more,
        }
        return commands.ask_for(acting_as(self.scene.office_shan), commands.NewAsking(**facts))  # type: ignore[arg-type]

    def step(self, row: Candidacy, name: str, actor: Actor | None = None, **more: object) -> Candidacy:
        reason, code = str(more.pop("reason", "")), str(more.pop("reason_code", ""))
        word = commands.StepWord(**more)  # type: ignore[arg-type]
        context = acting_as(actor or self.office, reason, code)
        return commands.take_candidacy_step(context, row, name, row.version, word)

    def late(self, row: Candidacy) -> Candidacy:
        """Let the day of the answer pass."""
        Candidacy.objects.filter(pk=row.pk).update(answer_by=today_and(-1))
        row.refresh_from_db()
        return row

    def stands(self, actor: Actor, row: Candidacy) -> str:
        return str(pool_queries.candidacy(actor, row.pk).standing)  # type: ignore[attr-defined]


def login_of(staff: Staff, username: str, role: str) -> Actor:
    """Return the actor of a person of the registry, in a role at their hospital."""
    actor = actor_for(username, staff.institution_id, role)
    link_staff(as_service(), staff, User.objects.get(username=username))
    return actor


def pooling(scene: Scene) -> Pooling:
    start, end = today_and(-400).isoformat(), today_and(500).isoformat()
    return Pooling(
        scene,
        scene.agreement("JS-POOL", starts_on=start, ends_on=end),
        # No permission of dispatch at all: what is one's own needs none.
        an=login_of(scene.an, "doctor-an", "duty_clinician"),
        bo=login_of(scene.bo, "doctor-bo", "referring_clinician"),
        planner=actor_for("planner-jia", scene.city.pk, "dispatch_planner"),
        head=actor_for("head-em", scene.jia.pk, "department_head", scene.emergency.pk),
        colleague=actor_for("colleague", scene.jia.pk, "referring_clinician"),
    )
