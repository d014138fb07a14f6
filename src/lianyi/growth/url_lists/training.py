"""The addresses of the pages about training."""

from __future__ import annotations

from django.urls import path

from lianyi.growth.views import training, training_people, training_sessions

patterns = [
    path("training/", training.course_list, name="courses"),
    path("training/new/", training.new_course, name="course-new"),
    path("training/figures/", training.figures, name="training-figures"),
    path("training/mine/", training_people.mine, name="training-mine"),
    path("training/code/", training_people.enter_code, name="training-code"),
    path("training/certificates/", training_people.certificate_list, name="training-certificates"),
    path("training/certificates/<int:pk>.pdf", training_people.certificate_pdf, name="training-certificate-pdf"),
    path("training/certificates/<int:pk>/revoke/", training_people.revoke, name="training-certificate-revoke"),
    path("training/enrolments/<int:pk>/withdraw/", training_people.withdraw, name="enrolment-withdraw"),
    path("training/evidence/<int:pk>/<str:first_day>/", training_sessions.evidence, name="training-evidence"),
    path("training/sessions/", training_sessions.session_list, name="sessions"),
    path("training/sessions/new/", training_sessions.new_session, name="session-new"),
    path("training/sessions/<int:pk>/", training_sessions.session, name="session"),
    path("training/sessions/<int:pk>/change/", training_sessions.change_session, name="session-change"),
    path("training/sessions/<int:pk>/step/<str:name>/", training_sessions.step, name="session-step"),
    path("training/sessions/<int:pk>/list/", training_people.attendance_list, name="session-list"),
    path("training/sessions/<int:pk>/code/", training_people.show_code, name="session-code"),
    path("training/<int:pk>/", training.course, name="course"),
    path("training/<int:pk>/change/", training.change_course, name="course-change"),
    path("training/<int:pk>/enrol/", training_people.enrol, name="course-enrol"),
    path("training/<int:pk>/tests/", training_people.tests, name="course-tests"),
    path("training/<int:pk>/certificates/", training_people.issue, name="course-certificates"),
]
