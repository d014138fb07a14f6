"""Places, institutions, departments, staff, beds, services, equipment and workload: what there is, and since when.

The row of a place, an institution and a department shares its key with its organisation node, so a filter by scope
needs no join. Current facts stand in the row; what they were before stands in ``RegistryEvent`` with the day on which
each change took effect.
"""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import OrganisationNode, User
from lianyi.accounts.records import ProvenancedRecord


class PlaceLevel(models.TextChoices):
    COUNTRY = "country", _("country")
    PROVINCE = "province", _("province")
    PREFECTURE = "prefecture", _("prefecture or city")
    COUNTY = "county", _("county or district")
    TOWNSHIP = "township", _("township or street")
    VILLAGE = "village", _("village or community")


class CoordinateSystem(models.TextChoices):
    """How the coordinates were given. They are always kept as WGS 84."""

    WGS84 = "wgs84", "WGS 84"
    CGCS2000 = "cgcs2000", "CGCS2000"
    GCJ02 = "gcj02", "GCJ-02"
    BD09 = "bd09", "BD-09"


class Located(models.Model):
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    given_coordinate_system = models.CharField(
        _("coordinate system as given"), max_length=8, choices=CoordinateSystem.choices, blank=True
    )

    class Meta:
        abstract = True


def _located_check(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(longitude__isnull=True, latitude__isnull=True)
        | (
            Q(longitude__gte=-180, longitude__lte=180, latitude__gte=-90, latitude__lte=90)
            & ~Q(given_coordinate_system="")
        ),
        name=name,
    )


