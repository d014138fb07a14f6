"""What a programme's rule set asks and what was done, in words: the rows of the page of rule checks."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lianyi.dispatch.board import gap_text
from lianyi.dispatch.finding import Finding
from lianyi.dispatch.models import Posting
from lianyi.dispatch.rule_checks import RequirementSummary
from lianyi.dispatch.texts import days_word, specialty_word
from lianyi.pages.names import in_language, name_of
from lianyi.pages.values import shown
from lianyi.registry.models import Institution, Place
from lianyi.rules import Confidence, Measure, Requirement, Unit, Words

MOST_FINDINGS_SHOWN = 100
_OF_BATCHES = frozenset({Measure.HEADCOUNT_IN_BATCH, Measure.TITLE_MIX_MINIMUM})
_WITH_GAPS = frozenset({Measure.CALENDAR_COVERAGE, Measure.ROUNDS_PER_PERIOD})
_FIELD_WORDS: Mapping[str, Promise] = {
    "minimum": gettext_lazy("least number"),
    "maximum": gettext_lazy("greatest number"),
    "per": gettext_lazy("counted for each"),
    "period": gettext_lazy("period"),
    "title_rank": gettext_lazy("title rank"),
    "gap_tolerance_days": gettext_lazy("days of a break that still count as unbroken"),
    "applies_to": gettext_lazy("for whom it holds"),
    "except_for": gettext_lazy("exceptions"),
}
_ORDER: Mapping[bool | None, int] = {False: 0, None: 1, True: 2}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Met, not met, still open or not measured: a word and its tone."""

    word: str
    tone: str


