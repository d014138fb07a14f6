"""Alliances, agreements and duties: the spine that everything else points to."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import User
from lianyi.accounts.records import ProvenancedRecord
from lianyi.methods.periods import DateSpan
from lianyi.partnerships.evidence import EvidenceKind
from lianyi.registry.models import Institution, Place


class Tightness(models.TextChoices):
    LOOSE = "loose", _("loose")
    SEMI_TIGHT = "semi_tight", _("semi-tight")
    TIGHT = "tight", _("tight-knit")


class Alliance(ProvenancedRecord):
    """A standing group of institutions with a lead; an institution may sit in several of different kinds."""

    class Kind(models.TextChoices):
        URBAN_MEDICAL_GROUP = "urban_medical_group", _("urban medical group")
        COUNTY_MEDICAL_COMMUNITY = "county_medical_community", _("county medical community")
        SPECIALTY_ALLIANCE = "specialty_alliance", _("specialty alliance")
        TELEMEDICINE_NETWORK = "telemedicine_network", _("telemedicine network")
        MEDICAL_ASSOCIATION = "medical_association", _("medical association")

    code = models.CharField(_("code"), max_length=32, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=28, choices=Kind.choices)
    lead = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="led_alliances", verbose_name=_("lead institution")
    )
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, blank=True, related_name="alliances", verbose_name=_("region")
    )
    specialty = models.CharField(_("specialty"), max_length=8, blank=True)
    founded_on = models.DateField(_("founded on"), null=True, blank=True)
    dissolved_on = models.DateField(_("dissolved on"), null=True, blank=True)

    class Meta:
        verbose_name = _("alliance")
        verbose_name_plural = _("alliances")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name_zh


class AllianceMembership(ProvenancedRecord):
    """From when to when an institution belonged to an alliance, and how tightly."""

    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="memberships")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="alliance_memberships")
    tightness = models.CharField(_("tightness"), max_length=10, choices=Tightness.choices, default=Tightness.LOOSE)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["alliance_id", "institution_id", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "institution", "valid_from"], name="membership_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="membership_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution} ∈ {self.alliance}"


class Standing(models.TextChoices):
    """An agreement's state together with what its dates say."""

    DRAFT = "draft", _("draft")
    NOT_BEGUN = "not_begun", _("not begun")
    IN_FORCE = "in_force", _("in force")
    TERM_OVER = "term_over", _("term over")
    TERMINATED = "terminated", _("ended before its term")


