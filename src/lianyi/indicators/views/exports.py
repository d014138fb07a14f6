"""Exports of DHIS2: what is kept of their names, an export read and told about, and on to the import of its values."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianyi.accounts.access import require
from lianyi.accounts.actors import Actor
from lianyi.analysis.dhis2 import Converted
from lianyi.indicators.export_reading import read_export, table_of, why_word
from lianyi.indicators.forms.exports import ExportForm
from lianyi.indicators.queries import exports as queries
from lianyi.indicators.values_machine import WRITE
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.requests import acting, page
from lianyi.registry.uploads import keep_upload

BOTH = ["GET", "HEAD", "POST"]
VALUES = "indicator_values"
MOST_SHOWN = 200


@require_http_methods(BOTH)
@page
def exports(request: HttpRequest) -> HttpResponse:
    """Show what is kept of the names in exports, and read one; nothing is imported here."""
    actor = acting(request)
    require(actor, WRITE)
    keepers = queries.keepers(actor)
    form = ExportForm(keepers, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        found = form.attempt(lambda: _read(actor, form))
        if found is not None:
            return _told(request, found, form.cleaned_data["file"].name or "")
    elements, units = queries.elements(actor), queries.units(actor)
    context: dict[str, Any] = {
        "title": _("Exports of DHIS2"),
        "form": form if keepers else None,
        "elements": elements[:MOST_SHOWN],
        "units": units[:MOST_SHOWN],
        "more_elements": max(0, elements.count() - MOST_SHOWN),
        "more_units": max(0, units.count() - MOST_SHOWN),
        "tables": [_tables("export_elements"), _tables("export_units")],
    }
    return render(request, "indicators/exports.html", context, status=422 if form.errors else 200)


def _tables(kind: str) -> dict[str, str]:
    return {
        "import": f"{reverse('registry:imports')}?kind={kind}",
        "template": reverse("registry:import-template", args=[kind]),
        "export": reverse("registry:export", args=[kind, "xlsx"]),
    }


def _read(actor: Actor, form: ExportForm) -> Converted:
    file = form.cleaned_data["file"]
    return read_export(actor, form.chosen_keeper, file.read(), file.name or "")


def _told(request: HttpRequest, found: Converted, file_name: str) -> HttpResponse:
    """Tell what an export gave, and keep its table of values for the import that checks it row by row."""
    upload = None
    if found.values:
        stem = file_name.rpartition(".")[0] or file_name
        file = SimpleUploadedFile(f"{stem}-values.csv", table_of(found), "text/csv")
        upload = keep_upload(acting(request), VALUES, file)
    context = {
        "title": _("Export read: %(file)s") % {"file": file_name},
        "breadcrumbs": [Crumb(_("Exports of DHIS2"), reverse("indicators:exports"))],
        "values": len(found.values),
        "complete": sum(each.numerator is not None for each in found.values),
        "empty_cells": found.empty_cells,
        "not_used": [(each.row, each.column, why_word(each)) for each in found.not_used[:MOST_SHOWN]],
        "more_not_used": max(0, len(found.not_used) - MOST_SHOWN),
        "unmapped": found.unmapped[:MOST_SHOWN],
        "preview_url": "" if upload is None else reverse("registry:import-preview", args=[upload.token]),
    }
    return render(request, "indicators/export_read.html", context)