class Place(Located, ProvenancedRecord):
    """An administrative unit with the days between which its code is valid."""

    node = models.OneToOneField(OrganisationNode, on_delete=models.PROTECT, primary_key=True, related_name="place")
    code = models.CharField(_("code"), max_length=12, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    level = models.CharField(_("level"), max_length=12, choices=PlaceLevel.choices)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["code"]
        constraints = [
            _located_check("place_coordinates"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="place_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh

    def get_absolute_url(self) -> str:
        return reverse("registry:place-detail", args=[self.pk])


class PlaceSuccession(models.Model):
    """One code gave way to another: renamed, merged or split, on a day."""

    class Kind(models.TextChoices):
        RECODED = "recoded", _("code changed")
        RENAMED = "renamed", _("renamed")
        MERGED = "merged", _("merged into")
        SPLIT = "split", _("split into")

    predecessor = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="precessions")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    effective_on = models.DateField(_("effective on"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor", "effective_on"], name="succession_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="succession_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"


class PlacePopulation(ProvenancedRecord):
    """How many people live in a place in a year, by group."""

    class Group(models.TextChoices):
        RESIDENT = "resident", _("residents")
        REGISTERED = "registered", _("registered population")
        AGED_65_PLUS = "aged_65_plus", _("residents aged 65 and over")

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="populations")
    year = models.PositiveSmallIntegerField(_("year"))
    group = models.CharField(_("group"), max_length=12, choices=Group.choices, default=Group.RESIDENT)
    persons = models.PositiveBigIntegerField(_("persons"))
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("population")
        ordering = ["place_id", "group", "year"]
        constraints = [models.UniqueConstraint(fields=["place", "year", "group"], name="population_once_a_year")]

    def __str__(self) -> str:
        return f"{self.place} {self.year} {self.persons}"


class InstitutionTier(models.TextChoices):
    TERTIARY = "tertiary", _("tertiary")
    SECONDARY = "secondary", _("secondary")
    PRIMARY = "primary", _("primary")
    UNGRADED = "ungraded", _("ungraded")


class InstitutionGrade(models.TextChoices):
    A = "A", _("grade A")
    B = "B", _("grade B")
    C = "C", _("grade C")
    NONE = "none", _("no grade")


class Ownership(models.TextChoices):
    PUBLIC = "public", _("public")
    COLLECTIVE = "collective", _("collective")
    PRIVATE = "private", _("private")
    OTHER = "other", _("other")


class Institution(Located, ProvenancedRecord):
    """A hospital, a health centre, a village clinic, a bureau: whatever can be party to a partnership or a site."""

    node = models.OneToOneField(
        OrganisationNode, on_delete=models.PROTECT, primary_key=True, related_name="institution"
    )
    code = models.CharField(_("code"), max_length=32, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    alias = models.CharField(_("other name"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=40)
    tier = models.CharField(_("tier"), max_length=10, choices=InstitutionTier.choices, default=InstitutionTier.UNGRADED)
    grade = models.CharField(_("grade"), max_length=4, choices=InstitutionGrade.choices, default=InstitutionGrade.NONE)
    ownership = models.CharField(_("owner"), max_length=10, choices=Ownership.choices, default=Ownership.PUBLIC)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="institutions", verbose_name=_("place"))
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="branches",
        verbose_name=_("branch or sub-centre of"),
    )
    address = models.CharField(_("address"), max_length=300, blank=True)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    is_open_24_hours = models.BooleanField(_("open 24 hours"), default=False)

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        ordering = ["code"]
        constraints = [
            _located_check("institution_coordinates"),
            models.CheckConstraint(
                condition=Q(opened_on__isnull=True) | Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="institution_dates_in_order",
            ),
        ]
        indexes = [models.Index(fields=["kind"]), models.Index(fields=["name_zh"])]

    def __str__(self) -> str:
        return self.name_zh

    def get_absolute_url(self) -> str:
        return reverse("registry:institution-detail", args=[self.pk])

    def is_open_on(self, day: datetime.date) -> bool:
        has_opened = self.opened_on is None or self.opened_on <= day
        return has_opened and (self.closed_on is None or day < self.closed_on)


class RegistryEvent(models.Model):
    """A change of a place, an institution or a department with the day on which it took effect."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("opened")
        RENAMED = "renamed", _("renamed")
        MOVED = "moved", _("moved")
        REGRADED = "regraded", _("tier or grade changed")
        MERGED = "merged", _("merged into another")
        ABSORBED = "absorbed", _("took over another")
        PLACED_UNDER = "placed_under", _("placed under another")
        CLOSED = "closed", _("closed")
        CORRECTED = "corrected", _("corrected")

    node = models.ForeignKey(OrganisationNode, on_delete=models.PROTECT, related_name="registry_events")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    effective_on = models.DateField(_("effective on"))
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    other_node = models.ForeignKey(OrganisationNode, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(_("reason"), blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("registry event")
        ordering = ["-effective_on", "-id"]
        indexes = [models.Index(fields=["node", "effective_on"])]

    def __str__(self) -> str:
        return f"{self.effective_on} {self.kind}"


class DepartmentStatus(models.TextChoices):
    WEAK = "weak", _("weak")
    DEVELOPING = "developing", _("developing")
    ESTABLISHED = "established", _("established")
    KEY = "key", _("key specialty")


class Department(ProvenancedRecord):
    """A department of an institution, by its national specialty code."""

    node = models.OneToOneField(OrganisationNode, on_delete=models.PROTECT, primary_key=True, related_name="department")
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="departments", verbose_name=_("institution")
    )
    code = models.CharField(_("code"), max_length=32)
    name_zh = models.CharField(_("Chinese name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    specialty = models.CharField(_("specialty"), max_length=8)
    status = models.CharField(
        _("status"), max_length=12, choices=DepartmentStatus.choices, default=DepartmentStatus.ESTABLISHED
    )
    minimum_staff_on_duty = models.PositiveSmallIntegerField(_("staff who must stay"), default=0)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["institution_id", "code"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "code"], name="department_code_unique_in_institution"),
        ]
        indexes = [models.Index(fields=["specialty"])]

    def __str__(self) -> str:
        return self.name_zh

    def get_absolute_url(self) -> str:
        return reverse("registry:institution-detail", args=[self.institution_id])


class DepartmentStatusChange(ProvenancedRecord):
    """From which day a department stood where: weak, developing, established, key (and of which level)."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="status_changes")
    status = models.CharField(_("status"), max_length=12, choices=DepartmentStatus.choices)
    level_text = models.CharField(_("level"), max_length=100, blank=True)
    since = models.DateField(_("since"))
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("status of a department")
        ordering = ["department_id", "since"]
        constraints = [models.UniqueConstraint(fields=["department", "since"], name="department_status_once_a_day")]

    def __str__(self) -> str:
        return f"{self.department} {self.since} {self.status}"


class Staff(ProvenancedRecord):
    """A person who works for an institution, with what decides whether they can be sent: title, specialty, licence."""

    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="staff", verbose_name=_("institution")
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="staff", verbose_name=_("department")
    )
    user = models.OneToOneField(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="staff_record", verbose_name=_("user")
    )
    code = models.CharField(_("staff number"), max_length=32)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    profession = models.CharField(_("profession"), max_length=24)
    title_rank = models.CharField(_("title rank"), max_length=16, default="none")
    title = models.CharField(_("title"), max_length=60, blank=True)
    specialty = models.CharField(_("specialty"), max_length=8, blank=True)
    licence_number = models.CharField(_("licence number"), max_length=40, blank=True)
    employed_from = models.DateField(_("employed from"), null=True, blank=True)
    employed_to = models.DateField(_("employed to"), null=True, blank=True)

    class Meta:
        verbose_name = _("staff member")
        verbose_name_plural = _("staff")
        ordering = ["institution_id", "code"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "code"], name="staff_code_unique_in_institution"),
        ]

    def __str__(self) -> str:
        return self.name_zh

    def get_absolute_url(self) -> str:
        return reverse("registry:staff-detail", args=[self.pk])


