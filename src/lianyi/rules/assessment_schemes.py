"""Schemes by which a partnership's performance is assessed: items with evidence, points and scoring shape, in TOML.

Points that a source does not give stay unknown: such an item is shown and never scored.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from lianyi.rules.dated import parse_folder, refuse_doubles, with_id
from lianyi.rules.headed import HEAD_KEYS, Headed, head_of, jurisdiction_of, refuse_twice
from lianyi.rules.parsing import read_words
from lianyi.rules.schema import Confidence, Jurisdiction, Words
from lianyi.rules.tables import table_of_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from lianyi.rules.tables import Table

FOLDER = "assessment_schemes"
"""The folder of schemes in the package, and in each directory that a bureau names."""
MOST_DAYS_TO_OBJECT = 366
LEAST_RANKED, MOST_RANKED = 2, 10_000

_KEYS = (
    *HEAD_KEYS,
    *("series", "method", "document", "jurisdiction", "valid_to", "first_day", "dimensions", "items"),
    *("grading", "ranks", "objection_days"),
)
_ITEM_KEYS = (
    *("id", "dimension", "requirement", "evidence", "points", "shape", "half", "each", "floor", "unit"),
    *("least", "most", "below", "attainment", "trend", "stable_limit"),
    *("counted", "indicator", "must_pass", "confidence", "note"),
)


class SchemeMethod(StrEnum):
    """What a scheme gives to its items: points, one of three grades, or a target that is reached or not."""

    POINTS = "points"
    GRADES = "grades"
    TARGETS = "targets"


class ScoringShape(StrEnum):
    """How a finding becomes points.

    ``graded``: written and carried out gives all, written only gives half, nothing gives none. ``deducting``: all,
    less so many for each that is missing. ``proportional``: the share that is reached. ``threshold``: all once the
    limit is reached. ``measure``: a
    monthly mean or share, an attainment and a trend, all of which must pass. ``letter``: A, B
    or C. ``number``: a number that no rule turns into points.
    """

    GRADED = "graded"
    DEDUCTING = "deducting"
    PROPORTIONAL = "proportional"
    THRESHOLD = "threshold"
    MEASURE = "measure"
    LETTER = "letter"
    NUMBER = "number"


class NumberUnit(StrEnum):
    """In what a number is counted; a share runs from 0 to 1, a change is growth as a share and may be below 0."""

    MINUTE = "minute"
    SHARE = "share"
    CHANGE = "change"
    COUNT = "count"
    PERSON = "person"
    PERSON_DAY = "person_day"
    PER_10_000 = "per_10_000"


class AskedTrend(StrEnum):
    """The trend that a measure asks for; a better one passes too."""

    IMPROVING = "improving"
    STABLE = "stable"


@dataclass(frozen=True, slots=True)
class SchemeDimension:
    code: str
    name: Words
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeItem:
    """One thing that is assessed. Without ``points`` a scheme of points shows it and does not score it.

    ``counted`` names the kind of evidence by which the duties of the partnership count its number, ``indicator`` the
    code of the indicator that gives it.
    """

    id: str
    dimension: str
    requirement: Words
    evidence: Words | None
    shape: ScoringShape
    points: Decimal | None
    half: bool
    each: Decimal | None
    floor: Decimal
    unit: NumberUnit | None
    least: Decimal | None
    most: Decimal | None
    below: Decimal | None
    attainment: Decimal | None
    trend: AskedTrend | None
    stable_limit: Decimal | None
    counted: str
    indicator: str
    must_pass: bool
    confidence: Confidence
    note: str


@dataclass(frozen=True, slots=True)
class GradingRule:
    """How grades make a verdict: at least so many A and at most so many C."""

    name: Words
    least_a: int
    most_c: int
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class RankRule:
    """Among how many at least a place may be told."""

    least: int
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class SchemeDocument:
    number: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class AssessmentScheme(Headed):
    """A scheme for one stretch of time; ``series`` is what its versions of other years share.

    ``first_day`` says how well the day is supported from which it holds. ``text`` is the file as it was read, so that
    a frozen round keeps the rules by which it was scored.
    """

    series: str
    method: SchemeMethod
    document: SchemeDocument | None
    jurisdiction: Jurisdiction | None
    jurisdiction_name: Words
    valid_to: date | None
    first_day: Confidence
    dimensions: tuple[SchemeDimension, ...]
    items: tuple[SchemeItem, ...]
    grading: GradingRule | None
    ranks: RankRule | None
    objection_days: int | None
    text: str

    def is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def item(self, item_id: str) -> SchemeItem | None:
        return next((each for each in self.items if each.id == item_id), None)

    def in_dimension(self, code: str) -> tuple[SchemeItem, ...]:
        return tuple(each for each in self.items if each.dimension == code)

    @property
    def known_points(self) -> Decimal:
        """The most that can be reached with the items whose points are known."""
        return sum((each.points for each in self.items if each.points is not None), Decimal(0))


@dataclass(frozen=True, slots=True)
class SchemeBook:
    """All schemes, sorted by id.

    Raises
    ------
    DuplicateRuleSetError
        When two files hold the same id.
    """

    schemes: tuple[AssessmentScheme, ...]

    def __post_init__(self) -> None:
        refuse_doubles(self.schemes, "a scheme")

    def get(self, scheme_id: str) -> AssessmentScheme:
        """Return the scheme with this id, in force or not.

        Raises
        ------
        UnknownRuleSetError
        """
        return with_id(self.schemes, scheme_id, "assessment scheme")

    def find(self, scheme_id: str) -> AssessmentScheme | None:
        return next((each for each in self.schemes if each.id == scheme_id), None)


def load_assessment_schemes(directories: Sequence[Path] = ()) -> SchemeBook:
    """Read the schemes of the package and every ``assessment_schemes/*.toml`` of the directories named.

    Raises
    ------
    RuleDirectoryError, RuleFileError, DuplicateRuleSetError
    """
    found = parse_folder(FOLDER, directories, parse_assessment_scheme)
    return SchemeBook(tuple(sorted(found, key=lambda each: each.id)))


def parse_assessment_scheme(file: str, content: bytes) -> AssessmentScheme:
    """Read one scheme.

    Raises
    ------
    RuleFileError
        Naming file, place, what was given and what is accepted.
    """
    table = table_of_file(file, content, _KEYS)
    head = head_of(table, file)
    valid_to = table.optional_day("valid_to")
    if valid_to is not None and valid_to < head["valid_from"]:
        raise table.refuse("valid_to", str(valid_to), f"a day not before {head['valid_from']}")
    jurisdiction, name = jurisdiction_of(table)
    method = table.choice("method", SchemeMethod)
    dimensions = tuple(
        SchemeDimension(each.text("code"), read_words(each), each.choice("confidence", Confidence))
        for each in table.tables("dimensions", ("code", "zh", "en", "confidence"), "code")
    )
    codes = [each.code for each in dimensions]
    items = tuple(_item(each, codes, method) for each in table.tables("items", _ITEM_KEYS, "id"))
    refuse_twice(table, "dimensions", codes)
    refuse_twice(table, "items", [each.id for each in items])
    for code in codes:
        if not any(each.dimension == code for each in items):
            raise table.refuse("dimensions", f"{code!r} without an item", "dimensions that have items")
    return AssessmentScheme(
        **head,
        series=table.text("series"),
        method=method,
        document=_document(table),
        jurisdiction=jurisdiction,
        jurisdiction_name=name,
        valid_to=valid_to,
        first_day=table.choice("first_day", Confidence),
        dimensions=dimensions,
        items=items,
        grading=_grading(table, method, len(items)),
        ranks=_ranks(table),
        objection_days=_days(table),
        text=content.decode(),
    )


def _document(table: Table) -> SchemeDocument | None:
    if "document" not in table:
        return None
    given = table.table("document", ("number", "confidence"))
    return SchemeDocument(given.text("number"), given.choice("confidence", Confidence))


def _grading(table: Table, method: SchemeMethod, items: int) -> GradingRule | None:
    if "grading" not in table:
        return None
    if method is not SchemeMethod.GRADES:
        raise table.refuse("grading", f"a rule about grades in a scheme of {method}", "none, or method = grades")
    given = table.table("grading", ("zh", "en", "least_a", "most_c", "confidence"))
    counts = {key: given.integer(key) for key in ("least_a", "most_c")}
    for key, count in counts.items():
        if not 0 <= count <= items:
            raise given.refuse(key, str(count), f"a number from 0 to {items}, the number of items")
    return GradingRule(read_words(given), counts["least_a"], counts["most_c"], given.choice("confidence", Confidence))


def _ranks(table: Table) -> RankRule | None:
    if "ranks" not in table:
        return None
    given = table.table("ranks", ("least", "confidence"))
    least = given.integer("least")
    if not LEAST_RANKED <= least <= MOST_RANKED:
        raise given.refuse("least", str(least), f"a number from {LEAST_RANKED} to {MOST_RANKED}")
    return RankRule(least, given.choice("confidence", Confidence))


def _days(table: Table) -> int | None:
    days = table.optional_integer("objection_days")
    if days is not None and not 1 <= days <= MOST_DAYS_TO_OBJECT:
        raise table.refuse("objection_days", str(days), f"1 to {MOST_DAYS_TO_OBJECT} days")
    return days


def _item(table: Table, dimensions: Sequence[str], method: SchemeMethod) -> SchemeItem:
    dimension = table.text("dimension")
    if dimension not in dimensions:
        raise table.refuse("dimension", repr(dimension), ", ".join(dimensions))
    numbers = {
        key: _decimal(table, key)
        for key in ("points", "each", "floor", "least", "most", "below", "attainment", "stable_limit")
    }
    found = SchemeItem(
        id=table.text("id"),
        dimension=dimension,
        requirement=read_words(table.table("requirement", ("zh", "en"))),
        evidence=read_words(table.table("evidence", ("zh", "en"))) if "evidence" in table else None,
        shape=table.choice("shape", ScoringShape),
        points=numbers["points"],
        half="half" not in table or table.boolean("half"),
        each=numbers["each"],
        floor=numbers["floor"] or Decimal(0),
        unit=table.optional_choice("unit", NumberUnit),
        least=numbers["least"],
        most=numbers["most"],
        below=numbers["below"],
        attainment=numbers["attainment"],
        trend=table.optional_choice("trend", AskedTrend),
        stable_limit=numbers["stable_limit"],
        counted=table.optional_text("counted") or "",
        indicator=table.optional_text("indicator") or "",
        must_pass="must_pass" in table and table.boolean("must_pass"),
        confidence=table.choice("confidence", Confidence),
        note=table.optional_text("note") or "",
    )
    _check_item(table, found, method)
    return found


_SHAPES_OF_INDICATORS = (ScoringShape.THRESHOLD, ScoringShape.MEASURE, ScoringShape.NUMBER)


def _decimal(table: Table, key: str) -> Decimal | None:
    value = table.optional_number(key)
    if value is not None and value < 0:
        raise table.refuse(key, f"{value:g}", "a number that is not negative")
    return None if value is None else Decimal(f"{value:g}")


def _check_item(table: Table, item: SchemeItem, method: SchemeMethod) -> None:
    """Refuse an item whose shape lacks what it needs, or that gives what its scheme does not know."""
    if (item.shape is ScoringShape.LETTER) != (method is SchemeMethod.GRADES):
        raise table.refuse("shape", f"{item.shape} in a scheme of {method}", "letter in a scheme of grades, only there")
    if item.points is not None:
        _check_points(table, item, item.points, method)
    if (item.shape is ScoringShape.DEDUCTING) != (item.each is not None):
        raise table.refuse("each", "of another shape, or missing", "what is taken off for each, of deducting only")
    if item.counted and item.shape not in (ScoringShape.THRESHOLD, ScoringShape.NUMBER):
        raise table.refuse("counted", f"a count for {item.shape}", "a threshold or a number")
    if item.indicator and (item.counted or item.unit is None or item.shape not in _SHAPES_OF_INDICATORS):
        raise table.refuse("indicator", item.indicator, "a threshold, a measure or a number with a unit, not counted")
    _check_limits(table, item)


def _check_points(table: Table, item: SchemeItem, points: Decimal, method: SchemeMethod) -> None:
    if method is not SchemeMethod.POINTS:
        raise table.refuse("points", f"points in a scheme of {method}", "none")
    if points == 0 or item.shape is ScoringShape.NUMBER:
        raise table.refuse("points", f"{points} for {item.shape}", "more than 0, and a shape that scores")
    if item.floor >= points:
        raise table.refuse("floor", str(item.floor), f"below the points, {points}")


def _check_limits(table: Table, item: SchemeItem) -> None:
    limits = [each for each in (item.least, item.most, item.below) if each is not None]
    has_limit = item.shape in (ScoringShape.THRESHOLD, ScoringShape.MEASURE)
    if len(limits) != int(has_limit):
        accepted = "exactly one of least, most and below" if has_limit else "limits of thresholds and measures only"
        raise table.refuse("shape", f"{len(limits)} limits for {item.shape}", accepted)
    if (item.attainment is not None or item.trend is not None) and item.shape is not ScoringShape.MEASURE:
        raise table.refuse("attainment", f"attainment or trend of {item.shape}", "those of a measure only")
    if item.stable_limit is not None and item.trend is not AskedTrend.IMPROVING:
        raise table.refuse("stable_limit", "a limit without trend = improving", "both or neither")
    if item.attainment is not None and not 0 < item.attainment <= 1:
        raise table.refuse("attainment", str(item.attainment), "a share above 0 and at most 1")
    if item.attainment is not None and item.least is not None:
        raise table.refuse("attainment", "with least", "an attainment of a time, with most or below")
