"""Secondments up: the list, one with its goals and checks, and the share that works independently."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.dispatch.models import Posting
from lianyi.growth.commands import secondments as commands
from lianyi.growth.forms.secondments import CheckForm, GoalForm, months_word
from lianyi.growth.models.secondments import ReturnOutcome
from lianyi.growth.queries import secondments as queries
from lianyi.growth.return_checks import CheckStanding, DueCheck, ReturnFigure, checks_of, figures_of
from lianyi.growth.secondment_texts import OUTCOME_TONES, STANDING_TONES, STANDING_WORDS, goal_word
from lianyi.growth.tables.secondments import SecondmentFilter, SecondmentTable
from lianyi.growth.training_figures import small_counts_of_training
from lianyi.growth.training_parts import BOTH, seen_version
from lianyi.growth.training_texts import share_word
from lianyi.methods.proportions import is_small_cell
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.forms import CommandForm
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, log_reading, page
from lianyi.partnerships.views.parts import FormPage, run_form


def crumbs(row: Posting | None = None) -> list[Crumb]:
    found = [Crumb(_("Secondments up"), reverse("growth:secondments"))]
    if row is not None:
        found.append(Crumb(name_of(row.staff), reverse("growth:secondment", args=[row.pk])))
    return found


@require_safe
@page
def secondment_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "training.read")
    return list_response(
        request,
        table_class=SecondmentTable,
        rows=queries.secondments(actor),
        filterset_class=SecondmentFilter,
        title=_("Secondments up"),
        export_name="secondments-up",
        template="growth/secondments.html",
        context={
            "figures": shown_figures(actor),
            "import_url": f"{reverse('registry:imports')}?kind=secondment_goals",
            "may_write": decide(actor, "training.write").allowed,
        },
    )


@require_safe
@page
def figures(request: HttpRequest) -> HttpResponse:
    """Show how many of those who returned work independently: also to those who see nobody by name."""
    actor = acting(request)
    if not decide(actor, "training.read").allowed:
        require(actor, "training.count")
    context = {
        "title": _("Returned and working independently"),
        "figures": shown_figures(actor),
        "hides": small_counts_of_training(actor).threshold,
        "breadcrumbs": crumbs() if decide(actor, "training.read").allowed else [],
    }
    return render(request, "growth/secondment_figures.html", context)


def shown_figures(actor: Actor) -> list[dict[str, Any]]:
    """Return the figures by months as they may be shown; of too few, only that they are few."""
    counts = small_counts_of_training(actor)
    found = figures_of(queries.countable_checks(actor, timezone.localdate()))
    return [_shown(each, counts.threshold) for each in found if each.due]


def _shown(each: ReturnFigure, threshold: int) -> dict[str, Any]:
    word = months_word(each.months)
    made = each.independent.denominator
    if is_small_cell(each.due, threshold) or is_small_cell(made, threshold):
        few = _("fewer than %(count)s") % {"count": threshold}
        return {"months": word, "due": few, "missing": "—", "share": "—", "outcomes": []}
    hides = any(is_small_cell(count, threshold) for count in each.outcomes.values()) if threshold else False
    share = _("too few to be shown") if hides else share_word(each.independent)
    return {
        "months": word,
        "due": each.due,
        "missing": each.missing,
        "share": share if made else _("unknown, nobody was checked"),
        "outcomes": []
        if hides
        else [(ReturnOutcome(name).label, count) for name, count in sorted(each.outcomes.items())],
    }


@require_safe
@page
def secondment(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one secondment with what it is for and what became of it."""
    actor = acting(request)
    row = queries.secondment(actor, pk)
    log_reading(request, row)
    found = queries.found_of(actor, row)
    may_check = commands.may_check(actor, row)
    context = {
        "title": name_of(row.staff),
        "secondment": row,
        "facts": [
            (
                pgettext("secondment", "Home"),
                " · ".join(name_of(each) for each in (row.from_institution, row.from_department) if each),
            ),
            (_("Learns at"), " · ".join(name_of(each) for each in (row.to_institution, row.to_department) if each)),
            (_("Planned"), f"{row.starts_on} – {row.ends_on}"),
            (_("Arrived on"), row.arrived_on),
            (_("Returned after"), row.left_on),
            (_("Tasks"), row.tasks),
        ],
        "goals": [{"row": each, "word": goal_word(each)} for each in queries.goals_of(actor, row)],
        "checks": [_check_line(each, may_check=may_check) for each in checks_of(row, found, timezone.localdate())],
        "may_keep": commands.may_keep_secondment(actor, row),
        "breadcrumbs": crumbs(),
    }
    return render(request, "growth/secondment.html", context)


