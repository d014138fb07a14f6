"""Decisions that came too late from devices without network, and how they were settled."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianyi.accounts.access import get_in_scope, require
from lianyi.pages.forms import CommandForm
from lianyi.pages.listing import list_response
from lianyi.pages.requests import acting, command_context, log_reading, page
from lianyi.pages.values import shown
from lianyi.partnerships.views.parts import FormPage, run_form
from lianyi.referrals import machine, offline_queries
from lianyi.referrals.commands.steps import settle_conflict
from lianyi.referrals.handling import require_handling
from lianyi.referrals.models import MergeConflict
from lianyi.referrals.states import LegState
from lianyi.referrals.tables.conflicts import ConflictTable
from lianyi.referrals.views.work import referral_crumbs


class SettleForm(CommandForm):
    how = forms.CharField(
        label=gettext_lazy("How it was settled"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What holds now, and who was told. It stands in the record of the case."),
    )


@require_safe
@page
def conflicts(request: HttpRequest) -> HttpResponse:
    """List what contradicts the record, still to settle first."""
    actor = acting(request)
    require(actor, "referral.read")
    return list_response(
        request,
        table_class=ConflictTable,
        rows=offline_queries.conflicts(actor),
        title=_("Conflicts of late entries"),
        export_name="conflicts",
        context={"breadcrumbs": referral_crumbs()},
    )


@require_http_methods(["GET", "POST"])
@page
def conflict(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what became of a decision that came too late."""
    actor = acting(request)
    row = get_in_scope(actor, offline_queries.conflicts(actor), pk)
    require_handling(actor, row.leg)
    log_reading(request, row)
    step = machine.BY_NAME.get(row.step)
    told = {
        "number": row.leg.request.journey.number,
        "person": row.user,
        "time": shown(row.occurred_at),
        "step": row.step if step is None else step.label,
        "state": LegState(row.state_met).label if row.state_met in LegState.values else row.state_met,
    }
    about = FormPage(
        title=gettext_lazy("Settle a conflict"),
        submit_label=gettext_lazy("Settled"),
        cancel_url=reverse("referrals:case", args=[row.leg_id]),
        done=gettext_lazy("The conflict is settled."),
        crumbs=referral_crumbs(),
        intro=_("%(number)s: %(person)s told “%(step)s” for %(time)s, when the case was “%(state)s” already.") % told,
    )
    form = SettleForm(request.POST or None)

    def run() -> MergeConflict:
        return settle_conflict(command_context(request), row.pk, form.cleaned_data["how"])

    return run_form(request, form, about, run, lambda _done: reverse("referrals:conflicts"))
