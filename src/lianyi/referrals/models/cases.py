"""A patient's journey, who the patient is, what was asked, and the moments of the pathway."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import User
from lianyi.accounts.records import ProvenancedRecord
from lianyi.partnerships.models import Agreement
from lianyi.referrals.states import (
    Direction,
    RequestStatus,
    Urgency,
)
from lianyi.registry.models import Department, Institution


class Sex(models.TextChoices):
    FEMALE = "female", _("female")
    MALE = "male", _("male")
    UNKNOWN = "unknown", _("not known")


class Journey(ProvenancedRecord):
    """One patient with one problem, through all institutions; the number is the same on the way up and back."""

    number = models.CharField(_("journey number"), max_length=20, unique=True)
    origin_institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="begun_journeys", verbose_name=_("begun at")
    )
    problem_code = models.CharField(_("problem"), max_length=32)
    problem_text = models.CharField(_("problem in words"), max_length=200, blank=True)
    opened_at = models.DateTimeField(_("begun"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("journey")
        verbose_name_plural = _("journeys")
        ordering = ["-opened_at", "-id"]

    def __str__(self) -> str:
        return self.number


class PatientIdentity(ProvenancedRecord):
    """Who the patient is: kept apart from the case, because fewer people may see it."""

    class IdKind(models.TextChoices):
        RESIDENT = "resident", _("resident identity card")
        PASSPORT = "passport", _("passport")
        BIRTH = "birth", _("birth certificate")
        NONE = "none", _("none known")

    journey = models.OneToOneField(Journey, on_delete=models.PROTECT, related_name="identity")
    name = models.CharField(_("patient's name"), max_length=100)
    sex = models.CharField(_("sex"), max_length=8, choices=Sex.choices, default=Sex.UNKNOWN)
    born_on = models.DateField(_("date of birth"), null=True, blank=True)
    id_kind = models.CharField(_("identity document"), max_length=10, choices=IdKind.choices, default=IdKind.NONE)
    id_number = models.CharField(_("number of the document"), max_length=40, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    contact_name = models.CharField(_("family member"), max_length=100, blank=True)
    language = models.CharField(_("language of the slip"), max_length=10, blank=True)
    # A keyed digest, so that two records of one person are found without anyone reading either.
    match_digest = models.CharField(max_length=64, db_index=True)

    class Meta:
        verbose_name = _("patient")

    def __str__(self) -> str:
        return f"patient of {self.journey_id}"


class Request(ProvenancedRecord):
    """The clinical ask. What it says is frozen when it is sent; a new version is a new request."""

    class Basis(models.TextChoices):
        CONSENT = "consent", _("the patient or family agrees")
        EMERGENCY = "emergency", _("emergency, agreement could not be asked")

    class Reason(models.TextChoices):
        """Why the patient is sent (national principles of two-way referral)."""

        BEYOND_MEANS = "beyond_means", _("critical illness beyond our means")
        DIFFICULT = "difficult", _("difficult case")
        MASS_EVENT = "mass_event", _("many patients at once")
        NO_EQUIPMENT = "no_equipment", _("equipment or technique lacking")
        OUTSIDE_LICENCE = "outside_licence", _("outside our licensed departments")
        NEEDS_TESTS = "needs_tests", _("more tests needed for the diagnosis")
        RECOVERY = "recovery", _("stable, for recovery or rehabilitation")
        CHRONIC = "chronic", _("clear diagnosis, long treatment near home")
        LONG_NURSING = "long_nursing", _("long nursing of an elderly patient")
        OTHER = "other", _("other")

    class Override(models.TextChoices):
        """Why a referral goes where no agreement leads, or beside another one that is live."""

        ONLY_ABLE = "only_able", _("only this hospital can help")
        NEAREST = "nearest", _("nearest in an emergency")
        PATIENT_WISH = "patient_wish", _("wish of the patient or family")
        OTHER_PROBLEM = "other_problem", _("another problem than the live referral")
        NEW_EPISODE = "new_episode", _("the earlier referral is out of date")
        OTHER = "other", _("other")

    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="requests")
    direction = models.CharField(_("direction"), max_length=8, choices=Direction.choices)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency.choices)
    condition = models.CharField(_("green channel"), max_length=32, blank=True)
    reason = models.CharField(_("why the patient is sent"), max_length=16, choices=Reason.choices)
    specialty = models.CharField(_("specialty"), max_length=8, blank=True)
    question = models.TextField(_("what is asked"), blank=True)
    status = models.CharField(
        _("status"), max_length=16, choices=RequestStatus.choices, default=RequestStatus.DRAFT, editable=False
    )
    from_institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="sent_requests", verbose_name=_("sender")
    )
    from_department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    coordinator = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="coordinated_requests", verbose_name=_("coordinator")
    )
    agreement = models.ForeignKey(
        Agreement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="referral_requests",
        verbose_name=_("agreement"),
    )
    policy = models.CharField(_("referral policy"), max_length=64)
    basis = models.CharField(_("basis"), max_length=10, choices=Basis.choices, default=Basis.CONSENT)
    has_consent = models.BooleanField(_("agreement was given"), default=False)
    based_on = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by", verbose_name=_("based on")
    )
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    # What a candidate receiver sees before it has said yes: nothing that names the patient.
    age_band = models.CharField(_("age"), max_length=12, blank=True)
    sex = models.CharField(_("sex"), max_length=8, choices=Sex.choices, default=Sex.UNKNOWN)
    county_name = models.CharField(_("county"), max_length=100, blank=True)
    override_code = models.CharField(_("why outside the rules"), max_length=16, choices=Override.choices, blank=True)
    override_text = models.CharField(_("why outside the rules, in words"), max_length=200, blank=True)
    first_contact_at = models.DateTimeField(_("first medical contact"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    breach_at = models.DateTimeField(_("must be seen by"), null=True, blank=True)
    is_broadcast = models.BooleanField(_("asked of several at once"), default=False)
    is_revoked = models.BooleanField(_("taken back"), default=False, editable=False)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by"))
    on_behalf_of = models.CharField(_("for the clinician"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["from_institution", "-sent_at"]),
            models.Index(fields=["agreement", "-sent_at"]),
            models.Index(fields=["journey", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.journey_id}-{self.pk}"

    @property
    def is_green(self) -> bool:
        """Whether it runs in the green channel: an emergency, whose clock never stops for a question."""
        return self.urgency == Urgency.EMERGENCY


class Packet(ProvenancedRecord):
    """What travels with a request: the structured form, measured against what the policy asks for."""

    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="packet")
    values = models.JSONField(_("content"), default=dict)
    # Sending needs the required ones, so what tells forms apart is how many of the others were given.
    items_required = models.PositiveSmallIntegerField(_("items asked for"), default=0)
    items_given = models.PositiveSmallIntegerField(_("items given"), default=0)
    items_recommended = models.PositiveSmallIntegerField(_("further items of the form"), default=0)
    recommended_given = models.PositiveSmallIntegerField(_("further items given"), default=0)

    class Meta:
        verbose_name = _("referral packet")

    def __str__(self) -> str:
        return f"packet of {self.request_id}"


class Attachment(ProvenancedRecord):
    """A file of the packet, an answer or an outcome; its content was checked against its type."""

    class Kind(models.TextChoices):
        REPORT = "report", _("report")
        IMAGE = "image", _("picture or film")
        TRACING = "tracing", _("ECG or tracing")
        RECORD = "record", _("medical record")
        OTHER = "other", _("other")

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="attachments")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.REPORT)
    file = models.FileField(upload_to="referrals/%Y/%m")
    name = models.CharField(_("name"), max_length=120)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    is_void = models.BooleanField(_("entered in error"), default=False)

    class Meta:
        verbose_name = _("attachment")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"attachment {self.pk}"


class Milestone(models.Model):
    """A moment of the pathway, for example the first ECG; a correction is a new row that names the old one."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="milestones")
    code = models.CharField(_("milestone"), max_length=32)
    occurred_at = models.DateTimeField(_("happened"))
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, null=True, related_name="+")
    is_typed = models.BooleanField(_("typed by hand"), default=True)
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )

    class Meta:
        verbose_name = _("milestone")
        ordering = ["request_id", "occurred_at", "id"]
        indexes = [models.Index(fields=["code", "occurred_at"])]

    def __str__(self) -> str:
        return f"{self.request_id} {self.code}"