def verdict_of(finding: Finding) -> Verdict:
    """Judge in words. What nothing measures is neither met nor failed."""
    if finding.is_met is True:
        return Verdict(_("met"), "good")
    if finding.is_met is False:
        return Verdict(_("not met"), "bad")
    if finding.measured is None:
        return Verdict(_("not measured"), "neutral")
    return Verdict(_("still open"), "info")


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding in words."""

    subject: str
    value: str
    verdict: Verdict
    gaps: tuple[str, ...]
    are_breaks: bool
    detail: str
    posting_ids: tuple[int, ...]
    programme_id: int | None = None


@dataclass(frozen=True, slots=True)
class RequirementBlock:
    """One requirement with its findings, those not met first."""

    requirement: Requirement
    name: str
    asked: str
    confidence: str
    confidence_tone: str
    unsourced: str
    note: str
    verdict: Verdict
    met: int
    failed: int
    still_open: int
    lines: tuple[FindingLine, ...]
    hidden: int


def words_of(words: Words) -> str:
    return in_language(words.zh, words.en)


_CONFIDENCE_TONES: Mapping[Confidence, str] = {
    Confidence.SOURCED: "good",
    Confidence.LOCAL: "info",
    Confidence.UNCERTAIN: "warning",
    Confidence.UNSOURCED: "warning",
}


def confidence_word(confidence: Confidence) -> str:
    """Say how well a number is supported."""
    words = {
        Confidence.SOURCED: _("sourced"),
        Confidence.UNCERTAIN: _("uncertain"),
        Confidence.UNSOURCED: _("no source found, working value"),
        Confidence.LOCAL: _("local rule"),
    }
    return words[confidence]


def quantity_word(value: float, unit: Unit) -> str:
    """Write a figure with its unit."""
    if unit is Unit.SHARE:
        return f"{value * 100:.1f} %".replace(".0 %", " %")
    number = int(value) if value == int(value) else round(value, 1)
    words = {
        Unit.PERSON: ngettext("%(n)s person", "%(n)s persons", int(value)),
        Unit.DAY: ngettext("%(n)s day", "%(n)s days", int(value)),
        Unit.MONTH: ngettext("%(n)s month", "%(n)s months", int(value)),
        Unit.ROUND: ngettext("%(n)s round", "%(n)s rounds", int(value)),
        Unit.INSTITUTION: ngettext("%(n)s institution", "%(n)s institutions", int(value)),
    }
    return words[unit] % {"n": number}


def asked_word(requirement: Requirement) -> str:
    """Say what is asked: at least, at most, or both."""
    least, most = requirement.minimum, requirement.maximum
    if least is not None and most is not None:
        words = {"least": quantity_word(least, requirement.unit), "most": quantity_word(most, requirement.unit)}
        return _("%(least)s to %(most)s") % words
    if least is not None:
        return _("at least %(least)s") % {"least": quantity_word(least, requirement.unit)}
    if most is not None:
        return _("at most %(most)s") % {"most": quantity_word(most, requirement.unit)}
    return _("no number given")


def blocks_of(
    summaries: Iterable[RequirementSummary], postings: Mapping[int, Posting], today: datetime.date
) -> list[RequirementBlock]:
    """Put every requirement into words."""
    return [_block(summary, postings, today) for summary in summaries]


def _block(summary: RequirementSummary, postings: Mapping[int, Posting], today: datetime.date) -> RequirementBlock:
    requirement = summary.requirement
    ordered = sorted(summary.findings, key=lambda finding: _ORDER[finding.is_met])
    lines = [_line(finding, postings, today) for finding in ordered[:MOST_FINDINGS_SHOWN] if _says_something(finding)]
    still_open = sum(finding.is_met is None and finding.measured is not None for finding in summary.findings)
    return RequirementBlock(
        requirement=requirement,
        name=words_of(requirement.name),
        asked=asked_word(requirement),
        confidence=confidence_word(requirement.confidence),
        confidence_tone=_CONFIDENCE_TONES[requirement.confidence],
        unsourced=shown([_FIELD_WORDS.get(name, name) for name in requirement.unsourced])
        if requirement.unsourced
        else "",
        note=requirement.note,
        verdict=_verdict_of_all(summary, still_open),
        met=summary.met,
        failed=summary.failed,
        still_open=still_open,
        lines=tuple(lines),
        hidden=max(0, len(ordered) - MOST_FINDINGS_SHOWN),
    )


def _says_something(finding: Finding) -> bool:
    return finding.measured is not None or bool(finding.subject)


def _verdict_of_all(summary: RequirementSummary, still_open: int) -> Verdict:
    if summary.failed:
        return Verdict(_("not met"), "bad")
    if not summary.is_measured:
        return Verdict(_("not measured"), "neutral")
    return Verdict(_("still open"), "info") if still_open else Verdict(_("met"), "good")


def _line(finding: Finding, postings: Mapping[int, Posting], today: datetime.date) -> FindingLine:
    measure, programme_id = finding.requirement.measure, finding.detail.get("programme_id")
    value = "—" if finding.measured is None else quantity_word(finding.measured, finding.requirement.unit)
    return FindingLine(
        subject=_subject(finding, postings),
        value=value,
        verdict=verdict_of(finding),
        gaps=_gaps(finding, today),
        are_breaks=measure not in _WITH_GAPS,
        detail=_detail(finding),
        posting_ids=finding.posting_ids,
        programme_id=programme_id if isinstance(programme_id, int) else None,
    )


def _gaps(finding: Finding, today: datetime.date) -> tuple[str, ...]:
    if finding.requirement.measure is Measure.CALENDAR_COVERAGE:
        return tuple(gap_text(gap, today) for gap in finding.gaps)
    if finding.requirement.measure is Measure.ROUNDS_PER_PERIOD:
        words = _("Too few rounds from %(from)s to %(to)s")
        return tuple(words % {"from": gap.start, "to": gap.end} for gap in finding.gaps)
    return _breaks(finding)


def _breaks(finding: Finding) -> tuple[str, ...]:
    return tuple(
        _("Bridged break from %(from)s to %(to)s (%(days)s)")
        % {"from": gap.start, "to": gap.end, "days": days_word(gap.days)}
        for gap in finding.gaps
    )


def _subject(finding: Finding, postings: Mapping[int, Posting]) -> str:
    """Name what a finding is about, people and places in the reader's language."""
    measure = finding.requirement.measure
    if measure in _OF_BATCHES:
        return _("Batch %(number)s") % {"number": finding.subject}
    site = finding.detail.get("site")
    if isinstance(site, Institution | Place):
        years = [finding.subject] if measure is Measure.CALENDAR_COVERAGE else []
        return " · ".join([*years, name_of(site)])
    rows = [postings[pk] for pk in finding.posting_ids if pk in postings]
    if not rows or measure not in _SUBJECTS:
        return finding.subject
    return _SUBJECTS[measure](finding, rows)


def _person(_finding: Finding, rows: list[Posting]) -> str:
    return name_of(rows[0].staff)


def _person_in_year(finding: Finding, rows: list[Posting]) -> str:
    return f"{finding.subject.split(' · ', 1)[0]} · {name_of(rows[0].staff)}"


def _both_persons(_finding: Finding, rows: list[Posting]) -> str:
    ordered = sorted(rows, key=lambda row: (row.arrived_on or row.starts_on, row.pk))
    return " → ".join(name_of(row.staff) for row in ordered)


_SUBJECTS: Mapping[Measure, Callable[[Finding, list[Posting]], str]] = {
    Measure.CONTINUOUS_MONTHS: _person,
    Measure.HANDOVER_OVERLAP_DAYS: _both_persons,
    Measure.STATIONED_MINIMUM_DAYS: _person_in_year,
}


def _detail(finding: Finding) -> str:
    detail = finding.detail
    parts = []
    if detail.get("part_of_year"):
        parts.append(_("part of the year only"))
    if "covered" in detail:
        parts.append(_("%(covered)s of %(days)s days") % detail)
    if "periods" in detail:
        parts.append(_("enough in %(met)s of %(periods)s periods") % detail)
    if "from" in detail:
        parts.append(f"{detail['from']} – {detail['to']}")
    missing = detail.get("missing")
    if isinstance(missing, list) and missing:
        parts.append(_("missing: %(list)s") % {"list": ", ".join(specialty_word(str(code)) for code in missing)})
    return "; ".join(parts)
