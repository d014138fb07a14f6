"""The pool: who may be sent, within which limits, with or without whom, and who was asked, invited or applied."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import User
from lianyi.accounts.records import ProvenancedRecord, VersionedRecord
from lianyi.dispatch.models.needs import Need
from lianyi.registry.models import Institution, Staff


class PoolStanding(models.TextChoices):
    """Whether somebody of the pool may be planned."""

    WILLING = "willing", _("may be planned")
    PAUSED = "paused", _("not for the time being")
    LEFT = "left", _("left the pool")


class PoolMember(ProvenancedRecord):
    """One person's entry in the pool, with the limits that a plan must keep. An empty limit is none.

    What the registry keeps (specialty, title, leave) and what postings prove is not written here again. No limit asks
    for its private reason; there is no field that could hold one.
    """

    staff = models.OneToOneField(Staff, on_delete=models.PROTECT, related_name="pool_member", verbose_name=_("person"))
    standing = models.CharField(_("standing"), max_length=8, choices=PoolStanding.choices, default=PoolStanding.WILLING)
    longest_term_months = models.PositiveSmallIntegerField(_("longest term (months)"), null=True, blank=True)
    highest_altitude_m = models.PositiveSmallIntegerField(_("highest altitude (m)"), null=True, blank=True)
    hardest_hardship = models.PositiveSmallIntegerField(_("hardest hardship level"), null=True, blank=True)
    not_before = models.DateField(_("not before"), null=True, blank=True)
    not_after = models.DateField(_("not after"), null=True, blank=True)
    has_family_limit = models.BooleanField(_("ask before planning, for family reasons"), default=False)

    class Meta:
        verbose_name = _("entry in the pool")
        verbose_name_plural = _("pool")
        ordering = ["staff__institution_id", "staff__code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(not_before__isnull=True) | Q(not_after__isnull=True) | Q(not_after__gte=F("not_before")),
                name="pool_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(longest_term_months__isnull=True) | Q(longest_term_months__gte=1),
                name="pool_longest_term_of_something",
            ),
        ]

    def __str__(self) -> str:
        return str(self.staff)

    def get_absolute_url(self) -> str:
        return reverse("dispatch:pool-member", args=[self.pk])


class PoolPreference(models.Model):
    """A recipient to which a person would rather go, or will not go. Written together with the entry."""

    class Kind(models.TextChoices):
        PREFERRED = "preferred", pgettext_lazy("recipient", "preferred")
        REFUSED = "refused", pgettext_lazy("recipient", "refused")

    member = models.ForeignKey(
        PoolMember, on_delete=models.PROTECT, related_name="preferences", verbose_name=_("entry in the pool")
    )
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="+", verbose_name=_("institution")
    )
    kind = models.CharField(_("kind"), max_length=9, choices=Kind.choices)

    class Meta:
        verbose_name = _("wish of a person")
        ordering = ["member_id", "kind", "institution__code"]
        constraints = [
            models.UniqueConstraint(fields=["member", "institution"], name="one_wish_per_recipient"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.kind} {self.institution_id}"


class CoupleRule(models.TextChoices):
    TOGETHER = "together", _("go together")
    APART = "apart", _("never both away")


class CoupleState(models.TextChoices):
    PROPOSED = "proposed", _("waits for the other's word")
    AGREED = "agreed", _("agreed by both")
    ENDED = "ended", pgettext_lazy("couple", "no longer")


class PoolCouple(VersionedRecord):
    """Two people who go together or are never both away. It binds a plan once both agreed, until one ends it."""

    proposer = models.ForeignKey(
        Staff, on_delete=models.PROTECT, related_name="couples_proposed", verbose_name=_("person")
    )
    partner = models.ForeignKey(
        Staff, on_delete=models.PROTECT, related_name="couples_asked", verbose_name=_("other person")
    )
    rule = models.CharField(_("rule"), max_length=8, choices=CoupleRule.choices)
    state = models.CharField(_("state"), max_length=8, choices=CoupleState.choices, default=CoupleState.PROPOSED)

    class Meta:
        verbose_name = _("couple")
        verbose_name_plural = _("couples")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(proposer=F("partner")), name="couple_of_two"),
            models.UniqueConstraint(
                fields=["proposer", "partner"], condition=~Q(state="ended"), name="couple_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposer_id} {self.rule} {self.partner_id}"


class CandidacyOrigin(models.TextChoices):
    """Who began."""

    ASKED = "asked", _("the receiving unit asks")
    APPLIED = "applied", _("the person applies")
    INVITED = "invited", _("the home hospital invites")


class CandidacyState(models.TextChoices):
    """Where a candidacy stands. That nobody answered by the date is derived and never kept."""

    ASKED = "asked", _("waits for the home hospital")
    APPLIED = "applied", _("applied, waits for the home hospital")
    INVITED = "invited", _("invited, waits for the person")
    AGREED = "agreed", _("agreed")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")
    NO_ANSWER = "no_answer", _("no answer by the date")


KEPT_CANDIDACY_STATES = tuple(state for state in CandidacyState if state is not CandidacyState.NO_ANSWER)


class Candidacy(ProvenancedRecord):
    """That somebody, or somebody of a kind, is asked for, invited or applies to be sent; with the answer.

    ``named_by_asker`` says that the receiving unit itself named the person; only then may it read the name here. Whom
    the home hospital chose it learns when the posting is published.
    """

    origin = models.CharField(_("begun by"), max_length=8, choices=CandidacyOrigin.choices)
    home_institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="candidacies_out", verbose_name=_("home hospital")
    )
    to_institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="candidacies_in",
        verbose_name=_("receiving institution"),
    )
    staff = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="candidacies", verbose_name=_("person")
    )
    named_by_asker = models.BooleanField(_("named by the receiving unit"), default=False)
    need = models.ForeignKey(
        Need, on_delete=models.PROTECT, null=True, blank=True, related_name="candidacies", verbose_name=_("need")
    )
    specialty = models.CharField(_("specialty"), max_length=8, blank=True)
    profession = models.CharField(_("profession"), max_length=24, blank=True)
    least_title_rank = models.CharField(_("least title"), max_length=16, default="none")
    starts_on = models.DateField(_("wanted from"), null=True, blank=True)
    ends_on = models.DateField(_("wanted to"), null=True, blank=True)
    answer_by = models.DateField(_("answer by"))
    message = models.TextField(_("message"), blank=True)
    state = models.CharField(_("state"), max_length=9, choices=CandidacyState.choices)

    class Meta:
        verbose_name = _("candidacy")
        verbose_name_plural = _("candidacies")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[str(state.value) for state in KEPT_CANDIDACY_STATES]),
                name="candidacy_derived_state_never_kept",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="candidacy_period_in_order",
            ),
            models.CheckConstraint(
                condition=Q(origin="asked") | Q(staff__isnull=False), name="candidacy_of_a_person_unless_asked"
            ),
            models.CheckConstraint(
                condition=~Q(origin="asked") | Q(to_institution__isnull=False), name="candidacy_asked_by_somebody"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["invited", "applied", "agreed"]) | Q(staff__isnull=False),
                name="candidacy_answer_of_a_person",
            ),
        ]
        indexes = [
            models.Index(fields=["home_institution", "state"]),
            models.Index(fields=["to_institution", "state"]),
            models.Index(fields=["staff", "state"]),
        ]

    def __str__(self) -> str:
        return f"{self.origin} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("dispatch:candidacy", args=[self.pk])


class PoolEvent(models.Model):
    """One thing that happened to an entry, a couple or a candidacy. Rows are only ever added."""

    member = models.ForeignKey(
        PoolMember,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("entry in the pool"),
    )
    couple = models.ForeignKey(PoolCouple, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    candidacy = models.ForeignKey(Candidacy, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    step = models.CharField(_("step"), max_length=24)
    from_state = models.CharField(max_length=9, blank=True)
    to_state = models.CharField(max_length=9)
    recorded_at = models.DateTimeField(_("recorded at"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    acting_role = models.CharField(max_length=24, blank=True)
    # An office may write down what somebody said by telephone; the history says so.
    on_behalf = models.BooleanField(_("recorded by the office for the person"), default=False)
    reason_code = models.CharField(_("reason"), max_length=32, blank=True)
    reason = models.TextField(_("reason in words"), blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("step in the pool")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(member__isnull=False, couple__isnull=True, candidacy__isnull=True)
                | Q(member__isnull=True, couple__isnull=False, candidacy__isnull=True)
                | Q(member__isnull=True, couple__isnull=True, candidacy__isnull=False),
                name="pool_event_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.to_state}"
