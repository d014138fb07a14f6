"""Sessions: the list, one session with its history, its steps, and the sessions behind a figure."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianyi.accounts.access import decide, require
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.dispatch.views.parts import asked_day
from lianyi.growth.commands import training as commands
from lianyi.growth.forms.training import SessionForm, SessionStepForm
from lianyi.growth.models.training import Attendance, SessionKind, SessionState
from lianyi.growth.queries import training as queries
from lianyi.growth.tables.training import SessionFilter, SessionTable, TrainingEvidenceTable
from lianyi.growth.training_authority import may_record_session, require_session_recording
from lianyi.growth.training_machine import SESSION_STEP_BY_NAME, session_steps_from
from lianyi.growth.training_parts import BOTH, seen_version, training_crumbs
from lianyi.growth.training_texts import (
    SERVICE_WORDS,
    SESSION_TONES,
    STEP_WORDS,
    people_words,
    person_word,
    place_word,
    teacher_word,
)
from lianyi.pages.forms import form_response
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, log_list_reading, page
from lianyi.partnerships import queries as partnerships
from lianyi.partnerships.promises import accounts_of
from lianyi.partnerships.views.parts import FormPage, run_form
from lianyi.registry.reference_names import reference_name


@require_safe
@page
def session_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "training.read")
    return list_response(
        request,
        table_class=SessionTable,
        rows=queries.sessions(actor),
        filterset_class=SessionFilter,
        title=_("Training sessions"),
        export_name="training-sessions",
        template="growth/sessions.html",
        context={
            "may_write": decide(actor, "training.write").allowed,
            "import_url": f"{reverse('registry:imports')}?kind=training_sessions",
            "breadcrumbs": training_crumbs(),
        },
    )


@require_safe
@page
def evidence(request: HttpRequest, pk: int, first_day: str) -> HttpResponse:
    """Show the sessions behind what was counted for a duty; whoever sees only counts gets how many by kind."""
    actor = acting(request)
    duty = partnerships.duty(actor, pk)
    day = asked_day(first_day, timezone.localdate())
    [found] = accounts_of([duty], timezone.localdate())
    period = next((each for each in found.periods if each.span.start == day), None)
    if period is None:
        raise NotFoundInScopeError("The duty has no period that begins on this day.", model="DutyPeriod")
    ids = () if period.evidence is None else period.evidence.row_ids
    detail = {} if period.evidence is None else period.evidence.detail
    return list_response(
        request,
        table_class=TrainingEvidenceTable,
        rows=queries.sessions(actor).filter(pk__in=ids),
        title=f"{name_of(duty, 'title')} · {period.label}",
        export_name=f"training-evidence-{duty.code}-{first_day}",
        template="growth/training_evidence.html",
        context={
            "period": period,
            "kinds": [(SessionKind(kind).label, count) for kind, count in detail.items()],
            "breadcrumbs": training_crumbs() if decide(actor, "training.read").allowed else [],
        },
    )


@require_safe
@page
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one session as planned and as held, who came, and everything that happened to it."""
    actor = acting(request)
    row = queries.session(actor, pk)
    may_record = may_record_session(actor, row)
    came = list(queries.attendances(actor, row))
    if came:
        log_list_reading(request, Attendance, len(came))
    is_clinic = row.kind == SessionKind.FREE_CLINIC
    planned = f"{row.day} {row.begins_at:%H:%M}" if row.begins_at else str(row.day)
    facts = [
        (_("Kind"), row.get_kind_display()),
        (_("Course"), "" if row.course is None else name_of(row.course, "title")),
        (_("Agreement"), name_of(row.agreement, "title")),
        (_("Planned for"), f"{planned} · {row.minutes} min"),
        (_("Held on"), "" if row.held_on is None else f"{row.held_on} · {row.held_minutes} min"),
        (_("Where"), place_word(row)),
        (_("Teacher"), teacher_word(row)),
        (_("Specialty"), reference_name("specialties", row.specialty)),
        (_("Technique"), row.technique_code),
        (_("Why cancelled"), row.reason),
    ]
    if is_clinic:
        facts.append((_("People seen"), _("not counted") if row.people_seen is None else str(row.people_seen)))
    context = {
        "title": row.title,
        "session": row,
        "tone": SESSION_TONES[row.state],
        "facts": facts,
        "people_counts": [(word, row.people[name]) for name, word in people_words() if name in row.people],
        "services": [(SERVICE_WORDS[name], count) for name, count in row.services.items()],
        "attendances": [{"row": each, "name": person_word(each)} for each in came],
        "is_clinic": is_clinic,
        "events": [{"row": each, "word": STEP_WORDS[each.step]} for each in queries.events_of(actor, row)],
        "steps": session_steps_from(row.state) if may_record else (),
        "may_record": may_record,
        "may_change": may_record and row.state == SessionState.PLANNED,
        "may_list": may_record and row.state != SessionState.CANCELLED and row.day <= timezone.localdate(),
        "may_show_code": may_record
        and row.state != SessionState.CANCELLED
        and timezone.localdate() in (row.day, row.held_on),
        "breadcrumbs": training_crumbs(row.course),
    }
    return render(request, "growth/session.html", context)


@require_http_methods(BOTH)
@page
def new_session(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "training.write")
    form = SessionForm(actor, request.POST or None, initial=_initial_of_new(request))
    about = FormPage(
        title=gettext_lazy("Plan a session"),
        submit_label=gettext_lazy("Plan the session"),
        cancel_url=reverse("growth:sessions"),
        done=gettext_lazy("The session is planned."),
        crumbs=training_crumbs(),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.plan_session(command_context(request), form.agreement, form.new()),
        lambda each: str(each.get_absolute_url()),
    )


def _initial_of_new(request: HttpRequest) -> dict[str, str]:
    """Return what the page of a course has said already."""
    return {name: request.GET[name] for name in ("agreement", "course") if name in request.GET}


@require_http_methods(BOTH)
@page
def change_session(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.session(actor, pk)
    require_session_recording(actor, row)
    form = SessionForm(actor, request.POST or None, row=row, initial=SessionForm.initial_of(row))
    about = FormPage(
        title=gettext_lazy("Change the session"),
        submit_label=gettext_lazy("Save the session"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The session is saved."),
        crumbs=training_crumbs(row.course),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.change_session(command_context(request), row, form.facts(), seen_version(form, row.version)),
        lambda each: str(each.get_absolute_url()),
    )


@require_http_methods(BOTH)
@page
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Take a step of the table; what was held is recorded on a form for the phone."""
    actor = acting(request)
    row = queries.session(actor, pk)
    require_session_recording(actor, row)
    wanted = SESSION_STEP_BY_NAME.get(name)
    if wanted is None:
        raise Http404
    form = SessionStepForm(row, wanted, request.POST or None, initial=SessionStepForm.initial_of(row))
    if request.method == "POST" and form.is_valid():
        context = command_context(request, reason=form.cleaned_data.get("reason", ""))
        version = seen_version(form, row.version)
        done = form.attempt(lambda: commands.take_session_step(context, row, name, form.said(), version))
        if done is not None:
            messages.success(request, _("The session is saved."))
            return redirect(row.get_absolute_url())
    return form_response(
        request,
        form=form,
        title=f"{wanted.label} · {row.title}",
        submit_label=str(wanted.label),
        cancel_url=row.get_absolute_url(),
        context={"breadcrumbs": training_crumbs(row.course), "danger": name in ("cancel", "take_back")},
        template="growth/session_record.html",
    )
