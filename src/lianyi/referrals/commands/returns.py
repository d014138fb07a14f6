"""The way back down: the plan, what the lower unit needs, follow-up, stages of recovery."""

from __future__ import annotations

import datetime
from dataclasses import asdict, dataclass
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from lianyi.accounts.access import get_in_scope, require, require_acting_for
from lianyi.accounts.audit import CommandContext, creation_facts, plain, record
from lianyi.accounts.commanding import command
from lianyi.accounts.records import save_changes
from lianyi.referrals import outcomes
from lianyi.referrals.commands.receivers import Receiver, draft_leg
from lianyi.referrals.commands.return_needs import due_of_help, tell_of_help_asked, tell_of_help_promised
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError
from lianyi.referrals.facts import NeedAnswer, ReturnPlanFacts, StepFacts
from lianyi.referrals.guards import relation_exists
from lianyi.referrals.handling import require_handling
from lianyi.referrals.machine import BEFORE_DECISION
from lianyi.referrals.models import (
    Clock,
    FollowUp,
    Journey,
    Leg,
    Packet,
    RecoveryStage,
    Request,
    ReturnNeed,
    ReturnPlan,
)
from lianyi.referrals.moments import EARLIEST_DAY, FARTHEST_AHEAD, last_minute_of, sound_moment
from lianyi.referrals.policies import policy_of
from lianyi.referrals.recovery_queries import require_recovery_writing
from lianyi.referrals.running import running_clock, stop_clock
from lianyi.referrals.settling import settle_journey, take_ball_off
from lianyi.referrals.states import Direction, Disposition, LegState, Urgency
from lianyi.referrals.walk import Walk
from lianyi.referrals.walking import system_step
from lianyi.registry.models import Institution
from lianyi.rules.referral_policy import ClockKind


def write_back_leg(walk: Walk) -> Leg:
    """Write and send the request back down as part of the step that proposes it; part of that command."""
    up, plan = walk.leg.request, walk.facts.plan
    if plan is None or walk.leg.to_institution_id is None:
        raise FactsRefusedError("A transfer back needs its plan.", field="plan", reason="plan-missing")
    _check_agreed(walk.facts)
    _check_plan(plan, timezone.localdate(walk.occurred_at))
    lower = Institution.objects.filter(pk=walk.facts.institution_id).first()
    if lower is None or lower.pk == walk.leg.to_institution_id or not lower.is_open_on(timezone.localdate()):
        raise FactsRefusedError(
            "Choose a lower unit that is open and is not your own institution.",
            field="institution",
            reason="lower-unit-unknown",
        )
    back = Request.objects.create(
        journey=up.journey,
        direction=Direction.DOWN,
        urgency=Urgency.ROUTINE if up.urgency == Urgency.ROUTINE else Urgency.URGENT,
        condition="",
        reason=Request.Reason.RECOVERY,
        specialty=up.specialty,
        question=plan.diagnosis,
        from_institution_id=walk.leg.to_institution_id,
        from_department=walk.leg.to_department,
        coordinator_id=up.coordinator_id,
        agreement=up.agreement,
        policy=up.policy,
        basis=Request.Basis.CONSENT,
        has_consent=walk.facts.agreed_by in ReturnPlan.AgreedBy.values,
        based_on=up,
        age_band=up.age_band,
        sex=up.sex,
        county_name=up.county_name,
        override_code=walk.facts.override_code,
        override_text=walk.facts.override_text.strip(),
        written_by_id=walk.context.actor.user_id,
        provenance=walk.leg.provenance,
    )
    _require_way(back, lower)
    record(walk.context, "referrals.request.return", back, before=None, after={"based_on": up.pk})
    Packet.objects.create(request=back, values={}, provenance=back.provenance)
    _write_plan(walk, back, plan)
    leg = draft_leg(walk.context, back, 1, Receiver(institution_id=lower.pk), walk.occurred_at)
    _plan_follow_ups(walk, leg, lower.pk, plan)
    return system_step(walk.context, leg, "send", walk.occurred_at)


