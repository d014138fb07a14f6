"""Visits between institutions: exchange, inspection, symposium, condolence; their programme, what was seen and said."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import User
from lianyi.accounts.records import ProvenancedRecord
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Institution, Place, Staff


class VisitKind(models.TextChoices):
    EXCHANGE = "exchange", _("exchange visit")
    INSPECTION = "inspection", _("inspection")
    SYMPOSIUM = "symposium", _("symposium")
    CONDOLENCE = "condolence", _("condolence visit")


class VisitState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("state of a visit", "planned")
    HELD = "held", pgettext_lazy("state of a visit", "held")
    MINUTES_WRITTEN = "minutes_written", _("minutes written")
    MINUTES_AGREED = "minutes_agreed", _("minutes agreed")
    CANCELLED = "cancelled", pgettext_lazy("state of a visit", "cancelled")


HELD_STATES = (VisitState.HELD, VisitState.MINUTES_WRITTEN, VisitState.MINUTES_AGREED)
"""The visit took place: it counts, whatever became of its minutes."""


class VisitSide(models.TextChoices):
    HOST = "host", pgettext_lazy("side of a visit", "host")
    GUEST = "guest", pgettext_lazy("side of a visit", "guest")


class ExchangeVisit(ProvenancedRecord):
    """One visit: who comes to whom, when and where, under which agreement, and what was seen and agreed."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    agreement = models.ForeignKey(
        Agreement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="exchange_visits",
        verbose_name=_("agreement"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=VisitKind.choices)
    title_zh = models.CharField(_("Chinese title"), max_length=200)
    title_en = models.CharField(_("English title"), max_length=200, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    host = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="visits_hosted", verbose_name=_("host institution")
    )
    guest = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="visits_paid", verbose_name=_("guest institution")
    )
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, blank=True, related_name="exchange_visits", verbose_name=_("place")
    )
    venue = models.CharField(_("where exactly"), max_length=200, blank=True)
    seen_zh = models.TextField(_("what was seen, in Chinese"), blank=True)
    seen_en = models.TextField(_("what was seen, in English"), blank=True)
    agreed_zh = models.TextField(_("what was agreed, in Chinese"), blank=True)
    agreed_en = models.TextField(_("what was agreed, in English"), blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=VisitState.choices, default=VisitState.PLANNED)
    # Which side wrote the minutes: the other one agrees to them.
    minutes_side = models.CharField(_("minutes written by"), max_length=5, choices=VisitSide.choices, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("visit", "visit")
        verbose_name_plural = _("visits")
        ordering = ["-starts_on", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="exchange_visit_dates_in_order"),
            models.CheckConstraint(condition=~Q(host=F("guest")), name="exchange_visit_between_two"),
            models.CheckConstraint(
                condition=~Q(state__in=["minutes_written", "minutes_agreed"]) | ~Q(minutes_side=""),
                name="exchange_visit_minutes_have_a_side",
            ),
        ]
        indexes = [models.Index(fields=["state", "starts_on"])]

    def __str__(self) -> str:
        return self.title_zh

    def get_absolute_url(self) -> str:
        return reverse("exchanges:visit", args=[self.pk])


class VisitEvent(models.Model):
    """One step of a visit. Rows are only ever added."""

    visit = models.ForeignKey(
        ExchangeVisit, on_delete=models.PROTECT, related_name="events", verbose_name=pgettext_lazy("visit", "visit")
    )
    step = models.CharField(_("step"), max_length=16)
    from_state = models.CharField(_("state before"), max_length=16, choices=VisitState.choices, blank=True)
    to_state = models.CharField(_("state after"), max_length=16, choices=VisitState.choices)
    recorded_at = models.DateTimeField(_("recorded at"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("user"))
    acting_role = models.CharField(_("role"), max_length=24, blank=True)
    reason = models.TextField(_("reason in words"), blank=True)

    class Meta:
        verbose_name = _("step of an exchange visit")
        verbose_name_plural = _("steps of exchange visits")
        ordering = ["visit_id", "id"]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.step}"


