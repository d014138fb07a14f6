"""What a hospital can miss, written by whoever plans for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from lianyi.accounts.access import require, require_acting_for
from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.records import save_changes
from lianyi.dispatch.authority import plans
from lianyi.dispatch.models import DonorLimits
from lianyi.dispatch.models.donors import MOST_PEOPLE
from lianyi.errors import InvalidInputError
from lianyi.registry.models import Institution
from lianyi.rules import codes_of


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDonorLimits:
    """The limits of a hospital; None is no limit."""

    most_away: int | None = None
    most_seniors_away: int | None = None
    most_away_by_specialty: Mapping[str, int] = field(default_factory=dict)
    most_recipients: int | None = None


@command("dispatch.donor_limits.set")
def set_donor_limits(
    context: CommandContext, institution: Institution, new: NewDonorLimits, expected_version: int
) -> DonorLimits:
    """Write or change what a hospital can miss; ``expected_version`` is 0 where nothing is on record yet."""
    require(context.actor, "dispatch.write")
    if not context.actor.is_service:
        require_acting_for(context.actor, institution.pk, "set what it can miss")
    if not plans(context.actor):
        raise NotPermittedError("The office that plans for the hospital says what it can miss.", reason="donor-limits")
    _check(new)
    row = DonorLimits.objects.filter(institution=institution).first()
    if row is None:
        row = DonorLimits.objects.create(institution=institution, **asdict(new))
        record(context, "dispatch.donor_limits.set", row, before=None, after=creation_facts(row))
        return row
    before = snapshot(row, asdict(new))
    save_changes(row, asdict(new), expected_version)
    record(context, "dispatch.donor_limits.set", row, before=before, after=snapshot(row, asdict(new)))
    return row


def _check(new: NewDonorLimits) -> None:
    plain = {name: getattr(new, name) for name in ("most_away", "most_seniors_away", "most_recipients")}
    by_specialty = [("most_away_by_specialty", most) for most in new.most_away_by_specialty.values()]
    for name, number in (*plain.items(), *by_specialty):
        if number is not None and not 0 <= number <= MOST_PEOPLE:
            raise InvalidInputError(
                f"{number} is no number from 0 to {MOST_PEOPLE}. Leave it empty where there is no limit.",
                field=name,
                reason="donor-limit",
                given=number,
                most=MOST_PEOPLE,
            )
    unknown = sorted(new.most_away_by_specialty.keys() - codes_of("specialties"))
    if unknown:
        raise InvalidInputError(
            f"{unknown[0]} is no code of the national list of specialties. Give a code such as 03.04.",
            field="most_away_by_specialty",
            reason="donor-specialty",
            given=unknown[0],
        )
    if new.most_away is not None and (new.most_seniors_away or 0) > new.most_away:
        raise InvalidInputError(
            f"{new.most_seniors_away} of senior title is more than {new.most_away} people in all.",
            field="most_seniors_away",
            reason="donor-seniors",
            seniors=new.most_seniors_away,
            people=new.most_away,
        )
