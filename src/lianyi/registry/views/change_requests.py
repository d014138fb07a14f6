"""Proposed changes: the list, one with old and new side by side, and the decision."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from lianyi.accounts.access import require
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, page
from lianyi.registry import commands, queries
from lianyi.registry.commands.change_requests import PENDING
from lianyi.registry.filters import ChangeRequestFilter
from lianyi.registry.forms.change_requests import DecisionForm, RefusalForm
from lianyi.registry.models import ChangeRequest
from lianyi.registry.page_facts import proposed_differences
from lianyi.registry.tables import REQUEST_TONES, ChangeRequestTable, model_of
from lianyi.registry.views.form_pages import FormPage, RecordPages, Words


def _root_crumb() -> Crumb:
    return Crumb(_("Change requests"), reverse("registry:change-requests"))


def address_of(row: ChangeRequest) -> str:
    return reverse("registry:change-request-detail", args=[row.pk])


@require_safe
@page
def change_requests(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "registry.read")
    return list_response(
        request,
        table_class=ChangeRequestTable,
        rows=queries.change_requests(actor),
        filterset_class=ChangeRequestFilter,
        title=_("Change requests"),
        export_name="change-requests",
    )


@require_safe
@page
def change_request(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.change_request(actor, pk)
    is_pending = row.state in PENDING
    context = {
        "title": _("Change of %(record)s") % {"record": name_of(row.node)},
        "change_request": row,
        "tone": REQUEST_TONES[row.state],
        "differences": proposed_differences(row, model_of(row)),
        "may_decide": is_pending and queries.to_decide(actor, ChangeRequest.objects.filter(pk=pk)).exists(),
        "may_withdraw": is_pending and row.proposed_by_id == actor.user_id,
        "approval": DecisionForm(actor, row),
        "breadcrumbs": [_root_crumb()],
    }
    return render(request, "registry/change_request.html", context)


def _request_for(permission: str) -> Callable[[HttpRequest, int], ChangeRequest]:
    def find(request: HttpRequest, pk: int) -> ChangeRequest:
        row = queries.change_request(acting(request), pk)
        require(acting(request), permission, row)
        return row

    return find


def _about(_request: HttpRequest, row: ChangeRequest, words: Words) -> FormPage:
    name = name_of(row.node)
    return FormPage(words, address_of(row), [_root_crumb(), Crumb(name, address_of(row))], subject=name)


_decided = RecordPages(_request_for("registry.decide"), _about)

approve = _decided.page(
    Words(gettext_lazy("Approve"), gettext_lazy("Approve"), gettext_lazy("The decision is recorded.")),
    DecisionForm,
    lambda context, row, form: commands.approve_change(context, row, form.seen_version),
)

refuse = _decided.page(
    Words(gettext_lazy("Refuse"), gettext_lazy("Refuse"), gettext_lazy("The refusal is recorded.")),
    RefusalForm,
    lambda context, row, form: commands.refuse_change(context, row, form.seen_version),
)

withdraw = RecordPages(_request_for("registry.write"), _about).page(
    Words(gettext_lazy("Withdraw"), gettext_lazy("Withdraw"), gettext_lazy("The proposal is withdrawn.")),
    DecisionForm,
    lambda context, row, form: commands.withdraw_change(context, row, form.seen_version),
)
