"""Tables in and out: choose, upload, look at what would happen, import; templates and exports."""

from __future__ import annotations

import shlex
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.accounts.roles import Permission
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.documents import attachment
from lianyi.pages.errors import message_of
from lianyi.pages.listing import list_response
from lianyi.pages.names import page_is_chinese
from lianyi.pages.requests import acting, command_context, page
from lianyi.registry import queries
from lianyi.registry.errors import ImportRefusedError
from lianyi.registry.forms.imports import UploadForm, title_of
from lianyi.registry.import_pages import (
    MOST_ROWS_IN_BROWSER,
    TooManyRowsForBrowserError,
    labels_of,
    preview_lines,
)
from lianyi.registry.imports.exporting import export_table, may_import, template_of
from lianyi.registry.imports.kinds import TableKind, table_kinds
from lianyi.registry.imports.running import (
    ImportPreview,
    TableSource,
    import_table,
    kind_named,
    preview_source,
    read_source,
)
from lianyi.registry.models import ImportRun
from lianyi.registry.tables import ImportRunTable
from lianyi.registry.uploads import Upload, drop_upload, keep_upload, kept_upload
from lianyi.registry.views.form_pages import both_methods
from lianyi.tabular.columns import Language
from lianyi.tabular.errors import MissingColumnsError, TableFileError, TableHeaderError

CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def _language() -> Language:
    return "zh-hans" if page_is_chinese() else "en"


def _root_crumb() -> Crumb:
    return Crumb(_("Imports"), reverse("registry:imports"))


def _file(content: bytes, name: str, file_format: str = "xlsx") -> HttpResponse:
    response = HttpResponse(content, content_type=CONTENT_TYPES[file_format])
    response.headers["Content-Disposition"] = attachment(f"{name}.{file_format}")
    return response


@both_methods
@page
def imports(request: HttpRequest) -> HttpResponse:
    """Offer the kinds of table, and take a file for one of them."""
    actor = acting(request)
    kinds = [kind for kind in table_kinds() if may_import(actor, kind)]
    if not kinds:
        require(actor, "registry.write")
    chosen = request.GET.get("kind", "")
    form = UploadForm(kinds, request.POST or None, request.FILES or None, initial={"kind": chosen})
    if request.method == "POST" and form.is_valid():
        upload = keep_upload(actor, form.cleaned_data["kind"], form.cleaned_data["file"])
        source = form.attempt(lambda: _source_of(upload))
        if source is not None:
            return redirect(_preview_url(upload.token))
        drop_upload(upload)
    context = {
        "title": _("Imports"),
        "form": form,
        "rows": [(kind, title_of(kind), kind in kinds) for kind in table_kinds() if _may_read(actor, kind)],
        "most_rows": MOST_ROWS_IN_BROWSER,
    }
    return render(request, "registry/imports.html", context, status=422 if form.errors else 200)


def _may_read(actor: Actor, kind: TableKind) -> bool:
    family = Permission.parse(kind.permission).family
    return decide(actor, f"{family.value}.read").allowed


def _source_of(upload: Upload, sheet_name: str = "") -> TableSource:
    """Read a kept file, on the sheet that the person chose or else on the one that fits best.

    Raises
    ------
    TableFileError, TableHeaderError, TooManyRowsForBrowserError
    """
    source = _read(upload, sheet_name)
    rows = len(source.table.rows)
    if rows > MOST_ROWS_IN_BROWSER:
        chosen = f" --sheet {shlex.quote(sheet_name)}" if sheet_name else ""
        command = f"lianyi import {upload.kind} {shlex.quote(upload.file_name)}{chosen}"
        raise TooManyRowsForBrowserError(
            f"The file has {rows:,} rows; at most {MOST_ROWS_IN_BROWSER:,} are taken in the browser. "
            f"Put it on the server and run: {command}",
            rows=rows,
            maximum=MOST_ROWS_IN_BROWSER,
            command=command,
        )
    return source


def _read(upload: Upload, sheet_name: str) -> TableSource:
    try:
        return read_source(upload.kind, upload.path, upload.file_name, sheet_name=sheet_name)
    except MissingColumnsError as error:
        labels = labels_of(kind_named(upload.kind), error.params["missing"])
        raise MissingColumnsError(error.message, **{**error.params, "missing": labels}) from error


