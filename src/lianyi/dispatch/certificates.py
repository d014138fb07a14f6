"""Service certificates: what one posting really was, from its events, in Chinese and English, with a check code.

The code holds which posting it is about, up to which day the certificate counts, and a keyed digest of its facts.
Whoever holds the paper can have it compared with the record as it stands; a fact that was corrected since, or changed
on the paper, gives another digest. Names may be corrected without making certificates false, so they are not in it.
"""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass

from django.utils.crypto import constant_time_compare, salted_hmac

from lianyi.dispatch.errors import CertificateRefusedError
from lianyi.dispatch.machine import STAYED
from lianyi.dispatch.models import Posting, PostingAbsence, PostingState
from lianyi.dispatch.stays import stays_of
from lianyi.methods.periods import DateSpan
from lianyi.methods.presence import Stay, service_days

_SALT = "lianyi.dispatch.certificate"
DIGEST_LENGTH = 20
_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
_PARTS = 3


@dataclass(frozen=True, slots=True)
class Absence:
    """Days away from the site, cut to the days that the certificate counts."""

    span: DateSpan
    kind: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """The facts of a certificate. ``until`` is the last day that it counts."""

    posting: Posting
    arrived_on: datetime.date
    until: datetime.date
    is_interim: bool
    calendar_days: int
    present_days: int
    absences: tuple[Absence, ...]
    code: str

    @property
    def is_past_plan(self) -> bool:
        """Tell of days after the planned end of a stay whose end nobody recorded: nobody has confirmed them."""
        return self.posting.left_on is None and self.until > self.posting.ends_on

    @property
    def absent_days(self) -> int:
        return self.calendar_days - self.present_days


def certificate_of(posting: Posting, today: datetime.date) -> Certificate:
    """Return the certificate of a posting: of all its days when it is over, up to today while it runs.

    Raises
    ------
    CertificateRefusedError
        When the person has not arrived, or the posting was cancelled or entered in error.
    """
    _refuse_without_stay(posting, today)
    return _until(posting, today if posting.left_on is None else posting.left_on)


def _refuse_without_stay(posting: Posting, today: datetime.date) -> None:
    if posting.state in (PostingState.CANCELLED, PostingState.VOID):
        raise CertificateRefusedError(
            f"A certificate cannot be made for {posting.code}: it was cancelled or entered in error.",
            posting=posting.code,
            reason="void",
        )
    if posting.state not in STAYED or posting.arrived_on is None or posting.arrived_on > today:
        raise CertificateRefusedError(
            f"A certificate cannot be made for {posting.code}: no arrival is recorded, so no day was served yet. "
            "Record the arrival first.",
            posting=posting.code,
            reason="not-arrived",
        )


def _until(posting: Posting, until: datetime.date) -> Certificate:
    [stay] = stays_of([posting], until)
    served = service_days(stay, stay.span)
    absences = _absences_of(posting, stay)
    is_interim = posting.left_on is None or until < posting.left_on
    facts = {
        "posting": posting.code,
        "agreement": posting.agreement.code,
        "person": [posting.from_institution.code, posting.staff.code],
        "site": posting.to_institution.code,
        "kind": posting.kind,
        "from": stay.span.start.isoformat(),
        "to": stay.span.end.isoformat(),
        "absences": [[each.span.start.isoformat(), each.span.end.isoformat(), each.kind] for each in absences],
        "days": served.present_days,
    }
    return Certificate(
        posting=posting,
        arrived_on=stay.span.start,
        until=stay.span.end,
        is_interim=is_interim,
        calendar_days=served.calendar_days,
        present_days=served.present_days,
        absences=absences,
        code=_code(posting.pk, stay.span.end, facts),
    )


def _absences_of(posting: Posting, stay: Stay) -> tuple[Absence, ...]:
    rows = PostingAbsence.objects.filter(posting=posting, is_void=False).order_by("starts_on", "pk")
    spans = [(DateSpan(row.starts_on, row.ends_on).intersection(stay.span), row.kind) for row in rows]
    return tuple(Absence(span, kind) for span, kind in spans if span is not None)


def _code(posting_id: int, until: datetime.date, facts: dict[str, object]) -> str:
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = salted_hmac(_SALT, text, algorithm="sha256").hexdigest()[:DIGEST_LENGTH]
    return f"{_in_letters(posting_id)}-{until:%Y%m%d}-{digest}".upper()


def _in_letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number, len(_LETTERS))
        letters = _LETTERS[rest] + letters
    return letters or _LETTERS[0]


@dataclass(frozen=True, slots=True)
class CodeParts:
    """What a check code names."""

    posting_id: int
    until: datetime.date


def parts_of(code: str) -> CodeParts | None:
    """Return what a check code names, or None when it has not the form of one."""
    parts = code.strip().lower().split("-")
    if len(parts) != _PARTS or len(parts[2]) != DIGEST_LENGTH or not parts[0].isalnum() or not parts[0].isascii():
        return None
    try:
        return CodeParts(int(parts[0], 36), datetime.datetime.strptime(parts[1], "%Y%m%d").date())  # noqa: DTZ007
    except ValueError:
        return None


def agrees(posting: Posting, code: str, until: datetime.date, today: datetime.date) -> bool:
    """Tell whether the code belongs to the facts of the posting as they stand now, counted to the same day."""
    if until > today or posting.arrived_on is None or until < posting.arrived_on or posting.state not in STAYED:
        return False
    last = until if posting.left_on is None else min(until, posting.left_on)
    return constant_time_compare(_until(posting, last).code, code.strip().upper())
