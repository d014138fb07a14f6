"""The plan of one agreement: its lines with what stands in their way, published and recorded together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.accounts.access import get_in_scope
from lianyi.accounts.actors import Actor
from lianyi.dispatch import board_queries, commands, queries
from lianyi.dispatch.authority import may_plan, require_on_plan
from lianyi.dispatch.checks import publication_problems
from lianyi.dispatch.commands import NewBatch
from lianyi.dispatch.errors import PublicationRefusedError, StepRefusedError
from lianyi.dispatch.filters import PlanFilter
from lianyi.dispatch.forms import BatchForm, TogetherForm, problems_of
from lianyi.dispatch.machine import BY_NAME, Step
from lianyi.dispatch.models import Batch, Posting
from lianyi.dispatch.tables import PlanLine, PlanTable
from lianyi.dispatch.texts import batch_word, problem_texts
from lianyi.dispatch.views.parts import plan_crumbs, plan_url
from lianyi.errors import InvalidInputError
from lianyi.pages.errors import message_of
from lianyi.pages.forms import form_response
from lianyi.pages.listing import list_response
from lianyi.pages.requests import acting, command_context, log_list_reading, next_address, page
from lianyi.partnerships import queries as partnerships
from lianyi.partnerships.models import Agreement
from lianyi.partnerships.views.parts import FormPage, agreement_context, run_form

# Facts that are recorded for a whole batch at once.
TOGETHER = ("depart", "arrive", "end")
MOST_PROBLEMS_SAID = 5


def _lines(actor: Actor, agreement: Agreement, given: Any) -> tuple[list[PlanLine], list[PlanLine], PlanFilter]:  # noqa: ANN401
    """Return all drafts of a plan with their problems, those that the filter leaves, and the filter."""
    drafts = board_queries.drafts_of(actor, agreement)
    filterset = PlanFilter(given, queryset=drafts, batches=agreement.batches.order_by("number"))
    rows = list(drafts)
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for problem in publication_problems(rows):
        found[problem.posting_id].append(problem)
    every = [PlanLine(row, tuple(problem_texts(found[row.pk]))) for row in rows]
    if not filterset.is_valid():
        return every, [], filterset
    left = set(filterset.qs.order_by().values_list("pk", flat=True)) if filterset.form.has_changed() else None
    wanted = {"yes": True, "no": False}.get(filterset.form.cleaned_data.get("problems") or "")
    shown = [
        line
        for line in every
        if (left is None or line.posting.pk in left) and (wanted is None or bool(line.problems) is wanted)
    ]
    return every, shown, filterset


@require_safe
@page
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    agreement = partnerships.agreement(actor, pk)
    every, shown, filterset = _lines(actor, agreement, request.GET)
    if shown:
        log_list_reading(request, Posting, len(shown))
    ready = sum(not line.problems for line in shown)
    may_write = may_plan(actor, "dispatch.write", agreement)
    context = {
        **agreement_context(request, agreement, "dispatch:plan"),
        "filterset": filterset,
        # What stands above the list follows from the filter too.
        "filters_whole_page": True,
        "is_filtered": len(shown) != len(every),
        "total_count": len(every),
        "draft_count": len(every),
        "ready_count": ready,
        "problem_count": len(shown) - ready,
        "batches": [_batch_line(batch) for batch in queries.batches(actor, agreement)],
        "teams": queries.teams(actor, agreement),
        "may_write": may_write,
        "may_publish": may_plan(actor, "dispatch.decide", agreement) and bool(every),
        "kept": [(name, value) for name, value in request.GET.items() if name in filterset.filters],
        "postings_url": f"{reverse('dispatch:postings')}?{urlencode({'agreement': agreement.code})}",
        "import_url": f"{reverse('registry:imports')}?kind=postings",
    }
    return list_response(
        request,
        table_class=PlanTable,
        rows=shown,
        title=context["title"],
        export_name=f"plan-{agreement.code}",
        template="dispatch/plan.html",
        context=context,
    )


def _batch_line(batch: Batch) -> dict[str, Any]:
    return {"batch": batch, "word": batch_word(batch)}


@require_POST
@page
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish the ticked lines, or all that the filter leaves and nothing stands in the way of."""
    actor = acting(request)
    agreement = partnerships.agreement(actor, pk)
    require_on_plan(actor, "dispatch.decide", agreement)
    if request.POST.get("all"):
        _every, shown, _filterset = _lines(actor, agreement, request.POST)
        chosen = [line.posting.pk for line in shown if not line.problems]
    else:
        chosen = [int(text) for text in request.POST.getlist("ids") if text.isdigit()]
    try:
        commands.publish_postings(command_context(request), agreement, chosen)
    except PublicationRefusedError as error:
        messages.error(request, message_of(error))
        for text in _first_problems(error):
            messages.warning(request, text)
    except InvalidInputError as error:
        if error.params.get("field") != "postings":
            raise
        messages.warning(request, _("No line was chosen. Tick the lines to publish."))
    else:
        messages.success(request, _published_word(len(chosen)))
    return redirect(next_address(request, plan_url(agreement.pk)))


