"""What the codes of a scenario say to people: why needs stay open, what would fix it, what is broken, who changes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lianyi.dispatch.models import Need, PlanScenario, UnmetNeed
from lianyi.dispatch.needs_texts import wanted_word
from lianyi.dispatch.scenario_problem import horizon_of
from lianyi.dispatch.scenario_words import BAR_WORDS, CHANGE_WORDS, GOAL_WORDS, REASON_WORDS, RULE_WORDS
from lianyi.pages.names import name_of
from lianyi.registry.models import Department, Institution, Staff
from lianyi.registry.reference_names import reference_name
from lianyi.rules import title_ranks

# What the check says of a team size, with the people there and the limit.
_TEAM_SIZE = re.compile(r"(?P<people>\d+) of at (?P<end>most|least) (?P<limit>\d+) in ")
# Whom a rule or a remedy is about; all others are about hospitals.
_KINDS: Mapping[str, frozenset[str]] = {
    "staff": frozenset({"one_at_a_time", "most_postings", "burden_limit", "couple", "line", "training"}),
    "need": frozenset({"need", "handover", "shorter_term", "lower_title"}),
    "department": frozenset({"home_cover"}),
}


@dataclass(frozen=True, slots=True)
class OpenNeed:
    """A need that stays open, as the page tells it."""

    row: UnmetNeed
    title: str
    wanted: str
    missing: str
    reason: str
    bars: tuple[str, ...]
    conflict: tuple[str, ...]
    remedies: tuple[str, ...]


class Teller:
    """Names everything that the stored codes speak of, with a query for each kind of thing."""

    def __init__(self, scenario: PlanScenario, unmet: Sequence[UnmetNeed]) -> None:
        self._scenario = scenario
        self._labels = horizon_of(scenario).labels
        subjects = [(each["rule"], each["subject"]) for row in unmet for each in row.conflict]
        subjects += [(each["rule"], each["subject"]) for each in scenario.figures.get("breaches", ())]
        remedies = [each for row in unmet for each in row.remedies]
        subjects += [(each["rule"] or each["kind"], each["subject"]) for each in remedies]
        keys = _keys(subjects)
        keys["staff"] |= {int(each["person"]) for each in scenario.changes}
        keys["need"] |= {int(line[0]) for each in scenario.changes for line in (*each["before"], *each["after"])}
        self._people: Mapping[int, Staff] = Staff.objects.in_bulk(keys["staff"])
        self._needs: Mapping[int, Need] = Need.objects.select_related("institution", "place").in_bulk(keys["need"])
        self._departments: Mapping[int, Department] = Department.objects.in_bulk(keys["department"])
        self._institutions: Mapping[int, Institution] = Institution.objects.in_bulk(keys["institution"])

    def open_need(self, row: UnmetNeed) -> OpenNeed:
        trace = row.trace
        bars = [
            _("%(people)s: %(why)s") % {"people": _people(count), "why": str(BAR_WORDS[bar])}
            for bar, count in trace.get("barred", {}).items()
            if bar != "specialty"
        ]
        return OpenNeed(
            row=row,
            title=self.need_word(row.need),
            wanted=wanted_word(row.need),
            missing=self._missing(row.missing),
            reason=str(REASON_WORDS[row.kind]),
            bars=tuple(bars),
            conflict=tuple(self.rule_word(each["rule"], each["subject"]) for each in row.conflict),
            remedies=tuple(self._remedy(each) for each in row.remedies),
        )

    def need_word(self, row: Need) -> str:
        return f"{row.code} · {name_of(row.institution or row.place)}"

    def rule_word(self, rule: str, subject: str) -> str:
        """Say a rule and whom it is about."""
        word = str(RULE_WORDS.get(rule) or RULE_WORDS.get(f"goal-{rule}") or rule)
        about = self._subject(rule, subject)
        return f"{word} – {about}" if about else word

    def breaches(self) -> list[str]:
        """Say the rules that the lines break, each once with where."""
        found: dict[tuple[str, str, str], list[str]] = {}
        for each in self._scenario.figures.get("breaches", ()):
            what = str(each["what"])
            period = what.rpartition(" ")[2]
            key = (each["rule"], each["subject"], _team_word(each["rule"], what))
            found.setdefault(key, []).append(period if period in self._labels else "")
        told = []
        for (rule, subject, team), periods in found.items():
            when = self._span([self._labels.index(each) for each in periods if each])
            told.append(self.rule_word(rule, subject) + team + (f" ({when})" if when else ""))
        return told

    def changes(self) -> list[dict[str, str]]:
        """Say who changes against what was handed over, and why."""
        return [self._change(each) for each in self._scenario.changes]

    def _change(self, each: Mapping[str, Any]) -> dict[str, str]:
        person = self._people.get(int(each["person"]))
        why = "" if each["bar"] is None else str(BAR_WORDS[each["bar"]])
        if each["worse"] is not None:
            worse = each["worse"]
            why = _("without it: %(goal)s %(then)s instead of %(now)s") % {
                "goal": str(GOAL_WORDS[worse["goal"]]),
                "then": _number(worse["then"]),
                "now": _number(worse["now"]),
            }
        return {
            "person": "" if person is None else name_of(person),
            "what": str(CHANGE_WORDS[each["kind"]]),
            "before": "; ".join(self._line(line) for line in each["before"]),
            "after": "; ".join(self._line(line) for line in each["after"]),
            "why": why,
        }

    def _line(self, line: Sequence[Any]) -> str:
        need = self._needs.get(int(line[0]))
        word = "" if need is None else self.need_word(need)
        return f"{word}, {self._span(range(line[1], line[2] + 1))}"

    def _missing(self, missing: Sequence[int]) -> str:
        periods = [number for number, people in enumerate(missing) if people]
        most = max(missing, default=0)
        return _("%(people)s missing in %(periods)s") % {"people": _people(most), "periods": self._span(periods)}

    def _span(self, periods: Iterable[int]) -> str:
        """Say periods, those in a row as from–to."""
        runs: list[list[int]] = []
        for period in sorted(set(periods)):
            if runs and period == runs[-1][-1] + 1:
                runs[-1].append(period)
            else:
                runs.append([period])
        labels = self._labels
        return ", ".join(labels[run[0]] if len(run) == 1 else f"{labels[run[0]]} – {labels[run[-1]]}" for run in runs)

    def _subject(self, rule: str, subject: str) -> str:
        if not subject:
            return ""
        names = [self._named(kind, int(key)) for kind, key in _parts(rule, subject)]
        if rule == "donor_specialty":
            names.append(reference_name("specialties", subject.rpartition("/")[2]))
        return " · ".join(name for name in names if name)

    def _named(self, kind: str, key: int) -> str:
        if kind == "need":
            need = self._needs.get(key)
            return "" if need is None else self.need_word(need)
        rows: Mapping[str, Mapping[int, Any]] = {
            "staff": self._people,
            "department": self._departments,
            "institution": self._institutions,
        }
        row = rows[kind].get(key)
        return "" if row is None else name_of(row)

    def _remedy(self, each: Mapping[str, Any]) -> str:
        facts = {"subject": self._subject(each["rule"] or each["kind"], each["subject"]), "amount": each["amount"]}
        kind = each["kind"]
        if kind == "one_more_person":
            text = _("one more person of this specialty and title from %(subject)s") % facts
        elif kind == "shorter_term":
            months = each["amount"] * self._scenario.months_per_period
            text = ngettext("a term of %(months)s month", "a term of %(months)s months", months) % {"months": months}
        elif kind == "lower_title":
            title = next((item.code for item in title_ranks() if item.rank == each["amount"]), "")
            text = _("a lower title: %(title)s") % {"title": reference_name("title_ranks", title)}
        else:
            text = _("one more away from %(subject)s at a time (%(amount)s)") % facts
        if each["after"] == 0:
            return _("%(remedy)s: nobody would be missing") % {"remedy": text}
        return _("%(remedy)s: %(after)s instead of %(before)s person-periods missing") % {
            "remedy": text,
            "after": each["after"],
            "before": each["before"],
        }


def _keys(subjects: Iterable[tuple[str, str]]) -> dict[str, set[int]]:
    keys: dict[str, set[int]] = {"staff": set(), "need": set(), "department": set(), "institution": set()}
    for rule, subject in subjects:
        for kind, key in _parts(rule, subject):
            keys[kind].add(int(key))
    return keys


def _parts(rule: str, subject: str) -> list[tuple[str, str]]:
    """Return the kinds and keys of the rows that a subject names."""
    if not subject:
        return []
    keys = re.split(r"[/+]", subject)
    if rule in ("locked", "least_term"):
        return [("staff", keys[0]), ("need", keys[1])]
    if rule in ("donor_specialty", "headcount", "title_mix"):
        keys = keys[:1]
    kind = next((kind for kind, rules in _KINDS.items() if rule in rules), "institution")
    return [(kind, key) for key in keys]


def _team_word(rule: str, what: str) -> str:
    """Say how many people a team has and how many it may have, or nothing of other rules."""
    found = _TEAM_SIZE.match(what) if rule == "headcount" else None
    if found is None:
        return ""
    facts = {"people": _people(int(found["people"])), "limit": found["limit"]}
    if found["end"] == "most":
        return _(": %(people)s, at most %(limit)s") % facts
    return _(": %(people)s, at least %(limit)s") % facts


def _people(count: int) -> str:
    return ngettext("%(count)s person", "%(count)s people", count) % {"count": count}


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
