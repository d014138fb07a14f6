"""The pool: a person's entry with its limits, and couples."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, NoReturn

from django.db.models import Q
from django.utils import timezone

from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.records import Provenance, save_changes
from lianyi.dispatch.errors import CoupleStepRefusedError
from lianyi.dispatch.models import (
    CoupleRule,
    CoupleState,
    PoolCouple,
    PoolEvent,
    PoolMember,
    PoolPreference,
    PoolStanding,
)
from lianyi.dispatch.pool_machine import COUPLE_STEP_BY_NAME, COUPLE_STEPS
from lianyi.dispatch.pool_queries import allowed_couple_steps, is_self, speaks_for
from lianyi.errors import InvalidInputError
from lianyi.registry.models import Institution, Staff

MOST_MONTHS, MOST_METRES, HARDEST = 120, 6000, 6
LIMITS = (
    "standing",
    "longest_term_months",
    "highest_altitude_m",
    "hardest_hardship",
    "not_before",
    "not_after",
    "has_family_limit",
)
_WISHES = ("preferred", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolEntry:
    """What an entry says. None is no limit; ``preferred`` and ``refused`` are keys of institutions."""

    standing: str = PoolStanding.WILLING
    longest_term_months: int | None = None
    highest_altitude_m: int | None = None
    hardest_hardship: int | None = None
    not_before: datetime.date | None = None
    not_after: datetime.date | None = None
    has_family_limit: bool = False
    preferred: tuple[int, ...] = ()
    refused: tuple[int, ...] = ()
    provenance: str = Provenance.RECORDED


@command("dispatch.pool.enter")
def enter_pool(context: CommandContext, staff: Staff, entry: PoolEntry) -> PoolMember:
    """Enter somebody in the pool: the person themselves, or the office that keeps the pool of their hospital."""
    _require_word(context, staff)
    if PoolMember.objects.filter(staff=staff).exists():
        raise InvalidInputError(
            f"{staff.code} is in the pool already; change the entry.", reason="in-pool-already", given=staff.code
        )
    return write_member(context, staff, entry)


def write_member(context: CommandContext, staff: Staff, entry: PoolEntry) -> PoolMember:
    """Write a new entry as part of a command; who may speak for the person is checked there."""
    row = PoolMember(staff=staff, provenance=entry.provenance, **{name: getattr(entry, name) for name in LIMITS})
    check_entry(row, entry)
    row.save()
    _write_wishes(row, entry)
    after = {**creation_facts(row), **_wishes_of(row)}
    note_in_pool(context, PoolEvent(member=row, step="enter", to_state=row.standing, after=after), staff)
    record(context, "dispatch.pool.enter", row, before=None, after=after)
    return row


@command("dispatch.pool.change")
def change_entry(context: CommandContext, row: PoolMember, entry: PoolEntry, expected_version: int) -> PoolMember:
    """Change what an entry says, its standing included."""
    _require_word(context, row.staff)
    changes = {name: getattr(entry, name) for name in LIMITS}
    wanted = PoolMember(staff=row.staff, **changes)
    check_entry(wanted, entry)
    before, from_state = {**snapshot(row, changes), **_wishes_of(row)}, row.standing
    save_changes(row, changes, expected_version)
    _write_wishes(row, entry)
    after = {**snapshot(row, changes), **_wishes_of(row)}
    if after != before:
        event = PoolEvent(
            member=row, step="change", from_state=from_state, to_state=row.standing, before=before, after=after
        )
        note_in_pool(context, event, row.staff)
    record(context, "dispatch.pool.change", row, before=before, after=after)
    return row


def check_entry(row: PoolMember, entry: PoolEntry) -> None:
    """Refuse what no entry can say."""
    if row.standing not in PoolStanding.values:
        raise InvalidInputError(f"'{row.standing}' is no standing.", reason="pool-standing", given=row.standing)
    for name, least, most in (
        ("longest_term_months", 1, MOST_MONTHS),
        ("highest_altitude_m", 0, MOST_METRES),
        ("hardest_hardship", 0, HARDEST),
    ):
        number = getattr(row, name)
        if number is not None and not least <= number <= most:
            raise InvalidInputError(
                f"{number} is not from {least} to {most}. Leave it empty where there is no limit.",
                field=name,
                reason="pool-limit",
                given=number,
                least=least,
                most=most,
            )
    if row.not_before is not None and row.not_after is not None and row.not_after < row.not_before:
        raise InvalidInputError("The last day lies before the first.", field="not_after", reason="pool-days-reversed")
    both = set(entry.preferred) & set(entry.refused)
    if both:
        names = ", ".join(Institution.objects.filter(pk__in=both).order_by("code").values_list("name_zh", flat=True))
        raise InvalidInputError(
            f"Both preferred and refused: {names}. Choose one of the two.",
            field="refused",
            reason="wish-both-ways",
            given=names,
        )


def _write_wishes(row: PoolMember, entry: PoolEntry) -> None:
    """Replace the wishes; what they were stands in the event."""
    row.preferences.all().delete()
    PoolPreference.objects.bulk_create(
        PoolPreference(member=row, institution_id=pk, kind=kind)
        for kind, keys in (
            (PoolPreference.Kind.PREFERRED, entry.preferred),
            (PoolPreference.Kind.REFUSED, entry.refused),
        )
        for pk in dict.fromkeys(keys)
    )


def _wishes_of(row: PoolMember) -> dict[str, Any]:
    found: dict[str, list[str]] = {name: [] for name in _WISHES}
    for kind, code in row.preferences.order_by("institution__code").values_list("kind", "institution__code"):
        found[kind].append(code)
    return found


@command("dispatch.couple.propose")
def propose_couple(context: CommandContext, proposer: Staff, partner: Staff, rule: str) -> PoolCouple:
    """Say that two people go together or are never both away. It binds nobody before the other agreed."""
    _require_word(context, proposer)
    if rule not in CoupleRule.values:
        raise InvalidInputError(f"'{rule}' is no rule for a couple.", reason="couple-rule", given=rule)
    if proposer.pk == partner.pk:
        raise InvalidInputError("A couple is two people.", field="partner", reason="couple-of-one")
    between = Q(proposer=proposer, partner=partner) | Q(proposer=partner, partner=proposer)
    if PoolCouple.objects.filter(between).exclude(state=CoupleState.ENDED).exists():
        raise InvalidInputError(
            "The two are a couple here already; end that first.", field="partner", reason="couple-already"
        )
    row = PoolCouple.objects.create(proposer=proposer, partner=partner, rule=rule)
    note_in_pool(context, PoolEvent(couple=row, step="propose", to_state=row.state), proposer)
    record(context, "dispatch.couple.propose", row, before=None, after=creation_facts(row))
    return row


@command("dispatch.couple.step")
def take_couple_step(context: CommandContext, row: PoolCouple, step_name: str, expected_version: int) -> PoolCouple:
    """Agree to a couple as the other person, or end it as one of the two; an office may write down their word."""
    step = COUPLE_STEP_BY_NAME.get(step_name)
    allowed = [each for each in COUPLE_STEPS if row.state in each.from_states]
    if step is None or step not in allowed:
        raise CoupleStepRefusedError(
            f"The couple is '{row.state}'; '{step_name}' does not follow.",
            reason="couple-not-following",
            state_label=CoupleState(row.state).label,
            allowed=[each.name for each in allowed],
        )
    if step not in allowed_couple_steps(context.actor, row):
        _refuse_word()
    speaker = _speaker(context, row, by_other=step.by_other)
    changes = {"state": step.to_state.value}
    before, from_state = snapshot(row, changes), row.state
    save_changes(row, changes, expected_version)
    note_in_pool(context, PoolEvent(couple=row, step=step.name, from_state=from_state, to_state=row.state), speaker)
    record(context, f"dispatch.couple.{step.name}", row, before=before, after=snapshot(row, changes))
    return row


def _speaker(context: CommandContext, row: PoolCouple, *, by_other: bool) -> Staff:
    """Return for whom of the two the word is: the other one who agrees, or whoever of them ends it."""
    if by_other or not speaks_for(context.actor, row.proposer):
        return row.partner
    return row.partner if is_self(context.actor, row.partner) else row.proposer


def _require_word(context: CommandContext, staff: Staff) -> None:
    """Refuse unless the actor is the person or keeps the pool of their hospital."""
    if not speaks_for(context.actor, staff):
        _refuse_word()


def _refuse_word() -> NoReturn:
    raise NotPermittedError(
        "An entry in the pool is written by the person, or by the office of their hospital or region that keeps the "
        "pool.",
        reason="pool-word",
        permission="dispatch.write",
    )


def note_in_pool(context: CommandContext, event: PoolEvent, speaker: Staff | None) -> None:
    """Add an event to the history; what an office wrote down for a person is marked so."""
    event.recorded_at = timezone.now()
    event.user_id = context.actor.user_id
    event.acting_role = context.actor.role
    event.on_behalf = speaker is not None and not is_self(context.actor, speaker)
    event.reason_code = context.reason_code
    event.reason = context.reason
    event.save()
