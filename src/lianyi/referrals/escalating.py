"""One turn of the worker over everything that time brings: who must be called, what ends by itself, what is missing.

Every piece of work is a command, one transaction each, whose key names it. A worker that is killed at any moment has
done a piece whole or not at all, and two workers beside each other do it once.
"""

from __future__ import annotations

import dataclasses
import datetime
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import InterfaceError, OperationalError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from lianyi.accounts.actors import Actor, service_actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.errors import StaleVersionError
from lianyi.accounts.models import Affiliation, CommandReceipt
from lianyi.accounts.roles import Act, Family, Permission, Role, role_holds
from lianyi.errors import LianyiError
from lianyi.referrals import consulting, duty, machine, visits
from lianyi.referrals.commands import calling
from lianyi.referrals.commands.return_needs import remind_of_need
from lianyi.referrals.commands.steps import apply_proposal, hand_over_proposal
from lianyi.referrals.commands.visiting import call_for_visit
from lianyi.referrals.guards import ANSWER_CLOCKS
from lianyi.referrals.ladder import call_time, rungs_of
from lianyi.referrals.models import Clock, ClosingProposal, Leg, Question
from lianyi.referrals.need_queries import overdue_needs
from lianyi.referrals.policies import COUNTRY, policy_book, policy_of
from lianyi.referrals.states import Direction, LegState, Urgency
from lianyi.referrals.walking import automatic_step
from lianyi.rules.referral_policy import PolicyLimits

BATCH = 200
# What ends by itself after days or hours needs no look in every turn.
SELDOM = datetime.timedelta(minutes=1)
ALARMS_EVERY = datetime.timedelta(minutes=10)
_EXPIRING = (*machine.BEFORE_DECISION, LegState.ACCEPTED, LegState.WAITING_LIST)
_MAY_MISS = (*machine.BOOKED, LegState.IN_TRANSIT)
# Without a database nothing can be done, and the next turn tries again; what it refuses is the fault of one piece.
NO_DATABASE = (OperationalError, InterfaceError)
_log = logging.getLogger(__name__)


@dataclass
class Turn:
    """What one turn did, by kind of work; ``failed`` counts pieces that met a fault and stay for the next turn."""

    done: dict[str, int] = field(default_factory=dict)
    failed: int = 0

    @property
    def handled(self) -> int:
        return sum(self.done.values())

    def count(self, kind: str) -> None:
        self.done[kind] = self.done.get(kind, 0) + 1


@dataclass
class Worker:
    """Takes turns; remembers only when it last did what is not due in every turn."""

    should_stop: Callable[[], bool] = lambda: False
    _last: dict[str, datetime.datetime] = field(default_factory=dict)

    def turn(self) -> Turn:
        """Do everything that is due now, and return what was done."""
        turn = Turn()
        actor = service_actor()
        for kind, pieces, every in _WORK:
            if self._is_time_for(kind, every):
                self._do(actor, turn, kind, pieces)
        if not self.should_stop():
            _tick_consultations(turn)
        return turn

    def _is_time_for(self, kind: str, every: datetime.timedelta | None) -> bool:
        now = timezone.now()
        last = self._last.get(kind)
        if every is not None and last is not None and last <= now < last + every:
            return False
        self._last[kind] = now
        return True

    def _do(self, actor: Actor, turn: Turn, kind: str, pieces: Callable[[], Iterator[Piece]]) -> None:
        """Do the pieces of a kind until none is left; one that failed is left for the next turn."""
        tried: set[str] = set()
        while not self.should_stop():
            fresh = [piece for piece in pieces() if piece.key not in tried]
            if not fresh:
                return
            for piece in fresh:
                if self.should_stop():
                    return
                tried.add(piece.key)
                _do_piece(actor, turn, kind, piece)


@dataclass(frozen=True, slots=True)
class Piece:
    """One command and the key that makes it happen once."""

    key: str
    run: Callable[[CommandContext], object]


