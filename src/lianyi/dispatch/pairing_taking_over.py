"""What becomes of a decided pairing plan: nothing is written here, the agreements' own pages do that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.dispatch.models import PlannedPair
from lianyi.dispatch.pairing_problem import PairingData
from lianyi.methods.pairing.problem import Key
from lianyi.partnerships.models import Agreement, AgreementParty
from lianyi.registry.models import Institution


@dataclass(frozen=True, slots=True)
class NewTie:
    """A pair without an agreement in force: drafts that name both, and where a new one is written."""

    pair: PlannedPair
    drafts: tuple[Agreement, ...]
    draft_url: str


@dataclass(frozen=True, slots=True)
class TakenOver:
    """Pairs with their agreements in force, pairs that need one, ties of today that the plan does not continue."""

    standing: tuple[tuple[PlannedPair, tuple[Agreement, ...]], ...]
    new: tuple[NewTie, ...]
    ended: tuple[tuple[Institution, Institution, tuple[Agreement, ...]], ...]

    @property
    def agreements(self) -> tuple[Agreement, ...]:
        """The agreements in force of the pairs, each once."""
        return tuple({row.pk: row for _pair, rows in self.standing for row in rows}.values())


def taken_over(actor: Actor, data: PairingData, pairs: Sequence[PlannedPair]) -> TakenOver:
    """Look which pairs have an agreement in force, which have a draft, and which have none."""
    drafts = _drafts(actor, pairs)
    standing, new = [], []
    for pair in pairs:
        key = _key(pair)
        if key in data.ties:
            standing.append((pair, data.ties[key]))
        else:
            new.append(NewTie(pair, tuple(drafts.get(key, ())), _draft_url(pair)))
    planned = {_key(pair) for pair in pairs}
    named = data.institutions
    ended = [
        (named[donor], named[recipient], rows)
        for (donor, recipient), rows in sorted(data.ties.items())
        if (donor, recipient) not in planned
    ]
    return TakenOver(tuple(standing), tuple(new), tuple(ended))


def _key(pair: PlannedPair) -> Key:
    return str(pair.donor_id), str(pair.recipient_id)


def _drafts(actor: Actor, pairs: Sequence[PlannedPair]) -> dict[Key, list[Agreement]]:
    """Return the drafts within reach that name both of a pair."""
    both = {key for pair in pairs for key in (pair.donor_id, pair.recipient_id)}
    rows = scoped(actor, Agreement.objects.filter(state=Agreement.State.DRAFT)).distinct()
    named: defaultdict[int, set[int]] = defaultdict(set)
    agreements: dict[int, Agreement] = {}
    parties = AgreementParty.objects.filter(agreement__in=rows, institution__in=both).select_related("agreement")
    for party in parties.order_by("agreement__code", "pk"):
        named[party.agreement_id].add(party.institution_id)
        agreements[party.agreement_id] = party.agreement
    found: defaultdict[Key, list[Agreement]] = defaultdict(list)
    for pair in pairs:
        found[_key(pair)] += [
            agreements[key] for key, there in named.items() if {pair.donor_id, pair.recipient_id} <= there
        ]
    return found


def _draft_url(pair: PlannedPair) -> str:
    """Return the page of a new agreement with both parties filled in."""
    parties = {
        "first_party": pair.donor.code,
        "first_side": "supporting",
        "second_party": pair.recipient.code,
        "second_side": "supported",
    }
    return f"{reverse('partnerships:agreement-new')}?{urlencode(parties)}"
