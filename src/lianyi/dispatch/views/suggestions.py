"""What lookup fields suggest while one types, within the reader's reach."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lianyi.accounts.access import scoped
from lianyi.dispatch.forms import staff_code
from lianyi.dispatch.texts import title_word
from lianyi.pages.lookups import MOST_SUGGESTIONS, Suggestion, suggestions_response, typed_text
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, page
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Staff
from lianyi.registry.reference_names import reference_name


@require_safe
@page
def agreements(request: HttpRequest) -> HttpResponse:
    typed = typed_text(request)
    rows = scoped(acting(request), Agreement.objects.order_by("code"))
    if typed:
        rows = rows.filter(Q(code__icontains=typed) | Q(title_zh__icontains=typed) | Q(title_en__icontains=typed))
    found = (Suggestion(row.code, name_of(row, "title")) for row in rows[:MOST_SUGGESTIONS])
    return suggestions_response(request, found)


@require_safe
@page
def staff(request: HttpRequest) -> HttpResponse:
    """Suggest people who still work for their institution."""
    typed = typed_text(request)
    rows = scoped(acting(request), Staff.objects.select_related("institution").filter(employed_to__isnull=True))
    name = typed.rpartition("/")[2]
    if name:
        rows = rows.filter(Q(code__istartswith=name) | Q(name_zh__icontains=name) | Q(name_en__icontains=name))
    found = (Suggestion(staff_code(row), _label(row)) for row in rows.order_by("code")[:MOST_SUGGESTIONS])
    return suggestions_response(request, found)


def _label(row: Staff) -> str:
    return " · ".join(
        part for part in (name_of(row), title_word(row), reference_name("specialties", row.specialty)) if part
    )
