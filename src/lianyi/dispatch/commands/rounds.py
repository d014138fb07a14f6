"""Programmes of rounds with their crews and stops, and the days on which a stop cannot be reached."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from django.db.models import QuerySet

from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.records import Provenance, VersionedRecord, save_changes
from lianyi.dispatch.authority import require_on_plan
from lianyi.dispatch.models import RoundClosure, RoundCrew, RoundProgramme, RoundStop
from lianyi.dispatch.rounds_checks import check_closure, check_crew, check_programme, check_stop
from lianyi.errors import InvalidInputError
from lianyi.partnerships.models import Agreement
from lianyi.rules import RuleBook

PROGRAMME_FIELDS = (
    *("name_zh", "name_en", "kind", "starts_on", "ends_on", "required_visits", "period", "rule"),
    *("least_days_between", "most_days_between"),
)
CREW_FIELDS = (
    *("start_id", "vehicle", "weekdays", "day_starts_at", "day_ends_at", "break_minutes", "break_from"),
    *("most_nights", "skills", "ends_on"),
)
STOP_FIELDS = (
    *("service_minutes", "required_visits", "period", "weekdays", "opens_at", "closes_at", "skills"),
    *("offers_night", "starts_on", "ends_on"),
)
Row = TypeVar("Row", bound=VersionedRecord)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProgramme:
    """What a programme of rounds says; ``rule`` is ``<rule set>/<requirement>`` or empty."""

    code: str
    name_zh: str
    kind: str
    starts_on: datetime.date
    ends_on: datetime.date
    required_visits: int
    period: str
    name_en: str = ""
    rule: str = ""
    least_days_between: int = 1
    most_days_between: int | None = None
    provenance: str = Provenance.RECORDED


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCrew:
    """A team on the road; ``weekdays`` are digits from 1 (Monday), ``skills`` codes of specialties."""

    team_id: int
    start_id: int
    day_starts_at: datetime.time
    day_ends_at: datetime.time
    vehicle: str = ""
    weekdays: str = "12345"
    break_minutes: int = 0
    break_from: datetime.time | None = None
    most_nights: int = 0
    skills: str = ""
    ends_on: datetime.date | None = None
    provenance: str = Provenance.RECORDED


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStop:
    """What is visited; without a frequency of its own it takes the programme's."""

    code: str
    service_minutes: int
    place_id: int
    institution_id: int | None = None
    required_visits: int | None = None
    period: str = ""
    weekdays: str = ""
    opens_at: datetime.time | None = None
    closes_at: datetime.time | None = None
    skills: str = ""
    offers_night: bool = False
    starts_on: datetime.date | None = None
    ends_on: datetime.date | None = None
    provenance: str = Provenance.RECORDED


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClosure:
    """Days on which stops cannot be reached."""

    starts_on: datetime.date
    ends_on: datetime.date
    kind: str
    reason: str = ""


@command("dispatch.round_programme.create")
def create_programme(
    context: CommandContext, book: RuleBook, agreement: Agreement, new: NewProgramme
) -> RoundProgramme:
    """Write a programme of rounds down; its crews and stops follow."""
    require_on_plan(context.actor, "dispatch.write", agreement)
    _refuse_taken(RoundProgramme.objects.filter(code=new.code), new.code)
    row = RoundProgramme(agreement=agreement, **asdict(new))
    check_programme(row, book)
    return _made(context, "dispatch.round_programme.create", row)


@command("dispatch.round_programme.change")
def change_programme(
    context: CommandContext, book: RuleBook, row: RoundProgramme, changes: Mapping[str, Any], expected_version: int
) -> RoundProgramme:
    require_on_plan(context.actor, "dispatch.write", row.agreement)
    wanted = _with(row, changes, PROGRAMME_FIELDS)
    check_programme(wanted, book)
    return _changed(context, "dispatch.round_programme.change", row, changes, expected_version)


