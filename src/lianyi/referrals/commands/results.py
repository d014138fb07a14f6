"""What the receiver did with the results that came with a patient."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

from lianyi.accounts.access import get_in_scope
from lianyi.accounts.audit import CommandContext, plain, record
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError
from lianyi.referrals.handling import require_handling
from lianyi.referrals.models import NONE_BROUGHT, BroughtResult, Leg
from lianyi.referrals.moments import EARLIEST_DAY, sound_moment
from lianyi.referrals.policies import policy_of
from lianyi.referrals.sides import sides_of
from lianyi.referrals.states import Direction, Side
from lianyi.rules.referral_measures import Recognition

Use = BroughtResult.Use
_USED = (Use.RECOGNISED, Use.REPEATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultFacts:
    """One kind of test: what became of its result, when it was made, and when the receiver decided."""

    use: str
    decided_on: datetime.date
    kind: str = NONE_BROUGHT
    done_on: datetime.date | None = None
    ground: str = ""


@command("referrals.result.record")
def record_result(context: CommandContext, leg_id: int, facts: ResultFacts) -> BroughtResult:
    """Keep what became of the results of one kind; a second entry of the kind corrects the first."""
    # Under lock, so that two who say it at once do not both find nothing to correct.
    leg = get_in_scope(context.actor, Leg.objects.select_related("request").select_for_update(of=("self",)), leg_id)
    _require_receiver(context, leg)
    rule = policy_of(leg.request.policy).recognition
    if rule is None:
        raise GuardRefusedError(
            "The referral policy of this case says nothing of recognition.", reason="recognition-not-agreed"
        )
    arrived_at = leg.arrived_at
    if arrived_at is None or leg.request.direction == Direction.DOWN:
        raise GuardRefusedError(
            "Results are recorded by the hospital that a patient was sent to, once the patient is there.",
            reason="results-before-arrival",
        )
    corrected = _corrected(leg, facts)
    _check(facts, rule, timezone.localdate(arrived_at))
    is_used = facts.use in _USED
    row = BroughtResult.objects.create(
        leg=leg,
        kind=facts.kind,
        use=facts.use,
        done_on=facts.done_on if is_used else None,
        decided_on=facts.decided_on,
        ground=facts.ground,
        recorded_at=timezone.now(),
        recorded_by_id=context.actor.user_id,
        institution_id=leg.to_institution_id,
        corrects=corrected,
    )
    told = {"kind": row.kind, "use": row.use, "done_on": plain(row.done_on), "decided_on": plain(row.decided_on),
            "ground": row.ground}  # fmt: skip
    record(context, "referrals.result.record", row, before=None, after=told)
    return row


def _require_receiver(context: CommandContext, leg: Leg) -> None:
    if Side.RECEIVER not in sides_of(context.actor, leg):
        raise NotPermittedError(
            "The receiver says what became of the results: it recognised them or made the tests again.",
            reason="receiver-says-results",
            permission="referral.write",
        )
    require_handling(context.actor, leg)


def _corrected(leg: Leg, facts: ResultFacts) -> BroughtResult | None:
    """Return the standing row that this one takes the place of: that of its kind, or that nothing was brought."""
    standing = {row.kind: row for row in BroughtResult.objects.filter(leg=leg, corrected_by__isnull=True)}
    own = standing.get(facts.kind)
    if facts.use == Use.MISTAKEN and (own is None or own.use == Use.MISTAKEN):
        raise GuardRefusedError("There is no such entry to take back.", reason="result-not-there")
    others = [row for row in standing.values() if row.use in _USED]
    if facts.use == Use.NONE and others:
        raise GuardRefusedError(
            "Results of this patient are recorded already. Take those back first.", reason="results-there"
        )
    nothing = standing.get(NONE_BROUGHT)
    if facts.use in _USED and nothing is not None and nothing.use == Use.NONE:
        if own is None:
            return nothing
        raise GuardRefusedError(
            "It is recorded that the patient brought no result. Take that back first.", reason="none-brought-there"
        )
    return own


def _check(facts: ResultFacts, rule: Recognition, arrived_on: datetime.date) -> None:
    kinds = {each.code: each.name for each in rule.kinds}
    grounds = {each.code: each.name for each in rule.grounds}
    _check_choice("use", facts.use, list(Use.values), list(Use.values))
    if facts.use == Use.NONE and facts.kind != NONE_BROUGHT:
        raise _unknown("kind", facts.kind, [NONE_BROUGHT])
    if facts.use in _USED:
        _check_choice("kind", facts.kind, list(kinds), [f"{each.zh} / {each.en}" for each in kinds.values()])
    today = timezone.localdate()
    sound_moment("decided_on", facts.decided_on, not_before=arrived_on, not_after=today)
    if facts.use in _USED:
        if facts.done_on is None:
            raise FactsRefusedError(
                "Say on which day the sender made the test.", field="done_on", reason="result-day-missing"
            )
        sound_moment("done_on", facts.done_on, not_before=EARLIEST_DAY, not_after=facts.decided_on)
    if facts.use == Use.REPEATED:
        _check_choice("ground", facts.ground, list(grounds), [f"{each.zh} / {each.en}" for each in grounds.values()])
    elif facts.ground:
        raise FactsRefusedError(
            "A ground belongs only to a test that was made again.", field="ground", reason="ground-without-repeat"
        )


def _check_choice(field: str, given: str, accepted: list[str], words: list[str]) -> None:
    if given not in accepted:
        raise _unknown(field, given, words)


def _unknown(field: str, given: str, words: list[str]) -> FactsRefusedError:
    return FactsRefusedError(
        f"'{given}' is not on the list of '{field}'. Accepted: {', '.join(words)}.",
        field=field,
        reason="choice-unknown",
        fact=field,
        given=given,
        accepted=words,
    )
