"""What stands on a training certificate, in Chinese, in English or in both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import override as in_the_language

from lianyi.dispatch.certificate_words import LANGUAGES, Line
from lianyi.growth.models.training import TrainingCertificate
from lianyi.pages.names import in_language, name_of


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything that stands on the certificate, in order."""

    language: str
    title: str
    marks: tuple[str, ...]
    statements: tuple[str, ...]
    lines: tuple[Line, ...]


def paper_of(row: TrainingCertificate, language: str) -> Paper:
    """Put a certificate into words; ``language`` is zh-hans, en or both."""
    languages = LANGUAGES[language]
    return Paper(
        language=languages[0],
        title=_in_each(lambda: in_language("培训证书", "Certificate of training"), languages),
        marks=_marks(row, languages),
        statements=tuple(_in(one, lambda: _statement(row)) for one in languages),
        lines=_lines(row, languages),
    )


def _in(language: str, make: Callable[[], str]) -> str:
    with in_the_language(language):
        return str(make())


def _in_each(make: Callable[[], str], languages: Sequence[str], between: str = " / ") -> str:
    return between.join(dict.fromkeys(text for text in (_in(one, make) for one in languages) if text))


def _marks(row: TrainingCertificate, languages: Sequence[str]) -> tuple[str, ...]:
    marks = []
    if row.revoked_at is not None:
        day = row.revoked_at.date().isoformat()
        marks.append(_in_each(lambda: in_language(f"已于{day}撤销", f"Revoked on {day}"), languages))
    if row.enrolment.is_sample:
        sample = ("样例数据，并非真实人员", "Sample data: no real person")
        marks.append(_in_each(lambda: in_language(*sample), languages))
    return tuple(marks)


def _person(row: TrainingCertificate) -> str:
    return name_of(row.enrolment.staff) if row.enrolment.staff is not None else row.enrolment.name


def _institution(row: TrainingCertificate) -> str:
    staff = row.enrolment.staff
    return row.enrolment.institution_name if staff is None else name_of(staff.institution)


def _hours(row: TrainingCertificate) -> str:
    return f"{row.minutes / 60:.1f}".removesuffix(".0")


def _statement(row: TrainingCertificate) -> str:
    course = row.enrolment.course
    person, home, title = _person(row), _institution(row), name_of(course, "title")
    return in_language(
        f"兹证明{home}{person}参加了{name_of(course.organiser)}举办的“{title}”培训，"
        f"实际参加{row.sessions_attended}次（共{row.sessions_held}次），合计{_hours(row)}小时。",
        f"This is to certify that {person} of {home} took part in “{title}”, given by {name_of(course.organiser)}: "
        f"{row.sessions_attended} of {row.sessions_held} sessions, {_hours(row)} hours.",
    )


def _lines(row: TrainingCertificate, languages: Sequence[str]) -> tuple[Line, ...]:
    course = row.enrolment.course
    facts: list[tuple[str, str, Callable[[], str]]] = [
        ("证书编号", "Number", lambda: row.number),
        ("姓名", "Name", lambda: _person(row)),
        ("单位", "Institution", lambda: _institution(row)),
        ("课程", "Course", lambda: f"{name_of(course, 'title')} ({course.code})"),
        ("课程日期", "Days of the course", lambda: f"{course.starts_on} – {course.ends_on}"),
        ("参加次数", "Sessions attended", lambda: f"{row.sessions_attended} / {row.sessions_held}"),
        ("参加学时", "Hours attended", lambda: _hours(row)),
        ("举办单位", "Given by", lambda: name_of(course.organiser)),
        ("签发日期", "Issued on", row.issued_on.isoformat),
        ("签发人", "Issued by", lambda: str(row.issued_by)),
    ]
    return tuple(
        Line(_in_each(lambda zh=zh, en=en: in_language(zh, en), languages, " "), _in_each(value, languages))  # type: ignore[misc]
        for zh, en, value in facts
    )
