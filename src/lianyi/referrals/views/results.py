"""Saying what became of the results that came with a patient."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError
from lianyi.pages.names import in_language
from lianyi.pages.requests import acting, command_context, log_reading, page
from lianyi.partnerships.views.parts import FormPage, run_form
from lianyi.referrals import queries
from lianyi.referrals.commands.results import record_result
from lianyi.referrals.forms.results import ResultForm
from lianyi.referrals.models import BroughtResult, Leg
from lianyi.referrals.policies import policy_of
from lianyi.referrals.result_queries import may_record_results, results_of
from lianyi.referrals.views.work import referral_crumbs


def result_lines(actor: Actor, leg: Leg) -> list[dict[str, Any]]:
    """Return what stands of a case in the reader's language."""
    return [
        {
            "row": each.row,
            "kind": "" if each.kind is None else in_language(each.kind.zh, each.kind.en),
            "ground": "" if each.ground is None else in_language(each.ground.zh, each.ground.en),
            "is_too_old": each.is_too_old,
            "valid_days": each.valid_days,
        }
        for each in results_of(actor, leg)
    ]


@require_http_methods(["GET", "POST"])
@page
def brought_result(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what became of the result of one kind of test."""
    actor = acting(request)
    leg = queries.leg(actor, pk)
    rule = policy_of(leg.request.policy).recognition
    if rule is None or not may_record_results(actor, leg):
        raise NotPermittedError(
            "The receiver says what became of the results: it recognised them or made the tests again.",
            reason="receiver-says-results",
            permission="referral.write",
        )
    log_reading(request, leg)
    form = ResultForm(rule, request.POST or None)
    about = FormPage(
        title=gettext_lazy("Result that came with the patient"),
        submit_label=gettext_lazy("Record it"),
        cancel_url=leg.get_absolute_url(),
        done=gettext_lazy("It is recorded."),
        crumbs=referral_crumbs(),
        intro=gettext_lazy(
            "One kind of test at a time. A second entry of the same kind corrects the first; both are kept."
        ),
    )

    def run() -> BroughtResult:
        return record_result(command_context(request), leg.pk, form.facts())

    return run_form(request, form, about, run, lambda _row: f"{leg.get_absolute_url()}#results")
