"""One person's record, and certificates of service."""

from __future__ import annotations

import dataclasses

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.accounts.access import decide, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.accounts.models import OrganisationNode, User
from lianyi.dispatch import queries
from lianyi.dispatch.certificate_words import BOTH, LANGUAGES, Issue, Paper, paper_of
from lianyi.dispatch.certificates import Certificate, agrees, certificate_of, parts_of
from lianyi.dispatch.machine import STAYED
from lianyi.dispatch.models import Posting
from lianyi.dispatch.queries import PersonRecord
from lianyi.dispatch.tables import Service
from lianyi.dispatch.texts import STATE_TONES, title_word
from lianyi.dispatch.views.parts import posting_crumbs
from lianyi.methods.presence import service_days
from lianyi.pages.documents import pdf_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, log_reading, page
from lianyi.pages.sections import sections_of
from lianyi.registry.reference_names import reference_name


@require_safe
@page
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one person's postings; the reading is noted with the basis on which the reader may."""
    actor = acting(request)
    record = queries.person_record(actor, pk, timezone.localdate())
    if record is None:
        raise NotFoundInScopeError("There is no such record within your reach.", model="Staff")
    has_file = decide(actor, "staff.read", record.staff).allowed
    # Partners reach a person by the postings to them; then that is what they read, and on that basis.
    log_reading(request, record.staff if has_file else record.postings[0])
    staff = record.staff
    context = {
        "title": name_of(staff),
        "staff": staff,
        "has_file": has_file,
        "staff_title": title_word(staff),
        "profession": reference_name("professions", staff.profession),
        "specialty": reference_name("specialties", staff.specialty),
        "home": name_of(staff.institution),
        "services": _services(record),
        "days_served": record.days_served,
        "tones": STATE_TONES,
        "breadcrumbs": posting_crumbs(),
        "sections": sections_of(request, staff),
    }
    return render(request, "dispatch/person.html", context)


def _services(record: PersonRecord) -> list[dict[str, object]]:
    served = {int(stay.key): service_days(stay, stay.span) for stay in record.stays}
    lines = []
    for row in record.postings:
        days = served.get(row.pk)
        service = Service(
            posting=row,
            stayed=None if days is None else days.span,
            absent_days=0 if days is None else days.absent_days,
            present_days=None if days is None else days.present_days,
        )
        lines.append(
            {
                "service": service,
                "tone": STATE_TONES.get(row.state, "neutral"),
                "may_certify": row.state in STAYED and days is not None,
            }
        )
    return lines


def _certificate(request: HttpRequest, pk: int) -> tuple[Certificate, Paper]:
    row = queries.posting(acting(request), pk)
    certificate = certificate_of(row, timezone.localdate())
    log_reading(request, row)
    asked = request.GET.get("language", BOTH)
    language = asked if asked in LANGUAGES else BOTH
    return certificate, paper_of(certificate, _issue(request, certificate), language)


def _issue(request: HttpRequest, certificate: Certificate) -> Issue:
    actor = acting(request)
    node = OrganisationNode.objects.filter(pk=actor.node_id).first() if actor.node_id is not None else None
    user = request.user
    address = reverse("dispatch:verify", args=[certificate.code])
    return Issue(
        institution=lambda: name_of(node),
        person=user.display_name if isinstance(user, User) else "",
        at=timezone.now(),
        verify_url=request.build_absolute_uri(address),
    )


@require_safe
@page
def certificate_page(request: HttpRequest, pk: int) -> HttpResponse:
    certificate, paper = _certificate(request, pk)
    row = certificate.posting
    context = {
        "title": paper.title,
        "paper": paper,
        "posting": row,
        "pdf_url": reverse("dispatch:certificate-pdf", args=[row.pk]),
        "languages": [(BOTH, "中文 + English"), ("zh-hans", "中文"), ("en", "English")],
        "asked": request.GET.get("language", BOTH),
        "breadcrumbs": posting_crumbs(row),
    }
    return render(request, "dispatch/certificate.html", context)


@require_safe
@page
def certificate_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    certificate, paper = _certificate(request, pk)
    row = certificate.posting
    name = f"certificate-{row.agreement.code}-{row.code}"
    return pdf_response("dispatch/documents/certificate.typ", dataclasses.asdict(paper), name)


@require_safe
@page
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Compare a certificate's check code with the record as it stands.

    Whoever may see the posting is shown its facts; anybody else learns only whether the paper they hold agrees, which
    needs the keyed digest that stands on it.
    """
    actor = acting(request)
    today = timezone.localdate()
    parts = parts_of(code)
    row = None if parts is None else _posting_anywhere(parts.posting_id)
    is_genuine = parts is not None and row is not None and agrees(row, code, parts.until, today)
    may_see = row is not None and _may_see(actor, row)
    if may_see and row is not None:
        log_reading(request, row)
    context = {
        "title": _("Verify a certificate"),
        "code": code.upper(),
        "is_genuine": is_genuine,
        "until": None if parts is None else parts.until,
        "posting": row if may_see else None,
        "breadcrumbs": posting_crumbs(),
    }
    return render(request, "dispatch/verify.html", context, status=200 if is_genuine or may_see else 404)


def _posting_anywhere(pk: int) -> Posting | None:
    related = ("agreement", "staff", "from_institution", "to_institution", "to_department")
    return Posting.objects.select_related(*related).filter(pk=pk).first()


def _may_see(actor: Actor, row: Posting) -> bool:
    return scoped(actor, Posting.objects.filter(pk=row.pk)).exists()
