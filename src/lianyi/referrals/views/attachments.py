"""Files of a referral: add, take along, mark as entered in error. They are never shown inside a page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianyi.pages.documents import attachment as attachment_header
from lianyi.pages.requests import acting, command_context, log_reading, page
from lianyi.partnerships.views.parts import FormPage, run_form
from lianyi.referrals import queries, queries_writing
from lianyi.referrals.commands.attachments import void_attachment
from lianyi.referrals.commands.sending import attach_files
from lianyi.referrals.errors import AttachmentRefusedError
from lianyi.referrals.file_checks import KINDS
from lianyi.referrals.forms.files import AttachmentForm, new_attachments
from lianyi.referrals.models import Request
from lianyi.referrals.record_access import require_record
from lianyi.referrals.views.work import referral_crumbs

_ENDINGS = {kind.content_type: kind.endings[0] for kind in KINDS}


def _page_of(request: HttpRequest, row: Request) -> str:
    """Return where the files of a request stand: its draft, or its case."""
    leg = queries.legs(acting(request)).filter(request=row).order_by("number").first()
    if row.sent_at is None or leg is None:
        return reverse("referrals:draft", args=[row.pk])
    return reverse("referrals:case", args=[leg.pk])


@require_http_methods(["GET", "POST"])
@page
def add(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.request(actor, pk)
    require_record(actor, row)
    form = AttachmentForm(request.POST or None, request.FILES or None)
    back = _page_of(request, row)
    about = FormPage(
        title=gettext_lazy("Add pictures and reports"),
        submit_label=gettext_lazy("Add files"),
        cancel_url=back,
        done=gettext_lazy("The files are added."),
        crumbs=referral_crumbs(),
        intro=gettext_lazy("The file is kept as it is. Nobody outside the case can open it."),
    )

    def run() -> Request:
        files = new_attachments(form.cleaned_data["uploads"], form.cleaned_data["kind"])
        return attach_files(command_context(request), row.pk, files)

    return run_form(request, form, about, run, lambda _done: back)


@require_GET
@page
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a file to keep; the browser is told neither to show it nor to guess what it is."""
    row = queries_writing.attachment(acting(request), pk)
    log_reading(request, row)
    try:
        with row.file.open("rb") as stored:
            content = stored.read()
    except FileNotFoundError as error:
        raise AttachmentRefusedError(
            "The file is not in the storage of this installation. Tell its administrator.",
            reason="missing-in-storage",
        ) from error
    response = HttpResponse(content, content_type=row.content_type)
    # The name in the download folder tells the journey and nothing about the patient.
    name = f"{row.request.journey.number}-{row.pk}.{_ENDINGS.get(row.content_type, 'bin')}"
    response.headers["Content-Disposition"] = attachment_header(name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_POST
@page
def void(request: HttpRequest, pk: int) -> HttpResponse:
    row = queries_writing.attachment(acting(request), pk)
    seen = request.POST.get("expected_version", "")
    void_attachment(command_context(request), row.pk, int(seen) if seen.isdigit() else row.version)
    messages.success(request, _("The file is marked as entered in error."))
    return redirect(_page_of(request, row.request))
