"""Rounds: programmes of mobile hospitals and walking doctors, stops and crews, what is planned and what was done."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import User
from lianyi.accounts.records import ProvenancedRecord, VersionedRecord
from lianyi.dispatch.models.postings import Team
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Institution, Place


class RoundKind(models.TextChoices):
    MOBILE_HOSPITAL = "mobile_hospital", _("mobile hospital")
    WALKING_DOCTOR = "walking_doctor", _("walking doctors")
    VISITING_SPECIALIST = "visiting_specialist", _("visiting specialists")


class RoundPeriod(models.TextChoices):
    """The calendar period within which so many visits are required."""

    WEEK = "week", _("week")
    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")


class VisitState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("visit of a round", "planned")
    DONE = "done", pgettext_lazy("visit of a round", "done")
    SHORTENED = "shortened", _("shortened")
    MISSED = "missed", _("missed")
    WITHDRAWN = "withdrawn", pgettext_lazy("visit of a round", "withdrawn")


HELD_STATES = (VisitState.DONE, VisitState.SHORTENED)
RECORDED_STATES = (*HELD_STATES, VisitState.MISSED)


class VisitReason(models.TextChoices):
    """Why a visit was missed or cut short, or a stop cannot be visited."""

    WEATHER = "weather", _("weather")
    ROAD = "road", _("road closed")
    VEHICLE = "vehicle", _("vehicle out of order")
    CREW_SHORT = "crew_short", _("people of the crew missing")
    PEOPLE_AWAY = "people_away", _("villagers away")
    EMERGENCY = "emergency", _("called to an emergency")
    RAN_LATE = "ran_late", _("earlier stops took longer")
    OTHER = "other", _("other")


class VisitService(models.TextChoices):
    """What is done at a stop; kept as counts, never by person."""

    CONSULTATION = "consultation", pgettext_lazy("visit of a round", "consultations")
    EXAMINATION = "examination", _("physical examinations")
    TEST = "test", _("tests and imaging")
    FOLLOW_UP = "follow_up", _("follow-ups of chronic disease")
    MEDICINE = "medicine", _("medicines given out")
    VACCINATION = "vaccination", _("vaccinations")
    HOME_VISIT = "home_visit", _("home visits")
    EDUCATION = "education", _("people taught about health")
    REFERRED = "referred", _("people referred on")
    LOCAL_TRAINING = "local_training", _("local staff taught")


class PlanState(models.TextChoices):
    PROPOSED = "proposed", _("proposed")
    TAKEN_OVER = "taken_over", pgettext_lazy("plan of rounds", "taken over")
    PUT_ASIDE = "put_aside", _("put aside")


class RoundProgramme(ProvenancedRecord):
    """Rounds under one agreement: how often its stops are to be visited, by which rule, from when to when."""

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="round_programmes", verbose_name=_("agreement")
    )
    code = models.CharField(_("code"), max_length=32, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=RoundKind.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    required_visits = models.PositiveSmallIntegerField(_("visits required"))
    period = models.CharField(_("in every"), max_length=8, choices=RoundPeriod.choices)
    least_days_between = models.PositiveSmallIntegerField(_("days from one visit to the next, at least"), default=1)
    most_days_between = models.PositiveSmallIntegerField(
        _("days from one visit to the next, at most"), null=True, blank=True
    )
    # "<rule set>/<requirement>" where the frequency comes from a rule; empty where the programme itself states it.
    rule = models.CharField(_("required by"), max_length=130, blank=True)

    class Meta:
        verbose_name = _("programme of rounds")
        verbose_name_plural = _("programmes of rounds")
        ordering = ["agreement_id", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="round_programme_dates_in_order"),
            models.CheckConstraint(condition=Q(required_visits__gte=1), name="round_programme_asks_for_visits"),
            models.CheckConstraint(
                condition=Q(least_days_between__gte=1)
                & (Q(most_days_between__isnull=True) | Q(most_days_between__gte=F("least_days_between"))),
                name="round_programme_spacing_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh

    def get_absolute_url(self) -> str:
        return reverse("dispatch:round-programme", args=[self.pk])


class RoundCrew(ProvenancedRecord):
    """A team on the road: from where it sets out, on which days, within which hours, with which vehicle and skills."""

    programme = models.ForeignKey(
        RoundProgramme, on_delete=models.PROTECT, related_name="crews", verbose_name=_("programme of rounds")
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="round_crews", verbose_name=_("team"))
    start = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="round_crews", verbose_name=_("sets out from")
    )
    vehicle = models.CharField(_("vehicle"), max_length=100, blank=True)
    # Digits 1 (Monday) to 7.
    weekdays = models.CharField(_("working days"), max_length=7, default="12345")
    day_starts_at = models.TimeField(_("day begins at"))
    day_ends_at = models.TimeField(_("day ends at"))
    break_minutes = models.PositiveSmallIntegerField(_("break (minutes)"), default=0)
    break_from = models.TimeField(_("break not before"), null=True, blank=True)
    most_nights = models.PositiveSmallIntegerField(_("nights away in a row at most"), default=0)
    # Codes of specialties with a space between.
    skills = models.CharField(_("specialties on board"), max_length=120, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        verbose_name = _("crew of rounds")
        verbose_name_plural = _("crews of rounds")
        ordering = ["programme_id", "team__code"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "team"], name="round_crew_team_once_in_programme"),
            models.CheckConstraint(condition=Q(day_ends_at__gt=F("day_starts_at")), name="round_crew_hours_in_order"),
            models.CheckConstraint(
                condition=Q(break_minutes=0) | Q(break_from__gte=F("day_starts_at"), break_from__lte=F("day_ends_at")),
                name="round_crew_break_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.team)


class RoundStop(ProvenancedRecord):
    """A village or an institution that is visited: how long, how often, on which days, with which skills."""

    programme = models.ForeignKey(
        RoundProgramme, on_delete=models.PROTECT, related_name="stops", verbose_name=_("programme of rounds")
    )
    code = models.CharField(_("code"), max_length=32)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="round_stops", verbose_name=_("place"))
    institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="round_stops",
        verbose_name=_("institution"),
    )
    service_minutes = models.PositiveSmallIntegerField(_("minutes at the stop"))
    # Empty takes the programme's frequency.
    required_visits = models.PositiveSmallIntegerField(_("visits required"), null=True, blank=True)
    period = models.CharField(_("in every"), max_length=8, choices=RoundPeriod.choices, blank=True)
    weekdays = models.CharField(_("weekdays that suit"), max_length=7, blank=True)
    opens_at = models.TimeField(pgettext_lazy("time of day", "not before"), null=True, blank=True)
    closes_at = models.TimeField(_("over by"), null=True, blank=True)
    skills = models.CharField(_("specialties asked for"), max_length=120, blank=True)
    offers_night = models.BooleanField(_("a team may stay the night here"), default=False)
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        verbose_name = _("stop of rounds")
        verbose_name_plural = _("stops of rounds")
        ordering = ["programme_id", "code"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="round_stop_code_unique_in_programme"),
            models.CheckConstraint(condition=Q(service_minutes__gte=1), name="round_stop_takes_time"),
            models.CheckConstraint(
                condition=Q(required_visits__isnull=True, period="") | (Q(required_visits__gte=1) & ~Q(period="")),
                name="round_stop_frequency_in_full",
            ),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                name="round_stop_hours_in_order",
            ),
        ]

    def __str__(self) -> str:
        return str(self.institution or self.place)

    def get_absolute_url(self) -> str:
        return reverse("dispatch:round-stop", args=[self.pk])

    @property
    def site(self) -> Institution | Place:
        """What is visited: the institution where one is named, else the place itself."""
        return self.institution or self.place


class RoundWay(ProvenancedRecord):
    """A way between two places of a programme: stops, and institutions that crews set out from, by their codes.

    Where a programme has ways of its own they count alone; without any, times are estimated from the positions.
    """

    programme = models.ForeignKey(
        RoundProgramme, on_delete=models.PROTECT, related_name="ways", verbose_name=_("programme of rounds")
    )
    origin = models.CharField(_("from the code"), max_length=32)
    target = models.CharField(_("to the code"), max_length=32)
    minutes = models.PositiveSmallIntegerField(_("minutes on the road"))
    km = models.DecimalField(_("kilometres"), max_digits=7, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("way of rounds")
        verbose_name_plural = _("ways of rounds")
        ordering = ["programme_id", "origin", "target"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "origin", "target"], name="round_way_once_in_programme"),
            models.CheckConstraint(condition=~Q(origin=F("target")), name="round_way_leads_elsewhere"),
        ]

    def __str__(self) -> str:
        return f"{self.origin}–{self.target}"


class RoundClosure(ProvenancedRecord):
    """Days on which a stop cannot be reached: weather, a road, a season."""

    class Kind(models.TextChoices):
        WEATHER = "weather", _("weather")
        ROAD = "road", _("road closed")
        SEASON = "season", _("season")
        HOLIDAY = "holiday", _("holiday")
        OTHER = "other", _("other")

    stop = models.ForeignKey(
        RoundStop, on_delete=models.PROTECT, related_name="closures", verbose_name=pgettext_lazy("rounds", "stop")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    kind = models.CharField(_("why"), max_length=8, choices=Kind.choices)
    reason = models.CharField(_("why, in words"), max_length=300, blank=True)
    is_void = models.BooleanField(_("taken back"), default=False)

    class Meta:
        verbose_name = _("closure of a stop")
        verbose_name_plural = _("closures of stops")
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="round_closure_dates_in_order"),
        ]
        indexes = [models.Index(fields=["stop", "starts_on"])]

    def __str__(self) -> str:
        return f"{self.stop} {self.starts_on}–{self.ends_on}"


class RoundPlan(VersionedRecord):
    """A plan as it was made, shown before it is taken over. Its lines are kept as they came."""

    class Origin(models.TextChoices):
        IMPORTED = "imported", _("read from a file")
        PLANNED = "planned", _("made by the planner")

    programme = models.ForeignKey(
        RoundProgramme, on_delete=models.PROTECT, related_name="plans", verbose_name=_("programme of rounds")
    )
    number = models.PositiveIntegerField(_("number"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    state = models.CharField(_("state"), max_length=12, choices=PlanState.choices, default=PlanState.PROPOSED)
    origin = models.CharField(_("origin"), max_length=8, choices=Origin.choices)
    lines = models.JSONField(_("lines"), default=list)
    unmet = models.JSONField(_("visits left open"), default=list)
    figures = models.JSONField(_("figures"), default=dict)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("plan of rounds")
        verbose_name_plural = _("plans of rounds")
        ordering = ["programme_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="round_plan_number_unique_in_programme"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="round_plan_dates_in_order"),
        ]

    def __str__(self) -> str:
        return str(self.number)

    def get_absolute_url(self) -> str:
        return reverse("dispatch:round-plan", args=[self.pk])


class RoundVisit(ProvenancedRecord):
    """One visit of a crew to a stop: as planned, and as it was. People and services are counts only."""

    stop = models.ForeignKey(
        RoundStop, on_delete=models.PROTECT, related_name="visits", verbose_name=pgettext_lazy("rounds", "stop")
    )
    crew = models.ForeignKey(RoundCrew, on_delete=models.PROTECT, related_name="visits", verbose_name=_("team"))
    plan = models.ForeignKey(
        RoundPlan,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="visits",
        verbose_name=_("plan of rounds"),
    )
    day = models.DateField(_("day"))
    position = models.PositiveSmallIntegerField(_("order of the day"), null=True, blank=True)
    arrives_at = models.TimeField(pgettext_lazy("rounds", "arrival"), null=True, blank=True)
    departs_at = models.TimeField(pgettext_lazy("rounds", "departure"), null=True, blank=True)
    travel_minutes = models.PositiveSmallIntegerField(_("way there (minutes)"), null=True, blank=True)
    was_planned = models.BooleanField(_("was planned"), default=True)
    state = models.CharField(_("state"), max_length=10, choices=VisitState.choices, default=VisitState.PLANNED)
    held_on = models.DateField(_("held on"), null=True, blank=True)
    began_at = models.TimeField(_("began at"), null=True, blank=True)
    ended_at = models.TimeField(_("ended at"), null=True, blank=True)
    reason_code = models.CharField(_("why"), max_length=12, choices=VisitReason.choices, blank=True)
    reason = models.TextField(_("why, in words"), blank=True)
    # Empty says: nobody counted. It is never read as nobody seen.
    people_seen = models.PositiveIntegerField(_("people seen"), null=True, blank=True)
    services = models.JSONField(_("services"), default=dict, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("visit of a round")
        verbose_name_plural = _("visits of rounds")
        ordering = ["day", "crew_id", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["stop", "crew", "day"], condition=~Q(state="withdrawn"), name="round_visit_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "shortened"], held_on__isnull=False)
                | Q(state__in=["planned", "missed", "withdrawn"], held_on__isnull=True),
                name="round_visit_held_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "done", "withdrawn"]) | ~Q(reason_code=""),
                name="round_visit_shortfall_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["crew", "day"]),
            models.Index(fields=["stop", "held_on"]),
            models.Index(fields=["state", "day"]),
        ]

    def __str__(self) -> str:
        return f"{self.stop} {self.day}"

    def get_absolute_url(self) -> str:
        return reverse("dispatch:round-visit", args=[self.pk])


class RoundVisitEvent(models.Model):
    """One thing that happened to a visit: planned, moved, withdrawn, recorded, corrected. Rows are only ever added."""

    visit = models.ForeignKey(RoundVisit, on_delete=models.PROTECT, related_name="events")
    step = models.CharField(_("step"), max_length=12)
    from_state = models.CharField(max_length=10, choices=VisitState.choices, blank=True)
    to_state = models.CharField(max_length=10, choices=VisitState.choices)
    recorded_at = models.DateTimeField(_("recorded at"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    acting_role = models.CharField(max_length=24, blank=True)
    reason = models.TextField(_("reason in words"), blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("step of a visit")
        ordering = ["visit_id", "id"]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.step}"
