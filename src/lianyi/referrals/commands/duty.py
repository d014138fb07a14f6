"""Duty rosters of the green channel: written, filled, published without a hole, then only replaced in part."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

from lianyi.accounts.access import get_in_scope, require, require_acting_for
from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.records import Provenance, save_changes
from lianyi.methods.rosters import TimeSpan, daily_duties, moved_by_days, without
from lianyi.referrals.duty import GENERAL_DUTY, holes_of, people_for, slots_of, span_of
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError, RosterRefusedError
from lianyi.referrals.models import DutyRoster, DutySlot
from lianyi.referrals.moments import FARTHEST_AHEAD, in_local_time, sound_moment
from lianyi.referrals.policies import COUNTRY, policy_book
from lianyi.registry.models import Institution

DAYS_IN_WEEK = 7
LONGEST_ROSTER_DAYS = 62
MOST_HOLES_SAID = 5
# A roster may begin with the shift that is running; hours long past need nobody on duty.
LONGEST_SINCE_START = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRoster:
    """A roster as it begins: whose, for which condition, from when to when, and the telephone that is answered."""

    institution_id: int
    condition: str
    starts_at: datetime.datetime
    ends_at: datetime.datetime
    duty_phone: str
    provenance: str = Provenance.RECORDED


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterFacts:
    """What can be changed of a roster; its times only while it is a draft."""

    starts_at: datetime.datetime
    ends_at: datetime.datetime
    duty_phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyDuty:
    """The same hours, person and deputy on each day from one to another."""

    first_day: datetime.date
    last_day: datetime.date
    begins: datetime.time
    ends: datetime.time
    person_id: int
    deputy_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """Who takes over, and for which part of the duty; without times for all of it."""

    person_id: int
    deputy_id: int
    starts_at: datetime.datetime | None = None
    ends_at: datetime.datetime | None = None


def conditions_today() -> tuple[str, ...]:
    """Return what a roster can be written for: the green channels of the policy in force, and the general duty."""
    policy = policy_book().default_on(timezone.localdate(), COUNTRY)
    return (*(each.code for each in policy.conditions), GENERAL_DUTY)


@command("referrals.roster.create")
def create_roster(context: CommandContext, new: NewRoster) -> DutyRoster:
    """Begin a roster; it is a draft until it is published without a hole."""
    require(context.actor, "green_duty.write")
    institution = get_in_scope(context.actor, Institution.objects.all(), new.institution_id)
    require_acting_for(context.actor, institution.pk, "write its duty roster")
    if new.condition not in conditions_today():
        raise FactsRefusedError(
            f"'{new.condition}' is no condition of the green channel. Accepted: {', '.join(conditions_today())}.",
            field="condition",
            reason="choice-unknown",
            fact="condition",
            given=new.condition,
            accepted=list(conditions_today()),
        )
    _check_start(new.starts_at)
    _check_times(new.starts_at, new.ends_at, new.duty_phone)
    roster = DutyRoster.objects.create(
        institution=institution,
        condition=new.condition,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        duty_phone=new.duty_phone.strip(),
        provenance=new.provenance,
    )
    record(context, "referrals.roster.create", roster, before=None, after=creation_facts(roster))
    return roster


@command("referrals.roster.change")
def change_roster(context: CommandContext, roster_id: int, facts: RosterFacts, expected_version: int) -> DutyRoster:
    """Change the times of a draft, or the duty telephone of any roster that is not withdrawn."""
    roster = _writable(context, roster_id)
    _check_times(facts.starts_at, facts.ends_at, facts.duty_phone)
    if facts.starts_at != roster.starts_at:
        _check_start(facts.starts_at)
    moves = (facts.starts_at, facts.ends_at) != (roster.starts_at, roster.ends_at)
    if moves and roster.state != DutyRoster.State.DRAFT:
        raise _published(roster)
    if moves and any(
        slot.starts_at < facts.starts_at or slot.ends_at > facts.ends_at for slot in slots_of(roster).iterator()
    ):
        raise FactsRefusedError(
            "Duties are named outside the new times. Take them back first.",
            field="ends_at",
            reason="slots-outside-roster",
        )
    changes = {"starts_at": facts.starts_at, "ends_at": facts.ends_at, "duty_phone": facts.duty_phone.strip()}
    before = snapshot(roster, changes)
    save_changes(roster, changes, expected_version)
    record(context, "referrals.roster.change", roster, before=before, after=snapshot(roster, changes))
    return roster


@command("referrals.roster.withdraw")
def withdraw_roster(context: CommandContext, roster_id: int, expected_version: int) -> DutyRoster:
    """Take a roster back whole; of one in force somebody says why, because its hours have nobody then."""
    roster = _writable(context, roster_id)
    if roster.state == DutyRoster.State.PUBLISHED and not context.reason.strip():
        raise FactsRefusedError(
            "Say why the published roster is taken back: its hours have nobody on duty then.",
            field="reason",
            reason="withdrawal-without-reason",
        )
    before = snapshot(roster, ["state"])
    save_changes(roster, {"state": DutyRoster.State.WITHDRAWN}, expected_version)
    record(context, "referrals.roster.withdraw", roster, before=before, after=snapshot(roster, ["state"]))
    return roster


@command("referrals.roster.fill")
def fill_duty(context: CommandContext, roster_id: int, duty: DailyDuty) -> DutyRoster:
    """Name the same person and deputy for the same hours of one or several days."""
    roster = _draft(context, roster_id)
    if duty.last_day < duty.first_day or (duty.last_day - duty.first_day).days > LONGEST_ROSTER_DAYS:
        raise FactsRefusedError(
            f"The duties run from {duty.first_day} to {duty.last_day}. Give days in this order, at most "
            f"{LONGEST_ROSTER_DAYS} of them.",
            field="last_day",
            reason="duty-days",
            start=duty.first_day,
            end=duty.last_day,
            most=LONGEST_ROSTER_DAYS,
        )
    zone = timezone.get_default_timezone()
    whole = span_of(roster)
    margin = datetime.timedelta(days=LONGEST_ROSTER_DAYS)
    least, most = timezone.localdate(whole.start) - margin, timezone.localdate(whole.end) + margin
    for name, day in (("first_day", duty.first_day), ("last_day", duty.last_day)):
        sound_moment(name, day, not_before=least, not_after=most)
    wanted = daily_duties(duty.first_day, duty.last_day, duty.begins, duty.ends, zone)
    inside = [part for part in (each.part_in(whole) for each in wanted) if part is not None]
    if not inside:
        raise FactsRefusedError(
            "None of these hours lies within the roster. Give days of the roster.",
            field="first_day",
            reason="duty-outside-roster",
        )
    for span in inside:
        _add(context, roster, span, duty.person_id, duty.deputy_id)
    return roster


@command("referrals.slot.void")
def take_back_slot(context: CommandContext, slot_id: int, expected_version: int) -> DutySlot:
    """Take a duty of a draft back; of a published roster a duty can only be replaced."""
    slot = get_in_scope(context.actor, DutySlot.objects.select_related("roster"), slot_id)
    _draft(context, slot.roster_id)
    return _void(context, slot, expected_version)


@command("referrals.slot.replace")
def replace_duty(context: CommandContext, slot_id: int, new: Replacement, expected_version: int) -> DutyRoster:
    """Let somebody else stand for a duty or a part of it; what is left of it stays with those named before."""
    slot = get_in_scope(context.actor, DutySlot.objects.select_related("roster"), slot_id)
    roster = _writable(context, slot.roster_id)
    whole = span_of(slot)
    part = _asked_part(whole, new)
    if part.end <= timezone.now():
        raise FactsRefusedError(
            "This duty is over; who stood on it stays in the record.", field="person", reason="duty-over"
        )
    _void(context, slot, expected_version)
    for rest in without(whole, part):
        _insert(context, roster, rest, slot.person_id, slot.deputy_id)
    _add(context, roster, part, new.person_id, new.deputy_id)
    return roster


@command("referrals.roster.copy_week")
def copy_last_week(context: CommandContext, roster_id: int) -> DutyRoster:
    """Fill the holes of a draft with who stood there at the same hours a week before.

    Whoever may not be on duty here any more is left out, and their hours stay holes.
    """
    roster = _draft(context, roster_id)
    zone = timezone.get_default_timezone()
    week = datetime.timedelta(days=DAYS_IN_WEEK)
    earlier = DutySlot.objects.filter(
        roster__institution_id=roster.institution_id,
        roster__condition=roster.condition,
        roster__state=DutyRoster.State.PUBLISHED,
        is_void=False,
        starts_at__lt=roster.ends_at - week + datetime.timedelta(days=1),
        ends_at__gt=roster.starts_at - week - datetime.timedelta(days=1),
    )
    filled = 0
    for slot in earlier.order_by("starts_at", "id"):
        moved = moved_by_days(span_of(slot), DAYS_IN_WEEK, zone)
        for hole in holes_of(roster) if moved is not None else ():
            part = hole if moved is None else moved.part_in(hole)
            if part is not None and _may_both(roster.institution_id, part, slot):
                _insert(context, roster, part, slot.person_id, slot.deputy_id)
                filled += 1
    if not filled:
        raise GuardRefusedError(
            "No published duty of the week before fits a free hour of this roster.", reason="nothing-to-copy"
        )
    return roster


@command("referrals.roster.publish")
def publish_roster(context: CommandContext, roster_id: int, expected_version: int) -> DutyRoster:
    """Put a roster in force; refused while one hour of it has no person or no deputy."""
    roster = _draft(context, roster_id)
    if roster.ends_at <= timezone.now():
        raise GuardRefusedError("The days of this roster are over; nobody can be on duty then.", reason="roster-over")
    missing = holes_of(roster)
    if missing:
        said = "; ".join(_in_words(hole) for hole in missing[:MOST_HOLES_SAID])
        raise RosterRefusedError(
            f"{len(missing)} stretches of the roster have nobody on duty: {said}. Name a person and a deputy for each.",
            reason="holes",
            holes=[_in_words(hole) for hole in missing],
            count=len(missing),
        )
    _check_people(roster)
    _check_overlap(roster)
    changes = {"state": DutyRoster.State.PUBLISHED, "published_at": timezone.now()}
    before = snapshot(roster, changes)
    save_changes(roster, changes, expected_version)
    record(context, "referrals.roster.publish", roster, before=before, after=snapshot(roster, changes))
    return roster


def _in_words(span: TimeSpan) -> str:
    start, end = timezone.localtime(span.start), timezone.localtime(span.end)
    last = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"
    return f"{start:%Y-%m-%d %H:%M}–{last}"


def _check_people(roster: DutyRoster) -> None:
    """Refuse names that were allowed when they were written and are not any more."""
    for slot in slots_of(roster).select_related("person", "deputy"):
        allowed = set(people_for(roster.institution_id, span_of(slot)).values_list("pk", flat=True))
        for user in (slot.person, slot.deputy):
            if user.pk not in allowed:
                raise _not_of_the_institution(user.display_name, "person", span_of(slot))


def _check_overlap(roster: DutyRoster) -> None:
    other = DutyRoster.objects.filter(
        institution_id=roster.institution_id,
        condition=roster.condition,
        state=DutyRoster.State.PUBLISHED,
        starts_at__lt=roster.ends_at,
        ends_at__gt=roster.starts_at,
    ).first()
    if other is not None:
        raise GuardRefusedError(
            f"A published roster covers part of this time already ({_in_words(span_of(other))}). Change its duties, or "
            "begin this one where that one ends.",
            reason="roster-overlaps",
            other=_in_words(span_of(other)),
        )


def _writable(context: CommandContext, roster_id: int) -> DutyRoster:
    roster = get_in_scope(context.actor, DutyRoster.objects.select_for_update(of=("self",)), roster_id)
    require(context.actor, "green_duty.write", roster)
    require_acting_for(context.actor, roster.institution_id, "change its duty roster")
    if roster.state == DutyRoster.State.WITHDRAWN:
        raise GuardRefusedError("This roster was withdrawn. Write a new one.", reason="roster-withdrawn")
    return roster


def _draft(context: CommandContext, roster_id: int) -> DutyRoster:
    roster = _writable(context, roster_id)
    if roster.state != DutyRoster.State.DRAFT:
        raise _published(roster)
    return roster


def _published(_roster: DutyRoster) -> GuardRefusedError:
    return GuardRefusedError(
        "This roster is published. Replace a duty in it by another one, or withdraw it whole.",
        reason="roster-published",
    )


def _check_start(starts_at: datetime.datetime) -> None:
    now = timezone.now()
    sound_moment("starts_at", starts_at, not_before=now - LONGEST_SINCE_START, not_after=now + FARTHEST_AHEAD)


def _check_times(starts_at: datetime.datetime, ends_at: datetime.datetime, phone: str) -> None:
    most = datetime.timedelta(days=LONGEST_ROSTER_DAYS)
    if ends_at <= starts_at or ends_at - starts_at > most:
        raise FactsRefusedError(
            f"The roster runs from {in_local_time(starts_at)} to {in_local_time(ends_at)}. It ends after it starts, "
            f"and at most {LONGEST_ROSTER_DAYS} days later.",
            field="ends_at",
            reason="roster-times",
            start=starts_at,
            end=ends_at,
            most=LONGEST_ROSTER_DAYS,
        )
    if not phone.strip():
        raise FactsRefusedError(
            "Give the telephone that the person on duty answers.", field="duty_phone", reason="duty-phone-missing"
        )


def _asked_part(whole: TimeSpan, new: Replacement) -> TimeSpan:
    starts_at, ends_at = new.starts_at or whole.start, new.ends_at or whole.end
    if not whole.start <= starts_at < ends_at <= whole.end:
        raise FactsRefusedError(
            f"The replacement from {in_local_time(starts_at)} to {in_local_time(ends_at)} does not lie within the "
            f"duty ({_in_words(whole)}).",
            field="starts_at",
            reason="replacement-outside",
            duty=_in_words(whole),
        )
    return TimeSpan(starts_at, ends_at)


def _add(context: CommandContext, roster: DutyRoster, span: TimeSpan, person_id: int, deputy_id: int) -> None:
    """Add a duty that somebody typed: both may be there, are two people, and nobody stands there already."""
    if person_id == deputy_id:
        raise FactsRefusedError("Nobody is their own deputy. Name somebody else.", field="deputy", reason="own-deputy")
    allowed = dict(people_for(roster.institution_id, span).values_list("pk", "display_name"))
    for user_id, name in ((person_id, "person"), (deputy_id, "deputy")):
        if user_id not in allowed:
            raise _not_of_the_institution(f"#{user_id}", name, span)
    for slot in slots_of(roster):
        if span.meets(span_of(slot)):
            raise FactsRefusedError(
                f"Somebody is on duty then already ({_in_words(span_of(slot))}). Replace or take back that duty.",
                field="begins",
                reason="duty-taken",
                duty=_in_words(span_of(slot)),
            )
    _insert(context, roster, span, person_id, deputy_id)


def _not_of_the_institution(who: str, field: str, span: TimeSpan) -> FactsRefusedError:
    return FactsRefusedError(
        f"{who} does not work at this institution for the whole of {_in_words(span)}. Name somebody who does, or give "
        "the person an affiliation first.",
        field=field,
        reason="not-of-the-institution",
        duty=_in_words(span),
        who=who,
    )


def _may_both(institution_id: int, span: TimeSpan, slot: DutySlot) -> bool:
    both = {slot.person_id, slot.deputy_id}
    return people_for(institution_id, span).filter(pk__in=both).count() == len(both)


def _insert(context: CommandContext, roster: DutyRoster, span: TimeSpan, person_id: int, deputy_id: int) -> None:
    slot = DutySlot.objects.create(
        roster=roster,
        starts_at=span.start,
        ends_at=span.end,
        person_id=person_id,
        deputy_id=deputy_id,
        provenance=roster.provenance,
    )
    record(context, "referrals.slot.create", slot, before=None, after=creation_facts(slot))


def _void(context: CommandContext, slot: DutySlot, expected_version: int) -> DutySlot:
    save_changes(slot, {"is_void": True}, expected_version)
    record(context, "referrals.slot.void", slot, before={"is_void": False}, after={"is_void": True})
    return slot
