"""What is said to people about training: tones, refusals, names of actions, words for people, counts and changes."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lianyi.growth.models.training import NamedPerson, SessionState, TrainingSession
from lianyi.growth.training_checks import AGE_BANDS, SEXES
from lianyi.methods.paired_change import PairedChange
from lianyi.methods.proportions import Share
from lianyi.pages.names import name_of

Text = str | Promise
# Our own limit, from which on a mean of so few is said to be shaky; no text of an authority names one.
FEW_PAIRS = 10
SESSION_TONES: Mapping[str, str] = {
    SessionState.PLANNED: "info",
    SessionState.HELD: "good",
    SessionState.CANCELLED: "neutral",
}
SEX_WORDS: Mapping[str, Text] = {"female": gettext_lazy("women and girls"), "male": gettext_lazy("men and boys")}
AGE_WORDS: Mapping[str, Text] = {
    "0_14": gettext_lazy("0 to 14 years"),
    "15_64": gettext_lazy("15 to 64 years"),
    "65_up": gettext_lazy("65 years and over"),
}
SERVICE_WORDS: Mapping[str, Text] = {
    "consultation": gettext_lazy("people advised"),
    "examination": gettext_lazy("physical examinations"),
    "test": gettext_lazy("tests and imaging"),
    "medicine": gettext_lazy("medicines given out"),
    "education": gettext_lazy("people taught about health"),
    "referred": gettext_lazy("people referred on"),
}
STEP_WORDS: Mapping[str, Text] = {
    "plan": gettext_lazy("planned"),
    "change": gettext_lazy("changed"),
    "hold": gettext_lazy("recorded as held"),
    "cancel": gettext_lazy("cancelled"),
    "plan_again": gettext_lazy("planned again"),
    "correct": gettext_lazy("corrected"),
    "take_back": gettext_lazy("was not held after all"),
    "import": gettext_lazy("imported"),
}
ACTIONS: Mapping[str, Text] = {
    "growth.course.create": gettext_lazy("Course written"),
    "growth.course.change": gettext_lazy("Course changed"),
    "growth.training_session.plan": gettext_lazy("Training session planned"),
    "growth.training_session.change": gettext_lazy("Training session changed"),
    "growth.training_session.hold": gettext_lazy("Training session recorded as held"),
    "growth.training_session.cancel": gettext_lazy("Training session cancelled"),
    "growth.training_session.plan_again": gettext_lazy("Training session planned again"),
    "growth.training_session.correct": gettext_lazy("Record of a training session corrected"),
    "growth.training_session.take_back": gettext_lazy("Training session was not held after all"),
    "growth.enrolment.add": gettext_lazy("Enrolled in a course"),
    "growth.enrolment.come_back": gettext_lazy("Came back into a course"),
    "growth.enrolment.withdraw": gettext_lazy("Enrolment withdrawn"),
    "growth.attendance.note": gettext_lazy("Attendance noted"),
    "growth.attendance.correct": gettext_lazy("Attendance corrected"),
    "growth.attendance_code.open": gettext_lazy("Code of the day made"),
    "growth.attendance_code.close": gettext_lazy("Code of the day ended"),
    "growth.attendance_code.enter": gettext_lazy("Code of the day typed"),
    "growth.test.record": gettext_lazy("Test result recorded"),
    "growth.test.correct": gettext_lazy("Test result corrected"),
    "growth.certificate.issue": gettext_lazy("Training certificate given"),
    "growth.certificate.revoke": gettext_lazy("Training certificate revoked"),
    **{
        f"growth.{name}.import": gettext_lazy("Imported from a table")
        for name in ("course", "trainingsession", "enrolment", "attendance", "testresult")
    },
}
REFUSALS: Mapping[str, Text] = {
    "training-step": gettext_lazy(
        "The session is: %(state_label)s. That step does not lead from there; open it again."
    ),
    "training-input.code-taken": gettext_lazy("'%(given)s' is taken; choose another code."),
    "training-input.fixed": gettext_lazy("These cannot be changed here: %(fields)s."),
    "training-input.dates-reversed": gettext_lazy("It ends on %(end)s, before it starts on %(start)s."),
    "training-input.test-half": gettext_lazy("Give both the most points and the pass mark, or leave both empty."),
    "training-input.pass-mark": gettext_lazy("The pass mark lies above 0 and is at most %(most)s points."),
    "training-input.attendance-share": gettext_lazy("Give the least attendance from 1 to 100 %%."),
    "training-input.not-a-party": gettext_lazy("%(name)s is no party of this agreement. Choose one that is."),
    "training-input.test-taken": gettext_lazy("Somebody has taken the test; its points stay as they are."),
    "training-input.course-elsewhere": gettext_lazy("The course belongs to another agreement."),
    "training-input.clinic-in-course": gettext_lazy("A free clinic is no session of a course; leave the course empty."),
    "training-input.no-place": gettext_lazy("Give the institution or the place."),
    "training-input.department-elsewhere": gettext_lazy("There is no such department at the institution."),
    "training-input.minutes": gettext_lazy("Give the minutes, from 1 to %(most)s."),
    "training-input.held-ahead": gettext_lazy("Give the day on which it was held; it cannot lie ahead."),
    "training-input.no-reason": gettext_lazy("Give a reason in words."),
    "training-input.counts-elsewhere": gettext_lazy("Only a free clinic that was held has counts of people."),
    "training-input.count": gettext_lazy("Give whole numbers from 0 to %(most)s, or leave a field empty."),
    "training-input.more-than-seen": gettext_lazy(
        "By sex and age these are %(told)s people, more than were seen. Correct one of the numbers."
    ),
    "training-input.person": gettext_lazy("Choose somebody with a record, or give a name: one of the two."),
    "training-input.person-from": gettext_lazy("Give the institution of the person in words."),
    "training-input.staff-out-of-reach": gettext_lazy(
        "This person's record is not within your reach. Their own office enrols them, or give the name and institution."
    ),
    "training-input.enrolled": gettext_lazy("%(name)s is enrolled already."),
    "training-input.attendance-ahead": gettext_lazy(
        "A session that was cancelled or is still to come has no attendance."
    ),
    "training-input.no-test": gettext_lazy("The course has no test. Give it points and a pass mark first."),
    "training-input.test-ahead": gettext_lazy("%(day)s is still to come."),
    "training-input.not-enrolled": gettext_lazy("A test belongs to somebody who is enrolled in the course."),
    "training-input.score": gettext_lazy("%(given)s points do not lie from 0 to %(most)s."),
    "training-input.result-without-reason": gettext_lazy("A result that stands is changed with a reason in words."),
    "training-input.code-day": gettext_lazy("A code is made on the day of the session, and not when it was cancelled."),
    "training-input.code-minutes": gettext_lazy("Give from %(least)s to %(most)s minutes."),
    "training-input.no-record": gettext_lazy(
        "Your account is tied to no staff record. Ask the teacher to put you on the list."
    ),
    "training-certificate.nobody": gettext_lazy("Choose people who are enrolled in the course."),
    "training-certificate.standing": gettext_lazy("%(name)s has a certificate already."),
    "training-certificate.attendance": gettext_lazy(
        "%(name)s was at %(attended)s of %(held)s sessions; the course asks for %(least)s %%. Leave the name out."
    ),
    "training-certificate.revoked": gettext_lazy("The certificate %(name)s is revoked already."),
    "not-permitted.training-keepers": gettext_lazy(
        "Courses, enrolments, tests and certificates are kept by the offices, heads of department and trainers."
    ),
    "not-permitted.training-teacher": gettext_lazy(
        "A session is recorded by its teacher, or by an office, a head of department or a trainer."
    ),
}


def person_word(row: NamedPerson) -> str:
    """Return the person's name with the institution."""
    if row.staff is not None:
        return f"{name_of(row.staff)} · {name_of(row.staff.institution)}"
    return " · ".join(part for part in (row.name, row.institution_name) if part)


