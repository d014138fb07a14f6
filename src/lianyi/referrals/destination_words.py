"""The reasons for the order of possible receivers, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from lianyi.methods.destinations import RankedCandidate, ReasonCode
from lianyi.registry.reference_names import reference_name

_LIST_OF = {"specialty": "specialties", "service": "services", "equipment": "equipment_kinds"}
_MOST_NAMES = 3
_MINUTES_PER_HOUR = 60
_HOURS_PER_DAY = 24
# From two days on nobody counts in hours.
_LONG_HOURS = 48
# The tone in which each reason is shown; those left out are neutral.
_TONES: Mapping[ReasonCode, str] = {
    ReasonCode.PARTNER: "good",
    ReasonCode.ABLE: "good",
    ReasonCode.LACKING: "bad",
    ReasonCode.NO_OPEN_BED: "warning",
    ReasonCode.BEDS_OUTDATED: "warning",
    ReasonCode.ON_DUTY: "good",
    ReasonCode.NOBODY_ON_DUTY: "bad",
}
# What nobody has to know in order to choose.
_SILENT = frozenset({ReasonCode.DUTY_NOT_KNOWN})


def reasons_of(ranked: RankedCandidate) -> list[tuple[str, str]]:
    """Return each reason as its words and its tone, in the order of the criteria."""
    return [
        (_WORDS[reason.code](reason.value, ranked), _TONES.get(reason.code, "neutral"))
        for reason in ranked.reasons
        if reason.code not in _SILENT
    ]


def name_of_ability(code: str) -> str:
    """Return what an institution is able by, or lacks, in words."""
    kind, _separator, inner = code.partition(":")
    return reference_name(_LIST_OF[kind], inner)


def _names(value: Any) -> str:  # noqa: ANN401 - what the code of a reason comes with
    names = [name_of_ability(code) for code in value]
    shown = ", ".join(names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return _("%(names)s and %(count)s more") % {"names": shown, "count": more} if more > 0 else shown


def duration_words(minutes: float) -> str:
    whole = round(minutes)
    if whole < _MINUTES_PER_HOUR:
        return _("%(minutes)s min") % {"minutes": whole}
    hours, rest = divmod(whole, _MINUTES_PER_HOUR)
    if hours >= _LONG_HOURS:
        return _("%(days)d d") % {"days": hours // _HOURS_PER_DAY}
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}


def _age(ranked: RankedCandidate) -> str:
    age = ranked.candidate.bed_state_age_minutes
    return "" if age is None else duration_words(age)


def _load(_value: Any, ranked: RankedCandidate) -> str:  # noqa: ANN401
    values = {"beds": ranked.candidate.open_beds, "age": _age(ranked), "cases": ranked.candidate.open_cases}
    return _("%(beds)s free beds (counted %(age)s ago), %(cases)s open referrals") % values


_WORDS: Mapping[ReasonCode, Callable[[Any, RankedCandidate], str]] = {
    ReasonCode.PARTNER: lambda _value, _ranked: _("partner"),
    ReasonCode.NOT_PARTNER: lambda _value, _ranked: _("no agreement"),
    ReasonCode.ABLE: lambda value, _ranked: _("has: %(names)s") % {"names": _names(value)},
    ReasonCode.ABILITY_NOT_KNOWN: lambda _value, _ranked: _("not known whether it can help"),
    ReasonCode.LACKING: lambda value, _ranked: _("lacks: %(names)s") % {"names": _names(value)},
    ReasonCode.TRAVEL: lambda value, _ranked: _("about %(time)s by road") % {"time": duration_words(value)},
    ReasonCode.TRAVEL_NOT_KNOWN: lambda _value, _ranked: _("distance not known"),
    ReasonCode.LOAD: _load,
    ReasonCode.NO_OPEN_BED: lambda _value, ranked: _("no free bed (counted %(age)s ago)") % {"age": _age(ranked)},
    ReasonCode.BEDS_NOT_KNOWN: lambda value, _ranked: (
        _("free beds not known, %(cases)s open referrals") % {"cases": value}
    ),
    ReasonCode.BEDS_OUTDATED: lambda _value, ranked: (
        _("%(beds)s free beds, but counted %(age)s ago") % {"beds": ranked.candidate.open_beds, "age": _age(ranked)}
    ),
    ReasonCode.ON_DUTY: lambda _value, _ranked: _("somebody is on duty"),
    ReasonCode.NOBODY_ON_DUTY: lambda _value, _ranked: _("nobody on duty now"),
}
