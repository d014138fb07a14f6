"""How much of what a facility stocks, uses, spends and prescribes is essential medicines (国家基本药物).

Four shares, as China's provinces set them from 2026 on: variety (品种, items by specification), use volume (使用量),
value (金额) and prescriptions (处方) that hold an essential medicine. The idea and the first list are WHO's (The
selection of essential drugs, Technical Report Series 615, 1977); how high a share must be is a dated rule and stands
in `lianyi.rules.medicine_shares`. Volume is only comparable in one unit, such as defined daily doses.

A share whose whole is missing or 0 is unknown, never 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from lianyi.methods.columns import Floats, check_same_length, label_codes
from lianyi.methods.errors import MedicineLineError, NegativeQuantityError, ShareBoundsError, SurveyLengthError

Amount = int | float | Decimal | Fraction


class MedicineShare(StrEnum):
    """What the share is of."""

    VARIETY = "variety"
    VOLUME = "volume"
    VALUE = "value"
    PRESCRIPTIONS = "prescriptions"


@dataclass(frozen=True, slots=True)
class PartOfWhole:
    """What is essential, of all; None where it is not known.

    Raises
    ------
    NegativeQuantityError
        When a number is below 0.
    ShareBoundsError
        When the part is larger than the whole.

    Examples
    --------
    >>> round(PartOfWhole(312, 340).value, 4), round(PartOfWhole(1.26e6, 1.50e6).value, 4), PartOfWhole(0, 0).value
    (0.9176, 0.84, None)
    """

    essential: Amount | None
    all: Amount | None

    def __post_init__(self) -> None:
        for name, number in (("essential", self.essential), ("all", self.all)):
            if number is not None and number < 0:
                raise NegativeQuantityError(f"{name} is {number}; it cannot be below 0.", field=name, given=number)
        if self.essential is not None and self.all is not None and self.essential > self.all:
            message = f"{self.essential} of {self.all} is no share; what is essential is part of all."
            raise ShareBoundsError(message, numerator=self.essential, denominator=self.all)

    @property
    def exact(self) -> Fraction | None:
        """The share without rounding, so that 306 of 340 is nine tenths and passes a limit of 0.9."""
        if self.essential is None or not self.all:
            return None
        return Fraction(self.essential) / Fraction(self.all)

    @property
    def value(self) -> float | None:
        return None if self.exact is None else float(self.exact)


@dataclass(frozen=True, slots=True)
class JudgedShare:
    """A share against the least that a rule asks: None where share or limit is unknown."""

    share: MedicineShare
    counted: PartOfWhole
    least: float | None
    is_met: bool | None


@dataclass(frozen=True, slots=True, eq=False)
class MedicineSums:
    """What is essential and all there is, of variety, volume and value, for each facility; NaN where unknown.

    A sum is unknown where one of its lines lacks the figure: a line that is left out would move the share.
    """

    facilities: tuple[object, ...]
    essential: Mapping[MedicineShare, Floats]
    all: Mapping[MedicineShare, Floats]

    def part(self, position: int, share: MedicineShare) -> PartOfWhole:
        """Return one facility's part and whole of a share."""
        return PartOfWhole(_known(self.essential[share][position]), _known(self.all[share][position]))