class Agreement(ProvenancedRecord):
    """What parties promised each other, for a term."""

    class Kind(models.TextChoices):
        COUNTERPART_SUPPORT = "counterpart_support", _("counterpart support")
        INTER_PROVINCIAL = "inter_provincial", _("inter-provincial counterpart support")
        GROUP_STYLE = "group_style", _("group-style assistance")
        COOPERATION = "cooperation", _("hospital cooperation")
        SPECIALTY_ALLIANCE = "specialty_alliance", _("specialty alliance")
        VILLAGE_DOCTORS = "village_doctors", _("village doctor scheme")
        MOBILE_SERVICE = "mobile_service", _("mobile hospitals and teams")
        EXCHANGE = "exchange", _("exchange between districts")
        SUPERVISION = "supervision", _("regional supervision")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_FORCE = "in_force", _("in force")
        TERMINATED = "terminated", _("ended before its term")

    class Approval(models.TextChoices):
        HOME_DEPARTMENT = "home_department", _("home department")
        HOME_HOSPITAL = "home_hospital", _("home hospital")
        RECEIVING_UNIT = "receiving_unit", _("receiving unit")

    code = models.CharField(_("code"), max_length=32, unique=True)
    title_zh = models.CharField(_("Chinese title"), max_length=200)
    title_en = models.CharField(_("English title"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=24, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.DRAFT)
    alliance = models.ForeignKey(
        Alliance, on_delete=models.PROTECT, null=True, blank=True, related_name="agreements", verbose_name=_("alliance")
    )
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    term_is_stated = models.BooleanField(_("the term is stated in the source"), default=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    terminated_on = models.DateField(_("ended early on"), null=True, blank=True)
    rule_set = models.CharField(_("rule set"), max_length=64, blank=True)
    approvals = models.JSONField(_("approvals asked for a posting"), default=list, blank=True)
    summary_zh = models.TextField(_("Chinese summary"), blank=True)
    summary_en = models.TextField(_("English summary"), blank=True)
    renews = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="renewal", verbose_name=_("renews")
    )
    document = models.FileField(_("signed document"), upload_to="agreements", blank=True)
    document_name = models.CharField(max_length=200, blank=True)
    document_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="agreement_dates_in_order"),
        ]
        indexes = [models.Index(fields=["kind", "state"])]

    def __str__(self) -> str:
        return self.title_zh

    def get_absolute_url(self) -> str:
        return reverse("partnerships:agreement", args=[self.pk])

    def standing(self, today: datetime.date) -> Standing:
        """Return where the agreement stands on a day; what the dates tell is computed, never set by hand."""
        if self.state != self.State.IN_FORCE:
            return Standing(self.state)
        if today < self.starts_on:
            return Standing.NOT_BEGUN
        return Standing.IN_FORCE if today <= self.ends_on else Standing.TERM_OVER

    @property
    def term(self) -> DateSpan:
        last_day = self.ends_on if self.terminated_on is None else min(self.ends_on, self.terminated_on)
        return DateSpan(self.starts_on, max(last_day, self.starts_on))

    def is_running_on(self, day: datetime.date) -> bool:
        return self.state != self.State.DRAFT and self.term.start <= day <= self.term.end


class AgreementPartyQuerySet(models.QuerySet["AgreementParty"]):
    """Parties of agreements."""

    def taking_part_on(self, day: datetime.date) -> Self:
        """Keep those that said yes and have not left: only they give and get what the agreement opens."""
        there = Q(valid_to__isnull=True) | Q(valid_to__gte=day)
        return self.filter(there, confirmed_at__isnull=False, valid_from__lte=day)


class AgreementParty(ProvenancedRecord):
    """An institution's part in an agreement, dated. It opens nothing until somebody of the institution confirms it."""

    class Side(models.TextChoices):
        SUPPORTING = "supporting", _("supports")
        SUPPORTED = "supported", _("is supported")
        MUTUAL = "mutual", _("both gives and takes")
        ORGANISER = "organiser", _("organises")
        SITE = "site", _("place of work")

    class Answer(models.TextChoices):
        CONFIRMED = "confirmed", _("confirmed")
        REFUSED = "refused", _("refused")
        ASKED = "asked", _("not confirmed yet")

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="parties")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="agreement_parts")
    side = models.CharField(_("side"), max_length=10, choices=Side.choices)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("confirmed by")
    )
    refused_at = models.DateTimeField(_("refused at"), null=True, blank=True)
    refused_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("refused by")
    )
    refusal_reason = models.TextField(_("reason of the refusal"), blank=True)

    objects: ClassVar[models.Manager[AgreementParty]] = AgreementPartyQuerySet.as_manager()

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["agreement_id", "side", "institution_id"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "institution"], name="party_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="party_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(refused_at__isnull=True), name="party_has_one_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution} ({self.get_side_display()})"

    @property
    def answer(self) -> Answer:
        """Return what the institution itself said to its part."""
        if self.confirmed_at is not None:
            return self.Answer.CONFIRMED
        return self.Answer.ASKED if self.refused_at is None else self.Answer.REFUSED


# Condition of a duty of presence: somebody at any of the places is enough; without it each supported one counts.
ANY_SITE = "any_site"


