"""Random people take random steps, early, late, twice and wrongly; after each, every law of the machine holds."""

from __future__ import annotations

import datetime
import itertools
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor, service_actor
from lianyi.accounts.audit import CommandContext, verify_chain
from lianyi.accounts.errors import NotFoundInScopeError, NotPermittedError, StaleVersionError, StateRefusedError
from lianyi.accounts.models import AuditEvent
from lianyi.errors import InvalidInputError, LianyiError
from lianyi.referrals.commands.merging import DECISIONS, merge_decision
from lianyi.referrals.commands.receivers import Receiver, add_receiver
from lianyi.referrals.commands.returns import record_follow_up
from lianyi.referrals.commands.routing import route_again
from lianyi.referrals.commands.steps import apply_proposal, refuse_proposal
from lianyi.referrals.errors import CaseStepRefusedError
from lianyi.referrals.facts import StepFacts
from lianyi.referrals.machine import BEFORE_DECISION, BY_NAME, SAME, TAKEN, TRANSITIONS
from lianyi.referrals.models import (
    Clock,
    ClosingProposal,
    Consultation,
    FollowUp,
    Leg,
    LegEvent,
    MergeConflict,
    Question,
    Request,
)
from lianyi.referrals.walking import allowed_actions, take_step
from tests.cast import acting_as, actor_for
from tests.referrals import consulting_story, laws
from tests.referrals.sayings import said_with
from tests.referrals.story import Story, patient
from tests.referrals.ways import LADDER_TOP

NAMES = [row.name for row in TRANSITIONS if row.name != "draft"]
FACTS = [row for row in TRANSITIONS if row.is_fact]
EXAMPLES_OF_LONG_WALKS = 150
START = datetime.datetime(2026, 5, 7, 1, 0, tzinfo=datetime.UTC)
MOST_JOURNEYS = 3
MOST_LEGS = 10
# Why something that people do beside the table may be refused; any other error is a fault of the program.
REFUSALS = (StateRefusedError, InvalidInputError, NotPermittedError, NotFoundInScopeError, StaleVersionError)
# Who takes which step when all goes well.
AS_PLANNED = {
    "draft": ("sender", "send"),
    "sent": ("receiver", "open"),
    "delivered": ("receiver", "open"),
    "opened": ("receiver", "accept_with_bed"),
    "bed-reserved": ("sender", "depart"),
    "in-transit": ("receiver", "arrive"),
    "arrived": ("receiver", "take_over"),
    "under-care": ("receiver", "send_outcome"),
    "return-proposed": ("receiver", "send_outcome"),
    "outcome-sent": ("sender", "acknowledge"),
}
WRONG: tuple[dict[str, Any], ...] = (
    {"reason_code": "no-such-reason"},
    {"occurred_at": datetime.datetime(2040, 1, 1, tzinfo=datetime.UTC)},
    {"occurred_at": datetime.datetime(2026, 5, 7, 3, 0)},  # noqa: DTZ001 - without a zone on purpose
    {"text": ""},
    {"disposition": "vanished"},
    {"institution_id": 999_999},
    {"department_id": 999_999},
    {"due_at": datetime.datetime(1999, 1, 1, tzinfo=datetime.UTC)},
    {"expected_at": datetime.datetime(1999, 1, 1, tzinfo=datetime.UTC)},
    {"died_at": datetime.datetime(2040, 1, 1, tzinfo=datetime.UTC)},
    {"ball_side": "nobody"},
)


