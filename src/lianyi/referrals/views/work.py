"""The lists of work, expected arrivals and returns, and follow-ups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianyi.accounts.access import decide, require
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.requests import acting, command_context, log_list_reading, log_reading, page
from lianyi.partnerships.views.parts import FormPage, run_form
from lianyi.referrals import need_queries, proposal_queries, queries
from lianyi.referrals.commands.returns import record_follow_up
from lianyi.referrals.filters import LegFilter
from lianyi.referrals.forms.steps import FollowUpForm
from lianyi.referrals.handling import may_handle
from lianyi.referrals.machine import WorkList
from lianyi.referrals.models import FollowUp, PatientIdentity
from lianyi.referrals.tables.follow_ups import FollowUpTable
from lianyi.referrals.tables.legs import LegTable
from lianyi.referrals.texts import LIST_WORDS, Text

LIVE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class ListLink:
    """One list in the row of lists."""

    label: Text
    url: str
    count: int | None
    is_here: bool


def referral_crumbs() -> list[Crumb]:
    return [Crumb(str(_("Referrals")), reverse("referrals:work"))]


def _links(request: HttpRequest, here: str) -> list[ListLink]:
    actor = acting(request)
    counts = queries.counts_by_list(actor)
    links = [
        ListLink(_("To do now"), reverse("referrals:work"), None, here == ""),
        ListLink(_("Others must act"), reverse("referrals:waiting"), None, here == "waiting"),
    ]
    links += [
        ListLink(LIST_WORDS[name], reverse("referrals:list", args=[name.value]), number, here == name)
        for name, number in counts.items()
        if number or here == name
    ]
    answers = proposal_queries.to_answer(actor).count()
    asked = need_queries.to_provide(actor).count()
    if asked:
        links.append(ListLink(_("Help asked"), reverse("referrals:needs"), asked, here == "needs"))
    if answers:
        links.append(ListLink(_("To answer"), reverse("referrals:proposals"), answers, here == "proposals"))
    links.append(
        ListLink(
            LIST_WORDS[WorkList.ARCHIVE],
            reverse("referrals:list", args=[WorkList.ARCHIVE.value]),
            None,
            here == WorkList.ARCHIVE,
        )
    )
    return links


def _case_list(request: HttpRequest, rows: Any, title: str, here: str, export_name: str) -> HttpResponse:  # noqa: ANN401
    actor = acting(request)

    class Table(LegTable):
        """The table of these rows; who the patients are is read in one go for the rows that are shown."""

        # A table takes its order of columns and its words from a Meta of its own only.
        Meta = LegTable.Meta

        @cached_property
        def identities(self) -> dict[int, PatientIdentity]:
            page = getattr(self, "page", None)
            rows_shown = self.rows if page is None else page.object_list
            found = queries.identities_of(actor, [row.record for row in rows_shown])
            if found:
                log_list_reading(request, PatientIdentity, len(found))
            return found

    return list_response(
        request,
        table_class=Table,
        rows=rows,
        filterset_class=LegFilter,
        title=title,
        export_name=export_name,
        template="referrals/work.html",
        context={
            "lists": _links(request, here),
            "may_write": decide(actor, "referral.write").allowed,
            "may_tell": may_handle(actor),
            "live_seconds": LIVE_SECONDS,
        },
    )


@require_safe
@page
def work(request: HttpRequest) -> HttpResponse:
    """Show what waits for the reader's side now, overdue first."""
    actor = acting(request)
    require(actor, "referral.read")
    return _case_list(request, queries.to_move(actor), _("Referrals: to do now"), "", "referrals-to-do")


@require_safe
@page
def waiting(request: HttpRequest) -> HttpResponse:
    """Show the open cases on which another side must act, what is longest over first."""
    actor = acting(request)
    require(actor, "referral.read")
    return _case_list(
        request, queries.waiting_for_others(actor), _("Referrals: others must act"), "waiting", "referrals-waiting"
    )


@require_safe
@page
def one_list(request: HttpRequest, name: str) -> HttpResponse:
    actor = acting(request)
    require(actor, "referral.read")
    if name not in set(WorkList):
        raise NotFoundInScopeError("There is no such list.", model="WorkList")
    wanted = WorkList(name)
    title = _("Referrals: %(list)s") % {"list": LIST_WORDS[wanted]}
    return _case_list(request, queries.work_list(actor, wanted), title, wanted, f"referrals-{name}")


@require_safe
@page
def arrivals(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "referral.read")
    return _case_list(request, queries.expected_arrivals(actor), _("Expected arrivals"), "arrivals", "arrivals")


@require_safe
@page
def returns(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "referral.read")
    return _case_list(request, queries.expected_returns(actor), _("Expected returns"), "returns", "returns")


@require_safe
@page
def attention(request: HttpRequest) -> HttpResponse:
    """Show the cases in a state that this version of the program does not know."""
    actor = acting(request)
    require(actor, "referral.read")
    return _case_list(request, queries.needs_attention(actor), _("Needs attention"), "attention", "attention")


@require_safe
@page
def follow_ups(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "referral.read")
    return list_response(
        request,
        table_class=FollowUpTable,
        rows=queries.follow_ups(actor),
        title=_("Follow-ups to do"),
        export_name="follow-ups",
        context={"breadcrumbs": referral_crumbs()},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what came of a follow-up."""
    actor = acting(request)
    row = queries.follow_up(actor, pk)
    require(actor, "referral.write", row)
    log_reading(request, row)
    form = FollowUpForm(request.POST or None, initial={"expected_version": row.version, "done_on": row.due_on})
    about = FormPage(
        title=row.get_kind_display(),
        submit_label=gettext_lazy("Record it"),
        cancel_url=reverse("referrals:case", args=[row.leg_id]),
        done=gettext_lazy("The follow-up is recorded."),
        crumbs=referral_crumbs(),
        intro=f"{row.leg.request.journey.number} · {_('due')} {row.due_on}",
    )

    def run() -> FollowUp:
        given = form.cleaned_data
        seen = given["expected_version"] or row.version
        return record_follow_up(command_context(request), row.pk, given["done_on"], given["note"], given["state"], seen)

    return run_form(request, form, about, run, lambda done: reverse("referrals:case", args=[done.leg_id]))
