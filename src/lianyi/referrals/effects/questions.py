"""What happens at the desk before the decision: opened, passed to a department, asked back."""

from __future__ import annotations

from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.models import Clock, Leg, Question
from lianyi.referrals.policies import after
from lianyi.referrals.running import (
    answer_kind,
    clock_above,
    is_return,
    pause_clock,
    pauses_for_questions,
    resume_clock,
    running_clock,
)
from lianyi.referrals.walk import Walk
from lianyi.rules.referral_policy import ClockKind


def remember_opening(walk: Walk) -> None:
    walk.change({"opened_at": walk.occurred_at})


def route_to_department(walk: Walk) -> None:
    receiver = walk.leg.to_institution
    department = None if receiver is None else receiver.departments.filter(pk=walk.facts.department_id).first()
    if department is None:
        raise FactsRefusedError(
            "The department named does not belong to the receiving institution. Choose one of its departments.",
            field="department",
            reason="department-elsewhere",
        )
    walk.change({"to_department": department})


def write_question(walk: Walk) -> None:
    due = walk.facts.due_at
    if due is None:
        target = walk.policy.target(ClockKind.QUESTION, walk.move.urgency, walk.leg.request.condition)
        due = walk.occurred_at if target is None else after(walk.policy, walk.occurred_at, target)
    question = Question.objects.create(
        leg=walk.leg,
        text=walk.facts.text.strip(),
        asked_by_id=walk.context.actor.user_id,
        asked_at=walk.occurred_at,
        due_at=due,
    )
    walk.event_facts["question_id"] = question.pk


def pause_elective(walk: Walk) -> None:
    if not pauses_for_questions(walk.leg):
        return
    for clock in _clocks_of_the_answer(walk.leg):
        pause_clock(clock, walk.occurred_at)


def _clocks_of_the_answer(leg: Leg) -> list[Clock]:
    """Return the clock that runs until the answer, and that of the upper hospital which awaits the same answer."""
    found = [running_clock(leg, answer_kind(leg)), clock_above(leg) if is_return(leg) else None]
    return [clock for clock in found if clock is not None]


def write_answer(walk: Walk) -> None:
    question = Question.objects.filter(leg=walk.leg, answered_at__isnull=True).order_by("-pk").first()
    if question is None:
        return
    question.answer = walk.facts.text.strip()
    question.answered_by_id = walk.context.actor.user_id
    question.answered_at = walk.occurred_at
    question.version += 1
    question.save()
    walk.event_facts["question_id"] = question.pk


def resume_elective(walk: Walk) -> None:
    for clock in _clocks_of_the_answer(walk.leg):
        if clock.paused_since is None:
            continue
        resume_clock(clock, walk.occurred_at)
        if clock.leg_id == walk.leg.pk:
            walk.change({"answer_by": clock.due_at})
        else:
            Leg.objects.filter(pk=clock.leg_id).update(due_at=clock.due_at)
