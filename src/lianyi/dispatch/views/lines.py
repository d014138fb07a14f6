"""The forms about one posting: its line, its steps, who takes over, absences, the answer of a side."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lianyi.accounts.access import require
from lianyi.accounts.actors import Actor
from lianyi.dispatch import commands, queries
from lianyi.dispatch.authority import require_on_plan, require_on_posting
from lianyi.dispatch.commands import StepFacts
from lianyi.dispatch.errors import StepRefusedError
from lianyi.dispatch.forms import (
    AbsenceForm,
    AnswerForm,
    ChangeLineForm,
    CorrectionForm,
    NewLineForm,
    ReasonOnlyForm,
    ReplaceForm,
    StepForm,
)
from lianyi.dispatch.machine import BY_NAME, FINAL, Step, steps_from
from lianyi.dispatch.models import Posting, PostingAbsence, PostingApproval
from lianyi.dispatch.texts import side_word
from lianyi.dispatch.views.parts import plan_crumbs, plan_url, posting_crumbs, posting_url
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships import queries as partnerships
from lianyi.partnerships.views.parts import FormPage, run_form

BOTH = ["GET", "HEAD", "POST"]


def _intro(row: Posting) -> str:
    return f"{row.code} · {name_of(row.staff)} · {name_of(row.from_institution)} → {name_of(row.to_institution)}"


def _to_posting(row: Posting) -> str:
    return posting_url(row.pk)


@require_http_methods(BOTH)
@page
def new_line(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    agreement = partnerships.agreement(actor, pk)
    require_on_plan(actor, "dispatch.write", agreement)
    initial = {"code": queries.next_code(agreement), "starts_on": agreement.term.start, "ends_on": agreement.term.end}
    form = NewLineForm(actor, agreement, request.POST or None, initial=initial)
    about = FormPage(
        title=gettext_lazy("New line of the plan"),
        submit_label=gettext_lazy("Write the line"),
        cancel_url=plan_url(agreement.pk),
        done=gettext_lazy("The line is written. It is published from the plan."),
        crumbs=plan_crumbs(agreement),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.draft_posting(command_context(request), agreement, form.new_posting()),
        _to_posting,
    )


@require_http_methods(BOTH)
@page
def change_line(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.posting(actor, pk)
    require_on_plan(actor, "dispatch.write", row)
    form = ChangeLineForm(actor, row.agreement, request.POST or None, initial=ChangeLineForm.initial_of(row))
    about = FormPage(
        title=gettext_lazy("Change the line"),
        submit_label=gettext_lazy("Save"),
        cancel_url=posting_url(row.pk),
        done=gettext_lazy("The line is changed."),
        crumbs=posting_crumbs(row),
        intro=_intro(row),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.change_posting(
            command_context(request), row, form.line_facts(), _seen_version(form.cleaned_data, row)
        ),
        _to_posting,
    )


def _seen_version(given: dict[str, object], row: Posting | PostingAbsence) -> int:
    seen = given["expected_version"]
    return seen if isinstance(seen, int) else row.version


@require_http_methods(BOTH)
@page
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Take one step of a posting's life. Publishing is done from the plan, where the lines are checked together."""
    actor = acting(request)
    row = queries.posting(actor, pk)
    wanted = _step_of(row, name)
    if request.method != "POST":
        _refuse_unless_possible(actor, row, wanted)
    form = StepForm(wanted, row, request.POST or None, initial={"expected_version": row.version})
    about = FormPage(
        title=wanted.label,
        submit_label=wanted.label,
        cancel_url=posting_url(row.pk),
        done=gettext_lazy("It is recorded."),
        crumbs=posting_crumbs(row),
        intro=_intro(row),
        danger=wanted.to_state in FINAL and wanted.name != "close",
    )
    return run_form(request, form, about, lambda: _take(request, row, wanted, form), _to_posting)


def _step_of(row: Posting, name: str) -> Step:
    wanted = BY_NAME.get(name)
    if wanted is None or name == "publish":
        raise _refused(row, name)
    return wanted


def _refuse_unless_possible(actor: Actor, row: Posting, wanted: Step) -> None:
    require(actor, wanted.permission, row)
    if wanted not in queries.allowed_steps(actor, row):
        raise _refused(row, wanted.name)


def _refused(row: Posting, name: str) -> StepRefusedError:
    allowed = [each.name for each in steps_from(row.state)]
    return StepRefusedError(
        f"The posting {row.code} is '{row.state}'; '{name}' does not follow. Open the posting: it shows the steps.",
        state=row.state,
        allowed=allowed,
    )


def _take(request: HttpRequest, row: Posting, wanted: Step, form: StepForm) -> Posting:
    given = form.cleaned_data
    context = command_context(request, reason=given.get("reason", ""), reason_code=given.get("reason_code", ""))
    facts = StepFacts(day=given["day"], text=given.get("text", ""), ends_on=given.get("ends_on"))
    return commands.take_step(context, row, wanted.name, facts, _seen_version(given, row))


