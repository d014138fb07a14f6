"""Training: courses and sessions, who was enrolled and came, tests before and after, certificates."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import User
from lianyi.accounts.records import ProvenancedRecord, VersionedRecord
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Department, Institution, Staff


class CourseKind(models.TextChoices):
    TAUGHT = "taught", _("taught course")
    BEDSIDE = "bedside", _("teaching at the bedside")
    SKILLS = "skills", _("skills course")
    LECTURES = "lectures", _("series of lectures")
    OTHER = "other", pgettext_lazy("kind of course", "other")


class SessionKind(models.TextChoices):
    LESSON = "lesson", _("course lesson")
    WARD_ROUND = "ward_round", _("teaching ward round")
    CASE_DISCUSSION = "case_discussion", _("case discussion")
    OPERATION_SHOWN = "operation_shown", _("operation shown")
    LECTURE = "lecture", _("lecture")
    FREE_CLINIC = "free_clinic", _("free clinic")
    SKILLS_PRACTICE = "skills_practice", _("skills practice")


class SessionState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("training session", "planned")
    HELD = "held", pgettext_lazy("training session", "held")
    CANCELLED = "cancelled", pgettext_lazy("training session", "cancelled")


class AttendanceSource(models.TextChoices):
    """How it is known that somebody came."""

    LIST = "list", _("list of the teacher")
    CODE = "code", _("code of the day")
    TABLE = "table", _("imported table")


class TestMoment(models.TextChoices):
    BEFORE = "before", _("before the course")
    AFTER = "after", _("after the course")


class TryOutcome(models.TextChoices):
    """What became of a typed code."""

    ACCEPTED = "accepted", pgettext_lazy("code of the day", "accepted")
    UNKNOWN = "unknown", _("no such code")
    OVER = "over", _("the time of the code is over")
    TOO_MANY = "too_many", _("too many tries")
    LISTED = "listed", _("the list of the teacher says absent")


class Course(ProvenancedRecord):
    """A course under an agreement: what it asks for, its test and when a certificate is given."""

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="courses", verbose_name=_("agreement")
    )
    organiser = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="courses", verbose_name=_("given by")
    )
    code = models.CharField(_("code"), max_length=32, unique=True)
    title_zh = models.CharField(_("Chinese title"), max_length=120)
    title_en = models.CharField(_("English title"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=CourseKind.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    # Without a test both are empty.
    test_maximum = models.DecimalField(
        _("most points of the test"), max_digits=6, decimal_places=1, null=True, blank=True
    )
    pass_mark = models.DecimalField(_("pass mark"), max_digits=6, decimal_places=1, null=True, blank=True)
    # Of the sessions held; the course says it itself, no rule does.
    least_attendance_percent = models.PositiveSmallIntegerField(_("least attendance (%)"), default=80)

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ["-starts_on", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="course_dates_in_order"),
            models.CheckConstraint(
                condition=Q(test_maximum__isnull=True, pass_mark__isnull=True)
                | Q(test_maximum__gt=0, pass_mark__gt=0, pass_mark__lte=F("test_maximum")),
                name="course_test_has_a_mark_within_its_points",
            ),
            models.CheckConstraint(
                condition=Q(least_attendance_percent__gte=1, least_attendance_percent__lte=100),
                name="course_least_attendance_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return self.title_zh

    def get_absolute_url(self) -> str:
        return reverse("growth:course", args=[self.pk])


class TrainingSession(ProvenancedRecord):
    """One session as planned and as held. A free clinic keeps counts of people, never a person seen."""

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="training_sessions", verbose_name=_("agreement")
    )
    course = models.ForeignKey(
        Course, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name=_("course")
    )
    code = models.CharField(_("code"), max_length=32, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=SessionKind.choices)
    title = models.CharField(_("subject"), max_length=200)
    day = models.DateField(_("day"))
    begins_at = models.TimeField(_("begins at"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes planned"))
    institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="training_sessions",
        verbose_name=_("institution"),
    )
    place = models.CharField(_("place"), max_length=120, blank=True)
    teacher = models.ForeignKey(
        Staff,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions_taught",
        verbose_name=_("teacher"),
    )
    teacher_name = models.CharField(_("name of the teacher"), max_length=60, blank=True)
    department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="training_sessions",
        verbose_name=_("department"),
    )
    specialty = models.CharField(_("specialty"), max_length=8, blank=True)
    technique_code = models.CharField(_("technique"), max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=SessionState.choices, default=SessionState.PLANNED)
    held_on = models.DateField(_("held on"), null=True, blank=True)
    held_minutes = models.PositiveSmallIntegerField(_("minutes held"), null=True, blank=True)
    reason = models.TextField(_("why cancelled"), blank=True)
    # Of free clinics only. Empty says: nobody counted. It is never read as nobody seen.
    people_seen = models.PositiveIntegerField(_("people seen"), null=True, blank=True)
    people = models.JSONField(_("people by sex and age"), default=dict, blank=True)
    services = models.JSONField(_("services"), default=dict, blank=True)

    class Meta:
        verbose_name = _("training session")
        verbose_name_plural = _("training sessions")
        ordering = ["-day", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="held", held_on__isnull=False, held_minutes__gte=1)
                | Q(state__in=["planned", "cancelled"], held_on__isnull=True, held_minutes__isnull=True),
                name="training_session_held_has_a_day_and_minutes",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled", reason=""), name="training_session_cancelled_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(kind="free_clinic") | Q(people_seen__isnull=True),
                name="training_session_people_of_clinics_only",
            ),
        ]
        indexes = [models.Index(fields=["state", "day"]), models.Index(fields=["agreement", "held_on"])]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("growth:session", args=[self.pk])


class TrainingSessionEvent(models.Model):
    """One thing that happened to a session: planned, changed, held, cancelled, corrected. Rows are only ever added."""

    session = models.ForeignKey(
        TrainingSession, on_delete=models.PROTECT, related_name="events", verbose_name=_("training session")
    )
    step = models.CharField(_("step"), max_length=12)
    from_state = models.CharField(_("state before"), max_length=10, choices=SessionState.choices, blank=True)
    to_state = models.CharField(_("state after it"), max_length=10, choices=SessionState.choices)
    recorded_at = models.DateTimeField(_("recorded at"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    acting_role = models.CharField(_("role"), max_length=24, blank=True)
    reason = models.TextField(_("reason in words"), blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("step of a training session")
        verbose_name_plural = _("steps of training sessions")
        ordering = ["session_id", "id"]

    def __str__(self) -> str:
        return f"{self.session_id} {self.step}"


class NamedPerson(ProvenancedRecord):
    """Somebody with a staff record, or a name with the institution in words."""

    staff = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    name = models.CharField(_("name without a record"), max_length=60, blank=True)
    institution_name = models.CharField(_("institution in words"), max_length=120, blank=True)

    class Meta:
        abstract = True

    @property
    def identity(self) -> tuple[int | None, str, str]:
        """What makes two rows speak of the same person."""
        return self.staff_id, self.name, self.institution_name

    def __str__(self) -> str:
        return str(self.staff) if self.staff_id is not None else self.name


def _one_person(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(staff__isnull=False, name="", institution_name="") | (Q(staff__isnull=True) & ~Q(name="")),
        name=name,
    )


class Enrolment(NamedPerson):
    """That somebody takes part in a course."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="enrolments", verbose_name=_("course"))
    is_withdrawn = models.BooleanField(_("withdrawn"), default=False)
    withdrawn_reason = models.TextField(_("why withdrawn"), blank=True)

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ["course_id", "id"]
        constraints = [
            _one_person("enrolment_of_one_person"),
            models.UniqueConstraint(
                fields=["course", "staff"], condition=Q(staff__isnull=False), name="enrolment_of_staff_once"
            ),
            models.UniqueConstraint(
                fields=["course", "name", "institution_name"],
                condition=Q(staff__isnull=True),
                name="enrolment_of_name_once",
            ),
        ]