def _preview_of(actor: Actor, upload: Upload, sheet_name: str) -> ImportPreview:
    return preview_source(actor, _source_of(upload, sheet_name), _language())


def _preview_url(token: str, sheet_name: str = "") -> str:
    chosen = f"?{urlencode({'sheet': sheet_name})}" if sheet_name else ""
    return reverse("registry:import-preview", args=[token]) + chosen


@require_safe
@page
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """Show what an import of the kept file would do; of a workbook with several sheets, of the chosen one."""
    actor = acting(request)
    upload = kept_upload(actor, token)
    sheet_name = request.GET.get("sheet", "")
    try:
        found = _preview_of(actor, upload, sheet_name)
    except (TableFileError, TableHeaderError, TooManyRowsForBrowserError) as error:
        if not sheet_name:
            raise
        # The sheet that fits best was read when the file came, so there is something to show and to choose from.
        messages.error(request, message_of(error))
        return redirect(_preview_url(token))
    context = {
        "title": _("Import of %(file)s") % {"file": upload.file_name},
        "token": token,
        "sheet_name": sheet_name,
        "kind_title": title_of(found.source.kind),
        "preview": found,
        "lines": preview_lines(found),
        "breadcrumbs": [_root_crumb()],
    }
    return render(request, "registry/import_preview.html", context)


@require_safe
@page
def returned(request: HttpRequest, token: str) -> HttpResponse:
    """Give the table back with every bad row marked."""
    actor = acting(request)
    upload = kept_upload(actor, token)
    stem = upload.file_name.rpartition(".")[0] or upload.file_name
    found = _preview_of(actor, upload, request.GET.get("sheet", ""))
    return _file(found.returned_workbook(), f"{stem}-{_('returned')}")


@require_POST
@page
def run(request: HttpRequest, token: str) -> HttpResponse:
    """Import the kept file; a second sending of the same form leads to what the first one did."""
    actor = acting(request)
    context = command_context(request)
    earlier = queries.import_of_command(actor, context.key)
    if earlier is not None:
        return _imported(request, earlier)
    upload = kept_upload(actor, token)
    sheet_name = request.POST.get("sheet", "")
    try:
        done = import_table(context, _source_of(upload, sheet_name), request.POST.get("mode", ""))
    except ImportRefusedError as error:
        messages.error(request, message_of(error))
        return redirect(_preview_url(token, sheet_name))
    drop_upload(upload)
    return _imported(request, done)


def _imported(request: HttpRequest, done: ImportRun) -> HttpResponseRedirect:
    written = done.rows_created + done.rows_updated
    told = ngettext("%(rows)d row is imported.", "%(rows)d rows are imported.", written) % {"rows": written}
    messages.success(request, told)
    return HttpResponseRedirect(reverse("registry:import-runs"))


@require_POST
@page
def discard(request: HttpRequest, token: str) -> HttpResponse:
    """Throw the kept file away."""
    try:
        drop_upload(kept_upload(acting(request), token))
    except NotFoundInScopeError:
        messages.info(request, _("The file was gone already."))
    else:
        messages.info(request, _("The file is thrown away; nothing was imported."))
    return redirect("registry:imports")


@require_safe
@page
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """Give the empty workbook to fill in."""
    known = kind_named(kind)
    require(acting(request), known.permission)
    return _file(template_of(kind, _language()), title_of(known))


@require_safe
@page
def export(request: HttpRequest, kind: str, file_format: str) -> HttpResponse:
    """Give the table of everything of a kind within reach, as an import of the same kind reads it back."""
    content = export_table(acting(request), kind, file_format, _language())
    return _file(content, f"{kind}-{timezone.localdate()}", file_format)


@require_safe
@page
def import_runs(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "registry.read")
    return list_response(
        request,
        table_class=ImportRunTable,
        rows=queries.import_runs(actor),
        title=_("Past imports"),
        context={"breadcrumbs": [_root_crumb()]},
        export_name="imports",
    )
