"""What growth shows on pages of others: of an agreement, an institution, a department, a person and a posting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianyi.accounts.actors import Actor
from lianyi.dispatch.models import Posting
from lianyi.growth.queries import assessments, cycles, field_log, mentors, pipeline, projects, techniques, training
from lianyi.growth.queries.secondments import secondments
from lianyi.growth.tables.assessments import AssessmentTable
from lianyi.growth.tables.cycles import CycleTable
from lianyi.growth.tables.field_log import LogTable
from lianyi.growth.tables.mentors import MentorPairTable
from lianyi.growth.tables.pipeline import InnovationTable
from lianyi.growth.tables.projects import ProjectTable
from lianyi.growth.tables.secondments import SecondmentTable
from lianyi.growth.tables.techniques import TechniqueTable
from lianyi.growth.tables.training import CertificateTable, CourseTable
from lianyi.pages.sections import PageSection, filled, register_section_source, section
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Department, Institution, Staff

Rows = QuerySet[Any, Any]


def register() -> None:
    register_section_source(Institution, of_institution)
    register_section_source(Staff, of_person)
    register_section_source(Posting, of_posting)


def of_agreement(actor: Actor, row: Agreement) -> list[PageSection]:
    """Return all that grows under an agreement; also what is still empty, so that the page can say where to begin."""
    under: dict[str, str] = {"agreement": row.code}
    own = Q(agreement=row)
    return [
        _cycles(cycles.cycles(actor).filter(own), reverse("growth:capability-cycles-of", args=[row.pk])),
        _techniques(techniques.techniques(actor).filter(own), under, "institution"),
        _courses(training.courses(actor).filter(own), {"words": row.code}),
        _pairs(mentors.pairs(actor).filter(own), under),
        section(
            _("Secondments up"),
            SecondmentTable,
            secondments(actor).filter(own),
            columns=("person", "home", "learns_at", "starts_on", "left_on"),
            url=_list("growth:secondments", under),
        ),
        _projects(projects.projects(actor, timezone.localdate()).filter(own), under),
        section(
            _("Pipeline"),
            InnovationTable,
            pipeline.innovations(actor).filter(own),
            columns=("code", "title", "institution", "stage", "state", "use_count"),
            url=_list("growth:pipeline", under),
        ),
    ]


def of_institution(actor: Actor, row: Institution) -> list[PageSection]:
    """Return the techniques of an institution's departments, how it was assessed, and what it builds and invents."""
    here = Q(institution=row)
    return filled(
        [
            _techniques(techniques.techniques(actor).filter(here), {"institution": row.code}),
            _assessments(assessments.assessments(actor).filter(here), {"words": row.code}),
            _projects(projects.projects(actor, timezone.localdate()).filter(here), {"institution": row.code}),
        ]
    )


def of_department(actor: Actor, row: Department) -> list[PageSection]:
    """Return how a department was assessed, what is built for it and who learns in it; its ladder stands above."""
    own = Q(department=row)
    learning = Q(apprentice__department=row)
    return filled(
        [
            _assessments(assessments.assessments(actor).filter(own), {"words": row.institution.code}),
            _projects(
                projects.projects(actor, timezone.localdate()).filter(own), {"institution": row.institution.code}
            ),
            _pairs(mentors.pairs(actor).filter(learning), None),
        ]
    )


def of_person(actor: Actor, row: Staff) -> list[PageSection]:
    """Return the certificates of a person, and whom the person taught or learned from."""
    return filled(
        [
            section(
                _("Certificates of training"),
                CertificateTable,
                training.certificates(actor).filter(enrolment__staff=row),
                columns=("number", "course", "issued_on", "standing"),
                url="",
            ),
            _pairs(mentors.pairs(actor).filter(Q(mentor=row) | Q(apprentice=row)), None),
        ]
    )


def of_posting(actor: Actor, row: Posting) -> list[PageSection]:
    """Return the newest days of the field log of a posting."""
    entries = section(
        _("Field log"),
        LogTable,
        field_log.entries(actor).filter(posting=row),
        columns=("day", "outpatients", "ward_rounds", "operations", "teaching_minutes", "words"),
        url="",
    )
    return filled([entries])


def _cycles(rows: Rows, url: str) -> PageSection:
    columns = ("number", "standing", "gap_count", "review_due_on", "aim")
    return section(_("Capability cycles"), CycleTable, rows, columns=columns, url=url)


def _techniques(rows: Rows, asked: dict[str, str], *more: str) -> PageSection:
    columns = ("name", *more, "department", "standing", "alone_from", "team")
    return section(_("Techniques"), TechniqueTable, rows, columns=columns, url=_list("growth:techniques", asked))


def _courses(rows: Rows, asked: dict[str, str]) -> PageSection:
    columns = ("title", "kind", "organiser", "starts_on", "held_count", "enrolled_count")
    return section(_("Training"), CourseTable, rows, columns=columns, url=_list("growth:courses", asked))


def _pairs(rows: Rows, asked: dict[str, str] | None) -> PageSection:
    columns: Sequence[str] = ("code", "mentor", "apprentice", "starts_on", "ended_on", "line_count")
    url = "" if asked is None else _list("growth:mentors", asked)
    return section(_("Mentors and apprentices"), MentorPairTable, rows, columns=columns, url=url)


def _assessments(rows: Rows, asked: dict[str, str]) -> PageSection:
    columns = ("code", "department", "checklist", "assessed_on", "kind", "headline", "state")
    title = pgettext("by a checklist", "Assessments")
    return section(title, AssessmentTable, rows, columns=columns, url=_list("growth:assessments", asked))


def _projects(rows: Rows, asked: dict[str, str]) -> PageSection:
    columns = ("title", "kind", "state", "late", "milestone_count", "reached_count", "signed_count", "next_due_on")
    return section(_("Projects"), ProjectTable, rows, columns=columns, url=_list("growth:projects", asked))


def _list(name: str, asked: dict[str, str]) -> str:
    return f"{reverse(name)}?{urlencode(asked)}"
