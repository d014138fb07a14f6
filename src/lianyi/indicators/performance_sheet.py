"""A round as it is read: items by dimension, what each side found, the objection, what counts, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from lianyi.indicators.models.performance import (
    NumberSource,
    PerformanceAssessment,
    PerformanceEvidence,
    PerformanceFinding,
    PerformanceObjection,
    ScoringSide,
)
from lianyi.indicators.performance_checks import differs, is_found
from lianyi.indicators.performance_numbers import RowsLink
from lianyi.indicators.performance_scoring import Figures, by_side, figures_of
from lianyi.indicators.performance_veil import OPEN, PatientVeil
from lianyi.indicators.performance_words import (
    CONFIDENCE_TONES,
    CONFIDENCE_WORDS,
    DASH,
    VERDICT_WORDS,
    finding_word,
    points_word,
    rule_word,
    score_word,
    source_word,
    words_of,
)
from lianyi.methods.assessment_scores import ScoreTotal
from lianyi.rules.assessment_schemes import AssessmentScheme, SchemeItem, SchemeMethod
from lianyi.rules.schema import Confidence

BAR_WIDTH = 200


@dataclass(frozen=True, slots=True)
class Cell:
    """What one side says of an item: its score with a tone, what was found, why, and where a number comes from."""

    score: str
    tone: str
    found: str
    reason: str = ""
    source: str = ""
    is_typed: bool = False
    differs: bool = False


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One item with all that is said of it."""

    number: int
    item: SchemeItem
    requirement: str
    evidence_wanted: str
    rule: str
    note: str
    confidence: str
    confidence_tone: str
    own: Cell
    outside: Cell
    final: Cell
    pieces: tuple[PerformanceEvidence, ...]
    objection: PerformanceObjection | None
    links: tuple[RowsLink, ...]

    @property
    def is_unscored(self) -> bool:
        return self.item.points is None


@dataclass(frozen=True, slots=True)
class SideBar:
    """The points of one side as a bar, with what they could become once nothing is missing."""

    label: str
    words: str
    bounds: str
    value_width: int
    low_at: int
    range_width: int


