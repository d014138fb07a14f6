"""The list of possible receivers as a page shows it: partners and able ones, or all of them on demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lianyi.accounts.actors import Actor
from lianyi.methods.destinations import Ability
from lianyi.pages.names import name_of
from lianyi.referrals.destination_words import reasons_of
from lianyi.referrals.forms.receivers import institution_value, partner_value
from lianyi.referrals.models import ExternalPartner
from lianyi.referrals.queries_destinations import Destination, Wish, destinations

SHORTEST_LIST = 6
LONGEST_LIST = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the list: what is sent when it is ticked, the name, and the reasons for its place."""

    value: str
    name: str
    place: str
    reasons: Sequence[tuple[str, str]]
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class DestinationList:
    """The lines shown, and how many more there are."""

    choices: Sequence[Choice]
    partners: Sequence[Choice]
    hidden: int
    name_part: str = ""
    shows_all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the page asked of the list: everything or the short one, and what is ticked already."""

    shows_all: bool = False
    ticked: Sequence[str] = field(default_factory=tuple)
    already: Sequence[int] = field(default_factory=tuple)


def listed_destinations(actor: Actor, wish: Wish, partners: Sequence[ExternalPartner], asked: Asked) -> DestinationList:
    """Return the list: everybody able and every partner at once, others when there are few or when all are wanted."""
    found = [each for each in destinations(actor, wish) if each.institution.pk not in asked.already]
    limit = LONGEST_LIST if asked.shows_all or wish.name_part else None
    shown = found[:limit] if limit else [each for index, each in enumerate(found) if _stays(each, index, asked)]
    return DestinationList(
        choices=[_choice(each, asked) for each in shown],
        partners=[_partner_choice(each, asked) for each in partners],
        hidden=len(found) - len(shown),
        name_part=wish.name_part,
        shows_all=asked.shows_all,
    )


def _stays(each: Destination, index: int, asked: Asked) -> bool:
    candidate = each.ranked.candidate
    is_wanted = candidate.is_partner or candidate.ability is Ability.ABLE
    return is_wanted or index < SHORTEST_LIST or institution_value(each.institution.pk) in asked.ticked


def _choice(each: Destination, asked: Asked) -> Choice:
    value = institution_value(each.institution.pk)
    return Choice(
        value=value,
        name=name_of(each.institution),
        place=name_of(each.institution.place),
        reasons=reasons_of(each.ranked),
        is_ticked=value in asked.ticked,
    )


def _partner_choice(row: ExternalPartner, asked: Asked) -> Choice:
    value = partner_value(row.pk)
    told = " · ".join(part for part in (row.contact, row.phone) if part)
    return Choice(value=value, name=row.name, place=told, reasons=(), is_ticked=value in asked.ticked)