class Attendance(NamedPerson):
    """Whether somebody was at a session, and how that is known. Without a row nobody knows: that is not absent."""

    session = models.ForeignKey(
        TrainingSession, on_delete=models.PROTECT, related_name="attendances", verbose_name=_("training session")
    )
    is_present = models.BooleanField(_("was there"))
    source = models.CharField(_("known from"), max_length=8, choices=AttendanceSource.choices)
    noted_at = models.DateTimeField(_("noted at"), default=timezone.now)

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        ordering = ["session_id", "id"]
        constraints = [
            _one_person("attendance_of_one_person"),
            models.UniqueConstraint(
                fields=["session", "staff"], condition=Q(staff__isnull=False), name="attendance_of_staff_once"
            ),
            models.UniqueConstraint(
                fields=["session", "name", "institution_name"],
                condition=Q(staff__isnull=True),
                name="attendance_of_name_once",
            ),
        ]


class AttendanceCode(VersionedRecord):
    """A short code that the teacher shows on the day, good for a stated time."""

    session = models.ForeignKey(
        TrainingSession, on_delete=models.PROTECT, related_name="codes", verbose_name=_("training session")
    )
    text = models.CharField(_("code of the day"), max_length=8)
    opens_at = models.DateTimeField(_("good from"))
    closes_at = models.DateTimeField(_("good until"))
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))

    class Meta:
        verbose_name = _("code of the day")
        verbose_name_plural = _("codes of the day")
        ordering = ["session_id", "-opens_at"]
        constraints = [models.CheckConstraint(condition=Q(closes_at__gte=F("opens_at")), name="code_window_in_order")]
        indexes = [models.Index(fields=["text", "closes_at"])]

    def __str__(self) -> str:
        return f"{self.session_id} {self.opens_at}"


