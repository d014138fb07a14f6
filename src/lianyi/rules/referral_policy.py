"""The shapes of a dated referral policy: clocks, escalation, the packet, conditions, milestones and time standards.

How much time a due time leaves, whom a silence calls, what a doctor must write and which times a condition is judged
by all stand in files; `load_referral_policies` reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lianyi.rules.referral_measures import Recognition, ShareMeasure
from lianyi.rules.schema import Confidence, Jurisdiction, ReferenceItem, Words


class ClockKind(StrEnum):
    """What somebody has a due time for."""

    DRAFT = "draft"
    DELIVERY = "delivery"
    SEEN = "seen"
    DECISION = "decision"
    QUESTION = "question"
    BOOKING = "booking"
    REBOOKING = "rebooking"
    DEPARTURE = "departure"
    TRANSIT = "transit"
    HAND_OVER = "hand_over"
    CARE_REVIEW = "care_review"
    HOLD_REVIEW = "hold_review"
    WAITING_REVIEW = "waiting_review"
    NO_SHOW_CONTACT = "no_show_contact"
    BACK_ANSWER = "back_answer"
    OUTCOME = "outcome"
    ACKNOWLEDGE = "acknowledge"
    REROUTE = "reroute"
    CANCEL_ANSWER = "cancel_answer"
    FIRST_FOLLOW_UP = "first_follow_up"
    BREACH = "breach"


class ReferralUrgency(StrEnum):
    """How soon a patient must be seen; an emergency runs through the green channel."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    ROUTINE = "routine"


class ReferralDirection(StrEnum):
    """Which way a request goes between the levels of care."""

    UP = "up"
    DOWN = "down"
    LATERAL = "lateral"
    CONSULT = "consult"


class TimeUnit(StrEnum):
    """Minutes, hours and days run without a break; a working day follows the working week and the holidays."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working_day"


@dataclass(frozen=True, slots=True)
class ClockTarget:
    """How long a clock may run, and whether its end climbs the ladder or only reminds, once or as often as it ends."""

    amount: int
    unit: TimeUnit
    escalates: bool = True
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """The targets of one clock; an urgency without a target has no due time of this kind."""

    targets: Mapping[ReferralUrgency, ClockTarget]
    by_condition: Mapping[str, Mapping[ReferralUrgency, ClockTarget]]


class LadderPost(StrEnum):
    """Whom a clock that ran out calls, one after the other."""

    DUTY_PERSON = "duty_person"
    DEPUTY = "deputy"
    DEPARTMENT_HEAD = "department_head"
    HOSPITAL_DUTY = "hospital_duty"
    COORDINATOR = "coordinator"
    ALLIANCE_LEAD = "alliance_lead"


@dataclass(frozen=True, slots=True)
class LadderRung:
    """One post, and for each urgency how long after the clock ran out it is called; the first at once."""

    post: LadderPost
    after: Mapping[ReferralUrgency, ClockTarget]


@dataclass(frozen=True, slots=True)
class LadderRepeat:
    """How many posts at the top of the ladder are called again, and after how long each time, until somebody acts."""

    posts: int
    every: Mapping[ReferralUrgency, ClockTarget]


class PacketKind(StrEnum):
    """What a packet item is answered with; a time is the day with the time of day."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    CHOICE = "choice"
    DATE = "date"
    TIME = "time"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketItem:
    """One question of the referral form.

    Empty ``urgencies``, ``directions`` and ``conditions`` mean all of them; an item that names conditions is not asked
    where no condition was chosen. What is identifying stays hidden from receivers that have not accepted.
    """

    code: str
    name: Words
    kind: PacketKind
    unit: Words | None = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[ReferenceItem, ...] = ()
    required_for: tuple[ReferralUrgency, ...] = ()
    urgencies: tuple[ReferralUrgency, ...] = ()
    directions: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    except_conditions: tuple[str, ...] = ()
    help: Words | None = None
    is_identifying: bool = False

    def applies(self, urgency: ReferralUrgency, direction: str, condition: str) -> bool:
        """Whether the form of such a referral asks this; a condition of "" is none."""
        return (
            (not self.urgencies or urgency in self.urgencies)
            and (not self.directions or direction in self.directions)
            and (not self.conditions or condition in self.conditions)
            and condition not in self.except_conditions
        )


class MilestoneSide(StrEnum):
    """Who usually knows the time of a milestone first."""

    SENDER = "sender"
    RECEIVER = "receiver"
    TRANSPORT = "transport"


@dataclass(frozen=True, slots=True)
class Milestone:
    """A point in time on the way of a patient."""

    code: str
    name: Words
    side: MilestoneSide