def _do_piece(actor: Actor, turn: Turn, kind: str, piece: Piece) -> None:
    try:
        piece.run(CommandContext(actor, piece.key))
    except LianyiError as refusal:
        # Somebody acted in the meantime: the work is not there any more, or not yet.
        _log.debug("%s %s: %s", kind, piece.key, refusal.code)
    except NO_DATABASE:
        raise
    except Exception:  # noqa: BLE001 - one piece that meets a fault of ours holds up no other
        turn.failed += 1
        _log.exception("The worker could not finish %s (%s); it goes on with the rest.", kind, piece.key)
    else:
        turn.count(kind)


def _tick_consultations(turn: Turn) -> None:
    """Let the sibling machine of consultations do what time asks of it; it walks by a table of its own."""
    try:
        handled = consulting.tick(timezone.now())
    except NO_DATABASE:
        raise
    except Exception:  # noqa: BLE001 - a fault there holds up no referral
        turn.failed += 1
        _log.exception("The worker could not finish the consultations; it goes on with the rest.")
    else:
        if handled:
            turn.done["consultations"] = handled


def _automatic(name: str, legs: Iterable[tuple[int, int]]) -> Iterator[Piece]:
    for leg_id, version in legs:
        yield Piece(
            f"auto-{name}-{leg_id}-{version}",
            lambda context, leg_id=leg_id: automatic_step(context, leg_id, name),  # type: ignore[misc]
        )


def deliveries() -> Iterator[Piece]:
    """Find what was sent to an institution that has somebody to answer it: it counts as delivered."""
    # What nobody can answer is left out before the batch is cut, so that it never stands in the way of other legs.
    day, is_return = timezone.localdate(), Q(request__direction=Direction.DOWN)
    upwards = ~is_return & Exists(answerers_on(day, _ACCEPT.acts).filter(_THERE))
    back = is_return & Exists(answerers_on(day, _ACCEPT.acts_down).filter(_THERE))
    sent = Leg.objects.filter(upwards | back, is_open=True, state=LegState.SENT, to_institution__isnull=False)
    return _automatic("deliver", sent.order_by("pk").values_list("pk", "version")[:BATCH])


_ACCEPT = machine.BY_NAME["accept"]
_THERE = Q(node_id=OuterRef("to_institution_id")) | Q(node__parent_id=OuterRef("to_institution_id"))


def answerers_on(day: datetime.date, acts: tuple[Act, ...]) -> QuerySet[Affiliation, Any]:
    """Return the affiliations of a day with which somebody may do one of these acts on referrals.

    Who only reads has got nothing: the referral would count as delivered, and nobody there could say yes or no.
    """
    roles = [role for role in Role if any(role_holds(role, Permission(Family.REFERRAL, act)) for act in acts)]
    return Affiliation.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=day), role__in=roles, valid_from__lte=day, user__is_active=True
    )


def calls() -> Iterator[Piece]:
    """Find the clocks whose next call is due, the longest waiting first."""
    now = timezone.now()
    due = Clock.objects.filter(stopped_at__isnull=True, next_call_at__lte=now).select_related("leg__request")
    # A case whose policy file is gone can call nobody; it stands in the way of no other.
    due = due.filter(leg__request__policy__in=policy_book().ids)
    for clock in due.order_by("next_call_at", "pk")[:BATCH]:
        yield _call(clock, now)


def lost_rules() -> Iterator[Piece]:
    """Say which policies of open cases this installation no longer has: for those cases time brings nothing."""
    cases = Leg.objects.filter(is_open=True).exclude(request__policy__in=policy_book().ids).order_by()
    lost = sorted(set(cases.values_list("request__policy", flat=True)))
    if lost:
        _log.error("Nobody is called for open referrals under %s: put the files of these policies back.", lost)
    return iter(())


