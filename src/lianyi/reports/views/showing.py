"""What every page of a report shares: its words in the reader's language, and its files."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import get_language

from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.pages.documents import attachment, render_pdf
from lianyi.reports.docx_paper import CONTENT_TYPE, docx_of
from lianyi.reports.models import KeptDocument

TEMPLATE = "reports/documents/report.typ"
FILES = ("pdf", "docx")


def words_of(row: KeptDocument) -> dict[str, Any]:
    """Return the kept words in the reader's language."""
    found = row.documents.get(get_language() or "", None) or next(iter(row.documents.values()))
    return dict(found)


def file_of(report: dict[str, Any], ending: str, name: str) -> HttpResponse:
    """Return a report as a file to keep.

    Raises
    ------
    NotFoundInScopeError
        When reports have no such file.
    """
    if ending not in FILES:
        raise NotFoundInScopeError(f"There is no report as .{ending}; there are .pdf and .docx.", model="KeptReport")
    if ending == "pdf":
        response = HttpResponse(render_pdf(TEMPLATE, {"report": report}), content_type="application/pdf")
    else:
        response = HttpResponse(docx_of(report), content_type=CONTENT_TYPE)
    response.headers["Content-Disposition"] = attachment(f"{name}.{ending}")
    return response
