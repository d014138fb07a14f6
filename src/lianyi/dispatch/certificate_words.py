"""What stands on a service certificate, in Chinese, in English or in both: the same words on the page and in the PDF.

A certificate is read far from this site, so both languages stand in the code beside each other and do not depend on
the language of the page that makes it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import override as in_the_language

from lianyi.dispatch.certificates import Certificate
from lianyi.dispatch.models import Posting, PostingAbsence
from lianyi.dispatch.texts import specialty_word, title_held_word
from lianyi.pages.names import in_language, name_of

CHINESE, ENGLISH = "zh-hans", "en"
BOTH = "both"
LANGUAGES = {BOTH: (CHINESE, ENGLISH), CHINESE: (CHINESE,), ENGLISH: (ENGLISH,)}


@dataclass(frozen=True, slots=True)
class Line:
    """One fact under its name."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Issue:
    """Who makes the paper, when, and where it can be verified."""

    institution: Callable[[], str]
    person: str
    at: datetime.datetime
    verify_url: str


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything that stands on the certificate, in order."""

    language: str
    title: str
    marks: tuple[str, ...]
    statements: tuple[str, ...]
    lines: tuple[Line, ...]
    absences_title: str
    absences: tuple[Line, ...]
    no_absences: str
    issued: tuple[Line, ...]


def paper_of(certificate: Certificate, issue: Issue, language: str) -> Paper:
    """Put a certificate into words; ``language`` is zh-hans, en or both."""
    languages = LANGUAGES[language]

    def say(chinese: str, english: str) -> str:
        return _in_each(lambda: in_language(chinese, english), languages, " ")

    return Paper(
        language=languages[0],
        title=_title(certificate, languages),
        marks=_marks(certificate, languages),
        statements=tuple(_in(one, lambda: _statement(certificate)) for one in languages),
        lines=tuple(_facts(certificate, languages)),
        absences_title=say("离岗记录", "Days away from the site"),
        absences=tuple(_absences(certificate, languages)),
        no_absences=say("无。", "None."),
        issued=(
            Line(say("出具单位", "Issued by"), _in_each(issue.institution, languages)),
            Line(say("出具人", "Person"), issue.person),
            Line(say("出具时间", "Issued at"), f"{timezone.localtime(issue.at):%Y-%m-%d %H:%M}"),
            Line(say("核验码", "Check code"), certificate.code),
            Line(say("核验网址", "Verify at"), issue.verify_url),
        ),
    )


def _in(language: str, make: Callable[[], str]) -> str:
    with in_the_language(language):
        return str(make())


def _in_each(make: Callable[[], str], languages: Sequence[str], between: str = " / ") -> str:
    """Say the same in every language, once where the languages do not differ."""
    return between.join(dict.fromkeys(text for text in (_in(one, make) for one in languages) if text))


def _title(certificate: Certificate, languages: Sequence[str]) -> str:
    if certificate.is_interim:
        return _in_each(lambda: in_language("派驻服务中期证明", "Interim certificate of service"), languages)
    return _in_each(lambda: in_language("派驻服务证明", "Certificate of service"), languages)


def _marks(certificate: Certificate, languages: Sequence[str]) -> tuple[str, ...]:
    marks = []
    if certificate.posting.is_sample:
        sample = ("样例数据，并非真实人员", "Sample data: no real person")
        marks.append(_in_each(lambda: in_language(*sample), languages))
    if certificate.is_interim:
        until = certificate.until.isoformat()
        running = (f"派驻仍在进行，统计截至 {until}", f"The posting is still running; counted up to {until}")
        marks.append(_in_each(lambda: in_language(*running), languages))
    if certificate.is_past_plan:
        planned = certificate.posting.ends_on.isoformat()
        open_end = (
            f"原定于 {planned} 结束，尚未登记离岗，此后的天数未经确认",
            f"Planned to end on {planned} and no end is recorded; the days after it are not confirmed",
        )
        marks.append(_in_each(lambda: in_language(*open_end), languages))
    return tuple(marks)


def _statement(certificate: Certificate) -> str:
    row = certificate.posting
    person, home, site = name_of(row.staff), name_of(row.from_institution), name_of(row.to_institution)
    first, last, days = certificate.arrived_on.isoformat(), certificate.until.isoformat(), certificate.present_days
    return in_language(
        f"兹证明{person}受{home}派遣，于{first}至{last}在{site}工作，在岗{days}天。",
        f"This is to certify that {person}, sent by {home}, served at {site} from {first} to {last}, "
        f"being on site for {days} {'day' if days == 1 else 'days'}.",
    )


def _facts(certificate: Certificate, languages: Sequence[str]) -> list[Line]:
    row = certificate.posting
    facts: list[tuple[str, str, Callable[[], str]]] = [
        ("姓名", "Name", lambda: name_of(row.staff)),
        ("工号", "Staff number", lambda: row.staff.code),
        ("职称", "Title", lambda: title_held_word(row)),
        ("专业", "Specialty", lambda: specialty_word(row.specialty)),
        ("派出单位", "Sent by", lambda: name_of(row.from_institution)),
        ("接收单位", "Served at", lambda: _site(row)),
        ("派驻类型", "Kind of posting", row.get_kind_display),
        ("协议", "Agreement", lambda: f"{name_of(row.agreement, 'title')} ({row.agreement.code})"),
        ("派驻编号", "Posting number", lambda: row.code),
        ("起止日期", "Period", lambda: f"{certificate.arrived_on.isoformat()} – {certificate.until.isoformat()}"),
        ("日历天数", "Calendar days", lambda: str(certificate.calendar_days)),
        ("在岗天数", "Days on site", lambda: str(certificate.present_days)),
        ("离岗天数", "Days away", lambda: str(certificate.absent_days)),
    ]
    return [
        Line(_in_each(lambda zh=zh, en=en: in_language(zh, en), languages, " "), _in_each(value, languages))  # type: ignore[misc]
        for zh, en, value in facts
    ]


def _site(row: Posting) -> str:
    department = "" if row.to_department is None else name_of(row.to_department)
    return " · ".join(part for part in (name_of(row.to_institution), department) if part)


def _absences(certificate: Certificate, languages: Sequence[str]) -> list[Line]:
    lines = []
    for each in certificate.absences:
        kind = PostingAbsence.Kind(each.kind)
        days = each.span.days
        length = (f"{days}天", f"{days} {'day' if days == 1 else 'days'}")
        lines.append(
            Line(
                f"{each.span.start.isoformat()} – {each.span.end.isoformat()}",
                f"{_in_each(lambda kind=kind: str(kind.label), languages)} · "  # type: ignore[misc]
                f"{_in_each(lambda length=length: in_language(*length), languages)}",  # type: ignore[misc]
            )
        )
    return lines
