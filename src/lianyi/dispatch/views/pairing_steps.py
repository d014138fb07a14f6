"""What is done with a pairing plan: made, changed, copied, decided, its pairs held or wished by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from lianyi.accounts.access import require
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.dispatch import commands, pairing_queries
from lianyi.dispatch.authority import may_on_scenario, plans, require_on_scenario
from lianyi.dispatch.models import PairingMark, PairingPlan
from lianyi.dispatch.pairing_forms import PairForm, PairingForm, PairingNameForm
from lianyi.dispatch.pairing_machine import is_searching, may
from lianyi.dispatch.pairing_pair import facts_of
from lianyi.dispatch.pairing_problem import pairing_data
from lianyi.dispatch.pairing_telling import PairTeller
from lianyi.dispatch.views.pairings import pairing_crumbs
from lianyi.pages.forms import form_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships.views.parts import FormPage, run_form

BOTH = ["GET", "HEAD", "POST"]
_DONE: dict[str, str | Promise] = {
    "decide": gettext_lazy("The plan is decided. Its pairs can be taken over now."),
    "open_again": gettext_lazy("The plan is open again."),
    "put_aside": gettext_lazy("The plan is put aside."),
    "take_up": gettext_lazy("The plan is taken up again."),
}


def to_plan(row: PairingPlan) -> str:
    return row.get_absolute_url()


def _not_found(model: str) -> NoReturn:
    raise NotFoundInScopeError("There is no such record within your reach.", model=model)


def _version(form: Any, row: PairingPlan) -> int:  # noqa: ANN401 - one of the forms below
    seen = form.cleaned_data["expected_version"]
    return seen if isinstance(seen, int) else row.version


@require_http_methods(BOTH)
@page
def new_pairing(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "dispatch.write")
    if not plans(actor):
        _not_found("PairingPlan")
    form = PairingForm(actor, None, request.POST or None)
    about = FormPage(
        title=gettext_lazy("New pairing plan"),
        submit_label=gettext_lazy("Make the plan"),
        cancel_url=reverse("dispatch:pairings"),
        done=gettext_lazy("The plan is made. Look at what is known, then search for pairs."),
        crumbs=pairing_crumbs(),
    )
    return _plan_form(
        request, form, about, lambda: commands.create_pairing(command_context(request), form.new_pairing())
    )


@require_http_methods(BOTH)
@page
def change_pairing(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = pairing_queries.pairing(actor, pk)
    require_on_scenario(actor, "dispatch.write", row)
    form = PairingForm(actor, row, request.POST or None)
    about = FormPage(
        title=gettext_lazy("Rules and settings"),
        submit_label=gettext_lazy("Save"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The plan is changed. Search again, so that the pairs follow it."),
        crumbs=pairing_crumbs(row),
    )
    return _plan_form(
        request,
        form,
        about,
        lambda: commands.change_pairing(command_context(request), row, form.new_pairing(), _version(form, row)),
    )


def _plan_form(
    request: HttpRequest, form: PairingForm, about: FormPage, run: Callable[[], PairingPlan]
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        row = form.attempt(run)
        if row is not None:
            messages.success(request, str(about.done))
            return redirect(to_plan(row))
    return form_response(
        request,
        form=form,
        title=str(about.title),
        submit_label=str(about.submit_label),
        cancel_url=about.cancel_url,
        context={"breadcrumbs": about.crumbs},
        template="dispatch/pairing_form.html",
    )


@require_http_methods(BOTH)
@page
def pair(request: HttpRequest, pk: int, donor: int, recipient: int) -> HttpResponse:
    """Show what speaks for and against a pair, and let the planner say always or never, and the wishes of both."""
    actor = acting(request)
    row = pairing_queries.pairing(actor, pk)
    gives, takes = row.donors.filter(pk=donor).first(), row.recipients.filter(pk=recipient).first()
    if gives is None or takes is None or donor == recipient:
        _not_found("PairingMark")
    data = pairing_data(actor, row)
    mark = data.marks.get((str(donor), str(recipient)))
    initial: dict[str, Any] = {"expected_version": row.version, "hold": "" if mark is None else mark.hold}
    if mark is not None:
        initial |= {"donor_rank": mark.donor_rank, "recipient_rank": mark.recipient_rank}
    form = PairForm(gives, takes, request.POST or None, initial)
    if request.method == "POST" and form.is_valid():
        done = form.attempt(lambda: commands.mark_pair(command_context(request), row, form.word(), _version(form, row)))
        if done is not None:
            messages.success(request, _("It is noted. Search again, so that the pairs follow it."))
            return redirect(to_plan(row))
    planned = pairing_queries.pairs_of(actor, row).filter(donor=gives, recipient=takes).first()
    is_open = may_on_scenario(actor, "dispatch.write", row) and may(row, "mark", is_on=is_searching(row))
    return form_response(
        request,
        form=form,
        title=_("%(donor)s helps %(recipient)s") % {"donor": name_of(gives), "recipient": name_of(takes)},
        submit_label=_("Save"),
        cancel_url=row.get_absolute_url(),
        context={
            "breadcrumbs": pairing_crumbs(row),
            "facts": facts_of(data, PairTeller(row), (str(donor), str(recipient)), planned),
            "may_mark": is_open,
            "refusals": [] if mark is None else _refusals(mark),
        },
        template="dispatch/pairing_pair.html",
    )


def _refusals(mark: PairingMark) -> list[tuple[str, str]]:
    """Return who of the two could not work with the other, and why."""
    said = ((mark.donor, mark.donor_refusal), (mark.recipient, mark.recipient_refusal))
    return [(name_of(institution), why) for institution, why in said if why]


@require_http_methods(BOTH)
@page
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    row = pairing_queries.pairing(acting(request), pk)
    require_on_scenario(acting(request), "dispatch.write", row)
    form = PairingNameForm(request.POST or None, initial={"name": f"{row.name[:90]} · {row.copies.count() + 2}"})
    about = FormPage(
        title=gettext_lazy("Copy as a new pairing plan"),
        submit_label=gettext_lazy("Copy"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The plan is copied with its pairs and what was said by hand."),
        crumbs=pairing_crumbs(row),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.copy_pairing(command_context(request), row, form.cleaned_data["name"]),
        to_plan,
    )


@require_POST
@page
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    row = pairing_queries.pairing(acting(request), pk)
    if name not in _DONE:
        _not_found("PairingPlan")
    commands.take_pairing_step(command_context(request), row, name, row.version)
    messages.success(request, str(_DONE[name]))
    return redirect(to_plan(row))
