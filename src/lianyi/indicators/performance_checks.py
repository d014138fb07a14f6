"""What a round, its findings and its objections must be before they are kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lianyi.errors import InvalidInputError
from lianyi.indicators.models.performance import FindingGrade, PerformanceAssessment
from lianyi.indicators.performance_scoring import Finding, asks_number, asks_out_of, grades_for
from lianyi.partnerships.models import AgreementParty, AllianceMembership
from lianyi.rules.assessment_schemes import AssessmentScheme, NumberUnit, SchemeBook, SchemeItem, ScoringShape

LONGEST_REASON = 1000
LARGEST_NUMBER = Decimal(1_000_000_000)
DECIMALS = 4


@dataclass(frozen=True, slots=True)
class FindingEntry:
    """What somebody says about one item. Without a grade and a number nothing is found."""

    item: str
    grade: str = ""
    value: Decimal | None = None
    out_of: Decimal | None = None
    attained: int | None = None
    reason: str = ""


def is_found(finding: Finding | None) -> bool:
    """Tell whether anything was found: a grade or a number."""
    return finding is not None and (bool(finding.grade) or finding.value is not None)


def differs(one: Finding | None, other: Finding | None) -> bool:
    """Tell whether two findings say different things; nothing found is also something that is said."""
    return _said(one) != _said(other)


def _said(finding: Finding | None) -> tuple[object, ...]:
    if finding is None:
        return ("", None, None, None)
    return (finding.grade, finding.value, finding.out_of, finding.attained)


def check_round(row: PerformanceAssessment, book: SchemeBook) -> None:
    """Refuse what no round can be.

    Raises
    ------
    InvalidInputError
    """
    scheme = book.find(row.scheme)
    if scheme is None:
        raise InvalidInputError(
            f"'{row.scheme}' is no assessment scheme.", field="scheme", reason="scheme-unknown", given=row.scheme
        )
    if row.period_to < row.period_from:
        raise InvalidInputError(
            f"The period ends on {row.period_to}, before it begins on {row.period_from}.",
            field="period_to",
            reason="performance-period",
            start=row.period_from,
            end=row.period_to,
        )
    if not scheme.is_valid_on(row.period_from):
        raise InvalidInputError(
            f"The scheme {scheme.id} does not hold on {row.period_from}.",
            field="scheme",
            reason="scheme-not-valid",
            on=row.period_from,
            valid_from=scheme.valid_from,
        )
    if (
        row.agreement_id
        and not AgreementParty.objects.filter(agreement_id=row.agreement_id, institution_id=row.institution_id).exists()
    ):
        raise InvalidInputError(
            "The institution has no part in this agreement.", field="agreement", reason="performance-no-party"
        )
    if row.alliance_id and not _leads_or_joins(row):
        raise InvalidInputError(
            "The institution neither leads this alliance nor is a member of it.",
            field="alliance",
            reason="performance-no-member",
        )
    if row.corrects_id is not None:
        _check_corrected(row)


def _leads_or_joins(row: PerformanceAssessment) -> bool:
    if row.alliance is None:
        return False
    if row.alliance.lead_id == row.institution_id:
        return True
    members = AllianceMembership.objects.filter(alliance=row.alliance, institution_id=row.institution_id)
    return members.exists()


def _check_corrected(row: PerformanceAssessment) -> None:
    former = row.corrects
    if former is None or not former.is_frozen or former.institution_id != row.institution_id:
        raise InvalidInputError(
            "A correction is a new round about a frozen round of the same institution.",
            field="corrects",
            reason="performance-corrects",
        )


def problems_of_entries(
    scheme: AssessmentScheme, entries: Sequence[FindingEntry], counted: Collection[str]
) -> dict[str, InvalidInputError]:
    """Return why findings cannot be kept, by item; ``counted`` are the items whose number the duties give."""
    found = {}
    for entry in entries:
        problem = problem_of_entry(scheme.item(entry.item), entry, is_counted=entry.item in counted)
        if problem is not None:
            found[entry.item] = problem
    return found


def problem_of_entry(item: SchemeItem | None, entry: FindingEntry, *, is_counted: bool) -> InvalidInputError | None:
    """Return why a finding cannot be kept, or None."""
    if item is None:
        return InvalidInputError(
            f"The scheme has no item '{entry.item}'.", reason="performance-item-unknown", given=entry.item
        )
    if len(entry.reason) > LONGEST_REASON:
        return InvalidInputError(
            f"At most {LONGEST_REASON} characters of a reason fit.",
            reason="performance-reason-long",
            most=LONGEST_REASON,
        )
    grades = grades_for(item)
    if entry.grade and entry.grade not in grades:
        return InvalidInputError(
            f"'{entry.grade}' is no finding of this item. Accepted: {', '.join(grades) or 'none'}.",
            reason="performance-grade",
            given=entry.grade,
            accepted=[FindingGrade(each).label for each in grades],
        )
    if is_counted and entry.value is not None:
        return InvalidInputError(
            "The records of duties give this number; leave it empty.", reason="performance-counted"
        )
    return _problem_of_numbers(item, entry)


def _problem_of_numbers(item: SchemeItem, entry: FindingEntry) -> InvalidInputError | None:
    if not asks_number(item) and entry.value is not None:
        return InvalidInputError("This item has no number; leave it empty.", reason="performance-no-number")
    if not asks_out_of(item) and (entry.out_of is not None or entry.attained is not None):
        return InvalidInputError("This item has one number only.", reason="performance-one-number")
    for number in (entry.value, entry.out_of):
        problem = None if number is None else _problem_of_number(item, number, is_value=number is entry.value)
        if problem is not None:
            return problem
    return _problem_of_parts(item, entry)


def _problem_of_number(item: SchemeItem, number: Decimal, *, is_value: bool) -> InvalidInputError | None:
    is_share = item.unit is NumberUnit.SHARE and is_value
    most = Decimal(1) if is_share else LARGEST_NUMBER
    # What fell to nothing changed by -1; it cannot fall further.
    least = Decimal(-1) if item.unit is NumberUnit.CHANGE and is_value else Decimal(0)
    if not number.is_finite() or not least <= number <= most:
        return InvalidInputError(
            f"{number} is no number from {least} to {most}.",
            reason="performance-number-range",
            given=str(number),
            least=str(least),
            most=str(most),
        )
    if -int(number.normalize().as_tuple().exponent) > DECIMALS:
        return InvalidInputError(
            f"{number} has more than {DECIMALS} decimals.",
            reason="performance-decimals",
            given=str(number),
            most=DECIMALS,
        )
    whole = item.shape is ScoringShape.DEDUCTING or (item.attainment is not None and not is_value)
    if whole and number != number.to_integral_value():
        return InvalidInputError(f"{number} is no whole number.", reason="performance-whole-number", given=str(number))
    return None


def _problem_of_parts(item: SchemeItem, entry: FindingEntry) -> InvalidInputError | None:
    part = entry.value if item.shape is ScoringShape.PROPORTIONAL else entry.attained
    if (part is None) != (entry.out_of is None) or entry.out_of == 0:
        return InvalidInputError(
            "Give both: how many, and out of how many (more than 0).", reason="performance-both-numbers"
        )
    if part is not None and entry.out_of is not None and not 0 <= part <= entry.out_of:
        return InvalidInputError(
            f"{part} is more than {entry.out_of}, of which it is a part.",
            reason="performance-part-too-large",
            part=str(part),
            whole=str(entry.out_of),
        )
    return None


def unexplained(
    own: Mapping[str, Finding], entries: Sequence[FindingEntry], counted: Collection[str]
) -> dict[str, InvalidInputError]:
    """Return the outside findings that differ from the self-score without a reason, by item.

    A number that the records give is nobody's judgement: where it grew since the self-score, no reason is asked.
    """
    return {
        entry.item: InvalidInputError(
            "The outside score differs from the self-score; give the reason in words.",
            reason="performance-difference",
        )
        for entry in entries
        if entry.item not in counted
        and is_found(entry)
        and differs(own.get(entry.item), entry)
        and not entry.reason.strip()
    }