def _call(clock: Clock, now: datetime.datetime) -> Piece:
    leg = clock.leg
    policy = policy_of(leg.request.policy)
    rungs = rungs_of(policy, clock.urgency)
    is_on_top = clock.rung >= len(rungs)
    # While the sender has a question to answer, the receiver's silence neither ends the leg nor is called for again.
    is_silent = is_on_top and clock.kind in ANSWER_CLOCKS
    if is_silent and leg.state in machine.UNDECIDED and leg.answer_by is not None and leg.answer_by <= now:
        return Piece(
            f"auto-time_out-{leg.pk}-{leg.version}", lambda context: automatic_step(context, leg.pk, "time_out")
        )
    is_due = is_on_top or call_time(policy, clock, rungs[clock.rung]) <= now
    if is_due and not (is_silent and leg.state not in machine.UNDECIDED):
        rung = clock.rung + 1
        return Piece(f"call-{clock.pk}-{rung}", lambda context: calling.call_next(context, clock.pk, rung))
    stamp = int(now.timestamp())
    return Piece(f"wait-{clock.pk}-{stamp}", lambda context: calling.look_again_later(context, clock.pk))


def no_shows() -> Iterator[Piece]:
    """Find who was expected and did not come within the grace of the policy."""
    # Who left without a time of arrival is awaited for as long as the policy reckons the way: the due time of the leg.
    on_the_way = Q(expected_at__isnull=True, state=LegState.IN_TRANSIT)
    awaited = (_over("expected_at", _grace) | (on_the_way & _over("due_at", _grace))) & Q(state__in=_MAY_MISS)
    # Who goes home needs no bed to be awaited: a lower unit that only said yes looks for the patient too.
    back = Q(state=LegState.ACCEPTED, request__direction=Direction.DOWN)
    agreed = Q(expected_at__isnull=True) & _over("decided_at", _home_visit)
    awaited |= back & (_over("expected_at", _grace) | agreed)
    # A bed given free because its time was over leaves a patient who has not come; a cancelled booking leaves nobody.
    given_free = Q(state=LegState.APPOINTMENT_CANCELLED, reserved_until__isnull=False)
    awaited |= given_free & _over("expected_at", _grace)
    missed = Leg.objects.filter(awaited, is_open=True, cancel_asked=False)
    return _automatic("record_no_show", missed.order_by("pk").values_list("pk", "version")[:BATCH])


def lapsed_beds() -> Iterator[Piece]:
    """Find beds that are kept for nobody any more: the time of the promise is over and the patient has not come."""
    lapsed = Leg.objects.filter(is_open=True, state=LegState.BED_RESERVED, reserved_until__lte=timezone.now())
    return _automatic("release_bed", lapsed.order_by("pk").values_list("pk", "version")[:BATCH])


def unread_outcomes() -> Iterator[Piece]:
    """Find outcomes that nobody read in time: their cases close as not acknowledged."""
    over = _over("outcome_at", lambda limits: datetime.timedelta(days=limits.acknowledge_days))
    unread = Leg.objects.filter(over, is_open=True, state=LegState.OUTCOME_SENT)
    return _automatic("acknowledge", unread.order_by("pk").values_list("pk", "version")[:BATCH])


def expired_requests() -> Iterator[Piece]:
    """Find routine referrals that nobody decided or booked while they were valid."""
    over = _over("sent_at", lambda limits: datetime.timedelta(days=limits.elective_validity_days))
    old = Leg.objects.filter(
        over, is_open=True, state__in=_EXPIRING, request__urgency=Urgency.ROUTINE, cancel_asked=False
    )
    return _automatic("expire", old.order_by("pk").values_list("pk", "version")[:BATCH])


def _grace(limits: PolicyLimits) -> datetime.timedelta:
    return datetime.timedelta(hours=limits.no_show_grace_hours)


def _home_visit(limits: PolicyLimits) -> datetime.timedelta:
    return datetime.timedelta(days=limits.home_visit_days)


def _over(field_name: str, span: Callable[[PolicyLimits], datetime.timedelta]) -> Q:
    """Return the condition that the span of each case's own policy is over since a moment of the case."""
    now, found = timezone.now(), Q(pk__in=())
    for policy in policy_book().policies:
        found |= Q(**{f"{field_name}__lte": now - span(policy.limits)}, request__policy=policy.id)
    return found


