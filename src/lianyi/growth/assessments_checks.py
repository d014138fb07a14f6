"""What an assessment and its items must be before they are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from django.utils import timezone

from lianyi.errors import InvalidInputError
from lianyi.growth.assessment_times import ItemTimes
from lianyi.growth.models import CapabilityAssessment, ItemResultState, ItemSource
from lianyi.growth.scoring import limit_of
from lianyi.partnerships.models import AgreementParty
from lianyi.registry.models import Department
from lianyi.rules import Checklist, ChecklistBook, ChecklistItem, ChecklistSubject, ItemUnit

LONGEST_EVIDENCE = 400
LARGEST_VALUE = 1_000_000.0


@dataclass(frozen=True, slots=True)
class ItemEntry:
    """What somebody says about one item."""

    item: str
    result: str
    value: float | None = None
    evidence: str = ""


def check_assessment(row: CapabilityAssessment, book: ChecklistBook) -> None:
    """Refuse what no assessment can be.

    Raises
    ------
    InvalidInputError
    """
    checklist = book.find(row.checklist)
    if checklist is None:
        raise InvalidInputError(
            f"'{row.checklist}' is no checklist.", field="checklist", reason="checklist-unknown", given=row.checklist
        )
    if not checklist.is_valid_on(row.assessed_on):
        raise InvalidInputError(
            f"The checklist {checklist.id} does not hold on {row.assessed_on}.",
            field="checklist",
            reason="checklist-not-valid",
            on=row.assessed_on,
            valid_from=checklist.valid_from,
        )
    if row.assessed_on > timezone.localdate():
        raise InvalidInputError(
            f"{row.assessed_on} is in the future; give the day on which somebody looked.",
            field="assessed_on",
            reason="assessed-in-future",
            given=row.assessed_on,
        )
    if checklist.subject is ChecklistSubject.DEPARTMENT and row.department_id is None:
        raise InvalidInputError(
            "This checklist is about a department; name it.", field="department", reason="assessment-of-no-department"
        )
    if row.department_id and not _is_of(row.department_id, row.institution_id):
        raise InvalidInputError(
            "The department named belongs to another institution.", field="department", reason="department-elsewhere"
        )
    if row.agreement_id and not _is_party(row.agreement_id, row.institution_id):
        raise InvalidInputError(
            "The institution has no part in this agreement.", field="agreement", reason="assessment-no-party"
        )


def _is_of(department_id: int, institution_id: int) -> bool:
    return Department.objects.filter(pk=department_id, institution_id=institution_id).exists()


def _is_party(agreement_id: int, institution_id: int) -> bool:
    return AgreementParty.objects.filter(agreement_id=agreement_id, institution_id=institution_id).exists()


def problems_of_items(
    checklist: Checklist, entries: Sequence[ItemEntry], times: Mapping[str, ItemTimes]
) -> dict[str, InvalidInputError]:
    """Return why items cannot be kept, by item; ``times`` are what referrals say of some of them."""
    found = {}
    for entry in entries:
        item, known = checklist.item(entry.item), times.get(entry.item)
        problem = problem_of_item(item, entry) or problem_of_times(item, entry, known)
        if problem is not None:
            found[entry.item] = problem
    return found


def problem_of_item(item: ChecklistItem | None, entry: ItemEntry) -> InvalidInputError | None:
    """Return why an item cannot be kept, or None. A value and its result must not contradict one another."""
    if item is None:
        return InvalidInputError(f"The checklist has no item '{entry.item}'.", reason="item-unknown", given=entry.item)
    if entry.result not in ItemResultState.values:
        return InvalidInputError(
            f"'{entry.result}' is no result. Accepted: {', '.join(ItemResultState.values)}.",
            reason="item-result-unknown",
            given=entry.result,
            accepted=ItemResultState.labels,
        )
    if len(entry.evidence) > LONGEST_EVIDENCE:
        return InvalidInputError(
            f"At most {LONGEST_EVIDENCE} characters of evidence fit.",
            reason="item-evidence-long",
            most=LONGEST_EVIDENCE,
        )
    return None if entry.value is None else _problem_of_value(item, entry, entry.value)


def _problem_of_value(item: ChecklistItem, entry: ItemEntry, value: float) -> InvalidInputError | None:
    if item.unit is None:
        return InvalidInputError("This item is not measured; leave the value empty.", reason="item-not-measured")
    most = 1.0 if item.unit is ItemUnit.SHARE else LARGEST_VALUE
    if not isfinite(value) or not 0 <= value <= most:
        return InvalidInputError(
            f"{value:g} is no value from 0 to {most:g}.",
            reason="item-value-range",
            given=f"{value:g}",
            most=f"{most:g}",
        )
    said = ItemResultState.MET if limit_of(item).is_met_by(value) else ItemResultState.NOT_MET
    if entry.result in (ItemResultState.MET, ItemResultState.NOT_MET) and entry.result != said:
        return InvalidInputError(
            f"By the value {value:g} the item is '{said}', not '{entry.result}'. Correct one of them.",
            reason="item-value-contradicts",
            given=f"{value:g}",
            said=said.label,
        )
    return None


def problem_of_times(item: ChecklistItem | None, entry: ItemEntry, times: ItemTimes | None) -> InvalidInputError | None:
    """Return why an item cannot be kept beside what referrals say of it, or None."""
    if item is None or item.unit is None or times is None:
        return None
    if entry.value is not None:
        return InvalidInputError(
            "Referrals hold the times of this item: its value is counted from them. Leave the value empty.",
            reason="item-counted",
        )
    if times.counted is None or entry.result not in (ItemResultState.MET, ItemResultState.NOT_MET):
        return None
    return _problem_of_value(item, entry, times.counted.value)


def measured(entry: ItemEntry, times: ItemTimes | None) -> dict[str, Any]:
    """Return the fields of a measured value: the one counted where referrals have it, else the one that was typed.

    What does not apply, and what nobody assessed, has no value.
    """
    counted = None if times is None else times.counted
    if counted is None or entry.result not in (ItemResultState.MET, ItemResultState.NOT_MET):
        nothing = dict.fromkeys(("cases", "low", "high", "counted_since", "counted_until"))
        return {"value": entry.value, "source": ItemSource.TYPED, **nothing}
    return {
        "value": counted.value,
        "source": ItemSource.REFERRALS,
        "cases": counted.cases,
        "low": counted.low,
        "high": counted.high,
        "counted_since": counted.since,
        "counted_until": counted.until,
    }


def with_result(item: ChecklistItem | None, entry: ItemEntry) -> ItemEntry:
    """Return the entry with the result that its value tells, where no result was said."""
    if item is None or item.unit is None or entry.value is None or entry.result:
        return entry
    met = limit_of(item).is_met_by(entry.value)
    return ItemEntry(entry.item, ItemResultState.MET if met else ItemResultState.NOT_MET, entry.value, entry.evidence)