def teacher_word(row: TrainingSession) -> str:
    return name_of(row.teacher) if row.teacher is not None else row.teacher_name


def place_word(row: TrainingSession) -> str:
    where = "" if row.institution is None else name_of(row.institution)
    inside = "" if row.department is None else name_of(row.department)
    return " · ".join(part for part in (where, inside, row.place) if part)


def people_words() -> list[tuple[str, str]]:
    """Return the keys of counted people with their words, in order."""
    return [(f"{sex}_{band}", f"{SEX_WORDS[sex]}, {AGE_WORDS[band]}") for sex in SEXES for band in AGE_BANDS]


def hours_word(minutes: int) -> str:
    """Say minutes as hours with one digit."""
    return _("%(hours)s h") % {"hours": f"{minutes / 60:.1f}".removesuffix(".0")}


def share_word(share: Share) -> str:
    """Say a share with its parts and its interval; of nothing it is unknown."""
    if share.value is None:
        return _("unknown, nobody was tested")
    found = share.interval()
    limits = "" if found is None else f" ({found.low:.0%}–{found.high:.0%})"
    return f"{share.numerator}/{share.denominator} = {share.value:.0%}{limits}"


def change_word(change: PairedChange) -> str:
    """Say the mean change with its interval, or why there is none."""
    if change.mean_change is None:
        return _("unknown: nobody took both tests")
    if change.interval is None:
        return _("%(change)s points; too few or too equal to give an interval") % {
            "change": f"{change.mean_change:+.1f}"
        }
    limits = {"low": f"{change.interval.low:+.1f}", "high": f"{change.interval.high:+.1f}"}
    return _("%(change)s points (95 %% interval %(low)s to %(high)s)") % {
        "change": f"{change.mean_change:+.1f}",
        **limits,
    }


def warnings_of(change: PairedChange) -> list[str]:
    """Say what a reader must know before believing the change."""
    found = []
    if 0 < change.pairs < FEW_PAIRS:
        text = ngettext(
            "Only %(count)s person took both tests: read the change as a hint.",
            "Only %(count)s people took both tests: read the change as a hint.",
            change.pairs,
        )
        found.append(text % {"count": change.pairs})
    if change.only_before:
        text = ngettext(
            "%(count)s person took the first test and not the second. That is missing, not zero.",
            "%(count)s people took the first test and not the second. That is missing, not zero.",
            change.only_before,
        )
        found.append(text % {"count": change.only_before})
    if change.only_after:
        text = ngettext(
            "%(count)s person took only the second test and is in no change.",
            "%(count)s people took only the second test and are in no change.",
            change.only_after,
        )
        found.append(text % {"count": change.only_after})
    return found
