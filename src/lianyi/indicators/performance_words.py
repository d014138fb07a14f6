"""Words of schemes, items and findings, in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from lianyi.indicators.models.performance import FindingGrade, PerformanceFinding, PerformanceState
from lianyi.indicators.performance_checks import is_found
from lianyi.indicators.performance_scoring import Finding, Verdict, score_of
from lianyi.indicators.performance_veil import OPEN, PatientVeil
from lianyi.methods.assessment_scores import ItemScore, rounded_points
from lianyi.pages.names import in_language
from lianyi.rules.assessment_schemes import (
    AskedTrend,
    AssessmentScheme,
    NumberUnit,
    SchemeItem,
    SchemeMethod,
    ScoringShape,
)
from lianyi.rules.schema import Confidence, Words

Text = str | Promise
STATE_TONES: Mapping[str, str] = {
    PerformanceState.DRAFT: "neutral",
    PerformanceState.SELF_SCORED: "neutral",
    PerformanceState.SUBMITTED: "warning",
    PerformanceState.SCORED: "info",
    PerformanceState.OPEN: "warning",
    PerformanceState.ANSWERED: "info",
    PerformanceState.FINAL: "good",
    PerformanceState.FROZEN: "good",
    PerformanceState.WITHDRAWN: "neutral",
}
CONFIDENCE_WORDS: Mapping[str, Text] = {
    Confidence.SOURCED: pgettext_lazy("assessment scheme", "from a source"),
    Confidence.UNCERTAIN: pgettext_lazy("assessment scheme", "source uncertain"),
    Confidence.UNSOURCED: pgettext_lazy("assessment scheme", "proposal without a source"),
    Confidence.LOCAL: pgettext_lazy("assessment scheme", "local rule"),
}
CONFIDENCE_TONES: Mapping[str, str] = {
    Confidence.SOURCED: "good",
    Confidence.UNCERTAIN: "warning",
    Confidence.UNSOURCED: "warning",
    Confidence.LOCAL: "info",
}
METHOD_WORDS: Mapping[str, Text] = {
    SchemeMethod.POINTS: pgettext_lazy("assessment scheme", "points"),
    SchemeMethod.GRADES: pgettext_lazy("assessment scheme", "grades A, B and C"),
    SchemeMethod.TARGETS: pgettext_lazy("assessment scheme", "targets, reached or not"),
}
VERDICT_WORDS: Mapping[str, Text] = {
    Verdict.YES: gettext_lazy("By its grades: %(name)s"),
    Verdict.NO: gettext_lazy("By its grades not: %(name)s"),
    Verdict.OPEN: gettext_lazy("Cannot be said yet: %(name)s"),
}
DASH = "—"


def words_of(words: Words) -> str:
    return in_language(words.zh, words.en)


def scheme_title(scheme: AssessmentScheme) -> str:
    return words_of(scheme.title)


def number_word(number: Decimal | Fraction | int | None, unit: NumberUnit | None = None) -> str:
    """Return a number as people read it: shares in percent, minutes with their unit."""
    if number is None:
        return DASH
    if unit in (NumberUnit.SHARE, NumberUnit.CHANGE):
        return f"{_plain(rounded_points(Fraction(number) * 100))} %"
    text = _plain(rounded_points(Fraction(number)))
    return _("%(value)s min") % {"value": text} if unit is NumberUnit.MINUTE else text


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def points_word(points: Fraction | Decimal | None) -> str:
    return DASH if points is None else number_word(points)


def rule_word(item: SchemeItem) -> str:
    """Return how the item is scored, in one line."""
    points = points_word(item.points)
    if item.shape is ScoringShape.LETTER:
        return _("grade A, B or C")
    if item.shape is ScoringShape.NUMBER:
        return _("a number; no known rule scores it")
    if item.shape is ScoringShape.GRADED:
        return _graded_word(item, points)
    if item.shape is ScoringShape.DEDUCTING:
        return _("%(points)s points less %(each)s for each that is missing, not below %(floor)s") % {
            "points": points,
            "each": number_word(item.each),
            "floor": number_word(item.floor),
        }
    if item.shape is ScoringShape.PROPORTIONAL:
        return _("%(points)s points in proportion to what is reached") % {"points": points}
    return _limits_word(item, points)


def _graded_word(item: SchemeItem, points: str) -> str:
    if item.points is None:
        return _("met or not") if not item.half else _("in writing and carried out, in writing only, or not there")
    if not item.half:
        return _("%(points)s points if it is so, else 0") % {"points": points}
    return _("%(points)s points if in writing and carried out, %(half)s if in writing only, else 0") % {
        "points": points,
        "half": points_word(Fraction(item.points) / 2),
    }


def _limits_word(item: SchemeItem, points: str) -> str:
    parts = [limit_word(item)]
    if item.attainment is not None:
        parts.append(_("%(share)s of the cases within it") % {"share": number_word(item.attainment, NumberUnit.SHARE)})
    if item.trend is AskedTrend.STABLE:
        parts.append(_("improving or stable"))
    elif item.trend is AskedTrend.IMPROVING and item.stable_limit is not None:
        parts.append(
            _("improving, or stable at %(limit)s at most") % {"limit": number_word(item.stable_limit, item.unit)}
        )
    elif item.trend is AskedTrend.IMPROVING:
        parts.append(pgettext("asked of a measure", "improving"))
    rule = " · ".join(parts)
    return rule if item.points is None else _("%(points)s points if %(rule)s") % {"points": points, "rule": rule}


def limit_word(item: SchemeItem) -> str:
    parts = [
        (_("at least %(value)s"), item.least),
        (_("at most %(value)s"), item.most),
        (_("below %(value)s"), item.below),
    ]
    return " · ".join(text % {"value": number_word(value, item.unit)} for text, value in parts if value is not None)


def finding_word(item: SchemeItem, finding: Finding | None, veil: PatientVeil = OPEN) -> str:
    """Return what was found of an item, in words and numbers; small counts of patients as the veil leaves them."""
    if finding is None or not is_found(finding):
        return DASH
    parts = []
    if finding.value is not None:
        parts.append(_number_found(item, finding, veil))
    if veil.hides_cases(item, finding.attained, finding.out_of):
        parts.append(_("too few cases to be shown"))
    elif finding.attained is not None and finding.out_of is not None:
        parts.append(_("%(part)s of %(whole)s cases within the limit") % _parts(finding.attained, finding.out_of))
    if finding.grade:
        parts.append(str(FindingGrade(finding.grade).label))
    return " · ".join(parts)


def _parts(part: Decimal | int, whole: Decimal) -> dict[str, str]:
    return {"part": number_word(part), "whole": number_word(whole)}


def _number_found(item: SchemeItem, finding: Finding, veil: PatientVeil) -> str:
    value = finding.value
    if value is None:
        return DASH
    if veil.hides_number(item, value):
        return few_word(veil)
    if item.shape is ScoringShape.DEDUCTING:
        return ngettext("%(value)s is missing", "%(value)s are missing", int(value)) % {"value": number_word(value)}
    if item.shape is ScoringShape.PROPORTIONAL and finding.out_of is not None:
        return _("%(part)s of %(whole)s") % _parts(value, finding.out_of)
    return number_word(value, item.unit)


def few_word(veil: PatientVeil) -> str:
    """Return what stands in the place of a small count of patients."""
    return _("fewer than %(least)s patients, not shown") % {"least": veil.least}


def score_word(scheme: AssessmentScheme, item: SchemeItem, finding: Finding | None) -> tuple[str, str]:
    """Return what a finding comes to, in words, and its tone."""
    if scheme.method is SchemeMethod.GRADES:
        tones = {FindingGrade.LETTER_A: "good", FindingGrade.LETTER_B: "info", FindingGrade.LETTER_C: "bad"}
        grade = "" if finding is None else finding.grade
        return (grade or DASH), tones.get(FindingGrade(grade), "neutral") if grade else "neutral"
    score = score_of(item, finding)
    if score is not None and (scheme.method is SchemeMethod.TARGETS or item.points is None):
        return _reached_word(score, is_target=scheme.method is SchemeMethod.TARGETS)
    if score is None:
        return _("not scored"), "neutral"
    if score.points is None:
        return DASH, "neutral"
    tone = "good" if score.points == score.most else "bad" if score.points == 0 else "warning"
    return f"{points_word(score.points)} / {points_word(score.most)}", tone


def _reached_word(score: ItemScore, *, is_target: bool) -> tuple[str, str]:
    if not is_target:
        return _("not scored"), "neutral"
    if score.points is None:
        return DASH, "neutral"
    return (_("reached"), "good") if score.points else (_("not reached"), "bad")


def unit_hint(item: SchemeItem) -> str:
    """Return what the number of an item is, for whoever types it."""
    if item.shape is ScoringShape.DEDUCTING:
        return _("number missing")
    if item.shape is ScoringShape.PROPORTIONAL:
        return _("number reached")
    hints: Mapping[NumberUnit | None, str] = {
        NumberUnit.MINUTE: pgettext("unit of an item", "minutes"),
        NumberUnit.SHARE: pgettext("unit of an item", "share, e.g. 65 %"),
        NumberUnit.CHANGE: pgettext("unit of an item", "growth, e.g. 10 % or -5 %"),
        NumberUnit.COUNT: pgettext("unit of an item", "number"),
        NumberUnit.PERSON: pgettext("unit of an item", "persons"),
        NumberUnit.PERSON_DAY: pgettext("unit of an item", "person-days"),
        NumberUnit.PER_10_000: pgettext("unit of an item", "per 10,000"),
    }
    return hints.get(item.unit, pgettext("unit of an item", "number"))


def source_word(item: SchemeItem, finding: PerformanceFinding, veil: PatientVeil = OPEN) -> str:
    """Return where the number of a finding comes from; nothing where there is no number."""
    if finding.value is None:
        return ""
    if finding.rows is None or veil.hides_number(item, finding.value):
        return str(finding.get_source_display())
    return ngettext(
        "%(source)s, %(n)s row", "%(source)s, %(n)s rows", finding.rows
    ) % {"source": finding.get_source_display(), "n": finding.rows}  # fmt: skip