class StaffUnavailability(ProvenancedRecord):
    """Days on which a person cannot be sent, with the kind of reason (never a diagnosis)."""

    class Kind(models.TextChoices):
        LEAVE = "leave", _("leave")
        TRAINING = "training", _("training")
        FAMILY = "family", _("family reasons")
        OTHER = "other", _("other")

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="unavailabilities")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)

    class Meta:
        verbose_name = _("unavailability")
        ordering = ["staff_id", "starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="unavailability_dates_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.starts_on}–{self.ends_on}"


class BedCount(ProvenancedRecord):
    """Beds of one type as counted at one moment. A later count is a new row."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="bed_counts")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="bed_counts"
    )
    bed_type = models.CharField(_("bed type"), max_length=24)
    beds_open = models.PositiveIntegerField(_("open beds"))
    beds_occupied = models.PositiveIntegerField(_("occupied beds"), null=True, blank=True)
    beds_reserved = models.PositiveIntegerField(_("reserved beds"), null=True, blank=True)
    counted_at = models.DateTimeField(_("counted at"))
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("bed count")
        ordering = ["institution_id", "bed_type", "-counted_at"]
        indexes = [models.Index(fields=["institution", "bed_type", "-counted_at"])]

    def __str__(self) -> str:
        return f"{self.institution} {self.bed_type} {self.beds_open}"


class ServiceOffered(ProvenancedRecord):
    """A service that an institution can give, and how open it is to new patients."""

    class Capacity(models.TextChoices):
        OPEN = "open", pgettext_lazy("capacity", "open")
        ASSESS_FIRST = "assess_first", _("ask first")
        WAITING_LIST = "waiting_list", _("waiting list")
        FULL = "full", _("full")

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="services")
    service = models.CharField(_("service"), max_length=40)
    is_24_hours = models.BooleanField(_("24 hours"), default=False)
    capacity = models.CharField(_("capacity"), max_length=12, choices=Capacity.choices, default=Capacity.OPEN)
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    stated_at = models.DateTimeField(_("stated at"), default=timezone.now)

    class Meta:
        verbose_name = _("service")
        ordering = ["institution_id", "service"]
        constraints = [models.UniqueConstraint(fields=["institution", "service"], name="service_once")]

    def __str__(self) -> str:
        return f"{self.institution} {self.service}"


class Equipment(ProvenancedRecord):
    """Equipment that decides what can be done at an institution."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="equipment")
    equipment_kind = models.CharField(_("equipment"), max_length=40)
    units = models.PositiveIntegerField(_("units"))
    units_working = models.PositiveIntegerField(_("units working"), null=True, blank=True)
    counted_at = models.DateTimeField(_("counted at"))

    class Meta:
        verbose_name = _("equipment")
        ordering = ["institution_id", "equipment_kind"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "equipment_kind"], name="equipment_once"),
            models.CheckConstraint(
                condition=Q(units_working__isnull=True) | Q(units_working__lte=F("units")),
                name="equipment_working_not_more_than_all",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.equipment_kind}"


