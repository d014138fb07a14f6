"""A small world of eleven referrals in spring 2026, written with the commands that people use, counted by hand below.

All times are those of Shanghai. The span that is counted is 2026-04-01 to 2026-06-30.

A   urgent, up. Sent 04-13 10:00, opened 10:05, accepted 10:30 (30 min, due 12:00). Came 12:00, outcome "home" 04-16,
    read 04-18: 5 days after the arrival.
B   urgent, up. Sent 04-14 10:00, opened 10:10, accepted 13:00 (180 min, due 12:00: late). Came 15:00. Back leg BB
    proposed 04-17, outcome "returned" 04-18, read 04-26: 12 days after the arrival.
BB  urgent, down, to 山县. Sent 04-17 09:00, opened 09:30, accepted 10:00 (60 min, due 17:00). Came back 04-20.
C   urgent, up, the same patient as B. Sent 05-05 10:00 (15 days after the return), opened 10:01, declined "no bed"
    10:20 (20 min, in time).
D   chest pain, up. Sent 04-15 08:00, opened 08:02, accepted 08:09 (9 min, due 08:15). Left 08:30, came 09:10.
    First contact 07:40, first ECG 07:49 and catheter 10:10.
E   chest pain, up. Sent 04-15 20:00, opened 20:01, declined "no specialist" 20:25 (25 min: late).
F   emergency (other), up. Sent 04-16 06:00, opened 06:01, nobody answered until 07:00.
G   routine, up. Sent 04-13 09:00, opened 10:00, question 11:00 to 14:00 (a pause of 180 min), accepted 16:00:
    420 min raw, 240 net; in time. Withdrawn 04-20 "no bed".
H   urgent, up. Sent 04-21 09:00, accepted by telephone at 09:20, typed in by the sender: not timed.
I   urgent, up. Sent 04-22 09:00, the patient came at 09:40 before any answer.
J   urgent, up, asked of 甲市 and of 邻县 at once on 04-23 09:00; 邻县 accepted 09:15 (15 min), 甲市 was passed over.
K   urgent, up. Sent 04-24 09:00, taken back 09:30.
X   entered in error: counted nowhere.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

import time_machine
from django.utils import timezone

from lianyi.referrals.commands.steps import record_milestone
from lianyi.referrals.models import Clock, Leg
from lianyi.referrals.walking import automatic_step
from tests.cast import Scene, acting_as, as_service, build_scene
from tests.referrals.story import STABLE, Story, tell

BEFORE = "2026-03-02 08:00"
AFTERWARDS = "2026-07-01 08:00"


def moment(text: str) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.fromisoformat(text))


@dataclass
class SmallWorld:
    """The story, with its referrals by their letters."""

    traveller: Any
    story: Story
    legs: dict[str, Leg] = field(default_factory=dict)

    @property
    def scene(self) -> Scene:
        return self.story.scene

    def at(self, text: str) -> None:
        self.traveller.move_to(moment(text))

    def ids(self, letters: str) -> set[int]:
        """Return the legs of these letters, parted by blanks."""
        return {self.legs[letter].pk for letter in letters.split()}

    def sent(self, letter: str, when: str, *receivers: Any, **more: Any) -> Leg:
        self.at(when)
        self.legs[letter] = self.story.sent(*receivers, **more)
        return self.legs[letter]

    def step(self, letter: str, when: str, name: str, actor: Any, /, **said: Any) -> Leg:
        self.at(when)
        return self.story.step(self.legs[letter], name, actor, **said)

    def accepted(self, letter: str, when: str, actor: Any, /, **said: Any) -> Leg:
        said = {"contact": "样例", "capacity_confirmed": True, **said}
        return self.step(letter, when, "accept", actor, **said)


def build_small_world(traveller: Any) -> SmallWorld:
    """Write everything, day by day; afterwards it is 2026-07-01."""
    traveller.move_to(moment(BEFORE))
    world = SmallWorld(traveller, tell(build_scene()))
    _write_urgent_ones(world)
    _write_emergencies(world)
    _write_special_ones(world)
    world.at(AFTERWARDS)
    return world


def _write_urgent_ones(world: SmallWorld) -> None:
    story = world.story
    jia, shan, sender = story.duty_jia, story.duty_shan, story.doctor_shan
    world.sent("A", "2026-04-13 10:00", urgency="urgent")
    world.step("A", "2026-04-13 10:05", "open", jia)
    world.accepted("A", "2026-04-13 10:30", jia)
    world.step("A", "2026-04-13 12:00", "arrive", jia)
    world.step("A", "2026-04-13 12:30", "take_over", jia)
    world.step("A", "2026-04-16 09:00", "send_outcome", jia, disposition="home", text="样例结果")
    world.step("A", "2026-04-18 09:00", "acknowledge", sender)
    world.sent("B", "2026-04-14 10:00", urgency="urgent")
    world.step("B", "2026-04-14 10:10", "open", jia)
    world.accepted("B", "2026-04-14 13:00", jia)
    world.step("B", "2026-04-14 15:00", "arrive", jia)
    world.step("B", "2026-04-14 15:30", "take_over", jia)
    plan = story.plan(follow_up_on=(datetime.date(2026, 4, 22),))
    world.step(
        "B",
        "2026-04-17 09:00",
        "propose_return",
        jia,
        institution_id=world.scene.shan.pk,
        stability=STABLE,
        agreed_by="patient",
        plan=plan,
    )
    world.legs["BB"] = Leg.objects.get(request__based_on_id=world.legs["B"].request_id, request__direction="down")
    world.step("BB", "2026-04-17 09:30", "open", shan)
    world.accepted("BB", "2026-04-17 10:00", shan, needs=story.yes_to_all_needs(world.legs["BB"]))
    world.step("B", "2026-04-18 09:00", "send_outcome", jia, disposition="returned", text="样例结果")
    world.step("BB", "2026-04-20 10:00", "arrive", shan)
    world.step("BB", "2026-04-20 10:30", "take_over", shan)
    world.step("B", "2026-04-26 16:00", "acknowledge", sender)
    again = {"urgency": "urgent", "patient": None, "based_on_id": world.legs["BB"].request_id}
    world.sent("C", "2026-05-05 10:00", **again)
    world.step("C", "2026-05-05 10:01", "open", jia)
    world.step("C", "2026-05-05 10:20", "decline", jia, reason_code="no_bed", hand_to_coordinator=True)


def _write_emergencies(world: SmallWorld) -> None:
    story = world.story
    jia, sender = story.duty_jia, story.doctor_shan
    pain = {"urgency": "emergency", "condition": "chest_pain"}
    world.sent("D", "2026-04-15 08:00", **pain)
    world.step("D", "2026-04-15 08:02", "open", jia)
    world.accepted("D", "2026-04-15 08:09", jia)
    world.step("D", "2026-04-15 08:30", "depart", sender)
    world.step("D", "2026-04-15 09:10", "arrive", jia)
    world.step("D", "2026-04-15 09:15", "take_over", jia)
    world.at("2026-04-15 11:00")
    for code, text in (("first_contact", "07:40"), ("ecg", "07:49"), ("wire", "10:10")):
        at = moment(f"2026-04-15 {text}")
        record_milestone(acting_as(sender if code != "wire" else story.head_jia), world.legs["D"].pk, code, at, None)
    world.sent("E", "2026-04-15 20:00", **pain)
    world.step("E", "2026-04-15 20:01", "open", jia)
    world.step("E", "2026-04-15 20:25", "decline", jia, reason_code="no_specialist", hand_to_coordinator=True)
    world.sent("F", "2026-04-16 06:00", urgency="emergency", condition="other")
    world.step("F", "2026-04-16 06:01", "open", jia)
    world.at("2026-04-16 07:00")
    # The whole ladder was called.
    Clock.objects.filter(leg=world.legs["F"], kind="decision").update(rung=9)
    automatic_step(as_service(), world.legs["F"].pk, "time_out")


def _write_special_ones(world: SmallWorld) -> None:
    story = world.story
    jia, sender = story.duty_jia, story.doctor_shan
    world.sent("G", "2026-04-13 09:00")
    world.step("G", "2026-04-13 10:00", "open", jia)
    world.step("G", "2026-04-13 11:00", "ask", jia, text="样例提问")
    world.step("G", "2026-04-13 14:00", "supply", sender, text="样例回答")
    world.accepted("G", "2026-04-13 16:00", jia)
    world.step("G", "2026-04-20 09:00", "withdraw", jia, reason_code="no_bed", hand_to_coordinator=True)
    world.sent("H", "2026-04-21 09:00", urgency="urgent")
    world.accepted("H", "2026-04-21 09:20", sender, spoken_by="样例医生")
    world.sent("I", "2026-04-22 09:00", urgency="urgent")
    world.step("I", "2026-04-22 09:40", "arrive_unannounced", jia)
    world.sent("J", "2026-04-23 09:00", world.scene.jia, world.scene.lin, urgency="urgent", is_broadcast=True)
    world.legs["JL"] = Leg.objects.get(request_id=world.legs["J"].request_id, number=2)
    world.accepted("JL", "2026-04-23 09:15", story.duty_lin)
    world.sent("K", "2026-04-24 09:00", urgency="urgent")
    world.step("K", "2026-04-24 09:30", "cancel", sender, reason_code="improved")
    world.sent("X", "2026-04-25 09:00", urgency="urgent")
    world.step("X", "2026-04-25 09:05", "mark_error", sender, reason_code="entered_twice")


def travelling() -> Any:
    return time_machine.travel(moment(BEFORE), tick=False)