class VisitPart(ProvenancedRecord):
    """What belongs to a visit in order: a line that was wrong is taken back, never removed."""

    visit: models.ForeignKey[ExchangeVisit, ExchangeVisit]
    position = models.PositiveSmallIntegerField(_("order"))
    is_void = models.BooleanField(_("taken back"), default=False)

    class Meta:
        abstract = True


class VisitInstitution(VisitPart):
    """A further institution of one side: a symposium has several guests, an inspection goes to several places."""

    visit = models.ForeignKey(
        ExchangeVisit,
        on_delete=models.PROTECT,
        related_name="institutions",
        verbose_name=pgettext_lazy("visit", "visit"),
    )
    side = models.CharField(_("side"), max_length=5, choices=VisitSide.choices)
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="visits_beside", verbose_name=_("institution")
    )

    class Meta:
        verbose_name = _("further institution of a visit")
        verbose_name_plural = _("further institutions of visits")
        ordering = ["visit_id", "side", "position"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "position"], name="visit_institution_position_once"),
            models.UniqueConstraint(
                fields=["visit", "institution"], condition=Q(is_void=False), name="visit_institution_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.institution)


class ProgrammeLine(VisitPart):
    """One line of the programme: when, what, by whom."""

    visit = models.ForeignKey(
        ExchangeVisit, on_delete=models.PROTECT, related_name="programme", verbose_name=pgettext_lazy("visit", "visit")
    )
    day = models.DateField(_("day"), null=True, blank=True)
    starts_at = models.TimeField(_("from (time)"), null=True, blank=True)
    ends_at = models.TimeField(_("to (time)"), null=True, blank=True)
    subject_zh = models.CharField(_("subject, in Chinese"), max_length=300, blank=True)
    subject_en = models.CharField(_("subject, in English"), max_length=300, blank=True)
    speaker = models.CharField(_("who"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("line of the programme")
        verbose_name_plural = _("lines of the programme")
        ordering = ["visit_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "position"], name="programme_line_position_once"),
            models.CheckConstraint(condition=~Q(subject_zh="", subject_en=""), name="programme_line_says_something"),
        ]

    def __str__(self) -> str:
        return self.subject_zh or self.subject_en


class VisitParticipant(VisitPart):
    """Somebody who took part: on record as staff, or by name and function only."""

    visit = models.ForeignKey(
        ExchangeVisit,
        on_delete=models.PROTECT,
        related_name="participants",
        verbose_name=pgettext_lazy("visit", "visit"),
    )
    side = models.CharField(_("side"), max_length=5, choices=VisitSide.choices)
    staff = models.ForeignKey(
        Staff,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="visits_joined",
        verbose_name=_("staff member"),
    )
    name = models.CharField(_("name"), max_length=100, blank=True)
    function = models.CharField(_("function"), max_length=100, blank=True)
    institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="visits_joined",
        verbose_name=_("institution"),
    )

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ["visit_id", "side", "position"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "position"], name="visit_participant_position_once"),
            models.CheckConstraint(
                condition=Q(staff__isnull=False) | ~Q(name="") | ~Q(function=""), name="visit_participant_is_somebody"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.function or str(self.staff)


class Contribution(VisitPart):
    """What somebody said: the topic and the words, in short."""

    visit = models.ForeignKey(
        ExchangeVisit,
        on_delete=models.PROTECT,
        related_name="contributions",
        verbose_name=pgettext_lazy("visit", "visit"),
    )
    speaker = models.CharField(_("who"), max_length=200)
    topic = models.CharField(_("topic"), max_length=200, blank=True)
    words_zh = models.TextField(_("what was said, in Chinese"), blank=True)
    words_en = models.TextField(_("what was said, in English"), blank=True)

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        ordering = ["visit_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "position"], name="contribution_position_once"),
            models.CheckConstraint(condition=~Q(words_zh="", words_en=""), name="contribution_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.speaker}: {self.topic}"