@require_http_methods(BOTH)
@page
def replace(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody else take over a posting that drops out."""
    actor = acting(request)
    row = queries.posting(actor, pk)
    require_on_posting(actor, "dispatch.decide", row)
    today = timezone.localdate()
    initial = {
        "expected_version": row.version,
        "code": queries.next_code(row.agreement),
        "from_day": min(max(today, row.starts_on), row.ends_on),
    }
    form = ReplaceForm(actor, row, request.POST or None, initial=initial)
    about = FormPage(
        title=gettext_lazy("Replace this person"),
        submit_label=gettext_lazy("Replace"),
        cancel_url=posting_url(row.pk),
        done=_handed_over(row),
        crumbs=posting_crumbs(row),
        intro=_intro(row),
    )
    return run_form(request, form, about, lambda: _replace(request, row, form), _to_posting)


def _handed_over(row: Posting) -> str:
    if row.agreement.approvals:
        return _("The other person takes over; the new posting waits for the approvals that the agreement asks.")
    return _("The other person takes over; the new posting is published.")


def _replace(request: HttpRequest, row: Posting, form: ReplaceForm) -> Posting:
    given = form.cleaned_data
    context = command_context(request, reason=given["reason"], reason_code=given["reason_code"])
    return commands.replace_posting(
        context, row, given["staff"].pk, given["code"], given["from_day"], _seen_version(given, row)
    )


@require_http_methods(BOTH)
@page
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Set right the recorded days of a stay."""
    actor = acting(request)
    row = queries.posting(actor, pk)
    require_on_posting(actor, "dispatch.decide", row)
    initial = {"expected_version": row.version, "arrived_on": row.arrived_on, "left_on": row.left_on}
    form = CorrectionForm(row, request.POST or None, initial=initial)
    about = FormPage(
        title=gettext_lazy("Correct the days"),
        submit_label=gettext_lazy("Save"),
        cancel_url=posting_url(row.pk),
        done=gettext_lazy("The days are corrected; what stood before stays in the record."),
        crumbs=posting_crumbs(row),
        intro=_intro(row),
    )

    def run() -> Posting:
        given = form.cleaned_data
        context = command_context(request, reason=given["reason"])
        version = _seen_version(given, row)
        return commands.correct_stay(context, row, given["arrived_on"], given.get("left_on"), version)

    return run_form(request, form, about, run, _to_posting)


@require_http_methods(BOTH)
@page
def add_absence(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.posting(actor, pk)
    require_on_posting(actor, "dispatch.write", row)
    form = AbsenceForm(row, request.POST or None)
    about = FormPage(
        title=gettext_lazy("Note an absence"),
        submit_label=gettext_lazy("Note it"),
        cancel_url=posting_url(row.pk),
        done=gettext_lazy("The absence is noted."),
        crumbs=posting_crumbs(row),
        intro=_intro(row),
    )

    def run() -> PostingAbsence:
        given = form.cleaned_data
        return commands.add_absence(command_context(request), row, given["starts_on"], given["ends_on"], given["kind"])

    return run_form(request, form, about, run, lambda _absence: posting_url(row.pk))


@require_http_methods(BOTH)
@page
def void_absence(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    absence = queries.absence(actor, pk)
    row = queries.posting(actor, absence.posting_id)
    require_on_posting(actor, "dispatch.write", row)
    form = ReasonOnlyForm(request.POST or None, initial={"expected_version": absence.version})
    about = FormPage(
        title=gettext_lazy("Take back an absence"),
        submit_label=gettext_lazy("Entered in error"),
        cancel_url=posting_url(row.pk),
        done=gettext_lazy("The absence is taken back; it stays in the record as entered in error."),
        crumbs=posting_crumbs(row),
        intro=f"{_intro(row)} · {absence.get_kind_display()} {absence.starts_on} – {absence.ends_on}",
        danger=True,
    )

    def run() -> PostingAbsence:
        given = form.cleaned_data
        context = command_context(request, reason=given["reason"])
        return commands.void_absence(context, absence, _seen_version(given, absence))

    return run_form(request, form, about, run, lambda _absence: posting_url(row.pk))


@require_http_methods(BOTH)
@page
def answer(request: HttpRequest, pk: int, side: str) -> HttpResponse:
    """Approve or refuse a posting for one of the sides that the agreement asks."""
    actor = acting(request)
    row = queries.posting(actor, pk)
    require(actor, "dispatch.decide", row)
    form = AnswerForm(request.POST or None)
    about = FormPage(
        title=_("Answer for: %(side)s") % {"side": side_word(side)},
        submit_label=gettext_lazy("Send the answer"),
        cancel_url=posting_url(row.pk),
        done=gettext_lazy("Your answer is recorded."),
        crumbs=posting_crumbs(row),
        intro=_intro(row),
    )

    def run() -> PostingApproval:
        given = form.cleaned_data
        context = command_context(request, reason=given["reason"])
        return commands.answer_posting(context, row, side, approves=given["answer"] == "yes")

    return run_form(request, form, about, run, lambda _approval: posting_url(row.pk))
