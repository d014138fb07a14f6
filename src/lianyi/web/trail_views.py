"""The audit trail and the readings of data about persons."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from lianyi.accounts import audit as trail
from lianyi.accounts import queries
from lianyi.accounts.access import require
from lianyi.accounts.errors import AuditChainBrokenError
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.errors import message_of
from lianyi.pages.listing import list_response
from lianyi.pages.requests import acting, page
from lianyi.web.account_tables import AuditTable, ReadingTable, role_name
from lianyi.web.trail import changed_fields, object_text, object_types

# Beyond this many events a page would keep its reader waiting; the command line has the time.
MOST_EVENTS_ON_A_PAGE = 100_000


class _TrailFilter(django_filters.FilterSet):  # type: ignore[misc]
    person = django_filters.CharFilter(method="with_person", label=gettext_lazy("Person"))
    object_type = django_filters.ChoiceFilter(choices=object_types, label=gettext_lazy("Kind of record"))
    object_id = django_filters.NumberFilter(label=gettext_lazy("Record no."))

    def with_person(self, rows: QuerySet[Any, Any], _name: str, value: str) -> QuerySet[Any, Any]:
        return rows.filter(Q(user__username__icontains=value) | Q(user__display_name__icontains=value))


class AuditFilter(_TrailFilter):
    """By person, record, action and day."""

    action = django_filters.CharFilter(lookup_expr="icontains", label=gettext_lazy("Action code"))
    since = django_filters.DateFilter("recorded_at", lookup_expr="date__gte", label=gettext_lazy("From"))
    until = django_filters.DateFilter("recorded_at", lookup_expr="date__lte", label=gettext_lazy("To"))


class ReadingFilter(_TrailFilter):
    """By person, record and day."""

    since = django_filters.DateFilter("read_at", lookup_expr="date__gte", label=gettext_lazy("From"))
    until = django_filters.DateFilter("read_at", lookup_expr="date__lte", label=gettext_lazy("To"))


@require_safe
@page
def audit(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "audit.read")
    return list_response(
        request,
        table_class=AuditTable,
        rows=queries.audit_events(actor),
        filterset_class=AuditFilter,
        template="web/accounts/audit.html",
        title=_("Audit trail"),
        context={"head": queries.chain_head()},
        export_name="audit-trail",
    )


@require_POST
@page
def verify(request: HttpRequest) -> HttpResponse:
    """Walk the whole chain while the person waits, unless it is too long for that."""
    require(acting(request), "audit.read")
    if queries.chain_head().sequence > MOST_EVENTS_ON_A_PAGE:
        messages.warning(
            request, _("The trail is too long to verify on a page. Run `lianyi check --audit` on the server.")
        )
        return redirect("accounts:audit")
    try:
        report = trail.verify_chain()
    except AuditChainBrokenError as error:
        messages.error(request, message_of(error))
    else:
        messages.success(
            request,
            _("The trail is intact: %(events)s events, last hash %(hash)s.")
            % {"events": report.events, "hash": report.last_hash[:16]},
        )
    return redirect("accounts:audit")


@require_safe
@page
def audit_event(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    event = queries.audit_event(actor, pk)
    context = {
        "title": _("Event %(number)s") % {"number": event.sequence},
        "event": event,
        "role": role_name(event.acting_role),
        "record": object_text(event.object_type, event.object_id),
        "changes": changed_fields(actor, event),
        "breadcrumbs": [Crumb(_("Audit trail"), reverse("accounts:audit"))],
    }
    return render(request, "web/accounts/audit_event.html", context)


@require_safe
@page
def readings(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "audit.read")
    return list_response(
        request,
        table_class=ReadingTable,
        rows=queries.readings(actor),
        filterset_class=ReadingFilter,
        title=_("Readings of person data"),
        export_name="readings",
    )