def _check_agreed(facts: StepFacts) -> None:
    """Let a patient go back only when somebody was asked; nobody's agreement is taken for granted."""
    if facts.agreed_by not in ReturnPlan.AgreedBy.values:
        raise FactsRefusedError(
            f"'{facts.agreed_by}' cannot agree to the return. Accepted: {', '.join(ReturnPlan.AgreedBy.values)}.",
            field="agreed_by",
            reason="choice-unknown",
            fact="agreed_by",
            given=facts.agreed_by,
            accepted=[str(label) for label in ReturnPlan.AgreedBy.labels],
        )
    if facts.override_code and facts.override_code not in Request.Override.values:
        raise FactsRefusedError(
            f"'{facts.override_code}' is no reason for going outside the rules. Accepted: "
            f"{', '.join(Request.Override.values)}.",
            field="override_code",
            reason="choice-unknown",
            fact="override_code",
            given=facts.override_code,
            accepted=[str(label) for label in Request.Override.labels],
        )


def _require_way(back: Request, lower: Institution) -> None:
    """Ask why a patient goes where no agreement leads, unless the patient came from there."""
    came_from_there = back.based_on is not None and back.based_on.from_institution_id == lower.pk
    if came_from_there or back.override_code or relation_exists(back, lower.pk):
        return
    raise FactsRefusedError(
        "No agreement joins the two institutions. Say why the patient goes there all the same.",
        field="override_code",
        reason="return-outside",
    )


def _check_plan(plan: ReturnPlanFacts, today: datetime.date) -> None:
    for name in ("diagnosis", "done", "warning_signs", "send_back_if", "doctor_name", "doctor_phone"):
        if not getattr(plan, name).strip():
            raise FactsRefusedError(
                f"The plan of the return lacks: {name}.", field=name, reason="plan-incomplete", fact=name
            )
    if not plan.follow_up_on or min(plan.follow_up_on) < today:
        raise FactsRefusedError(
            "The plan needs at least one follow-up day from today on.", field="follow_up_on", reason="follow-up-missing"
        )
    for day in plan.follow_up_on:
        sound_moment("follow_up_on", day, not_before=today, not_after=timezone.localdate() + FARTHEST_AHEAD)
    if any(drug.days_left < 0 for drug in plan.drugs):
        raise FactsRefusedError("The remaining days of a drug cannot be below zero.", field="drugs", reason="drug-days")


def _write_plan(walk: Walk, back: Request, plan: ReturnPlanFacts) -> None:
    row = ReturnPlan.objects.create(
        request=back,
        diagnosis=plan.diagnosis.strip(),
        done=plan.done.strip(),
        drugs=[asdict(drug) for drug in plan.drugs],
        devices=plan.devices.strip(),
        warning_signs=plan.warning_signs.strip(),
        send_back_if=plan.send_back_if.strip(),
        doctor_name=plan.doctor_name.strip(),
        doctor_phone=plan.doctor_phone.strip(),
        agreed_by=walk.facts.agreed_by,
        stability=dict(walk.facts.stability),
        provenance=back.provenance,
    )
    record(walk.context, "referrals.return_plan.write", row, before=None, after={"request": back.pk})
    needs = [
        *((ReturnNeed.Kind.DRUG, drug.name) for drug in plan.drugs),
        *((need.kind, need.description) for need in plan.needs),
    ]
    for kind, description in needs:
        if kind not in ReturnNeed.Kind.values:
            raise FactsRefusedError(
                f"'{kind}' is no kind of need. Accepted: {', '.join(ReturnNeed.Kind.values)}.",
                field="needs",
                reason="need-kind",
                given=kind,
            )
        ReturnNeed.objects.create(request=back, kind=kind, description=description[:200], provenance=back.provenance)


