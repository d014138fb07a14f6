"""Wishes for pairs: stated by the institutions themselves, asked for, seen and entered by who plans."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.accounts.access import require
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.dispatch import commands, pairing_queries, pairing_wishes
from lianyi.dispatch.authority import may_on_scenario, require_on_scenario
from lianyi.dispatch.commands.pairing_wishes import standing_wishes
from lianyi.dispatch.models import PairingPlan, PairingSide
from lianyi.dispatch.pairing_machine import is_searching, may
from lianyi.dispatch.pairing_rules import choice_of
from lianyi.dispatch.pairing_wishes_forms import AskWishesForm, WishesForm
from lianyi.dispatch.views.pairings import pairing_crumbs
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.forms import form_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships.views.parts import FormPage, run_form

BOTH = ["GET", "HEAD", "POST"]


def _not_found(model: str) -> NoReturn:
    raise NotFoundInScopeError("There is no such record within your reach.", model=model)


# The institutions' side


@require_safe
@page
def asked(request: HttpRequest) -> HttpResponse:
    """List the plans that ask or asked the reader's institutions for their wishes."""
    actor = acting(request)
    require(actor, "dispatch.read")
    rows = [(row, pairing_wishes.takes_wishes(row)) for row in pairing_wishes.asked_of_us(actor)]
    return render(request, "dispatch/asked_wishes.html", {"title": _("Wishes asked of us"), "rows": rows})


@require_http_methods(BOTH)
@page
def own(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an institution its own wishes, and let it state them until the last day."""
    row = pairing_wishes.own_wishes(acting(request), pk)
    side = PairingSide(row.side)
    others = pairing_wishes.others_of(row.plan, side, row.institution)
    known = standing_wishes(row.plan, row.institution_id, side)
    form = WishesForm(others, known, request.POST or None, row.version)

    def run() -> Any:  # noqa: ANN401 - the row
        version = form.cleaned_data["expected_version"]
        return commands.state_wishes(command_context(request), row, form.wishes(row.institution, side), version)

    context = {
        "breadcrumbs": [Crumb(_("Wishes asked of us"), reverse("dispatch:asked-wishes"))],
        "row": row,
        "is_open": pairing_wishes.takes_wishes(row),
        "is_stable": choice_of(row.plan.rules).stable,
        "history": pairing_wishes.history_of(row),
    }
    title = _("Wishes of %(institution)s") % {"institution": name_of(row.institution)}
    return _wishes_form(request, form, run, title, reverse("dispatch:asked-wishes"), context)


def _wishes_form(
    request: HttpRequest,
    form: WishesForm,
    run: Callable[[], Any],
    title: str,
    back: str,
    context: dict[str, Any],
) -> HttpResponse:
    if request.method == "POST" and form.is_valid() and form.attempt(run) is not None:
        messages.success(request, _("The wishes are noted."))
        return redirect(context["row"].get_absolute_url() if context["row"] else back)
    return form_response(
        request,
        form=form,
        title=title,
        submit_label=_("Save"),
        cancel_url=back,
        context=context,
        template="dispatch/pairing_wishes.html",
    )


@require_POST
@page
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    row = pairing_wishes.own_wishes(acting(request), pk)
    commands.take_back_wishes(command_context(request), row, row.version)
    messages.success(request, _("The last statement is taken back."))
    return redirect(row.get_absolute_url())


# The side of who plans


@require_safe
@page
def everybody(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who was asked, who answered, and what everybody wishes."""
    actor = acting(request)
    plan = pairing_queries.pairing(actor, pk)
    may_write = may_on_scenario(actor, "dispatch.write", plan)
    is_on = is_searching(plan)
    context = {
        "title": _("Wishes in “%(plan)s”") % {"plan": plan.name},
        "plan": plan,
        "asking": pairing_wishes.asking_of(plan),
        "rows": pairing_wishes.all_wishes(plan),
        "may_ask": may_write and may(plan, "ask_wishes", is_on=is_on),
        "may_enter": may_write and may(plan, "mark", is_on=is_on),
        "breadcrumbs": pairing_crumbs(plan),
    }
    return render(request, "dispatch/pairing_all_wishes.html", context)


def _to_wishes(plan: PairingPlan) -> str:
    return reverse("dispatch:pairing-all-wishes", args=[plan.pk])


@require_http_methods(BOTH)
@page
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the institutions of a plan for their wishes."""
    actor = acting(request)
    plan = pairing_queries.pairing(actor, pk)
    require_on_scenario(actor, "dispatch.write", plan)
    form = AskWishesForm(plan, request.POST or None)
    about = FormPage(
        title=gettext_lazy("Ask the institutions for their wishes"),
        submit_label=gettext_lazy("Ask"),
        cancel_url=_to_wishes(plan),
        done=gettext_lazy("The institutions are asked. Their home pages say so."),
        crumbs=pairing_crumbs(plan),
        intro=gettext_lazy(
            "The partnership office of each institution sees the name and days of this plan, who stands on the other "
            "side, and its own wishes; nothing else. After this day only you enter wishes."
        ),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.ask_for_wishes(
            command_context(request), plan, form.cleaned_data["until"], form.cleaned_data["expected_version"]
        ),
        _to_wishes,
    )


@require_http_methods(BOTH)
@page
def enter(request: HttpRequest, pk: int, side: str, institution: int) -> HttpResponse:
    """Enter the wishes of one institution on its behalf."""
    actor = acting(request)
    plan = pairing_queries.pairing(actor, pk)
    require_on_scenario(actor, "dispatch.write", plan)
    if side not in PairingSide.values:
        _not_found("PairingWishes")
    here = PairingSide(side)
    member = (plan.donors if here is PairingSide.DONOR else plan.recipients).filter(pk=institution).first()
    if member is None:
        _not_found("PairingWishes")
    others = pairing_wishes.others_of(plan, here, member)
    form = WishesForm(others, standing_wishes(plan, institution, here), request.POST or None, plan.version)

    def run() -> Any:  # noqa: ANN401 - the plan
        version = form.cleaned_data["expected_version"]
        return commands.set_wishes(command_context(request), plan, form.wishes(member, here), version)

    row = plan.wishes.filter(institution=member, side=side).first()
    context = {
        "breadcrumbs": [*pairing_crumbs(plan), Crumb(_("Wishes"), _to_wishes(plan))],
        "row": None,
        "is_open": may(plan, "mark", is_on=is_searching(plan)),
        "is_stable": choice_of(plan.rules).stable,
        "history": [] if row is None else pairing_wishes.history_of(row),
        "is_on_behalf": True,
    }
    title = _("Wishes of %(institution)s") % {"institution": name_of(member)}
    return _wishes_form(request, form, run, title, _to_wishes(plan), context)
