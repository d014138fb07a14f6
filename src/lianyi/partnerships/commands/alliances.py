"""Alliances and who belongs to them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from lianyi.accounts.access import require
from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.records import Provenance, save_changes
from lianyi.errors import InvalidInputError
from lianyi.partnerships.models import Alliance, AllianceMembership, Tightness
from lianyi.registry.models import Institution


@dataclass(frozen=True, slots=True)
class NewAlliance:
    code: str
    name_zh: str
    kind: str
    lead_id: int
    founded_on: datetime.date | None = None
    name_en: str = ""
    place_id: int | None = None
    specialty: str = ""
    provenance: str = field(default=Provenance.RECORDED)


@command("partnerships.alliance.create")
def create_alliance(context: CommandContext, new: NewAlliance) -> Alliance:
    """Found an alliance; its lead institution writes it down."""
    lead = Institution.objects.filter(pk=new.lead_id).first()
    if lead is None:
        raise InvalidInputError(
            "The lead institution is not in the registry. Enter it first.", field="lead", reason="lead-unknown"
        )
    require(context.actor, "agreement.write", lead)
    if new.kind == Alliance.Kind.SPECIALTY_ALLIANCE and not new.specialty:
        raise InvalidInputError(
            "A specialty alliance needs its specialty. Choose one.", field="specialty", reason="specialty-needed"
        )
    if Alliance.objects.filter(code=new.code).exists():
        raise InvalidInputError(
            f"There is an alliance '{new.code}' already; choose another code.",
            field="code",
            reason="alliance-code-taken",
            given=new.code,
        )
    alliance = Alliance.objects.create(
        code=new.code,
        name_zh=new.name_zh,
        name_en=new.name_en,
        kind=new.kind,
        lead=lead,
        place_id=new.place_id,
        specialty=new.specialty,
        founded_on=new.founded_on,
        provenance=new.provenance,
    )
    record(context, "partnerships.alliance.create", alliance, before=None, after=creation_facts(alliance))
    return alliance


@command("partnerships.alliance.dissolve")
def dissolve_alliance(
    context: CommandContext, alliance: Alliance, last_day: datetime.date, expected_version: int
) -> Alliance:
    """Note the day on which an alliance ended."""
    require(context.actor, "agreement.write", alliance)
    if alliance.founded_on is not None and last_day < alliance.founded_on:
        raise InvalidInputError(
            f"The alliance was founded on {alliance.founded_on}, after {last_day}. Give a later day.",
            field="last_day",
            reason="last-day-before-founding",
            last_day=last_day,
            founded_on=alliance.founded_on,
        )
    save_changes(alliance, {"dissolved_on": last_day}, expected_version)
    after = snapshot(alliance, ["dissolved_on"])
    record(context, "partnerships.alliance.dissolve", alliance, before={"dissolved_on": None}, after=after)
    return alliance


@command("partnerships.membership.add")
def add_member(
    context: CommandContext, alliance: Alliance, institution_id: int, tightness: str, valid_from: datetime.date
) -> AllianceMembership:
    """Let an institution join. A change of tightness is a new membership from a day on; the former one ends before."""
    require(context.actor, "agreement.write", alliance)
    if tightness not in Tightness.values:
        raise InvalidInputError(
            f"'{tightness}' is not a tightness. Accepted: {', '.join(Tightness.values)}.",
            field="tightness",
            reason="tightness-unknown",
            given=tightness,
            accepted=Tightness.labels,
        )
    running = alliance.memberships.filter(institution_id=institution_id, valid_to__isnull=True).first()
    if running is not None:
        if running.valid_from >= valid_from:
            raise InvalidInputError(
                f"The institution is a member since {running.valid_from}; a change takes effect later than that.",
                field="valid_from",
                reason="membership-not-later",
                since=running.valid_from,
            )
        save_changes(running, {"valid_to": valid_from - datetime.timedelta(days=1)}, None)
        record(
            context,
            "partnerships.membership.end",
            running,
            before={"valid_to": None},
            after=snapshot(running, ["valid_to"]),
        )
    membership = AllianceMembership.objects.create(
        alliance=alliance, institution_id=institution_id, tightness=tightness, valid_from=valid_from
    )
    record(context, "partnerships.membership.add", membership, before=None, after=creation_facts(membership))
    return membership


@command("partnerships.membership.end")
def end_membership(
    context: CommandContext, membership: AllianceMembership, last_day: datetime.date, expected_version: int
) -> AllianceMembership:
    """Let an institution leave after its last day."""
    require(context.actor, "agreement.write", membership.alliance)
    if last_day < membership.valid_from:
        raise InvalidInputError(
            f"The last day {last_day} is before the institution joined on {membership.valid_from}.",
            field="last_day",
            reason="last-day-before-joining",
            last_day=last_day,
            joined_on=membership.valid_from,
        )
    save_changes(membership, {"valid_to": last_day}, expected_version)
    after = snapshot(membership, ["valid_to"])
    record(context, "partnerships.membership.end", membership, before={"valid_to": None}, after=after)
    return membership