class Duty(ProvenancedRecord):
    """One promise with a number, a unit, a period and the kind of evidence that counts toward it."""

    class Period(models.TextChoices):
        TERM = "term", _("over the whole term")
        YEAR = "year", _("every calendar year")
        QUARTER = "quarter", _("every quarter")
        MONTH = "month", _("every month")
        WEEK = "week", _("every week")

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="duties")
    code = models.CharField(_("code"), max_length=32)
    title_zh = models.CharField(_("Chinese title"), max_length=200)
    title_en = models.CharField(_("English title"), max_length=200, blank=True)
    evidence_kind = models.CharField(_("evidence that counts"), max_length=32, choices=EvidenceKind.choices)
    quantity = models.DecimalField(_("promised"), max_digits=12, decimal_places=3)
    unit = models.CharField(_("unit"), max_length=32)
    period = models.CharField(_("period"), max_length=8, choices=Period.choices, default=Period.TERM)
    owner_side = models.CharField(
        _("owed by"), max_length=10, choices=AgreementParty.Side.choices, default=AgreementParty.Side.SUPPORTING
    )
    starts_on = models.DateField(_("from"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    parameters = models.JSONField(_("conditions"), default=dict, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        ordering = ["agreement_id", "code"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "code"], name="duty_code_unique_in_agreement"),
            models.CheckConstraint(condition=Q(quantity__gt=Decimal(0)), name="duty_promises_something"),
        ]

    def __str__(self) -> str:
        return self.title_zh

    def get_absolute_url(self) -> str:
        return reverse("partnerships:duty", args=[self.pk])


class CycleStep(ProvenancedRecord):
    """One of the six steps of the twinning cycle, dated; a new cycle starts from the last review."""

    class Step(models.IntegerChoices):
        PARTNERSHIP = 1, _("partnership")
        NEEDS = 2, _("needs assessment")
        GAPS = 3, _("gap analysis")
        PLAN = 4, _("action plan")
        ACTION = 5, _("action")
        REVIEW = 6, _("review")

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="cycle_steps")
    cycle = models.PositiveSmallIntegerField(_("cycle"), default=1)
    step = models.PositiveSmallIntegerField(_("step"), choices=Step.choices)
    started_on = models.DateField(_("started on"))
    finished_on = models.DateField(_("finished on"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("step of the cycle")
        ordering = ["agreement_id", "cycle", "step"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "cycle", "step"], name="cycle_step_once"),
            models.CheckConstraint(
                condition=Q(finished_on__isnull=True) | Q(finished_on__gte=F("started_on")),
                name="cycle_step_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cycle}.{self.step}"


class TimelineFact(ProvenancedRecord):
    """Something that happened in the partnership, as recorded in the work or as a published report tells it."""

    class Kind(models.TextChoices):
        SIGNING = "signing", _("agreement")
        STAFF = "staff", _("people sent or received")
        VISIT = "visit", _("visit")
        MEETING = "meeting", _("meeting or symposium")
        TRAINING = "training", _("training")
        CLINIC = "clinic", _("free clinic or round")
        TECHNIQUE = "technique", _("technique")
        CONSTRUCTION = "construction", _("construction of a department or centre")
        REFERRAL = "referral", _("referral and green channel")
        DEMAND = "demand", _("demand or suggestion")
        RECOGNITION = "recognition", _("recognition")
        OTHER = "other", _("other")

    class Precision(models.TextChoices):
        DAY = "day", _("day")
        MONTH = "month", _("month")
        YEAR = "year", _("year")

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="facts")
    code = models.CharField(_("code"), max_length=32)
    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices)
    happened_on = models.DateField(_("date"))
    precision = models.CharField(_("exact to the"), max_length=5, choices=Precision.choices, default=Precision.DAY)
    statement_zh = models.TextField(_("Chinese text"))
    statement_en = models.TextField(_("English text"), blank=True)
    quantity = models.DecimalField(_("figure"), max_digits=14, decimal_places=3, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=32, blank=True)
    duty = models.ForeignKey(
        Duty, on_delete=models.PROTECT, null=True, blank=True, related_name="facts", verbose_name=_("duty")
    )
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("event of the time line")
        verbose_name_plural = _("events of the time line")
        ordering = ["agreement_id", "happened_on", "code"]
        constraints = [models.UniqueConstraint(fields=["agreement", "code"], name="fact_code_unique_in_agreement")]

    def __str__(self) -> str:
        return self.statement_zh[:60]
