"""At which institutions somebody is to be there: presence is told for each of them, never for all together."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from lianyi.partnerships.models import AgreementParty

SUPPORTED_SIDES = (AgreementParty.Side.SUPPORTED, AgreementParty.Side.MUTUAL)


def recipients(parties: Iterable[AgreementParty], served: Collection[int]) -> list[int]:
    """Return the institutions of an agreement whose presence counts, of those to which people went.

    These are the supported parties; where people went to mere places of work only, such as a village clinic, these.
    """
    supported = {party.institution_id for party in parties if party.side in SUPPORTED_SIDES}
    return sorted(supported.intersection(served) or served)
