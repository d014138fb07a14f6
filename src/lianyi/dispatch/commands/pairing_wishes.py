"""Wishes for pairs: asked for by who plans, stated and taken back by the institutions, entered for them by who plans.

Each word is a statement that stays on record; the pairs of the plan hold what stands, and the search reads those.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from lianyi.accounts.audit import CommandContext, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.records import save_changes
from lianyi.dispatch.authority import require_on_scenario, require_stating_wishes
from lianyi.dispatch.errors import PairingRefusedError
from lianyi.dispatch.models import PairingMark, PairingPlan, PairingSide, PairingWishes, PairingWishStatement
from lianyi.dispatch.models.pairings import LONGEST_REFUSAL
from lianyi.dispatch.pairing_machine import require_act
from lianyi.errors import InvalidInputError
from lianyi.registry.models import Institution

MOST_RANK = 999


@dataclass(frozen=True, slots=True)
class WishList:
    """What one institution that gives ("donor") or receives ("recipient") wishes of others.

    ``ranks`` says which choice each of them is, ``refusals`` why it could not work with one. Of whom neither speaks,
    nothing changes.
    """

    institution_id: int
    side: str
    ranks: Mapping[int, int | None]
    refusals: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wishes:
    """All that an institution wishes on one side of a plan, by the keys of the others."""

    ranks: Mapping[int, int]
    refusals: Mapping[int, str]

    def kept(self) -> dict[str, dict[str, Any]]:
        """Return it as it is kept and told in the trail."""
        return {
            "ranks": {str(key): rank for key, rank in sorted(self.ranks.items())},
            "refusals": {str(key): why for key, why in sorted(self.refusals.items())},
        }

    def changed_by(self, word: WishList) -> Wishes:
        """Return the wishes once a word is added."""
        named = {*word.ranks, *word.refusals}
        ranks = {key: rank for key, rank in self.ranks.items() if key not in named}
        refusals = {key: why for key, why in self.refusals.items() if key not in named}
        ranks |= {key: rank for key, rank in word.ranks.items() if rank is not None}
        refusals |= {key: why.strip() for key, why in word.refusals.items() if why.strip()}
        return Wishes(ranks, refusals)


NO_WISHES = Wishes({}, {})


def standing_wishes(plan: PairingPlan, institution_id: int, side: PairingSide) -> Wishes:
    """Return what the pairs of a plan hold of an institution's wishes."""
    rows = [(getattr(row, f"{side.other}_id"), row) for row in plan.marks.filter(**{f"{side}_id": institution_id})]
    ranks = {key: rank for key, row in rows if (rank := getattr(row, f"{side}_rank")) is not None}
    return Wishes(ranks, {key: why for key, row in rows if (why := getattr(row, f"{side}_refusal"))})


@command("dispatch.pairing.ask_wishes")
def ask_for_wishes(
    context: CommandContext, plan: PairingPlan, until: datetime.date, expected_version: int
) -> PairingPlan:
    """Ask every institution of a plan for its wishes, to the end of a day; asked again, the day changes."""
    require_on_scenario(context.actor, "dispatch.write", plan)
    require_act(plan, "ask_wishes")
    if until < timezone.localdate():
        raise InvalidInputError(
            f"{until} is over; give today or a later day.", field="until", reason="pairing-wishes-day"
        )
    changes = {"wishes_until": until}
    before = snapshot(plan, changes)
    save_changes(plan, changes, expected_version)
    ask_everybody(plan)
    record(context, "dispatch.pairing.ask_wishes", plan, before=before, after=snapshot(plan, changes))
    return plan


def ask_everybody(plan: PairingPlan) -> None:
    """Where a plan asks for wishes, ask whoever was not asked; who left the plan has no wishes in it any more."""
    named = {
        PairingSide.DONOR: set(plan.donors.values_list("pk", flat=True)),
        PairingSide.RECIPIENT: set(plan.recipients.values_list("pk", flat=True)),
    }
    for side, here in named.items():
        rows = plan.wishes.filter(side=side)
        rows.exclude(institution__in=here).delete()
        if plan.wishes_until is None:
            continue
        known = set(rows.values_list("institution_id", flat=True))
        PairingWishes.objects.bulk_create(
            PairingWishes(plan=plan, institution_id=key, side=side) for key in sorted(here - known)
        )


@command("dispatch.pairing.state_wishes")
def state_wishes(context: CommandContext, row: PairingWishes, word: WishList, expected_version: int) -> PairingWishes:
    """Take an institution's own wishes, until the last day on which they are asked for."""
    require_stating_wishes(context.actor, row)
    plan = _open_plan(row)
    side = PairingSide(row.side)
    before = standing_wishes(plan, row.institution_id, side)
    after = before.changed_by(word)
    _write(plan, row.institution_id, side, after)
    note_wishes(context, row, expected_version, is_on_behalf=False)
    _touch(plan)
    record(context, "dispatch.pairing.state_wishes", row, before=before.kept(), after=after.kept())
    return row


@command("dispatch.pairing.take_back_wishes")
def take_back_wishes(context: CommandContext, row: PairingWishes, expected_version: int) -> PairingWishes:
    """Bring back what counted before the last statement, as long as wishes are asked for."""
    require_stating_wishes(context.actor, row)
    plan = _open_plan(row)
    if row.standing is None:
        raise PairingRefusedError(
            "Nothing was stated yet, so there is nothing to take back.", reason="pairing-no-wishes", plan=plan.name
        )
    side, earlier = PairingSide(row.side), row.standing.before
    before = standing_wishes(plan, row.institution_id, side)
    after = NO_WISHES if earlier is None else _still_possible(plan, side, _of(earlier))
    _write(plan, row.institution_id, side, after)
    save_changes(row, {"standing": earlier}, expected_version)
    _touch(plan)
    record(context, "dispatch.pairing.take_back_wishes", row, before=before.kept(), after=after.kept())
    return row