def sums_of_lines(
    facilities: npt.ArrayLike,
    specifications: npt.ArrayLike,
    essential: npt.ArrayLike,
    *,
    volume: npt.ArrayLike | None = None,
    value: npt.ArrayLike | None = None,
) -> MedicineSums:
    """Add up lines of stock, use or purchase; a specification that stands in several lines of a facility is one item.

    Parameters
    ----------
    essential
        1 for an essential medicine, 0 for another; the same in each line of a specification at a facility.
    volume, value
        Amounts of each line in one unit, NaN where missing.

    Raises
    ------
    MedicineLineError
        When a flag is missing or contradicts another line, or an amount is negative or infinite.
    SurveyLengthError
        When the columns differ in length or are empty.

    Examples
    --------
    >>> sums = sums_of_lines(["Ceheng"] * 3, ["m1", "m2", "m2"], [1, 0, 0], value=[300, 60, 40])
    >>> sums.part(0, MedicineShare.VARIETY).value, sums.part(0, MedicineShare.VALUE).value
    (0.5, 0.75)
    """
    facility_codes, facility_labels = label_codes(facilities)
    specification_codes, specification_labels = label_codes(specifications)
    flags = np.asarray(essential, dtype=np.float64)
    check_same_length(facility=facility_codes, specification=specification_codes, essential=flags)
    if not flags.size:
        raise SurveyLengthError("There is no line at all; one for each medicine of each facility is expected.")
    if not np.isin(flags, (0.0, 1.0)).all():
        row = int(np.argmax(~np.isin(flags, (0.0, 1.0))))
        message = f"Record {row + 1}: essential is {flags[row]:g}; 1 (essential) or 0 (another medicine) is expected."
        raise MedicineLineError(message, field="essential", position=row)
    count = len(facility_labels)
    items = facility_codes * len(specification_labels) + specification_codes
    different, first = np.unique(items, return_index=True)
    _refuse_contradictions(items, different, flags, flags[first])
    part, whole = {}, {}
    of_item = facility_codes[first]
    part[MedicineShare.VARIETY], whole[MedicineShare.VARIETY] = _sums(of_item, np.ones(len(first)), flags[first], count)
    for share, values in ((MedicineShare.VOLUME, volume), (MedicineShare.VALUE, value)):
        amounts = _amounts(share, values, len(flags))
        check_same_length(essential=flags, amounts=amounts)
        part[share], whole[share] = _sums(facility_codes, amounts, flags, count)
    return MedicineSums(tuple(facility_labels), part, whole)


def judge(shares: Mapping[MedicineShare, PartOfWhole], least: Mapping[MedicineShare, float]) -> tuple[JudgedShare, ...]:
    """Set every share beside the least that a rule asks of it, in the order of the four.

    Examples
    --------
    >>> found = judge({MedicineShare.VARIETY: PartOfWhole(312, 340)}, {MedicineShare.VARIETY: 0.9})
    >>> [(each.share.value, each.is_met) for each in found]
    [('variety', True), ('volume', None), ('value', None), ('prescriptions', None)]
    """
    found = []
    for share in MedicineShare:
        counted = shares.get(share, PartOfWhole(None, None))
        limit = least.get(share)
        # The limit as it is written: 0.9 is nine tenths, not the nearest binary number.
        is_met = None if limit is None or counted.exact is None else counted.exact >= Fraction(str(limit))
        found.append(JudgedShare(share, counted, limit, is_met))
    return tuple(found)


def _sums(codes: npt.NDArray[np.int64], amounts: Floats, flags: Floats, count: int) -> tuple[Floats, Floats]:
    """Return essential and all, NaN for a facility with a line whose amount is missing."""
    part, whole = (
        np.asarray(np.bincount(codes, column, count), dtype=np.float64) for column in (amounts * flags, amounts)
    )
    part[np.isnan(whole)] = np.nan
    return part, whole


def _amounts(share: MedicineShare, values: npt.ArrayLike | None, rows: int) -> Floats:
    if values is None:
        return np.full(rows, np.nan)
    amounts = np.asarray(values, dtype=np.float64)
    is_bad = np.isinf(amounts) | (amounts < 0.0)
    if is_bad.any():
        row = int(np.argmax(is_bad))
        message = f"Record {row + 1}: the {share.value} is {amounts[row]:g}; 0 or more, or nothing, is expected."
        raise MedicineLineError(message, field=share.value, position=row)
    return amounts


def _refuse_contradictions(
    items: npt.NDArray[np.int64], different: npt.NDArray[np.int64], flags: Floats, first_flags: Floats
) -> None:
    is_other = flags != first_flags[np.searchsorted(different, items)]
    if is_other.any():
        row = int(np.argmax(is_other))
        message = f"Record {row + 1}: the medicine is essential in one line of the facility and not in another."
        raise MedicineLineError(message, field="essential", position=row)


def _known(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