class TimeStatistic(StrEnum):
    """How the times of many patients are held against a limit."""

    SHARE_WITHIN = "share_within"
    MONTHLY_MEAN = "monthly_mean"
    MEDIAN = "median"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeStandard:
    """How long the way from one milestone to another may take, for a stretch of time.

    ``excludes_limit`` stands for "below 10 minutes", which 10 minutes do not keep. ``target_share`` is None where no
    text says how large a share must keep the limit.
    """

    id: str
    name: Words
    condition: str
    start: str
    end: str
    limit_minutes: float
    statistic: TimeStatistic
    target_share: float | None
    valid_from: date
    valid_to: date | None
    confidence: Confidence
    source: str
    excludes_limit: bool = False
    note: str = ""

    def is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class GreenCondition:
    """A condition with a green channel.

    ``specialties``, ``services`` and ``equipment`` are what to look for in a receiver: a place that lacks one is
    offered with the gap named, never hidden. ``milestones`` stand in the order in which they usually come.
    """

    code: str
    name: Words
    specialties: tuple[str, ...]
    services: tuple[str, ...]
    equipment: tuple[str, ...]
    milestones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CriticalTrigger:
    """A sign that calls for the green channel of a condition."""

    code: str
    name: Words
    condition: str
    confidence: Confidence
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLimits:
    """The single numbers of a policy, each with its unit in the name.

    Attributes
    ----------
    reopen_days
        How long a finished leg can be opened again.
    grace_days
        How long the other side still sees a closed case.
    acknowledge_days
        After how many days without a reader an outcome is closed as not acknowledged.
    no_show_tries
        How often a patient who did not come gets a new appointment.
    bed_state_minutes
        How old a count of free beds may be for an acceptance to rest on it.
    roster_days_ahead
        How many days a green channel needs a named person for every hour.
    bounce_back_days
        Within how many days a new referral up counts against the transfer back.
    reservation_hours
        How long after the expected time a bed is kept; then it is given free.
    no_show_grace_hours
        How long after the appointed time a patient counts as not come.
    home_visit_days
        After how many days without arrival a home visit is asked for.
    visit_head_days, visit_coordinator_days, visit_lead_days
        How many days after a visit or follow-up was due its department heads, the coordinator and the lead of the
        alliance are called; whoever has to do it is reminded on the day itself.
    visit_repeat_days
        After the lead, the coordinator is called again each time so many days have gone by.
    break_glass_minutes
        How long an emergency access to a record lasts.
    guest_link_hours
        How long a one-time link for a partner without an account lasts.
    attachment_megabytes, attachments_per_request
        How large one attachment, and how many.
    elective_validity_days
        After how many days a routine request that nobody decided or booked expires.
    authors_hours
        For how many hours after sending the institution that wrote a referral may itself mark it as entered in error;
        later only the records steward does, because others have worked with it since.
    small_cell
        Counts of patients from 1 up to this number less one are hidden from those who only see counts.
    """

    reopen_days: int
    grace_days: int
    acknowledge_days: int
    no_show_tries: int
    bed_state_minutes: int
    roster_days_ahead: int
    bounce_back_days: int
    reservation_hours: int
    no_show_grace_hours: int
    home_visit_days: int
    visit_head_days: int
    visit_coordinator_days: int
    visit_lead_days: int
    visit_repeat_days: int
    break_glass_minutes: int
    guest_link_hours: int
    attachment_megabytes: int
    attachments_per_request: int
    elective_validity_days: int
    authors_hours: int
    small_cell: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralPolicy:
    """Every number and question of referral in one jurisdiction for one stretch of time.

    Only a policy that ``is_default`` is found by place and day; another is used where an agreement names it.
    ``triggers_id`` names the set that the triggers come from. ``working_week`` holds days from 1, Monday, to 7.
    ``file`` names where the policy was read.
    """

    id: str
    title: Words
    jurisdiction: Jurisdiction
    is_default: bool
    valid_from: date
    valid_to: date | None
    source: str
    confidence: Confidence
    note: str
    file: str
    clocks: Mapping[ClockKind, Clock]
    ladder: tuple[LadderRung, ...]
    repeat: LadderRepeat
    packet: tuple[PacketItem, ...]
    conditions: tuple[GreenCondition, ...]
    milestones: tuple[Milestone, ...]
    standards: tuple[TimeStandard, ...]
    measures: tuple[ShareMeasure, ...]
    recognition: Recognition | None
    triggers_id: str
    triggers: tuple[CriticalTrigger, ...]
    limits: PolicyLimits
    working_week: tuple[int, ...]
    holidays: tuple[date, ...]
    makeup_workdays: tuple[date, ...]

    def is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def validity(self) -> str:
        """The days in force, for messages."""
        return f"from {self.valid_from}" + (f" to {self.valid_to}" if self.valid_to else "")

    def target(self, kind: ClockKind, urgency: ReferralUrgency, condition: str = "") -> ClockTarget | None:
        """Return the target of a clock, that of the condition where it has one of its own, or None."""
        clock = self.clocks[kind]
        own = clock.by_condition.get(condition, {})
        return own.get(urgency) or clock.targets.get(urgency)

    def packet_items(self, urgency: ReferralUrgency, direction: str, condition: str = "") -> tuple[PacketItem, ...]:
        """Return what the form of such a referral asks, in the order of the file."""
        return tuple(item for item in self.packet if item.applies(urgency, direction, condition))

    def required_items(self, urgency: ReferralUrgency, direction: str, condition: str = "") -> tuple[PacketItem, ...]:
        """Return what such a referral cannot be sent without, in the order of the file."""
        return tuple(item for item in self.packet_items(urgency, direction, condition) if urgency in item.required_for)

    def condition(self, code: str) -> GreenCondition | None:
        return next((entry for entry in self.conditions if entry.code == code), None)

    def milestones_of(self, condition: str) -> tuple[Milestone, ...]:
        """Return the milestones of a condition in its order; none for an unknown condition."""
        found = self.condition(condition)
        by_code = {milestone.code: milestone for milestone in self.milestones}
        return tuple(by_code[code] for code in found.milestones) if found else ()

    def standards_of(self, condition: str, day: date) -> tuple[TimeStandard, ...]:
        """Return the time standards of a condition that are in force on a day."""
        return tuple(entry for entry in self.standards if entry.condition == condition and entry.is_valid_on(day))
