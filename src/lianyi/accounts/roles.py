"""Which role may do what, by family of things.

The table is the permission model of the design: ``r`` read, ``w`` write or propose, ``d`` decide or approve,
``c`` counts only (small cells hidden); of referrals also ``a`` answer a transfer back, ``o`` route to another receiver,
``x`` repair a record. A role says *what kind of act*; *on which rows* comes from grants, never from
the role. Later applications use the columns that stand here already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Family(models.TextChoices):
    """Families of things that permissions speak about."""

    REGISTRY = "registry", _("registry")
    STAFF = "staff", _("staff")
    AGREEMENT = "agreement", _("agreements")
    DISPATCH = "dispatch", _("dispatch")
    REFERRAL = "referral", _("referrals")
    GREEN_DUTY = "green_duty", _("green channel duty")
    CONSULTATION = "consultation", _("consultations")
    TRAINING = "training", _("training")
    GROWTH = "growth", _("growth of departments")
    VISIT = "visit", _("visits and actions")
    INDICATOR = "indicator", _("indicators")
    ASSESSMENT = "assessment", _("assessments")
    AUDIT = "audit", _("audit trail")
    ADMIN = "admin", _("administration")


class Act(models.TextChoices):
    READ = "read", _("read")
    WRITE = "write", _("write")
    DECIDE = "decide", _("decide")
    COUNT = "count", _("see counts")
    # These three are acts on referrals only.
    ANSWER = "answer", _("answer a transfer back")
    ROUTE = "route", _("route")
    REPAIR = "repair", _("repair")


class Role(models.TextChoices):
    VILLAGE_CLINICIAN = "village_clinician", _("Village or township clinician")
    REFERRING_CLINICIAN = "referring_clinician", _("Referring clinician")
    REFERRAL_COORDINATOR = "referral_coordinator", _("Referral coordinator")
    DUTY_CLINICIAN = "duty_clinician", _("Receiving clinician on duty")
    DEPARTMENT_HEAD = "department_head", _("Head of department")
    LEAD_OFFICE = "lead_office", _("Partnership office, supporting side")
    SUPPORTED_OFFICE = "supported_office", _("Partnership office, supported side")
    DISPATCH_PLANNER = "dispatch_planner", _("Dispatch planner")
    POSTED_STAFF = "posted_staff", _("Posted staff or team leader")
    TRAINER = "trainer", _("Trainer or mentor")
    REGISTRY_STEWARD = "registry_steward", _("Registry steward")
    INDICATOR_ANALYST = "indicator_analyst", _("Indicator analyst")
    ASSESSOR = "assessor", _("Outside assessor")
    COMMISSION_VIEWER = "commission_viewer", _("Health commission, viewer")
    PRIVACY_STEWARD = "privacy_steward", _("Privacy and records steward")
    ADMINISTRATOR = "administrator", _("System administrator")


@dataclass(frozen=True, slots=True)
class Permission:
    """One act on one family, e.g. ``dispatch.decide``."""

    family: Family
    act: Act

    @classmethod
    def parse(cls, text: str) -> Permission:
        family, _separator, act = text.partition(".")
        return cls(Family(family), Act(act))

    def __str__(self) -> str:
        return f"{self.family}.{self.act}"


LETTERS: Mapping[str, Act] = {
    "r": Act.READ,
    "w": Act.WRITE,
    "a": Act.ANSWER,
    "o": Act.ROUTE,
    "d": Act.DECIDE,
    "x": Act.REPAIR,
    "c": Act.COUNT,
}

# Columns in the order of Family; a dash is nothing at all.
_TABLE: dict[Role, str] = {
    # role                     registry staff agree disp  refer duty  cons  train growth visit indic assess audit admin
    Role.VILLAGE_CLINICIAN: "  rw       r     r     rw    rwa   -     rw    rw    r      rw    rw    r      -     -",
    Role.REFERRING_CLINICIAN: "r        r     r     rw    rwa   -     rw    r     r      rw    r     r      -     -",
    Role.REFERRAL_COORDINATOR: "r       r     r     r     rwo   rd    rw    -     -      rw    r     r      -     -",
    Role.DUTY_CLINICIAN: "     r        r     -     -     rd    rd    rd    r     -      rw    -     -      -     -",
    Role.DEPARTMENT_HEAD: "    rw       rw    r     rd    rd    rw    rd    rwd   rwd    rwd   rw    rw     -     -",
    Role.LEAD_OFFICE: "        r        r     rw    rwd   c     r     c     rwd   rwd    rwd   r     rw     -     -",
    Role.SUPPORTED_OFFICE: "   rw       rw    rw    rwd   r     rw    r     rwd   rwd    rwd   rw    rw     -     -",
    Role.DISPATCH_PLANNER: "   r        rw    r     rw    c     r     -     r     r      r     r     r      -     -",
    Role.POSTED_STAFF: "       r        r     r     rw    rwa   rw    rw    rw    rw     rw    rw    -      -     -",
    Role.TRAINER: "            -        r     r     r     -     -     r     rwd   rwd    rw    rw    -      -     -",
    Role.REGISTRY_STEWARD: "   rwd      rwd   -     -     -     -     -     -     -      -     -     -      -     -",
    Role.INDICATOR_ANALYST: "  r        c     r     r     c     c     c     r     r      r     rwd   r      -     -",
    Role.ASSESSOR: "           r        c     r     r     c     c     c     r     rd     rd    r     rd     -     -",
    Role.COMMISSION_VIEWER: "  r        c     r     r     c     c     c     c     r      r     r     r      -     -",
    Role.PRIVACY_STEWARD: "    -        -     -     -     rx    -     -     -     -      -     -     -      r     -",
    Role.ADMINISTRATOR: "      -        -     -     -     -     -     -     -     -      -     -     -      r     rw",
}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    role: frozenset(
        Permission(family, LETTERS[letter])
        for family, letters in zip(Family, columns.split(), strict=True)
        for letter in letters.replace("-", "")
    )
    for role, columns in _TABLE.items()
}


def role_holds(role: str, permission: Permission) -> bool:
    """Tell whether the role may do this kind of act at all, on whatever rows its grants open."""
    return permission in PERMISSIONS[Role(role)]