def questions() -> Iterator[Piece]:
    """Find questions whose time is over and of which nobody was reminded yet."""
    overdue = Question.objects.filter(
        answered_at__isnull=True,
        reminded_at__isnull=True,
        due_at__lte=timezone.now(),
        leg__state=LegState.AWAITING_INFORMATION,
    )
    for pk in overdue.order_by("pk").values_list("pk", flat=True)[:BATCH]:
        yield Piece(f"question-{pk}", lambda context, pk=pk: calling.remind_of_question(context, pk))  # type: ignore[misc]


def needs() -> Iterator[Piece]:
    """Find help that a lower unit asked for, whose time is over and of which nobody was reminded yet."""
    for pk, version in overdue_needs(timezone.now()).order_by("pk").values_list("pk", "version")[:BATCH]:
        yield Piece(f"need-{pk}-{version}", lambda context, pk=pk: remind_of_need(context, pk))  # type: ignore[misc]


def proposals() -> Iterator[Piece]:
    """Find certain facts of other records whose notice is over: they are applied."""
    due = ClosingProposal.objects.filter(
        state=ClosingProposal.State.OPEN,
        is_exact=True,
        apply_at__lte=timezone.now(),
        failed_at__isnull=True,
        leg__is_open=True,
    )
    for pk in due.order_by("pk").values_list("pk", flat=True)[:BATCH]:
        yield Piece(f"proposal-{pk}", lambda context, pk=pk: _apply_or_hand_over(context, pk))  # type: ignore[misc]


def _apply_or_hand_over(context: CommandContext, proposal_id: int) -> ClosingProposal:
    """Apply a proposal; one that the case does not take is put before a person instead of tried for ever."""
    try:
        return apply_proposal(context, proposal_id)
    except StaleVersionError:
        # Somebody acted at this moment; the next turn looks at what they left.
        raise
    except LianyiError as refusal:
        own = dataclasses.replace(context, key=f"{context.key}.failed")
        return hand_over_proposal(own, proposal_id, refusal.code)


def roster_alarms() -> Iterator[Piece]:
    """Find hours of the green channels ahead that nobody is named for, and that nobody was told of today."""
    now = timezone.now()
    today = timezone.localdate(now)
    days = policy_book().default_on(today, COUNTRY).limits.roster_days_ahead
    found = {
        f"hole-{hole.institution_id}-{hole.condition}-{int(hole.span.start.timestamp())}-{today:%Y%m%d}": hole
        for hole in duty.holes_ahead(now, days)
    }
    told = set(CommandReceipt.objects.filter(key__in=found).values_list("key", flat=True))
    for key, hole in found.items():
        if key not in told:
            yield Piece(key, lambda context, hole=hole: calling.alarm_of_hole(context, hole))  # type: ignore[misc]


def visit_calls() -> Iterator[Piece]:
    """Find visits and follow-ups that are overdue and of which somebody has to be told today."""
    for call in visits.calls_to_make(timezone.localdate()):
        yield Piece(call.key, lambda context, call=call: call_for_visit(context, call))  # type: ignore[misc]


_WORK: tuple[tuple[str, Callable[[], Iterator[Piece]], datetime.timedelta | None], ...] = (
    ("lost_rules", lost_rules, ALARMS_EVERY),
    ("delivered", deliveries, None),
    ("called", calls, None),
    ("questions", questions, None),
    ("needs", needs, None),
    ("applied", proposals, None),
    # Who has not come by the end of the grace is missed; that frees the bed too and asks for a visit, so it goes first.
    ("no_shows", no_shows, SELDOM),
    ("beds", lapsed_beds, SELDOM),
    ("closed", unread_outcomes, SELDOM),
    ("expired", expired_requests, SELDOM),
    ("visits", visit_calls, ALARMS_EVERY),
    ("alarms", roster_alarms, ALARMS_EVERY),
)
