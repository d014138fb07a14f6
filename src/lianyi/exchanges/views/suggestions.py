"""What a field proposes while somebody types who took part or is thanked."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lianyi.accounts.access import require
from lianyi.dispatch.forms import staff_code
from lianyi.exchanges.queries.people import people
from lianyi.pages.lookups import MOST_SUGGESTIONS, Suggestion, suggestions_response, typed_text
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, page


@require_safe
@page
def staff(request: HttpRequest) -> HttpResponse:
    """Suggest people who may be named at a visit and still work for their institution."""
    actor = acting(request)
    require(actor, "visit.write")
    name = typed_text(request).rpartition("/")[2]
    rows = people(actor).filter(employed_to__isnull=True)
    if name:
        rows = rows.filter(Q(code__istartswith=name) | Q(name_zh__icontains=name) | Q(name_en__icontains=name))
    found = rows.order_by("institution__code", "code")[:MOST_SUGGESTIONS]
    named = (Suggestion(staff_code(row), f"{name_of(row)} · {name_of(row.institution)}") for row in found)
    return suggestions_response(request, named)