class Walks(RuleBasedStateMachine):
    """One story, with people who do what comes to their mind."""

    story: Story
    people: dict[str, Actor]
    of_place: dict[int, Actor]
    # What was tried beside the steps of the table, and what came of it, over all walks together.
    came_of: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.clock = time_machine.travel(START, tick=False)
        self.time = self.clock.start()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.told: dict[int, tuple[Any, ...]] = {}
        self.person = patient(born_on=datetime.date(1949, 12, 31), id_number="11010519491231002X", id_kind="resident")
        self.last: tuple[CommandContext, int, str, StepFacts, int] | None = None

    def teardown(self) -> None:
        try:
            verify_chain()
        finally:
            self.clock.stop()
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    # what people do

    @rule(
        urgency=st.sampled_from(["emergency", "urgent", "routine"]),
        number=st.integers(1, 3),
        sent=st.integers(0, 3),
        is_known=st.booleans(),
    )
    def write_and_send(self, *, urgency: str, number: int, sent: int, is_known: bool) -> None:
        """Somebody is referred; perhaps a patient of another journey, with another problem."""
        if Leg.objects.values("request__journey").distinct().count() >= MOST_JOURNEYS:
            return
        scene = self.story.scene
        receivers = (scene.jia, scene.lin, scene.xiang)[:number]
        row = self.story.draft(
            *receivers,
            urgency=urgency,
            condition="chest_pain" if urgency == "emergency" else "",
            is_broadcast=number > 1,
            patient=self.person if is_known else patient(),
            problem_code="S72" if is_known else "I20",
        )
        for leg in row.legs.order_by("number")[:sent]:
            self.try_step(self.people["doctor_shan"], leg, "send", leg.version)
        self.laws_hold()

    @rule(data=st.data(), hours=st.sampled_from([0, 0, 1, 30]))
    def walk_on(self, data: st.DataObject, hours: int) -> None:
        """Somebody takes a step that is open to them."""
        found = self.some_leg(data)
        if found is None:
            return
        self.pass_time(hours)
        actor = data.draw(st.sampled_from(list(self.people.values())))
        choices = allowed_actions(actor, found)
        if not choices:
            return
        action = data.draw(st.sampled_from(choices))
        more = {"spoken_by": "样例"} if action.is_spoken else {}
        taken = self.try_step(actor, found, action.transition.name, found.version, **more)
        assert taken is None, f"{action.transition.name} was open in {found.state} but refused: {taken}"
        self.laws_hold()

    @rule(data=st.data(), name=st.sampled_from(NAMES), wrong=st.sampled_from([None, *WRONG]))
    def try_anything(self, data: st.DataObject, name: str, wrong: dict[str, Any] | None) -> None:
        """Somebody asks for any step, perhaps saying nonsense with it."""
        found = self.some_leg(data)
        if found is None:
            return
        actor = data.draw(st.sampled_from(list(self.people.values())))
        self.try_step(actor, found, name, found.version, **(wrong or {}))
        self.laws_hold()

    @rule(data=st.data())
    def answer_an_old_version(self, data: st.DataObject) -> None:
        """Law 6: what answers an old version is a conflict that tells what is possible now."""
        found = self.some_leg(data)
        if found is None or found.version < 2:
            return
        actor = data.draw(st.sampled_from(list(self.people.values())))
        with pytest.raises((StaleVersionError, NotFoundInScopeError)) as refusal:
            take_step(acting_as(actor), found.pk, "accept", StepFacts(contact="样例"), found.version - 1)
        allowed = [each.transition.name for each in allowed_actions(actor, found)]
        assert refusal.value.params.get("allowed", []) == allowed
        self.laws_hold()

    @rule()
    def say_the_same_again(self) -> None:
        """Law 6: the same key twice is one event."""
        if self.last is None:
            return
        context, pk, name, facts, version = self.last
        before = LegEvent.objects.count(), AuditEvent.objects.count()
        assert take_step(context, pk, name, facts, version).pk == pk
        assert (LegEvent.objects.count(), AuditEvent.objects.count()) == before
        self.laws_hold()

    @rule(data=st.data(), row=st.sampled_from(FACTS), minutes=st.integers(0, 300))
    def tell_a_fact_late(self, data: st.DataObject, row: Any, minutes: int) -> None:
        """Law 7: what happened is kept, whatever came in between and however late it is told."""
        legs = [leg for leg in self.legs() if leg.state in row.from_states]
        if not legs:
            return
        leg = data.draw(st.sampled_from(legs))
        actor = data.draw(st.sampled_from(list(self.people.values())))
        is_open = (row.name, False) in laws.names_open_to(actor, leg)
        at = timezone.now() - datetime.timedelta(minutes=minutes)
        before = LegEvent.objects.filter(leg=leg, step=row.name).count()
        refusal = self.try_step(actor, leg, row.name, None, occurred_at=at, entered_offline=True)
        if is_open:
            assert refusal is None
            assert LegEvent.objects.filter(leg=leg, step=row.name).count() == before + 1
        self.laws_hold()

    @rule(data=st.data())
    def look_at_every_action(self, data: st.DataObject) -> None:
        """Law 12: the list of actions is exactly what would succeed."""
        found = self.some_leg(data)
        if found is None:
            return
        actor = data.draw(st.sampled_from([each for each in self.people.values() if not each.is_service]))
        told = laws.names_open_to(actor, found)
        would = set()
        for name, spoken in itertools.product(NAMES, (False, True)):
            with transaction.atomic():
                point = transaction.savepoint()
                more = {"spoken_by": "样例"} if spoken else {}
                if self.attempt(actor, found, name, found.version, **more) is None:
                    would.add((name, spoken))
                transaction.savepoint_rollback(point)
        assert told == would, (
            f"in {found.state} told and not possible {told - would}, possible and not told {would - told}"
        )

    @rule(data=st.data(), anywhere=st.booleans())
    def ask_one_more(self, data: st.DataObject, *, anywhere: bool) -> None:
        """The sender asks a further hospital: of any referral, or of one that still looks for somebody."""
        looking = [(leg, place) for leg in self.legs() for place in self.places_to_ask(leg)]
        found = self.some_leg(data) if anywhere or not looking else None
        if Leg.objects.count() >= MOST_LEGS or (found is None and not looking):
            return
        place = self.story.scene.lin
        if found is None:
            found, place = data.draw(st.sampled_from(looking))
        is_free = place in self.places_to_ask(found)
        context, receiver = acting_as(self.people["doctor_shan"]), Receiver(institution_id=place.pk)
        leg = self.do("one more", lambda: add_receiver(context, found.request_id, receiver))
        assert is_free == isinstance(leg, Leg), f"{found.state} of {found.request.status}: {place} asked once more"
        if isinstance(leg, Leg):
            self.try_step(self.people["doctor_shan"], leg, "send", leg.version)
        self.laws_hold()

    def places_to_ask(self, leg: Leg) -> list[Any]:
        """Return whom Doctor Shan may still ask for the referral of a leg: nobody has the patient, or the ask."""
        request, scene = leg.request, self.story.scene
        others = Leg.objects.filter(request=request)
        if request.from_institution_id != scene.shan.pk or request.is_revoked:
            return []
        if others.filter(state__in=(*TAKEN, "died")).exists():
            return []
        asked = set(others.filter(is_open=True).values_list("to_institution_id", flat=True))
        return [place for place in (scene.lin, scene.jia, scene.xiang) if place.pk not in asked]

    @rule(is_answered=st.booleans(), is_ended=st.booleans(), is_sent=st.booleans())
    def make_a_consultation_a_referral(self, *, is_answered: bool, is_ended: bool, is_sent: bool) -> None:
        """A consultation, answered or not, becomes a referral of the same journey; it ends before or after that."""
        if Leg.objects.count() >= MOST_LEGS or Consultation.objects.count() >= MOST_JOURNEYS:
            return
        story, shan, jia = self.story, self.people["doctor_shan"], self.people["duty_jia"]
        row = consulting_story.asked(story)
        if is_answered:
            consulting_story.step(row, "accept", jia)
            consulting_story.step(row, "sign_opinion", jia, opinion="样例意见")
            consulting_story.step(row, "read", shan)
        consulting_story.step(row, "convert", shan, referral=consulting_story.wish(story, override_code="other"))
        request = row.converted_to
        assert request is not None
        assert (request.journey_id, request.status) == (row.journey_id, "draft")
        self.came_of["converted"] += 1
        if is_ended and is_answered:
            consulting_story.step(row, "close", shan, followed="yes")
        elif is_ended:
            consulting_story.step(row, "cancel", shan, reason_code="improved")
        story.complete(request)
        if is_sent:
            leg = request.legs.get()
            assert self.try_step(shan, leg, "send", leg.version) is None
        self.laws_hold()

    @rule(data=st.data(), decision=st.sampled_from(DECISIONS), minutes=st.integers(0, 300))
    def bring_a_decision_from_a_device(self, data: st.DataObject, decision: str, minutes: int) -> None:
        """Law 7: a decision made without network is taken, or is a conflict that whoever coordinates sees."""
        found = self.some_leg(data)
        if found is None:
            return
        strangers = [self.people["duty_jia"], self.people["duty_lin"], self.people["duty_shan"]]
        own = self.of_place.get(found.to_institution_id or 0)
        actor = data.draw(st.sampled_from(strangers if own is None else [own, *strangers]))
        said, made_at = said_with(self.story, found, decision), timezone.now() - datetime.timedelta(minutes=minutes)
        context, state, version = acting_as(actor), found.state, found.version
        kept = self.do("from a device", lambda: merge_decision(context, found.pk, decision, said, made_at))
        found.refresh_from_db()
        if isinstance(kept, MergeConflict):
            self.came_of["conflict"] += 1
            assert (found.state, found.version, kept.state_met) == (state, version, state)
            others = Leg.objects.filter(request_id=found.request_id, state__in=TAKEN).exclude(pk=found.pk)
            assert state not in ("draft", *BEFORE_DECISION) or others.exists()
            seen_by = self.of_place[found.request.coordinator_id]
            assert scoped(seen_by, MergeConflict.objects.filter(pk=kept.pk)).exists()
        elif kept is not None:
            self.came_of["taken from a device"] += 1
            assert state in BEFORE_DECISION
            assert found.state == BY_NAME[decision].to_state
            event = found.events.get(step=decision, command_key=f"{context.key}.in")
            assert (event.entry_mode, event.occurred_at) == ("retrospective", timezone.now())
        if kept is not None:
            before = LegEvent.objects.count(), AuditEvent.objects.count(), MergeConflict.objects.count()
            assert merge_decision(context, found.pk, decision, said, made_at).pk == kept.pk
            assert (LegEvent.objects.count(), AuditEvent.objects.count(), MergeConflict.objects.count()) == before
        self.laws_hold()

    @rule(data=st.data(), answer=st.sampled_from([apply_proposal, refuse_proposal]))
    def answer_what_another_record_shows(self, data: st.DataObject, answer: Any) -> None:
        rows = list(
            ClosingProposal.objects.filter(state="open", leg__is_open=True).select_related("leg").order_by("pk")
        )
        if not rows:
            return
        row = data.draw(st.sampled_from(rows))
        actor = data.draw(st.sampled_from(list(self.people.values())))
        was_there = row.leg.arrived_at
        self.do("answer", lambda: answer(acting_as(actor), row.pk))
        row.refresh_from_db()
        is_here = row.institution_id == row.leg.to_institution_id
        if row.state == "applied" and row.fact != "died":
            assert row.leg.state == ("arrived" if is_here else "handled-elsewhere")
            assert is_here or row.leg.arrived_at == was_there
        self.laws_hold()

    @rule(data=st.data(), who=st.sampled_from(["doctor_shan", "coordinator"]))
    def choose_another_receiver(self, data: st.DataObject, who: str) -> None:
        found = self.some_leg(data)
        scene = self.story.scene
        if found is None or Leg.objects.count() >= MOST_LEGS:
            return
        place = data.draw(st.sampled_from([scene.lin, scene.jia, scene.xiang]))
        context = acting_as(self.people[who])
        self.do("route again", lambda: route_again(context, found.request_id, Receiver(institution_id=place.pk)))
        self.laws_hold()

    @rule(data=st.data(), is_sent=st.booleans())
    def write_a_new_version(self, data: st.DataObject, *, is_sent: bool) -> None:
        found = self.some_leg(data)
        if found is None or Leg.objects.count() >= MOST_LEGS:
            return
        self.write_and_go_on(self.people["doctor_shan"], is_sent=is_sent, replaces_id=found.request_id)

    @rule(data=st.data(), is_sent=st.booleans())
    def refer_onward(self, data: st.DataObject, *, is_sent: bool) -> None:
        """The hospital that has a patient in care sends the patient further."""
        jia = self.story.scene.jia.pk
        legs = [leg for leg in self.legs() if leg.state == "under-care" and leg.to_institution_id == jia]
        if not legs or Leg.objects.count() >= MOST_LEGS:
            return
        found = data.draw(st.sampled_from(legs))
        more = {"from_institution_id": jia, "agreement_id": None, "based_on_id": found.request_id}
        self.write_and_go_on(self.people["doctor_jia"], is_sent=is_sent, to=self.story.scene.lin, **more)

    @rule(data=st.data(), steps=st.integers(1, 7))
    def go_on_as_planned(self, data: st.DataObject, steps: int) -> None:
        """All goes well for a while, so that walks come as far as outcomes and the way back."""
        found = self.some_leg(data)
        for _step in range(0 if found is None else steps):
            found.refresh_from_db()
            planned = self.next_as_planned(found)
            if planned is None or self.try_step(*planned, found.version) is not None:
                break
        self.laws_hold()

    def next_as_planned(self, leg: Leg) -> tuple[Actor, Leg, str] | None:
        side, name = AS_PLANNED.get(leg.state, ("", ""))
        scene = self.story.scene
        names = {
            scene.shan.pk: ("doctor_shan", "duty_shan"),
            scene.jia.pk: ("doctor_jia", "duty_jia"),
            scene.xiang.pk: ("doctor_xiang", "doctor_xiang"),
            scene.lin.pk: ("duty_lin", "duty_lin"),
        }
        place = leg.from_institution_id if side == "sender" else leg.to_institution_id
        if not name or place not in names:
            return None
        if name == "send_outcome" and leg.state == "under-care" and leg.request.direction != "down":
            is_going_on = Leg.objects.filter(request__based_on_id=leg.request_id).exists()
            name = "send_outcome" if is_going_on else "propose_return"
        return self.people[names[place][0 if side == "sender" else 1]], leg, name

    @rule(data=st.data(), name=st.sampled_from(["cancel", "mark_error", "record_elsewhere", "withdraw", "end_ask"]))
    def call_off_what_goes_on_from_care(self, data: st.DataObject, name: str) -> None:
        """A transfer back or a referral onward falls through, perhaps after the outcome that rests on it."""
        legs = [leg for leg in self.legs() if leg.request.based_on_id is not None]
        if not legs:
            return
        found = data.draw(st.sampled_from(legs))
        who = data.draw(st.sampled_from(["doctor_jia", "duty_jia", "duty_shan", "doctor_xiang", "duty_lin"]))
        self.try_step(self.people[who], found, name, found.version)
        self.laws_hold()

    @rule(data=st.data(), state=st.sampled_from(["done", "not_possible"]))
    def visit(self, data: st.DataObject, state: str) -> None:
        rows = list(FollowUp.objects.filter(state="open").order_by("pk"))
        if not rows:
            return
        row = data.draw(st.sampled_from(rows))
        writer = {
            self.story.scene.jia.pk: "doctor_jia",
            self.story.scene.shan.pk: "doctor_shan",
            self.story.scene.xiang.pk: "doctor_xiang",
        }.get(row.institution_id)
        if writer is None:
            return
        context = acting_as(self.people[writer])
        try:
            record_follow_up(context, row.pk, timezone.localdate(), "样例", state, row.version)
        except NotFoundInScopeError as refusal:
            pytest.fail(f"a visit on somebody's list cannot be recorded: {row.kind} {refusal}")
        self.laws_hold()

    @rule(hours=st.sampled_from([1, 5, 30, 200, 900]))
    def nothing_happens(self, hours: int) -> None:
        """Time goes by, the whole ladder is called and questions are brought to mind."""
        self.pass_time(hours)
        Clock.objects.filter(stopped_at__isnull=True, due_at__lt=timezone.now()).update(rung=LADDER_TOP)
        Question.objects.filter(answered_at__isnull=True).update(reminded_at=timezone.now())

    @rule()
    def days_of_grace_pass(self) -> None:
        """Law 11: some days after the end nobody else reaches the case."""
        self.time.shift(datetime.timedelta(days=15))
        try:
            laws.nobody_else_reaches_what_is_over(self.of_place)
        finally:
            self.time.shift(-datetime.timedelta(days=15))

    # how it is done

    def do(self, name: str, what: Callable[[], object]) -> object | None:
        """Do something that may be refused; what is refused leaves nothing behind."""
        self.time.shift(datetime.timedelta(seconds=3))
        before = LegEvent.objects.count(), AuditEvent.objects.count()
        try:
            done = what()
        except REFUSALS:
            assert (LegEvent.objects.count(), AuditEvent.objects.count()) == before
            self.came_of[f"{name}: refused"] += 1
            return None
        self.came_of[f"{name}: done"] += 1
        return done

    def write_and_go_on(self, actor: Actor, *, is_sent: bool, to: Any = None, **more: Any) -> None:
        receivers = (to or self.story.scene.jia,)
        said = {"actor": actor, "patient": None, "override_code": "other", **more}
        row = self.do("write", lambda: self.story.draft(*receivers, **said))
        if isinstance(row, Request) and is_sent:
            leg = row.legs.get()
            self.try_step(actor, leg, "send", leg.version)
        self.laws_hold()

    def pass_time(self, hours: float) -> None:
        self.time.shift(datetime.timedelta(hours=hours, seconds=7))

    def legs(self) -> list[Leg]:
        return list(Leg.objects.select_related("request", "to_institution").prefetch_related("events").order_by("pk"))

    def some_leg(self, data: st.DataObject) -> Leg | None:
        found = self.legs()
        return data.draw(st.sampled_from(found)) if found else None

    def attempt(self, actor: Actor, leg: Leg, name: str, version: int | None, **more: Any) -> LianyiError | None:
        """Return why a step was refused, or None when it was taken; any other error ends the test."""
        facts = said_with(self.story, leg, name, **more)
        context = acting_as(actor)
        try:
            take_step(context, leg.pk, name, facts, version)
        except LianyiError as refusal:
            return refusal
        if version is not None:
            self.latest = (context, leg.pk, name, facts, version)
        return None

    def try_step(self, actor: Actor, leg: Leg, name: str, version: int | None, **more: Any) -> LianyiError | None:
        self.time.shift(datetime.timedelta(seconds=3))
        self.latest = None
        before = LegEvent.objects.count(), AuditEvent.objects.count()
        refusal = self.attempt(actor, leg, name, version, **more)
        if refusal is not None:
            assert (LegEvent.objects.count(), AuditEvent.objects.count()) == before
            if isinstance(refusal, CaseStepRefusedError):
                assert refusal.params["allowed"] == [each.transition.name for each in allowed_actions(actor, leg)]
        elif self.latest is not None:
            self.last = self.latest
        return refusal

    def laws_hold(self) -> None:
        legs = self.legs()
        events = [event for leg in legs for event in leg.events.all()]
        laws.only_rows_of_the_table_were_walked(legs)
        laws.every_leg_stands_on_a_list(legs, self.of_place)
        laws.at_most_one_hospital_has_said_yes(legs)
        laws.every_open_leg_has_a_holder_a_due_time_and_somebody_who_answers(legs)
        laws.every_no_has_a_reason_and_a_sentence(events)
        laws.an_outcome_is_true_and_a_closed_journey_is_over()
        laws.nobody_is_lost_when_a_journey_closes()
        laws.of_the_versions_of_a_referral_one_is_live()
        laws.gross_time_is_net_and_paused({leg.pk: leg for leg in legs})
        laws.identity_is_seen_only_after_a_yes(self.of_place)
        self.what_was_told_stays(events)

    def what_was_told_stays(self, events: list[LegEvent]) -> None:
        """Law 13: events are only ever added, so what is counted from them never changes by a later step."""
        now = {
            event.pk: (event.leg_id, event.step, event.from_state, event.to_state, event.side, event.occurred_at)
            for event in events
        }
        assert {pk: now.get(pk) for pk in self.told} == self.told
        self.told = now


