"""All checks by name, and a run over those that are wanted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date

from django.utils import timezone

from lianyi.accounts.access import require
from lianyi.accounts.actors import Actor
from lianyi.registry.errors import UnknownCodeError
from lianyi.registry.quality import ages, codes, orphans, sites, totals
from lianyi.registry.quality.findings import Finding
from lianyi.registry.quality.limits import limits_on
from lianyi.registry.quality.scoping import Checking
from lianyi.rules import QualityLimits

Check = Callable[[Checking], Iterator[Finding]]

CHECKS: Mapping[str, Check] = {
    "ended-places": orphans.institutions_at_ended_places,
    "closed-institutions": orphans.departments_of_closed_institutions,
    "closed-parents": orphans.branches_of_closed_institutions,
    "staff": orphans.staff_out_of_place,
    "beds-taken": totals.beds_taken,
    "equipment-working": totals.equipment_working,
    "aged-residents": totals.aged_above_residents,
    "parts-and-whole": totals.parts_above_whole,
    "bed-days": totals.bed_days_above_beds,
    "doubles": sites.doubles,
    "positions": sites.far_from_place,
    "old-beds": ages.stale_beds,
    "old-services": ages.stale_services,
    "old-equipment": ages.stale_equipment,
    "old-populations": ages.stale_populations,
    "place-codes": codes.place_codes,
    "institution-codes": codes.institution_codes,
}


def check_names() -> tuple[str, ...]:
    return tuple(CHECKS)


def find_problems(
    actor: Actor,
    limits: QualityLimits | None = None,
    *,
    only: Collection[str] = (),
    day: date | None = None,
) -> Iterator[Finding]:
    """Run the checks over the records that the actor answers for, one after the other.

    Parameters
    ----------
    limits
        What the checks go by, by default the limits that hold on the day.
    only
        Names of the checks wanted; without any, all of them run.
    day
        The day by which ages and closings are told, by default today.

    Raises
    ------
    NotPermittedError
        When the actor's role does not read the registry.
    UnknownCodeError
        When there is no check of that name.
    """
    require(actor, "registry.read")
    unknown = sorted(set(only) - set(CHECKS))
    if unknown:
        raise UnknownCodeError(
            f"There is no check '{unknown[0]}'. Accepted: {', '.join(CHECKS)}.", field="check", given=unknown[0]
        )
    on = day or timezone.localdate()
    checking = Checking(actor, limits or limits_on(on), on)
    return _findings(checking, [CHECKS[name] for name in CHECKS if not only or name in only])


def _findings(checking: Checking, checks: list[Check]) -> Iterator[Finding]:
    for check in checks:
        yield from check(checking)
