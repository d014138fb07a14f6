"""People in training: enrolments, lists of those present, the code of the day, tests, certificates, what is mine."""

from __future__ import annotations

import dataclasses

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianyi.accounts.access import require
from lianyi.growth.certificate_paper import paper_of
from lianyi.growth.commands import training_codes, training_people
from lianyi.growth.forms.training_people import (
    AttendanceForm,
    CertificatesForm,
    CodeMinutesForm,
    EnterCodeForm,
    PersonForm,
    ReasonForm,
    TestsForm,
)
from lianyi.growth.models.training import Course, Enrolment, TestMoment, TryOutcome
from lianyi.growth.queries import training as queries
from lianyi.growth.queries import training_own
from lianyi.growth.tables.training import CertificateTable
from lianyi.growth.training_authority import require_keeping, require_session_recording
from lianyi.growth.training_hours import attended_of
from lianyi.growth.training_parts import BOTH, seen_version, training_crumbs
from lianyi.growth.training_texts import hours_word, person_word
from lianyi.pages.documents import pdf_response
from lianyi.pages.forms import form_response
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, log_list_reading, log_reading, page
from lianyi.partnerships.views.parts import FormPage, run_form

LANGUAGES = ("both", "zh-hans", "en")


@require_http_methods(BOTH)
@page
def enrol(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.course(actor, pk)
    require_keeping(actor, row)
    form = PersonForm(actor, request.POST or None)
    about = FormPage(
        title=gettext_lazy("Enrol somebody"),
        submit_label=gettext_lazy("Enrol"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The person is enrolled."),
        crumbs=training_crumbs(row),
    )
    return run_form(
        request,
        form,
        about,
        lambda: training_people.enrol(command_context(request), row, form.person()),
        lambda _each: reverse("growth:course-enrol", args=[row.pk]),
    )


@require_http_methods(BOTH)
@page
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.enrolment(actor, pk)
    require_keeping(actor, row.course)
    form = ReasonForm(request.POST or None, initial={"expected_version": row.version})
    about = FormPage(
        title=gettext_lazy("Take out of the course"),
        submit_label=gettext_lazy("Take out of the course"),
        cancel_url=row.course.get_absolute_url(),
        done=gettext_lazy("The enrolment has ended. What was attended stays on record."),
        crumbs=training_crumbs(row.course),
        intro=person_word(row),
        danger=True,
    )

    def run() -> Enrolment:
        context = command_context(request, reason=form.cleaned_data["reason"])
        return training_people.withdraw_enrolment(context, row, seen_version(form, row.version))

    return run_form(request, form, about, run, lambda each: str(each.course.get_absolute_url()))


@require_http_methods(BOTH)
@page
def attendance_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Note who was there: a list for the phone."""
    actor = acting(request)
    row = queries.session(actor, pk)
    require_session_recording(actor, row)
    enrolled = [] if row.course is None else list(queries.everybody_in(actor, row))
    form = AttendanceForm(actor, enrolled, list(queries.attendances(actor, row)), request.POST or None)
    if request.method == "POST" and form.is_valid():
        context = command_context(request)
        if form.attempt(lambda: training_people.record_attendance(context, row, form.seen())) is not None:
            messages.success(request, _("The list is saved."))
            return redirect(row.get_absolute_url())
    log_list_reading(request, Enrolment, len(form.people))
    return form_response(
        request,
        form=form,
        title=f"{_('Who was there')} · {row.title}",
        submit_label=_("Save the list"),
        cancel_url=row.get_absolute_url(),
        context={"breadcrumbs": training_crumbs(row.course)},
        template="growth/session_list.html",
    )


@require_http_methods(BOTH)
@page
def show_code(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the code that is good now, large enough for a wall, or make one."""
    actor = acting(request)
    row = queries.session(actor, pk)
    require_session_recording(actor, row)
    form = CodeMinutesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        context, minutes = command_context(request), form.cleaned_data["minutes"]
        if form.attempt(lambda: training_codes.open_code(context, row, minutes)) is not None:
            return redirect(reverse("growth:session-code", args=[row.pk]))
    return form_response(
        request,
        form=form,
        title=f"{_('Code of the day')} · {row.title}",
        submit_label=_("Make a new code"),
        cancel_url=row.get_absolute_url(),
        context={
            "breadcrumbs": training_crumbs(row.course),
            "code": queries.standing_code(actor, row, timezone.now()),
            "enter_url": request.build_absolute_uri(reverse("growth:training-code")),
        },
        template="growth/session_code.html",
    )


@require_http_methods(BOTH)
@page
def enter_code(request: HttpRequest) -> HttpResponse:
    """Let somebody who came type the code on the own account."""
    actor = acting(request)
    form = EnterCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        context, text = command_context(request), form.cleaned_data["code"]
        done = form.attempt(lambda: training_codes.enter_code(context, text))
        if done is not None and done.outcome == TryOutcome.ACCEPTED and done.attendance is not None:
            messages.success(request, _("You are on the list of: %(title)s") % {"title": done.attendance.session.title})
            return redirect(reverse("growth:training-mine"))
        if done is not None:
            form.add_error("code", _("Not taken: %(why)s.") % {"why": done.get_outcome_display()})
    return form_response(
        request,
        form=form,
        title=_("I am here: type the code"),
        submit_label=_("Put me on the list"),
        cancel_url=reverse("growth:training-mine"),
        context={"intro": _("The teacher shows the code on the day. It is good for a short time."), "actor": actor},
    )


@require_safe
@page
def mine(request: HttpRequest) -> HttpResponse:
    """Show what the reader attended, the hours, and the own certificates."""
    actor = acting(request)
    attended = training_own.attended(actor)
    context = {
        "title": _("My training"),
        "attended": attended,
        "hours": hours_word(sum(each.session.held_minutes or 0 for each in attended if each.is_present)),
        "certificates": training_own.certificates(actor),
        "enrolments": [
            {"row": each, "what": attended_of(each.course, [each])[each.pk]} for each in training_own.enrolments(actor)
        ],
        "teaching": training_own.teaching(actor, timezone.localdate()),
    }
    return render(request, "growth/training_mine.html", context)


@require_http_methods(BOTH)
@page
def tests(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the points of one of the two tests down."""
    actor = acting(request)
    row = queries.course(actor, pk)
    require_keeping(actor, row)
    moment = TestMoment.AFTER if request.GET.get("moment") == TestMoment.AFTER else TestMoment.BEFORE
    enrolled = list(queries.enrolments(actor, row).filter(is_withdrawn=False))
    initial = {"taken_on": min(row.starts_on if moment == TestMoment.BEFORE else row.ends_on, timezone.localdate())}
    form = TestsForm(row, moment, enrolled, list(queries.results(actor, row)), request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        context = command_context(request, reason=form.cleaned_data["reason"])
        day, scores = form.cleaned_data["taken_on"], form.scores()
        if form.attempt(lambda: training_people.record_results(context, row, moment, day, scores)) is not None:
            messages.success(request, _("The results are saved."))
            return redirect(row.get_absolute_url())
    log_list_reading(request, Enrolment, len(enrolled))
    return form_response(
        request,
        form=form,
        title=f"{_('Test')} {moment.label} · {name_of(row, 'title')}",
        submit_label=_("Save the results"),
        cancel_url=row.get_absolute_url(),
        context={"breadcrumbs": training_crumbs(row), "intro": _("An empty field is no result; it is not zero.")},
        template="growth/course_tests.html",
    )


@require_http_methods(BOTH)
@page
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Give certificates to those who attended enough."""
    actor = acting(request)
    row = queries.course(actor, pk)
    require_keeping(actor, row)
    choices = _eligible(queries.enrolments(actor, row).filter(is_withdrawn=False), row)
    form = CertificatesForm(choices, request.POST or None)
    about = FormPage(
        title=gettext_lazy("Give certificates"),
        submit_label=gettext_lazy("Give certificates"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The certificates are given."),
        crumbs=training_crumbs(row),
        intro=gettext_lazy(
            "Listed are those who attended enough and have no certificate yet. Hours come from the sessions attended."
        ),
    )
    return run_form(
        request,
        form,
        about,
        lambda: training_people.issue_certificates(command_context(request), row, form.ids()),
        lambda each: str(each.get_absolute_url()),
    )


def _eligible(rows: object, course: Course) -> list[tuple[str, str]]:
    enrolled = list(rows)  # type: ignore[call-overload]
    standing = set(
        Enrolment.objects.filter(
            course=course, certificates__revoked_at__isnull=True, certificates__isnull=False
        ).values_list("pk", flat=True)
    )
    attended = attended_of(course, enrolled)
    return [
        (str(each.pk), f"{person_word(each)} · {hours_word(attended[each.pk].minutes)}")
        for each in enrolled
        if each.pk not in standing and attended[each.pk].reaches(course.least_attendance_percent)
    ]


@require_safe
@page
def certificate_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "training.read")
    return list_response(
        request,
        table_class=CertificateTable,
        rows=queries.certificates(actor),
        title=_("Training certificates"),
        export_name="training-certificates",
        context={"breadcrumbs": training_crumbs()},
    )


@require_safe
@page
def certificate_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = training_own.certificate_for(actor, pk)
    staff = row.enrolment.staff
    if staff is None or staff.user_id != actor.user_id:
        log_reading(request, row)
    asked = request.GET.get("language", "both")
    paper = paper_of(row, asked if asked in LANGUAGES else "both")
    return pdf_response(
        "growth/documents/training_certificate.typ", dataclasses.asdict(paper), f"certificate-{row.number}"
    )


@require_http_methods(BOTH)
@page
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.certificate(actor, pk)
    require_keeping(actor, row.enrolment.course)
    form = ReasonForm(request.POST or None, initial={"expected_version": row.version})
    about = FormPage(
        title=gettext_lazy("Revoke the certificate"),
        submit_label=gettext_lazy("Revoke the certificate"),
        cancel_url=row.enrolment.course.get_absolute_url(),
        done=gettext_lazy("The certificate is revoked."),
        crumbs=training_crumbs(row.enrolment.course),
        intro=f"{row.number} · {person_word(row.enrolment)}",
        danger=True,
    )

    def run() -> object:
        context = command_context(request, reason=form.cleaned_data["reason"])
        return training_people.revoke_certificate(context, row, seen_version(form, row.version))

    return run_form(request, form, about, run, lambda _each: row.enrolment.course.get_absolute_url())