def _plan_follow_ups(walk: Walk, leg: Leg, institution_id: int, plan: ReturnPlanFacts) -> None:
    """Put every follow-up of the plan on the lower unit's list; the first one ends the transfer when it is done."""
    days = sorted(dict.fromkeys(plan.follow_up_on))
    for position, day in enumerate(days):
        kind = FollowUp.Kind.FIRST_AFTER_RETURN if position == 0 else FollowUp.Kind.PLANNED
        row = FollowUp.objects.create(
            journey_id=leg.request.journey_id,
            leg=leg,
            institution_id=institution_id,
            kind=kind,
            opens_on=day,
            due_on=day,
            provenance=leg.provenance,
        )
        record(walk.context, "referrals.follow_up.plan", row, before=None, after=creation_facts(row))


@command("referrals.return_need.answer")
def answer_needs(context: CommandContext, leg_id: int, answers: tuple[NeedAnswer, ...]) -> Leg:
    """Tick what the lower unit has; a "no" may ask the upper hospital for help instead of declining."""
    leg = get_in_scope(context.actor, Leg.objects.select_related("request"), leg_id)
    require_handling(context.actor, leg)
    require_acting_for(context.actor, leg.to_institution_id, "answer what it has")
    _require_undecided(leg.request)
    helps = ("", *ReturnNeed.Help.values)
    now = timezone.now()
    due = due_of_help(leg, now)
    for answer in answers:
        need = ReturnNeed.objects.filter(pk=answer.need_id, request_id=leg.request_id).first()
        is_known = answer.answer in (ReturnNeed.Answer.YES, ReturnNeed.Answer.NO) and answer.asked_help in helps
        if need is None or not is_known:
            raise FactsRefusedError(
                "Answer each need with yes or no.", field="needs", reason="need-answer", given=answer.answer
            )
        save_changes(
            need,
            {
                "answer": answer.answer,
                "asked_help": answer.asked_help,
                "answered_by_id": context.actor.user_id,
                "answered_at": now,
                "due_at": due if answer.asked_help else None,
                "reminded_at": None,
            },
            need.version,
        )
        record(context, "referrals.return_need.answer", need, before=None, after={"answer": answer.answer})
    if any(answer.asked_help for answer in answers):
        tell_of_help_asked(leg, now, due)
    return leg


def _require_undecided(request: Request) -> None:
    if not Leg.objects.filter(request=request, state__in=BEFORE_DECISION).exists():
        raise GuardRefusedError(
            "The needs of a transfer back are settled before the lower unit decides; it has decided, or is not asked.",
            reason="needs-settled",
        )


@command("referrals.return_need.provide")
def provide_need(context: CommandContext, need_id: int, how: str) -> ReturnNeed:
    """Promise, as the upper hospital, to send or provide what the lower unit lacks."""
    need = get_in_scope(context.actor, ReturnNeed.objects.select_related("request"), need_id)
    require_handling(context.actor, need)
    require_acting_for(context.actor, need.request.from_institution_id, "provide what is lacking")
    _require_undecided(need.request)
    if need.answer != ReturnNeed.Answer.NO or how not in ReturnNeed.Help.values:
        raise GuardRefusedError(
            "Only a need that the lower unit answered with no is provided: by drug, remote support or a visit.",
            reason="need-not-open",
        )
    save_changes(need, {"answer": ReturnNeed.Answer.PROVIDED, "asked_help": how}, need.version)
    record(context, "referrals.return_need.provide", need, before={"answer": "no"}, after={"answer": "provided"})
    asked = Leg.objects.select_related("request__journey").filter(request=need.request, state__in=BEFORE_DECISION)
    for leg in asked.order_by("pk"):
        tell_of_help_promised(leg, timezone.now())
    return need