def walk(story: Story, examples: int, steps: int) -> Counter[str]:
    """Let random people walk through one story again and again; return what came of what is not in the table."""
    scene = story.scene
    people = {
        "doctor_shan": story.doctor_shan,
        "duty_shan": story.duty_shan,
        "duty_jia": story.duty_jia,
        "head_jia": story.head_jia,
        "doctor_jia": actor_for("doctor-jia", scene.jia.pk, "referring_clinician"),
        "duty_lin": story.duty_lin,
        "doctor_xiang": story.doctor_xiang,
        "coordinator": story.coordinator,
        "service": service_actor(),
    }
    of_place = {
        scene.shan.pk: story.coordinator,
        scene.jia.pk: story.head_jia,
        scene.lin.pk: story.duty_lin,
        scene.xiang.pk: story.doctor_xiang,
    }
    came_of: Counter[str] = Counter()
    walks = type("WalksOfStory", (Walks,), {"story": story, "people": people, "of_place": of_place, "came_of": came_of})
    run_state_machine_as_test(
        walks,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            # The everyday walk is the same each time; the long one looks for new ways.
            derandomize=examples < EXAMPLES_OF_LONG_WALKS,
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            # A failing walk is printed whole; making it smaller would take minutes, since each try walks it again.
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
        ),
    )
    return came_of


@pytest.fixture
def story_of_may(db: None) -> Story:
    """The cast as it stands at the time at which the walks begin."""
    from tests.cast import build_scene  # noqa: PLC0415
    from tests.referrals.story import tell  # noqa: PLC0415

    with time_machine.travel(START - datetime.timedelta(days=1), tick=True):
        return tell(build_scene())


def test_the_laws_hold_whatever_people_do(story_of_may: Story) -> None:
    walk(story_of_may, examples=4, steps=25)


@pytest.mark.long
def test_the_laws_hold_on_long_walks(story_of_may: Story) -> None:
    came_of = walk(story_of_may, examples=EXAMPLES_OF_LONG_WALKS, steps=50)
    for name in ("one more: done", "one more: refused", "converted", "conflict", "taken from a device"):
        assert came_of[name] > 0, f"no walk came to: {name}"


def test_every_row_that_leads_nowhere_else_is_listed_as_same() -> None:
    assert {row.name for row in TRANSITIONS if row.to_state == SAME} <= set(BY_NAME)
