"""Postings: who works where, from when to when, for whom, and everything that happened on the way."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import User
from lianyi.accounts.records import ProvenancedRecord
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Department, Institution, Staff


class PostingKind(models.TextChoices):
    TEAM = "team", _("team posting")
    SECONDMENT_UP = "secondment_up", _("secondment up")
    FIRST_VILLAGE_DOCTOR = "first_village_doctor", _("first village doctor")
    EXECUTIVE_DEAN = "executive_dean", _("executive dean")
    FIRST_SECRETARY = "first_secretary", _("first secretary")
    VISITING_EXPERT = "visiting_expert", _("visiting expert")


class PostingState(models.TextChoices):
    DRAFT = "draft", _("draft")
    PLANNED = "planned", _("planned")
    TRAVELLING = "travelling", _("travelling")
    ON_SITE = "on_site", _("on site")
    EXTENDED = "extended", _("extended")
    ENDED = "ended", _("ended")
    HANDED_OVER = "handed_over", _("handed over")
    APPRAISED = "appraised", _("appraised")
    CLOSED = "closed", _("closed")
    RETURNED_EARLY = "returned_early", _("returned early")
    CANCELLED = "cancelled", _("cancelled")
    VOID = "void", _("void")


class Batch(ProvenancedRecord):
    """A wave of people sent together under one agreement."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="batches")
    number = models.PositiveSmallIntegerField(_("number"))
    name_zh = models.CharField(_("Chinese name"), max_length=100, blank=True)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering = ["agreement_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="batch_number_unique_in_agreement"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="batch_dates_in_order"),
        ]

    def __str__(self) -> str:
        return self.name_zh or str(self.number)


class Team(ProvenancedRecord):
    """People who work as one, with a leader."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="teams")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, blank=True, related_name="teams")
    code = models.CharField(_("code"), max_length=32)
    name_zh = models.CharField(_("Chinese name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    leader = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="led_teams", verbose_name=_("leader")
    )

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["agreement_id", "code"]
        constraints = [models.UniqueConstraint(fields=["agreement", "code"], name="team_code_unique_in_agreement")]

    def __str__(self) -> str:
        return self.name_zh


class Posting(ProvenancedRecord):
    """One person's work at another institution."""

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="postings", verbose_name=_("agreement")
    )
    code = models.CharField(_("number"), max_length=40)
    kind = models.CharField(_("kind"), max_length=24, choices=PostingKind.choices)
    state = models.CharField(_("state"), max_length=16, choices=PostingState.choices, default=PostingState.DRAFT)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="postings", verbose_name=_("person"))
    from_institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        related_name="postings_out",
        verbose_name=pgettext_lazy("institution", "from"),
    )
    from_department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="postings_out",
        verbose_name=_("home department"),
    )
    to_institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        related_name="postings_in",
        verbose_name=pgettext_lazy("institution", "to"),
    )
    to_department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="postings_in",
        verbose_name=_("receiving department"),
    )
    specialty = models.CharField(_("specialty"), max_length=8, blank=True)
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, null=True, blank=True, related_name="postings", verbose_name=_("batch")
    )
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="postings", verbose_name=_("team")
    )
    predecessor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="successors",
        verbose_name=_("takes over from"),
    )
    need = models.ForeignKey(
        "dispatch.Need",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="postings",
        verbose_name=_("need"),
    )
    starts_on = models.DateField(_("planned from"))
    ends_on = models.DateField(_("planned to"))
    arrived_on = models.DateField(_("arrived on"), null=True, blank=True)
    left_on = models.DateField(_("last day on site"), null=True, blank=True)
    tasks = models.TextField(_("tasks"), blank=True)
    # Kept when the line is published: a later promotion does not rewrite what was sent, or its certificate.
    title_rank = models.CharField(_("title rank when sent"), max_length=16, blank=True)
    title = models.CharField(_("title when sent"), max_length=60, blank=True)
    handover_note = models.TextField(_("hand-over note"), blank=True)
    appraisal = models.TextField(_("appraisal"), blank=True)

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ["starts_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "code"], name="posting_code_unique_in_agreement"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="posting_plan_in_order"),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(arrived_on__isnull=False, left_on__gte=F("arrived_on")),
                name="posting_stay_in_order",
            ),
            models.CheckConstraint(condition=~Q(from_institution=F("to_institution")), name="posting_goes_elsewhere"),
        ]
        indexes = [
            models.Index(fields=["agreement", "state", "starts_on"]),
            models.Index(fields=["to_institution", "starts_on"]),
            models.Index(fields=["from_institution", "starts_on"]),
            models.Index(fields=["staff", "starts_on"]),
            models.Index(fields=["state", "starts_on", "ends_on"]),
            models.Index(fields=["left_on"]),
            models.Index(fields=["-starts_on", "code"]),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("dispatch:posting", args=[self.pk])

    @property
    def held_title_rank(self) -> str:
        """The rank of title with which the person is sent: as published, before that as the registry has it."""
        return self.title_rank or self.staff.title_rank

    @property
    def held_title(self) -> str:
        """The title with which the person is sent, as written in their file then."""
        return self.title if self.title_rank else self.staff.title


class PostingEvent(models.Model):
    """One step of a posting through its states, or a note beside them. Rows are only ever added."""

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="events")
    step = models.CharField(_("step"), max_length=24)
    from_state = models.CharField(max_length=16, choices=PostingState.choices)
    to_state = models.CharField(max_length=16, choices=PostingState.choices)
    happened_on = models.DateField(_("on"))
    recorded_at = models.DateTimeField(_("recorded at"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    acting_role = models.CharField(max_length=24, blank=True)
    reason_code = models.CharField(_("reason"), max_length=32, blank=True)
    reason = models.TextField(_("reason in words"), blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("step of a posting")
        ordering = ["posting_id", "id"]

    def __str__(self) -> str:
        return f"{self.posting_id} {self.step}"


class PostingAbsence(ProvenancedRecord):
    """Days on which a posted person was not on site."""

    class Kind(models.TextChoices):
        HOME_LEAVE = "home_leave", _("home leave")
        SICK = "sick", _("sick leave")
        DUTY_TRAVEL = "duty_travel", _("duty travel")
        TRAINING = "training", _("training")
        OTHER = "other", _("other")

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="absences")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    is_void = models.BooleanField(_("entered in error"), default=False)

    class Meta:
        verbose_name = _("absence")
        ordering = ["posting_id", "starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="absence_dates_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on}–{self.ends_on}"


class PostingApproval(ProvenancedRecord):
    """The answer of one of the sides that the agreement asks before a posting is published."""

    class Answer(models.TextChoices):
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        LAPSED = "lapsed", _("lapsed, the line was changed")

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="approvals")
    side = models.CharField(_("side"), max_length=16, choices=Agreement.Approval.choices)
    answer = models.CharField(_("answer"), max_length=8, choices=Answer.choices)
    reason = models.TextField(_("reason"), blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("decided at"))

    class Meta:
        verbose_name = _("approval")
        ordering = ["posting_id", "side"]
        constraints = [models.UniqueConstraint(fields=["posting", "side"], name="one_answer_per_side")]

    def __str__(self) -> str:
        return f"{self.posting_id} {self.side} {self.answer}"
