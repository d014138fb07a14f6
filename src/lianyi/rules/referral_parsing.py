"""From the values of a TOML file to a referral policy, with every check that one file can be put to alone."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from lianyi.rules.parsing import read_identifier, read_jurisdiction, read_last_day, read_words
from lianyi.rules.reference import codes_of
from lianyi.rules.referral_measure_parsing import read_measures, read_recognition
from lianyi.rules.referral_packet import read_code_among, read_codes, read_packet
from lianyi.rules.referral_policy import (
    Clock,
    ClockKind,
    ClockTarget,
    CriticalTrigger,
    GreenCondition,
    LadderPost,
    LadderRepeat,
    LadderRung,
    Milestone,
    MilestoneSide,
    PolicyLimits,
    ReferralPolicy,
    ReferralUrgency,
    TimeStandard,
    TimeStatistic,
    TimeUnit,
)
from lianyi.rules.schema import Confidence
from lianyi.rules.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HEADER_KEYS = (
    "id",
    "based_on",
    "title",
    "jurisdiction",
    "is_default",
    "valid_from",
    "valid_to",
    "source",
    "confidence",
    "note",
)
POLICY_KEYS = (
    *HEADER_KEYS,
    "calendar",
    "limits",
    "clocks",
    "ladder",
    "repeat",
    "milestones",
    "conditions",
    "standards",
    "measures",
    "recognition",
    "triggers",
    "packet",
)
_STANDARD_KEYS = (
    "id",
    "zh",
    "en",
    "condition",
    "start",
    "end",
    "limit_minutes",
    "excludes_limit",
    "statistic",
    "target_share",
    "valid_from",
    "valid_to",
    "confidence",
    "source",
    "note",
)
_CONDITION_KEYS = ("code", "zh", "en", "specialties", "services", "equipment", "milestones")
_WEEK = range(1, 8)
_MINUTES = {TimeUnit.MINUTE: 1, TimeUnit.HOUR: 60, TimeUnit.DAY: 1440, TimeUnit.WORKING_DAY: 1440}


def parse_referral_policy(file: str, values: Mapping[str, object]) -> ReferralPolicy:
    """Read one policy from the values of its file.

    Raises
    ------
    RuleFileError
        Naming file, place, what was given and what is accepted.
    """
    table = Table(file, "", values, POLICY_KEYS)
    milestones = _milestones(table)
    conditions = _conditions(table, [milestone.code for milestone in milestones])
    codes = tuple(condition.code for condition in conditions)
    calendar = _calendar(table)
    triggers = table.table("triggers", ("id", "source", "confidence", "items"))
    return ReferralPolicy(
        id=read_identifier(table),
        title=read_words(table.table("title", ("zh", "en"))),
        jurisdiction=read_jurisdiction(table.table("jurisdiction", ("code", "zh", "en"))),
        is_default=table.boolean("is_default") if "is_default" in table else True,
        valid_from=table.day("valid_from"),
        valid_to=read_last_day(table),
        source=table.text("source"),
        confidence=table.choice("confidence", Confidence),
        note=table.optional_text("note") or "",
        file=file,
        clocks=_clocks(table, codes),
        ladder=_ladder(table),
        repeat=_repeat(table),
        packet=read_packet(table, codes),
        conditions=conditions,
        milestones=milestones,
        standards=_standards(table, conditions),
        measures=read_measures(table, codes),
        recognition=read_recognition(table),
        triggers_id=read_identifier(triggers),
        triggers=_triggers(triggers, codes),
        limits=_limits(table),
        working_week=calendar.integers("working_week", _WEEK),
        holidays=calendar.days("holidays"),
        makeup_workdays=calendar.days("makeup_workdays"),
    )


def _calendar(table: Table) -> Table:
    calendar = table.table("calendar", ("working_week", "holidays", "makeup_workdays"))
    both = sorted(set(calendar.days("holidays")) & set(calendar.days("makeup_workdays")))
    if both:
        raise calendar.refuse("makeup_workdays", str(both[0]), "days that are not among the holidays")
    return calendar


def _limits(table: Table) -> PolicyLimits:
    names = [field.name for field in fields(PolicyLimits)]
    limits = table.table("limits", names)
    read = {name: limits.integer(name) for name in names}
    if read["visit_repeat_days"] == 0:
        raise limits.refuse("visit_repeat_days", "0", "a whole number of 1 or more")
    return PolicyLimits(**read)


def _clocks(table: Table, conditions: tuple[str, ...]) -> Mapping[ClockKind, Clock]:
    # Every kind is asked for: a clock left out would leave a state without a due time, and nobody would notice.
    clocks = table.table("clocks", ClockKind)
    return {kind: _clock(clocks.table(kind, (*ReferralUrgency, "conditions")), conditions) for kind in ClockKind}


def _clock(table: Table, conditions: tuple[str, ...]) -> Clock:
    own = table.table("conditions", conditions) if "conditions" in table else None
    by_condition = {code: _targets(own.table(code, ReferralUrgency)) for code in own.keys} if own else {}
    targets = _targets(table)
    if not targets and not by_condition:
        raise table.refuse("emergency", "nothing", f"a target for one of {', '.join(ReferralUrgency)}")
    return Clock(targets, by_condition)


def _targets(table: Table) -> Mapping[ReferralUrgency, ClockTarget]:
    return {urgency: _running_target(table, urgency) for urgency in ReferralUrgency if urgency in table}


def _running_target(table: Table, urgency: ReferralUrgency) -> ClockTarget:
    target = _target(table, urgency, ("amount", "unit", "escalates", "repeats"))
    if target.amount == 0:
        raise table.refuse(f"{urgency}.amount", "0", "a whole number of 1 or more; leave the urgency out for no clock")
    return target


def _target(table: Table, urgency: ReferralUrgency, keys: Iterable[str]) -> ClockTarget:
    inner = table.table(urgency, keys)
    unit = inner.choice("unit", TimeUnit)
    if urgency is ReferralUrgency.EMERGENCY and unit is TimeUnit.WORKING_DAY:
        raise inner.refuse("unit", repr(str(unit)), "minute, hour or day: an emergency does not wait for a working day")
    escalates = inner.boolean("escalates") if "escalates" in inner else True
    repeats = inner.boolean("repeats") if "repeats" in inner else False
    if repeats and escalates:
        raise inner.refuse("repeats", "true", "escalates = false beside it: the ladder itself goes round again")
    return ClockTarget(inner.integer("amount"), unit, escalates, repeats)


def _ladder(table: Table) -> tuple[LadderRung, ...]:
    rungs: list[LadderRung] = []
    for entry in table.tables("ladder", ("post", *ReferralUrgency), named_by="post"):
        post = entry.choice("post", LadderPost)
        if post in [rung.post for rung in rungs]:
            raise entry.refuse("post", repr(str(post)), "a post not used before in this ladder")
        rung = LadderRung(post, {urgency: _target(entry, urgency, ("amount", "unit")) for urgency in ReferralUrgency})
        _check_rung(entry, rung, rungs[-1] if rungs else None)
        rungs.append(rung)
    return tuple(rungs)


def _check_rung(entry: Table, rung: LadderRung, before: LadderRung | None) -> None:
    for urgency, target in rung.after.items():
        given = f"{target.amount} {target.unit}"
        if before is None and target.amount:
            raise entry.refuse(urgency, given, "0 for the first post, which is called at once")
        if before is not None and _nominal_minutes(target) < _nominal_minutes(before.after[urgency]):
            raise entry.refuse(urgency, given, f"no less than for {before.post}, the post before")


def _repeat(table: Table) -> LadderRepeat:
    # Asked for like every clock: a ladder that ends would leave a patient with nobody who is called.
    repeat = table.table("repeat", ("posts", *ReferralUrgency))
    posts = repeat.integer("posts")
    if posts == 0:
        raise repeat.refuse("posts", "0", "a whole number of 1 or more")
    every = {urgency: _target(repeat, urgency, ("amount", "unit")) for urgency in ReferralUrgency}
    for urgency, target in every.items():
        if target.amount == 0:
            raise repeat.refuse(f"{urgency}.amount", "0", "a whole number of 1 or more")
    return LadderRepeat(posts, every)


def _nominal_minutes(target: ClockTarget) -> int:
    return target.amount * _MINUTES[target.unit]


def _milestones(table: Table) -> tuple[Milestone, ...]:
    entries = table.tables("milestones", ("code", "zh", "en", "side"), named_by="code")
    codes = read_codes(entries)
    return tuple(
        Milestone(code, read_words(entry), entry.choice("side", MilestoneSide))
        for code, entry in zip(codes, entries, strict=True)
    )


def _conditions(table: Table, milestones: list[str]) -> tuple[GreenCondition, ...]:
    entries = table.tables("conditions", _CONDITION_KEYS, named_by="code")
    codes = read_codes(entries)
    return tuple(_condition(code, entry, milestones) for code, entry in zip(codes, entries, strict=True))


def _condition(code: str, entry: Table, milestones: list[str]) -> GreenCondition:
    own = entry.texts("milestones", milestones)
    if not own or len(set(own)) < len(own):
        raise entry.refuse("milestones", repr(list(own)), "at least one milestone, none twice")
    return GreenCondition(
        code=code,
        name=read_words(entry),
        specialties=entry.texts("specialties", codes_of("specialties")),
        services=entry.texts("services", codes_of("services")),
        equipment=entry.texts("equipment", codes_of("equipment_kinds")),
        milestones=own,
    )


def _standards(table: Table, conditions: tuple[GreenCondition, ...]) -> tuple[TimeStandard, ...]:
    milestones_of = {condition.code: condition.milestones for condition in conditions}
    entries = table.optional_tables("standards", _STANDARD_KEYS, named_by="id")
    standards: list[TimeStandard] = []
    for entry in entries:
        standard = _standard(entry, milestones_of)
        if standard.id in [each.id for each in standards]:
            raise entry.refuse("id", repr(standard.id), "an id not used before in this list")
        standards.append(standard)
    return tuple(standards)


def _standard(entry: Table, milestones_of: Mapping[str, tuple[str, ...]]) -> TimeStandard:
    condition = read_code_among(entry, "condition", milestones_of)
    standard = TimeStandard(
        id=read_identifier(entry),
        name=read_words(entry),
        condition=condition,
        start=read_code_among(entry, "start", milestones_of[condition]),
        end=read_code_among(entry, "end", milestones_of[condition]),
        limit_minutes=entry.number("limit_minutes"),
        excludes_limit=entry.boolean("excludes_limit") if "excludes_limit" in entry else False,
        statistic=entry.choice("statistic", TimeStatistic),
        target_share=entry.optional_number("target_share"),
        valid_from=entry.day("valid_from"),
        valid_to=read_last_day(entry),
        confidence=entry.choice("confidence", Confidence),
        source=entry.text("source"),
        note=entry.optional_text("note") or "",
    )
    _check_standard(entry, standard, milestones_of[condition])
    return standard


def _check_standard(entry: Table, standard: TimeStandard, milestones: tuple[str, ...]) -> None:
    if milestones.index(standard.start) >= milestones.index(standard.end):
        raise entry.refuse(
            "end", repr(standard.end), f"a milestone that comes after {standard.start} in {standard.condition}"
        )
    if standard.limit_minutes == 0:
        raise entry.refuse("limit_minutes", "0", "a number of minutes above 0")
    if standard.target_share is None:
        return
    if standard.statistic is not TimeStatistic.SHARE_WITHIN:
        raise entry.refuse("target_share", repr(standard.target_share), "a share only where statistic is share_within")
    if not 0 < standard.target_share <= 1:
        raise entry.refuse("target_share", repr(standard.target_share), "a share above 0, up to 1")


def _triggers(table: Table, conditions: tuple[str, ...]) -> tuple[CriticalTrigger, ...]:
    source, confidence = table.text("source"), table.choice("confidence", Confidence)
    entries = table.optional_tables("items", ("code", "zh", "en", "condition"), named_by="code")
    return tuple(
        CriticalTrigger(code, read_words(entry), read_code_among(entry, "condition", conditions), confidence, source)
        for code, entry in zip(read_codes(entries), entries, strict=True)
    )
