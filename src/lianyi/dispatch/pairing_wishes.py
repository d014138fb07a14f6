"""Readings about wishes for pairs: what an institution sees of its own, what who plans sees of all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from lianyi.accounts.access import decide, get_in_scope, nodes_in_reach, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.models import NodeKind
from lianyi.accounts.roles import Act
from lianyi.dispatch.authority import plans
from lianyi.dispatch.models import (
    PairingMark,
    PairingPlan,
    PairingSide,
    PairingWishes,
    PairingWishStatement,
)
from lianyi.dispatch.pairing_machine import may
from lianyi.registry.models import Institution


@dataclass(frozen=True, slots=True)
class Wish:
    """Which choice another institution is, or why one could not work with it."""

    institution: Institution
    rank: int | None
    refusal: str


@dataclass(frozen=True, slots=True)
class Stated:
    """The wishes of one institution on one side, and who stated them; no row where it was neither asked nor heard."""

    institution: Institution
    side: PairingSide
    row: PairingWishes | None
    choices: tuple[Wish, ...]
    refusals: tuple[Wish, ...]

    @property
    def statement(self) -> PairingWishStatement | None:
        return None if self.row is None else self.row.standing


@dataclass(frozen=True, slots=True)
class Told:
    """One statement of the past, in the words of the page."""

    statement: PairingWishStatement
    stands: bool
    is_taken_back: bool
    choices: tuple[Wish, ...]
    refusals: tuple[Wish, ...]


# The institutions' side


def asked_of_us(actor: Actor) -> QuerySet[PairingWishes, Any]:
    """Return the wishes that the actor's own institutions are or were asked for, the latest day first."""
    rows = PairingWishes.objects.filter(plan__wishes_until__isnull=False)
    is_office = plans(actor) and (actor.is_service or actor.department_node_id is None)
    if not is_office or not decide(actor, "dispatch.decide").allowed:
        return rows.none()
    own = nodes_in_reach(actor).filter(kind=NodeKind.INSTITUTION)
    here = scoped(actor, rows, Act.DECIDE).filter(institution__in=own.values("pk"))
    return here.select_related("plan__owner", "institution", "standing").order_by("-plan__wishes_until", "pk")


def own_wishes(actor: Actor, pk: int) -> PairingWishes:
    """Return one of them.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, asked_of_us(actor), pk)


def unanswered(actor: Actor) -> list[PairingWishes]:
    """Return those of them that wait for an answer today, the first day to answer first."""
    today = timezone.localdate()
    rows = asked_of_us(actor).filter(standing__isnull=True, plan__wishes_until__gte=today)
    return [row for row in rows.order_by("plan__wishes_until", "pk") if takes_wishes(row)]


def takes_wishes(row: PairingWishes) -> bool:
    """Tell whether the institution may state or take back its wishes today."""
    until = row.plan.wishes_until
    return until is not None and until >= timezone.localdate() and may(row.plan, "state_wishes", is_on=False)


def others_of(plan: PairingPlan, side: PairingSide, institution: Institution) -> list[Institution]:
    """Return those whom an institution may wish for."""
    rows = plan.recipients if side is PairingSide.DONOR else plan.donors
    return list(rows.exclude(pk=institution.pk).select_related("place").order_by("code"))


def history_of(row: PairingWishes) -> list[Told]:
    """Return every statement, the latest first, and which of them were taken back."""
    statements = {each.pk: each for each in row.statements.select_related("user").order_by("-pk")}
    chain: set[int] = set()
    at = row.standing_id
    while at is not None and at not in chain:
        chain.add(at)
        at = statements[at].before_id
    named = {key for each in statements.values() for key in (*each.ranks, *each.refusals)}
    known = {str(each.pk): each for each in Institution.objects.filter(pk__in=[int(key) for key in named])}
    return [
        Told(each, pk == row.standing_id, pk not in chain, _choices(each, known), _refusals(each, known))
        for pk, each in statements.items()
    ]


def _choices(statement: PairingWishStatement, known: Mapping[str, Institution]) -> tuple[Wish, ...]:
    ranked = sorted(statement.ranks.items(), key=lambda each: (each[1], known[each[0]].code))
    return tuple(Wish(known[key], rank, "") for key, rank in ranked)


def _refusals(statement: PairingWishStatement, known: Mapping[str, Institution]) -> tuple[Wish, ...]:
    return tuple(Wish(known[key], None, why) for key, why in sorted(statement.refusals.items()))


# The side of who plans


def all_wishes(plan: PairingPlan) -> list[Stated]:
    """Return what stands of everybody's wishes, who gives first; the caller has the plan within reach."""
    rows = {(row.institution_id, row.side): row for row in plan.wishes.select_related("standing")}
    marks = list(plan.marks.select_related("donor", "recipient"))
    return [
        stated
        for side, members in ((PairingSide.DONOR, plan.donors), (PairingSide.RECIPIENT, plan.recipients))
        for stated in _side(side, members.order_by("code"), marks, rows)
    ]


def _side(
    side: PairingSide,
    members: Iterable[Institution],
    marks: Iterable[PairingMark],
    rows: Mapping[tuple[int, str], PairingWishes],
) -> list[Stated]:
    found: defaultdict[int, list[Wish]] = defaultdict(list)
    for mark in marks:
        rank, refusal = getattr(mark, f"{side}_rank"), getattr(mark, f"{side}_refusal")
        if rank is not None or refusal:
            found[getattr(mark, f"{side}_id")].append(Wish(getattr(mark, side.other), rank, refusal))
    return [
        Stated(
            institution=each,
            side=side,
            row=rows.get((each.pk, side)),
            choices=tuple(sorted((wish for wish in found[each.pk] if wish.rank is not None), key=_by_choice)),
            refusals=tuple(wish for wish in found[each.pk] if wish.refusal),
        )
        for each in members
    ]


def _by_choice(wish: Wish) -> tuple[int, str]:
    return wish.rank or 0, wish.institution.code


@dataclass(frozen=True, slots=True)
class Asking:
    """How far the asking for wishes of a plan is."""

    asked: int
    answered: int
    is_over: bool


def asking_of(plan: PairingPlan) -> Asking | None:
    """Return how many of those asked have answered; None where nobody is asked."""
    if plan.wishes_until is None:
        return None
    standing = list(plan.wishes.values_list("standing_id", flat=True))
    answered = sum(each is not None for each in standing)
    return Asking(len(standing), answered, plan.wishes_until < timezone.localdate())