@command("dispatch.round_crew.create")
def create_crew(context: CommandContext, programme: RoundProgramme, new: NewCrew) -> RoundCrew:
    """Send a team of the agreement on the road."""
    require_on_plan(context.actor, "dispatch.write", programme.agreement)
    if programme.crews.filter(team_id=new.team_id).exists():
        raise InvalidInputError(
            "This team is on the road in this programme already.", field="team", reason="round-team-taken"
        )
    row = RoundCrew(programme=programme, **asdict(new))
    check_crew(row)
    return _made(context, "dispatch.round_crew.create", row)


@command("dispatch.round_crew.change")
def change_crew(
    context: CommandContext, row: RoundCrew, changes: Mapping[str, Any], expected_version: int
) -> RoundCrew:
    require_on_plan(context.actor, "dispatch.write", row.programme.agreement)
    check_crew(_with(row, changes, CREW_FIELDS))
    return _changed(context, "dispatch.round_crew.change", row, changes, expected_version)


@command("dispatch.round_stop.create")
def create_stop(context: CommandContext, programme: RoundProgramme, new: NewStop) -> RoundStop:
    """Add a village or an institution that is to be visited."""
    require_on_plan(context.actor, "dispatch.write", programme.agreement)
    _refuse_taken(programme.stops.filter(code=new.code), new.code)
    row = RoundStop(programme=programme, **asdict(new))
    check_stop(row)
    return _made(context, "dispatch.round_stop.create", row)


@command("dispatch.round_stop.change")
def change_stop(
    context: CommandContext, row: RoundStop, changes: Mapping[str, Any], expected_version: int
) -> RoundStop:
    """Change what is asked of a stop; with ``ends_on`` it leaves the programme after that day."""
    require_on_plan(context.actor, "dispatch.write", row.programme.agreement)
    check_stop(_with(row, changes, STOP_FIELDS))
    return _changed(context, "dispatch.round_stop.change", row, changes, expected_version)


@command("dispatch.round_closure.add")
def close_stops(
    context: CommandContext, programme: RoundProgramme, stop_ids: Sequence[int], new: NewClosure
) -> RoundProgramme:
    """Note that stops cannot be reached on these days; visits planned on them wait for the next plan."""
    require_on_plan(context.actor, "dispatch.write", programme.agreement)
    stops = list(programme.stops.filter(pk__in=stop_ids).order_by("code"))
    if not stops or len(stops) != len(set(stop_ids)):
        raise InvalidInputError("Name stops of this programme.", field="stops", reason="round-no-stop")
    check_closure(new.starts_on, new.ends_on, new.kind)
    for stop in stops:
        _made(context, "dispatch.round_closure.add", RoundClosure(stop=stop, **asdict(new)))
    return programme


@command("dispatch.round_closure.take_back")
def take_back_closure(context: CommandContext, row: RoundClosure, expected_version: int) -> RoundClosure:
    require_on_plan(context.actor, "dispatch.write", row.stop.programme.agreement)
    return _changed(context, "dispatch.round_closure.take_back", row, {"is_void": True}, expected_version)


def _refuse_taken(rows: QuerySet[Any, Any], given: str) -> None:
    if rows.exists():
        raise InvalidInputError(
            f"'{given}' stands here already; choose another code.", field="code", reason="round-code-taken", given=given
        )


def _with(row: Row, changes: Mapping[str, Any], accepted: Sequence[str]) -> Row:
    """Return the row as it would be, unsaved."""
    unknown = sorted(set(changes) - set(accepted))
    if unknown:
        raise InvalidInputError(
            f"These cannot be changed here: {', '.join(unknown)}.", reason="fields-fixed", fields=unknown
        )
    wanted: Row = type(row)._default_manager.get(pk=row.pk)
    for name, value in changes.items():
        setattr(wanted, name, value)
    return wanted


def _made(context: CommandContext, action: str, row: Row) -> Row:
    row.save()
    record(context, action, row, before=None, after=creation_facts(row))
    return row


def _changed(context: CommandContext, action: str, row: Row, changes: Mapping[str, Any], expected_version: int) -> Row:
    before = snapshot(row, changes)
    save_changes(row, dict(changes), expected_version)
    record(context, action, row, before=before, after=snapshot(row, changes))
    return row