def check_done_on(row: FollowUp, done_on: datetime.date) -> None:
    """Refuse a visit in the future, or one from before there was a case to follow up."""
    today = timezone.localdate()
    if done_on > today:
        raise FactsRefusedError(
            f"{done_on} is in the future; record the follow-up when it is done.",
            field="done_on",
            reason="future",
            given=done_on,
        )
    sound_moment("done_on", done_on, not_before=timezone.localdate(row.journey.opened_at), not_after=today)


@command("referrals.follow_up.record")
def record_follow_up(
    context: CommandContext, follow_up_id: int, done_on: datetime.date, note: str, state: str, expected_version: int
) -> FollowUp:
    """Record that a follow-up was done, or why it was not possible."""
    row = get_in_scope(context.actor, FollowUp.objects.select_related("leg__request"), follow_up_id)
    require(context.actor, "referral.write", row)
    require_acting_for(context.actor, row.institution_id, "record its follow-up")
    if row.state != FollowUp.State.OPEN:
        raise GuardRefusedError("This follow-up is recorded already.", reason="follow-up-recorded")
    check_done_on(row, done_on)
    if state not in (FollowUp.State.DONE, FollowUp.State.NOT_POSSIBLE) or not note.strip():
        raise FactsRefusedError(
            "Say what was found, or why it was not possible.", field="note", reason="follow-up-note"
        )
    changes = {"state": state, "done_on": done_on, "done_by_id": context.actor.user_id, "note": note.strip()}
    save_changes(row, changes, expected_version)
    record(context, "referrals.follow_up.record", row, before={"state": "open"}, after={"state": state})
    if row.kind == FollowUp.Kind.FIRST_AFTER_RETURN:
        _stop_first_follow_up(row.leg, done_on)
    if row.kind in (FollowUp.Kind.FIRST_AFTER_RETURN, FollowUp.Kind.PLANNED):
        _try_again(context, row)
    if row.kind == FollowUp.Kind.HOME_VISIT:
        _go_on_after_home_visit(context, row)
        outcomes.keep_true(context, row.leg, timezone.now())
    settle_journey(context, row.journey_id, timezone.now())
    return row


def _stop_first_follow_up(leg: Leg, done_on: datetime.date) -> None:
    """Stop the clock with the day of the visit, not with the typing: a visit in time, typed in later, was in time.

    That people were called meanwhile, because nobody had said so, stays known by the calls themselves.
    """
    clock = running_clock(leg, ClockKind.FIRST_FOLLOW_UP)
    if clock is None:
        return
    stop_clock(clock, min(timezone.now(), last_minute_of(done_on)), Clock.Stop.MET)
    if clock.breached_at is not None and clock.stopped_at is not None and clock.stopped_at <= clock.due_at:
        clock.breached_at = None
        clock.save(update_fields=["breached_at"])


def _go_on_after_home_visit(context: CommandContext, visit: FollowUp) -> None:
    """Let a search end only with somebody who saw the patient; a visit that was not possible is tried again."""
    leg = visit.leg
    if visit.state == FollowUp.State.DONE:
        if not leg.is_open and leg.ball_side:
            take_ball_off(context, leg, timezone.now())
    elif leg.state in (LegState.NO_SHOW, LegState.NO_SHOW_FINAL) and leg.ball_side:
        _plan_another(context, visit, FollowUp.Kind.HOME_VISIT)


def _try_again(context: CommandContext, visit: FollowUp) -> None:
    """Plan another visit where one was not possible and no later one is planned: a patient at home is not forgotten."""
    others = FollowUp.objects.filter(leg=visit.leg, state=FollowUp.State.OPEN)
    if visit.state == FollowUp.State.NOT_POSSIBLE and visit.leg.is_open and not others.exists():
        _plan_another(context, visit, FollowUp.Kind.PLANNED)


