"""A patient is at an institution, whoever sent them: its register tells the open cases of the person."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

from lianyi.accounts.access import serves
from lianyi.accounts.audit import CommandContext, plain, record
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError
from lianyi.referrals import reconciling
from lianyi.referrals.commands.journeys import check_patient
from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.handling import require_handling
from lianyi.referrals.identities import PatientFacts, match_digest
from lianyi.referrals.models import ClosingProposal, PatientIdentity
from lianyi.referrals.moments import CLOCK_TOLERANCE, EARLIEST, sound_moment
from lianyi.registry.models import Institution

# A death is told on a case, by a side that knows the patient; a register alone says where somebody is.
SEEN_IN_A_REGISTER = (
    ClosingProposal.Fact.ARRIVED,
    ClosingProposal.Fact.ADMITTED,
    ClosingProposal.Fact.DISCHARGED,
)
LONGEST_SOURCE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Who is where by which document, what happened, and when."""

    institution_id: int
    id_kind: str
    id_number: str
    fact: str
    happened_at: datetime.datetime


@command("referrals.presence.tell")
def tell_presence(context: CommandContext, seen: Presence) -> Institution:
    """Tell the open cases of a person that an institution has, or has let go, the patient.

    The answer is the same whether there are such cases or not: nobody learns here who is being referred.
    """
    require_handling(context.actor)
    if not serves(context.actor, seen.institution_id):
        raise NotPermittedError(
            "Only the institution itself says who is there; your affiliation does not cover it.",
            reason="relation",
            permission="tell who is there",
        )
    place = Institution.objects.get(pk=seen.institution_id)
    person = _person_by_document(seen)
    if seen.fact not in SEEN_IN_A_REGISTER:
        raise FactsRefusedError(
            f"'{seen.fact}' is nothing that a register tells. Accepted: {', '.join(SEEN_IN_A_REGISTER)}.",
            field="fact",
            reason="choice-unknown",
            fact="fact",
            given=seen.fact,
            accepted=[str(each.label) for each in SEEN_IN_A_REGISTER],
        )
    now = timezone.now()
    sound_moment("happened_at", seen.happened_at, not_before=EARLIEST, not_after=now + CLOCK_TOLERANCE)
    found = reconciling.SeenElsewhere(
        digest=match_digest(person),
        fact=seen.fact,
        happened_at=seen.happened_at,
        source=place.name_zh[:LONGEST_SOURCE],
        institution_id=place.pk,
        is_exact=True,
    )
    reconciling.propose(context, found, now)
    # The trail says that something was told, never of whom.
    told = {"fact": seen.fact, "happened_at": plain(seen.happened_at)}
    record(context, "referrals.presence.tell", place, before=None, after=told)
    return place


def _person_by_document(seen: Presence) -> PatientFacts:
    """Return the person that a document names; only a document makes the match certain."""
    if not seen.id_number.strip() or seen.id_kind == PatientIdentity.IdKind.NONE:
        raise FactsRefusedError(
            "Give the number of an identity document: a name alone may be that of somebody else.",
            field="id_number",
            reason="document-missing",
        )
    person = PatientFacts(name="", id_kind=seen.id_kind, id_number=seen.id_number)
    check_patient(person)
    return person
