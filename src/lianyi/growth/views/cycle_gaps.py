"""Forms of a cycle's gaps: written, moved, planned against, and judged at the review."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lianyi.accounts.access import require
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.growth.commands import cycle_plans
from lianyi.growth.commands import cycles as commands
from lianyi.growth.cycle_page import review_of
from lianyi.growth.forms.cycles import EndLineForm, GapForm, JudgeForm, LineForm, MoveGapForm
from lianyi.growth.models import CapabilityGap, GapPlanLine, GapReview
from lianyi.growth.queries import assessments as assessment_queries
from lianyi.growth.queries import cycles as queries
from lianyi.growth.views.cycles import BOTH, cycle_crumbs
from lianyi.pages.names import in_language
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships.views.parts import FormPage, run_form

Text = str | Promise


def _about(gap: CapabilityGap, title: Text, submit: Text, done: Text) -> FormPage:
    return FormPage(
        title=title,
        submit_label=submit,
        cancel_url=gap.get_absolute_url(),
        done=done,
        crumbs=cycle_crumbs(gap.cycle),
        intro=f"{gap.code} · {in_language(gap.words_zh, gap.words_en)}",
    )


@require_http_methods(BOTH)
@page
def write_gap(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.cycle(actor, pk)
    require(actor, "growth.write", row)
    institutions = assessment_queries.supported_institutions(actor, row.agreement)
    form = GapForm(institutions, request.POST or None)
    about = FormPage(
        title=gettext_lazy("Write a gap"),
        submit_label=gettext_lazy("Write the gap"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The gap is written and has its place in the order."),
        crumbs=cycle_crumbs(row),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.write_gap(command_context(request), row, form.new()),
        lambda gap: str(gap.get_absolute_url()),
    )


@require_http_methods(BOTH)
@page
def move_gap(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    gap = queries.gap(actor, pk)
    require(actor, "growth.write", gap)
    form = MoveGapForm(request.POST or None, initial={"place": gap.moved_to, "expected_version": gap.version})
    about = _about(
        gap,
        gettext_lazy("Give the gap another place"),
        gettext_lazy("Move"),
        gettext_lazy("The gap stands at its new place; the reason is kept."),
    )

    def run() -> CapabilityGap:
        data = form.cleaned_data
        context = command_context(request, reason=data["reason"])
        return commands.move_gap(context, gap, data["place"], data["expected_version"] or gap.version)

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))


@require_http_methods(BOTH)
@page
def add_line(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    gap = queries.gap(actor, pk)
    require(actor, "growth.write", gap)
    form = LineForm(actor, gap, request.POST or None)
    about = _about(
        gap,
        gettext_lazy("Plan against this gap"),
        gettext_lazy("Put it into the plan"),
        gettext_lazy("It stands in the plan."),
    )
    return run_form(
        request,
        form,
        about,
        lambda: cycle_plans.add_line(command_context(request), gap, form.new()),
        lambda row: str(row.get_absolute_url()),
    )


@require_http_methods(BOTH)
@page
def change_line(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.line(actor, pk)
    require(actor, "growth.write", row)
    form = LineForm(actor, row.gap, request.POST or None, initial=LineForm.initial_of(row))
    about = _about(
        row.gap,
        gettext_lazy("Change a line of the plan"),
        gettext_lazy("Save"),
        gettext_lazy("The line of the plan is changed."),
    )

    def run() -> GapPlanLine:
        version = form.cleaned_data["expected_version"] or row.version
        return cycle_plans.change_line(command_context(request), row, form.facts(), version)

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))


@require_http_methods(BOTH)
@page
def end_line(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.line(actor, pk)
    require(actor, "growth.write", row)
    initial = {"ended_on": timezone.localdate(), "expected_version": row.version}
    form = EndLineForm(request.POST or None, initial=initial)
    about = _about(
        row.gap,
        gettext_lazy("Done or dropped"),
        gettext_lazy("Save"),
        gettext_lazy("It is noted what became of it."),
    )

    def run() -> GapPlanLine:
        data = form.cleaned_data
        context = command_context(request, reason=data["note"])
        version = data["expected_version"] or row.version
        return cycle_plans.end_line(context, row, data["state"], data["ended_on"], version)

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))


@require_http_methods(BOTH)
@page
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    gap = queries.gap(actor, pk)
    require(actor, "growth.write", gap)
    review = review_of(gap)
    if review is None:
        raise NotFoundInScopeError("This gap was not looked back on yet.", model="GapReview")
    form = JudgeForm(gap, request.POST or None, initial=JudgeForm.initial_of(review))
    about = _about(
        gap,
        gettext_lazy("What goes on"),
        gettext_lazy("Save"),
        gettext_lazy("It is noted whether the gap goes on."),
    )

    def run() -> GapReview:
        version = form.cleaned_data["expected_version"] or review.version
        return cycle_plans.judge_gap(command_context(request), review, form.said(), version)

    return run_form(request, form, about, run, lambda _row: gap.get_absolute_url())