def _check_line(check: DueCheck, *, may_check: bool) -> dict[str, Any]:
    is_open = check.standing is not CheckStanding.AHEAD or timezone.localdate() >= check.opens_on
    return {
        "check": check,
        "months": months_word(check.months),
        "standing": STANDING_WORDS[check.standing],
        "tone": STANDING_TONES[check.standing],
        "outcome_tone": "" if check.found is None else OUTCOME_TONES[check.found.outcome],
        "may_record": may_check and is_open,
    }


@require_http_methods(BOTH)
@page
def add_goal(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.secondment(actor, pk)
    require(actor, "training.write", row)
    form = GoalForm(request.POST or None)
    about = FormPage(
        title=gettext_lazy("New goal"),
        submit_label=gettext_lazy("Save the goal"),
        cancel_url=reverse("growth:secondment", args=[row.pk]),
        done=gettext_lazy("The goal is saved."),
        crumbs=crumbs(row),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.add_goal(command_context(request), row, form.new()),
        lambda each: reverse("growth:secondment", args=[each.posting_id]),
    )


@require_http_methods(BOTH)
@page
def withdraw_goal(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    goal = queries.goal(actor, pk)
    require(actor, "training.write", goal)
    form = CommandForm(request.POST or None, initial={"expected_version": goal.version})
    about = FormPage(
        title=gettext_lazy("Withdraw the goal"),
        submit_label=gettext_lazy("Withdraw the goal"),
        cancel_url=reverse("growth:secondment", args=[goal.posting_id]),
        done=gettext_lazy("The goal is withdrawn."),
        crumbs=crumbs(goal.posting),
        intro=goal_word(goal),
        danger=True,
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.withdraw_goal(command_context(request), goal, seen_version(form, goal.version)),
        lambda each: reverse("growth:secondment", args=[each.posting_id]),
    )


@require_http_methods(BOTH)
@page
def record_check(request: HttpRequest, pk: int, months: int) -> HttpResponse:
    """Record what was found so many months after the return: a form for the phone."""
    actor = acting(request)
    row = queries.secondment(actor, pk)
    commands.require_checking(actor, row)
    asked = checks_of(row, queries.found_of(actor, row), timezone.localdate())
    check = next((each for each in asked if each.months == months), None)
    if check is None:
        raise NotFoundInScopeError("Nothing is asked after so many months.", model="ReturnCheck")
    initial: dict[str, Any] = {"checked_on": timezone.localdate()}
    if check.found is not None:
        initial = {name: getattr(check.found, name) for name in ("checked_on", "outcome", "evidence")}
    form = CheckForm(check, request.POST or None, initial=initial)
    heading = _("Check of the return")
    about = FormPage(
        title=f"{heading} · {months_word(months)}",
        submit_label=gettext_lazy("Save the check"),
        cancel_url=reverse("growth:secondment", args=[row.pk]),
        done=gettext_lazy("The check is saved."),
        crumbs=crumbs(row),
        intro=f"{name_of(row.staff)} · {_('due on %(day)s') % {'day': check.due_on}}",
    )

    def run() -> object:
        context = command_context(request, reason=form.cleaned_data.get("correction", ""))
        return commands.record_check(context, row, form.said())

    return run_form(request, form, about, run, lambda _each: reverse("growth:secondment", args=[row.pk]))
