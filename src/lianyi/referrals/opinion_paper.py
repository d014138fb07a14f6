"""What stands on a printed opinion, in Chinese, in English or in both.

The paper goes into the records of both sides, so both languages stand in the code beside each other and do not depend
on the language of the page that makes it. Who the patient is stands on it only for readers who may know.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import override as in_the_language

from lianyi.pages.names import in_language, name_of
from lianyi.referrals import signing
from lianyi.referrals.consultation_words import condition_word, liability_text, specialty_words
from lianyi.referrals.models import Consultation, Opinion, PatientIdentity

CHINESE, ENGLISH, BOTH = "zh-hans", "en", "both"
LANGUAGES = {BOTH: (CHINESE, ENGLISH), CHINESE: (CHINESE,), ENGLISH: (ENGLISH,)}


@dataclass(frozen=True, slots=True)
class Line:
    """One fact under its name."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class SignedPart:
    """One signed text with who signed it, when, and the beginning of its digest."""

    title: str
    text: str
    signed: str
    code: str


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything that stands on the paper, in order."""

    language: str
    title: str
    marks: tuple[str, ...]
    statements: tuple[str, ...]
    lines: tuple[Line, ...]
    parts: tuple[SignedPart, ...]
    code_label: str
    issued: tuple[Line, ...]

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Source:
    """What the paper is made from."""

    row: Consultation
    identity: PatientIdentity | None
    opinions: Sequence[Opinion]
    printed_by: str
    printed_at: datetime.datetime


def paper_of(source: Source, language: str) -> Paper:
    """Put signed opinions into words; ``language`` is zh-hans, en or both."""
    languages = LANGUAGES[language]

    def say(chinese: str, english: str) -> str:
        return _in_each(lambda: in_language(chinese, english), languages, " ")

    return Paper(
        language=languages[0],
        title=say("远程会诊意见书", "Opinion of a remote consultation"),
        marks=tuple(_marks(source, say)),
        statements=tuple(_in(one, liability_text) for one in languages),
        lines=tuple(_facts(source, languages, say)),
        parts=tuple(_part(each, languages, say) for each in source.opinions),
        code_label=say("校验码", "Check code"),
        issued=(
            Line(say("打印人", "Printed by"), source.printed_by),
            Line(say("打印时间", "Printed at"), _moment(source.printed_at)),
        ),
    )


Say = Callable[[str, str], str]


def _in(language: str, make: Callable[[], Any]) -> str:
    with in_the_language(language):
        return str(make())


def _in_each(make: Callable[[], Any], languages: Sequence[str], between: str = " / ") -> str:
    """Say the same in every language, once where the languages do not differ."""
    return between.join(dict.fromkeys(text for text in (_in(one, make) for one in languages) if text))


def _moment(at: datetime.datetime | None) -> str:
    return "—" if at is None else f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def _marks(source: Source, say: Say) -> list[str]:
    marks = []
    if source.row.is_sample:
        marks.append(say("样例数据，并非真实患者", "Sample data: no real patient"))
    if not all(signing.is_as_signed(each) for each in source.opinions):
        marks.append(say("内容与签署时不一致，请勿使用", "The text is not what was signed: do not use this paper"))
    return marks


def _facts(source: Source, languages: Sequence[str], say: Say) -> list[Line]:
    row = source.row
    facts: list[tuple[str, Callable[[], Any]]] = [
        (say("会诊编号", "Number"), lambda: row.number),
        (say("会诊类型", "Kind"), row.get_kind_display),
        (say("紧急程度", "Urgency"), row.get_urgency_display),
        (say("绿色通道", "Green channel"), lambda: condition_word(row)),
        (say("邀请方", "Asking side"), lambda: name_of(row.from_institution)),
        (say("受邀方", "Expert side"), lambda: name_of(row.to_institution)),
        (say("专业", "Specialties"), lambda: specialty_words(row.specialties)),
        (say("患者", "Patient"), lambda: _patient(source)),
        (say("会诊目的", "Question"), lambda: row.question),
        (say("邀请时间", "Asked at"), lambda: _moment(row.asked_at)),
        (say("会诊时间", "Session"), lambda: _moment(row.session_started_at) if row.session_started_at else ""),
    ]
    lines = [Line(label, _in_each(make, languages)) for label, make in facts]
    return [line for line in lines if line.value]


def _patient(source: Source) -> str:
    row, identity = source.row, source.identity
    about = [row.get_sex_display(), row.age_band]
    if identity is not None:
        about = [identity.name, identity.get_sex_display(), "" if identity.born_on is None else f"{identity.born_on}"]
    return " · ".join(part for part in about if part)


def _part(opinion: Opinion, languages: Sequence[str], say: Say) -> SignedPart:
    title = _in_each(lambda: Opinion.Part(opinion.part).label, languages)
    if opinion.specialty:
        title += f" · {_in_each(lambda: specialty_words([opinion.specialty]), languages)}"
    at = _moment(opinion.signed_at)
    signed = f"{say('签署', 'Signed')}: {opinion.signed_by} · {at}"
    return SignedPart(title, opinion.text, signed, signing.check_code(opinion))