def _plan_another(context: CommandContext, visit: FollowUp, kind: FollowUp.Kind) -> None:
    today = timezone.localdate()
    days = policy_of(visit.leg.request.policy).limits.home_visit_days
    following = FollowUp.objects.create(
        journey_id=visit.journey_id,
        leg=visit.leg,
        institution_id=visit.institution_id,
        kind=kind,
        opens_on=today,
        due_on=today + datetime.timedelta(days=days),
        provenance=visit.provenance,
    )
    record(context, "referrals.follow_up.plan", following, before=None, after=creation_facts(following))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStage:
    institution_id: int
    stage: str
    started_on: datetime.date
    scale: str = ""
    score_in: Decimal | None = None


def _check_stage_day(name: str, day: datetime.date) -> None:
    """Refuse a day of a stage that lies further ahead than tomorrow: a stage is recorded when it changes."""
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    sound_moment(name, day, not_before=EARLIEST_DAY, not_after=tomorrow)


def has_died(journey: Journey) -> bool:
    """Tell whether a case of the journey ended with the patient's death."""
    died = Q(state=LegState.DIED) | Q(disposition=Disposition.DIED)
    return Leg.objects.filter(died, request__journey=journey).exists()


def _require_alive(journey: Journey) -> None:
    if has_died(journey):
        raise GuardRefusedError(
            "The patient has died: no stage of recovery begins any more.",
            reason="patient-died",
        )


@command("referrals.recovery.begin")
def begin_stage(context: CommandContext, journey_id: int, new: NewStage) -> RecoveryStage:
    """Begin a stage of recovery at one institution; the stage before ends the same day."""
    journey = get_in_scope(context.actor, Journey.objects.all(), journey_id)
    require_recovery_writing(context.actor)
    require_acting_for(context.actor, new.institution_id, "begin a stage of recovery there")
    if new.stage not in RecoveryStage.Stage.values:
        raise FactsRefusedError(
            f"'{new.stage}' is no stage. Accepted: {', '.join(RecoveryStage.Stage.values)}.",
            field="stage",
            reason="choice-unknown",
            fact="stage",
            given=new.stage,
            accepted=list(RecoveryStage.Stage.values),
        )
    _require_alive(journey)
    _check_stage_day("started_on", new.started_on)
    before = RecoveryStage.objects.filter(journey=journey, ended_on__isnull=True).order_by("-started_on").first()
    if before is not None and new.started_on < before.started_on:
        raise FactsRefusedError(
            f"The stage before began on {before.started_on}; this one cannot begin earlier.",
            field="started_on",
            reason="stage-order",
            begun=before.started_on,
        )
    if before is not None:
        save_changes(before, {"ended_on": new.started_on}, before.version)
        record(context, "referrals.recovery.end", before, before=None, after={"ended_on": plain(new.started_on)})
    row = RecoveryStage.objects.create(
        journey=journey,
        institution_id=new.institution_id,
        stage=new.stage,
        scale=new.scale.strip(),
        score_in=new.score_in,
        started_on=new.started_on,
        provenance=journey.provenance,
    )
    record(context, "referrals.recovery.begin", row, before=None, after={"stage": row.stage})
    return row


@command("referrals.recovery.end")
def end_stage(
    context: CommandContext, stage_id: int, ended_on: datetime.date, score_out: Decimal | None, expected_version: int
) -> RecoveryStage:
    """End a stage of recovery with its score."""
    row = get_in_scope(context.actor, RecoveryStage.objects.all(), stage_id)
    require_recovery_writing(context.actor)
    require_acting_for(context.actor, row.institution_id, "end its stage of recovery")
    if ended_on < row.started_on:
        raise FactsRefusedError(
            f"The stage began on {row.started_on}; it cannot end before.",
            field="ended_on",
            reason="stage-order",
            begun=row.started_on,
        )
    _check_stage_day("ended_on", ended_on)
    save_changes(row, {"ended_on": ended_on, "score_out": score_out}, expected_version)
    record(context, "referrals.recovery.end", row, before=None, after={"ended_on": plain(ended_on)})
    return row
