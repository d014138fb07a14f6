"""What a referral policy says of results that come with a patient, and of shares that standards of centres ask for.

How old a result may be to be recognised, on which grounds it may be made anew, and which share is asked for stand in
files like every other number of policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from lianyi.rules.schema import Confidence, Words


@dataclass(frozen=True, slots=True)
class ResultKind:
    """A kind of test, and for how many days after it its result is to be recognised elsewhere."""

    code: str
    name: Words
    valid_days: int


@dataclass(frozen=True, slots=True)
class RepeatGround:
    """A reason for which a test may be made again although its result is valid."""

    code: str
    name: Words


@dataclass(frozen=True, slots=True)
class Recognition:
    """The rule of mutual recognition that the parties follow."""

    kinds: tuple[ResultKind, ...]
    grounds: tuple[RepeatGround, ...]
    source: str
    confidence: Confidence
    note: str

    def kind(self, code: str) -> ResultKind | None:
        return next((each for each in self.kinds if each.code == code), None)

    def ground(self, code: str) -> RepeatGround | None:
        return next((each for each in self.grounds if each.code == code), None)


class ShareCount(StrEnum):
    """From what a share is counted: what the referrals hold, or nothing, because nobody records it here."""

    ECG_AHEAD = "ecg_ahead"
    NOT_RECORDED = "not_recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareMeasure:
    """A share of patients that a standard asks for. ``needs`` says what is missing where it is not recorded."""

    id: str
    name: Words
    condition: str
    counts: ShareCount
    needs: Words | None
    target_share: float | None
    valid_from: date
    valid_to: date | None
    confidence: Confidence
    source: str
    note: str = ""

    def is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
