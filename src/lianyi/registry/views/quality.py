"""What the checks find in the records within reach."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.accounts.access import require
from lianyi.pages.listing import list_response
from lianyi.pages.requests import acting, log_list_reading, page
from lianyi.registry import queries
from lianyi.registry.models import Staff
from lianyi.registry.quality import find_problems
from lianyi.registry.quality_table import (
    STAFF,
    FindingFilter,
    FindingTable,
    check_counts,
    finding_lines,
    nodes_spoken_of,
)


@require_safe
@page
def data_quality(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "registry.read")
    found = list(find_problems(actor))
    persons = sum(finding.object_type == STAFF for finding in found)
    if persons:
        log_list_reading(request, Staff, persons)
    wanted = FindingFilter(request.GET)
    lines = finding_lines(found, queries.names_of_nodes(nodes_spoken_of(found)))
    return list_response(
        request,
        table_class=FindingTable,
        rows=wanted.chosen(lines),
        template="registry/data_quality.html",
        title=_("Data quality"),
        context={
            "filterset": wanted,
            "is_filtered": wanted.is_filtered,
            "total_count": len(found),
            "counts": check_counts(found),
        },
        export_name="data-quality",
    )
