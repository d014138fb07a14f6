"""Which specialty of an institution to support next: weak departments, work without staff, cases referred away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.growth.cycles_gathering import Figures, distance_of_figure, institutions_seen
from lianyi.growth.models import CapabilityAssessment, GapOrigin
from lianyi.growth.queries import assessments as assessment_queries
from lianyi.growth.rulebook import checklist_of
from lianyi.growth.scoring import figures_of
from lianyi.growth.texts_assessments import percent
from lianyi.methods.capability import SupportCandidate, SupportRank, rank_support
from lianyi.pages.names import in_language, name_of
from lianyi.registry.models import Department, DepartmentStatusChange, Institution
from lianyi.registry.reference_names import reference_name
from lianyi.rules import ChecklistSubject, GapRanking

BAR_WIDTH = 200
AWAY = (GapOrigin.REFERRED_AWAY, GapOrigin.TRANSFER_BACK)


@dataclass(frozen=True, slots=True)
class Growth:
    """One dated fact of a department's way: a status that it reached, or the result of an assessment."""

    day: str
    words: str
    provenance: str


@dataclass(frozen=True, slots=True)
class SpecialtyLine:
    """A specialty with its place, its points between their bounds, why, and how its department grew."""

    rank: int
    specialty: str
    department: str
    status: str
    points: float
    bounds: str
    value_width: int
    low_at: int
    range_width: int
    label: str
    words: str
    why: tuple[str, ...]
    grown: tuple[Growth, ...]


def specialties_of(
    actor: Actor, institution: Institution, figures: Figures, ranking: GapRanking
) -> list[SpecialtyLine]:
    """Rank the specialties of an institution: those of its departments, and those that only a figure names."""
    departments = {
        each.specialty: each
        for each in scoped(actor, Department.objects.filter(institution=institution, closed_on__isnull=True)).order_by(
            "-code"
        )
        if each.specialty
    }
    finals = [
        row
        for row in assessment_queries.finals_of(actor, [institution.pk])
        if checklist_of(row).subject is ChecklistSubject.DEPARTMENT
    ]
    weak = {
        row.department.specialty: 1.0 - share
        for row in finals
        if row.department is not None and (share := _share_met(row)) is not None
    }
    work = _largest(figures, (GapOrigin.WISN_GAP,), institution, ranking)
    away = _largest(figures, AWAY, institution, ranking)
    named = sorted({*departments, *weak, *work, *away})
    ranked = rank_support(
        [
            SupportCandidate(
                code, {"weakness": weak.get(code), "workload": _known(work, code), "away": _known(away, code)}
            )
            for code in named
        ],
        ranking.support_weights,
    )
    known = _Known(
        bool(institutions_seen(actor, [institution])),
        _grown(actor, institution, finals),
        _reasons(figures, institution),
    )
    return [_line(each, departments.get(each.code), known) for each in ranked if _says_anything(each)]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of an institution: whether its figures are visible, how departments grew, reasons by specialty."""

    is_seen: bool
    grown: dict[str, list[Growth]]
    reasons: dict[str, list[str]]


def _says_anything(found: SupportRank) -> bool:
    return any(points is not None for points in found.points.values())


def _share_met(row: CapabilityAssessment) -> float | None:
    return figures_of(checklist_of(row), row.items.all()).score.items.share


def _largest(
    figures: Figures, origins: Sequence[str], institution: Institution, ranking: GapRanking
) -> dict[str, float]:
    """Return the largest share of a whole that a figure of these kinds has, by specialty."""
    found: dict[str, float] = {}
    for origin in origins:
        for each in figures.proposals.get(origin, ()):
            if each.institution is not None and each.institution.pk == institution.pk and each.specialty:
                share = distance_of_figure(origin, each.figure, ranking)
                found[each.specialty] = max(share, found.get(each.specialty, 0.0))
    return found


def _known(found: dict[str, float], code: str) -> float | None:
    """Small counts are hidden and staffing is not reckoned for all, so a specialty not named is unknown, not zero."""
    return found.get(code)


def _reasons(figures: Figures, institution: Institution) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for proposals in figures.proposals.values():
        for each in proposals:
            if each.institution is not None and each.institution.pk == institution.pk:
                found.setdefault(each.specialty, []).append(in_language(each.words_zh, each.words_en))
    return found


def _grown(actor: Actor, institution: Institution, finals: Sequence[CapabilityAssessment]) -> dict[str, list[Growth]]:
    found: dict[str, list[Growth]] = {}
    changes = scoped(actor, DepartmentStatusChange.objects.filter(department__institution=institution))
    for row in changes.select_related("department"):
        words = f"{row.get_status_display()} {row.level_text}".strip()
        found.setdefault(row.department.specialty, []).append(Growth(str(row.since), words, row.provenance))
    for each in finals:
        if each.department is not None:
            words = _("%(share)s of the items met (%(code)s)") % {"share": percent(_share_met(each)), "code": each.code}
            found.setdefault(each.department.specialty, []).append(
                Growth(str(each.assessed_on), words, each.provenance)
            )
    return {code: sorted(rows, key=lambda row: (row.day, row.words)) for code, rows in found.items()}


def _line(found: SupportRank, department: Department | None, known: _Known) -> SpecialtyLine:
    parts = {
        "weakness": _("items not met in the last assessment: %(points)s points"),
        "workload": _("staff missing for the work: %(points)s points"),
        "away": _("cases referred away or not taken back: %(points)s points"),
    }
    unknown = {
        "weakness": _("no final assessment of the department"),
        "workload": _("no reckoning of work and staff names it"),
        "away": _("no count of cases names it, or it is small and hidden"),
    }
    if not known.is_seen:
        unknown["workload"] = _("work and staff: not visible to you; the office of the institution reads them")
        unknown["away"] = _("cases: not all visible to you; the office of the institution reads them")
    why = [
        unknown[part] if points is None else parts[part] % {"points": f"{points:.1f}"}
        for part, points in found.points.items()
    ]
    name = reference_name("specialties", found.code)
    return SpecialtyLine(
        rank=found.rank,
        specialty=name,
        department=name_of(department) if department is not None else "",
        status=department.get_status_display() if department is not None else "",
        points=round(found.score, 1),
        bounds=f"{found.low:.0f}–{found.high:.0f}" if found.unknown else "",
        value_width=round(BAR_WIDTH * found.score / 100),
        low_at=round(BAR_WIDTH * found.low / 100),
        range_width=round(BAR_WIDTH * (found.high - found.low) / 100),
        label=name,
        words=f"{found.score:.0f}",
        why=(*why, *known.reasons.get(found.code, ())),
        grown=tuple(known.grown.get(found.code, ())),
    )