def _first_problems(error: PublicationRefusedError) -> list[str]:
    return problem_texts(problems_of(error))[:MOST_PROBLEMS_SAID]


def _published_word(lines: int) -> str:
    if not lines:
        return _("The lines are published.")
    return ngettext("%(lines)s line is published.", "%(lines)s lines are published.", lines) % {"lines": lines}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new_batch(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    agreement = partnerships.agreement(actor, pk)
    require_on_plan(actor, "dispatch.write", agreement)
    last = agreement.batches.order_by("-number").values_list("number", flat=True).first() or 0
    form = BatchForm(request.POST or None, initial={"number": last + 1})
    about = FormPage(
        title=gettext_lazy("New batch"),
        submit_label=gettext_lazy("Plan the batch"),
        cancel_url=plan_url(agreement.pk),
        done=gettext_lazy("The batch is planned."),
        crumbs=plan_crumbs(agreement),
    )

    def run() -> Batch:
        given = form.cleaned_data
        names = ("number", "starts_on", "ends_on", "name_zh", "name_en")
        return commands.create_batch(
            command_context(request), agreement, NewBatch(**{name: given[name] for name in names})
        )

    return run_form(request, form, about, run, lambda _batch: plan_url(agreement.pk))


def _step_together(name: str) -> Step:
    if name not in TOGETHER:
        raise StepRefusedError(
            f"'{name}' is not recorded for a whole batch. Accepted: {', '.join(TOGETHER)}.", state="", allowed=TOGETHER
        )
    return BY_NAME[name]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def record_batch(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Record the same departure, arrival or end for everybody of a batch, except those who are ticked."""
    actor = acting(request)
    batch = get_in_scope(actor, Batch.objects.select_related("agreement"), pk)
    agreement = partnerships.agreement(actor, batch.agreement_id)
    step = _step_together(name)
    require_on_plan(actor, step.permission, agreement)
    people = list(queries.postings(actor).filter(batch=batch).order_by("to_institution__code", "code"))
    moving = [row for row in people if row.state in step.from_states]
    # A second sending finds nobody left to move, but it may still name those who were excepted at first.
    form = TogetherForm(step, people if request.method == "POST" else moving, request.POST or None)
    if request.method == "POST" and form.is_valid():
        excepted = set(form.cleaned_data["excepted"])
        ids = [row.pk for row in moving if str(row.pk) not in excepted]
        context, day = command_context(request), form.cleaned_data["day"]
        done = form.attempt(lambda: commands.take_step_together(context, agreement, ids, step.name, day))
        if done is not None:
            messages.success(request, _recorded_word(len(ids)))
            return redirect(plan_url(agreement.pk))
    if request.method != "POST" and moving:
        log_list_reading(request, Posting, len(moving))
    title = f"{batch_word(batch)} · {step.label}"
    return form_response(
        request,
        form=form,
        title=title,
        submit_label=_("Record it"),
        cancel_url=plan_url(agreement.pk),
        context={"breadcrumbs": plan_crumbs(agreement), "intro": _together_intro(moving)},
        template="dispatch/together.html",
    )


def _together_intro(moving: Sequence[Posting]) -> str:
    if not moving:
        return _("Nobody of this batch can take this step now.")
    return ngettext(
        "It will be recorded for %(count)s person of this batch.",
        "It will be recorded for %(count)s persons of this batch.",
        len(moving),
    ) % {"count": len(moving)}


def _recorded_word(persons: int) -> str:
    if not persons:
        return _("It is recorded.")
    return ngettext("Recorded for %(count)s person.", "Recorded for %(count)s persons.", persons) % {"count": persons}
