"""Pairing plans: made, changed, copied, pairs held by hand, decided, put aside."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lianyi.accounts.access import require
from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.records import save_changes
from lianyi.dispatch.authority import require_on_scenario
from lianyi.dispatch.commands.pairing_wishes import ask_everybody, check_rank, note_wishes, wishes_of
from lianyi.dispatch.errors import PairingRefusedError
from lianyi.dispatch.models import PairingMark, PairingPlan, PairingSide, PairingState, PlannedPair
from lianyi.dispatch.models.scenarios import LONGEST_SEARCH_SECONDS
from lianyi.dispatch.pairing_machine import require_act
from lianyi.dispatch.pairing_queries import institutions_to_pair
from lianyi.dispatch.pairing_rules import PairingChoice
from lianyi.errors import InvalidInputError
from lianyi.registry.models import Institution

_KEPT_BY_A_COPY = (
    *("owner_id", "first_day", "last_day", "rules", "seed", "seconds", "figures", "is_touched", "solved_at"),
)
_OF_MARK = (
    *("donor_id", "recipient_id", "hold", "donor_rank", "recipient_rank", "donor_refusal", "recipient_refusal"),
)
_OF_PAIR = (
    *("donor_id", "recipient_id", "standing", "people", "meets", "travel_hours", "tie_years", "why", "worse"),
    "instead",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPairing:
    """What is to be paired: who may give and who may receive, in which days, by which rules, how long to search."""

    name: str
    donor_ids: Sequence[int]
    recipient_ids: Sequence[int]
    first_day: datetime.date
    last_day: datetime.date
    choice: PairingChoice = field(default_factory=PairingChoice)
    seed: int = 0
    seconds: int = 60

    def facts(self) -> dict[str, Any]:
        """Return what the row keeps of it."""
        return {
            "name": self.name.strip(),
            "first_day": self.first_day,
            "last_day": self.last_day,
            "rules": self.choice.stored(),
            "seed": self.seed,
            "seconds": self.seconds,
        }


@dataclass(frozen=True, slots=True)
class PairWord:
    """What a planner says of two institutions."""

    donor_id: int
    recipient_id: int
    hold: str = ""
    donor_rank: int | None = None
    recipient_rank: int | None = None


@command("dispatch.pairing.create")
def create_pairing(context: CommandContext, new: NewPairing) -> PairingPlan:
    """Begin a pairing plan for the office of the one who plans."""
    require(context.actor, "dispatch.write")
    _check(new)
    donors, recipients = _sides(context, new, frozenset())
    owner = context.actor.node_id if context.actor.node_id is not None else donors[0].pk
    row = PairingPlan.objects.create(owner_id=owner, **new.facts())
    row.donors.set(donors)
    row.recipients.set(recipients)
    record(context, "dispatch.pairing.create", row, before=None, after={**creation_facts(row), **_codes(row)})
    return row


def _codes(row: PairingPlan) -> dict[str, list[str]]:
    """Return who may give and receive, for the trail."""
    return {
        "donors": list(row.donors.order_by("code").values_list("code", flat=True)),
        "recipients": list(row.recipients.order_by("code").values_list("code", flat=True)),
    }


def _sides(
    context: CommandContext, new: NewPairing, kept: Collection[int]
) -> tuple[list[Institution], list[Institution]]:
    """Return the institutions chosen; each must be one that the planner may pair, or stand in the plan already."""
    offered = institutions_to_pair(context.actor)
    donors = _chosen(new.donor_ids, {*kept, *(row.pk for row in offered.donors)})
    if not donors:
        raise InvalidInputError(
            "Choose one or more institutions within your reach that may give.", field="donors", reason="pairing-donors"
        )
    recipients = _chosen(new.recipient_ids, {*kept, *(row.pk for row in offered.recipients)})
    if not recipients or {row.pk for row in recipients} == {row.pk for row in donors if len(donors) == 1}:
        raise InvalidInputError(
            "Choose one or more institutions within your reach that may receive; none helps itself.",
            field="recipients",
            reason="pairing-recipients",
        )
    return donors, recipients


def _chosen(ids: Sequence[int], allowed: Collection[int]) -> list[Institution]:
    """Return the institutions of these keys; none where one may not be chosen."""
    return list(Institution.objects.filter(pk__in=ids).order_by("code")) if set(ids) <= set(allowed) else []


def _check(new: NewPairing) -> None:
    if not new.name.strip():
        raise InvalidInputError("Give the plan a name.", field="name", reason="pairing-name")
    if new.last_day < new.first_day:
        raise InvalidInputError(
            f"The last day {new.last_day} lies before the first {new.first_day}.",
            field="last_day",
            reason="pairing-days",
        )
    if not 1 <= new.seconds <= LONGEST_SEARCH_SECONDS:
        raise InvalidInputError(
            f"A search takes 1 to {LONGEST_SEARCH_SECONDS} seconds.",
            field="seconds",
            reason="scenario-seconds",
            most=LONGEST_SEARCH_SECONDS,
        )


@command("dispatch.pairing.change")
def change_pairing(context: CommandContext, row: PairingPlan, new: NewPairing, expected_version: int) -> PairingPlan:
    """Change what is asked; pairs stay until the next search, and what was said by hand of others goes."""
    require_on_scenario(context.actor, "dispatch.write", row)
    require_act(row, "change")
    _check(new)
    kept = {*row.donors.values_list("pk", flat=True), *row.recipients.values_list("pk", flat=True)}
    donors, recipients = _sides(context, new, kept)
    changes = {**new.facts(), "is_touched": row.pairs.exists()}
    before = {**snapshot(row, changes), **_codes(row)}
    save_changes(row, changes, expected_version)
    row.donors.set(donors)
    row.recipients.set(recipients)
    row.marks.exclude(donor__in=donors, recipient__in=recipients).delete()
    ask_everybody(row)
    record(context, "dispatch.pairing.change", row, before=before, after={**snapshot(row, changes), **_codes(row)})
    return row


@command("dispatch.pairing.mark")
def mark_pair(context: CommandContext, plan: PairingPlan, word: PairWord, expected_version: int) -> PairingMark:
    """Say of two institutions that they are always or never a pair, and which choice each is of the other."""
    require_on_scenario(context.actor, "dispatch.write", plan)
    require_act(plan, "mark")
    _check_word(plan, word)
    row = plan.marks.filter(donor_id=word.donor_id, recipient_id=word.recipient_id).first()
    before = None if row is None else snapshot(row, _OF_MARK)
    row = row or PairingMark(plan=plan, donor_id=word.donor_id, recipient_id=word.recipient_id)
    changed = [side for side in PairingSide if getattr(row, f"{side}_rank") != getattr(word, f"{side}_rank")]
    for name in ("hold", "donor_rank", "recipient_rank"):
        setattr(row, name, getattr(word, name))
    _check_refusals(row)
    # The plan's version moves with every word, so two planners see what the other said.
    save_changes(plan, {"is_touched": plan.pairs.exists()}, expected_version)
    row.save()
    for side in changed:
        note_wishes(context, wishes_of(plan, getattr(row, f"{side}_id"), side), None, is_on_behalf=True)
    record(context, "dispatch.pairing.mark", row, before=before, after=snapshot(row, _OF_MARK))
    return row


def _check_word(plan: PairingPlan, word: PairWord) -> None:
    is_donor = plan.donors.filter(pk=word.donor_id).exists()
    is_recipient = plan.recipients.filter(pk=word.recipient_id).exists()
    if not is_donor or not is_recipient or word.donor_id == word.recipient_id:
        raise InvalidInputError("These two are no pair of the plan.", reason="pairing-mark")
    if word.hold not in PairingMark.Hold.values:
        raise InvalidInputError(
            f"“{word.hold}” cannot be said of a pair.", field="hold", reason="pairing-hold", given=word.hold
        )
    for name, rank in (("donor_rank", word.donor_rank), ("recipient_rank", word.recipient_rank)):
        if rank is not None:
            check_rank(name, rank)


def _check_refusals(row: PairingMark) -> None:
    for side in PairingSide:
        if getattr(row, f"{side}_rank") is not None and getattr(row, f"{side}_refusal"):
            raise InvalidInputError(
                "An institution is either a choice or one that could not be worked with, not both.",
                field=f"{side}_rank",
                reason="pairing-wish-both",
                institutions=getattr(row, side.other).code,
            )


@command("dispatch.pairing.copy")
def copy_pairing(context: CommandContext, source: PairingPlan, name: str) -> PairingPlan:
    """Copy a plan with its pairs and what was said by hand, so that something else can be tried."""
    require_on_scenario(context.actor, "dispatch.write", source)
    if not name.strip():
        raise InvalidInputError("Give the plan a name.", field="name", reason="pairing-name")
    facts = {each: getattr(source, each) for each in _KEPT_BY_A_COPY}
    state = PairingState.READY if source.solved_at is not None else PairingState.DRAFT
    row = PairingPlan.objects.create(name=name.strip(), copied_from=source, state=state, **facts)
    row.donors.set(source.donors.all())
    row.recipients.set(source.recipients.all())
    PairingMark.objects.bulk_create(
        PairingMark(plan=row, **_values(each, _OF_MARK)) for each in source.marks.order_by("pk")
    )
    PlannedPair.objects.bulk_create(
        PlannedPair(plan=row, **_values(each, _OF_PAIR)) for each in source.pairs.order_by("pk")
    )
    record(context, "dispatch.pairing.copy", row, before=None, after={**creation_facts(row), **_codes(row)})
    return row


def _values(row: PairingMark | PlannedPair, names: Sequence[str]) -> Mapping[str, Any]:
    return {name: getattr(row, name) for name in names}


@command("dispatch.pairing.step")
def take_pairing_step(context: CommandContext, row: PairingPlan, act: str, expected_version: int) -> PairingPlan:
    """Decide for a plan, open it again, put it aside, or take it up again."""
    require_on_scenario(context.actor, "dispatch.write", row)
    after = require_act(row, act)
    if act == "open_again" and row.plan_scenarios.exists():
        raise PairingRefusedError(
            f"Plan scenarios follow the pairs of “{row.name}”. Copy it, and change the copy.",
            reason="pairing-followed",
            plan=row.name,
        )
    if act == "take_up" and row.solved_at is not None:
        after = PairingState.READY
    changes = {"state": after.value}
    before = snapshot(row, changes)
    save_changes(row, changes, expected_version)
    record(context, f"dispatch.pairing.{act}", row, before=before, after=snapshot(row, changes))
    return row
