"""Actions: the list, one action with its history, its steps, another owner or day, the rows behind a figure."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.exchanges import commands
from lianyi.exchanges.authority import require_action_step
from lianyi.exchanges.commands.actions import refused_step
from lianyi.exchanges.filters import ActionFilter
from lianyi.exchanges.forms.actions import ActionStepForm, ChangeActionForm, HandOverForm, owner_values
from lianyi.exchanges.machines.actions import ACTION_STEP_BY_NAME, OVER, ActionStep, action_steps_from, is_late
from lianyi.exchanges.models import Action, ActionEvent, ActionState, PointKind
from lianyi.exchanges.queries import actions as queries
from lianyi.exchanges.queries import points as point_queries
from lianyi.exchanges.standing import standing
from lianyi.exchanges.tables.actions import ActionEvidenceTable, ActionTable
from lianyi.exchanges.texts import ACTION_STEP_WORDS, ACTION_TONES, owner_word
from lianyi.exchanges.views.parts import BOTH, action_crumbs, asked_period, note_difficulties, seen_version
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, log_reading, page
from lianyi.pages.values import shown
from lianyi.partnerships.views.parts import FormPage, run_form


@require_safe
@page
def action_list(request: HttpRequest) -> HttpResponse:
    """List the actions; those about difficulties of members leave the page in no file."""
    actor = acting(request)
    require(actor, "visit.read")
    rows = queries.open_actions(actor) if "export" in request.GET else queries.actions(actor)
    note_difficulties(request, (row.point for row in rows.filter(point__kind=PointKind.DIFFICULTY)))
    return list_response(
        request,
        table_class=ActionTable,
        rows=rows,
        filterset_class=ActionFilter,
        title=_("Actions"),
        export_name="actions",
        template="exchanges/actions.html",
    )


@require_safe
@page
def evidence(request: HttpRequest, pk: int, first_day: str) -> HttpResponse:
    """Show the actions behind what was counted for a duty in one of its periods."""
    actor = acting(request)
    duty, period = asked_period(actor, pk, first_day)
    ids = () if period.evidence is None else period.evidence.row_ids
    return list_response(
        request,
        table_class=ActionEvidenceTable,
        rows=queries.open_actions(actor).filter(pk__in=ids),
        title=f"{name_of(duty, 'title')} · {period.label}",
        export_name=f"action-evidence-{duty.code}-{first_day}",
        context={"breadcrumbs": action_crumbs()},
    )


@require_safe
@page
def action(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one action: who does it until when, what shows that it is done, who saw it, what happened."""
    actor = acting(request)
    row = queries.action(actor, pk)
    if row.point.is_confidential:
        log_reading(request, row)
    stands, today = standing(row), timezone.localdate()
    steps = queries.allowed_action_steps(actor, row)
    # The owner of an action about a difficulty reads the action and not the point.
    point = point_queries.points(actor).filter(pk=row.point_id).first()
    context = {
        "title": f"{row.code} · {name_of(row, 'title')}",
        "action": row,
        "point": point,
        "standing": stands.label,
        "tone": ACTION_TONES[stands],
        "late": is_late(stands, row.due_on, today),
        "owner": owner_word(row),
        "owner_has_left": queries.owner_has_left(row, today),
        "steps": steps,
        "waits_for_another": stands == ActionState.DONE and not any(each.name == "verify" for each in steps),
        "may_change": row.state not in OVER and decide(actor, "visit.decide", row).allowed,
        "may_hand_over": queries.may_hand_over(actor, row),
        "recurrences": [] if point is None else point_queries.recurrences(actor, point),
        "moves": sum(each.step == "move_day" for each in row.events.all()),
        "events": [_event(each) for each in queries.events_of_action(actor, row)],
        "breadcrumbs": action_crumbs(),
    }
    return render(request, "exchanges/action.html", context)


def _event(event: ActionEvent) -> dict[str, Any]:
    """Return a step with what it moved: days are told from and to."""
    moved = []
    if event.step in ("move_day", "hand_over") and event.before.get("due_on") != event.after.get("due_on"):
        moved = [f"{shown(event.before.get('due_on'))} → {shown(event.after.get('due_on'))}"]
    return {
        "row": event,
        "word": ACTION_STEP_WORDS.get(event.step, event.step),
        "reason": " – ".join([*moved, event.reason] if event.reason else moved),
    }


@require_http_methods(BOTH)
@page
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the words of an action, its duty and indicator."""
    actor = acting(request)
    row = queries.action(actor, pk)
    require(actor, "visit.decide", row)
    names = ("title_zh", "title_en", "indicator_code", "indicator_words")
    initial = {**{name: getattr(row, name) for name in names}, "duty": row.duty_id, "expected_version": row.version}
    form = ChangeActionForm(row, request.POST or None, initial=initial)
    about = FormPage(
        title=gettext_lazy("Change the action"),
        submit_label=gettext_lazy("Save"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The action is changed."),
        crumbs=action_crumbs(row),
    )

    def run() -> Action:
        return commands.change_action(command_context(request), row, form.changes(), seen_version(form, row.version))

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))


@require_http_methods(BOTH)
@page
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an action another owner, supporter or day."""
    actor = acting(request)
    row = queries.action(actor, pk)
    require(actor, "visit.decide", row)
    form = HandOverForm(actor, request.POST or None, initial=owner_values(row))
    about = FormPage(
        title=gettext_lazy("Another owner or day"),
        submit_label=gettext_lazy("Save"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("It is recorded."),
        crumbs=action_crumbs(row),
        intro=name_of(row, "title"),
    )

    def run() -> Action:
        context = command_context(request, reason=form.cleaned_data["reason"])
        wanted = form.ownership()
        if wanted is None:
            raise TypeError("The form asks for owner and day, so both are there.")
        return commands.hand_over_action(context, row, wanted, seen_version(form, row.version))

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))


@require_http_methods(BOTH)
@page
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Take one step of an action's life."""
    actor = acting(request)
    row = queries.action(actor, pk)
    wanted = _step_of(actor, row, name, is_sent=request.method == "POST")
    initial = {**owner_values(row), "done_on": timezone.localdate()}
    form = ActionStepForm(actor, wanted, request.POST or None, initial=initial)
    about = FormPage(
        title=wanted.label,
        submit_label=wanted.label,
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("It is recorded."),
        crumbs=action_crumbs(row),
        intro=name_of(row, "title"),
        danger=wanted.to_state == ActionState.REFUSED,
    )

    def run() -> Action:
        context = command_context(request, reason=form.cleaned_data.get("reason", ""))
        return commands.take_action_step(context, row, wanted.name, form.stated(), seen_version(form, row.version))

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))


def _step_of(actor: Actor, row: Action, name: str, *, is_sent: bool) -> ActionStep:
    """Return the step asked for; a page that is opened offers it only where the command would take it."""
    wanted, stands = ACTION_STEP_BY_NAME.get(name), standing(row)
    if wanted is None or (not is_sent and wanted not in action_steps_from(stands)):
        raise refused_step(row, name, stands)
    require_action_step(actor, wanted, row)
    return wanted
