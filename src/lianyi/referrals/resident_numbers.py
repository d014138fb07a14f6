"""What the number of a Chinese resident identity card says: the date of birth and the sex (GB 11643-1999)."""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass

_NUMBER = re.compile(r"\d{17}[\dX]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


@dataclass(frozen=True, slots=True)
class ResidentFacts:
    born_on: datetime.date
    sex: str


def plain_number(number: str) -> str:
    """Bring a number to the form of the card: full-width digits, blanks and a small x are ways of typing it."""
    return "".join(unicodedata.normalize("NFKC", number).split()).upper()


def facts_of(number: str) -> ResidentFacts | None:
    """Return what a sound number says; None for anything else, which is kept as typed.

    Examples
    --------
    >>> facts_of("11010519491231002X")
    ResidentFacts(born_on=datetime.date(1949, 12, 31), sex='female')
    >>> facts_of("110105194912310021") is None
    True
    """
    plain = plain_number(number)
    if not _NUMBER.fullmatch(plain):
        return None
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, plain, strict=False))
    if _CHECKS[total % len(_CHECKS)] != plain[-1]:
        return None
    try:
        born_on = datetime.datetime.strptime(plain[6:14], "%Y%m%d").replace(tzinfo=datetime.UTC).date()
    except ValueError:
        return None
    return ResidentFacts(born_on, "male" if int(plain[16]) % 2 else "female")
