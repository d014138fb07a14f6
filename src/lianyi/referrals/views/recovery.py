"""Stages of recovery, returns that bounced, and what units lacked."""

from __future__ import annotations

import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianyi.accounts.access import decide, require
from lianyi.accounts.errors import NotPermittedError
from lianyi.methods.periods import DateSpan
from lianyi.pages.listing import list_response
from lianyi.pages.requests import acting, command_context, log_list_reading, log_reading, page
from lianyi.partnerships.views.parts import FormPage, run_form
from lianyi.referrals import queries, recovery_queries
from lianyi.referrals.commands.returns import begin_stage, end_stage
from lianyi.referrals.counting import require_counting
from lianyi.referrals.forms.recovery import BeginStageForm, EndStageForm
from lianyi.referrals.models import CapabilityFinding, Leg, RecoveryStage, ReturnNeed
from lianyi.referrals.policies import COUNTRY, policy_book
from lianyi.referrals.tables.recovery import BounceTable, FindingTable
from lianyi.referrals.views.work import referral_crumbs

BOTH = ["GET", "POST"]
DAYS_SHOWN = 365


@require_http_methods(BOTH)
@page
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a stage of recovery on the journey of a case."""
    actor = acting(request)
    leg = queries.leg(actor, pk)
    recovery_queries.require_recovery_writing(actor)
    places = recovery_queries.own_institutions_of(actor, leg)
    if not places:
        raise NotPermittedError(
            "Only an institution of the journey may begin a stage of recovery; your affiliation covers none of them.",
            reason="relation",
            permission="referral.write",
        )
    form = BeginStageForm(places, request.POST or None)
    log_reading(request, leg)
    back = f"{reverse('referrals:case', args=[leg.pk])}#stages"
    about = FormPage(
        title=gettext_lazy("Begin a stage of recovery"),
        submit_label=gettext_lazy("Begin"),
        cancel_url=back,
        done=gettext_lazy("The stage has begun; the one before ended the same day."),
        crumbs=referral_crumbs(),
        intro=leg.request.journey.number,
    )

    def run() -> RecoveryStage:
        return begin_stage(command_context(request), leg.request.journey_id, form.new())

    return run_form(request, form, about, run, lambda _stage: back)


@require_http_methods(BOTH)
@page
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a stage of recovery with its score."""
    actor = acting(request)
    row = recovery_queries.stage(actor, pk)
    recovery_queries.require_recovery_writing(actor)
    form = EndStageForm(request.POST or None, initial={"expected_version": row.version})
    log_reading(request, row)
    leg = queries.legs(actor).filter(request__journey_id=row.journey_id).first()
    back = reverse("referrals:work") if leg is None else f"{reverse('referrals:case', args=[leg.pk])}#stages"
    about = FormPage(
        title=gettext_lazy("End the stage of recovery"),
        submit_label=gettext_lazy("End it"),
        cancel_url=back,
        done=gettext_lazy("The stage has ended."),
        crumbs=referral_crumbs(),
        intro=f"{row.journey.number} · {row.get_stage_display()} · {row.scale}".rstrip(" ·"),
    )

    def run() -> RecoveryStage:
        given = form.cleaned_data
        seen = given["expected_version"] or row.version
        return end_stage(command_context(request), row.pk, given["ended_on"], given["score_out"], seen)

    return run_form(request, form, about, run, lambda _stage: back)


@require_safe
@page
def bounce_backs(request: HttpRequest) -> HttpResponse:
    """Show the patients who were referred up again soon after they had come back."""
    actor = acting(request)
    require(actor, "referral.read")
    now = timezone.now()
    today = timezone.localdate(now)
    rows = recovery_queries.bounces(actor, DateSpan(today - datetime.timedelta(days=DAYS_SHOWN), today), now)
    if rows:
        log_list_reading(request, Leg, len(rows))
    return list_response(
        request,
        table_class=BounceTable,
        rows=rows,
        title=_("Referred up again after the return"),
        export_name="bounce-backs",
        context={"breadcrumbs": referral_crumbs()},
    )


@require_safe
@page
def findings(request: HttpRequest) -> HttpResponse:
    """Show what units lacked: counts for whoever may count, the findings themselves for whoever may open the cases."""
    actor = acting(request)
    require_counting(actor)
    reads = decide(actor, "referral.read").allowed
    policy = policy_book().default_on(timezone.localdate(), COUNTRY)
    return list_response(
        request,
        table_class=FindingTable,
        rows=recovery_queries.findings(actor) if reads else CapabilityFinding.objects.none(),
        title=_("What units lacked"),
        export_name="capability-findings",
        template="referrals/findings.html",
        context={
            "breadcrumbs": referral_crumbs(),
            "units": recovery_queries.lacking_units(actor, policy.limits.small_cell),
            "kinds": [str(kind.label) for kind in ReturnNeed.Kind],
            "small_cell": policy.limits.small_cell,
            "reads": reads,
        },
    )
