"""The side navigation as a table: what stands in it, in which order, and which permission opens each entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.access import decide
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Role

HOME = "home"
# Those who may cover a whole county, district or city.
WATCHING_ROLES = (
    *(Role.COMMISSION_VIEWER, Role.LEAD_OFFICE, Role.SUPPORTED_OFFICE, Role.INDICATOR_ANALYST),
    *(Role.DISPATCH_PLANNER, Role.ASSESSOR),
)
POOL_ROLES = (Role.LEAD_OFFICE, Role.SUPPORTED_OFFICE, Role.DISPATCH_PLANNER)


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the navigation; it is open to whoever holds one of the permissions, or to all without any.

    With ``roles`` it is open to these roles only, where a permission is shared with others who have no part in it.
    """

    url_name: str
    label: str | Promise
    icon: str
    permission: str = ""
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    label: str | Promise
    entries: tuple[Entry, ...]


SECTIONS: tuple[Section, ...] = (
    Section("", (Entry(HOME, _("Home"), "home"),)),
    Section(
        _("Partnerships"),
        (
            Entry("partnerships:agreements", _("Agreements"), "file-text", "agreement.read"),
            Entry("partnerships:alliances", _("Alliances"), "route", "agreement.read"),
        ),
    ),
    Section(
        _("Patients"),
        (
            Entry("referrals:work", _("Referrals"), "arrows-exchange", "referral.read"),
            Entry("referrals:arrivals", _("Expected arrivals"), "ambulance", "referral.read"),
            Entry("referrals:returns", _("Expected returns"), "arrow-back-up", "referral.read"),
            Entry("referrals:follow-ups", _("Follow-ups"), "calendar-check", "referral.read"),
            Entry("referrals:offline", _("Without network"), "download", "referral.read"),
            Entry("referrals:wall", _("Green channel wall"), "bell", "referral.read"),
            Entry("referrals:statistics", _("Referral statistics"), "chart-bar", "referral.read referral.count"),
            Entry("referrals:bounce-backs", _("Bounced returns"), "refresh", "referral.read"),
            Entry("referrals:findings", _("What units lacked"), "alert-triangle", "referral.read referral.count"),
            Entry("referrals:rosters", _("Duty rosters"), "clock", "green_duty.read"),
            Entry("referrals:consultations", _("Consultations"), "stethoscope", "consultation.read"),
        ),
    ),
    Section(
        _("Dispatch"),
        (
            Entry("dispatch:needs", _("Needs"), "list", "dispatch.read"),
            Entry("dispatch:pool", _("Pool"), "users", "dispatch.read", POOL_ROLES),
            Entry("dispatch:burden", _("Fairness"), "chart-bar", "dispatch.read", POOL_ROLES),
            Entry("dispatch:my-willingness", _("My willingness"), "check", "staff.read"),
            Entry("dispatch:pairings", _("Pairing plans"), "arrows-exchange", "dispatch.read", POOL_ROLES),
            Entry("dispatch:plan-scenarios", _("Plan scenarios"), "route", "dispatch.read", POOL_ROLES),
            Entry("dispatch:board", _("Board of postings"), "calendar-event", "dispatch.read"),
            Entry("dispatch:on-site", _("On site today"), "map-pin", "dispatch.read"),
            Entry("dispatch:postings", _("People and records"), "stethoscope", "dispatch.read"),
            Entry("dispatch:rounds", _("Rounds"), "route", "dispatch.read"),
            Entry("dispatch:rule-checks", _("Rule checks"), "check", "dispatch.read"),
        ),
    ),
    Section(
        _("Growth"),
        (
            Entry("growth:assessments", pgettext_lazy("by a checklist", "Assessments"), "check", "growth.read"),
            Entry("growth:capability-cycles", _("Capability cycles"), "refresh", "growth.read"),
            Entry("growth:projects", _("Projects"), "building-hospital", "growth.read"),
            Entry("growth:pipeline", _("Pipeline"), "route", "growth.read"),
            Entry("growth:courses", _("Training"), "users", "training.read"),
            Entry("growth:training-figures", _("Figures of training"), "chart-bar", "training.read training.count"),
            Entry("growth:training-mine", _("My training"), "check"),
            Entry("growth:secondments", _("Secondments up"), "users", "training.read"),
            Entry("growth:secondment-figures", _("Returned and independent"), "chart-bar", "training.count"),
            Entry("growth:log", _("Field log"), "edit", "training.read"),
            Entry("growth:log-figures", _("Field log in numbers"), "chart-bar", "training.count"),
            Entry("growth:techniques", _("Techniques"), "chart-bar", "growth.read"),
            Entry("growth:mentors", _("Mentors and apprentices"), "users", "training.read"),
            Entry(
                "growth:learned",
                _("Who learned what from whom"),
                "arrows-exchange",
                "training.read training.count growth.read",
            ),
        ),
    ),
    Section(
        _("Visits and actions"),
        (
            Entry("exchanges:visits", pgettext_lazy("visit", "Visits"), "calendar-event", "visit.read"),
            Entry("exchanges:points", _("Points raised"), "list", "visit.read"),
            Entry("exchanges:actions", _("Actions"), "check", "visit.read"),
            Entry("exchanges:recognitions", _("Recognition and thanks"), "file-text", "visit.read"),
        ),
    ),
    Section(
        _("Indicators"),
        (
            Entry("indicators:definitions", _("List of indicators"), "list", "indicator.read"),
            Entry("indicators:sheets", _("Reporting sheets"), "file-text", "indicator.read"),
            Entry("indicators:values", _("Values"), "chart-bar", "indicator.read"),
            Entry("indicators:completeness", _("Completeness"), "check", "indicator.read"),
            Entry("indicators:reporters", _("Who reports"), "users", "indicator.read"),
            Entry(
                "indicators:evaluations", pgettext_lazy("of partnerships", "Evaluations"), "chart-bar", "indicator.read"
            ),
            Entry("indicators:exports", _("Exports of DHIS2"), "upload", "indicator.write"),
        ),
    ),
    Section(
        _("Quality control"),
        (
            Entry("indicators:charts", _("Chart wall"), "chart-bar", "indicator.read"),
            Entry("indicators:funnel", _("Funnel"), "chart-bar", "indicator.read"),
            Entry("indicators:quality-cases", _("Quality control cases"), "check", "indicator.read"),
        ),
    ),
    Section(
        pgettext_lazy("of partnerships", "Performance assessments"),
        (
            Entry("indicators:performances", _("Assessment rounds"), "file-text", "assessment.read"),
            Entry("indicators:performance-schemes", _("Assessment schemes"), "list", "assessment.read"),
        ),
    ),
    Section(
        _("Reports"),
        (
            Entry("reports:districts", _("District dashboards"), "chart-bar", "indicator.read", WATCHING_ROLES),
            Entry("reports:reports", _("Kept reports"), "file-text", "agreement.read"),
        ),
    ),
    Section(
        _("Registry"),
        (
            Entry("registry:institutions", _("Institutions"), "building-hospital", "registry.read"),
            Entry("registry:places", _("Places"), "map-pin", "registry.read"),
            Entry("registry:staff", _("Staff"), "users", "staff.read"),
            Entry("registry:change-requests", _("Change requests"), "edit", "registry.read"),
            Entry(
                "registry:imports",
                _("Imports"),
                "upload",
                "registry.write agreement.write dispatch.write growth.write training.write indicator.write "
                "assessment.write",
            ),
            Entry("registry:data-quality", _("Data quality"), "alert-triangle", "registry.read"),
        ),
    ),
    Section(
        _("Survey"),
        (
            Entry("survey:account", _("Resources of a region"), "chart-bar", "registry.read"),
            Entry("survey:distribution", _("Distribution"), "list", "registry.read"),
            Entry("survey:shortfalls", _("Shortfalls"), "alert-triangle", "registry.read"),
            Entry("survey:staffing", _("Work and staff"), "users", "registry.read"),
            Entry("survey:readiness", _("Readiness"), "check", "registry.read"),
            Entry("survey:compare", _("Two regions"), "arrows-exchange", "registry.read"),
            Entry("survey:access", _("Access"), "map-pin", "registry.read"),
            Entry("survey:options", _("Options"), "route", "registry.read"),
            Entry("survey:scenarios", _("Scenarios"), "file-text", "registry.read"),
            Entry("survey:gaps", _("Gaps put forward"), "bell", "registry.read"),
        ),
    ),
    Section(
        _("Administration"),
        (
            Entry("accounts:users", _("Users"), "users", "admin.read"),
            Entry("referrals:webhooks", _("Webhooks"), "external-link", "admin.read"),
            Entry("referrals:dead-letters", _("Deliveries given up"), "alert-triangle", "admin.read"),
            Entry("accounts:audit", _("Audit trail"), "shield-check", "audit.read"),
            Entry("accounts:readings", _("Readings of person data"), "history", "audit.read"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class ShownEntry:
    label: str | Promise
    icon: str
    url: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class ShownSection:
    label: str | Promise
    entries: Sequence[ShownEntry]


def navigation_of(actor: Actor, path: str, namespaces: frozenset[str]) -> list[ShownSection]:
    """Return the sections that the actor's role may open; the entry whose pages contain ``path`` is marked.

    ``namespaces`` are the applications that this site has.
    """
    open_sections = [
        (section.label, [entry for entry in section.entries if _is_open(entry, actor, namespaces)])
        for section in SECTIONS
    ]
    addresses = {entry.url_name: reverse(entry.url_name) for _label, entries in open_sections for entry in entries}
    here = _entry_of(path, addresses)
    return [
        ShownSection(
            label,
            [
                ShownEntry(entry.label, entry.icon, addresses[entry.url_name], entry.url_name == here)
                for entry in entries
            ],
        )
        for label, entries in open_sections
        if entries
    ]


def _is_open(entry: Entry, actor: Actor, namespaces: frozenset[str]) -> bool:
    namespace, separator, _name = entry.url_name.partition(":")
    if separator and namespace not in namespaces:
        return False
    if entry.roles and actor.role not in entry.roles:
        return False
    asked = entry.permission.split()
    return not asked or any(decide(actor, permission).allowed for permission in asked)


def _entry_of(path: str, addresses: dict[str, str]) -> str:
    """Return the entry with the longest address that the path starts with; home only when it is home."""
    inside = [name for name, address in addresses.items() if path.startswith(address) and name != HOME]
    if not inside:
        return HOME if addresses.get(HOME) == path else ""
    return max(inside, key=lambda name: len(addresses[name]))
