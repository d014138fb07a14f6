"""A patient's journey, what was asked, of whom, and every step that was taken."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import OrganisationNode, User
from lianyi.accounts.records import ProvenancedRecord
from lianyi.partnerships.models import Agreement
from lianyi.referrals.models.partners import ExternalPartner
from lianyi.referrals.states import (
    Direction,
    Disposition,
    EntryMode,
    LegState,
    RequestStatus,
    Side,
    TaskStatus,
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


class Leg(ProvenancedRecord):
    """What one candidate receiver was asked, and where it stands. Only the walk of the table changes its state."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="legs")
    number = models.PositiveSmallIntegerField(_("number"))
    from_institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="sent_legs", verbose_name=_("sender")
    )
    to_institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="received_legs",
        verbose_name=pgettext_lazy("side of a referral", "receiver"),
    )
    to_department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    external_partner = models.ForeignKey(
        ExternalPartner,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="legs",
        verbose_name=_("partner outside the network"),
    )
    task_status = models.CharField(max_length=16, choices=TaskStatus.choices, default=TaskStatus.DRAFT, editable=False)
    state = models.CharField(
        _("state"), max_length=24, choices=LegState.choices, default=LegState.DRAFT, editable=False
    )
    is_open = models.BooleanField(default=True, editable=False)
    held_from = models.CharField(max_length=24, blank=True, editable=False)
    cancel_asked = models.BooleanField(_("cancellation asked"), default=False, editable=False)
    ball_side = models.CharField(_("whose move"), max_length=12, choices=Side.choices, blank=True, editable=False)
    ball_institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="legs_to_move",
        verbose_name=_("whose move"),
        editable=False,
    )
    due_at = models.DateTimeField(_("due"), null=True, blank=True, editable=False)
    responsible = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="legs_answered_for",
        verbose_name=_("answers for the patient"),
        editable=False,
    )
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    answer_by = models.DateTimeField(_("answer by"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    departed_at = models.DateTimeField(_("departed"), null=True, blank=True)
    arrived_at = models.DateTimeField(_("arrived"), null=True, blank=True)
    taken_over_at = models.DateTimeField(_("taken over"), null=True, blank=True)
    outcome_at = models.DateTimeField(_("outcome sent"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    expected_at = models.DateTimeField(_("expected"), null=True, blank=True)
    expected_return_on = models.DateField(_("expected return"), null=True, blank=True)
    contact = models.CharField(_("named contact"), max_length=120, blank=True)
    reservation = models.CharField(_("bed or appointment"), max_length=120, blank=True)
    reserved_until = models.DateTimeField(_("kept until"), null=True, blank=True)
    no_shows = models.PositiveSmallIntegerField(_("times not come"), default=0)
    reschedules = models.PositiveSmallIntegerField(_("dates changed"), default=0)
    transport = models.JSONField(_("transport"), default=dict, blank=True)
    transport_institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("transport by")
    )
    disposition = models.CharField(_("disposition"), max_length=16, choices=Disposition.choices, blank=True)
    alternative = models.ForeignKey(
        Institution, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("alternative")
    )
    reason_code = models.CharField(_("reason"), max_length=32, blank=True)
    entry_mode = models.CharField(_("entered"), max_length=16, choices=EntryMode.choices, default=EntryMode.LIVE)
    is_reopened = models.BooleanField(_("reopened"), default=False)
    was_accepted = models.BooleanField(default=False, editable=False)
    is_acknowledged = models.BooleanField(_("outcome read"), default=False)
    diverted_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="diverted_to"
    )

    class Meta:
        verbose_name = _("leg of a referral")
        verbose_name_plural = _("legs of referrals")
        ordering = ["request_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="leg_number_unique_in_request"),
            # The last word against two hospitals accepting one patient: the database itself allows one.
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(was_accepted=True, is_open=True),
                name="one_accepted_leg_per_request",
            ),
            models.CheckConstraint(
                condition=Q(to_institution__isnull=False) | Q(external_partner__isnull=False),
                name="leg_has_receiver",
            ),
            models.CheckConstraint(
                condition=Q(to_institution__isnull=True) | ~Q(to_institution=F("from_institution")),
                name="leg_goes_elsewhere",
            ),
        ]
        indexes = [
            models.Index(fields=["ball_institution", "due_at"], name="leg_to_move", condition=~Q(ball_side="")),
            models.Index(fields=["to_institution", "state"], name="leg_received_open", condition=Q(is_open=True)),
            models.Index(fields=["from_institution", "state"], name="leg_sent_open", condition=Q(is_open=True)),
            models.Index(
                fields=["from_institution"], name="leg_to_reroute", condition=Q(is_open=False) & ~Q(ball_side="")
            ),
            models.Index(fields=["to_institution", "-sent_at"], name="leg_received"),
            models.Index(fields=["from_institution", "-sent_at"], name="leg_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}.{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("referrals:case", args=[self.pk])


class LegEvent(models.Model):
    """One step of a leg. Rows are only ever added; what happened and when it was written down are both kept."""

    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="events")
    rule = models.CharField(max_length=4)
    step = models.CharField(_("step"), max_length=24)
    from_state = models.CharField(max_length=24, choices=LegState.choices, blank=True)
    to_state = models.CharField(max_length=24, choices=LegState.choices)
    side = models.CharField(_("side"), max_length=12, choices=Side.choices)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    acting_node = models.ForeignKey(OrganisationNode, on_delete=models.PROTECT, null=True, related_name="+")
    acting_role = models.CharField(max_length=24, blank=True)
    occurred_at = models.DateTimeField(_("happened"))
    recorded_at = models.DateTimeField(_("recorded"))
    entry_mode = models.CharField(max_length=16, choices=EntryMode.choices, default=EntryMode.LIVE)
    spoken_by = models.CharField(_("said by"), max_length=120, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason_code = models.CharField(_("reason"), max_length=32, blank=True)
    text = models.TextField(_("in words"), blank=True)
    facts = models.JSONField(default=dict)
    command_key = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("step of a referral")
        verbose_name_plural = _("steps of referrals")
        ordering = ["leg_id", "id"]
        indexes = [models.Index(fields=["step", "occurred_at"])]

    def __str__(self) -> str:
        return f"{self.leg_id} {self.step}"


class Question(ProvenancedRecord):
    """More information asked of the sender, with its answer."""

    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="questions")
    text = models.TextField(_("question"))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    due_at = models.DateTimeField(_("due"))
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("question")
        ordering = ["leg_id", "id"]

    def __str__(self) -> str:
        return f"question {self.pk}"


class Message(models.Model):
    """Free talk beside a case; it never changes a state."""

    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="messages")
    text = models.TextField(_("message"))
    side = models.CharField(_("side"), max_length=12, choices=Side.choices)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("message")
        ordering = ["leg_id", "id"]

    def __str__(self) -> str:
        return f"message {self.pk}"


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


class ClosingProposal(ProvenancedRecord):
    """Another record shows that the patient is elsewhere, discharged or dead; whoever must move says what follows."""

    class Fact(models.TextChoices):
        ADMITTED = "admitted", _("admitted")
        DISCHARGED = "discharged", _("discharged")
        DIED = "died", _("died")
        ARRIVED = "arrived", _("arrived")

    class State(models.TextChoices):
        OPEN = "open", _("to be answered")
        APPLIED = "applied", _("applied")
        REFUSED = "refused", _("refused")

    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="proposals")
    fact = models.CharField(_("what was seen"), max_length=10, choices=Fact.choices)
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("where")
    )
    happened_at = models.DateTimeField(_("happened"))
    source = models.CharField(_("source"), max_length=60)
    is_exact = models.BooleanField(_("certain match"), default=False)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    apply_at = models.DateTimeField(_("applied by itself at"), null=True, blank=True)
    # A proposal that the case did not take when its time had come; ``failure`` is the code of the refusal.
    failed_at = models.DateTimeField(_("could not be applied"), null=True, blank=True)
    failure = models.CharField(_("why not"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("proposal to close")
        ordering = ["leg_id", "id"]

    def __str__(self) -> str:
        return f"proposal {self.pk}"


class MergeConflict(ProvenancedRecord):
    """A decision from a device without network that met a leg already decided; a coordinator settles it."""

    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="merge_conflicts")
    step = models.CharField(_("step"), max_length=24)
    facts = models.JSONField(default=dict)
    occurred_at = models.DateTimeField(_("happened"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state_met = models.CharField(_("state met"), max_length=24, choices=LegState.choices)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settlement = models.TextField(_("how it was settled"), blank=True)

    class Meta:
        verbose_name = _("conflict of late entries")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"conflict {self.pk}"
