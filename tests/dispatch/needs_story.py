"""What people do about needs in one line each: SHAN asks for an emergency doctor, JIA1 sends one."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.dispatch import commands, needs_queries
from lianyi.dispatch.models import Need, Posting
from lianyi.dispatch.needs_filling import standing
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Staff
from tests.cast import Scene, acting_as, actor_for


def today_and(days: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=days)


@dataclass
class Needing:
    """The cast with an agreement that runs now, and a second person in the office of SHAN who approves."""

    scene: Scene
    agreement: Agreement
    chief_shan: Actor

    def written(self, **more: object) -> Need:
        """Return the draft of Office Shan: two emergency doctors of intermediate title for half a year each."""
        facts: dict[str, object] = {
            "institution": self.scene.shan,
            "people": 2,
            "specialty": "20",
            "profession": "doctor",
            "least_title_rank": "intermediate",
            "starts_on": today_and(0),
            "ends_on": today_and(360),
            "least_term_months": 3,
            "reason_code": "too_few",
            "reason": "急诊只有两名医师",
        }
        new = commands.NewNeed(**{**facts, **more})  # type: ignore[arg-type]
        return commands.draft_need(acting_as(self.scene.office_shan), new)

    def step(self, row: Need, name: str, actor: Actor | None = None, **more: object) -> Need:
        reason, code = str(more.pop("reason", "")), str(more.pop("reason_code", ""))
        context = acting_as(actor or self.scene.office_shan, reason, code)
        return commands.take_need_step(context, row, name, row.version, **more)  # type: ignore[arg-type]

    def opened(self, **more: object) -> Need:
        row = self.step(self.written(**more), "submit")
        self.step(row, "approve", self.chief_shan)
        return self.step(row, "open", agreement=self.agreement)

    def line(self, need: Need, staff: Staff, first: int = 10, last: int = 150, **more: object) -> Posting:
        """Return a draft line of Office Jia that names the need, from so many days after today to so many."""
        start, end = today_and(first).isoformat(), today_and(last).isoformat()
        return self.scene.draft(self.agreement, staff, start, end, need_id=need.pk, **more)  # type: ignore[arg-type]

    def published(self, need: Need, staff: Staff, first: int = 10, last: int = 150, **more: object) -> Posting:
        row = self.line(need, staff, first, last, **more)
        commands.publish_postings(acting_as(self.scene.office_jia), self.agreement, [row.pk])
        row.refresh_from_db()
        return row


def needing(scene: Scene) -> Needing:
    start, end = today_and(-200).isoformat(), today_and(400).isoformat()
    agreement = scene.agreement("JS-NOW", starts_on=start, ends_on=end)
    return Needing(scene, agreement, actor_for("chief-shan", scene.shan.pk, "supported_office"))


def stands(actor: Actor, row: Need) -> str:
    return standing(needs_queries.need(actor, row.pk))