class WorkloadMeasure(models.TextChoices):
    OUTPATIENT_VISITS = "outpatient_visits", _("outpatient visits")
    EMERGENCY_VISITS = "emergency_visits", _("emergency visits")
    ADMISSIONS = "admissions", _("admissions")
    DISCHARGES = "discharges", _("discharges")
    BED_DAYS = "bed_days", _("bed days")
    OPERATIONS = "operations", _("operations")
    DELIVERIES = "deliveries", _("deliveries")


class YearlyWorkload(ProvenancedRecord):
    """What an institution (or one department of it) did in a year."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="workloads")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="workloads"
    )
    year = models.PositiveSmallIntegerField(_("year"))
    measure = models.CharField(_("measure"), max_length=20, choices=WorkloadMeasure.choices)
    quantity = models.PositiveBigIntegerField(_("quantity"))
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("yearly workload")
        ordering = ["institution_id", "measure", "year"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "department", "year", "measure"],
                condition=Q(department__isnull=False),
                name="department_workload_once_a_year",
            ),
            models.UniqueConstraint(
                fields=["institution", "year", "measure"],
                condition=Q(department__isnull=True),
                name="institution_workload_once_a_year",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.year} {self.measure}"


class ChangeRequest(ProvenancedRecord):
    """A proposed change of a registry record that people above must agree to before it is made."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        COUNTY_APPROVED = "county_approved", _("approved by the county")
        APPLIED = "applied", _("applied")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        SUPERSEDED = "superseded", _("superseded")

    node = models.ForeignKey(OrganisationNode, on_delete=models.PROTECT, related_name="change_requests")
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.PROPOSED)
    changes = models.JSONField(_("changes"))
    effective_on = models.DateField(_("effective on"))
    needs_second_level = models.BooleanField(_("needs the prefecture's agreement"), default=False)
    base_version = models.PositiveIntegerField()
    reason = models.TextField(_("reason"))
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    first_level_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    decision_reason = models.TextField(_("reason of the decision"), blank=True)

    class Meta:
        verbose_name = _("change request")
        verbose_name_plural = _("change requests")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["node"],
                condition=Q(state__in=["proposed", "county_approved"]),
                name="one_pending_change_per_record",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node} {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("registry:change-request-detail", args=[self.pk])


class ImportRun(ProvenancedRecord):
    """One import of one file: what it was, what came of it."""

    class Mode(models.TextChoices):
        ALL_OR_NOTHING = "all_or_nothing", _("all or nothing")
        GOOD_ROWS = "good_rows", _("good rows only")

    kind = models.CharField(_("kind of table"), max_length=40)
    file_name = models.CharField(_("file"), max_length=200)
    file_sha256 = models.CharField(max_length=64)
    node = models.ForeignKey(OrganisationNode, on_delete=models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(_("mode"), max_length=16, choices=Mode.choices)
    rows_read = models.PositiveIntegerField(default=0)
    rows_created = models.PositiveIntegerField(default=0)
    rows_updated = models.PositiveIntegerField(default=0)
    rows_unchanged = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"
