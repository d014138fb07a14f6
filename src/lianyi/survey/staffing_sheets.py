"""The tables of work and staff: the cadres of a region, and one cadre with every step of its calculation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianyi.methods.workload import Wisn
from lianyi.pages.names import name_of
from lianyi.pages.values import NOTHING
from lianyi.registry.models import WorkloadMeasure
from lianyi.registry.reference_names import reference_name
from lianyi.survey.models import CadreWorkload, WorkloadComponent
from lianyi.survey.sheets import Cell, Heading, Sheet, number, percent_text, share, word
from lianyi.survey.staffing import Staffing, StaffingStanding, Unknown, Volumes, volume_of

STANDING_WORDS: Mapping[StaffingStanding, Promise] = {
    StaffingStanding.SHORT: gettext_lazy("short"),
    StaffingStanding.ENOUGH: gettext_lazy("enough"),
    StaffingStanding.UNKNOWN: gettext_lazy("not known"),
}
STANDING_TONES: Mapping[StaffingStanding, str] = {
    StaffingStanding.SHORT: "bad",
    StaffingStanding.ENOUGH: "good",
    StaffingStanding.UNKNOWN: "neutral",
}


def unknown_words(found: Staffing) -> str:
    """Say why nothing can be said about a cadre; empty where WISN could be applied."""
    if found.unknown is Unknown.NO_ACTIVITY:
        return _("No health service activity is on record for it.")
    if found.unknown is Unknown.NO_VOLUME:
        measures = ", ".join(str(WorkloadMeasure(each).label) for each in dict.fromkeys(found.measures_missing))
        return _("The yearly workload is not on record: %(measures)s.") % {"measures": measures}
    if found.unknown is Unknown.NO_TIME_LEFT:
        return _("Support activities take all working time; correct their times.")
    return ""


def people_words(row: CadreWorkload) -> str:
    words = (reference_name("professions", row.profession), reference_name("specialties", row.specialty))
    return " · ".join(each for each in words if each)


def cadres_sheet(found: Sequence[Staffing]) -> Sheet:
    """Return one line for each cadre, those with most people missing first and those not known last."""
    headings = [
        Heading(_("Institution"), is_number=False),
        Heading(_("Department"), is_number=False),
        Heading(_("Cadre"), is_number=False),
        Heading(_("Existing")),
        Heading(_("Required")),
        Heading(_("In whole persons")),
        Heading(_("Difference")),
        Heading(_("Ratio")),
        Heading(_("Standing"), is_number=False),
    ]
    ranked = sorted(found, key=lambda each: (each.found is None, -each.missing, each.ratio or math.inf))
    note = _(
        "Existing less required is the difference, existing over required the ratio. Below 1 the work presses; both "
        "are needed, for one missing of two presses harder than one of twenty."
    )
    return Sheet("cadres", _("Staff required by their work"), headings, [_cadre_row(each) for each in ranked], note)


def _cadre_row(each: Staffing) -> list[Cell]:
    row = each.workload
    return [
        word(name_of(row.institution), row.get_absolute_url()),
        word("" if row.department is None else name_of(row.department)),
        word(row.cadre, note=str(row.year)),
        *result_cells(each),
        word(str(STANDING_WORDS[each.standing]), note=unknown_words(each), tone=STANDING_TONES[each.standing]),
    ]


def result_cells(each: Staffing) -> list[Cell]:
    return [
        number(each.existing, 0 if each.existing.is_integer() else 2),
        number(each.required, 2),
        number(each.rounded),
        number(each.difference, 2),
        number(each.ratio, 2),
    ]


def years_sheet(found: Sequence[Staffing]) -> Sheet:
    """Return the same cadre year by year."""
    headings = [
        Heading(_("Year"), is_number=False),
        Heading(_("Existing")),
        Heading(_("Required")),
        Heading(_("In whole persons")),
        Heading(_("Difference")),
        Heading(_("Ratio")),
        Heading(_("Source"), is_number=False),
    ]
    rows = [
        [
            word(str(each.workload.year), each.workload.get_absolute_url()),
            *result_cells(each),
            word(each.workload.source, note=unknown_words(each)),
        ]
        for each in found
    ]
    return Sheet("years", _("By year"), headings, rows)


def activities_sheet(components: Sequence[WorkloadComponent], found: Staffing, volumes: Volumes) -> Sheet:
    """Return the health service activities with what each needs."""
    headings = [
        Heading(_("Health service activity"), is_number=False),
        Heading(_("Volume of the year")),
        Heading(_("Time")),
        Heading(_("Standard workload")),
        Heading(_("Staff required")),
    ]
    done = _of_kind(components, WorkloadComponent.Kind.ACTIVITY)
    needs = [] if found.found is None else found.found.needs
    rows = []
    for at, each in enumerate(done):
        need = needs[at] if at < len(needs) else None
        measure = str(WorkloadMeasure(each.measure).label) if each.measure else ""
        rows.append(
            [
                word(each.name),
                number(volume_of(each, found.workload, volumes), note=measure),
                time_cell(each),
                number(None if need is None else need.standard_workload, 1),
                number(None if need is None else need.staff, 2),
            ]
        )
    note = _("The standard workload is how many one member of staff could do in a year who did nothing else.")
    return Sheet("activities", _("Health service activities"), headings, rows, note)


def allowances_sheet(components: Sequence[WorkloadComponent], found: Wisn | None) -> Sheet:
    """Return support activities with their share of working time, and additional ones with the staff they take."""
    headings = [
        Heading(_("Activity"), is_number=False),
        Heading(_("Kind of work"), is_number=False),
        Heading(_("Time")),
        Heading(_("Staff who do it")),
        Heading(_("Share of working time")),
        Heading(_("Staff required")),
    ]
    support = _of_kind(components, WorkloadComponent.Kind.SUPPORT)
    additional = _of_kind(components, WorkloadComponent.Kind.ADDITIONAL)
    shares = [None] * len(support) if found is None else [each.value for each in found.category_allowances]
    extras = [None] * len(additional) if found is None else [each.value for each in found.individual_allowances]
    rows = [
        [word(each.name), word(each.get_kind_display()), time_cell(each), word(_("all")), share(value), Cell(NOTHING)]
        for each, value in zip(support, shares, strict=True)
    ]
    rows += [
        [
            word(each.name),
            word(each.get_kind_display()),
            time_cell(each),
            number(float(each.staff_number)),
            Cell(NOTHING),
            number(value, 2),
        ]
        for each, value in zip(additional, extras, strict=True)
    ]
    return Sheet("allowances", _("Support and additional activities"), headings, rows)


def time_cell(each: WorkloadComponent) -> Cell:
    """Return a time with its unit beside it."""
    return number(float(each.amount), 0 if each.amount == int(each.amount) else 2, note=each.get_unit_display())


def _of_kind(components: Sequence[WorkloadComponent], kind: WorkloadComponent.Kind) -> list[WorkloadComponent]:
    return [each for each in components if each.kind == kind]


def steps_of(found: Wisn) -> list[tuple[str, str]]:
    """Return the steps of the calculation from working time to required staff, as words and figures."""
    product = f"{found.basic_staff:.2f} × {found.category_factor:.4f} + {found.individual_factor:.4f}"
    category = math.fsum(each.value for each in found.category_allowances)
    return [
        (_("Available working time"), _("%(hours)s hours a year") % {"hours": f"{found.available_hours:,.1f}"}),
        (_("Staff for activities"), f"{found.basic_staff:.2f}"),
        (_("Support activities"), percent_text(category)),
        (_("Category allowance factor"), f"{found.category_factor:.4f}"),
        (_("Individual allowance factor"), f"{found.individual_factor:.4f}"),
        (_("Required staff"), f"{product} = {found.required_staff:.2f}"),
    ]
