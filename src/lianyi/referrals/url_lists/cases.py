"""The addresses of lists and cases."""

from __future__ import annotations

from django.urls import path

from lianyi.referrals.views import cases, proposals, work

patterns = [
    path("", work.work, name="work"),
    path("waiting/", work.waiting, name="waiting"),
    path("lists/<slug:name>/", work.one_list, name="list"),
    path("arrivals/", work.arrivals, name="arrivals"),
    path("returns/", work.returns, name="returns"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("attention/", work.attention, name="attention"),
    path("follow-ups/", work.follow_ups, name="follow-ups"),
    path("follow-ups/<int:pk>/", work.follow_up, name="follow-up"),
    path("cases/<int:pk>/", cases.case, name="case"),
    path("cases/<int:pk>/open/", cases.open_case, name="case-open"),
    path("cases/<int:pk>/steps/<slug:name>/", cases.step, name="step"),
    path("cases/<int:pk>/message/", cases.message, name="message"),
    path("cases/<int:pk>/milestone/", cases.milestone, name="milestone"),
    path("cases/<int:pk>/events/<int:event>/confirm/", cases.confirm, name="event-confirm"),
    path("cases/<int:pk>/proposals/<int:proposal>/", cases.answer_proposal, name="proposal-answer"),
]
