"""What the reader is told, and for administrators what carries it: dead letters and webhooks."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.accounts.access import require
from lianyi.accounts.audit import CommandContext
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.errors import message_of
from lianyi.pages.forms import form_response, new_command_key
from lianyi.pages.listing import list_response
from lianyi.pages.requests import acting, command_context, page, request_id_of
from lianyi.referrals import notice_queries
from lianyi.referrals.commands import outgoing
from lianyi.referrals.errors import GuardRefusedError
from lianyi.referrals.forms.duty import WebhookForm
from lianyi.referrals.models import Notice
from lianyi.referrals.tables.duty import DeadLetterTable, NoticeTable, WebhookTable
from lianyi.registry.models import Institution


@require_safe
@page
def notices(request: HttpRequest) -> HttpResponse:
    rows = notice_queries.notices(acting(request))
    newest = rows.filter(seen_at__isnull=True).first()
    return list_response(
        request,
        table_class=NoticeTable,
        rows=rows,
        title=_("Notices"),
        export_name="notices",
        template="referrals/notices.html",
        context={"newest": newest},
    )


@require_safe
@page
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a notice was seen, and go to what it speaks of."""
    actor = acting(request)
    context = CommandContext(actor, new_command_key(), request_id_of(request))
    row = outgoing.see_notice(context, notice_queries.notice(actor, pk).pk)
    return redirect(_subject_of(row))


def _subject_of(row: Notice) -> str:
    if row.leg is not None:
        return row.leg.get_absolute_url()
    if row.consultation is not None:
        return reverse("referrals:consultation", args=[row.consultation_id])
    return reverse("referrals:rosters")


@require_POST
@page
def see_all(request: HttpRequest) -> HttpResponse:
    given = request.POST.get("newest", "")
    if given.isdigit():
        outgoing.see_notices_up_to(command_context(request), int(given))
        messages.success(request, _("All notices are marked as seen."))
    return redirect("referrals:notices")


@require_safe
@page
def dead_letters(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "admin.read")
    return list_response(
        request,
        table_class=DeadLetterTable,
        rows=notice_queries.dead_letters(actor),
        title=_("Deliveries given up"),
        export_name="dead-letters",
    )


@require_POST
@page
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        outgoing.replay_delivery(command_context(request), pk)
    except GuardRefusedError as error:
        messages.error(request, message_of(error))
    else:
        messages.success(request, _("It is sent again within the next minute."))
    return redirect("referrals:dead-letters")


@require_safe
@page
def webhooks(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "admin.read")
    return list_response(
        request,
        table_class=WebhookTable,
        rows=notice_queries.webhooks(actor),
        title=_("Webhooks"),
        export_name="webhooks",
        template="referrals/webhooks.html",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new_webhook(request: HttpRequest) -> HttpResponse:
    """Add a webhook, and show its secret on the page that answers: the only time it is shown."""
    actor = acting(request)
    require(actor, "admin.write")
    own = Institution.objects.filter(pk=actor.node_id).first()
    form = WebhookForm(request.POST or None, initial={"institution": "" if own is None else own.code})
    crumbs = [Crumb(_("Webhooks"), reverse("referrals:webhooks"))]
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        row = form.attempt(
            lambda: outgoing.add_webhook(command_context(request), given["institution"].pk, given["url"])
        )
        if row is not None:
            context = {"title": _("The webhook is added"), "breadcrumbs": crumbs, "webhook": row}
            return render(request, "referrals/webhook_made.html", context)
    return form_response(
        request,
        form=form,
        title=_("New webhook"),
        submit_label=_("Add the webhook"),
        cancel_url=reverse("referrals:webhooks"),
        context={"breadcrumbs": crumbs},
    )


@require_POST
@page
def retire_webhook(request: HttpRequest, pk: int) -> HttpResponse:
    given = request.POST.get("expected_version", "")
    try:
        outgoing.retire_webhook(command_context(request), pk, int(given) if given.isdigit() else 0)
    except GuardRefusedError as error:
        messages.error(request, message_of(error))
    else:
        messages.success(request, _("The webhook is retired; nothing more is sent there."))
    return redirect("referrals:webhooks")
