"""Courses: the list, one course with its people and what its test says, and the figures of training."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.growth.commands import training as commands
from lianyi.growth.forms.training import CourseForm, agreements_to_train_under
from lianyi.growth.models.training import Course, Enrolment, TestMoment
from lianyi.growth.queries import training as queries
from lianyi.growth.tables.training import CourseFilter, CourseTable
from lianyi.growth.training_authority import keeps_training, may_keep, require_keeping
from lianyi.growth.training_charts import courses_chart, pairs_chart
from lianyi.growth.training_checks import AGE_BANDS
from lianyi.growth.training_figures import (
    changes_of,
    clinics_held,
    kinds_held,
    shown_changes,
    small_counts_of_training,
)
from lianyi.growth.training_hours import attended_of
from lianyi.growth.training_parts import BOTH, seen_version, training_crumbs
from lianyi.growth.training_texts import (
    AGE_WORDS,
    SESSION_TONES,
    change_word,
    hours_word,
    person_word,
    share_word,
    warnings_of,
)
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, log_list_reading, page
from lianyi.partnerships.views.parts import FormPage, run_form


def may_write_training(actor: Actor) -> bool:
    return keeps_training(actor) and decide(actor, "training.write").allowed


@require_safe
@page
def course_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "training.read")
    return list_response(
        request,
        table_class=CourseTable,
        rows=queries.courses(actor),
        filterset_class=CourseFilter,
        title=_("Training"),
        export_name="courses",
        template="growth/courses.html",
        context={
            "may_write": may_write_training(actor),
            "import_url": f"{reverse('registry:imports')}?kind=courses",
        },
    )


@require_safe
@page
def course(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one course: its sessions, who takes part, and what its test says."""
    actor = acting(request)
    row = queries.course(actor, pk)
    people = people_of(actor, row)
    if people:
        log_list_reading(request, Enrolment, len(people))
    context = {
        "title": name_of(row, "title"),
        "course": row,
        "facts": [
            (_("Code"), row.code),
            (_("Kind"), row.get_kind_display()),
            (_("Given by"), name_of(row.organiser)),
            (pgettext("from and to", "Days"), f"{row.starts_on} – {row.ends_on}"),
            (_("Least attendance for a certificate"), f"{row.least_attendance_percent} %"),
            (_("Test"), test_word(row)),
        ],
        "sessions": [
            {"row": each, "tone": SESSION_TONES[each.state]}
            for each in queries.sessions(actor).filter(course=row).order_by("day", "code")
        ],
        "people": people,
        "sees_everybody": keeps_training(actor),
        "may_keep": may_keep(actor, row),
        "breadcrumbs": training_crumbs(),
        **_tests_of(actor, row),
    }
    return render(request, "growth/course.html", context)


def test_word(row: Course) -> str:
    if row.test_maximum is None:
        return _("no test")
    return _("%(most)s points, passed with %(mark)s") % {
        "most": f"{float(row.test_maximum):g}",
        "mark": f"{float(row.pass_mark or 0):g}",
    }


def people_of(actor: Actor, row: Course) -> list[dict[str, Any]]:
    """Return the enrolments that the actor sees, each with what was attended, points and certificate."""
    enrolled = list(queries.enrolments(actor, row))
    attended = attended_of(row, enrolled)
    scores = {(each.enrolment_id, each.moment): each.score for each in queries.results(actor, row)}
    standing = {
        each.enrolment_id: each
        for each in queries.certificates(actor).filter(enrolment__course=row, revoked_at__isnull=True)
    }
    return [
        {
            "row": each,
            "name": person_word(each),
            "attended": attended[each.pk],
            "hours": hours_word(attended[each.pk].minutes),
            "before": scores.get((each.pk, TestMoment.BEFORE)),
            "after": scores.get((each.pk, TestMoment.AFTER)),
            "certificate": standing.get(each.pk),
        }
        for each in enrolled
    ]


def _tests_of(actor: Actor, row: Course) -> dict[str, Any]:
    """Return what the page says of the tests: figures of all, whoever reads; a line for each pair only to keepers."""
    if row.test_maximum is None:
        return {"tests": None}
    [found] = changes_of([row])
    change = found.change
    facts = [
        (_("People with both tests"), change.pairs),
        (_("Mean before"), None if change.mean_before is None else f"{change.mean_before:.1f}"),
        (_("Mean after"), None if change.mean_after is None else f"{change.mean_after:.1f}"),
        (_("Mean change"), change_word(change)),
        (_("Reached the pass mark before"), share_word(found.reached_before)),
        (_("Reached the pass mark after"), share_word(found.reached_after)),
        (_("First test only"), change.only_before),
        (_("Second test only"), change.only_after),
        (_("No test"), change.neither),
    ]
    drawn = pairs_chart(found) if keeps_training(actor) else None
    return {"tests": facts, "test_warnings": warnings_of(change), "chart": drawn}


@require_http_methods(BOTH)
@page
def new_course(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "training.write")
    form = CourseForm(actor, request.POST or None)
    about = FormPage(
        title=gettext_lazy("New course"),
        submit_label=gettext_lazy("Save the course"),
        cancel_url=reverse("growth:courses"),
        done=gettext_lazy("The course is saved."),
        crumbs=training_crumbs(),
        intro=""
        if agreements_to_train_under(actor)
        else gettext_lazy("There is no agreement under which you may write."),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.create_course(command_context(request), form.agreement, form.new()),
        lambda each: str(each.get_absolute_url()),
    )


@require_http_methods(BOTH)
@page
def change_course(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.course(actor, pk)
    require_keeping(actor, row)
    form = CourseForm(actor, request.POST or None, row=row, initial=CourseForm.initial_of(row))
    about = FormPage(
        title=gettext_lazy("Change the course"),
        submit_label=gettext_lazy("Save the course"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The course is saved."),
        crumbs=training_crumbs(row),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.change_course(command_context(request), row, form.facts(), seen_version(form, row.version)),
        lambda each: str(each.get_absolute_url()),
    )


@require_safe
@page
def figures(request: HttpRequest) -> HttpResponse:
    """Show what was held and what it changed, as counts: also to those who see nobody by name."""
    actor = acting(request)
    if not decide(actor, "training.read").allowed:
        require(actor, "training.count")
    counts = small_counts_of_training(actor)
    clinics = clinics_held(actor)
    ages = [
        {"word": AGE_WORDS[band], "cells": cells, "total": total}
        for band, cells, total in zip(AGE_BANDS, clinics.shown.cells, clinics.shown.row_totals, strict=True)
    ]
    context = {
        "title": _("Figures of training"),
        "kinds": [
            {"row": each, "hours": hours_word(each.minutes), "came": counts.shown(each.came)}
            for each in kinds_held(actor)
        ],
        "clinics": clinics,
        "rest": counts.shown(clinics.without_sex_and_age),
        "ages": ages,
        "hides": counts.threshold,
        "chart": courses_chart(shown_changes(actor)),
        "breadcrumbs": training_crumbs() if decide(actor, "training.read").allowed else [],
    }
    return render(request, "growth/training_figures.html", context)