class CodeTry(models.Model):
    """One typed code, also a wrong one: whoever guesses is stopped. Rows are only ever added."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("typed by"))
    tried_at = models.DateTimeField(_("typed at"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=TryOutcome.choices)
    attendance = models.ForeignKey(
        Attendance, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("attendance")
    )

    class Meta:
        verbose_name = _("typed code")
        verbose_name_plural = _("typed codes")
        ordering = ["-tried_at"]
        indexes = [models.Index(fields=["user", "tried_at"])]

    def __str__(self) -> str:
        return f"{self.user_id} {self.outcome}"


class TestResult(ProvenancedRecord):
    """What somebody reached in the test of a course, before or after it."""

    __test__ = False  # no test of ours, whatever its name says

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="results", verbose_name=_("enrolment")
    )
    moment = models.CharField(_("when"), max_length=8, choices=TestMoment.choices)
    score = models.DecimalField(_("points"), max_digits=6, decimal_places=1)
    taken_on = models.DateField(_("taken on"))

    class Meta:
        verbose_name = _("test result")
        verbose_name_plural = _("test results")
        ordering = ["enrolment_id", "moment"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "moment"], name="test_result_once_each_moment"),
            models.CheckConstraint(condition=Q(score__gte=0), name="test_result_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.moment} {self.score}"


class TrainingCertificate(VersionedRecord):
    """That somebody took part in a course, with the hours they were there; revoked with a reason, never deleted."""

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="certificates", verbose_name=_("enrolment")
    )
    number = models.CharField(_("number"), max_length=48, unique=True)
    issued_on = models.DateField(_("issued on"))
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("issued by"))
    minutes = models.PositiveIntegerField(_("minutes attended"))
    sessions_attended = models.PositiveSmallIntegerField(_("sessions attended"))
    sessions_held = models.PositiveSmallIntegerField(_("sessions held"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_reason = models.TextField(_("why revoked"), blank=True)

    class Meta:
        verbose_name = _("training certificate")
        verbose_name_plural = _("training certificates")
        ordering = ["-issued_on", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(revoked_at__isnull=True), name="training_certificate_one_standing"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | ~Q(revoked_reason=""),
                name="training_certificate_revoked_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(sessions_attended__gte=1, sessions_attended__lte=F("sessions_held")),
                name="training_certificate_of_sessions_held",
            ),
        ]

    def __str__(self) -> str:
        return self.number