@command("dispatch.pairing.wish")
def set_wishes(context: CommandContext, plan: PairingPlan, word: WishList, expected_version: int) -> PairingPlan:
    """Enter what an institution wishes, on its behalf; the other side's wishes stay."""
    require_on_scenario(context.actor, "dispatch.write", plan)
    require_act(plan, "mark")
    side = PairingSide(word.side)
    before = standing_wishes(plan, word.institution_id, side)
    after = before.changed_by(word)
    _write(plan, word.institution_id, side, after)
    save_changes(plan, {"is_touched": plan.pairs.exists()}, expected_version)
    row = wishes_of(plan, word.institution_id, side)
    note_wishes(context, row, None, is_on_behalf=True)
    named = {word.side: word.institution_id}
    record(context, "dispatch.pairing.wish", plan, before={**named, **before.kept()}, after={**named, **after.kept()})
    return plan


def wishes_of(plan: PairingPlan, institution_id: int, side: PairingSide) -> PairingWishes:
    """Return the row of an institution's wishes, made where nobody asked it."""
    row, _is_new = PairingWishes.objects.get_or_create(plan=plan, institution_id=institution_id, side=side)
    return row


def note_wishes(
    context: CommandContext, row: PairingWishes, expected_version: int | None, *, is_on_behalf: bool
) -> None:
    """Keep what the pairs hold by now as one more statement, which counts from now on."""
    wishes = standing_wishes(row.plan, row.institution_id, PairingSide(row.side))
    statement = PairingWishStatement.objects.create(
        wishes=row,
        before=row.standing,
        is_on_behalf=is_on_behalf,
        recorded_at=timezone.now(),
        user_id=context.actor.user_id,
        acting_role=context.actor.role,
        **wishes.kept(),
    )
    save_changes(row, {"standing": statement}, expected_version)


def _open_plan(row: PairingWishes) -> PairingPlan:
    """Return the plan, held until the command ends, if it still takes wishes.

    Raises
    ------
    PairingRefusedError
    """
    plan = PairingPlan.objects.select_for_update().get(pk=row.plan_id)
    require_act(plan, "state_wishes")
    if plan.wishes_until is None or plan.wishes_until < timezone.localdate():
        raise PairingRefusedError(
            f"Wishes for “{plan.name}” were taken until {plan.wishes_until}. Tell the office that plans.",
            reason="pairing-wishes-closed",
            plan=plan.name,
            until=plan.wishes_until,
        )
    return plan


def _touch(plan: PairingPlan) -> None:
    """Say that what the search found is older than the wishes; planners' open forms show what is new."""
    save_changes(plan, {"is_touched": plan.pairs.exists()}, None)


def _of(statement: PairingWishStatement) -> Wishes:
    return Wishes(
        {int(key): int(rank) for key, rank in statement.ranks.items()},
        {int(key): str(why) for key, why in statement.refusals.items()},
    )


def _others(plan: PairingPlan, side: PairingSide) -> set[int]:
    return set((plan.recipients if side is PairingSide.DONOR else plan.donors).values_list("pk", flat=True))


def _still_possible(plan: PairingPlan, side: PairingSide, wishes: Wishes) -> Wishes:
    """Leave out whoever is no longer in the plan."""
    here = _others(plan, side)
    return Wishes(
        {key: rank for key, rank in wishes.ranks.items() if key in here},
        {key: why for key, why in wishes.refusals.items() if key in here},
    )


def _write(plan: PairingPlan, institution_id: int, side: PairingSide, wishes: Wishes) -> None:
    """Let the pairs of a plan hold these wishes of an institution and no others."""
    _check(plan, institution_id, side, wishes)
    known = {getattr(row, f"{side.other}_id"): row for row in plan.marks.filter(**{f"{side}_id": institution_id})}
    for key in sorted({*known, *wishes.ranks, *wishes.refusals}):
        row = known.get(key) or PairingMark(plan=plan, **{f"{side}_id": institution_id, f"{side.other}_id": key})
        setattr(row, f"{side}_rank", wishes.ranks.get(key))
        setattr(row, f"{side}_refusal", wishes.refusals.get(key, ""))
        row.save()


def _check(plan: PairingPlan, institution_id: int, side: PairingSide, wishes: Wishes) -> None:
    own = plan.donors if side is PairingSide.DONOR else plan.recipients
    named = {*wishes.ranks, *wishes.refusals}
    if not own.filter(pk=institution_id).exists() or not named <= _others(plan, side) - {institution_id}:
        raise InvalidInputError("These two are no pair of the plan.", reason="pairing-mark")
    for rank in wishes.ranks.values():
        check_rank(f"{side}_rank", rank)
    both = wishes.ranks.keys() & wishes.refusals.keys()
    if both:
        raise InvalidInputError(
            "An institution is either a choice or one that could not be worked with, not both.",
            field=f"refusal_{min(both)}",
            reason="pairing-wish-both",
            institutions=", ".join(Institution.objects.filter(pk__in=both).values_list("code", flat=True)),
        )
    for key, why in wishes.refusals.items():
        if len(why) > LONGEST_REFUSAL:
            raise InvalidInputError(
                f"The reason has {len(why)} characters; {LONGEST_REFUSAL} are kept.",
                field=f"refusal_{key}",
                reason="pairing-refusal-long",
                most=LONGEST_REFUSAL,
            )


def check_rank(field: str, rank: int) -> None:
    """Refuse a choice that is none."""
    if not 1 <= rank <= MOST_RANK:
        raise InvalidInputError(
            f"The choice {rank} is none; 1 is the first.", field=field, reason="pairing-rank", given=rank
        )
