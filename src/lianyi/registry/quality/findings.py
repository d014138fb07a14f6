"""What a check of the registry says, and what it goes by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Severity(models.TextChoices):
    ERROR = "error", _("cannot be")
    WARNING = "warning", _("doubtful")
    NOTICE = "notice", _("old or unusual")


@dataclass(frozen=True, slots=True)
class Wording:
    """How a kind of finding is told, and how it is mended. Both are filled with the finding's parameters."""

    severity: Severity
    message: Promise
    hint: Promise


WORDINGS: Mapping[str, Wording] = {
    "place-not-valid": Wording(
        Severity.ERROR,
        _("Stands in %(place)s, whose code is not valid any more (since %(valid_to)s)."),
        _("Move it to the place that came after."),
    ),
    "department-of-closed-institution": Wording(
        Severity.ERROR,
        _("Is open, but its institution %(institution)s was closed on %(closed_on)s."),
        _("Close the department, move it to another institution, or take the closing of the institution back."),
    ),
    "branch-of-closed-institution": Wording(
        Severity.WARNING,
        _("Is open, but stands under %(parent)s, which was closed on %(closed_on)s."),
        _("Place it under another institution, or close it."),
    ),
    "staff-of-closed-institution": Wording(
        Severity.ERROR,
        _("Is employed by %(institution)s, which was closed on %(closed_on)s."),
        _("Move the person to where they work now, or note the last day of the employment."),
    ),
    "staff-without-department": Wording(
        Severity.NOTICE,
        _("Belongs to no department."),
        _("Give the department, so that its cover can be checked before postings."),
    ),
    "staff-in-closed-department": Wording(
        Severity.ERROR,
        _("Belongs to %(department)s, which was closed on %(closed_on)s."),
        _("Give the department where the person works now."),
    ),
    "more-beds-taken-than-open": Wording(
        Severity.WARNING,
        _("%(taken)s beds of the type %(bed_type)s are occupied or reserved, but only %(open)s are open."),
        _("Count again, or open the beds that are in use."),
    ),
    "more-working-than-units": Wording(
        Severity.ERROR,
        _("%(working)s of %(units)s units of %(equipment_kind)s work."),
        _("Correct one of the two numbers."),
    ),
    "more-aged-than-residents": Wording(
        Severity.ERROR,
        _("%(aged)s residents aged 65 and over in %(year)s, but only %(residents)s residents."),
        _("Correct one of the two figures."),
    ),
    "parts-above-whole": Wording(
        Severity.WARNING,
        _("The parts have %(parts)s residents together in %(year)s, the whole only %(whole)s."),
        _("Correct the figure of the place or of its parts; check that the sources agree."),
    ),
    "more-bed-days-than-beds": Wording(
        Severity.WARNING,
        _("%(bed_days)s bed days in %(year)s are more than %(beds)s beds can give (%(possible)s)."),
        _("Correct the bed days, or the count of beds."),
    ),
    "double-by-name-and-distance": Wording(
        Severity.WARNING,
        _("Is named nearly like %(other)s (%(similarity)s %%), %(distance)s away."),
        _("If they are one, merge the two records; if not, tell them apart by name."),
    ),
    "double-by-name-in-place": Wording(
        Severity.NOTICE,
        _("Is named nearly like %(other)s (%(similarity)s %%) in the same place; one has no coordinates."),
        _("Give the coordinates of both. If they are one, merge the two records."),
    ),
    "stale-beds": Wording(
        Severity.NOTICE,
        _("The latest count of beds is %(age)s days old (%(limit)s are accepted)."),
        _("Count the beds again."),
    ),
    "stale-services": Wording(
        Severity.NOTICE,
        _("What was stated last about services is %(age)s days old (%(limit)s are accepted)."),
        _("State the services and their capacity again."),
    ),
    "stale-equipment": Wording(
        Severity.NOTICE,
        _("The latest count of equipment is %(age)s days old (%(limit)s are accepted)."),
        _("Count the equipment again."),
    ),
    "stale-population": Wording(
        Severity.NOTICE,
        _("The latest number of residents is of %(year)s."),
        _("Enter a later figure."),
    ),
    "far-from-place": Wording(
        Severity.WARNING,
        _("Stands %(distance)s km from the centre of %(place)s (%(limit)s km are accepted at this level)."),
        _("Check longitude and latitude, whether they are swapped, and their coordinate system."),
    ),
    "code-of-wrong-form": Wording(
        Severity.NOTICE,
        _("The code %(code)s is not of the usual form: %(expected)s."),
        _("Correct the code if it was mistyped."),
    ),
    "code-apart-from-parent": Wording(
        Severity.NOTICE,
        _("The code %(code)s does not begin like that of %(parent)s (%(parent_code)s)."),
        _("Correct the code, or make it part of the right place."),
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found about one record."""

    check: str
    object_type: str
    object_id: int
    label: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        return WORDINGS[self.check].severity

    @property
    def message(self) -> str:
        """What was found, in the active language."""
        return str(WORDINGS[self.check].message) % self.params

    @property
    def hint(self) -> str:
        """How it is mended, in the active language."""
        return str(WORDINGS[self.check].hint) % self.params
