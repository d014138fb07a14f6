"""Users, where they belong, what they were granted, and the trail of everything done."""

from __future__ import annotations

import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.records import VersionedRecord
from lianyi.accounts.roles import Role


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """A person who signs in, or (``is_service``) the program itself acting for its installer."""

    username = models.CharField(_("user name"), max_length=64, unique=True)
    display_name = models.CharField(_("name"), max_length=100)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_service = models.BooleanField(_("service account"), default=False)
    must_change_password = models.BooleanField(_("must change the password"), default=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]

    def __str__(self) -> str:
        return self.display_name or self.username


class NodeKind(models.TextChoices):
    PLACE = "place", _("place")
    INSTITUTION = "institution", _("institution")
    DEPARTMENT = "department", _("department")


class OrganisationNode(models.Model):
    """One knot of the tree that scopes hang on: places, in them institutions, in them departments.

    The registry keeps the facts of each; this row keeps only where it stands, so that one filter on ``path`` answers
    "everything below". ``management_path`` follows the line of command (a village clinic below its township centre).
    """

    key = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=12, choices=NodeKind.choices)
    code = models.CharField(max_length=64)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=160, db_index=True)
    management_path = models.CharField(max_length=160, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "code"], name="node_code_unique_by_kind"),
        ]

    def __str__(self) -> str:
        return self.name_zh


class Affiliation(VersionedRecord):
    """A person's place and role, dated. A signed-in person acts through exactly one at a time (grant G1)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="affiliations")
    node = models.ForeignKey(OrganisationNode, on_delete=models.PROTECT, related_name="affiliations")
    department_node = models.ForeignKey(
        OrganisationNode, on_delete=models.PROTECT, related_name="department_affiliations", null=True, blank=True
    )
    role = models.CharField(_("role"), max_length=24, choices=Role.choices)
    inherits_down = models.BooleanField(_("includes everything below"), default=True)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        verbose_name = _("affiliation")
        verbose_name_plural = _("affiliations")
        ordering = ["user_id", "valid_from", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="affiliation_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.node} · {self.get_role_display()}"

    def is_valid_on(self, day: datetime.date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class GrantKind(models.TextChoices):
    """The five ways to reach a row; the first is an affiliation, the other four are rows of ``Grant``."""

    ORGANISATION = "G1", _("organisation")
    PARTNERSHIP = "G2", _("partnership")
    RELATION = "G3", _("case relation")
    ASSIGNMENT = "G4", _("assignment or duty")
    EXCEPTION = "G5", _("exception")


class Grant(models.Model):
    """A dated opening of one thing to one institution or one person, made by the command named in ``basis``."""

    kind = models.CharField(max_length=2, choices=GrantKind.choices)
    holder_node = models.ForeignKey(
        OrganisationNode, on_delete=models.PROTECT, null=True, blank=True, related_name="grants"
    )
    holder_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="grants")
    target_type = models.CharField(max_length=40)
    target_id = models.BigIntegerField()
    basis_type = models.CharField(max_length=40)
    basis_id = models.BigIntegerField()
    reason = models.TextField(blank=True)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints = [
            models.CheckConstraint(
                condition=Q(holder_node__isnull=False, holder_user__isnull=True)
                | Q(holder_node__isnull=True, holder_user__isnull=False),
                name="grant_has_one_holder",
            ),
            models.CheckConstraint(
                condition=~Q(kind="G5") | (Q(valid_to__isnull=False) & ~Q(reason="")),
                name="exception_has_end_and_reason",
            ),
        ]
        indexes = [
            # With the end of the grant inside, so that the many that have ended are passed over.
            models.Index(
                fields=["target_type", "holder_node", "valid_to", "target_id"],
                name="grant_of_node",
                condition=Q(revoked_at__isnull=True),
            ),
            models.Index(fields=["target_type", "holder_user"]),
            models.Index(fields=["basis_type", "basis_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target_type} {self.target_id}"


class CommandReceipt(models.Model):
    """Proof that a command with this key was done, so that a retry gives the same answer and no second event."""

    key = models.CharField(max_length=64, unique=True)
    command = models.CharField(max_length=64)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.command} {self.key}"


class ChainHead(models.Model):
    """The last link of the audit chain; its row lock puts the writers of the trail in one line."""

    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash[:12]}"


class AuditEvent(models.Model):
    """One thing that was done. Rows are only ever added; each carries the hash of the one before."""

    sequence = models.BigIntegerField(unique=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    acting_node = models.ForeignKey(OrganisationNode, on_delete=models.PROTECT, null=True, related_name="+")
    acting_role = models.CharField(max_length=24, blank=True)
    action = models.CharField(max_length=64)
    object_type = models.CharField(max_length=40)
    object_id = models.BigIntegerField(null=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason_code = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    request_id = models.CharField(max_length=40, blank=True)
    command_key = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ["-sequence"]
        indexes = [
            models.Index(fields=["object_type", "object_id", "-sequence"]),
            models.Index(fields=["acting_node", "-sequence"]),
            models.Index(fields=["user", "-sequence"]),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action}"


class ReadEvent(models.Model):
    """Somebody opened data about a person, and on what basis they were allowed to."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    acting_node = models.ForeignKey(OrganisationNode, on_delete=models.PROTECT, null=True, related_name="+")
    acting_role = models.CharField(max_length=24)
    object_type = models.CharField(max_length=40)
    object_id = models.BigIntegerField(null=True)
    rows = models.PositiveIntegerField(default=1)
    basis = models.CharField(max_length=2, choices=GrantKind.choices)
    basis_id = models.BigIntegerField(null=True)
    page = models.CharField(max_length=64)
    request_id = models.CharField(max_length=40, blank=True)
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("reading of person data")
        verbose_name_plural = _("readings of person data")
        ordering = ["-read_at", "-id"]
        indexes = [models.Index(fields=["object_type", "object_id", "-read_at"])]

    def __str__(self) -> str:
        return f"{self.user_id} {self.object_type} {self.object_id}"
