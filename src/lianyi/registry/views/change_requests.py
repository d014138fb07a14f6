"""Proposed changes: the list, one with old and new side by side, and the decision."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lianyi.accounts.access import require
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, page
from lianyi.registry import commands, page_queries
from lianyi.registry.commands.change_requests import PENDING
from lianyi.registry.filters import ChangeRequestFilter
from lianyi.registry.forms.change_requests import DecisionForm, RefusalForm
from lianyi.registry.models import ChangeRequest
from lianyi.registry.page_facts import proposed_differences
from lianyi.registry.tables import REQUEST_TONES, ChangeRequestTable, model_of
from lianyi.registry.views.form_pages import FormPage, command_page
from lianyi.registry.views.institution_forms import both_methods


def _root_crumb() -> Crumb:
    return Crumb(_("Change requests"), reverse("registry:change-requests"))


def _address_of(row: ChangeRequest) -> str:
    return reverse("registry:change-request-detail", args=[row.pk])


@require_GET
@page
def change_requests(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "registry.read")
    return list_response(
        request,
        table_class=ChangeRequestTable,
        rows=page_queries.change_requests(actor),
        filterset_class=ChangeRequestFilter,
        title=_("Change requests"),
        export_name="change-requests",
    )


@require_GET
@page
def change_request(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = page_queries.change_request(actor, pk)
    is_pending = row.state in PENDING
    context = {
        "title": _("Change of %(record)s") % {"record": name_of(row.node)},
        "change_request": row,
        "tone": REQUEST_TONES[row.state],
        "differences": proposed_differences(row, model_of(row)),
        "may_decide": is_pending and page_queries.to_decide(actor, ChangeRequest.objects.filter(pk=pk)).exists(),
        "may_withdraw": is_pending and row.proposed_by_id == actor.user_id,
        "approval": DecisionForm(actor, row),
        "breadcrumbs": [_root_crumb()],
    }
    return render(request, "registry/change_request.html", context)


def _request_for(request: HttpRequest, pk: int, permission: str) -> ChangeRequest:
    row = page_queries.change_request(acting(request), pk)
    require(acting(request), permission, row)
    return row


def _words(row: ChangeRequest, title: str, submit_label: str, done: str) -> FormPage:
    name = name_of(row.node)
    crumbs = [_root_crumb(), Crumb(name, _address_of(row))]
    return FormPage(f"{title}: {name}", submit_label, _address_of(row), done, breadcrumbs=crumbs)


@both_methods
@page
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    row = _request_for(request, pk, "registry.decide")
    form = DecisionForm(acting(request), row, request.POST or None)
    words = _words(row, _("Approve"), _("Approve"), _("The decision is recorded."))
    return command_page(request, form, lambda context: commands.approve_change(context, row, form.seen_version), words)


@both_methods
@page
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    row = _request_for(request, pk, "registry.decide")
    form = RefusalForm(acting(request), row, request.POST or None)
    words = _words(row, _("Refuse"), _("Refuse"), _("The refusal is recorded."))
    return command_page(request, form, lambda context: commands.refuse_change(context, row, form.seen_version), words)


@both_methods
@page
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row = _request_for(request, pk, "registry.write")
    form = DecisionForm(acting(request), row, request.POST or None)
    words = _words(row, _("Withdraw"), _("Withdraw"), _("The proposal is withdrawn."))
    return command_page(request, form, lambda context: commands.withdraw_change(context, row, form.seen_version), words)