@dataclass(frozen=True, slots=True)
class SheetDimension:
    name: str
    confidence: str
    points: str
    bars: tuple[SideBar, ...]
    lines: tuple[SheetLine, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that the page and the paper show of a round."""

    scheme: AssessmentScheme
    dimensions: tuple[SheetDimension, ...]
    bars: tuple[SideBar, ...]
    headline: str
    missing: tuple[str, ...]

    @property
    def lines(self) -> list[SheetLine]:
        return [line for each in self.dimensions for line in each.lines]


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands beside the findings: evidence, objections, pages of rows by item, and what the reader may not see."""

    evidence: Sequence[PerformanceEvidence] = ()
    objections: Sequence[PerformanceObjection] = ()
    links: Mapping[str, Sequence[RowsLink]] | None = None
    veil: PatientVeil = OPEN


def sheet_of(row: PerformanceAssessment, scheme: AssessmentScheme, behind: Behind) -> Sheet:
    """Return a round as it is read."""
    sides = by_side(row.findings.all())
    figures = {side: figures_of(scheme, sides[side]) for side in ("self", "outside", "final")}
    numbers = {each.id: at for at, each in enumerate(scheme.items, start=1)}
    dimensions = tuple(
        SheetDimension(
            words_of(each.name),
            "" if each.confidence is Confidence.SOURCED else str(CONFIDENCE_WORDS[each.confidence]),
            _points(figures["final"].by_dimension[each.code]),
            _bars({side: found.by_dimension[each.code] for side, found in figures.items()}),
            tuple(_line(scheme, numbers[item.id], item, sides, behind) for item in scheme.in_dimension(each.code)),
        )
        for each in scheme.dimensions
    )
    return Sheet(
        scheme,
        dimensions,
        _bars({side: found.total for side, found in figures.items()}),
        headline_of(scheme, _counting(sides, figures)),
        _missing(scheme, _counting(sides, figures)),
    )


def _counting(sides: Mapping[str, Mapping[str, object]], figures: Mapping[str, Figures]) -> Figures:
    """Return the figures that count so far: the final ones once somebody scored from outside, else the own ones."""
    return figures["final"] if sides["final"] else figures["self"]


def headline_of(scheme: AssessmentScheme, figures: Figures) -> str:
    """Return the result in one line."""
    if figures.grades is not None:
        found = figures.grades
        counts = _("A %(a)s · B %(b)s · C %(c)s · not judged %(missing)s") % {
            name: getattr(found, name) for name in ("a", "b", "c", "missing")
        }
        if found.verdict is None or scheme.grading is None:
            return counts
        verdict = str(VERDICT_WORDS[found.verdict]) % {"name": words_of(scheme.grading.name)}
        return f"{counts} · {verdict}"
    if figures.targets is not None:
        return _("%(reached)s reached · %(missed)s not reached · %(missing)s not judged") % {
            name: getattr(figures.targets, name) for name in ("reached", "missed", "missing")
        }
    return _points(figures.total)


def _points(total: ScoreTotal) -> str:
    if not total.scored:
        return DASH
    return _("%(points)s of %(most)s points") % {
        "points": points_word(total.points),
        "most": points_word(total.most_of_scored),
    }


def _missing(scheme: AssessmentScheme, figures: Figures) -> tuple[str, ...]:
    """Return what the result lacks, in sentences."""
    said = []
    lacking, unscored = len(figures.total.without_data), len(figures.not_scored)
    if scheme.method is SchemeMethod.POINTS and unscored:
        said.append(
            ngettext(
                "%(n)s item is shown and not scored: its points or its rule are not known.",
                "%(n)s items are shown and not scored: their points or their rules are not known.",
                unscored,
            )
            % {"n": unscored}
        )
    if lacking:
        said.append(
            ngettext(
                "%(n)s item that can be scored has no finding yet; missing is not zero.",
                "%(n)s items that can be scored have no finding yet; missing is not zero.",
                lacking,
            )
            % {"n": lacking}
        )
    if figures.must_pass_missed:
        numbers = {each.id: at for at, each in enumerate(scheme.items, start=1)}
        said.append(
            _("Items that must be passed and are not: %(items)s.")
            % {"items": ", ".join(str(numbers[each]) for each in figures.must_pass_missed)}
        )
    return tuple(said)


def _bars(totals: Mapping[str, ScoreTotal]) -> tuple[SideBar, ...]:
    labels = {
        "self": pgettext("performance assessment", "self-score"),
        "outside": pgettext("performance assessment", "outside score"),
        "final": pgettext("performance assessment", "what counts"),
    }
    return tuple(_bar(labels[side], total) for side, total in totals.items() if total.scored)


def _bar(label: str, total: ScoreTotal) -> SideBar:
    low, high = total.low or 0, total.high or 0
    bounds = ""
    if total.without_data:
        bounds = _("%(low)s to %(high)s of %(most)s once nothing is missing") % {
            "low": points_word(total.points),
            "high": points_word(total.points + total.most - total.most_of_scored),
            "most": points_word(total.most),
        }
    return SideBar(
        label,
        _points(total),
        bounds,
        round(BAR_WIDTH * low),
        round(BAR_WIDTH * low),
        round(BAR_WIDTH * (high - low)),
    )


def _line(
    scheme: AssessmentScheme,
    number: int,
    item: SchemeItem,
    sides: Mapping[str, Mapping[str, PerformanceFinding]],
    behind: Behind,
) -> SheetLine:
    own, outside = sides[ScoringSide.OWN].get(item.id), sides[ScoringSide.OUTSIDE].get(item.id)
    final = sides["final"].get(item.id)
    return SheetLine(
        number,
        item,
        words_of(item.requirement),
        "" if item.evidence is None else words_of(item.evidence),
        rule_word(item),
        item.note,
        str(CONFIDENCE_WORDS[item.confidence]),
        CONFIDENCE_TONES[item.confidence],
        _cell(scheme, item, (own, None), behind.veil),
        _cell(scheme, item, (outside, own), behind.veil),
        _cell(scheme, item, (final, None), behind.veil),
        tuple(each for each in behind.evidence if item.id in each.items),
        next((each for each in behind.objections if each.item == item.id), None),
        tuple((behind.links or {}).get(item.id, ())),
    )


def _cell(
    scheme: AssessmentScheme,
    item: SchemeItem,
    sides: tuple[PerformanceFinding | None, PerformanceFinding | None],
    veil: PatientVeil,
) -> Cell:
    """Return what a side says, beside the other side where that was asked first."""
    finding, beside = sides
    score, tone = score_word(scheme, item, finding)
    if finding is None or not is_found(finding):
        return Cell(score, tone, DASH)
    return Cell(
        score,
        tone,
        finding_word(item, finding, veil),
        finding.reason,
        source_word(item, finding, veil),
        finding.value is not None and finding.source == NumberSource.TYPED,
        beside is not None and differs(beside, finding),
    )
